"""The one way in which a dossier moves: an event is appended, and the state follows."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.attributes import set_committed_value

from app.domain.dossiers import Event, move, require_reason
from app.domain.permissions import Actor, Permission
from app.domain.refusals import RefusedError, Rule
from app.domain.separation import require_hands_off
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import Dossier, DossierEvent
from app.persistence.queries.dossiers import states_of
from app.services.consents import require_usable_data
from app.services.results import mark_out_of_date


_RULE_OF_SQLSTATE: Mapping[str, Rule] = {
    "BV001": Rule.STALE_SCREEN,
    "BV002": Rule.SELF_DEALING,
    "BV003": Rule.APPRAISER_DECIDES,
    "BV005": Rule.PROPOSER_DECIDES,
    "BV008": Rule.STALE_SCREEN,
    "BV009": Rule.STALE_SCREEN,
    "BV006": Rule.HEAD_DECIDED_ONE_LEVEL_UP,
}


def require_fresh(dossier: Dossier, version: int) -> None:
    """Raise ``RefusedError`` when the screen that ``version`` came from is out of date."""
    if dossier.version != version:
        raise RefusedError(Rule.STALE_SCREEN)


def append_event(
    dossier: Dossier,
    event: Event,
    *,
    by: Actor,
    reason: str = "",
    facts: Mapping[str, object] | None = None,
) -> None:
    """Let ``event`` happen to one dossier: see ``append_events``."""
    append_events([dossier], event, by=by, reason=reason, facts=lambda _: facts or {})


def append_events(
    dossiers: Collection[Dossier],
    event: Event,
    *,
    by: Actor,
    reason: str = "",
    facts: Callable[[Dossier], Mapping[str, object]],
) -> None:
    """Let ``event`` happen to dossiers, which must be locked (``dossiers_to_change``).

    Checks the order of states, that a reason is given where one is needed and that nobody acts on
    a dossier of their own; the database checks the first and the last again. The permission is
    the caller's to check, since a dossier of one's own takes another than one on behalf. All of
    them move, or the transaction is lost.
    """
    stated = require_reason(event, reason)
    require_usable_data([one.person_id for one in dossiers], event)
    rows = [_event_of(one, event, by=by, reason=stated, facts=facts(one)) for one in dossiers]
    for dossier in dossiers:
        dossier.version += 1
        dossier.changed_at = transaction_time()
    # The columns go first: a title is held to the scores that it rests on.
    db.session.flush()
    db.session.add_all(rows)
    for year in {dossier.year for dossier in dossiers}:
        mark_out_of_date(year)
    _flush_naming_the_rule()
    _read_states(dossiers)


def _event_of(
    dossier: Dossier, event: Event, *, by: Actor, reason: str, facts: Mapping[str, object]
) -> DossierEvent:
    require_hands_off(event, dossier.identity_id, by=by)
    return DossierEvent(
        dossier_id=dossier.id,
        event=event,
        from_state=dossier.state,
        to_state=move(dossier.state, event, round_number=dossier.round),
        round=dossier.round,
        at=transaction_time(),
        actor_account_id=by.account_id,
        actor_identity_id=by.identity_id,
        actor_name=by.name,
        reason=reason,
        facts=dict(facts),
    )


def _read_states(dossiers: Collection[Dossier]) -> None:
    """Take over what the database made of the events."""
    states = states_of([dossier.id for dossier in dossiers])
    for dossier in dossiers:
        set_committed_value(dossier, "state", states[dossier.id])


def _flush_naming_the_rule() -> None:
    try:
        db.session.flush()
    except DBAPIError as error:
        rule = _RULE_OF_SQLSTATE.get(getattr(error.orig, "sqlstate", ""))
        if rule is None:
            raise
        raise RefusedError(rule) from error


def require_own_or_on_behalf(dossier: Dossier, *, by: Actor) -> bool:
    """Return whether ``by`` acts for somebody else; raise ``RefusedError`` if they may not."""
    if by.person_id == dossier.person_id:
        by.require(Permission.DOSSIER_OWN)
        return False
    by.require(Permission.DOSSIER_ENTER)
    return True
