"""A year under way in which there is something to do for everybody, whatever day it is.

In most agencies the year looks as it should on the day of telling, and in January there is next
to nothing in it. Where newcomers try things out, some dossiers stop at every station instead. If
the year is too young for that, what happened is moved closer together, up to the day of telling.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum
from itertools import cycle

from app.demonstration import remarks
from app.demonstration.people import CORE_STAFF
from app.demonstration.records import Cast, Happening, PersonStory, Remark, YearPlan, YearStory
from app.demonstration.scores import weakest
from app.domain.deadlines import VIETNAM
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event, Outcome
from app.domain.scoring import BLANK


SEALED_LIST, WAITING_LIST, DECIDED_LIST = 11, 12, 13
"""Numbers of the lists that stop on their way: sealed, before the head, decided."""

_LISTS = (SEALED_LIST, WAITING_LIST, DECIDED_LIST)


class Station(StrEnum):
    """Where a dossier stops."""

    LISTED = "listed"
    DRAFTED = "drafted"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    SCORED_ONCE = "scored-once"
    SCORED_BY_ALL = "scored-by-all"
    RETURNED = "returned"
    APPRAISED = "appraised"
    SEALED = "sealed"
    BEFORE_THE_HEAD = "before-the-head"
    DECIDED = "decided"
    PUBLISHED = "published"
    APPEALED = "appealed"


# The chair and the secretary have work left of their own; the head's dossier waits one level up.
_CAST = (
    Station.BEFORE_THE_HEAD,
    Station.SCORED_BY_ALL,
    Station.SUBMITTED,
    Station.SCORED_ONCE,
    Station.APPRAISED,
    Station.PUBLISHED,
    Station.DECIDED,
)
_OTHERS = (
    Station.PUBLISHED,
    Station.DRAFTED,
    Station.SUBMITTED,
    Station.SCORED_BY_ALL,
    Station.APPRAISED,
    Station.BEFORE_THE_HEAD,
    Station.DECIDED,
    Station.RETURNED,
    Station.SEALED,
    Station.CONFIRMED,
    Station.LISTED,
    Station.PUBLISHED,
    Station.SCORED_ONCE,
    Station.BEFORE_THE_HEAD,
    Station.PUBLISHED,
    Station.SUBMITTED,
    Station.APPRAISED,
    Station.DECIDED,
    Station.DRAFTED,
    Station.PUBLISHED,
    Station.SEALED,
    Station.CONFIRMED,
    Station.PUBLISHED,
)

_LAST_EVENT: Mapping[Station, Event] = {
    Station.DRAFTED: Event.REGISTER,
    Station.SUBMITTED: Event.SUBMIT,
    Station.CONFIRMED: Event.CONFIRM,
    Station.SCORED_ONCE: Event.SCORE,
    Station.RETURNED: Event.SCORE,
    Station.APPRAISED: Event.AGREE,
    Station.SEALED: Event.PROPOSE,
    Station.BEFORE_THE_HEAD: Event.PROPOSE,
    Station.DECIDED: Event.DECIDE,
    Station.APPEALED: Event.PUBLISH,
}
_LIST_AT: Mapping[Station, int] = {
    Station.SEALED: SEALED_LIST,
    Station.BEFORE_THE_HEAD: WAITING_LIST,
    Station.DECIDED: DECIDED_LIST,
}
_AFTER_PUBLICATION = frozenset({Event.APPEAL, Event.UPHOLD, Event.CORRECT})
_TITLE = Outcome.RECOGNISED
_DAYS_TO_ANSWER = 10
_SHORTEST_YEAR = timedelta(days=40)
_QUIET_HOURS = 5
_FEWEST_DRAFTED, _DRAFTS = 3, 6


@dataclass(frozen=True, slots=True)
class _Scene:
    """What all dossiers of the year have in common."""

    plan: YearPlan
    cast: Cast
    until: datetime


def arrange(
    people: Sequence[PersonStory], plan: YearPlan, cast: Cast, until: datetime
) -> tuple[PersonStory, ...]:
    """Stop the dossiers of ``plan.year``, which were told to their end, at different stations."""
    scene = _Scene(plan, cast, until)
    told = [_year_of(person, plan) for person in people]
    stopped = [
        year if station is None or year is None else _stop(scene, year, station, place)
        for place, (year, station) in enumerate(zip(told, _stations(told), strict=True))
    ]
    years = _before(_together(stopped), plan, until)
    return tuple(
        person if year is None else _with(person, year)
        for person, year in zip(people, years, strict=True)
    )


def _year_of(person: PersonStory, plan: YearPlan) -> YearStory | None:
    return next((one for one in person.years if one.year == plan.year), None)


def _stations(years: Sequence[YearStory | None]) -> list[Station | None]:
    """Say where each dossier stops; one that would never come to its end stays where it is."""
    turns = cycle(_OTHERS)
    stations = [
        None
        if year is None or year.last(Event.PUBLISH) is None
        else _CAST[place]
        if place < CORE_STAFF
        else next(turns)
        for place, year in enumerate(years)
    ]
    refused = [
        place
        for place, year in enumerate(years)
        if place > CORE_STAFF and stations[place] and year and year.outcome is not _TITLE
    ]
    # Best somebody whose year is over anyway; whoever was refused the title has cause to appeal.
    for place in sorted(refused, key=lambda one: stations[one] is Station.PUBLISHED)[-1:]:
        stations[place] = Station.APPEALED
    return stations


def _with(person: PersonStory, year: YearStory) -> PersonStory:
    return replace(
        person, years=tuple(year if one.year == year.year else one for one in person.years)
    )


def _stop(scene: _Scene, year: YearStory, station: Station, place: int) -> YearStory:
    kept = _kept(scene, year, station, place)
    has_submitted = any(one.event is Event.SUBMIT for one in kept)
    return replace(
        year,
        happenings=kept,
        draft=_draft(year, place) if station is Station.DRAFTED else BLANK,
        digital_skill=year.digital_skill if has_submitted else DigitalSkill.UNSTATED,
    )


def _kept(scene: _Scene, year: YearStory, station: Station, place: int) -> tuple[Happening, ...]:
    whole = _in_one_round(year.happenings) if station is Station.RETURNED else year.happenings
    kept = whole[: _length(whole, station)]
    number = _LIST_AT.get(station)
    if number is not None and place != scene.cast.head:
        kept = tuple(one if one.batch is None else replace(one, batch=number) for one in kept)
    if station is Station.RETURNED:
        return (*kept, _return(scene, kept[-1], place))
    if station is Station.APPEALED:
        return (*kept, _appeal(scene, kept[-1], year, place))
    return kept


def _in_one_round(happenings: Sequence[Happening]) -> tuple[Happening, ...]:
    return tuple(one for one in happenings if one.round_number == 1)


def _length(whole: Sequence[Happening], station: Station) -> int:
    if station is Station.LISTED:
        return 0
    if station is Station.PUBLISHED:
        return len(whole)
    if station is Station.SCORED_BY_ALL:
        return _place_of(whole, Event.AGREE)
    if station is Station.CONFIRMED and not any(one.event is Event.CONFIRM for one in whole):
        station = Station.SUBMITTED
    return _place_of(whole, _LAST_EVENT[station]) + 1


def _place_of(whole: Sequence[Happening], event: Event) -> int:
    return next(place for place, one in enumerate(whole) if one.event is event)


def _return(scene: _Scene, scored: Happening, place: int) -> Happening:
    cast, lacking = scene.cast, weakest(scored.scores or (), 2)
    return Happening(
        event=Event.RETURN,
        at=scored.at + timedelta(days=1),
        actor=cast.secretary if place == cast.chair else cast.chair,
        round_number=scored.round_number,
        reason=remarks.RETURNED,
        remarks=tuple(Remark(one, remarks.what_is_missing(one)) for one in lacking),
        due_on=scene.until.date() + timedelta(days=_DAYS_TO_ANSWER),
    )


def _appeal(scene: _Scene, published: Happening, year: YearStory, place: int) -> Happening:
    lowest = weakest(year.agreed_scores or (), 2)
    return Happening(
        event=Event.APPEAL,
        at=published.at + timedelta(days=1),
        actor=scene.cast.officer if year.is_on_behalf else place,
        round_number=published.round_number,
        reason=remarks.NOT_LOOKED_AT,
        remarks=tuple(Remark(one, remarks.NOT_LOOKED_AT) for one in lowest),
    )


def _draft(year: YearStory, place: int) -> tuple[int | None, ...]:
    claims = next(one.scores for one in year.happenings if one.event is Event.SUBMIT) or ()
    filled = _FEWEST_DRAFTED + place % _DRAFTS
    return claims[:filled] + BLANK[filled:]


def _together(years: Sequence[YearStory | None]) -> list[YearStory | None]:
    """Let everybody on one of the lists that stop be proposed, and decided, at one moment."""
    latest: dict[tuple[int, Event], datetime] = {}
    for one in _all_happenings(years):
        if one.batch in _LISTS:
            key = one.batch, one.event
            latest[key] = max(one.at, latest.get(key, one.at))
    return _moved(years, lambda one: latest.get((one.batch or 0, one.event), one.at))


def _all_happenings(years: Sequence[YearStory | None]) -> Iterator[Happening]:
    return (one for year in years if year is not None for one in year.happenings)


def _moved(
    years: Sequence[YearStory | None], moment: Callable[[Happening], datetime]
) -> list[YearStory | None]:
    return [
        year
        and replace(
            year,
            happenings=tuple(replace(one, at=moment(one)) for one in year.happenings),
        )
        for year in years
    ]


def _before(
    years: Sequence[YearStory | None], plan: YearPlan, until: datetime
) -> list[YearStory | None]:
    """Let everything have happened before ``until``."""
    needed = [one.at for one in _all_happenings(years) if one.event not in _AFTER_PUBLICATION]
    if not needed or max(needed) < until - timedelta(days=2):
        return [year and _cut(year, until) for year in years]
    opened = datetime.combine(plan.registration_opens_on, time(), VIETNAM)
    last = max(one.at for one in _all_happenings(years))
    start = min(opened, until - _SHORTEST_YEAR)
    share = _waking(until - timedelta(hours=_QUIET_HOURS), start) / _waking(last, opened)
    return _moved(years, lambda one: _waking_moment(start, share * _waking(one.at, opened)))


def _cut(year: YearStory, until: datetime) -> YearStory:
    return replace(year, happenings=tuple(one for one in year.happenings if one.at < until))


# People are up from six to ten: only these hours count while a year is pressed together.
_UP_AT, _HOURS_UP = 6, 16


def _waking(moment: datetime, since: datetime) -> float:
    """Return how many hours people were up between midnight of ``since`` and ``moment``."""
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    hours = (moment - day).total_seconds() / 3600 - _UP_AT
    days = (moment.date() - since.date()).days
    return days * _HOURS_UP + min(_HOURS_UP, max(0.0, hours))


def _waking_moment(since: datetime, hours: float) -> datetime:
    days, left = divmod(hours, _HOURS_UP)
    midnight = datetime.combine(since.date(), time(), VIETNAM)
    return midnight + timedelta(days=int(days), hours=_UP_AT + left)
