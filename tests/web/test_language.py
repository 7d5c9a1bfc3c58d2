"""Which language a page speaks, and how it writes numbers and dates."""

from datetime import UTC, date, datetime
from fractions import Fraction

import pytest
from flask_babel import force_locale

from app.domain.permissions import Role
from app.web.language import show_date, show_moment, show_number, show_percent
from tests.builders.world import DEPARTMENT


SIGN_IN = f"/{DEPARTMENT}/-/sign-in"


@pytest.mark.parametrize(
    ("address", "browser", "expected"),
    [
        ("", "", "vi"),
        ("", "fr", "vi"),
        ("", "en-GB,en;q=0.8", "en"),
        ("?lang=vi", "en", "vi"),
        ("?lang=en", "vi", "en"),
        ("?lang=fr", "", "vi"),
    ],
)
def test_the_address_goes_before_the_browser_and_vietnamese_comes_last(
    client, address, browser, expected
):
    page = client.get(SIGN_IN + address, headers={"Accept-Language": browser})
    assert f'<html lang="{expected}"' in page.text


def test_the_choice_in_the_address_stays_for_the_next_page(client):
    client.get(f"{SIGN_IN}?lang=en", headers={"Accept-Language": "vi"})
    assert '<html lang="en"' in client.get(SIGN_IN, headers={"Accept-Language": "vi"}).text


def test_the_choice_in_the_account_goes_before_everything(world, sign_in):
    browser = sign_in(world.make_account(DEPARTMENT, Role.OFFICER), language="vi")
    browser.get(f"/{DEPARTMENT}/-/language/en")
    page = browser.get(f"/{DEPARTMENT}/-/home?lang=vi", headers={"Accept-Language": "vi"})
    assert '<html lang="en"' in page.text


@pytest.mark.parametrize(
    ("language", "number", "percent"), [("vi", "358.898", "62,1%"), ("en", "358,898", "62.1%")]
)
def test_numbers_are_written_as_the_reader_writes_them(app, language, number, percent):
    with app.test_request_context(), force_locale(language):
        assert show_number(358_898) == number
        assert show_percent(Fraction(6206, 100)) == percent


def test_dates_stand_as_on_documents_and_times_are_those_of_viet_nam(app):
    with app.test_request_context():
        assert show_date(date(2026, 2, 5)) == "05/02/2026"
        assert show_moment(datetime(2026, 12, 4, 17, 0, tzinfo=UTC)) == "05/12/2026 00:00"


def test_a_redirect_after_signing_in_never_leaves_the_house(client, world):
    page = client.get(f"/{DEPARTMENT}/-/language/en?next=https://elsewhere.example/")
    assert page.location.startswith("/")
    page = client.get(f"/{DEPARTMENT}/-/language/en?next=//elsewhere.example/")
    assert not page.location.startswith("//")
