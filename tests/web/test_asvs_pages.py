"""What a page gives away, takes in and leaves behind, where no other room asks."""

import io
import re
from pathlib import Path

import pytest
from gunicorn.config import Config as ServerConfig
from gunicorn.http import RequestParser
from gunicorn.http.errors import ParseException
from sqlalchemy import DateTime, select

from app.domain.passwords import require_good_password
from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Account, Person, RosterImport
from app.services.accounts import hash_password
from tests.builders.world import COMMUNE, DEPARTMENT
from tests.intake.hostile import text_cell, workbook


HERE = f"/{DEPARTMENT}/-"
HOSTILE = '"><svg/onload=alert(1)>{{7*7}}'


@pytest.fixture
def officer(world, sign_in):
    return sign_in(world.make_account(DEPARTMENT, Role.OFFICER, name=HOSTILE))


def test_hostile_words_are_shown_as_words(world, officer):
    """In a heading, a cell, a field and the name of who is signed in."""
    person = world.make_person(DEPARTMENT, name=HOSTILE)
    dossier = world.make_dossier(DEPARTMENT, person)
    for page in (
        "/roster/",
        f"/roster/{person}",
        f"/dossiers/{dossier}",
        f"/dossiers/?name={HOSTILE}",
    ):
        shown = officer.get(HERE + page).text
        assert "<svg/onload" not in shown, page
        assert "&lt;svg/onload=alert(1)&gt;" in shown, page
        assert "49" not in re.findall(r"svg.{0,40}", shown), page


def test_what_is_typed_is_decoded_once(officer):
    shown = officer.get(f"{HERE}/dossiers/?name=%2541%26lt%3B").text
    assert 'value="%41&amp;lt;"' in shown


def test_a_link_leads_to_no_script(client):
    for target in (
        "javascript:alert(1)",
        "data:text/html,x",
        "//evil.example",
        "https://evil.example",
    ):
        page = client.get(f"{HERE}/sign-in", query_string={"next": target})
        assert f'href="{target}' not in page.text
        assert f'value="{target}' not in page.text


@pytest.mark.parametrize(
    "path",
    [
        "/.git/HEAD",
        "/.git/",
        "/static/",
        "/static/css/",
        "/static/../config.py",
        "/static/%2e%2e/wsgi.py",
    ],
)
def test_no_folder_is_listed_and_no_source_is_served(client, path):
    with client.get(path) as answer:
        assert answer.status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/metrics", "/docs", "/openapi.json", "/swagger", "/admin", "/console", "/rq", "/debug"],
)
def test_no_page_of_machinery_is_there(client, path):
    assert client.get(path).status_code == 404


def test_the_house_runs_without_debugging(app, client):
    assert not app.debug
    assert client.get("/console?__debugger__=yes").status_code == 404
    assert set(client.get("/healthz").json) == {"status"}


def test_an_account_keeps_no_hint_and_no_question():
    assert set(Account.__table__.columns.keys()) == {
        "id",
        "identity_id",
        "login",
        "name",
        "password_hash",
        "locale",
        "is_disabled",
        "is_demonstration",
        "created_at",
    }


def test_fields_that_a_form_has_not_are_ignored(app, world, officer):
    foreign = world.key_of(COMMUNE)
    extra = {
        "tenant_id": str(foreign.tenant_id),
        "province_id": "1",
        "identity_id": str(foreign.tenant_id),
        "cccd_last_four": "9999",
        "is_active": "",
        "version": "77",
        "erased_at": "2026-01-01",
    }
    page = officer.get(f"{HERE}/roster/add").text
    unit = re.search(r'<option value="([0-9a-f-]{36})"', page)
    typed = {"name": "Lù Thị Thêm", "birth": "1990", "group_number": "3", "unit_id": unit[1]}
    sent = officer.post(f"{HERE}/roster/add", data=typed | extra)
    assert sent.status_code == 303, sent.text
    with world.inside(DEPARTMENT) as key:
        person = db.session.scalars(select(Person).where(Person.name == "Lù Thị Thêm")).one()
        assert (person.tenant_id, person.is_active, person.version) == (key.tenant_id, True, 1)
        assert (person.cccd_last_four, person.erased_at) == (None, None)


def test_a_field_sent_twice_counts_once_and_the_address_stands_in_for_no_field(client):
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    by_address = client.post(f"{HERE}/sign-in?csrf_token=token", data={"login": "a"})
    assert by_address.status_code == 400
    first_counts = client.post(
        f"{HERE}/sign-in", data={"csrf_token": ["wrong", "token"], "login": "a"}
    )
    assert first_counts.status_code == 400


