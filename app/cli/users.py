"""Invites people to accounts, and helps where they cannot help themselves any more."""

import click
from flask.cli import with_appcontext

from app.cli.ownership import as_owner
from app.config import public_address
from app.domain.permissions import Role
from app.domain.refusals import RefusedError, Rule
from app.persistence.models import Account
from app.persistence.queries.accounts import find_account_by_login
from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.persistence.unit_of_work import unit_of_work
from app.services.invitations import add_invited_account
from app.services.operations import disable_account, reset_factors_of


_OPERATOR = "operator"


@click.group()
def users() -> None:
    """Invite people, reset second factors, disable accounts."""


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


@users.command("reset-factor")
@click.argument("login")
@click.option("--reason", required=True, help="Why, and how you know who asks: it is recorded.")
@with_appcontext
def reset_factor(*, login: str, reason: str) -> None:
    """Take every second factor of LOGIN away; a new one is set up at the next sign-in."""
    with as_owner(), unit_of_work():
        account = _account(login)
        places = reset_factors_of(account, reason, by_name=_OPERATOR)
    click.echo(f"{login} has no second factor any more; recorded in {places} agencies")


@users.command()
@click.argument("login")
@click.option("--reason", required=True, help="Why: it is recorded.")
@with_appcontext
def disable(*, login: str, reason: str) -> None:
    """Let LOGIN sign in no more, and sign it out everywhere."""
    with as_owner(), unit_of_work():
        account = _account(login)
        places = disable_account(account, reason, by_name=_OPERATOR)
    click.echo(f"{login} is disabled; recorded in {places} agencies")


def _account(login: str) -> Account:
    account = find_account_by_login(login)
    if account is None:
        raise click.ClickException(f"There is no account {login!r}")
    return account


def _invite(login: str, name: str, role: Role) -> str:
    try:
        return add_invited_account(login, name, {role}, by_name=_OPERATOR)
    except RefusedError as refusal:
        if refusal.rule is not Rule.ACCOUNT_NAME_TAKEN:
            raise
        raise click.ClickException(f"The sign-in name {login!r} is taken") from refusal
