"""Criteria sets say what was published, in both languages, and never change."""

import pytest

from tenants.loading import (
    DefinitionError,
    digest_of,
    find_criteria_set,
    load_all_criteria,
    load_criteria_set,
    published_digests,
)
from tenants.loading.criteria import CRITERIA
from tenants.schema import LOCALES, EvidenceDemand, ScoreRule


SETS = load_all_criteria()
PATHS = sorted(CRITERIA.glob("*/*.toml"))
every_set = pytest.mark.parametrize("criteria", SETS, ids=lambda one: one.reference)


def test_a_published_set_is_what_it_was_when_it_was_published():
    shipped = {f"{path.parent.name}@{path.stem}": digest_of(path) for path in PATHS}
    assert shipped == published_digests(), "publish a new version instead of changing one"


def test_a_digest_does_not_depend_on_how_lines_end(tmp_path):
    unix, windows = tmp_path / "unix", tmp_path / "windows"
    unix.write_bytes(b"a\nb\n")
    windows.write_bytes(b"a\r\nb\r\n")
    assert digest_of(unix) == digest_of(windows)


def test_the_sets_of_2022_and_2023_and_a_demonstration_are_shipped():
    references = [one.reference for one in SETS]
    assert references == ["lai-chau-2026@1", "qd-244-2022@1", "qd-324-2023@1"]


def test_a_set_that_nobody_published_is_not_found():
    assert find_criteria_set("qd-324-2023@2") is None


@every_set
def test_nobody_claims_to_have_compared_the_texts_with_the_signed_document(criteria):
    assert not criteria.is_verified
    assert "chưa được đối chiếu với văn bản đã ký" in criteria.notice["vi"]
    assert "has not been compared with the signed document" in criteria.notice["en"]


@every_set
def test_every_group_has_ten_indicators_in_both_languages(criteria):
    for group in criteria.groups:
        assert [one.number for one in group.indicators] == list(range(1, 11))
        assert [len(one.indicators) for one in group.competencies] == [4, 4, 2]
        assert all(set(one.text) == set(LOCALES) for one in group.indicators)


@every_set
def test_no_official_guidance_is_invented(criteria):
    assert {one.guidance for group in criteria.groups for one in group.indicators} == {None}


@every_set
def test_recognition_takes_80_points_and_no_indicator_below_5(criteria):
    expected = ScoreRule(
        scale_min=1, scale_max=10, step=1, pass_floor=5, pass_total=80, outstanding_years=5
    )
    assert [group.rule for group in criteria.groups] == [expected] * len(criteria.groups)


def test_pupils_came_with_the_set_of_2023_and_their_lists_are_internal():
    old, new = find_criteria_set("qd-244-2022@1"), find_criteria_set("qd-324-2023@1")
    assert [group.is_internal for group in old.groups] == [False] * 3
    assert [group.is_internal for group in new.groups] == [False, False, False, True]
    assert new.group(4).name["vi"] == "Học sinh, sinh viên, học viên"


def test_only_the_number_of_group_3_is_stated_by_a_document():
    for criteria in SETS:
        certain = [group.number for group in criteria.groups if group.is_number_certain]
        assert certain in ([3], [])


def test_competency_2_was_called_otherwise_in_2022():
    old, new = find_criteria_set("qd-244-2022@1"), find_criteria_set("qd-324-2023@1")
    assert old.group(3).competencies[1].name["vi"] == "Năng lực sử dụng các công cụ tương tác"
    assert new.group(3).competencies[1].name["vi"] == "Năng lực sử dụng công cụ học tập, làm việc"


def test_a_group_that_a_set_does_not_have_is_an_error():
    with pytest.raises(LookupError, match="qd-244-2022@1 has no group 4"):
        find_criteria_set("qd-244-2022@1").group(4)


def test_a_province_may_ask_for_evidence_where_the_national_set_does_not():
    national, local = find_criteria_set("qd-324-2023@1"), find_criteria_set("lai-chau-2026@1")
    assert (local.province, local.based_on) == ("12", national.reference)
    assert "(minh họa)" in local.name["vi"]
    assert "(demonstration)" in local.name["en"]
    for mine, theirs in zip(local.group(3).indicators, national.group(3).indicators, strict=True):
        assert mine.text == theirs.text
        assert (mine.evidence, theirs.evidence) == (
            EvidenceDemand.EXPECTED,
            EvidenceDemand.OPTIONAL,
        )


