"""Shows what the jobs have to do and what has failed, over all agencies, and has it tried again."""

import click
from flask.cli import with_appcontext

from app.domain.outbox import LineState
from app.domain.tenants import TenantKey
from app.jobs.health import jobs_problems
from app.persistence.models import OutboxLine
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.outbox import open_lines
from app.persistence.queries.periodic import newest_runs
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.outbox import retry_by_operator


_CODE_SIGNS = 6
_OPERATOR = "operator"


@click.group()
def jobs() -> None:
    """Look after the work in the background."""


@jobs.command()
@with_appcontext
def show() -> None:
    """Show every line that is not done, the newest slot of each night's work, and what is wrong.

    Ends with 1 if anything is wrong.
    """
    for slug, _, line in _lines():
        tries = f"try {line.attempts}" if line.attempts else "not tried yet"
        error = f", {line.last_error}" if line.last_error else ""
        click.echo(f"{_code_of(line)}  {slug}  {line.kind}  {line.state}  {tries}{error}")
    for run in newest_runs():
        click.echo(f"{run.slot:%Y-%m-%d %H:%M}  {run.name}  {run.outcome}  found {run.found}")
    problems = jobs_problems()
    for name, problem in problems.items():
        click.echo(f"{name}: {problem}")
    if problems:
        raise click.exceptions.Exit(1)


@jobs.command()
@click.argument("code")
@with_appcontext
def retry(code: str) -> None:
    """Have the failed work with this CODE tried again, once its cause is mended."""
    found = [
        one
        for one in _lines()
        if _code_of(one[2]) == code.upper() and one[2].state is LineState.PARKED
    ]
    if not found:
        raise click.ClickException(f"no failed work has the code {code}; see 'jobs show'")
    for slug, key, line in found:
        with tenant_scope(key), unit_of_work():
            retry_by_operator(line.id, by_name=_OPERATOR)
        click.echo(f"{slug}: {line.kind} is tried again")


def _lines() -> list[tuple[str, TenantKey, OutboxLine]]:
    found: list[tuple[str, TenantKey, OutboxLine]] = []
    for slug, key in agencies_on_record():
        with tenant_scope(key):
            found += [(slug, key, line) for line in open_lines()]
    return found


def _code_of(line: OutboxLine) -> str:
    return line.id.hex[-_CODE_SIGNS:].upper()
