"""Loads the demonstration, and shows the accounts to try it with."""

import time
from datetime import UTC, datetime
from json import loads

import click
from flask.cli import with_appcontext
from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from app.cli.ownership import as_owner
from app.config import Config, public_address
from app.demonstration.accounts import shown_accounts
from app.demonstration.factors import give_apps
from app.demonstration.loading import (
    DEFAULT_SEED,
    DEMONSTRATION_PROVINCES,
    Wish,
    count_dossiers,
    load_demonstration,
)
from app.demonstration.roles import PASSWORD
from app.domain.deadlines import vietnam_date
from app.exports.report_files import write_report_files
from app.persistence.factor_sealing import FactorSeal
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.reports import ReportFiles


_TENTHS = 10
_NARROW = 12


@click.group()
def demo() -> None:
    """Load demonstration data, or show its accounts."""


@demo.command()
@click.option("--province", help="The code of one province, such as 12; without it, all three.")
@click.option(
    "--people",
    type=click.IntRange(min=1),
    help="How many people, in all agencies; beyond 5,000, a crowd echoes the stories of a few,"
    " and pages wait until it is written.",
)
@click.option("--seed", type=int, default=DEFAULT_SEED, show_default=True)
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Tell as of this day, not today.")
@click.option("--more", is_flag=True, help="Add to the people who are there already.")
@with_appcontext
def load(
    *, province: str | None, people: int | None, seed: int, day: datetime | None, more: bool
) -> None:
    """Load the invented years of one province or of all three, as of today."""
    wish = Wish(
        provinces=_provinces(province),
        today=day.date() if day else vietnam_date(datetime.now(UTC)),
        people=people,
        seed=seed,
        is_more=more,
    )
    with as_owner() as config:
        if not more and count_dossiers(wish.provinces):
            raise click.ClickException("There are dossiers already; add to them with --more")
        try:
            load_and_tell(wish, config)
        except (IntegrityError, UniqueViolation) as error:
            if not more:
                raise
            message = "The people of this seed are there already; name another with --seed"
            raise click.ClickException(message) from error


def _provinces(code: str | None) -> tuple[int, ...]:
    if code is None:
        return DEMONSTRATION_PROVINCES
    if not (code.isascii() and code.isdigit()):
        raise click.UsageError(f"{code!r} is not the code of a province, such as 12")
    return (int(code),)


def load_and_tell(wish: Wish, config: Config) -> None:
    """Load a demonstration, saying how far it has come."""
    started = time.monotonic()
    said: set[tuple[str, int]] = set()

    def report(what: str, done: int, total: int) -> None:
        tenth = _TENTHS * done // total
        if (what, tenth) not in said:
            said.add((what, tenth))
            share = f"{_TENTHS * tenth} % ({done} of {total} {what})"
            click.echo(f"Demonstration data: {share}, {time.monotonic() - started:.0f} seconds")

    with unit_of_work():
        seal = NumberSeal(config.key_ring())
        count = load_demonstration(wish, seal=seal, report=report, paper=_paper)
        give_apps(FactorSeal(config.secret_key))
    seconds = time.monotonic() - started
    click.echo(f"Demonstration data: {count} dossiers in {seconds:.0f} seconds")


def _paper(content: str, digest: str) -> ReportFiles:
    slug = loads(content)["agency"]["slug"]
    address = f"{public_address()}/{slug}/-/reports/check?fingerprint={digest[:32]}"
    return write_report_files(content, digest, address=address)


@demo.command()
@with_appcontext
def accounts() -> None:
    """Show whom one can sign in as, where, and with which password."""
    with as_owner():
        shown = shown_accounts(on=vietnam_date(datetime.now(UTC)))
    if not shown:
        click.echo("There are no demonstration accounts: load them with 'demo load'")
        return
    wide_name = max(len(one.name) for one in shown)
    wide_login = max(len(one.login) for one in shown)
    for slug in dict.fromkeys(one.slug for one in shown):
        here = [one for one in shown if one.slug == slug]
        click.echo(f"\n{here[0].agency}  {public_address()}/{slug}/-/")
        for one in here:
            role = one.role.value.replace("_", " ")
            line = f"  {role:<{_NARROW}}  {one.name:<{wide_name}}  {one.login:<{wide_login}}"
            click.echo(f"{line}  {PASSWORD}")
    click.echo("\nWhere a code is asked for, the page shows it.")
