"""What the operator of the platform does to an account, told to every agency that it works in."""

from app.domain.audit import Act
from app.domain.sessions import Ending
from app.persistence.database import db
from app.persistence.models import Account, AuditEvent
from app.persistence.queries.accounts import agencies_of
from app.persistence.queries.tenants import find_tenant
from app.persistence.tenancy import tenant_scope
from app.services.factors import reset_factors
from app.services.sessions import end_all


def reset_factors_of(account: Account, reason: str, *, by_name: str) -> int:
    """Take every second factor of an account away; return how many agencies were told."""
    reset_factors(account.id)
    return _tell(Act.FACTORS_RESET, account, reason, by_name=by_name)


def disable_account(account: Account, reason: str, *, by_name: str) -> int:
    """Let an account sign in no more, and end its sessions; return how many agencies were told."""
    account.is_disabled = True
    end_all(account.id, Ending.ACCOUNT_DISABLED)
    return _tell(Act.ACCOUNT_DISABLED, account, reason, by_name=by_name)


def _tell(act: Act, account: Account, reason: str, *, by_name: str) -> int:
    slugs = {one.slug for one in agencies_of(account.id)}
    for slug in sorted(slugs):
        tenant = find_tenant(slug)
        if tenant is None:
            continue
        with tenant_scope(tenant.key):
            db.session.add(
                AuditEvent(
                    act=act,
                    actor_name=by_name,
                    object_kind="account",
                    object_id=account.id,
                    facts={"login": account.login, "reason": reason},
                )
            )
            db.session.flush()
    return len(slugs)
