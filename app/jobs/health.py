"""Whether the queue's server answers, and whether what the jobs have to do is done in time."""

from redis.exceptions import RedisError

from app.domain.jobs_health import problems
from app.jobs.queues import connect
from app.persistence.clock import transaction_time
from app.persistence.database_errors import DatabaseDownError
from app.persistence.queries.periodic import count_backlog, newest_runs


def redis_problem(redis_url: str) -> str | None:
    """Return what is wrong with Redis, or None."""
    connection = connect(redis_url)
    try:
        connection.ping()
    except RedisError as error:
        return type(error).__name__
    finally:
        connection.close()
    return None


def jobs_problems() -> dict[str, str]:
    """Return what is late, has failed for good, was missed or found faults."""
    try:
        return problems(count_backlog(), newest_runs(), transaction_time())
    except DatabaseDownError as error:
        return {"database": type(error).__name__}
