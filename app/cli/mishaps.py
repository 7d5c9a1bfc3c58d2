"""Says in one line what to do when a command finds no database, or an act is refused."""

from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask.cli import ScriptInfo

from app.config import NO_SERVICES, Config
from app.domain.refusals import RefusedError
from app.persistence.database_errors import DatabaseDownError
from app.persistence.key_ring import KeyRingError
from app.persistence.roles import MightyRoleError


_BOUND_LOGIN = (
    "Name a login that owns nothing, is no superuser, has no BYPASSRLS, and is a member of"
    " bangvang_app alone (for ROLLUP_DATABASE_URL: of bangvang_rollup alone)."
)


def explain_mishaps(command: click.Command) -> None:
    """Let ``command``, and every command below it, end in a line instead of a traceback."""
    if isinstance(command, click.Group):
        for one in command.commands.values():
            explain_mishaps(one)
    if command.callback is not None:
        command.callback = _explained(command.callback)


def _explained(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def explained(*arguments: Any, **options: Any) -> Any:
        try:
            return callback(*arguments, **options)
        except DatabaseDownError as error:
            reason = " ".join(str(error.orig).split())
            raise click.ClickException(
                _advice(f"The database does not answer. {reason}")
            ) from error
        except MightyRoleError as error:
            raise click.ClickException(f"{error}. {_BOUND_LOGIN}") from error
        except KeyRingError as error:
            raise click.ClickException(
                _advice(f"Personal numbers cannot be kept: {error}")
            ) from error
        except RefusedError as error:
            raise click.ClickException(f"Refused: {error}") from error

    return explained


def _advice(reason: str) -> str:
    """Return what to do where no service was named at all; elsewhere, what is wrong with one."""
    app = click.get_current_context().ensure_object(ScriptInfo).load_app()
    config: Config = app.extensions["bangvang"]
    return reason if config.has_services else NO_SERVICES
