"""Five years in a row make an outstanding Learning Citizen."""

from hypothesis import given
from hypothesis import strategies as st

from app.domain.streaks import is_outstanding, streak_ending


years = st.frozensets(st.integers(2015, 2035))


def test_the_fifth_year_in_a_row_completes_it():
    assert is_outstanding(2026, {2022, 2023, 2024, 2025, 2026}, years_needed=5)


def test_four_years_are_not_enough():
    assert not is_outstanding(2026, {2023, 2024, 2025, 2026}, years_needed=5)


def test_a_gap_starts_the_count_again():
    assert streak_ending(2026, {2021, 2022, 2023, 2025, 2026}) == 2


def test_a_sixth_year_extends_it():
    assert is_outstanding(2027, set(range(2022, 2028)), years_needed=5)


@given(years, st.integers(2015, 2035))
def test_years_before_the_gap_and_after_this_one_change_nothing(recognised, year):
    length = streak_ending(year, recognised)
    counted = {year - back for back in range(length)}
    assert counted <= recognised
    assert streak_ending(year, counted | {year + 1}) == length
    assert year - length not in recognised
