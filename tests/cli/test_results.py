"""The operator sees the figures of an agency, and proves them."""

import json

import pytest
from sqlalchemy import create_engine, text

from app.domain.dossiers import State
from tests.builders.figures import Office
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


@pytest.fixture
def run(app):
    def ran(*words):
        return app.test_cli_runner().invoke(args=["results", *words, "--year", str(THIS_YEAR)])

    return ran


@pytest.fixture
def offices(world):
    department, commune = Office(world, DEPARTMENT), Office(world, COMMUNE)
    department.make(State.PUBLISHED)
    commune.make(State.REGISTERED, group=1, unit_id=world.unit_of(COMMUNE))
    return department, commune


def test_figures_are_shown_by_agency_unit_and_group(run, offices):
    for office in offices:
        office.recompute()
    shown = json.loads(run("show", PROVINCE, "--json").output)
    assert shown["total"]["eligible"] == 2
    assert shown["own"]["eligible"] == 0
    assert shown["by_group"]["1"]["registered"] == 1
    commune = json.loads(run("show", COMMUNE, "--json").output)
    (unit,) = [one for one in commune["units"] if one["name"] == "Bản 1"]
    assert unit["figures"]["registered"] == 1
    assert unit["by_group"] == {"1": unit["figures"]}


def test_without_json_there_is_a_line_for_each(run, offices):
    offices[0].recompute()
    lines = run("show", PROVINCE).output.splitlines()
    assert lines[0].split("\t")[1] == "eligible"
    assert "Sở Công Thương\t1\t1\t1\t1\t1\t0" in lines
    assert lines[-1] == "total\t1\t1\t1\t1\t1\t0"


def test_recomputing_counts_what_no_worker_has_yet_and_finds_no_difference(run, offices):
    result = run("recompute", PROVINCE, "--compare")
    assert result.exit_code == 0
    assert result.output.splitlines() == ["3 agencies recomputed", "difference: 0"]
    shown = json.loads(run("show", PROVINCE, "--json").output)
    assert (shown["total"]["eligible"], shown["pending"]) == (2, [])


def test_a_wrong_figure_is_found_named_and_put_right(run, offices, config):
    run("recompute", PROVINCE)
    engine = create_engine(config.owner_database_url)
    with engine.begin() as owner:
        owner.execute(text("UPDATE unit_result SET people = 9 WHERE state = 'registered'"))
    engine.dispose()
    result = run("recompute", PROVINCE, "--compare")
    assert result.exit_code == 1
    assert f"{COMMUNE}: Bản 1, group 1, registered: 9 stood, 1 counted" in result.output
    assert run("recompute", PROVINCE, "--compare").exit_code == 0


def test_who_belongs_to_two_agencies_is_shown_and_proved(run, world, config):
    put_somebody_into_both(world)
    assert run("recompute", PROVINCE, "--compare").output.splitlines()[-1] == "difference: 0"
    shown = json.loads(run("show", PROVINCE, "--json").output)
    assert (shown["overlap"]["registered"], shown["total"]["registered"]) == (1, 1)
    lines = run("show", PROVINCE).output.splitlines()
    assert lines[-2:] == ["counted in two agencies\t-1\t-1\t0\t0\t0\t0", "total\t1\t1\t0\t0\t0\t0"]
    assert json.loads(run("show", COMMUNE, "--json").output)["overlap"]["registered"] == 0


def test_a_wrong_overlap_is_found_named_and_put_right(run, world, config):
    put_somebody_into_both(world)
    engine = create_engine(config.owner_database_url)
    with engine.begin() as owner:
        owner.execute(text("UPDATE overlap_result SET people = 7"))
    engine.dispose()
    result = run("recompute", PROVINCE, "--compare")
    assert result.exit_code == 1
    assert f"{COMMUNE}, group 3, counted at {DEPARTMENT}" in result.output
    assert run("recompute", PROVINCE, "--compare").exit_code == 0


def test_an_unknown_agency_is_told_by_name(run):
    result = run("show", "lai-chau/nowhere")
    assert result.exit_code == 1
    assert "there is no agency 'lai-chau/nowhere'" in result.output
