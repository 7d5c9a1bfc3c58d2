"""Brings dossiers to a state by their real events, for tests of what is counted."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from app.domain.dossiers import Event, Outcome, State
from app.domain.permissions import Role
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.unit_of_work import unit_of_work
from app.services.dossiers import append_event
from app.services.results import recompute_result
from tests.builders.world import FAILING, PASSING, THIS_YEAR, World


WAY_TO: dict[State, Sequence[Event]] = {State.LISTED: ()}
for _event, _state in (
    (Event.REGISTER, State.REGISTERED),
    (Event.SUBMIT, State.SUBMITTED),
    (Event.SCORE, State.IN_APPRAISAL),
    (Event.AGREE, State.APPRAISED),
    (Event.PROPOSE, State.PROPOSED),
    (Event.DECIDE, State.DECIDED),
    (Event.PUBLISH, State.PUBLISHED),
):
    WAY_TO[_state] = (*WAY_TO[list(WAY_TO)[-1]], _event)


class Office:
    """Somebody who enters and appraises in an agency, and somebody else who decides there."""

    def __init__(self, world: World, slug: str) -> None:
        self.world = world
        self.slug = slug
        self.team = world.make_account(slug, Role.OFFICER).actor()
        self.head = world.make_account(slug, Role.HEAD).actor()

    def make(self, state: State = State.PUBLISHED, **more: Any) -> UUID:
        """Make a dossier and bring it to ``state``; ``facts`` are columns set on the way."""
        facts = more.pop("facts", {})
        is_recognised = more.pop("is_recognised", True)
        dossier_id = self.world.make_dossier(self.slug, **more)
        with self.world.inside(self.slug), unit_of_work():
            for event in WAY_TO[state]:
                self.apply(dossier_id, event, is_recognised=is_recognised)
            dossier = load_dossier_to_change(dossier_id)
            for column, value in facts.items():
                setattr(dossier, column, value)
        return dossier_id

    def apply(self, dossier_id: UUID, event: Event, *, is_recognised: bool = True) -> None:
        """Let one event happen, in the transaction and scope of the caller."""
        dossier = load_dossier_to_change(dossier_id)
        if event in {Event.DECIDE, Event.CORRECT}:
            dossier.agreed_scores = PASSING if is_recognised else FAILING
            dossier.outcome = Outcome.RECOGNISED if is_recognised else Outcome.NOT_RECOGNISED
            dossier.is_outstanding = dossier.is_outstanding and is_recognised
        if event is Event.ANNUL:
            dossier.outcome, dossier.is_outstanding = None, False
        deciding = {Event.DECIDE, Event.ANNUL, Event.CORRECT, Event.UPHOLD, Event.PUBLISH}
        by = self.head if event in deciding else self.team
        append_event(dossier, event, by=by, reason="lý do")

    def recompute(self, year: int = THIS_YEAR) -> None:
        """Do what a worker would."""
        with self.world.inside(self.slug), unit_of_work():
            recompute_result(year, is_forced=True)
