"""A signed version opens in the same bytes for ever, and says when it is no longer the newest."""

from hashlib import sha256
from json import loads

import psycopg
import pytest
from sqlalchemy import text

from app.domain.permissions import Role
from app.exports.papers import typesetting
from app.launch.postgres import OWNER
from app.persistence.database import db
from app.persistence.queries.reports import load_snapshot
from tests.builders.reporting import TITLE, Desk
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import COMMUNE, DEPARTMENT, PROVINCE, THIS_YEAR


OWN = f"/{DEPARTMENT}/-/reports/own"
ABOVE = f"/{PROVINCE}/-/reports"
CHECK = f"/{DEPARTMENT}/-/reports/check"
EVERYTHING_ELSE = (
    "UPDATE tenant SET name = name || ' (mới)', kind = 'organisation', parent_id = NULL",
    "DELETE FROM tenant_closure WHERE depth > 0",
    """
    INSERT INTO setting (province_id, tenant_id, id, name, value, source, is_assumed, set_at)
    SELECT province_id, id, gen_random_uuid(), 'counted_first',
        '[{"from_year": 2020, "first": "home"}]', '', false, now() FROM tenant
    """,
    "UPDATE unit SET name = 'Phòng Khác ' || id, name_sort_key = 'x'",
    "UPDATE account SET name = 'Người Khác'",
    "UPDATE criteria_rule SET pass_total = 1, pass_floor = 1",
    "UPDATE criteria_set SET content = '{}'",
    "UPDATE dossier SET state = 'withdrawn', group_number = 1",
    "DELETE FROM unit_result",
)
"""What may have changed by the time somebody opens a report again."""
MOVED = (
    """
    UPDATE tenant SET name = 'Sở Công Thương và Năng lượng', parent_id = above.id
    FROM tenant AS above
    WHERE above.slug = 'lai-chau/sin-ho' AND tenant.slug = 'lai-chau/so-cong-thuong'
    """,
    """
    INSERT INTO tenant_closure (province_id, ancestor_id, descendant_id, depth)
    SELECT province_id, parent_id, id, 1 FROM tenant WHERE slug = 'lai-chau/so-cong-thuong'
    """,
)
"""The agency has another name, and stands below another one."""


@pytest.fixture
def desk(world):
    put_somebody_into_both(world)
    return Desk(world, DEPARTMENT)


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER))


@pytest.fixture
def change(postgres, database):
    """Change rows as the superuser, past every trigger and every reference."""

    def run(*statements):
        dsn = postgres.dsn(database, OWNER).replace(f"user={OWNER}", "user=postgres")
        with psycopg.connect(dsn) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in statements:
                connection.execute(statement)

    return run


@pytest.fixture
def no_templates(monkeypatch, tmp_path):
    """Let there be nothing to typeset with any more."""
    return lambda: monkeypatch.setattr(typesetting, "TEMPLATES", tmp_path)


def sign(officer, desk):
    """Let somebody sign and submit the report on its page, with the paper that the house makes."""
    desk.recompute()
    desk.compile()
    sent = officer.post(f"{OWN}/submit", data={"revision": desk.revision(), "title": TITLE})
    assert sent.status_code == 303


def hash_of(world, version=1):
    with world.inside(DEPARTMENT) as key:
        return load_snapshot(key, THIS_YEAR, version).hash


def test_a_version_reopens_byte_for_byte_after_everything_else_has_changed(
    desk, officer, change, no_templates
):
    sign(officer, desk)
    files = [f"{OWN}/files/{kind}/1?year={THIS_YEAR}" for kind in ("paper", "data", "workbook")]
    signed = [officer.get(one).data for one in files]
    assert [one[:2] for one in signed] == [b"%P", b'{"', b"PK"]
    change(*EVERYTHING_ELSE)
    # Nothing is typeset a second time: there is no template any more.
    no_templates()
    assert [officer.get(one).data for one in files] == signed
    said = loads(signed[1])
    assert said["agency"]["name"] == "Sở Công Thương"
    assert sha256(signed[1]).hexdigest() == hash_of(desk.world)
    page = officer.get(f"{OWN}/versions/1?year={THIS_YEAR}").text
    assert sha256(signed[0]).hexdigest() in page
    assert sha256(signed[2]).hexdigest() in page
    assert "Phòng Khác" not in page
    assert said["counted_first"] == "workplace"
    assert "At the workplace rather than at home" in page


