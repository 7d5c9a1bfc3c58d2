"""Checks the files of ``tenants/``, brings them into the database, and writes them back."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from app.cli.ownership import as_owner
from app.config import Config
from app.domain.deadlines import vietnam_date
from app.persistence.queries.tenants import find_tenant
from app.persistence.unit_of_work import unit_of_work
from app.services.definition_files import export_definition
from app.services.definitions import (
    add_tenants,
    known_slugs,
    load_national_catalogue,
    publish_criteria,
)
from app.services.differences import Difference, differences_of, overwrite
from app.services.expected_reports import freeze_as_set_up
from tenants.loading import (
    DefinitionError,
    digest_of,
    load_all_criteria,
    load_all_definitions,
    published_digests,
)
from tenants.loading.criteria import CRITERIA
from tenants.schema import TenantDefinition


_LONGEST_SHOWN = 100


@click.group()
def tenants() -> None:
    """Check, add, compare and export agencies."""


@tenants.command()
def check() -> None:
    """Read every file of tenants/ and say whether all of them fit together."""
    try:
        definitions, sets = load_all_definitions(), load_all_criteria()
    except DefinitionError as error:
        raise click.ClickException(str(error)) from error
    digests = published_digests()
    for one in sets:
        path = CRITERIA / one.key / f"{one.version}.toml"
        if digests.get(one.reference) != digest_of(path):
            raise click.ClickException(f"{path}: a published set never changes; make a new version")
    provinces = len({one.province for one in definitions})
    click.echo(
        f"{len(definitions)} agencies in {provinces} provinces and {len(sets)} criteria sets: "
        "everything fits together"
    )


@tenants.command(name="list")
@with_appcontext
def list_all() -> None:
    """List the agencies of the database, and those of the files that are not in it yet."""
    with as_owner():
        there = known_slugs()
    for one in load_all_definitions():
        state = "" if one.slug in there else "  (not in the database yet)"
        click.echo(f"{one.slug:<44} {one.kind.value:<12} {one.name}{state}")


@tenants.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--overwrite", "overwrites", is_flag=True, help="Also replace what people edited.")
@with_appcontext
def apply(*, yes: bool, overwrites: bool) -> None:
    """Add the agencies that are missing, and bring settings that differ to what the files say."""
    with as_owner() as config:
        definitions = load_all_definitions()
        there = known_slugs()
        missing = [one for one in definitions if one.slug not in there]
        found = [each for one in definitions if one.slug in there for each in differences_of(one)]
        applicable = [one for one in found if not one.is_missing]
        changing = [one for one in applicable if overwrites or not one.is_edited]
        _show(missing, found, overwrites=overwrites)
        if not missing and not changing:
            click.echo("There is nothing to apply")
            return
        question = f"Add {len(missing)} agencies and change {len(changing)} values?"
        if not yes:
            click.confirm(question, abort=True)
        _apply(definitions, changing, config)
    click.echo(f"{len(missing)} agencies added, {len(changing)} values changed")


def _show(
    missing: Sequence[TenantDefinition], found: Sequence[Difference], *, overwrites: bool
) -> None:
    for one in missing:
        click.echo(f"+ {one.slug}  {one.name}")
    for difference in found:
        click.echo(
            f"{_mark(difference, overwrites=overwrites)} {difference.slug}  {difference.name}"
        )
        click.echo(f"    rows: {_short(difference.in_rows)}")
        click.echo(f"    file: {_short(difference.in_file)}")


def _mark(difference: Difference, *, overwrites: bool) -> str:
    if difference.is_missing:
        return "= (given back in a page; kept)"
    if difference.is_edited and not overwrites:
        return "= (edited in a page; kept)"
    return "~"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _apply(
    definitions: Sequence[TenantDefinition], changing: Sequence[Difference], config: Config
) -> None:
    year = vietnam_date(datetime.now(UTC)).year
    with unit_of_work():
        load_national_catalogue()
        publish_criteria()
        added = add_tenants(definitions, is_demonstration=config.is_demonstration, year=year)
        freeze_as_set_up(added, year)
        for one in changing:
            overwrite(one)


@tenants.command()
@click.argument("slug")
@click.option("--to", type=click.Path(path_type=Path), help="Write to this file.")
@with_appcontext
def export(*, slug: str, to: Path | None) -> None:
    """Write the agency at SLUG, as the database holds it, in the form of tenants/."""
    with as_owner():
        if find_tenant(slug) is None:
            raise click.ClickException(f"There is no agency at {slug!r}; see 'tenants list'")
        shipped = {one.slug: one for one in load_all_definitions()}.get(slug)
        text = export_definition(slug, shipped)
    if to is None:
        click.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
