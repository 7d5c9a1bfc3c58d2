"""Vietnamese text is cleaned, compared and put in order as people here expect."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.vietnamese import clean, match_key, name_sort_key, plain, slug, sort_key


IN_ORDER = """
11|3 tháng Hai|a|à|ả|ã|á|ạ|An|Ạn|Anh|ánh|ăn|Ẵn|ăng|ân|Ấn|ba|Bình|Bỉnh|Bính|Bịnh|cam|chanh|da|dương
Đà|Đạt|e|Em|ê|Ếch|F|ga|H'Hen|Hà|Hạ|hoa|Hòa|hòn|hôn|hơn|i|J|kỷ|Lâm|ma|mà|mả|mã|má|mạ|Mai|Muler|Müler
Muller|Năm|nghệ|o|ô|ơ|Phòng Kế hoạch|Phòng Tổ chức|phòngkế|q|Quý|thuỷ|Thủy chung|ư|w|x|y|Ý|Z
"""

NAMES_IN_ORDER = """
Bùi Thị An|Nguyễn Văn An|Lê Ân|Y Bhŏk Êban|Hà|Nguyễn Hà|Trần Hà|Nguyễn Thị Hà|Bùi Hạ|TRẦN VĂN HÙNG|
Vũ Văn Hùng|Giàng Seo Phử|Đỗ Văn Thuý|Đinh Xuân Vinh
"""

VIETNAMESE = st.text("aàảãáạăằâấậbcdđeêệghiklmnoôơớpqrstuưựvxyỳ AĐÊƠƯĂẤ'-19")


def listed(text):
    return [
        entry.strip() for line in text.strip().split("\n") for entry in line.split("|") if entry
    ]


def shuffled(items):
    return random.Random(20_10_1957).sample(items, len(items))  # noqa: S311 - an example, no secret


def test_words_stand_in_the_order_of_a_dictionary():
    words = listed(IN_ORDER)
    assert sorted(shuffled(words), key=sort_key) == words


def test_people_stand_by_given_name_then_middle_then_family():
    names = listed(NAMES_IN_ORDER)
    assert sorted(shuffled(names), key=name_sort_key) == names


def test_capitals_do_not_move_a_person_in_a_list():
    assert name_sort_key("NGUYỄN THỊ HOA") == name_sort_key("Nguyễn Thị Hoa")


def test_small_letters_stand_before_capitals_when_all_else_is_equal():
    assert sort_key("hoa") < sort_key("Hoa") < sort_key("hoà")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Hoà", "nguyễn thị HÒA"),
        ("Thuỷ", "Thủy"),
        ("Khoẻ", "Khỏe"),
        ("Uý", "Úy"),
        ("Giàng\u00a0A  Pó", "Giàng A Pó"),
        ("H’Hen Niê", "H'Hen Niê"),  # noqa: RUF001 - the apostrophe is the point
        ("Ðinh Văn Đông", "Đinh Văn Đông"),
        (unicodedata.normalize("NFD", "Trần Thị Bưởi"), "Trần Thị Bưởi"),
    ],
)
def test_two_ways_of_writing_one_name_match(one, other):
    assert match_key(one) == match_key(other)


@pytest.mark.parametrize(("one", "other"), [("Hà", "Hạ"), ("Đạt", "Dạt"), ("Lan", "Lân")])
def test_two_names_do_not_match(one, other):
    assert match_key(one) != match_key(other)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("  Lò\u00a0Thị\u200bMai \u3000", "Lò Thị Mai"),
        ("'012345678901", "012345678901"),
        ("Vàng\r\n\tA Sử\x00\x07", "Vàng A Sử"),
        ("\ufeffTên\u202e", "Tên"),
        ("H'Mông", "H'Mông"),
        ("\u2028 ", ""),
    ],
)
def test_text_is_cleaned_of_what_nobody_sees(typed, meant):
    assert clean(typed) == meant


def test_plain_text_is_what_people_type_when_they_search():
    assert plain(" Đặng  THUỲ Trâm") == "dang thuy tram"


def test_a_slug_is_fit_for_an_address():
    assert slug("Sở Công Thương, tỉnh Lai Châu!") == "so-cong-thuong-tinh-lai-chau"


@given(VIETNAMESE)
def test_keys_are_ascii_and_do_not_depend_on_how_letters_are_composed(text):
    for key in (sort_key, name_sort_key, match_key, plain):
        assert key(text) == key(unicodedata.normalize("NFD", text))
    assert (sort_key(text) + name_sort_key(text)).isascii()


@given(VIETNAMESE, VIETNAMESE)
def test_words_that_sort_alike_look_alike(one, other):
    if sort_key(one) == sort_key(other):
        assert clean(one) == clean(other)


@given(VIETNAMESE, VIETNAMESE)
def test_letters_decide_before_tones(one, other):
    stripped = [sort_key(text).split("!")[0] for text in (one, other)]
    if stripped[0] != stripped[1]:
        assert (stripped[0] < stripped[1]) == (sort_key(one) < sort_key(other))


@given(st.text())
def test_cleaning_twice_changes_nothing_more(text):
    assert clean(clean(text)) == clean(text)
    assert plain(plain(text)) == plain(text)


@given(st.text())
def test_any_text_has_keys_that_can_be_stored(text):
    for key in (sort_key, name_sort_key, match_key, plain, slug, clean):
        assert "\x00" not in key(text)
        key(text).encode()


@given(VIETNAMESE)
def test_matching_is_settled_the_first_time(text):
    assert match_key(match_key(text)) == match_key(text)
