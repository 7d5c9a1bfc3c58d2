"""A crowd around the people whose stories are told: up to a million, each with one dossier.

Whoever is in the crowd echoes somebody of the same agency: the dossier of one year, with all that
happened to it, by the same hands and at the same moments, under another name. Echoes are made where
the rows are kept, agency by agency, with names that are copied in beforehand; they stand on lists
and decisions of their own. Only dossiers that the office filled in on behalf are echoed: nobody
acts for somebody else's person.

While echoes are written, the triggers in ``_RESTING`` rest, which would prove each event by itself
and take most of the time. Part of what they hold is proved afterwards, over all rows at once: each
history goes from move to move, ends where its dossier stands, and has no hand of the person it is
about. Duties apart, the level that decides, consent and the scale of scores are not proved again:
echoes keep to them because they are copies of rows that were guarded.
Foreign keys, checks, and the record of acts with its chain are on all the while. Resting triggers
need a lock: other events wait until the load has ended.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from psycopg import Connection
from sqlalchemy import text

from app.demonstration.dice import chance, dice_for, weighted
from app.demonstration.echoes import (
    ASTRAY,
    CALLED,
    ECHOES,
    LINES,
    LINK,
    ROWS,
    SEAL,
    TIDY,
    WITH_PATTERNS,
)
from app.demonstration.names import make_name
from app.demonstration.regions import peoples_of
from app.domain.dossiers import Outcome
from app.domain.proposals import ProposalLine, seal
from app.domain.tenants import TenantKey
from app.domain.vietnamese import match_key, name_sort_key
from app.persistence.database import db


_NAMES = 5_000
_BIRTH_YEAR = 1985
_RESTING = {
    "dossier_event": ("apply_dossier_event", "lapse_transfer", "require_basis"),
    "team_score": ("guard_team_score",),
    "decision_item": ("guard_decision_item",),
}

Report = Callable[[int, int], None]


class EchoError(Exception):
    """A history in the crowd is not what the database would have allowed."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many people a province's crowd has, and what its names are drawn from."""

    province: int
    people: int
    seed: int


def write_crowd(wanted: Wanted, *, report: Report) -> int:
    """Write a province's crowd, spread over its agencies; return how many people that are.

    Runs as the owner, in the caller's transaction, and leaves the figures to be counted.
    """
    _run(CALLED)
    _copy_names(wanted)
    agencies = _agencies(wanted.province)
    share, left = divmod(wanted.people, max(1, len(agencies)))
    written = 0
    with _resting():
        for place, key in enumerate(agencies):
            written += _write_agency(key, share + (place < left), wanted.seed)
            report(place + 1, len(agencies))
    _run("DROP TABLE called")
    return written


def _agencies(province: int) -> Sequence[TenantKey]:
    """Return the agencies in which there is a dossier to echo."""
    rows = db.session.execute(text(WITH_PATTERNS), {"province": province})
    return [TenantKey(province, tenant) for (tenant,) in rows]


def _copy_names(wanted: Wanted) -> None:
    connection = db.session.connection().connection.driver_connection
    assert isinstance(connection, Connection)  # noqa: S101 - the only driver there is
    with (
        connection.cursor() as cursor,
        cursor.copy("COPY called (n, name, sort_key, match_key) FROM STDIN") as copy,
    ):
        for number, name in enumerate(_names(wanted)):
            copy.write_row((number, name, name_sort_key(name), match_key(name)))


def _names(wanted: Wanted) -> Iterator[str]:
    random = dice_for(wanted.seed, "crowd", wanted.province)
    shares = peoples_of(f"{wanted.province:02}", None)
    for _ in range(_NAMES):
        is_female = chance(random, 0.5)
        people = weighted(random, shares)
        yield make_name(random, people, is_female=is_female, birth_year=_BIRTH_YEAR)


@contextmanager
def _resting() -> Iterator[None]:
    """Let the triggers rest that prove each event by itself."""
    _switch("DISABLE")
    yield
    _switch("ENABLE")


def _switch(how: str) -> None:
    for table, triggers in _RESTING.items():
        for trigger in triggers:
            _run(f"ALTER TABLE {table} {how} TRIGGER {trigger}")


def _write_agency(key: TenantKey, people: int, seed: int) -> int:
    values = {
        "province": key.province_id,
        "tenant": key.tenant_id,
        "people": people,
        "names": _NAMES,
        "seed": str(seed),
    }
    for statement in (*ECHOES, *ROWS):
        _run(statement, **values)
    _seal_lists(key)
    astray = _ask(ASTRAY, province=key.province_id, tenant=key.tenant_id).scalar_one()
    if astray:
        raise EchoError(f"{astray} events of agency {key.tenant_id} do not follow each other")
    # The chain of the agency is linked now, and not all at once in the end.
    for statement in (*LINK, *TIDY):
        _run(statement)
    return people


def _seal_lists(key: TenantKey) -> None:
    """Seal each list and decision over its lines, as whoever made them would have."""
    papers: dict[UUID, tuple[int, int, list[ProposalLine]]] = {}
    for paper, year, number, *line in _ask(LINES, tenant=key.tenant_id):
        position, dossier_id, name, agreed, criteria, verdict = line
        papers.setdefault(paper, (year, number, []))[2].append(
            ProposalLine(
                position=position,
                dossier_id=dossier_id,
                name=name,
                agreed=tuple(agreed),
                criteria=criteria,
                verdict=Outcome(verdict),
            )
        )
    sealed = [
        {"paper": paper, "tenant": key.tenant_id, "seal": seal(year, number, lines)}
        for paper, (year, number, lines) in papers.items()
    ]
    if sealed:
        for statement in SEAL:
            db.session.execute(text(statement), sealed)


def _run(statement: str, **values: Any) -> None:
    db.session.execute(text(statement), values)


def _ask(statement: str, **values: Any) -> Any:
    return db.session.execute(text(statement), values)
