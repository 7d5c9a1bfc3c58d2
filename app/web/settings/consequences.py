"""What changing a setting does beyond the agency's own pages, said before it is done."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask import g
from flask_babel import gettext, ngettext

from app.domain.overlaps import CountedFirst, first_open_year
from app.labels import words
from app.persistence.queries.boards import years_known
from app.persistence.queries.cycles import newest_closed_year
from app.persistence.queries.overlaps import people_with_two_places, precedence_in
from app.persistence.queries.tenants import tenants_below
from app.web.settings.forms import CountedFirstForm
from app.web.settings.setting_form import SettingForm


class Consequences(NamedTuple):
    """What will happen, and what will not and why."""

    will: Sequence[str]
    wont: Sequence[tuple[str, str]]


def consequences_of(form: SettingForm) -> Consequences | None:
    """Return what saving a form would do; None where nothing has to be said first."""
    if not isinstance(form, CountedFirstForm):
        return None
    first = CountedFirst(form.value.data)
    since = first_open_year(newest_closed_year())
    years = [year for year in years_known(g.agency.key) if year >= since]
    will = [
        gettext(
            "From the assessment year %(year)s on, whoever belongs to two agencies is counted once:"
            " %(order)s.",
            year=since,
            order=_in_a_sentence(first),
        ),
        *_who_changes_sides(first, since),
        *_who_is_counted_again(years),
        gettext("Reports that have been handed in keep the figures that were signed."),
    ]
    return Consequences(will, _years_left_alone(since))


def _in_a_sentence(first: CountedFirst) -> str:
    label = str(words.COUNTED_FIRST[first])
    return label[:1].lower() + label[1:]


def _who_changes_sides(first: CountedFirst, since: int) -> Sequence[str]:
    found: Mapping[int, int] = people_with_two_places(g.agency.key, since)
    changing = {year: of for year, of in found.items() if precedence_in(year).first is not first}
    if not changing:
        return [gettext("Nobody changes the agency at which they are counted.")]
    return [
        ngettext(
            "%(year)s: up to %(num)s person is counted at the other agency. The total of people"
            " stays; how many are recognised may change, since each agency decides for itself.",
            "%(year)s: up to %(num)s people are counted at the other agency. The total of people"
            " stays; how many are recognised may change, since each agency decides for itself.",
            people,
            year=year,
        )
        for year, people in changing.items()
    ]


def _who_is_counted_again(years: Sequence[int]) -> Sequence[str]:
    if not years:
        return []
    return [
        ngettext(
            "The figures of %(num)s agency are computed again for %(years)s; until then its pages"
            " say that changes are pending.",
            "The figures of %(num)s agencies are computed again for %(years)s; until then their"
            " pages say that changes are pending.",
            len(tenants_below(g.agency.key)) + 1,
            years=", ".join(map(str, sorted(years))),
        )
    ]


def _years_left_alone(since: int) -> Sequence[tuple[str, str]]:
    closed = sorted(year for year in years_known(g.agency.key) if year < since)
    return (
        [
            (
                ", ".join(map(str, closed)),
                gettext("These years are closed: they stay as they were counted."),
            )
        ]
        if closed
        else []
    )
