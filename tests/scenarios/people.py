"""People of a scenario, each at a window of their own: what they open, type, press and read."""

import re
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from uuid import UUID

import pyotp
from flask import Flask
from playwright.sync_api import Locator, Page
from sqlalchemy import select, text

from app.domain.factors import needs_factor
from app.domain.permissions import Role
from app.persistence.clock import today
from app.persistence.database import db
from app.persistence.models import Account, Person, Unit
from app.persistence.unit_of_work import unit_of_work
from app.services.accounts import hash_password
from tests.builders.sessions import give_totp, open_session
from tests.builders.world import Someone, World
from tests.scenarios.reading import require_fit


PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
PASSWORD = "đi một ngày đàng học một sàng khôn"
# However slow the machine is, nobody's factor goes stale while others act.
_A_SITTING = timedelta(hours=1)
MAIN_BUTTON = "main [type=submit].btn-primary"
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


class Desk:
    """Somebody at a window on one agency. Whatever they see must be fit for everybody.

    ``english`` is a second window of the same person: each page is looked at there too.
    """

    def __init__(
        self,
        page: Page,
        slug: str,
        english: Page | None = None,
        *,
        language: str = "vi",
        has_scripts: bool = True,
        looked_at: set[object],
    ) -> None:
        self.page = page
        self.base = f"/{slug}/-"
        self.english = english
        self.language = language
        self.has_scripts = has_scripts
        self.addresses: dict[str, None] = {}
        self._looked_at = looked_at

    def visit(self, path: str, *, status: int = 200) -> None:
        """Open a page of the agency."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        assert answer.status == status, f"{self.page.url}: {answer.status}"
        self.look()

    def follow(self, end_of_link: str) -> None:
        """Follow the first link whose address ends so."""
        self.press(f"main a[href$='{end_of_link}']")

    def press(self, button: str | Locator = MAIN_BUTTON, *, status: int = 200) -> None:
        """Press a button or a link that leads to another page."""
        found = button if isinstance(button, Locator) else self.page.locator(button).first
        with self.page.expect_navigation() as opened:
            found.click()
        answer = opened.value
        assert answer.status == status, f"{self.page.url}: {answer.status}\n{self.words()[:2000]}"
        self.look()

    def fill(self, **fields: object) -> None:
        """Type into fields, each by its name; a line stands for a minus sign."""
        for name, value in fields.items():
            self.page.fill(f"main [name='{name}']", str(value))

    def fill_scores(self, scores: Sequence[object], field: str = "score_{}") -> None:
        """Type ten scores into ten boxes."""
        for number, score in enumerate(scores, start=1):
            self.page.fill(f"main [name='{field.format(number)}']", str(score))

    def choose(self, name: str, label: str) -> None:
        """Choose from a list by its words."""
        self.page.select_option(f"main [name='{name}']", label=label)

    def words(self) -> str:
        """Return what stands on the page."""
        return self.page.locator("main").inner_text()

    def reads(self, *words: str) -> None:
        """Hold the page to saying something."""
        on_page = self.words()
        for one in words:
            assert one in on_page, f"{self.page.url} does not say {one!r}:\n{on_page[:3000]}"

    def path(self) -> str:
        """Return the address of the page without the agency's part."""
        return self.page.url.partition("/-")[2]

    def look(self) -> None:
        """Hold what the page shows to the rules for all pages, at a desk and on a phone."""
        self.addresses[self.path()] = None
        assert self.page.locator("html").get_attribute("lang") == self.language
        # The inspection is a script itself.
        if self.has_scripts and self._is_new(self.page):
            require_fit(self.page)
            self._look_on_a_phone()
        if self.english is not None:
            self._look_in_english(self.english)

    def _look_on_a_phone(self) -> None:
        usual = self.page.viewport_size
        if usual is not None and usual != PHONE:
            self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
            require_fit(self.page)
            self.page.set_viewport_size(usual)

    def _look_in_english(self, window: Page) -> None:
        seen = ("in English too", self._pattern())
        if seen in self._looked_at:
            return
        self._looked_at.add(seen)
        answer = window.goto(self.page.url)
        if answer is not None and answer.status == 200:
            assert window.locator("html").get_attribute("lang") == "en"
            require_fit(window)

    def _pattern(self) -> str:
        """Return the address without what differs from person to person."""
        return re.sub(r"/\d+", "/*", ID.sub("*", self.path()))

    def _is_new(self, page: Page) -> bool:
        """Tell whether a page with these parts has not been looked at yet."""
        headings = tuple(page.locator("main :is(h2, h3)").all_inner_texts())
        width = (self.page.viewport_size or DESK)["width"]
        seen = (self.language, width, self._pattern(), headings)
        is_new = seen not in self._looked_at
        self._looked_at.add(seen)
        return is_new


