"""A set is taken apart into cells and put together again, and a cell is right or wrong."""

from dataclasses import replace
from datetime import date

import pytest

from app.domain.criteria import (
    cells_in,
    cells_of,
    differences,
    is_same_rule,
    next_series,
    part_of,
    with_cells,
)
from app.domain.criteria_documents import digest_of_document, document_of
from app.domain.criteria_faults import Fault, faults_of, sift
from tenants.loading import load_all_criteria, read_criteria_set
from tenants.schema import Verification, rule_limits


SETS = load_all_criteria()
every_set = pytest.mark.parametrize("criteria", SETS, ids=lambda one: one.reference)
SIGNED = Verification(
    document="324/QĐ-KHVN",
    signed_on=date(2023, 10, 24),
    issuer="Hội Khuyến học Việt Nam",
    compared_by="Nguyễn Thị Vân",
    compared_on=date(2026, 11, 20),
)


@every_set
def test_a_set_put_together_from_its_cells_is_the_same(criteria):
    assert with_cells(criteria, cells_of(criteria)) == criteria


@every_set
@pytest.mark.parametrize("verification", [None, SIGNED])
def test_a_set_written_down_is_read_back_the_same(criteria, verification):
    told = replace(criteria, verification=verification, is_verified=verification is not None)
    assert read_criteria_set(document_of(told), told.reference) == told


@every_set
def test_a_shipped_set_has_no_fault(criteria):
    assert faults_of(cells_of(criteria), is_final=True) == ()


@every_set
def test_every_cell_has_exactly_one_page(criteria):
    cells = cells_of(criteria)
    pages = {part_of(path) for path in cells}
    assert pages == {"general", *(str(group.number) for group in criteria.groups)}
    assert sum(len(cells_in(cells, page)) for page in pages) == len(cells)


@every_set
def test_each_cell_that_is_changed_is_found_and_only_that(criteria):
    cells = cells_of(criteria)
    for path, before in cells.items():
        [change] = differences(cells, {**cells, path: "khác"})
        assert (change.path, change.before, change.after) == (path, before, "khác")
        assert is_same_rule([change]) == (".rule." not in path)


def test_guidance_is_none_until_somebody_writes_it():
    base = SETS[0]
    cells = cells_of(base) | {
        "groups.1.indicators.1.guidance.vi": "Cách cho điểm",
        "groups.1.indicators.1.guidance.en": "How to score",
    }
    told = with_cells(base, cells)
    assert told.group(1).indicators[0].guidance == {"vi": "Cách cho điểm", "en": "How to score"}
    assert told.group(1).indicators[1].guidance is None


def test_the_order_of_keys_does_not_change_a_fingerprint():
    assert digest_of_document({"a": 1, "b": 2}) == digest_of_document({"b": 2, "a": 1})


@pytest.mark.parametrize(
    ("vi", "en", "fault"), [("Có", "", Fault.ENGLISH_MISSING), ("", "Yes", Fault.MISSING)]
)
def test_neither_language_of_guidance_is_half_there(vi, en, fault):
    place = "groups.1.indicators.1.guidance"
    cells = cells_of(SETS[0]) | {f"{place}.vi": vi, f"{place}.en": en}
    assert faults_of(cells) == ()
    assert [one.fault for one in faults_of(cells, is_final=True)] == [fault]


def test_pages_and_files_hold_rules_to_the_same_limits():
    base = SETS[-1]
    for name, (lowest, highest) in rule_limits(base.group(1).rule).items():
        for number in (lowest - 1, highest + 1):
            typed = {f"groups.1.rule.{name}": str(number)}
            good, faults = sift(cells_of(base), typed)
            assert good == {}
            assert faults, name


def test_a_copy_of_a_national_set_begins_a_series_of_the_province():
    national, ours = SETS[-1], SETS[0]
    assert next_series(national, province=12, slug="lai-chau") == "lai-chau-qd-324-2023"
    assert next_series(ours, province=12, slug="lai-chau") == "lai-chau-2026"
    assert next_series(ours, province=20, slug="lang-son") == "lang-son-lai-chau-2026"
