"""The calendar of offices loads, and says exactly what is wrong with one that does not."""

import pytest

from tenants.loading import DefinitionError, load_calendar


GOOD = """
[[years]]
year = 2026
source = "thông báo"
off = [2026-09-02]
worked = [2026-08-22]
assumed = [2026-08-22]
"""


def read(tmp_path, text):
    path = tmp_path / "calendar.toml"
    path.write_text(text, encoding="utf-8")
    return load_calendar(path)


def test_the_calendar_that_ships_has_each_year_once_and_a_source():
    years = load_calendar()
    assert [one.year for one in years] == sorted({one.year for one in years})
    assert all(one.source for one in years)


def test_a_year_is_read(tmp_path):
    [year] = read(tmp_path, GOOD)
    assert year.assumed == year.worked


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("off = [2026-09-02]", "off = [2026-09-05]"),
        ("off = [2026-09-02]", "off = [2025-09-02]"),
        ("off = [2026-09-02]", "off = [2026-09-03, 2026-09-02]"),
        ("worked = [2026-08-22]", "worked = [2026-08-21]"),
        ("assumed = [2026-08-22]", "assumed = [2026-08-29]"),
        ('source = "thông báo"', ""),
    ],
)
def test_a_day_that_cannot_be_is_named(tmp_path, good, bad):
    with pytest.raises(DefinitionError):
        read(tmp_path, GOOD.replace(good, bad))
