"""An operator sets a database up, loads a demonstration once, and is told whom to sign in as."""

import pytest

from app.demonstration.roles import PASSWORD
from tenants.loading import load_all_definitions
from tests.builders.world import DEPARTMENT


SMALL = ("--province", "12", "--people", "60", "--day", "2026-11-22")


@pytest.fixture
def run(app):
    return lambda *command: app.test_cli_runner().invoke(args=command)


def test_setting_up_adds_every_agency_once(run):
    missing = len(load_all_definitions()) - 5
    assert f"{missing} agencies added" in run("setup").output
    assert "0 agencies added" in run("setup").output


def test_loading_says_how_far_it_has_come_and_how_many_dossiers_there_are(run):
    answer = run("demo", "load", *SMALL)
    assert answer.exit_code == 0
    assert "100 % (2 of 2 agencies)" in answer.output
    assert "dossiers in" in answer.output


def test_loading_again_is_refused_unless_more_are_wanted(run):
    run("demo", "load", *SMALL)
    again = run("demo", "load", *SMALL)
    assert again.exit_code == 1
    assert "--more" in again.output
    same = run("demo", "load", *SMALL, "--more")
    assert same.exit_code == 1
    assert "name another with --seed" in same.output
    assert run("demo", "load", *SMALL, "--seed", "9", "--more").exit_code == 0


def test_a_set_up_with_a_demonstration_leaves_dossiers_alone(run):
    run("demo", "load", *SMALL)
    answer = run("setup", "--demo")
    assert answer.exit_code == 0
    assert "no demonstration data were added" in answer.output


def test_accounts_are_shown_with_address_login_and_password(run):
    run("demo", "load", *SMALL)
    lines = run("demo", "accounts").output.splitlines()
    assert any(f"/{DEPARTMENT}/-/" in line for line in lines)
    shown = [line for line in lines if PASSWORD in line]
    assert any("sct.giamdoc" in line and "head" in line for line in shown)
    assert len({line.index(PASSWORD) for line in shown}) == 1


def test_without_accounts_the_table_says_how_to_get_some(run):
    assert "demo load" in run("demo", "accounts").output


def test_a_province_is_named_by_its_code(run):
    answer = run("demo", "load", "--province", "Lai Châu")
    assert answer.exit_code == 2
    assert "code of a province" in answer.output