def test_every_page_of_somebody_signed_in_offers_to_sign_out(officer):
    for page in ("/home", "/roster/", "/dossiers/", "/account/sessions"):
        assert f'action="{HERE}/sign-out"' in officer.get(HERE + page).text, page


def test_a_line_of_the_log_cannot_be_forged(client, caplog):
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    forged = "khong.ai\n2026-11-21 INFO account-signed-in admin"
    with caplog.at_level("DEBUG"):
        client.post(
            f"{HERE}/sign-in", data={"csrf_token": "token", "login": forged, "password": "x"}
        )
        client.get(f"{HERE}/no-such-page%0aINFO%20forged")
    assert not [line for line in caplog.text.splitlines() if line.startswith("2026-11-21 INFO")]
    assert "\nINFO forged" not in caplog.text


@pytest.mark.parametrize(
    "headers",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Content-Length: +4\r\n",
    ],
)
def test_the_server_takes_no_request_with_two_ends(headers):
    sent = f"POST / HTTP/1.1\r\nHost: localhost\r\n{headers}\r\nabcd".encode()
    with pytest.raises((ParseException, NotImplementedError)):
        next(iter(RequestParser(ServerConfig(), io.BytesIO(sent), ("127.0.0.1", 1))))


def test_a_password_is_masked_and_may_come_from_a_manager(client):
    [field] = re.findall(r'<input[^>]*name="password"[^>]*>', client.get(f"{HERE}/sign-in").text)
    assert 'type="password"' in field
    assert 'autocomplete="current-password"' in field
    assert "onpaste" not in field


def test_a_password_is_kept_as_argon2id_of_the_recommended_cost():
    assert hash_password("một mật khẩu đủ dài").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_the_record_keeps_its_times_with_their_zone():
    stamps = [
        column
        for table in db.metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, DateTime)
    ]
    assert len(stamps) > 20
    assert [str(one) for one in stamps if not one.type.timezone] == []


def test_a_mistake_of_ours_is_logged_without_what_was_typed(app, caplog, client):
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["accounts.sign_in"] = lambda: 1 / 0
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"csrf_token": "token", "login": "khong.ai", "password": "một mật khẩu đủ dài"}
    assert client.post(f"{HERE}/sign-in", data=typed).status_code == 500
    assert "ZeroDivisionError" in caplog.text
    assert "mật khẩu" not in caplog.text


EICAR = r"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"


def test_nothing_of_an_uploaded_file_is_kept_or_served(app, world, officer):
    """Cells are read; what else a workbook holds goes nowhere, and its name opens no path."""
    rows = [text_cell("A1", "Họ và tên") + text_cell("B1", "Năm sinh")]
    rows += [text_cell("A2", "Lò Thị Pánh") + text_cell("B2", "1990")]
    lines = "".join(f'<row r="{at}">{row}</row>' for at, row in enumerate(rows, start=1))
    content = workbook(lines, more={"xl/media/picture.png": EICAR})
    sent = officer.post(
        f"{HERE}/roster/imports",
        data={"file": (io.BytesIO(content), "../../static/evil.html")},
        content_type="multipart/form-data",
    )
    assert sent.status_code == 303, sent.text
    with world.inside(DEPARTMENT):
        kept = db.session.scalars(select(RosterImport)).one()
        values = [getattr(kept, column.name) for column in RosterImport.__table__.columns]
        assert EICAR not in repr(values)
        assert EICAR.encode() not in officer.get(sent.location).data
    assert not list(Path(str(app.static_folder)).rglob("evil.html"))


def test_a_wrong_password_leaves_a_line_and_not_the_name_that_was_typed(client, caplog):
    with client.session_transaction() as session:
        session["csrf_token"] = "token"
    typed = {"csrf_token": "token", "login": "mật khẩu của tôi", "password": "một mật khẩu đủ dài"}
    with caplog.at_level("INFO", logger="app.services.sessions"):
        assert client.post(f"{HERE}/sign-in", data=typed).status_code == 422
    assert '{"act": "sign-in-wrong", "address": "127.0.0.1"}' in caplog.messages
    assert "mật khẩu" not in caplog.text


def test_a_password_of_a_hundred_signs_is_taken():
    require_good_password("bốn mùa hoa ban nở trên núi " * 3 + "và gió thổi qua rừng")
