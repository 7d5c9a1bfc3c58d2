"""What is shipped about each agency: what its plan says, and what was supposed."""

from time import perf_counter

import pytest

from tenants.loading import find_criteria_set, load_all_definitions, load_catalogue
from tenants.loading.definitions import DEFINITIONS, load_definition
from tenants.schema import DeadlineKind, DeadlineRule, Denominator, TargetName, TenantKind


TENANTS = {one.slug: one for one in load_all_definitions()}
PATHS = sorted(DEFINITIONS.rglob("tenant.toml"))
PROVINCES = {"12": "lai-chau", "20": "lang-son", "51": "quang-ngai"}


def deadlines(address):
    return {
        one.kind: (one.day, one.month, one.year, one.rule) for one in TENANTS[address].deadlines
    }


def goals(address, year):
    return {
        one.name: (one.percent, one.denominator)
        for one in TENANTS[address].targets
        if one.year == year
    }


@pytest.mark.parametrize(
    "path", PATHS, ids=lambda path: path.parent.relative_to(DEFINITIONS).as_posix()
)
def test_every_shipped_file_loads_by_itself(path):
    definition = load_definition(path)
    assert definition == TENANTS[definition.slug]


@pytest.mark.parametrize(("province", "address"), PROVINCES.items())
def test_every_commune_of_a_shipped_province_is_a_tenant_below_its_association(province, address):
    communes = {one.code: one for one in load_catalogue().communes_of(province)}
    below = [one for one in TENANTS.values() if one.commune and one.province == province]
    assert {one.slug: one.commune for one in below} == {
        f"{address}/{one.slug}": code for code, one in communes.items()
    }
    assert {one.parent for one in below} == {address}


def test_all_agencies_are_loaded_in_less_than_a_second():
    started = perf_counter()
    load_all_definitions()
    assert perf_counter() - started < 1


def test_parents_come_before_their_children():
    seen = {None}
    for tenant in load_all_definitions():
        assert tenant.parent in seen
        seen.add(tenant.slug)


def test_three_associations_stand_at_the_top():
    tops = [one for one in TENANTS.values() if one.parent is None]
    assert {one.slug for one in tops} == set(PROVINCES.values())
    assert {one.kind for one in tops} == {TenantKind.ASSOCIATION}


def test_so_cong_thuong_finishes_before_28_december_2026():
    assert deadlines("lai-chau/so-cong-thuong") == {
        DeadlineKind.COMPLETION: (28, 12, 2026, DeadlineRule.BEFORE)
    }
    assert goals("lai-chau/so-cong-thuong", 2026) == {
        TargetName.REGISTERED: (100, Denominator.ELIGIBLE),
        TargetName.RECOGNISED_STAFF: (100, Denominator.ELIGIBLE),
    }


def test_the_date_for_reports_in_lai_chau_is_only_assumed():
    [report] = [one for one in TENANTS["lai-chau"].deadlines if one.kind is DeadlineKind.REPORT]
    assert (report.day, report.month, report.is_assumed) == (5, 12, True)


def test_the_plan_of_so_cong_thuong_cannot_meet_the_date_of_its_province():
    [plan] = TENANTS["lai-chau/so-cong-thuong"].deadlines
    [report] = [one for one in TENANTS["lai-chau"].deadlines if one.kind is DeadlineKind.REPORT]
    assert (plan.month, plan.day) > (report.month, report.day)


def test_so_tai_chinh_of_lang_son_reports_before_1_december_every_year():
    assert deadlines("lang-son/so-tai-chinh") == {
        DeadlineKind.REPORT: (1, 12, None, DeadlineRule.BEFORE)
    }
    [predecessor] = TENANTS["lang-son/so-tai-chinh"].predecessors
    assert predecessor.name == "Sở Kế hoạch và Đầu tư tỉnh Lạng Sơn"
    assert predecessor.is_assumed


def test_so_tai_chinh_wants_more_than_60_percent_in_2025_and_80_in_2030():
    staff = [
        (one.percent, one.is_strict, one.year)
        for one in TENANTS["lang-son/so-tai-chinh"].targets
        if one.name is TargetName.RECOGNISED_STAFF
    ]
    assert staff == [(60, True, 2025), (80, False, 2030)]


def test_quang_ngai_wants_reports_before_5_december_as_kon_tum_published():
    [report] = [one for one in TENANTS["quang-ngai"].deadlines if one.kind is DeadlineKind.REPORT]
    assert (report.day, report.month, report.rule) == (5, 12, DeadlineRule.BEFORE)
    assert not report.is_assumed
    assert report.wording == "Định kỳ hàng năm (trước ngày 05/12) và đột xuất (khi có yêu cầu)"


def test_the_targets_of_quang_ngai_are_nested():
    assert goals("quang-ngai", 2030) == {
        TargetName.RECOGNISED_ADULTS: (60, Denominator.ELIGIBLE),
        TargetName.RECOGNISED_STAFF: (80, Denominator.ELIGIBLE),
        TargetName.DIGITAL_SKILLS: (90, Denominator.RECOGNISED),
        TargetName.DIGITAL_FLUENCY: (80, Denominator.DIGITALLY_SKILLED),
    }
    percents = {name: percent for name, (percent, _) in goals("quang-ngai", 2025).items()}
    assert percents == {
        TargetName.TRAINED_MEMBERS: 100,
        TargetName.RECOGNISED_ADULTS: 40,
        TargetName.RECOGNISED_STAFF: 60,
        TargetName.DIGITAL_SKILLS: 70,
        TargetName.DIGITAL_FLUENCY: 60,
    }


def test_a_commune_prints_its_own_name():
    commune = TENANTS["lang-son/chi-lang"]
    assert commune.name == "Xã Chi Lăng"
    assert commune.full_name == "Ủy ban nhân dân xã Chi Lăng"
    assert commune.printed_name == "ỦY BAN NHÂN DÂN XÃ CHI LĂNG"
    assert commune.place == "Chi Lăng"
    assert commune.signers[0].authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN XÃ CHI LĂNG"


def test_a_place_named_after_a_person_keeps_its_kind():
    assert TENANTS["lang-son/hoang-van-thu"].place == "Xã Hoàng Văn Thụ"


def test_no_blank_for_a_name_is_left_open():
    assert [
        one.slug for one in TENANTS.values() if "{" in repr((*one.signers, one.full_name))
    ] == []


def test_nobody_real_is_named_as_signer():
    assert {signer.name for one in TENANTS.values() for signer in one.signers} == {None}


def test_whoever_says_something_without_a_document_says_so():
    for tenant in TENANTS.values():
        assert tenant.assumed, f"{tenant.slug} follows no plan in every point"
        for said in (*tenant.deadlines, *tenant.targets):
            assert said.is_assumed or said.source


def test_every_agency_can_assess_each_of_its_groups_in_2026():
    for tenant in TENANTS.values():
        for group in tenant.groups:
            chosen = [
                one for one in tenant.criteria if one.group == group and one.from_year <= 2026
            ]
            latest = max(chosen, key=lambda one: one.from_year)
            assert find_criteria_set(latest.reference).group(group).number == group


def test_no_definition_names_a_file_or_an_address_of_this_machine():
    for path in PATHS:
        assert "/work" not in path.read_text(encoding="utf-8")
        assert ".txt" not in path.read_text(encoding="utf-8")
