"""What every answer tells the browser, whoever asked for whatever: to the letter."""

import re
from dataclasses import replace
from http.cookies import SimpleCookie
from io import BytesIO
from uuid import UUID

import pytest
from flask import request, send_file

from app.config import LOOPBACK, Config
from app.domain.permissions import Role
from app.factory import create_app
from app.web.assets import ASKED_FOR_AGAIN
from tests.builders.world import DEPARTMENT
from tests.isolation.access_table import AccessTable


HERE = f"/{DEPARTMENT}/-"
PAGE = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
        " font-src 'self'; connect-src 'self'; object-src 'none'; form-action 'self';"
        " base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": None,
    "Access-Control-Allow-Origin": None,
    "Cache-Control": "no-store",
}
"""None: the answer has no such header."""
FILE = PAGE | {
    "Content-Security-Policy": (
        "default-src 'none'; object-src 'none'; form-action 'none'; base-uri 'none';"
        " frame-ancestors 'none'; sandbox"
    )
}
HTTPS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}
NEARLY_ALL = sorted(set(Role) - {Role.CITIZEN, Role.UNIT_HEAD})
WORDS = {"code": "vi", "filename": "css/bang-vang.css", "number": 3, "year": 2026}


def armour_of(answer):
    return {name: answer.headers.get(name) for name in PAGE}


def unlike(answer, wanted):
    """Return each header that is not to the letter as it should be."""
    return {name: value for name, value in armour_of(answer).items() if value != wanted[name]}


def page_of(app, line):
    """Return the address of a page, with ids of nobody's."""
    urls = app.url_map.bind("localhost")
    rule = next(one for one in app.url_map.iter_rules(line.endpoint) if line.method in one.methods)
    ids = set(re.findall(r"<uuid:(\w+)>", rule.rule))
    values = {
        name: UUID(int=7) if name in ids else WORDS.get(name, "completion")
        for name in rule.arguments
    }
    return urls.build(line.endpoint, values, method=line.method)


@pytest.fixture(scope="module")
def table():
    return AccessTable()


@pytest.fixture
def insider(world, sign_in):
    """Somebody who may nearly everything."""
    return sign_in(world.make_account(DEPARTMENT, *NEARLY_ALL))


@pytest.fixture
def over_https(config):
    app = create_app(replace(config, is_https=True))
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def visits(app, table, browser, prefix, **options):
    """Knock on every door but the one that leads out; yield each line with its answer."""
    for line in table.lines:
        if line.endpoint == "accounts.sign_out":
            continue
        with browser.open(
            prefix + page_of(app, line), method=line.method, data={}, **options
        ) as answer:
            yield line, answer


def wanted_of(line, answer):
    if line.endpoint == "static" and answer.status_code == 200:
        return PAGE | {"Cache-Control": ASKED_FOR_AGAIN}
    return FILE if "Content-Disposition" in answer.headers else PAGE


@pytest.mark.parametrize("prefix", ["", HERE])
def test_every_page_is_armoured_for_a_stranger(app, table, client, prefix):
    wrong = {
        line.key: found
        for line, answer in visits(app, table, client, prefix)
        if (found := unlike(answer, wanted_of(line, answer)))
    }
    assert wrong == {}


def says_what_it_is(answer):
    """Tell whether there is a type, with its alphabet where it is text."""
    is_text = answer.mimetype.startswith("text/")
    return "charset=utf-8" in answer.content_type if is_text else bool(answer.content_type)


def test_every_page_that_opens_is_armoured_and_says_what_it_is(app, table, insider):
    seen, files, wrong = set(), set(), {}
    for line, answer in visits(app, table, insider, HERE):
        seen.add(answer.status_code)
        if "Content-Disposition" in answer.headers:
            files.add(line.endpoint)
        if found := unlike(answer, wanted_of(line, answer)):
            wrong[line.key] = found
        if answer.data and not says_what_it_is(answer):
            wrong[line.key] = answer.content_type
    assert wrong == {}
    assert {200, 302, 303, 404} <= seen
    assert {"record.workbook", "roster.template"} <= files


