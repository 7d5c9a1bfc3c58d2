"""Rows of dossiers, of what happened to them, and of what each appraiser gave."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from app.demonstration.desks import Desk, start_of
from app.demonstration.event_facts import Told, facts_of
from app.demonstration.evidence import evidence_of
from app.demonstration.papers import Line, Paper, Papers
from app.demonstration.records import Happening, PersonStory, Remark, YearStory
from app.demonstration.scores import earns_title
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event, Outcome, State, move
from app.domain.scoring import Scores, middle_scores
from app.domain.vietnamese import name_sort_key
from app.persistence.models import CriteriaRule, Dossier, DossierEvent, TeamScore
from app.persistence.models.criteria import RULE_COLUMNS


def write_dossiers(desk: Desk, papers: dict[tuple[int, int], Paper]) -> None:
    """Write every dossier of an agency, and note on each paper who stands on it.

    Dossiers are written as they are listed, with the columns of their end: it is the events,
    which follow, that move them, past every guard of the database.
    """
    plans = {year.plan.year: year.plan for year in desk.story.years}
    for person in desk.story.people:
        for year in person.years:
            reference = desk.agency.criteria_of(
                year.group_number, year.year, f"{plans[year.year].criteria}@1"
            )
            rule = desk.load.rules[reference, year.group_number]
            _link_correction(papers, year)
            _write_dossier(desk, person, year, rule)
            _write_events(desk, papers, person, year)
            _note_on_papers(desk, papers, person, year, reference)


def _link_correction(papers: dict[tuple[int, int], Paper], year: YearStory) -> None:
    correction = year.last(Event.CORRECT)
    if correction is None or correction.batch is None or year.batch is None:
        return
    key = year.year, correction.batch
    papers[key] = replace(papers[key], corrects_id=papers[year.year, year.batch].decision_id)


def _write_dossier(desk: Desk, person: PersonStory, year: YearStory, rule: CriteriaRule) -> None:
    desk.load.ledger.add(
        Dossier,
        **desk.owner,
        id=desk.dossier_id(person, year.year),
        year=year.year,
        person_id=desk.person_id(person),
        identity_id=desk.load.identify(desk.opened, "identity", person.identity),
        unit_id=desk.agency.unit(person.unit_number),
        state=State.LISTED,
        version=1 + len(year.happenings),
        round=_round(year),
        **{column: getattr(rule, column) for column in RULE_COLUMNS},
        **_scores(year),
        **_return(year),
        **_outcome(year, rule),
        **_moments(year),
        national_site_on=None,
        is_on_behalf=year.is_on_behalf and year.is_registered,
    )


def _round(year: YearStory) -> int:
    return year.happenings[-1].round_number if year.happenings else 1


def _scores(year: YearStory) -> Mapping[str, object]:
    claims = year.self_scores or year.draft
    filled = sum(score is not None for score in claims)
    found = year.digital_skill if year.agreed_scores else DigitalSkill.UNSTATED
    return {
        "self_scores": list(claims),
        "unit_scores": _middle(_latest_scores(year)),
        "agreed_scores": list(year.agreed_scores) if year.agreed_scores else None,
        "evidence": evidence_of(year.group_number, year.year, filled=filled),
        "agreed_reasons": texts(_remarks(year, Event.AGREE)),
        "has_digital_skills": found.has_skills,
        "is_digitally_fluent": found.is_fluent,
    }


def _latest_scores(year: YearStory) -> Sequence[Scores]:
    latest = _round(year)
    return [
        one.scores
        for one in year.happenings
        if one.event is Event.SCORE and one.scores and one.round_number == latest
    ]


def _middle(several: Sequence[Scores]) -> list[int] | None:
    return list(middle_scores(several)) if several else None


def texts(remarks: Sequence[Remark]) -> dict[str, str]:
    """Return what was said about indicators, by their number."""
    return {str(one.indicator): one.text for one in remarks}


def _remarks(year: YearStory, event: Event) -> Sequence[Remark]:
    happening = year.last(event)
    return happening.remarks if happening else ()


def _return(year: YearStory) -> Mapping[str, object]:
    if year.state is not State.RETURNED:
        return {"returned_reasons": {}, "return_due_on": None}
    returned = year.happenings[-1]
    return {"returned_reasons": texts(returned.remarks), "return_due_on": returned.due_on}


def _outcome(year: YearStory, rule: CriteriaRule) -> Mapping[str, object]:
    reason = why_not(year.agreed_scores, rule) if year.outcome is Outcome.NOT_RECOGNISED else None
    return {"outcome": year.outcome, "outcome_reason": reason, "is_outstanding": False}


def why_not(agreed: Scores | None, rule: CriteriaRule) -> str:
    """Return why scores do not earn the title, as a decision says it."""
    scores = agreed or ()
    low = [str(place) for place, score in enumerate(scores, 1) if score < rule.pass_floor]
    if low:
        return f"Chỉ số {', '.join(low)} dưới {rule.pass_floor} điểm."
    return f"Tổng điểm {sum(scores)}, chưa đạt {rule.pass_total}."


def _moments(year: YearStory) -> Mapping[str, object]:
    submitted, latest = year.last(Event.SUBMIT), _round(year)
    opened = next(
        (one for one in year.happenings if one.event is Event.SCORE and one.round_number == latest),
        None,
    )
    last = year.happenings[-1].at if year.happenings else start_of(year.year)
    return {
        "submitted_at": submitted.at if submitted else None,
        "opened_at": opened.at if opened else None,
        "changed_at": last,
    }


def _write_events(desk: Desk, papers: Papers, person: PersonStory, year: YearStory) -> None:
    key, state = desk.dossier_id(person, year.year), State.LISTED
    for place, one in enumerate(year.happenings):
        target = move(state, one.event, round_number=one.round_number)
        hand = desk.hand(one.actor)
        desk.load.ledger.add(
            DossierEvent,
            **desk.owner,
            id=desk.identify(one.at, "event", key, place),
            dossier_id=key,
            event=one.event,
            from_state=state,
            to_state=target,
            round=one.round_number,
            at=one.at,
            actor_account_id=hand.account_id,
            actor_identity_id=hand.identity_id,
            actor_name=hand.name,
            reason=_stated(one),
            facts=facts_of(Told(desk, papers, year, place)),
        )
        if one.event is Event.SCORE:
            _write_team_score(desk, key, one)
        state = target


def _stated(one: Happening) -> str:
    if one.event is Event.RETURN:
        return "; ".join(f"{number}. {text}" for number, text in texts(one.remarks).items())
    return one.reason


def _write_team_score(desk: Desk, dossier_id: UUID, one: Happening) -> None:
    hand = desk.hand(one.actor)
    desk.load.ledger.add(
        TeamScore,
        **desk.owner,
        id=desk.identify(one.at, "score", dossier_id, one.round_number, hand.identity_id),
        dossier_id=dossier_id,
        round=one.round_number,
        appraiser_identity_id=hand.identity_id,
        appraiser_account_id=hand.account_id,
        appraiser_name=hand.name,
        scores=list(one.scores or ()),
        note="",
        scored_at=one.at,
    )


def _note_on_papers(
    desk: Desk, papers: Papers, person: PersonStory, year: YearStory, reference: str
) -> None:
    rule = desk.load.rules[reference, year.group_number]
    for proposed, decided, scored in (
        (Event.PROPOSE, Event.DECIDE, Event.AGREE),
        (Event.CORRECT, Event.CORRECT, Event.CORRECT),
    ):
        listed, decision, agreed = (year.last(one) for one in (proposed, decided, scored))
        if listed is None or listed.batch is None or agreed is None or agreed.scores is None:
            continue
        outcome = decision.outcome if decision else None
        earned = Outcome.RECOGNISED if earns_title(agreed.scores) else Outcome.NOT_RECOGNISED
        papers[year.year, listed.batch].lines.append(
            Line(
                sort_key=name_sort_key(person.person.name),
                dossier_id=desk.dossier_id(person, year.year),
                name=person.person.name,
                agreed=agreed.scores,
                criteria=reference,
                verdict=earned,
                outcome=outcome,
                reason=_reason(decision, agreed.scores, rule),
            )
        )


def _reason(decision: Happening | None, agreed: Scores, rule: CriteriaRule) -> str:
    if decision is None or decision.outcome is None:
        return ""
    if decision.event is Event.CORRECT:
        return decision.reason
    return why_not(agreed, rule) if decision.outcome is Outcome.NOT_RECOGNISED else ""
