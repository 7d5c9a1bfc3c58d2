"""Reports lie on the desk of an association in a crowd, too, and hold everybody who is there."""

from datetime import date

from sqlalchemy import text

from app.demonstration import loading
from app.demonstration.loading import Wish, load_demonstration
from app.persistence.database import db
from app.persistence.sealing import NumberSeal
from app.persistence.unit_of_work import unit_of_work
from tests.builders.reporting import paper_for_tests


LAI_CHAU, TOLD = 12, 60
SIGNED = """
    SELECT report.state, report.accepted_version, (
        SELECT count(*) FROM report_member AS member WHERE member.tenant_id = report.tenant_id
    ), (
        SELECT count(DISTINCT identity_id) FROM dossier
        WHERE dossier.tenant_id = report.tenant_id AND dossier.year = report.year
        AND state NOT IN ('withdrawn', 'transferred')
    ) FROM report
"""


def test_what_is_signed_holds_the_crowd(app, world, monkeypatch):
    monkeypatch.setattr(loading, "MOST_STORIES", TOLD)
    wish = Wish(today=date(2026, 11, 22), provinces=(LAI_CHAU,), people=4 * TOLD)
    assert wish.is_crowd
    with app.app_context(), world.owner(), unit_of_work():
        load_demonstration(
            wish,
            seal=NumberSeal.with_key(b"\xab" * 32),
            report=lambda *_: None,
            paper=paper_for_tests,
        )
        [(state, accepted, behind, there)] = db.session.execute(text(SIGNED)).all()
    assert (state, accepted) == ("accepted", 1)
    assert behind == there > 0
