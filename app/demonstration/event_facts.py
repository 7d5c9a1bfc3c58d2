"""What each event of a story keeps beside itself, as the acts of the house keep it."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from app.demonstration.desks import Desk
from app.demonstration.evidence import evidence_of
from app.demonstration.papers import Paper, Papers
from app.demonstration.people_rows import channel_of
from app.demonstration.records import Happening, YearStory
from app.domain.deadlines import vietnam_date
from app.domain.dossiers import Event
from app.domain.scoring import INDICATORS


Facts = dict[str, object]


class Told(NamedTuple):
    """An event: whose agency's, of which year, and the how manieth."""

    desk: Desk
    papers: Papers
    year: YearStory
    place: int

    @property
    def happening(self) -> Happening:
        """The event itself."""
        return self.year.happenings[self.place]

    @property
    def paper(self) -> Paper:
        """The list or decision behind the event."""
        one = self.happening
        number = one.batch if one.batch is not None else self.year.batch
        return self.papers[self.year.year, number or 0]

    def before(self, event: Event) -> Happening | None:
        """Return the last event of a sort before this one."""
        earlier = reversed(self.year.happenings[: self.place])
        return next((one for one in earlier if one.event is event), None)


def facts_of(told: Told) -> Facts:
    """Return the facts of an event."""
    write = _FACTS.get(told.happening.event)
    return write(told) if write else {}


def _of_registration(told: Told) -> Facts:
    return {"consent": channel_of(told.desk, told.year).value}


def _of_submission(told: Told) -> Facts:
    returned = told.before(Event.RETURN)
    if returned is None:
        return {}
    return {"answers": _by_number(returned), "due_on": str(returned.due_on)}


def _of_score(told: Told) -> Facts:
    # The first event makes the second version.
    return {"scores": list(told.happening.scores or ()), "version": told.place + 2}


def _of_return(told: Told) -> Facts:
    submitted = told.before(Event.SUBMIT)
    return {
        "indicators": _by_number(told.happening),
        "due_on": str(told.happening.due_on),
        "self_scores": list(submitted.scores or ()) if submitted else [],
        "evidence": evidence_of(told.year.group_number, told.year.year, filled=INDICATORS),
    }


def _of_agreement(told: Told) -> Facts:
    return {"scores": list(told.happening.scores or ()), "reasons": _by_number(told.happening)}


def _of_proposal(told: Told) -> Facts:
    return {"proposal": str(told.paper.list_id), "number": told.paper.number}


def _of_decision(told: Told) -> Facts:
    # Who is outstanding is only known once the years of all agencies are there.
    return {
        "decision": str(told.paper.decision_id),
        "number": told.paper.document,
        "signed_on": vietnam_date(told.happening.at).isoformat(),
        "outcome": told.happening.outcome,
        "is_outstanding": False,
    }


def _of_publication(told: Told) -> Facts:
    return {"decision": str(told.paper.decision_id)}


def _of_appeal(told: Told) -> Facts:
    indicators = [one.indicator for one in told.happening.remarks]
    return {"indicators": indicators, "is_on_behalf": told.year.is_on_behalf}


def _of_correction(told: Told) -> Facts:
    agreed, decided = told.before(Event.AGREE), told.before(Event.DECIDE)
    before = {
        "outcome": decided.outcome if decided else None,
        "agreed_scores": list(agreed.scores or ()) if agreed else [],
    }
    return _of_decision(told) | {"before": before, "scores": list(told.happening.scores or ())}


def _by_number(one: Happening) -> dict[str, str]:
    return {str(remark.indicator): remark.text for remark in one.remarks}


_FACTS: Mapping[Event, Callable[[Told], Facts]] = {
    Event.REGISTER: _of_registration,
    Event.SUBMIT: _of_submission,
    Event.SCORE: _of_score,
    Event.RETURN: _of_return,
    Event.AGREE: _of_agreement,
    Event.PROPOSE: _of_proposal,
    Event.DECIDE: _of_decision,
    Event.PUBLISH: _of_publication,
    Event.APPEAL: _of_appeal,
    Event.CORRECT: _of_correction,
}
