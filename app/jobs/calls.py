"""Wake-up calls: one waiting job for a subject is enough, however many ask for it."""

from collections.abc import Callable

from redis.exceptions import WatchError
from rq import Queue, get_current_job


# The word goes when the job starts; should the job be lost, it expires by itself. Soon, for until
# then nobody calls again; a second call for what waits already finds nothing to do.
_PENDING_SECONDS = 10
_FAILURE_SECONDS = 86_400


def call(
    queue: Queue, subject: str, job: Callable[..., None], *arguments: object, seconds: int
) -> None:
    """Put ``job`` on the queue, unless one for ``subject`` waits there already.

    The word that it waits and the job are written together: a server that dies in between and
    comes back with the word alone would keep others from calling.
    """
    with queue.connection.pipeline() as pipeline:
        pipeline.watch(subject)  # type: ignore[no-untyped-call]
        if pipeline.exists(subject):
            return
        pipeline.multi()
        pipeline.set(subject, 1, ex=_PENDING_SECONDS)
        queue.enqueue(
            job,
            *arguments,
            pipeline=pipeline,
            job_timeout=seconds,
            result_ttl=0,
            failure_ttl=_FAILURE_SECONDS,
        )
        try:
            pipeline.execute()
        except WatchError:
            # Somebody else called at this very moment.
            return


def let_others_call(subject: str) -> None:
    """Say, as the job for ``subject`` starts, that the next change is to call again."""
    job = get_current_job()
    if job is not None:
        job.connection.delete(subject)
