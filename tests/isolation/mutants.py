"""Breaks the walls in one place at a time, and tells whether a test notices.

``python -m tests.isolation.mutants`` lists every policy, every criterion and guard of the first
wall, every predicate in words of SQL and every declaration of a route, takes each away or weakens
it alone, and asks the check that holds it. It ends with 1 if anything survives.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.config import Config
from app.domain.tenants import TenantKey
from app.factory import create_app
from app.launch.postgres import OWNER, WEB, Postgres
from app.persistence import tenancy, unnarrowed
from app.persistence.tenancy import tenant_scope
from app.web import access
from tests.conftest import migrate
from tests.isolation.access_table import AccessTable, declared_lines
from tests.isolation.catalogue import faults
from tests.isolation.narrowing import let_through, not_narrowed
from tests.isolation.test_catalogue import PLATFORM
from tests.isolation.test_words import OWN, TENANT, WORDS, is_narrowed


Mutant = tuple[str, str, Callable[[], bool]]
"""What kind it is, its name, and what makes it and tells whether it was killed."""

SOMEBODY = TenantKey(12, UUID(int=1))
GUARDS = (
    ("do_orm_execute", tenancy._narrow_to_tenant),  # noqa: SLF001
    ("do_orm_execute", unnarrowed._refuse_what_is_not_narrowed),  # noqa: SLF001
    ("before_flush", tenancy._refuse_foreign_rows),  # noqa: SLF001
)


# A policy for something that its role has no right to guards nothing: it makes no mutant.
_POLICIES = """
    SELECT tablename, policyname, qual IS NOT NULL, with_check IS NOT NULL, cmd = 'ALL' AND (
            has_any_column_privilege(roles[1], tablename, 'SELECT, INSERT, UPDATE')
            OR has_table_privilege(roles[1], tablename, 'DELETE'))
        OR CASE WHEN cmd = 'DELETE' THEN has_table_privilege(roles[1], tablename, cmd)
            WHEN cmd <> 'ALL' THEN has_any_column_privilege(roles[1], tablename, cmd) END
    FROM pg_policies WHERE tablename <> ALL (%s) ORDER BY 1, 2
