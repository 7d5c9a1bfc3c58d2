"""Makes a new database ready: catalogue, criteria sets, agencies, perhaps a demonstration."""

from datetime import UTC, datetime

import click
from flask.cli import with_appcontext

from app.cli.demo import load_and_tell
from app.cli.ownership import as_owner
from app.demonstration.loading import Wish, count_dossiers
from app.domain.deadlines import vietnam_date
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from app.services.definitions import add_tenants, load_national_catalogue, publish_criteria
from app.services.expected_reports import freeze_as_set_up
from app.services.keys import require_keys
from tenants.loading import load_all_definitions


@click.command()
@click.option("--demo", is_flag=True, help="Also load the demonstration data, if there are none.")
@with_appcontext
def setup(*, demo: bool) -> None:
    """Load the catalogue, the criteria sets and the agencies that are not there yet."""
    today = vietnam_date(datetime.now(UTC))
    with as_owner() as config:
        with unit_of_work():
            require_keys(NumberSeal(config.key_ring()))
            load_national_catalogue()
            publish_criteria()
            added = add_tenants(load_all_definitions(), is_demonstration=demo, year=today.year)
        click.echo(f"{len(added)} agencies added")
        wish = Wish(today=today)
        if demo and count_dossiers(wish.provinces):
            click.echo("There are dossiers already: no demonstration data were added")
        elif demo:
            load_and_tell(wish, config)
        with unit_of_work():
            freeze_as_set_up(added, today.year)
