"""Agencies go from files into the database, are compared with them, and come back as files."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from app.persistence.database import db
from app.persistence.unit_of_work import unit_of_work
from tenants.loading import load_all_definitions, load_definition
from tenants.schema import TenantDefinition
from tests.builders.world import COMMUNE, DEPARTMENT, OTHER_PROVINCE, PROVINCE


@pytest.fixture
def run(app):
    return lambda *arguments: app.test_cli_runner().invoke(args=["tenants", *arguments])


@pytest.fixture
def tell(app, world):
    """Let the owner say something to the database."""

    def said(statement: str, **values: object) -> object:
        with app.app_context(), world.owner(), unit_of_work():
            result = db.session.execute(text(statement), values)
            return result.scalar() if result.returns_rows else None

    return said


def set_appeal_days(tell, days: int, *, by: object = None) -> None:
    tell(
        "UPDATE setting SET value = to_jsonb(:days), set_by = :by WHERE name = 'appeal_days'"
        " AND tenant_id = (SELECT id FROM tenant WHERE slug = :slug)",
        days=days,
        by=by,
        slug=DEPARTMENT,
    )


def appeal_days(tell) -> object:
    return tell(
        "SELECT value FROM setting WHERE name = 'appeal_days'"
        " AND tenant_id = (SELECT id FROM tenant WHERE slug = :slug)",
        slug=DEPARTMENT,
    )


def test_all_shipped_files_fit_together(run):
    answer = run("check")
    assert answer.exit_code == 0
    assert f"{len(load_all_definitions())} agencies in 3 provinces" in answer.output


def test_the_list_marks_what_is_not_in_the_database_yet(run):
    lines = run("list").output.splitlines()
    there = {line.split()[0] for line in lines if "not in the database" not in line}
    assert {PROVINCE, DEPARTMENT, COMMUNE} <= there
    assert len(lines) == len(load_all_definitions())
    assert len(there) == 5


def test_applying_adds_what_is_missing_and_a_second_time_nothing(run, tell):
    assert run("apply", "--yes").exit_code == 0
    assert tell("SELECT count(*) FROM tenant") == len(load_all_definitions())
    assert "nothing to apply" in run("apply", "--yes").output


def test_a_value_that_nobody_edited_follows_the_file(run, tell):
    set_appeal_days(tell, 9)
    answer = run("apply", "--yes")
    assert "~ lai-chau/so-cong-thuong  appeal_days" in answer.output
    assert appeal_days(tell) == 5


def test_a_value_that_somebody_edited_is_kept_unless_asked(run, tell, world):
    set_appeal_days(tell, 9, by=world.make_account(DEPARTMENT).id)
    answer = run("apply", "--yes")
    assert "edited in a page; kept" in answer.output
    assert appeal_days(tell) == 9
    run("apply", "--yes", "--overwrite")
    assert appeal_days(tell) == 5


def test_nothing_changes_without_consent(app, tell):
    set_appeal_days(tell, 9)
    app.test_cli_runner().invoke(args=["tenants", "apply"], input="n\n")
    assert appeal_days(tell) == 9


@pytest.mark.parametrize("slug", [DEPARTMENT, COMMUNE, PROVINCE, OTHER_PROVINCE])
def test_what_is_exported_is_read_again_as_the_same_agency(run, tmp_path, slug):
    shipped = {one.slug: one for one in load_all_definitions()}[slug]
    folder = tmp_path / slug
    folder.mkdir(parents=True)
    path = folder / "tenant.toml"
    assert run("export", slug, "--to", str(path)).exit_code == 0
    assert in_order(load_definition(path, tmp_path)) == in_order(shipped)


def in_order(definition: TenantDefinition) -> TenantDefinition:
    return replace(
        definition,
        units=tuple(sorted(definition.units, key=lambda one: one.name)),
        deadlines=tuple(sorted(definition.deadlines, key=lambda one: one.kind)),
    )


def test_an_agency_that_is_not_there_cannot_be_exported(run):
    answer = run("export", "nowhere")
    assert answer.exit_code == 1
    assert "tenants list" in answer.output
