"""What the environment must say for the application to start."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from app.domain.limits import Limit, read_limits
from app.persistence.key_ring import KeyRing, read_key_ring, ring_of_one


SHARED_SETTINGS = "environment"
"""The file in BANGVANG_HOME that tells commands where the servers of a ``make run`` are."""

NO_SERVICES = (
    "There is no database to work on: start one with 'make run' in another terminal, "
    "or set DATABASE_URL, REDIS_URL, SECRET_KEY and CCCD_KEY."
)

LOOPBACK = ("127.0.0.1", "localhost")

_PROJECT = Path(__file__).parents[1]

# Addresses at which nothing answers, for what needs no database: checking files, scoring.
_NOWHERE = {
    "DATABASE_URL": "postgresql+psycopg://nobody@/nothing?host=/nonexistent",
    "REDIS_URL": "unix:///nonexistent/valkey.sock",
    "SECRET_KEY": "",
    "CCCD_KEY": "",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Settings, read once and handed to the factory.

    ``cccd_key`` is 32 bytes in hex: personal numbers are sealed and looked up with keys derived
    from it. ``cccd_keys`` names a file with several keys, to change from one to the next; it comes
    before ``cccd_key``. ``owner_database_url`` is for commands that set up and load; pages never
    use it.
    ``rollup_database_url`` is where the worker connects that only counts, by default as the pages.
    ``trusted_hosts`` are the names that pages answer to: those of BANGVANG_HOSTS, else the host of
    BANGVANG_URL, else this machine. ``proxy_hops`` is how many proxies of ours stand in front.
    ``is_demonstration`` shows the banner and the demonstration accounts. ``has_services`` is
    false when nobody named a database: then there is nothing but files. ``limits`` says how often
    one may do what.
    """

    database_url: str
    redis_url: str
    secret_key: str
    cccd_key: str
    cccd_keys: str = ""
    owner_database_url: str = ""
    rollup_database_url: str = ""
    is_demonstration: bool = False
    is_https: bool = False
    trusted_hosts: tuple[str, ...] = LOOPBACK
    proxy_hops: int = 0
    has_services: bool = True
    limits: tuple[Limit, ...] = ()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Self:
        """Read every setting; raise ``KeyError`` on the first that is missing beside others.

        Where none is set at all, those of a running ``make run`` are taken, if there is one.
        """
        given = known_settings(environment)
        has_services = "DATABASE_URL" in given
        settings = given if has_services else {**given, **_NOWHERE}
        keys = settings.get("CCCD_KEYS", "")
        return cls(
            database_url=settings["DATABASE_URL"],
            redis_url=settings["REDIS_URL"],
            secret_key=settings["SECRET_KEY"],
            cccd_key=settings.get("CCCD_KEY", "") if keys else settings["CCCD_KEY"],
            cccd_keys=keys,
            owner_database_url=settings.get("OWNER_DATABASE_URL", ""),
            rollup_database_url=settings.get("ROLLUP_DATABASE_URL", ""),
            is_demonstration=settings.get("BANGVANG_DEMO") == "1",
            is_https=settings.get("BANGVANG_HTTPS") == "1",
            trusted_hosts=_trusted_hosts(settings),
            proxy_hops=int(settings.get("BANGVANG_PROXIES") or 0),
            has_services=has_services,
            limits=read_limits(settings.get("BANGVANG_LIMITS", "")),
        )

    def key_ring(self) -> KeyRing:
        """Return the keys of personal numbers; raise ``KeyRingError`` if they are not usable."""
        return read_key_ring(Path(self.cccd_keys)) if self.cccd_keys else ring_of_one(self.cccd_key)


def known_settings(environment: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """Return the environment or, where it names no database, what a running deployment shares."""
    given = os.environ if environment is None else environment
    if given.get("DATABASE_URL"):
        return given
    home = Path(given.get("BANGVANG_HOME") or _PROJECT / "var").expanduser()
    return {**_shared(home / SHARED_SETTINGS), **{name: one for name, one in given.items() if one}}


def _shared(path: Path) -> Mapping[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    return dict(line.split("=", 1) for line in lines if "=" in line)


def _trusted_hosts(settings: Mapping[str, str]) -> tuple[str, ...]:
    named = settings.get("BANGVANG_HOSTS") or urlsplit(settings.get("BANGVANG_URL", "")).hostname
    hosts = tuple(host.strip() for host in (named or "").split(",") if host.strip())
    return hosts or LOOPBACK


def public_address(environment: Mapping[str, str] | None = None) -> str:
    """Return where the pages are: BANGVANG_URL, or this machine with the port of ``make run``."""
    settings = known_settings(environment)
    here = f"http://127.0.0.1:{settings.get('PORT') or '8000'}"
    return (settings.get("BANGVANG_URL") or here).rstrip("/")


def owner_database_url(environment: Mapping[str, str] | None = None) -> str:
    """Return where migrations connect: as the owner, whom row-level security does not bind."""
    settings = known_settings(environment)
    return settings.get("OWNER_DATABASE_URL") or settings["DATABASE_URL"]
