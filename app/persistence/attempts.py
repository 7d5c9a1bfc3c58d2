"""Counts wrong passwords in Redis, and knows who has to wait."""

from datetime import UTC, datetime
from typing import cast

from redis import Redis
from redis.exceptions import RedisError

from app.domain.limits import FORGOTTEN_AFTER, PAUSES


_SECONDS_TO_ANSWER = 2.0

# Counting comes before the password is looked at, and is one step: a thousand guesses sent at
# once are a thousand in a row. A guess during a pause is neither tried nor counted.
_BEGIN = """
local kept = redis.call('HMGET', KEYS[1], 'count', 'wait_until')
local now = tonumber(ARGV[1])
if kept[2] and tonumber(kept[2]) > now then return kept[2] end
local count = redis.call('HINCRBY', KEYS[1], 'count', 1)
local pause = ARGV[math.min(count, #ARGV - 2) + 2]
redis.call('HSET', KEYS[1], 'wait_until', string.format('%.3f', now + tonumber(pause)))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return false
"""


class AttemptsUnknownError(Exception):
    """Redis does not answer: nobody knows how often somebody has tried."""


class Attempts:
    """The passwords tried in a row for each key, until one was right."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self._prefix = prefix
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=_SECONDS_TO_ANSWER,
            socket_connect_timeout=_SECONDS_TO_ANSWER,
        )
        self._begin = self._redis.register_script(_BEGIN)

    def begin(self, key: str, now: datetime) -> datetime | None:
        """Count one more attempt; return until when to wait instead, if it comes too soon."""
        pauses = [str(one.total_seconds()) for one in PAUSES]
        forgotten = int(FORGOTTEN_AFTER.total_seconds())
        try:
            found = self._begin([self._prefix + key], [str(now.timestamp()), forgotten, *pauses])
        except RedisError as error:
            raise AttemptsUnknownError from error
        until = cast("bytes | None", found)
        return datetime.fromtimestamp(float(until), UTC) if until else None

    def forget(self, key: str) -> None:
        """Begin the count again: the password was right."""
        try:
            self._redis.delete(self._prefix + key)
        except RedisError as error:
            raise AttemptsUnknownError from error