ATTRIBUTES = ("secure", "httponly", "samesite", "path", "domain")


def cookies_of(answer):
    for text in answer.headers.getlist("Set-Cookie"):
        for one in SimpleCookie(text).values():
            yield (
                one.key,
                one["secure"],
                one["httponly"],
                one["samesite"],
                one["path"],
                one["domain"],
            )


def test_over_https_every_answer_demands_it_and_every_cookie_is_for_this_host_alone(
    over_https, table
):
    wrong, cookies = {}, set()
    for line, answer in visits(over_https, table, over_https.test_client(), HERE):
        cookies |= set(cookies_of(answer))
        if found := unlike(answer, wanted_of(line, answer) | HTTPS):
            wrong[line.key] = found
    assert wrong == {}
    assert cookies == {("__Host-session", True, True, "Lax", "/", "")}


def fail():
    raise ZeroDivisionError


def test_every_error_is_armoured(app, client, insider, sign_in, world):
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["home.index"] = fail
    citizen = sign_in(world.make_account(DEPARTMENT, Role.CITIZEN))
    answers = {
        400: client.post(f"{HERE}/sign-in"),
        403: citizen.get(f"{HERE}/roster/"),
        404: client.get("/no/such/-/page"),
        405: client.post("/healthz", headers={"X-CSRF-Token": token_of(client)}),
        500: insider.get(f"{HERE}/home"),
    }
    app.config["MAX_CONTENT_LENGTH"] = 10
    answers[413] = insider.post(f"{HERE}/roster/imports", data={"file": "x" * 100})
    assert {code: answer.status_code for code, answer in answers.items()} == {
        code: code for code in answers
    }
    assert [code for code, answer in answers.items() if unlike(answer, PAGE)] == []


def test_health_and_strange_hosts_are_answered_in_armour(client):
    assert unlike(client.get("/healthz"), PAGE) == {}
    strange = client.get("/healthz", headers={"Host": "evil.example"})
    assert strange.status_code == 400
    assert unlike(strange, PAGE) == {}


INLINE = (" style=", "<style", " onclick=", " onload=", " onsubmit=", "javascript:")


def test_no_template_runs_or_styles_anything_inline(app):
    """The policy forbids it, so a page that tried would be broken."""
    found = [
        name
        for name in app.jinja_env.list_templates()
        for text in [app.jinja_env.loader.get_source(app.jinja_env, name)[0]]
        if any(
            sign in text for sign in (" style=", "<style", " onclick=", " onload=", "javascript:")
        )
    ]
    assert found == []


def token_of(browser):
    with browser.session_transaction() as session:
        session["csrf_token"] = "token"
    return "token"


@pytest.mark.parametrize("htmx", [{}, {"HX-Request": "true"}])
def test_no_change_is_taken_without_its_token(app, table, insider, htmx):
    del insider.environ_base["HTTP_X_CSRF_TOKEN"]
    changes = {
        line.endpoint: answer.status_code
        for line, answer in visits(app, table, insider, HERE, headers=htmx)
        if line.method != "GET"
    }
    assert len(changes) > 50
    assert {endpoint: code for endpoint, code in changes.items() if code != 400} == {}


