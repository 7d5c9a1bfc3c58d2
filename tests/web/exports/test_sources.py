"""The last sheet of the workbook leads each of its columns to the page that explains it."""

import io
from urllib.parse import urlsplit

import pytest

from app.domain.permissions import Role
from app.persistence.queries.exports import load_export, recent_exports
from tests.builders.jobs import work_on_all
from tests.builders.reading import read_figures
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import PROVINCE
from tests.exports import reading


SHEET = "Sources of the figures"


@pytest.fixture
def reader(world, sign_in, figures):
    put_somebody_into_both(world, group=2)
    return sign_in(world.make_account(PROVINCE, Role.ASSOCIATION))


@pytest.fixture
def workbook(world, reader):
    assert reader.post(f"/{PROVINCE}/-/exports/").status_code == 303
    work_on_all(world, PROVINCE)
    with world.inside(PROVINCE):
        (asked,) = recent_exports()
        return load_export(asked.export.id, with_content=True).content


def rows(workbook, sheet):
    return reading.values(io.BytesIO(workbook), sheet)


def total_at(reader, address):
    parts = urlsplit(address)
    assert parts.netloc
    page = reader.get(f"{parts.path}?{parts.query}")
    assert page.status_code == 200, address
    (total,) = read_figures(page.text).totals
    return total


def test_every_column_leads_to_what_its_total_is_made_of(workbook, reader):
    tables = {sheet: rows(workbook, sheet) for sheet in ("By agency", "By group")}
    totals = {
        sheet: next(row for row in of if row[1] == "Grand total") for sheet, of in tables.items()
    }
    lines = [row for row in rows(workbook, SHEET) if row[0] in tables]
    shown = [*totals["By agency"][2:10], *totals["By group"][2:]]
    assert len(lines) == len(shown)
    for line, number in zip(lines, shown, strict=True):
        is_share = "share of" in line[1]
        written = "–" if number == "" else f"{number * 100:.1f}%" if is_share else f"{number:.0f}"
        assert total_at(reader, line[3]) == written, line
        assert line[2].endswith(".")


def test_every_agency_has_its_moment_and_its_address(workbook, reader):
    found = [row for row in rows(workbook, SHEET) if row[2] == "Number recognised"]
    of = {row[1]: row[6] for row in rows(workbook, "By agency")}
    assert len(found) == 2
    for moment, agency, _, address in found:
        assert moment
        assert total_at(reader, address) == f"{of[agency]:.0f}"


def test_it_says_as_of_when_and_of_which_data(workbook):
    facts = {row[0]: row[1] for row in rows(workbook, SHEET)[:3]}
    assert int(facts["Version of the data"]) > 0
    assert facts["Figures as of"]
    assert len(facts["Export code"]) == 6
