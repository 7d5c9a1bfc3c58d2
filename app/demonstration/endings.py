"""What is left to do once all agencies are written, in statements over whole provinces."""

from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import select, text

from app.domain.deadlines import last_day
from app.persistence.database import db
from app.persistence.models import DeadlineRow, Tenant
from app.persistence.queries.calendar import working_days
from app.persistence.queries.settings import to_deadline
from app.persistence.tenancy import tenant_scope
from app.services.results import recompute_province
from tenants.schema import DeadlineKind


class HistoryError(Exception):
    """A dossier does not stand where its events lead."""


def finish(provinces: Collection[int], today: date) -> None:
    """Count the years in a row, check every state, roll the figures up, and leave time to act."""
    places = {"provinces": list(provinces)}
    for statement in (_STREAKS, _OUTSTANDING_DOSSIERS, _OUTSTANDING_EVENTS):
        db.session.execute(text(statement), places)
    _require_histories(provinces)
    _leave_time(provinces, today)
    roll_up(provinces)


# The years of a person in all agencies; a gap makes the difference to the row number jump.
_STREAKS = """
    WITH recognised AS (
        SELECT DISTINCT identity_id, year FROM dossier
        WHERE province_id = ANY (:provinces) AND outcome = 'recognised'
        AND state IN ('decided', 'published', 'appealed')
    ), islands AS (
        SELECT identity_id, year,
            year - row_number() OVER (PARTITION BY identity_id ORDER BY year) AS island
        FROM recognised
    ), streaks AS (
        SELECT identity_id, year,
            row_number() OVER (PARTITION BY identity_id, island ORDER BY year) AS length
        FROM islands
    )
    UPDATE decision_item AS item
    SET streak = streaks.length, is_outstanding = streaks.length >= dossier.outstanding_years
    FROM dossier JOIN streaks USING (identity_id, year)
    WHERE item.province_id = ANY (:provinces)
    AND dossier.province_id = item.province_id AND dossier.tenant_id = item.tenant_id
    AND dossier.id = item.dossier_id AND item.outcome = 'recognised'
"""
_OUTSTANDING_DOSSIERS = """
    UPDATE dossier SET is_outstanding = true
    FROM decision_item AS item
    WHERE item.province_id = ANY (:provinces) AND item.is_outstanding
    AND dossier.province_id = item.province_id AND dossier.tenant_id = item.tenant_id
    AND dossier.id = item.dossier_id
"""
_OUTSTANDING_EVENTS = """
    UPDATE dossier_event AS event SET facts = facts || '{"is_outstanding": true}'
    FROM dossier
    WHERE event.province_id = ANY (:provinces) AND event.event IN ('decide', 'correct')
    AND event.facts ->> 'outcome' = 'recognised' AND dossier.is_outstanding
    AND dossier.province_id = event.province_id AND dossier.tenant_id = event.tenant_id
    AND dossier.id = event.dossier_id
"""
_ASTRAY = """
    SELECT count(*) FROM dossier LEFT JOIN LATERAL (
        SELECT to_state FROM dossier_event AS event
        WHERE event.province_id = dossier.province_id AND event.tenant_id = dossier.tenant_id
        AND event.dossier_id = dossier.id ORDER BY at DESC, id DESC LIMIT 1
    ) AS last ON true
    WHERE dossier.province_id = ANY (:provinces)
    AND dossier.state <> coalesce(last.to_state, 'listed')
"""


def _require_histories(provinces: Collection[int]) -> None:
    astray = db.session.execute(text(_ASTRAY), {"provinces": list(provinces)}).scalar_one()
    if astray:
        raise HistoryError(f"{astray} dossiers do not stand where their events lead")


_PATIENCE = timedelta(days=13)
_WORDING = "Chậm nhất ngày 31/12 hằng năm (trong bản minh họa)"
_PUT_OFF = """
    UPDATE deadline SET month = 12, day = 31, rule = 'by', wording = :wording, set_by = (
        SELECT account_id FROM membership
        WHERE membership.province_id = deadline.province_id
        AND membership.tenant_id = deadline.tenant_id AND role = 'tenant_admin'
        ORDER BY since LIMIT 1
    )
    WHERE id = :deadline
"""
_PERSONAL = (DeadlineKind.REGISTRATION, DeadlineKind.SELF_ASSESSMENT)


def _leave_time(provinces: Collection[int], today: date) -> None:
    """Put off what nobody published and newcomers would find closed: they are here to try.

    It counts as set by the agency's administrator, so that no file takes it back.
    """
    held = DeadlineRow.__table__
    assumed = select(held).where(
        held.c.province_id.in_(provinces), held.c.is_assumed, held.c.kind.in_(_PERSONAL)
    )
    for one in db.session.execute(assumed).mappings().all():
        deadline = to_deadline(DeadlineRow(**one))
        if last_day(deadline, today.year, working_days()) < today + _PATIENCE:
            db.session.execute(text(_PUT_OFF), {"deadline": one["id"], "wording": _WORDING})


def roll_up(provinces: Collection[int]) -> None:
    """Count every figure, as whoever stands above all agencies of a province."""
    highest = select(Tenant).where(Tenant.province_id.in_(provinces), Tenant.parent_id.is_(None))
    for tenant in db.session.scalars(highest).all():
        with tenant_scope(tenant.key):
            recompute_province()