def test_an_agency_that_was_renamed_and_moved_shows_the_same_bytes_to_whoever_is_above_it_now(
    world, desk, officer, change, sign_in
):
    sign(officer, desk)
    files = [f"files/{kind}/1" for kind in ("paper", "data", "workbook")]
    signed = [officer.get(f"{OWN}/{one}").data for one in files]
    change(*MOVED)
    newcomer = sign_in(world.make_account(COMMUNE, Role.ASSOCIATION))
    here = f"/{COMMUNE}/-/reports"
    assert [newcomer.get(f"{here}/{one}/{DEPARTMENT}").data for one in files] == signed
    page = newcomer.get(f"{here}/versions/1/{DEPARTMENT}").text
    assert "Sở Công Thương và Năng lượng" not in page.split("<main")[1]
    assert [officer.get(f"{OWN}/{one}").data for one in files] == signed


@pytest.mark.parametrize("column", ["content", "paper", "workbook"])
def test_what_does_not_fit_its_fingerprint_is_not_shown_as_signed(desk, officer, change, column):
    sign(officer, desk)
    change(
        "ALTER TABLE report_snapshot DROP CONSTRAINT ck_report_snapshot_hash",
        "ALTER TABLE report_snapshot DROP CONSTRAINT ck_report_snapshot_paper_hash",
        "ALTER TABLE report_snapshot DROP CONSTRAINT ck_report_snapshot_workbook_hash",
        f"UPDATE report_snapshot SET {column} = {column} || ' '",  # noqa: S608
    )
    kind = "workbook" if column == "workbook" else "paper"
    answer = officer.get(f"{OWN}/files/{kind}/1?year={THIS_YEAR}")
    assert answer.status_code == 409
    assert "does not fit the fingerprint" in answer.text
    shown = officer.get(f"{OWN}/versions/1?year={THIS_YEAR}")
    assert shown.status_code == (409 if column == "content" else 200)


@pytest.fixture
def client(app):
    """A stranger's browser, in English."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["language"] = "en"
    return browser


def test_an_older_version_says_that_there_is_a_newer_one(world, desk, officer, client):
    desk.hand_in()
    desk.accept()
    assert "There is no newer one" in client.get(f"{CHECK}?fingerprint={hash_of(world)[:32]}").text
    desk.correct()
    desk.submit(reason="Sót một người")
    page = officer.get(f"{OWN}/versions/1").text
    assert "There is a newer version" in page
    assert "This version counts above" in page
    page = officer.get(f"{OWN}/versions/2").text
    assert "There is a newer version" not in page
    assert "does not count above" in page
    checked = client.get(f"{CHECK}?fingerprint={hash_of(world).upper()}").text
    assert "Version 2, signed on" in checked


def test_whoever_checks_a_printed_report_learns_no_name_and_no_figure(world, desk, client):
    desk.hand_in()
    page = client.get(f"{CHECK}?fingerprint={hash_of(world)}").text
    assert "There is no newer one" in page
    assert TITLE not in page
    assert desk.officer.name not in page
    for asked in ("", hash_of(world)[:31], "%" * 32, "0" * 64):
        page = client.get(CHECK, query_string={"fingerprint": asked}).text
        assert "There is no newer one" not in page
    elsewhere = f"/{PROVINCE}/-/reports/check?fingerprint={hash_of(world)}"
    assert "No report of this agency" in client.get(elsewhere).text
    assert client.get("/reports/check").status_code == 404


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_agency_above_opens_the_same_bytes(world, desk, officer, sign_in, language):
    sign(officer, desk)
    above = sign_in(world.make_account(PROVINCE, Role.ASSOCIATION), language=language)
    assert above.get(f"{ABOVE}/versions/1/{DEPARTMENT}").status_code == 200
    for kind in ("paper", "data", "workbook"):
        theirs = above.get(f"{ABOVE}/files/{kind}/1/{DEPARTMENT}").data
        assert theirs == officer.get(f"{OWN}/files/{kind}/1").data
    assert above.get(f"{ABOVE}/files/else/1/{DEPARTMENT}").status_code == 404
    assert above.get(f"{ABOVE}/files/paper/2/{DEPARTMENT}").status_code == 404


def test_a_report_whose_paper_cannot_be_made_is_not_signed(world, desk, officer, no_templates):
    no_templates()
    desk.recompute()
    desk.compile()
    answer = officer.post(f"{OWN}/submit", data={"revision": 1, "title": TITLE})
    assert answer.status_code == 422
    with world.inside(DEPARTMENT):
        kept = db.session.execute(text("SELECT count(*) FROM report_snapshot")).scalar_one()
    assert kept == 0
