"""Published criteria sets, which dossiers are pinned to, and the drafts of new versions."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, SmallInteger, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.domain.criteria import DraftState
from app.persistence.columns import Moment, RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


RULE_COLUMNS = (
    "criteria_set",
    "group_number",
    "scale_min",
    "scale_max",
    "step",
    "pass_floor",
    "pass_total",
    "outstanding_years",
)
"""A dossier carries these beside its scores, so that a constraint can hold the rule to them."""


class PublishedSet(Base):
    """A published version of a criteria set, such as ``qd-324-2023@1``. It never changes.

    ``content`` is what a file of ``tenants/criteria`` says. A set of a province is seen by its
    agencies only.
    """

    __tablename__ = "criteria_set"

    reference: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    province_id: Mapped[int | None] = mapped_column(SmallInteger, ForeignKey("province.id"))
    is_verified: Mapped[bool]
    published_at: Mapped[WrittenAt]
    content: Mapped[dict[str, Any]] = deferred(mapped_column(JSONB, nullable=False))
    published_by: Mapped[str | None]
    edited_by: Mapped[str | None]


class CriteriaRule(Base):
    """How one group is scored under one version."""

    __tablename__ = "criteria_rule"
    __table_args__ = (UniqueConstraint(*RULE_COLUMNS, name="uq_criteria_rule_whole"),)

    criteria_set: Mapped[str] = mapped_column(
        ForeignKey("criteria_set.reference"), primary_key=True
    )
    group_number: Mapped[Small] = mapped_column(primary_key=True)
    scale_min: Mapped[Small]
    scale_max: Mapped[Small]
    step: Mapped[Small]
    pass_floor: Mapped[Small]
    pass_total: Mapped[Small]
    outstanding_years: Mapped[Small]


class CriteriaDraft(OwnedByTenant, Base):
    """A new version of a set while it is written: the cells that differ from what it copies."""

    __tablename__ = "criteria_draft"
    __table_args__ = (
        to_tenant(),
        CheckConstraint("state IN ('open', 'published', 'discarded')", name="state"),
        CheckConstraint("(state = 'published') = (published_as IS NOT NULL)", name="published_as"),
        Index(
            "ix_criteria_draft_open",
            "province_id",
            "tenant_id",
            "key",
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
    )

    id: Mapped[RowId]
    based_on: Mapped[str] = mapped_column(ForeignKey("criteria_set.reference"))
    key: Mapped[str]
    state: Mapped[DraftState] = mapped_column(Word(DraftState), default=DraftState.OPEN)
    version: Mapped[int] = mapped_column(default=1)
    changes: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    editors: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    published_as: Mapped[str | None] = mapped_column(ForeignKey("criteria_set.reference"))
    created_at: Mapped[WrittenAt]
    changed_at: Mapped[Moment]

    @property
    def editor_names(self) -> str:
        """Name everybody who wrote in it."""
        return ", ".join(sorted(self.editors.values()))
