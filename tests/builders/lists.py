"""Brings dossiers as far as the list and the decision, for a test."""

from collections.abc import Sequence
from uuid import UUID

from app.domain.decisions import Addressee, Ruling, Signature
from app.domain.dossiers import Event, Outcome
from app.domain.permissions import Actor, Role
from app.persistence.clock import today
from app.persistence.queries.dossiers import load_dossier_to_change
from app.persistence.queries.proposals import items_of_proposal
from app.persistence.unit_of_work import unit_of_work
from app.services.decisions import decide, publish
from app.services.dossiers import append_event
from app.services.proposals import seal_list, submit_list
from tests.builders.world import DEPARTMENT, PASSING, World


class Office:
    """The people of an agency who bring a list to its decision."""

    def __init__(self, world: World, slug: str = DEPARTMENT) -> None:
        self.world = world
        self.slug = slug
        make = world.make_account
        self.officer = make(slug, Role.OFFICER)
        self.appraiser = make(slug, Role.APPRAISER)
        self.secretary = make(slug, Role.SECRETARY)
        self.head = make(slug, Role.HEAD, name="Nguyễn Văn Giám")
        self._numbers = iter(range(1, 1000))

    def appraised(self, scores: Sequence[int] = PASSING, **more: object) -> UUID:
        """Make a dossier that the team has closed with ``scores``."""
        dossier_id = self.world.make_dossier(self.slug, **more)
        self.appraise(dossier_id, scores)
        return dossier_id

    def appraise(self, dossier_id: UUID, scores: Sequence[int] = PASSING) -> None:
        officer, appraiser = self.officer.actor(), self.appraiser.actor()
        with self.world.inside(self.slug), unit_of_work():
            dossier = load_dossier_to_change(dossier_id)
            dossier.self_scores = list(scores)
            append_event(dossier, Event.REGISTER, by=officer)
            append_event(dossier, Event.SUBMIT, by=officer)
            append_event(dossier, Event.SCORE, by=appraiser)
            dossier.agreed_scores = list(scores)
            append_event(dossier, Event.AGREE, by=appraiser)

    def sealed(
        self, *dossier_ids: UUID, addressee: Addressee = Addressee.HEAD, by: Actor | None = None
    ) -> UUID:
        """Seal a list and return its id."""
        with self.world.inside(self.slug), unit_of_work():
            proposal = seal_list(dossier_ids, addressee=addressee, by=by or self.secretary.actor())
            return proposal.id

    def submitted(self, *dossier_ids: UUID, addressee: Addressee = Addressee.HEAD) -> UUID:
        """Seal a list, put it before whom it is addressed to, and return its id."""
        proposal_id = self.sealed(*dossier_ids, addressee=addressee)
        with self.world.inside(self.slug), unit_of_work():
            submit_list(proposal_id, by=self.secretary.actor())
        return proposal_id

    def signature(self, number: str = "", **more: object) -> Signature:
        """Return a number of its own, today's date and the head's name."""
        values: dict[str, object] = {
            "number": number or f"{next(self._numbers):02}/QĐ-SCT",
            "signed_on": None,
            "signer_name": self.head.name,
            "signer_title": "GIÁM ĐỐC",
            "authority": "GIÁM ĐỐC SỞ CÔNG THƯƠNG",
        }
        values.update(more)
        if values["signed_on"] is None:
            with self.world.inside(self.slug):
                values["signed_on"] = today()
        return Signature(**values)

    def decided(self, proposal_id: UUID, *, number: str = "", by: Actor | None = None) -> UUID:
        """Decide a list as its verdicts say, and return the decision's id."""
        signature = self.signature(number)
        with self.world.inside(self.slug), unit_of_work():
            rulings = as_earned(proposal_id)
            decision = decide(
                proposal_id, signature=signature, rulings=rulings, by=by or self.head.actor()
            )
            return decision.id

    def published(self, *dossier_ids: UUID, number: str = "") -> UUID:
        """Take dossiers all the way, and return the id of the published decision."""
        decision_id = self.decided(self.submitted(*dossier_ids), number=number)
        with self.world.inside(self.slug), unit_of_work():
            publish(decision_id, by=self.officer.actor())
        return decision_id


def as_earned(proposal_id: UUID) -> dict[UUID, Ruling]:
    """Return rulings that follow the verdicts of a list."""
    return {
        item.dossier_id: Ruling(
            outcome=item.verdict,
            reason="" if item.verdict is Outcome.RECOGNISED else "Chưa đủ điểm.",
        )
        for item in items_of_proposal(proposal_id)
    }
