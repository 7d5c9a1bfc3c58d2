"""A browser asks once for what cannot change, and each time for what can."""

import re

import pytest

from app.web.requests import HEADERS
from tests.builders.world import DEPARTMENT


KEPT = "public, max-age=31536000, immutable"
REFERENCE = re.compile(r"""(?:href|src)="(/static/[^"#]+)""")
FONT = "/static/vendor/be-vietnam-pro-5.3.0/be-vietnam-pro-vietnamese-400-normal.woff2"


@pytest.fixture
def fetch(client):
    """Ask for an asset, and read the answer to its end."""

    def ask(address, **headers):
        with client.get(address, headers=headers) as answer:
            answer.get_data()
            return answer

    return ask


@pytest.fixture
def page(client):
    return client.get(f"/{DEPARTMENT}/-/sign-in")


def test_a_page_names_every_asset_so_that_the_browser_keeps_it(fetch, page):
    found = set(REFERENCE.findall(page.text))
    assert {one.split("?")[0] for one in found} >= {
        "/static/css/bang-vang.css",
        "/static/js/enhance.js",
        "/static/img/mark.svg",
    }
    for address in found:
        answer = fetch(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, KEPT), address
        assert "Vary" not in answer.headers


def test_the_page_itself_is_kept_nowhere(page):
    assert page.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("address", "keeping"),
    [
        (FONT, KEPT),
        ("/static/css/bang-vang.css", "no-cache"),
        ("/static/css/bang-vang.css?v=", "no-cache"),
        ("/static/css/bang-vang.css?v=0123456789", "no-cache"),
        (f"{FONT}?v=0123456789", "no-cache"),
        ("/static/vendor/manifest.json", "no-cache"),
    ],
)
def test_only_an_address_that_tells_the_content_is_kept(fetch, address, keeping):
    answer = fetch(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == keeping


def test_an_asset_that_is_not_there_is_not_kept(fetch):
    answer = fetch("/static/css/no-such-thing.css")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "no-store"


def test_an_asset_is_armoured_like_a_page(fetch):
    answer = fetch("/static/js/enhance.js")
    assert {name: answer.headers[name] for name in HEADERS} == HEADERS


def test_who_asks_again_for_what_has_not_changed_is_sent_nothing(fetch):
    first = fetch("/static/css/bang-vang.css")
    again = fetch("/static/css/bang-vang.css", **{"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["Cache-Control"] == "no-cache"
