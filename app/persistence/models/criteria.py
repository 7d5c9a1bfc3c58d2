"""The rule data of each published criteria set, which dossiers are pinned to."""

from sqlalchemy import ForeignKey, SmallInteger, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.persistence.columns import Small, WrittenAt
from app.persistence.database import Base


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
    """A published version of a criteria set, such as ``qd-324-2023@1``. It never changes."""

    __tablename__ = "criteria_set"

    reference: Mapped[str] = mapped_column(primary_key=True)
    digest: Mapped[str]
    province_id: Mapped[int | None] = mapped_column(SmallInteger, ForeignKey("province.id"))
    is_verified: Mapped[bool]
    published_at: Mapped[WrittenAt]


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
