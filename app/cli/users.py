"""Invites people to accounts, for the first administrator of an agency above all."""

import click
from flask.cli import with_appcontext

from app.cli.ownership import as_owner
from app.config import public_address
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.invitations import add_invited_account


_OPERATOR = "operator"


@click.group()
def users() -> None:
    """Invite people."""


@users.command()
@click.argument("login")
@click.option("--tenant", "slug", required=True, help="The address of the agency.")
@click.option("--role", type=click.Choice([one.value for one in Role]), required=True)
@click.option("--name", required=True, help="How the person is called.")
@with_appcontext
def invite(*, login: str, slug: str, role: str, name: str) -> None:
    """Make the account LOGIN and print a link with which its owner chooses a password."""
    with as_owner():
        tenant = find_tenant(slug)
        if tenant is None:
            raise click.ClickException(f"There is no agency at {slug!r}; see 'tenants list'")
        with tenant_scope(tenant.key), unit_of_work():
            token = _invite(login, name, Role(role))
    click.echo("Open this within 72 hours; it works once:")
    click.echo(f"{public_address()}/{slug}/-/invitations/{token}")


def _invite(login: str, name: str, role: Role) -> str:
    try:
        return add_invited_account(login, name, {role}, by_name=_OPERATOR)
    except RefusedError as refusal:
        if refusal.rule is not Rule.ACCOUNT_NAME_TAKEN:
            raise
        raise click.ClickException(f"The sign-in name {login!r} is taken") from refusal
