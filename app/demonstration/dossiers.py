"""One person's year in one agency, up to the day of telling.

The whole year is told first and then cut off. So a story told later only ever adds to one told
earlier, and whatever day of the year it is told, it looks like that day.
"""

from datetime import datetime, timedelta
from random import Random

from app.demonstration.intents import Office, Subject
from app.demonstration.lives import digital_skill_of
from app.demonstration.records import Happening, YearStory
from app.demonstration.telling import Telling
from app.demonstration.timetable import Agenda
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event
from app.domain.scoring import BLANK, INDICATORS, DraftScores


_DAYS_ON_A_DRAFT = 21
_DAYS_UNTIL_GIVEN_UP = 60


def tell_year(
    random: Random, subject: Subject, agenda: Agenda, office: Office, until: datetime
) -> YearStory:
    """Tell one year of one person, leaving out whatever happens at ``until`` or later."""
    telling = Telling(random, subject, agenda, office)
    whole = tuple(telling.tell())
    told = tuple(one for one in whole if one.at < until)
    year, group = agenda.plan.year, subject.person.group_number
    years_ago = office.current_year - year
    is_submitted = any(one.event is Event.SUBMIT for one in told)
    found = digital_skill_of(subject.life, group, years_ago)
    return YearStory(
        year=year,
        group_number=group,
        is_on_behalf=subject.life.needs_help,
        happenings=told,
        draft=_draft(telling, agenda, whole, until) if _is_filling_in(told) else BLANK,
        digital_skill=found if is_submitted else DigitalSkill.UNSTATED,
    )


def _is_filling_in(told: tuple[Happening, ...]) -> bool:
    return bool(told) and told[-1].event is Event.REGISTER


def _draft(
    telling: Telling, agenda: Agenda, whole: tuple[Happening, ...], until: datetime
) -> DraftScores:
    """Return what somebody who is registered has typed so far."""
    filled = _filled_by(telling, agenda, whole, until)
    return telling.intent.first_claims[:filled] + BLANK[filled:]


def _filled_by(
    telling: Telling, agenda: Agenda, whole: tuple[Happening, ...], until: datetime
) -> int:
    opens_on = agenda.plan.self_assessment_opens_on
    given_up_after = telling.intent.gives_up_after
    if given_up_after is not None:
        is_over = until.date() >= opens_on + timedelta(days=_DAYS_UNTIL_GIVEN_UP)
        return given_up_after if is_over else 0
    submission = next((one for one in whole if one.event is Event.SUBMIT), None)
    if submission is None or until.date() <= opens_on:
        return 0
    days_left = (submission.at - until).days
    return max(0, (INDICATORS - 1) * (_DAYS_ON_A_DRAFT - days_left) // _DAYS_ON_A_DRAFT)
