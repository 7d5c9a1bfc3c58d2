"""Every page that a link leads to can be read by everybody, in both languages, on any screen."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Page, StorageState

from app.config import Config
from app.demonstration.factors import give_apps
from app.demonstration.loading import Wish, load_demonstration
from app.demonstration.roles import PASSWORD
from app.domain.deadlines import vietnam_date
from app.persistence.owner import owner_engine
from app.persistence.queries.accounts import find_account_by_login
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from tests.builders.crawling import pages_led_to
from tests.builders.reporting import paper_for_tests
from tests.builders.sessions import code_for, seal_of
from tests.builders.world import DEPARTMENT, PROVINCE
from tests.scenarios.people import DESK, PHONE
from tests.scenarios.reading import require_fit, sideways


READERS = (
    (None, DEPARTMENT),
    ("sct.congdan", DEPARTMENT),
    ("sct.vanphong", DEPARTMENT),
    ("sct.truongphong", DEPARTMENT),
    ("sct.thuky", DEPARTMENT),
    ("sct.thanhvien", DEPARTMENT),
    ("sct.giamdoc", DEPARTMENT),
    ("sct.quantri", DEPARTMENT),
    ("laichau.khuyenhoc", PROVINCE),
)
"""Who walks through the house, and where. Each takes the pages that nobody took before."""

WAYS_TO_LOOK = (("vi", PHONE, DESK), ("en", DESK, PHONE))
"""A language, the screen that a page is read on first, and the one it must fit as well."""

NOT_LINKED = {
    "accounts.confirm_app": "needs an app that is being set up",
    "accounts.factor": "asks whoever has not proved themselves lately",
    "accounts.invitation": "its address is a secret, given to one person",
    "accounts.language": "changes the language and leads back",
    "appraisals.take_return_back": "needs a dossier that was returned today",
    "board.as_of": "a line that the board fetches",
    "board.units": "is the board's table alone, for an agency's own units",
    "confirmations.confirm_together": "needs a dossier that waits for this head of unit",
    "confirmations.take_back": "needs a dossier that this head of unit has confirmed",
    "criteria.bring_in": "needs a draft, which administrators of a province's top agency write",
    "criteria.discard": "needs a draft",
    "criteria.draft": "needs a draft",
    "criteria.edit": "needs a draft",
    "criteria.file": "a file",
    "criteria.publish": "needs a draft",
    "criteria.template": "a workbook",
    "data.copy": "a file",
    "data.readable_copy": "a file",
    "data.erase": "needs a request that somebody made",
    "data.show": "needs a request that somebody made",
    "exports.file": "a workbook",
    "exports.progress": "a line that the list of workbooks fetches",
    "jobs.progress": "a line that the list of background work fetches",
    "health.jobs": "answers machines",
    "health.live": "answers machines",
    "health.ready": "answers machines",
    "inspections.answer": "needs a request of an agency above",
    "own.recall": "needs a dossier that nobody has opened yet",
    "own_data.copy": "a file",
    "own_data.readable_copy": "a file",
    "portal.agency": "leads on from an address that was typed",
    "reports.answer_time": "needs a request that an agency below has sent",
    "reports.check": "leads on from a printed report",
    "reports.expect": "is done where a year was opened with nobody below",
    "reports.own": "is what the page of reports shows where nobody stands below",
    "reports.submit": "needs a report that was compiled",
    "reports.unclose": "needs a report that was closed",
    "reports.undo": "needs a report that was handed in",
    "reports.file": "a file",
    "reports.file_below": "a file",
    "reports.version": "needs a version that was signed",
    "roster.columns": "needs a list that was uploaded",
    "roster.corrections": "a workbook",
    "roster.review": "needs a list that was uploaded",
    "static": "files",
    "transfers.accept": "needs a transfer that another agency has proposed",
    "transfers.refuse": "needs a transfer that another agency has proposed",
    "transfers.undo": "needs a transfer that was accepted and not appraised yet",
    "transfers.withdraw": "needs a transfer that waits for an answer",
}
"""Pages that no link leads to, with the reason."""


@pytest.fixture
def story(app: Flask, config: Config) -> None:
    """Five years of the agencies of one province, as of today."""
    today = vietnam_date(datetime.now(UTC))
    with app.app_context(), owner_engine(config.owner_database_url), unit_of_work():
        wish = Wish(provinces=(12,), today=today)
        load_demonstration(
            wish,
            seal=NumberSeal(config.key_ring()),
            report=lambda *_: None,
            paper=paper_for_tests,
        )
        give_apps(seal_of(app))


@pytest.mark.usefixtures("story")
def test_every_page_is_fit_for_everybody(app, open_browser):
    seen: set[str] = set()
    for login, slug in READERS:
        found = {
            name: one for name, one in pages_led_to(app, login, slug).items() if name not in seen
        }
        seen |= found.keys()
        entered = signed_in(app, open_browser, slug, login) if login else None
        for language, size, other in WAYS_TO_LOOK:
            page = open_browser(size=size, language=language, storage_state=entered)
            for address in found.values():
                page.goto(address)
                assert page.locator("html").get_attribute("lang") == language, address
                require_fit(page)
                page.set_viewport_size(other)
                assert not sideways(page), address
                page.set_viewport_size(size)
            page.context.close()
    assert pages_of(app) - seen == set()


def signed_in(app: Flask, open_browser: Callable[..., Page], slug: str, login: str) -> StorageState:
    """Sign somebody in by the form, and return the cookies of it."""
    page = open_browser()
    page.goto(f"/{slug}/-/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_url(f"**/{slug}/-/**")
    if page.url.endswith("/factor"):
        with app.app_context():
            account_id = find_account_by_login(login).id
        page.fill("#code", code_for(app, account_id))
        page.click("main button[type=submit]")
        page.wait_for_url(f"**/{slug}/-/home")
    entered = page.context.storage_state()
    page.context.close()
    return entered


def pages_of(app: Flask) -> set[str]:
    rules = app.url_map.iter_rules()
    return {one.endpoint for one in rules if "GET" in (one.methods or ())} - set(NOT_LINKED)
