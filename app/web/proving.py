"""The page on which somebody proves that it is really them, with a second factor."""

from flask import current_app, render_template

from app.config import Config
from app.persistence.factor_sealing import FactorSeal
from app.persistence.queries.factors import passkeys_of
from app.services.factors import demonstration_code
from app.web.kept import Kept
from app.web.session import find_current_session


def factor_seal() -> FactorSeal:
    """Return what opens the secrets of code apps."""
    config: Config = current_app.extensions["bangvang"]
    return FactorSeal(config.secret_key)


def shown_code() -> str | None:
    """Return the code that a demonstration shows to whoever plays one of its accounts."""
    config: Config = current_app.extensions["bangvang"]
    one = find_current_session()
    if one is None:
        return None
    return demonstration_code(one.account, factor_seal(), is_demonstration=config.is_demonstration)


def show_factor_page(kept: Kept | None = None, problem: str | None = None) -> str:
    """Ask for the second factor; what was typed before travels along."""
    one = find_current_session()
    return render_template(
        "accounts/factor.html",
        kept=kept,
        problem=problem,
        has_factor=bool(one and one.has_factor),
        has_passkeys=bool(one and passkeys_of(one.account.id)),
        shown_code=shown_code(),
    )
