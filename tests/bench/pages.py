"""Times pages against their own queries, run bare on the same connection settings."""

from collections.abc import Callable
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, select

from app.domain.permissions import Role
from app.persistence.database import db
from app.persistence.models import Dossier
from tests.bench.measuring import Measurement, bare, measure, recording
from tests.builders.sessions import open_session
from tests.builders.world import COMMUNE, PROVINCE, Someone, World


def measure_pages(world: World, size: int, year: int) -> list[Measurement]:
    """Time the province's page and the form on which a dossier is scored."""
    app = world.app
    association = world.make_account(PROVINCE, Role.ASSOCIATION)
    appraiser = world.make_account(COMMUNE, Role.APPRAISER)
    dossier = _one_dossier(world, year)
    return [
        measure_page("page: the province's board", app, association, f"/{PROVINCE}/-/board/", size),
        measure_page(
            "page: the form of a dossier",
            app,
            appraiser,
            f"/{COMMUNE}/-/appraisals/{dossier}",
            size,
        ),
    ]


def measure_independence(small: World, large: World, size: int) -> list[Measurement]:
    """Open the province's board in two houses in turns: the floor is the one with few dossiers."""
    address = f"/{PROVINCE}/-/board/"
    visits = [
        _open(_browser(one.app, one.make_account(PROVINCE, Role.ASSOCIATION)), address)
        for one in (large, small)
    ]
    name = "page: the province's board, most beside fewest"
    return [measure(name, size, *visits, rounds=40)]


def _one_dossier(world: World, year: int) -> UUID:
    with world.inside(COMMUNE):
        return db.session.scalars(
            select(Dossier.id).where(Dossier.year == year, Dossier.state == "in_appraisal")
        ).first()


def measure_page(name: str, app: Flask, reader: Someone, address: str, size: int) -> Measurement:
    """Time a page as one reader opens it against the statements that it sends, run bare."""
    browser = _browser(app, reader)
    with app.app_context():
        engine = db.engine
        url = engine.url
    with recording(engine) as statements:
        _open(browser, address)()
    plain = create_engine(url, connect_args={"options": "-c role=bangvang_app"})
    try:
        return measure(name, size, _open(browser, address), bare(plain, statements))
    finally:
        plain.dispose()


def _open(browser: FlaskClient, address: str) -> Callable[[], None]:
    def visit() -> None:
        answer = browser.get(address)
        if answer.status_code != 200:
            raise AssertionError(f"{address} answered {answer.status_code}")

    return visit


def _browser(app: Flask, reader: Someone) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = open_session(app, reader.id)
    return browser
