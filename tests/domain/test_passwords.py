"""A password is long, and nothing that a stranger would try early; what it is made of is free."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.passwords import LONGEST, SHORTEST, as_compared, require_good_password
from app.domain.refusals import RefusedError, Rule
from app.persistence.common_passwords import common_passwords


ABOUT = ("sct.congdan", "Lò Thị Pánh", "Sở Công Thương tỉnh Lai Châu", "lai-chau/so-cong-thuong")


def rule_of(password):
    try:
        require_good_password(password, about=ABOUT, common=common_passwords())
    except RefusedError as refusal:
        return refusal.rule
    return None


@pytest.mark.parametrize(
    "password",
    [
        "bốn mùa hoa ban nở",
        "tre già măng mọc",
        "correct horse battery staple",
        "con trau ngoai bai",
        "!§$%&/()=?+#*~<>",
        "Lai Châu mưa rừng đá cuội",
        "вечерний звон дом",
    ],
)
def test_a_few_words_of_ones_own_are_enough(password):
    assert rule_of(password) is None


@pytest.mark.parametrize(
    ("password", "rule"),
    [
        ("x" * (SHORTEST - 1), Rule.PASSWORD_TOO_SHORT),
        ("tre già măng", None),
        ("ab 7 " * 26, Rule.PASSWORD_TOO_LONG),
        ("1qaz2wsx3edc", Rule.PASSWORD_COMMON),
        ("QWERTY123456", Rule.PASSWORD_COMMON),
        ("123456789012!", Rule.PASSWORD_COMMON),
        ("khuyenhoc2026", Rule.PASSWORD_GUESSABLE),
        ("Khuyến Học 2026!", Rule.PASSWORD_GUESSABLE),
        ("CongDanHocTap@123", Rule.PASSWORD_GUESSABLE),
        ("bangvang-bangvang", Rule.PASSWORD_GUESSABLE),
        ("hoc-tap-suot-doi", Rule.PASSWORD_GUESSABLE),
        ("laichau@123456", Rule.PASSWORD_GUESSABLE),
        ("Quảng Ngãi 1975", Rule.PASSWORD_GUESSABLE),
        ("socongthuong12345", Rule.PASSWORD_GUESSABLE),
        ("sct.congdan.2026", Rule.PASSWORD_GUESSABLE),
        ("lothipanh19841984", Rule.PASSWORD_GUESSABLE),
        ("asdfghjkl;poiuyt", Rule.PASSWORD_GUESSABLE),
        ("xyxyxyxyxyxyxyxy", Rule.PASSWORD_GUESSABLE),
    ],
)
def test_what_is_tried_first_is_refused(password, rule):
    assert rule_of(password) is rule


def test_the_list_of_common_passwords_is_long_enough_to_be_of_use():
    listed = common_passwords()
    assert len(listed) > 3_000
    assert all(SHORTEST <= len(one) <= LONGEST and one == one.casefold() for one in listed)


@given(st.text(min_size=1, max_size=40))
def test_the_same_letters_are_the_same_password_however_a_keyboard_writes_them(text):
    assert as_compared(unicodedata.normalize("NFD", text)) == as_compared(text)


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_by_a_rule(text):
    assert rule_of(text) in {
        None,
        Rule.PASSWORD_TOO_SHORT,
        Rule.PASSWORD_TOO_LONG,
        Rule.PASSWORD_COMMON,
        Rule.PASSWORD_GUESSABLE,
    }