class Reception:
    """Opens windows for people who hold a role somewhere, and for strangers."""

    def __init__(self, app: Flask, open_browser: Callable[..., Page], house: str) -> None:
        self.app = app
        self.open_browser = open_browser
        self.house = house
        self.looked_at: set[object] = set()

    def seat(
        self, account: Someone | None, slug: str, *, in_english_too: bool = False, **window: object
    ) -> Desk:
        """Open a window on an agency for somebody who has signed in; None is a stranger."""
        language = str(window.get("language", "vi"))
        page = self._open(account, **{**window, "language": language})
        english = None
        if in_english_too:
            english = self._open(account, **{**window, "language": "en"})
        has_scripts = bool(window.get("java_script_enabled", True))
        return Desk(
            page,
            slug,
            english,
            language=language,
            has_scripts=has_scripts,
            looked_at=self.looked_at,
        )

    def _open(self, account: Someone | None, **window: object) -> Page:
        page = self.open_browser(**window)
        if account is not None:
            token = open_session(self.app, account.id, ahead=_A_SITTING)
            kept = {"_user_id": token, "language": window["language"]}
            page.context.add_cookies(
                [{"name": "session", "value": self._signed(kept), "url": self.house}]
            )
        return page

    def _signed(self, session: dict[str, object]) -> str:
        serializer = self.app.session_interface.get_signing_serializer(self.app)  # type: ignore[attr-defined]
        return str(serializer.dumps(session))


def sign_in_through_the_form(desk: Desk, someone: Someone, secret: str | None = None) -> None:
    """Type name and password, as everybody has to, and the code of an app whose secret is given."""
    desk.visit("/sign-in")
    desk.fill(login=someone.login, password=PASSWORD)
    desk.press()
    if secret is not None:
        desk.fill(code=code_on_the_phone(secret))
        desk.press()


def code_on_the_phone(secret: str, *, later: int = 0) -> str:
    """Return the code that an app shows on the real clock, or some seconds later."""
    return pyotp.TOTP(secret).at(int(time.time()) + later)


def give_password(world: World, slug: str, someone: Someone) -> str | None:
    """Let somebody sign in through the form; return the secret of the app that their role needs."""
    with world.inside(slug), unit_of_work():
        db.session.get_one(Account, someone.id).password_hash = hash_password(PASSWORD)
    return give_totp(world.app, someone.id) if needs_factor(someone.roles) else None


def open_this_year(world: World) -> int:
    """Open the year that it really is in every agency, with no deadline for the people in it."""
    with world.app.app_context(), world.owner(), unit_of_work():
        day = today()
        facts = {"year": day.year, "day": day - timedelta(days=1)}
        for statement in _OPENING:
            db.session.execute(text(statement), facts)
        return day.year


_OPENING = (
    """
    INSERT INTO cycle (id, province_id, tenant_id, year, registration_opens_on)
    SELECT gen_random_uuid(), province_id, id, :year, :day FROM tenant
    ON CONFLICT (province_id, tenant_id, year) DO NOTHING
    """,
    "UPDATE cycle SET registration_opens_on = :day",
    "DELETE FROM deadline WHERE kind IN ('registration', 'self_assessment')",
)


def give_account(world: World, slug: str, name: str) -> Someone:
    """Give somebody who is on the roster an account."""
    with world.inside(slug):
        identity = db.session.scalars(select(Person.identity_id).where(Person.name == name)).one()
    return world.make_account(slug, Role.CITIZEN, name=name, identity=identity)


def unit_called(world: World, slug: str, name: str) -> UUID:
    """Return a unit of an agency."""
    with world.inside(slug):
        return db.session.scalars(select(Unit.id).where(Unit.name == name)).one()


def wait_for(is_so: Callable[[], bool], *, seconds: float, what: str) -> float:
    """Wait until something is so, and return how long it took."""
    began = time.monotonic()
    while not is_so():
        assert time.monotonic() - began < seconds, f"not within {seconds} s: {what}"
        time.sleep(0.1)
    return time.monotonic() - began
