"""Whether the queue's server answers."""

from redis.exceptions import RedisError

from app.jobs.queues import connect


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