@pytest.mark.parametrize("token", ["", "tokem", "tokenn", "tökèn"])
def test_another_token_is_no_token(insider, token):
    del insider.environ_base["HTTP_X_CSRF_TOKEN"]
    sent = insider.post(f"{HERE}/account/sessions/end-others", data={"csrf_token": token})
    assert sent.status_code == 400


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_that_another_site_sends_is_refused_with_the_right_token(insider, site):
    page = f"{HERE}/account/sessions/end-others"
    assert insider.post(page, headers={"Sec-Fetch-Site": site}).status_code == 400
    assert insider.post(page, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_no_other_method_is_answered(insider):
    for method in ("TRACE", "PUT", "PATCH", "DELETE", "CONNECT", "BREW"):
        for page in ("/", "/healthz", f"{HERE}/roster/", "/static/css/bang-vang.css"):
            assert insider.open(page, method=method).status_code == 405, (method, page)


def test_no_asset_gives_a_cookie(client):
    with client.get("/static/css/bang-vang.css") as answer:
        assert "Set-Cookie" not in answer.headers


HOSTILE_NAME = 'Danh sách "Lò Thị Pánh"; filename=x.html'


def test_a_file_that_leaves_is_saved_under_its_name_and_never_shown(app, world, sign_in):
    """Whatever its name says, and whatever a browser thinks it is."""
    officer = world.make_account(DEPARTMENT, Role.OFFICER)
    view = app.view_functions["exports.index"]
    app.view_functions["exports.index"] = lambda: send_file(
        BytesIO(b"<script>"), "text/html", as_attachment=True, download_name=HOSTILE_NAME
    )
    with sign_in(officer).get(f"{HERE}/exports/") as answer:
        assert unlike(answer, FILE) == {}
        disposition = answer.headers["Content-Disposition"]
    app.view_functions["exports.index"] = view
    assert disposition.startswith("attachment; ")
    assert "filename*=UTF-8''Danh%20s%C3%A1ch%20%22L%C3%B2" in disposition


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "", "127.0.0.1.nip.io"])
def test_only_our_host_names_are_answered(client, host):
    for page in ("/", f"{HERE}/home", "/healthz"):
        answer = client.get(page, headers={"Host": host})
        assert answer.status_code == 400, page
        assert "evil" not in answer.text


SERVICES = {"DATABASE_URL": "d", "REDIS_URL": "r", "SECRET_KEY": "s", "CCCD_KEY": "c"}


@pytest.mark.parametrize(
    ("more", "hosts", "hops"),
    [
        ({}, LOOPBACK, 0),
        ({"BANGVANG_URL": "https://bangvang.example.vn:8443/"}, ("bangvang.example.vn",), 0),
        ({"BANGVANG_URL": "https://a.vn", "BANGVANG_HOSTS": "b.vn, c.vn"}, ("b.vn", "c.vn"), 0),
        ({"BANGVANG_PROXIES": "2"}, LOOPBACK, 2),
    ],
)
def test_host_names_and_proxies_come_from_the_environment(more, hosts, hops):
    config = Config.from_environment(SERVICES | more)
    assert (config.trusted_hosts, config.proxy_hops) == (hosts, hops)


FORWARDED = {
    "X-Forwarded-For": "6.6.6.6, 10.0.0.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "6.6.6.6",
    "Forwarded": "for=6.6.6.6;host=evil.example",
}


@pytest.mark.parametrize(
    ("hops", "address", "scheme"), [(0, "127.0.0.1", "http"), (1, "10.0.0.9", "https")]
)
def test_only_our_own_proxies_say_who_is_asking(config, hops, address, scheme):
    app = create_app(replace(config, proxy_hops=hops))
    seen = {}

    def look():
        seen.update(
            address=request.remote_addr,
            scheme=request.scheme,
            host=request.host,
            root=request.script_root,
        )
        return "ok"

    app.view_functions["health.live"] = look
    assert app.test_client().get("/healthz", headers=FORWARDED).status_code == 200
    assert seen == {"address": address, "scheme": scheme, "host": "localhost", "root": ""}


def test_a_form_of_a_thousand_and_one_parts_or_a_megabyte_is_refused(insider):
    page = f"{HERE}/roster/imports"
    parts = {f"part-{number}": "x" for number in range(1001)}
    many = insider.post(page, data=parts, content_type="multipart/form-data")
    assert many.status_code == 413
    large = insider.post(page, data={"reason": "x" * (1024 * 1024 + 1)})
    assert large.status_code == 413
    assert insider.post(page, data={"reason": "x" * 1000}).status_code < 500


def test_signing_out_makes_the_browser_forget(insider):
    answer = insider.post(f"{HERE}/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Clear-Site-Data" not in insider.get(f"{HERE}/sign-in").headers
