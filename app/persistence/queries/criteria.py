"""Published criteria sets, wherever they came from, and the drafts of the agency in scope.

A published set never changes, so what was read once is kept; a province's sets are kept for its
agencies alone, as the database shows them to nobody else.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Engine, Select, or_, select
from sqlalchemy.orm import undefer

from app.domain.criteria import DraftState
from app.domain.permissions import GRANTS, Permission, Role
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import Account, CriteriaDraft, Membership, PublishedSet
from app.persistence.tenancy import NoTenantInScopeError, tenant_in_scope
from tenants.loading import read_criteria_set
from tenants.schema import CriteriaSet


_Known = dict[tuple[int | None, str], CriteriaSet]
_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A published set, and how it came to be."""

    criteria: CriteriaSet
    digest: str
    published_at: datetime
    published_by: str | None
    edited_by: str | None


def find_criteria(reference: str) -> CriteriaSet | None:
    """Return what a published set says; None for one that is not there, or another province's."""
    return find_all_criteria((reference,)).get(reference)


def find_all_criteria(references: Collection[str]) -> Mapping[str, CriteriaSet]:
    """Return what published sets say, by their references; unknown ones are left out."""
    province, known = _province(), _known.setdefault(db.engine, {})
    new = [one for one in references if (province, one) not in known]
    if new:
        rows = select(PublishedSet.reference, PublishedSet.content)
        for reference, content in db.session.execute(
            rows.where(PublishedSet.reference.in_(new), _visible())
        ):
            known[province, reference] = read_criteria_set(content, reference)
    return {one: known[province, one] for one in references if (province, one) in known}


def _visible() -> ColumnElement[bool]:
    """Narrow to the sets of the nation and of the province in scope; the first wall."""
    return or_(PublishedSet.province_id.is_(None), PublishedSet.province_id == _province())


def _province() -> int | None:
    try:
        return tenant_in_scope().province_id
    except NoTenantInScopeError:
        return None


def criteria_to_choose() -> tuple[CriteriaSet, ...]:
    """Return the sets that the agency in scope may use: the nation's and its province's."""
    references = db.session.scalars(select(PublishedSet.reference).where(_visible())).all()
    found = find_all_criteria(references).values()
    return tuple(sorted(found, key=lambda one: (one.province is None, one.key, one.version)))


def published_sets() -> Sequence[Published]:
    """Return the sets of the nation and of the province, the newest version of each first."""
    rows = db.session.scalars(select(PublishedSet).where(_visible())).all()
    known = find_all_criteria([row.reference for row in rows])
    found = [_published(row, known[row.reference]) for row in rows]
    return sorted(found, key=_newest_first)


def _newest_first(one: Published) -> tuple[bool, str, int]:
    return one.criteria.province is None, one.criteria.key, -one.criteria.version


def load_published(reference: str) -> Published:
    """Return a published set and how it came to be; ``MissingError`` for one not to be seen."""
    row = db.session.scalars(
        select(PublishedSet).where(PublishedSet.reference == reference, _visible())
    ).one_or_none()
    criteria = find_criteria(reference)
    if row is None or criteria is None:
        raise MissingError(reference)
    return _published(row, criteria)


def _published(row: PublishedSet, criteria: CriteriaSet) -> Published:
    return Published(
        criteria=criteria,
        digest=row.digest,
        published_at=row.published_at,
        published_by=row.published_by,
        edited_by=row.edited_by,
    )


def content_of(reference: str) -> Mapping[str, object]:
    """Return what a published set says, as it is kept."""
    row = db.session.scalars(
        select(PublishedSet)
        .where(PublishedSet.reference == reference, _visible())
        .options(undefer(PublishedSet.content))
    ).one_or_none()
    if row is None:
        raise MissingError(reference)
    return row.content


def newest_version(key: str) -> int:
    """Return the number of the newest version of a series; 0 when there is none."""
    names = db.session.scalars(
        select(PublishedSet.reference).where(PublishedSet.reference.startswith(f"{key}@"))
    )
    return max((int(name.rpartition("@")[2]) for name in names), default=0)


def open_drafts() -> Sequence[CriteriaDraft]:
    """Return the drafts of the agency that are being written."""
    return db.session.scalars(
        select(CriteriaDraft)
        .where(CriteriaDraft.state == DraftState.OPEN)
        .order_by(CriteriaDraft.key)
    ).all()


def load_draft(draft_id: UUID) -> CriteriaDraft:
    """Return an open draft of the agency."""
    draft = db.session.scalars(_open_draft(draft_id)).one_or_none()
    if draft is None:
        raise MissingError(draft_id)
    return draft


def _open_draft(draft_id: UUID) -> Select[CriteriaDraft]:
    return select(CriteriaDraft).where(
        CriteriaDraft.id == draft_id, CriteriaDraft.state == DraftState.OPEN
    )


def load_draft_to_change(draft_id: UUID) -> CriteriaDraft:
    """Return an open draft of the agency, locked until the end of the transaction."""
    statement = _open_draft(draft_id).with_for_update()
    draft = db.session.scalars(statement.execution_options(populate_existing=True)).one_or_none()
    if draft is None:
        raise MissingError(draft_id)
    return draft


def writers_on(day: date) -> frozenset[UUID]:
    """Return the human beings who may write criteria sets in the agency in scope on a day."""
    roles = [role for role in Role if Permission.SETTINGS_EDIT in GRANTS[role]]
    return frozenset(
        db.session.scalars(
            select(Account.identity_id)
            .join(Membership, Membership.account_id == Account.id)
            .where(
                Membership.role.in_(roles),
                Membership.since <= day,
                or_(Membership.until.is_(None), Membership.until >= day),
                ~Account.is_disabled,
            )
        )
    )
