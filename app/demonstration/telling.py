"""How a dossier moves through a whole year, from registration to the end of an appeal."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random

from app.demonstration import remarks
from app.demonstration.dice import between
from app.demonstration.habits import Progress
from app.demonstration.intents import (
    GRANTED_POINTS,
    Intent,
    Office,
    Subject,
    appealed_indicators,
    draw_intent,
)
from app.demonstration.records import Happening, Remark
from app.demonstration.scores import earns_title, one_opinion, raised
from app.demonstration.timetable import (
    Agenda,
    Round,
    after_working_days,
    at_home,
    at_the_office,
    day_between,
)
from app.domain.dossiers import TRANSITIONS, Event, Outcome, replay
from app.domain.scoring import Scores


MAIN_BATCH, SECOND_BATCH, ABOVE_BATCH, CHAIRS_BATCH = 1, 2, 3, 4
CORRECTING_BATCH = 100
"""Correcting decisions are numbered from here on, by the place of the person."""

_DAYS_TO_RESUBMIT = 10
_DAYS_TO_APPEAL = 5
_REGISTER_LATE, _SUBMIT_LATE = 1.4, 1.5


class Telling:
    """One dossier while its year is being told."""

    def __init__(self, random: Random, subject: Subject, agenda: Agenda, office: Office) -> None:
        self._random = random
        self._subject = subject
        self._agenda = agenda
        self._cast = office.cast
        self._confirms = office.confirms
        self._lists = {self._cast.head: ABOVE_BATCH, self._cast.secretary: CHAIRS_BATCH}
        self._own_hand = self._cast.officer if subject.life.needs_help else subject.place
        self.intent: Intent = draw_intent(random, subject, agenda, office)

    def tell(self) -> Iterator[Happening]:
        """Tell what happens in this agency, until the year or the person's stay there ends."""
        happenings = tuple(_in_rounds(self._whole_year()))
        plan, left_on = self._agenda.plan, self._subject.left_on
        if left_on is None or not plan.registration_opens_on < left_on < plan.appraisal_opens_on:
            return iter(happenings)
        return self._leave(happenings, at_the_office(self._random, left_on))

    def _leave(self, happenings: tuple[Happening, ...], at: datetime) -> Iterator[Happening]:
        before = [one for one in happenings if one.at < at]
        yield from before
        state = replay((one.event, one.round_number) for one in before)
        if state in TRANSITIONS[Event.TRANSFER].sources:
            yield Happening(
                event=Event.TRANSFER, at=at, actor=self._cast.officer, reason=remarks.TRANSFERRED
            )

    def _whole_year(self) -> Iterator[Happening]:
        if not self.intent.registers:
            return
        registered = self._register()
        yield registered
        if self.intent.withdraws:
            yield self._withdraw(registered.at)
        elif self.intent.gives_up_after is None:
            submitted = self._submit(registered.at.date())
            yield submitted
            yield from self._after_submission(submitted.at.date())

    def _register(self) -> Happening:
        plan, joined_on = self._agenda.plan, self._subject.joined_on
        if joined_on is not None and plan.registration_opens_on < joined_on:
            # Whoever comes amid the year brings a registration along; the office enters it.
            at = at_the_office(self._random, after_working_days(joined_on, self._some(1, 6)))
            return Happening(event=Event.REGISTER, at=at, actor=self._cast.officer)
        day = day_between(
            self._random,
            plan.registration_opens_on,
            plan.registration_closes_on,
            lateness=_REGISTER_LATE,
        )
        at = self._in_own_time(day, plan.registration_closes_on)
        return Happening(event=Event.REGISTER, at=at, actor=self._own_hand)

    def _withdraw(self, since: datetime) -> Happening:
        at = at_home(self._random, since.date() + timedelta(days=self._some(1, 90)))
        reason = remarks.why_withdraw(self._random)
        return Happening(event=Event.WITHDRAW, at=at, actor=self._own_hand, reason=reason)

    def _submit(self, registered_on: date) -> Happening:
        plan = self._agenda.plan
        opens_on = max(plan.self_assessment_opens_on, registered_on + timedelta(days=1))
        closes_on = plan.self_assessment_closes_on
        day = day_between(self._random, opens_on, closes_on, lateness=_SUBMIT_LATE)
        at = self._in_own_time(day, closes_on)
        scores = self.intent.first_claims
        return Happening(event=Event.SUBMIT, at=at, actor=self._own_hand, scores=scores)

    def _after_submission(self, ready_on: date) -> Iterator[Happening]:
        if self._confirms:
            confirmed = self._confirm(ready_on)
            yield confirmed
            ready_on = confirmed.at.date()
        day = self._working_days_after(max(ready_on, self._agenda.appraisal_from), 1, 6)
        if day < self._agenda.rounds[-1].met_at.date():
            yield from self._appraise(day)

    def _confirm(self, submitted_on: date) -> Happening:
        day = self._working_days_after(submitted_on, 1, 4)
        confirmer = self._somebody_else(self._cast.unit_head, self._cast.officer)
        return Happening(event=Event.CONFIRM, at=at_the_office(self._random, day), actor=confirmer)

    def _appraise(self, day: date) -> Iterator[Happening]:
        round_number = 1
        if self.intent.returned:
            yield self._score(day, self._team()[0], round_number)
            returned = self._return(after_working_days(day, 1))
            yield returned
            if not self.intent.resubmits:
                return
            resubmitted = self._resubmit(returned.at.date())
            yield resubmitted
            day = self._working_days_after(resubmitted.at.date(), 1, 2)
            round_number = 2
        for appraiser in self._team():
            yield self._score(day, appraiser, round_number)
            day = self._working_days_after(day, 1, 2)
        yield from self._conclude(day, round_number)

    def _team(self) -> tuple[int, ...]:
        """Return who scores: the chair and two others, the secretary standing in for a subject."""
        return tuple(
            self._somebody_else(member, self._cast.secretary)
            for member in (*self._cast.appraisers, self._cast.chair)
        )

    def _score(self, day: date, appraiser: int, round_number: int) -> Happening:
        return Happening(
            event=Event.SCORE,
            at=at_the_office(self._random, day),
            actor=appraiser,
            round_number=round_number,
            scores=one_opinion(self._random, self.intent.agreed),
        )

    def _return(self, day: date) -> Happening:
        return Happening(
            event=Event.RETURN,
            at=at_the_office(self._random, day),
            actor=self._presiding(),
            reason=remarks.RETURNED,
            remarks=tuple(
                Remark(indicator, remarks.what_is_missing(indicator))
                for indicator in self.intent.returned
            ),
            due_on=day + timedelta(days=_DAYS_TO_RESUBMIT),
        )

    def _resubmit(self, returned_on: date) -> Happening:
        due_on = returned_on + timedelta(days=_DAYS_TO_RESUBMIT)
        day = returned_on + timedelta(days=self._some(2, 6))
        return Happening(
            event=Event.SUBMIT,
            at=self._in_own_time(day, due_on),
            actor=self._own_hand,
            round_number=2,
            scores=self.intent.claims,
        )

    def _conclude(self, day: date, round_number: int) -> Iterator[Happening]:
        """Bring the dossier before the first meeting held on ``day`` or later."""
        progress = self._agenda.habits.progress
        meeting = self._meeting(day)
        if meeting is None or progress is Progress.STUCK_BEFORE_THE_MEETING:
            return
        batch, held = meeting
        yield self._agree(held.met_at, round_number)
        proposer = self._somebody_else(self._cast.secretary, self._cast.chair)
        yield Happening(event=Event.PROPOSE, at=held.proposed_at, actor=proposer, batch=batch)
        if progress is Progress.COMPLETE:
            yield from self._decide(held, batch)

    def _meeting(self, day: date) -> tuple[int, Round] | None:
        for batch, held in enumerate(self._agenda.rounds, start=MAIN_BATCH):
            if day <= held.met_at.date():
                return self._lists.get(self._subject.place, batch), held
        return None

    def _agree(self, met_at: datetime, round_number: int) -> Happening:
        agreed = self.intent.agreed
        claims = self.intent.claims if round_number > 1 else self.intent.first_claims
        return Happening(
            event=Event.AGREE,
            at=met_at,
            actor=self._presiding(),
            round_number=round_number,
            scores=agreed,
            remarks=self._why_changed(claims, agreed),
        )

    def _why_changed(self, claims: Scores, agreed: Scores) -> tuple[Remark, ...]:
        return tuple(
            Remark(place, remarks.why_changed(self._random, place, is_lower=given < claimed))
            for place, (claimed, given) in enumerate(zip(claims, agreed, strict=True), start=1)
            if given != claimed
        )

    def _decide(self, held: Round, batch: int) -> Iterator[Happening]:
        decided_at, published_at = held.decided_at, held.published_at
        if self._is_head():
            decided_at = self._office_time(self._working_days_after(decided_at.date(), 1, 2))
            published_at = self._office_time(self._working_days_after(decided_at.date(), 1, 2))
        outcome = Outcome.RECOGNISED if self.intent.is_recognised else Outcome.NOT_RECOGNISED
        yield Happening(
            event=Event.DECIDE,
            at=decided_at,
            actor=None if self._is_head() else self._cast.head,
            outcome=outcome,
            batch=batch,
        )
        yield Happening(event=Event.PUBLISH, at=published_at, actor=self._cast.officer, batch=batch)
        if self.intent.appeals:
            yield from self._appeal(published_at.date())

    def _appeal(self, published_on: date) -> Iterator[Happening]:
        appealed_on = published_on + timedelta(days=self._some(1, _DAYS_TO_APPEAL))
        heard_on = self._working_days_after(appealed_on, 4, 8)
        if heard_on.year != published_on.year:
            return
        indicators = appealed_indicators(self.intent.agreed)
        why = remarks.why_appeal(self._random)
        yield Happening(
            event=Event.APPEAL,
            at=at_home(self._random, appealed_on),
            actor=self._own_hand,
            reason=why,
            remarks=tuple(Remark(indicator, why) for indicator in indicators),
        )
        at = self._office_time(heard_on)
        yield self._correct(at) if self.intent.is_appeal_granted else self._uphold(at)

    def _uphold(self, at: datetime) -> Happening:
        # Only dossiers of the team itself are scored by the secretary, and those never get here.
        return Happening(
            event=Event.UPHOLD, at=at, actor=self._cast.secretary, reason=remarks.UPHELD
        )

    def _correct(self, at: datetime) -> Happening:
        agreed = self.intent.agreed
        scores = raised(agreed, appealed_indicators(agreed), by=GRANTED_POINTS)
        return Happening(
            event=Event.CORRECT,
            at=at,
            actor=self._cast.head,
            reason=remarks.CHANGED,
            scores=scores,
            outcome=Outcome.RECOGNISED if earns_title(scores) else Outcome.NOT_RECOGNISED,
            batch=CORRECTING_BATCH + self._subject.place,
        )

    def _is_head(self) -> bool:
        return self._subject.place == self._cast.head

    def _presiding(self) -> int:
        return self._somebody_else(self._cast.chair, self._cast.secretary)

    def _somebody_else(self, usual: int, other: int) -> int:
        """Return who usually acts, or the other when it is that person's own dossier."""
        return other if usual == self._subject.place else usual

    def _some(self, fewest: int, most: int) -> int:
        return between(self._random, fewest, most)

    def _working_days_after(self, day: date, fewest: int, most: int) -> date:
        return after_working_days(day, self._some(fewest, most))

    def _office_time(self, day: date) -> datetime:
        return at_the_office(self._random, day)

    def _in_own_time(self, day: date, last_day: date) -> datetime:
        """Return a moment of ``day``; when an officer helps, of a working day until the last."""
        if not self._subject.life.needs_help:
            return at_home(self._random, day)
        open_on = after_working_days(day, 0)
        return self._office_time(min(open_on, after_working_days(last_day + timedelta(1), -1)))


def _in_rounds(happenings: Iterable[Happening]) -> Iterator[Happening]:
    """Let whatever follows a resubmission belong to its round."""
    current = 1
    for one in happenings:
        current = max(current, one.round_number)
        yield one if one.round_number == current else replace(one, round_number=current)
