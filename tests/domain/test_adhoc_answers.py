"""What is typed becomes an answer, or is refused with the numbers of its questions."""

from datetime import date
from decimal import Decimal

import pytest

from app.domain.adhoc_answers import (
    Count,
    Field,
    FieldKind,
    KnownFigure,
    KnownShare,
    Typed,
    count_known,
    read_answers,
    to_figure,
)
from app.domain.refusals import RefusedError, Rule
from app.domain.results import Figures


NUMBER = Field(label="Số lớp", kind=FieldKind.NUMBER)
DECIMAL = Field(label="Kinh phí", kind=FieldKind.DECIMAL, unit="triệu đồng")
SHARE = Field(label="Tỉ lệ mở lại", kind=FieldKind.PERCENT)
KNOWN = Field(label="Số được công nhận", kind=FieldKind.KNOWN, figure=KnownFigure.RECOGNISED)
KNOWN_SHARE = Field(label="Tỉ lệ", kind=FieldKind.PERCENT, figure=KnownShare.RECOGNISED)
YES_NO = Field(label="Có kế hoạch", kind=FieldKind.YES_NO)
DAY = Field(label="Ngày khai mạc", kind=FieldKind.DATE)
SHORT = Field(label="Người phụ trách", kind=FieldKind.SHORT)
TEXT = Field(label="Khó khăn", kind=FieldKind.TEXT)


def read(field, value, *, known=None, **more):
    (answer,) = read_answers([field], [Typed(value=value, **more)], [known])
    return answer


def refused(field, value, **more):
    with pytest.raises(RefusedError) as refusal:
        read(field, value, **more)
    return refusal.value


@pytest.mark.parametrize("written", ["1250", "1.250", "1,250", " 1 250 "])
def test_a_number_is_read_as_either_language_groups_it(written):
    assert read(NUMBER, written).number == 1250


@pytest.mark.parametrize("written", ["mười", "12a", "-3", "٣", "1" * 40, "1.2.5", "12,5", "1.25.0"])
def test_anything_else_is_no_number(written):
    assert refused(NUMBER, written).rule is Rule.ADHOC_NOT_A_NUMBER


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0,05", "0.05"),
        ("1.250,75", "1250.75"),
        ("1,250.75", "1250.75"),
        ("1.250.000", "1250000"),
        ("1250", "1250"),
    ],
)
def test_a_number_with_decimals_is_read_in_both_languages(written, number):
    assert read(DECIMAL, written).number == Decimal(number)


@pytest.mark.parametrize("written", ["1.250", "12,500"])
def test_what_could_be_thousands_or_a_fraction_is_not_guessed(written):
    assert refused(DECIMAL, written).rule is Rule.ADHOC_TWO_READINGS


@pytest.mark.parametrize("written", ["0,125", "1,2345", "1.2.3", "-1,5", "1e3"])
def test_more_than_two_decimals_and_other_signs_are_no_number(written):
    assert refused(DECIMAL, written).rule is Rule.ADHOC_NOT_A_NUMBER


def test_a_share_is_a_part_and_the_whole_that_it_is_of():
    answer = read(SHARE, "3", whole="4")
    assert (answer.number, answer.whole) == (3, 4)
    assert refused(SHARE, "5", whole="4").rule is Rule.ADHOC_PART_OF_WHOLE
    assert refused(SHARE, "3").rule is Rule.ADHOC_ANSWERS_MISSING
    assert read(SHARE, "0", whole="0").whole == 0


@pytest.mark.parametrize("field", [NUMBER, DECIMAL, SHARE, KNOWN, YES_NO])
def test_numbers_and_yes_or_no_may_not_be_left_out(field):
    assert refused(field, "").facts["numbers"] == (1,)


@pytest.mark.parametrize("field", [DAY, SHORT, TEXT])
def test_words_and_days_may(field):
    assert read(field, "").text == ""


def test_yes_and_no_are_the_only_answers_to_yes_or_no():
    assert [read(YES_NO, value).number for value in ("yes", "no")] == [1, 0]
    assert refused(YES_NO, "maybe").rule is Rule.ADHOC_ANSWERS_MISSING


@pytest.mark.parametrize("written", ["2026-09-30", "30/9/2026", "30-09-2026", "30.9.2026"])
def test_a_day_is_read_as_browsers_and_documents_write_it(written):
    assert read(DAY, written).day == date(2026, 9, 30)


@pytest.mark.parametrize("written", ["31/9/2026", "mai", "2026-13-01"])
def test_a_day_that_no_calendar_has_is_refused(written):
    refusal = refused(DAY, written)
    assert (refusal.rule, refusal.facts["numbers"]) == (Rule.ADHOC_NOT_A_DAY, (1,))


def test_a_short_text_is_one_line_and_no_longer_than_its_line():
    assert read(SHORT, "Lò\n Thị  Pánh").text == "Lò Thị Pánh"
    assert len(read(SHORT, "a" * 200).text) == 200
    assert refused(SHORT, "a" * 201).rule is Rule.ADHOC_TOO_LONG
    assert (
        refused(KNOWN, "9", known=Count(number=8), reason="a" * 1_001).rule is Rule.ADHOC_TOO_LONG
    )


def test_another_number_than_is_counted_needs_a_reason():
    assert refused(KNOWN, "9", known=Count(number=8)).rule is Rule.ADHOC_DEVIATES
    told = read(KNOWN, "9", known=Count(number=8), reason="Tính cả người mới")
    assert (told.number, told.known.number, told.reason) == (9, 8, "Tính cả người mới")


def test_another_whole_than_is_counted_needs_a_reason_too():
    counted = Count(number=3, whole=10)
    assert not read(KNOWN_SHARE, "3", whole="10", known=counted).deviates
    assert refused(KNOWN_SHARE, "3", whole="11", known=counted).rule is Rule.ADHOC_DEVIATES


def test_a_reason_beside_the_number_that_is_counted_is_dropped():
    assert read(KNOWN, "8", known=Count(number=8), reason="thừa").reason == ""


def test_what_the_system_counts_is_filled_in():
    known = count_known([NUMBER, KNOWN, KNOWN_SHARE], Figures(eligible=10, recognised=8))
    assert known == [None, Count(number=8), Count(number=8, whole=10)]


@pytest.mark.parametrize("figure", [*KnownFigure, *KnownShare, None])
def test_what_is_filled_in_is_kept_as_a_word_and_known_again(figure):
    assert to_figure(figure.value if figure else "") is figure
    if figure:
        count_known([Field(label="x", kind=FieldKind.KNOWN, figure=figure)], Figures())


@pytest.mark.parametrize(
    "field",
    [
        Field(label="Số", kind=FieldKind.KNOWN),
        Field(label="Số", kind=FieldKind.NUMBER, figure=KnownFigure.RECOGNISED),
        Field(label="Số", kind=FieldKind.PERCENT, figure=KnownFigure.RECOGNISED),
        Field(label="Số", kind=FieldKind.TEXT, unit="người"),
    ],
)
def test_a_figure_or_a_unit_belongs_to_its_kind_alone(field):
    assert not field.is_whole


@pytest.mark.parametrize(
    "field", [NUMBER, DECIMAL, SHARE, KNOWN, KNOWN_SHARE, YES_NO, DAY, SHORT, TEXT]
)
def test_every_kind_can_be_asked(field):
    assert field.is_whole
