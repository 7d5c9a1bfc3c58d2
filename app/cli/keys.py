"""Shows and changes the keys that personal numbers are sealed with.

To change the key: add the new one to the ring as decrypt-only and restart every process; make it
active and the old one decrypt-only, and restart again; ``keys rotate``; once it is finished,
``keys retire`` the old one, and take its secret out of the ring.
"""

from collections.abc import Mapping
from uuid import UUID

import click
from flask import current_app
from flask.cli import with_appcontext

from app.config import NO_SERVICES
from app.domain.outbox import Kind
from app.domain.tenants import TenantKey
from app.jobs.outbox import run
from app.persistence.key_ring import Key
from app.persistence.queries.audit_chain import agencies_on_record
from app.persistence.queries.keys import find_rotation
from app.persistence.queries.outbox import find_due_line
from app.persistence.sealing import NumberSeal, fingerprint
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.key_rotation import retire_key, start_rotation, values_left
from app.services.keys import find_key_problem, values_by_key


_KINDS = {"number": "numbers", "sheet": "lists", "index": "indexes", "other": "second indexes"}


@click.group()
def keys() -> None:
    """Change the keys of personal numbers."""


@keys.command()
@with_appcontext
def status() -> None:
    """Show each key, what was made with it, and how far a rotation has come."""
    seal = _number_seal()
    with unit_of_work():
        counted = values_by_key()
        for key in seal.ring.keys:
            click.echo(_line_of(key, counted))
        rotation = find_rotation()
        if rotation is not None:
            click.echo(f"rotation to key {rotation.key_id}: {_standing(rotation.key_id)}")
        problem = find_key_problem(seal.ring)
    if problem:
        raise click.ClickException(problem)


def _standing(key_id: int) -> str:
    left = values_left(key_id)
    return f"under way, {left} values left; see 'jobs show'" if left else "finished"


def _line_of(key: Key, counted: Mapping[tuple[str, int], int]) -> str:
    told = fingerprint(key).hex() if key.secret else "no secret"
    made = [f"{counted.get((kind, key.id), 0)} {name}" for kind, name in _KINDS.items()]
    return f"key {key.id}  {key.state.value:<12}  {told:<16}  {', '.join(made)}"


@keys.command()
@click.option("--wait", is_flag=True, help="Do it here and now instead of leaving it to a worker.")
@with_appcontext
def rotate(*, wait: bool) -> None:
    """Bring all that is sealed to the active key; go on with what was begun or given up."""
    seal = _number_seal()
    with unit_of_work():
        agencies = start_rotation(seal)
    if not wait:
        click.echo(f"{agencies} agencies have work for a worker; see 'keys status'")
        return
    _do_here_and_now()
    with unit_of_work():
        left = values_left(seal.ring.active.id)
    if left:
        raise click.ClickException(f"{left} values are left; see 'jobs show'")
    click.echo("The rotation is finished")


def _do_here_and_now() -> None:
    """Do every line that is due, turn by turn, as a worker would."""
    for _, key in agencies_on_record():
        while (line_id := _due_line(key)) is not None:
            run(key.province_id, str(key.tenant_id), str(line_id))


def _due_line(key: TenantKey) -> UUID | None:
    with tenant_scope(key), unit_of_work():
        return find_due_line(Kind.KEYS)


@keys.command()
@click.argument("key_id", type=int)
@with_appcontext
def retire(key_id: int) -> None:
    """Note that nothing needs KEY_ID any more, once every process has the new ring."""
    with unit_of_work():
        retire_key(key_id, seal=_number_seal())
    click.echo(f"Key {key_id} is retired: its secret may leave the ring")


def _number_seal() -> NumberSeal:
    seal: NumberSeal | None = current_app.extensions.get("number_seal")
    if seal is None:
        raise click.ClickException(NO_SERVICES)
    return seal
