"""What the environment must say for the application to start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings, read once and handed to the factory.

    ``cccd_key`` is 32 bytes in hex: personal numbers are sealed and looked up with keys derived
    from it. ``owner_database_url`` is for commands that set up and load; pages never use it.
    ``is_demonstration`` shows the banner and the demonstration accounts.
    """

    database_url: str
    redis_url: str
    secret_key: str
    cccd_key: str
    owner_database_url: str = ""
    is_demonstration: bool = False
    is_https: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read every setting, and raise ``KeyError`` on the first that is missing."""
        return cls(
            database_url=environment["DATABASE_URL"],
            redis_url=environment["REDIS_URL"],
            secret_key=environment["SECRET_KEY"],
            cccd_key=environment["CCCD_KEY"],
            owner_database_url=environment.get("OWNER_DATABASE_URL", ""),
            is_demonstration=environment.get("BANGVANG_DEMO") == "1",
            is_https=environment.get("BANGVANG_HTTPS") == "1",
        )


def owner_database_url(environment: Mapping[str, str] = os.environ) -> str:
    """Return where migrations connect: as the owner, whom row-level security does not bind."""
    return environment.get("OWNER_DATABASE_URL") or environment["DATABASE_URL"]