"""


def of_policies(dsn: str) -> Iterator[Mutant]:
    """Yield every policy taken away or widened, and every table without row-level security."""
    with psycopg.connect(dsn) as connection:
        policies = connection.execute(_POLICIES, [list(PLATFORM)]).fetchall()
    for table, policy, reads, writes, is_leant_on in policies:
        names = {"policy": sql.Identifier(policy), "table": sql.Identifier(table)}
        of = partial(_in_catalogue, dsn, names)
        if is_leant_on:
            yield of(f"{policy} on {table} dropped", "DROP POLICY {policy} ON {table}")
        if reads:
            widened = "ALTER POLICY {policy} ON {table} USING (true)"
            yield of(f"{policy} on {table} reads all", widened)
        if writes:
            widened = "ALTER POLICY {policy} ON {table} WITH CHECK (true)"
            yield of(f"{policy} on {table} writes all", widened)
    for table in sorted({row[0] for row in policies}):
        off = "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        yield _in_catalogue(dsn, {"table": sql.Identifier(table)}, f"{table} unguarded", off)


def _in_catalogue(dsn: str, names: dict[str, sql.Identifier], name: str, statement: str) -> Mutant:
    def is_killed() -> bool:
        with psycopg.connect(dsn) as connection:
            connection.execute(sql.SQL(statement).format(**names))
            found = next(faults(connection, PLATFORM), None)
            connection.rollback()
        return found is not None

    return "policy", name, is_killed


def _is_at_fault(dsn: str) -> bool:
    with psycopg.connect(dsn) as connection:
        return next(faults(connection, PLATFORM), None) is not None


def of_the_first_wall(app: Flask) -> Iterator[Mutant]:
    """Yield every kind of owner without its criterion, and every guard off its event."""
    for criterion in tenancy._CRITERIA:  # noqa: SLF001
        yield (
            "criterion",
            criterion[0].__name__,
            partial(_is_missed, app, partial(_without_criterion, criterion)),
        )
    for name, guard in GUARDS:
        yield (
            "guard",
            guard.__name__,
            partial(_is_missed, app, partial(_without_guard, name, guard)),
        )


def _is_missed(app: Flask, broken: Callable[[], AbstractContextManager[object]]) -> bool:
    with app.app_context(), tenant_scope(SOMEBODY), broken():
        return any(True for _ in not_narrowed()) or any(True for _ in let_through())


@contextmanager
def _without_criterion(criterion: object) -> Iterator[None]:
    whole = tenancy._CRITERIA  # noqa: SLF001
    tenancy._CRITERIA = tuple(one for one in whole if one is not criterion)  # noqa: SLF001
    try:
        yield
    finally:
        tenancy._CRITERIA = whole  # noqa: SLF001


@contextmanager
def _without_guard(name: str, guard: Callable[..., None]) -> Iterator[None]:
    event.remove(Session, name, guard)
    try:
        yield
    finally:
        event.listen(Session, name, guard)


def of_words() -> Iterator[Mutant]:
    """Yield every predicate on the agency taken out of words of SQL."""
    for module, words in WORDS:
        for pattern in (OWN, TENANT):
            for place, found in enumerate(pattern.finditer(words), start=1):
                broken = words[: found.start()] + "true" + words[found.end() :]
                name = f"{module}: {found.group()} ({place})"
                yield "words", name, partial(_is_too_wide, broken)


def _is_too_wide(words: str) -> bool:
    return not is_narrowed(words)


def of_declarations(app: Flask) -> Iterator[Mutant]:
    """Yield every route without its declaration, and without its wish for a second factor."""
    for endpoint, view in sorted(app.view_functions.items()):
        if access.access_of(view) is not None:
            yield "declaration", endpoint, partial(_is_undeclared, app, view)
        if access.takes_fresh_factor(view):
            yield "factor", endpoint, partial(_is_without_factor, app, view)


def _is_undeclared(app: Flask, view: Callable[..., object]) -> bool:
    kept = access._declared.pop(view)  # noqa: SLF001
    try:
        return _differs(app)
    finally:
        access._declared[view] = kept  # noqa: SLF001


def _is_without_factor(app: Flask, view: Callable[..., object]) -> bool:
    access._with_fresh_factor.discard(view)  # noqa: SLF001
    try:
        return _differs(app)
    finally:
        access._with_fresh_factor.add(view)  # noqa: SLF001


def _differs(app: Flask) -> bool:
    said = {(line.key, line.who, line.factor) for line in declared_lines(app)}
    return said != {(line.key, line.who, line.factor) for line in AccessTable().lines}


@contextmanager
def _house() -> Iterator[tuple[Flask, str]]:
    """Start a database that keeps nothing, and an application on it."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(dir="/var/tmp")))
        folder.chmod(0o711)
        postgres = stack.enter_context(Postgres(folder / "postgres", is_durable=False))
        postgres.create_roles()
        postgres.create_database("mutants", OWNER)
        migrate(postgres.url("mutants", OWNER))
        config = Config(
            database_url=postgres.url("mutants", WEB),
            redis_url="unix:///nonexistent",
            secret_key="for mutants",
            cccd_key="ab" * 32,
        )
        yield create_app(config), postgres.dsn("mutants", OWNER)


def main() -> int:
    """Try every mutant; print how many of each kind were killed, and who survived."""
    made, killed = Counter[str](), Counter[str]()
    with _house() as (app, dsn):
        if _differs(app) or _is_missed(app, nullcontext) or _is_at_fault(dsn):
            sys.stdout.write("the checks are red before anything is broken: repair that first\n")
            return 1
        everyone = (
            *of_policies(dsn),
            *of_the_first_wall(app),
            *of_words(),
            *of_declarations(app),
        )
        for kind, name, is_killed in everyone:
            made[kind] += 1
            if is_killed():
                killed[kind] += 1
            else:
                sys.stdout.write(f"survived: {kind} {name}\n")
    for kind, count in made.items():
        sys.stdout.write(f"{kind} {killed[kind]} of {count} killed\n")
    sys.stdout.write(f"mutants {killed.total()}/{made.total()}\n")
    return 0 if killed == made else 1


if __name__ == "__main__":
    sys.exit(main())
