"""Each target is that of the nearest agency that sets it; whatever it leaves alone is inherited."""

from datetime import UTC, datetime

from app.domain.held_targets import targets_in_line
from app.domain.settings import Held, SettingName


def target(name, percent, year=2030, denominator="eligible"):
    return {"name": name, "percent": percent, "year": year, "denominator": denominator}


def held(depth, *values, name=SettingName.TARGETS):
    return Held(
        name=name,
        value=list(values),
        depth=depth,
        agency=f"cấp {depth}",
        since=datetime(2026, 1, 1, tzinfo=UTC),
        source="",
        is_assumed=False,
    )


def found(*lists):
    return {one.word: (one.target.percent, one.held.depth) for one in targets_in_line(lists)}


def test_an_agency_that_sets_none_has_those_above():
    above = held(1, target("registered", 100), target("recognised_adults", 60))
    assert found(above) == {"registered-2030": (100, 1), "recognised_adults-2030": (60, 1)}


def test_one_is_set_and_the_others_stay():
    above = held(2, target("registered", 100), target("recognised_adults", 60))
    own = held(0, target("recognised_adults", 75))
    assert found(own, above) == {"registered-2030": (100, 2), "recognised_adults-2030": (75, 0)}
    [taken] = [one for one in targets_in_line([own, above]) if one.instead_of]
    assert (taken.instead_of.target.percent, taken.instead_of.held.depth) == (60, 2)


def test_the_nearest_of_three_binds():
    lists = [held(depth, target("registered", 90 + depth)) for depth in (2, 0, 1)]
    assert found(*lists) == {"registered-2030": (90, 0)}


def test_another_year_is_another_target():
    above, own = held(1, target("registered", 100)), held(0, target("registered", 90, year=2027))
    assert found(own, above) == {"registered-2027": (90, 0), "registered-2030": (100, 1)}


def test_other_settings_are_none():
    assert targets_in_line([held(0, name=SettingName.CRITERIA)]) == ()