def test_a_group_may_have_texts_of_its_own(spoil_criteria):
    own = (
        '[[groups.competencies]]\nnumber = 1\nname = { vi = "Riêng", en = "Own" }\nindicators = ['
        + ",".join(
            f'{{ number = {n}, skill = {n}, text = {{ vi = "Chỉ số {n}", en = "Indicator {n}" }}, '
            'evidence = "required" }'
            for n in range(1, 11)
        )
        + "]\n\n[[groups]]\nnumber = 4"
    )
    path = spoil_criteria("qd-324-2023/1.toml", "[[groups]]\nnumber = 4", own)
    criteria = load_criteria_set(path)
    assert criteria.group(3).indicators[6].text["vi"] == "Chỉ số 7"
    assert criteria.group(4).indicators == criteria.group(1).indicators


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('issuer = "', 'publisher = "x"\nissuer = "', "publisher: expected one of the keys .*'x'"),
        ("skill = 7", "skill = 8", r"groups\[0\]\.competencies: expected each skill from 1 to 10"),
        ("number = 7", "number = 8", r"competencies: expected ten indicators numbered 1 to 10"),
        ('evidence = "optional"', 'evidence = "maybe"', "expected one of 'optional', .*'maybe'"),
        ("pass_floor = 5", "pass_floor = 11", r"rule\.pass_floor: .*from 1 to 10, found 11"),
        ("pass_total = 80", "pass_total = 101", r"rule\.pass_total: .*from 10 to 100, found 101"),
        ("scale_max = 10", "scale_max = 1", r"rule\.scale_max: .*from 2 to 1000, found 1"),
        ("step = 1,", "step = 0,", r"rule\.step: expected a whole number from 1 to 100, found 0"),
        ("is_verified = false", "is_verified = 0", "is_verified: expected true or false, found 0"),
        ("= 2023-10-24", '= "in autumn"', "issued_on: expected a date such as .*'in autumn'"),
        ("[[groups]]\nnumber = 2", "[[groups]]\nnumber = 5", "groups: expected groups numbered 1"),
        ("name.en", "name.fr", "name.en: expected a value, found nothing"),
        ("[[groups]]", "[[groups]", "the whole file: expected valid TOML, found "),
    ],
)
def test_a_mistake_is_told_with_its_key_and_what_was_expected(spoil_criteria, old, new, message):
    path = spoil_criteria("qd-324-2023/1.toml", old, new)
    with pytest.raises(DefinitionError, match=message) as told:
        load_criteria_set(path)
    assert str(told.value).startswith(f"{path}: ")


def test_an_error_carries_its_parts(spoil_criteria):
    path = spoil_criteria("qd-324-2023/1.toml", "pass_floor = 5", "pass_floor = 11")
    with pytest.raises(DefinitionError) as told:
        load_criteria_set(path)
    error = told.value
    assert (error.path, error.key) == (path, "groups[0].rule.pass_floor")
    assert (error.expected, error.found) == ("a whole number from 1 to 10", 11)


def test_a_version_is_a_number(spoil_criteria):
    path = spoil_criteria("qd-324-2023/1.toml", "number = 1", "number = 1")
    renamed = path.rename(path.with_name("draft.toml"))
    with pytest.raises(DefinitionError, match=r"the file's name: .* found 'draft.toml'"):
        load_criteria_set(renamed)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"qd-324-2023@1"', '"qd-324-2023@9"', "based_on: expected one of .*'qd-324-2023@9'"),
        ('province = "12"', 'province = "13"', "province: expected a province's code, found '13'"),
    ],
)
def test_an_adapted_set_names_a_province_and_a_set_that_exist(spoil_criteria, old, new, message):
    path = spoil_criteria("lai-chau-2026/1.toml", old, new)
    with pytest.raises(DefinitionError, match=message):
        load_all_criteria(path.parents[1])
