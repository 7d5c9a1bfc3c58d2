"""Dossiers, what happened to them, and what each appraiser gave."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    FetchedValue,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.domain.digital_skills import DigitalSkill, digital_skill
from app.domain.dossiers import Event, Outcome, State
from app.domain.scoring import INDICATORS
from app.domain.separation import Conflict
from app.persistence.columns import (
    Moment,
    Reference,
    RowId,
    Small,
    Word,
    WrittenAt,
    to_tenant,
    within_tenant,
)
from app.persistence.database import Base
from app.persistence.digests import DIGEST_OF_DOSSIER
from app.persistence.models.criteria import RULE_COLUMNS
from app.persistence.models.person import Person, Unit
from app.persistence.ownership import OwnedByTenant
from tenants.schema import ScoreRule


def _blank_scores() -> list[int | None]:
    return [None] * INDICATORS


def _blank_evidence() -> list[str]:
    return [""] * INDICATORS


class Dossier(OwnedByTenant, Base):
    """One person in one assessment year.

    ``state`` is written by the database alone, when an event is appended. ``version`` counts the
    changes, so that a stale screen is noticed. The rule is copied beside the scores (and tied to
    the published one by a foreign key): a constraint then refuses a title that they do not earn.
    """

    __tablename__ = "dossier"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(
            ["province_id", "tenant_id", "person_id", "identity_id"],
            [
                "person.province_id",
                "person.tenant_id",
                "person.id",
                "person.identity_id",
            ],
            onupdate="CASCADE",
        ),
        within_tenant("unit_id", "unit"),
        ForeignKeyConstraint(
            RULE_COLUMNS,
            [f"criteria_rule.{column}" for column in RULE_COLUMNS],
            name="fk_dossier_rule",
        ),
        UniqueConstraint("province_id", "tenant_id", "year", "person_id"),
        CheckConstraint("scores_on_scale(self_scores, scale_min, scale_max, step)", name="self"),
        CheckConstraint("scores_on_scale(unit_scores, scale_min, scale_max, step)", name="unit"),
        CheckConstraint(
            "agreed_scores IS NULL OR (array_position(agreed_scores, NULL) IS NULL"
            " AND scores_on_scale(agreed_scores, scale_min, scale_max, step))",
            name="agreed",
        ),
        CheckConstraint(
            "outcome IS DISTINCT FROM 'recognised' OR (agreed_scores IS NOT NULL"
            " AND scores_total(agreed_scores) >= pass_total"
            " AND scores_lowest(agreed_scores) >= pass_floor)",
            name="title_is_earned",
        ),
        CheckConstraint("outcome IN ('recognised', 'not_recognised')", name="outcome"),
        CheckConstraint("NOT is_outstanding OR outcome = 'recognised'", name="outstanding"),
        # Stated are both or neither, but for somebody skilled: whether fluent may stay open.
        CheckConstraint(
            "has_digital_skills IS TRUE"
            " OR is_digitally_fluent IS NOT DISTINCT FROM has_digital_skills",
            name="digital",
        ),
        CheckConstraint("cardinality(evidence) = 10", name="evidence"),
        CheckConstraint("year BETWEEN 2020 AND 2100", name="year"),
        Index("ix_dossier_state", "province_id", "tenant_id", "year", "state"),
        Index("ix_dossier_unit", "province_id", "tenant_id", "year", "unit_id"),
        # Of whom something was not stated is counted without reading the others.
        Index(
            "ix_dossier_unstated",
            "province_id",
            "year",
            "tenant_id",
            postgresql_include=["state", "has_digital_skills"],
            postgresql_where=text("outcome = 'recognised' AND is_digitally_fluent IS NULL"),
        ),
        # Who is found twice is compared, and all are counted, without reading the dossiers
        # themselves.
        Index(
            "ix_dossier_identity",
            "identity_id",
            "year",
            postgresql_include=[
                "province_id",
                "tenant_id",
                "id",
                "group_number",
                "state",
                "outcome",
                "is_outstanding",
                "has_digital_skills",
                "is_digitally_fluent",
                "entered_on",
                "decided_at",
                "recognised_on",
                "published_at",
                "digest",
            ],
        ),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    person_id: Mapped[Reference]
    identity_id: Mapped[Reference]
    unit_id: Mapped[Reference]
    state: Mapped[State] = mapped_column(Word(State), server_default=State.LISTED.value)
    version: Mapped[int] = mapped_column(default=1, server_default="1")
    round: Mapped[Small] = mapped_column(default=1, server_default="1")

    criteria_set: Mapped[str]
    group_number: Mapped[Small]
    scale_min: Mapped[Small]
    scale_max: Mapped[Small]
    step: Mapped[Small]
    pass_floor: Mapped[Small]
    pass_total: Mapped[Small]
    outstanding_years: Mapped[Small]

    self_scores: Mapped[list[int | None]] = mapped_column(
        ARRAY(SmallInteger), default=_blank_scores
    )
    unit_scores: Mapped[list[int | None] | None] = mapped_column(ARRAY(SmallInteger))
    agreed_scores: Mapped[list[int] | None] = mapped_column(ARRAY(SmallInteger))
    evidence: Mapped[list[str]] = mapped_column(ARRAY(Text), default=_blank_evidence)
    agreed_reasons: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    returned_reasons: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    return_due_on: Mapped[date | None]
    has_digital_skills: Mapped[bool | None]
    is_digitally_fluent: Mapped[bool | None]
    national_site_on: Mapped[date | None]

    outcome: Mapped[Outcome | None] = mapped_column(Word(Outcome))
    outcome_reason: Mapped[str | None]
    is_outstanding: Mapped[bool] = mapped_column(default=False)

    is_on_behalf: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime | None]
    opened_at: Mapped[datetime | None]
    # When it was last registered, decided on, decided on or corrected, and published: written by
    # the database, like the state.
    entered_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue())
    decided_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue())
    ruled_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue())
    published_at: Mapped[datetime | None] = mapped_column(server_default=FetchedValue())
    changed_at: Mapped[WrittenAt]
    # The days in Việt Nam on which it is counted as registered and as recognised: none while the
    # person is neither.
    entered_on: Mapped[date | None] = mapped_column(
        Computed(
            "CASE WHEN state NOT IN ('listed', 'withdrawn', 'transferred')"
            " THEN (entered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END"
        ),
        deferred=True,
    )
    recognised_on: Mapped[date | None] = mapped_column(
        Computed(
            "CASE WHEN state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'"
            " THEN (ruled_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END"
        ),
        deferred=True,
    )
    # Its share of the row of figures that it is counted in: see ``UnitResult``.
    digest: Mapped[int] = mapped_column(BigInteger, Computed(DIGEST_OF_DOSSIER), deferred=True)

    person: Mapped[Person] = relationship(
        viewonly=True,
        primaryjoin="and_(Dossier.province_id == Person.province_id,"
        " Dossier.tenant_id == Person.tenant_id, foreign(Dossier.person_id) == Person.id)",
    )
    unit: Mapped[Unit] = relationship(
        viewonly=True,
        primaryjoin="and_(Dossier.province_id == Unit.province_id,"
        " Dossier.tenant_id == Unit.tenant_id, foreign(Dossier.unit_id) == Unit.id)",
    )

    @property
    def digital_skill(self) -> DigitalSkill:
        """What was found of the person's digital skills."""
        return digital_skill(has_skills=self.has_digital_skills, is_fluent=self.is_digitally_fluent)

    @property
    def rule(self) -> ScoreRule:
        """The rule that this dossier is pinned to."""
        return ScoreRule(
            scale_min=self.scale_min,
            scale_max=self.scale_max,
            step=self.step,
            pass_floor=self.pass_floor,
            pass_total=self.pass_total,
            outstanding_years=self.outstanding_years,
        )


def _human_behind(table: str, hand: str) -> ForeignKeyConstraint:
    """Hold an act to the human being of its account; it follows when that one becomes known."""
    return ForeignKeyConstraint(
        [f"{hand}_account_id", f"{hand}_identity_id"],
        ["account.id", "account.identity_id"],
        name=f"fk_{table}_human",
        onupdate="CASCADE",
    )


class Move(Base):
    """An event that may lead from a state to another: the domain's table, for a foreign key."""

    __tablename__ = "dossier_move"

    event: Mapped[Event] = mapped_column(Word(Event), primary_key=True)
    from_state: Mapped[State] = mapped_column(Word(State), primary_key=True)
    to_state: Mapped[State] = mapped_column(Word(State), primary_key=True)


class Duty(Base):
    """What keeps somebody from bringing an event about: the domain's table, for the triggers."""

    __tablename__ = "dossier_duty"

    event: Mapped[Event] = mapped_column(Word(Event), primary_key=True)
    conflict: Mapped[Conflict] = mapped_column(Word(Conflict), primary_key=True)


class DossierEvent(OwnedByTenant, Base):
    """Something that happened to a dossier. Appended, never changed."""

    __tablename__ = "dossier_event"
    __table_args__ = (
        to_tenant(),
        within_tenant("dossier_id", "dossier"),
        ForeignKeyConstraint(
            ["event", "from_state", "to_state"],
            ["dossier_move.event", "dossier_move.from_state", "dossier_move.to_state"],
        ),
        _human_behind("dossier_event", "actor"),
        Index("ix_dossier_event_dossier", "province_id", "tenant_id", "dossier_id", "at"),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[Reference]
    event: Mapped[Event] = mapped_column(Word(Event))
    from_state: Mapped[State] = mapped_column(Word(State))
    to_state: Mapped[State] = mapped_column(Word(State))
    round: Mapped[Small]
    at: Mapped[Moment]
    actor_account_id: Mapped[UUID]
    actor_identity_id: Mapped[Reference]
    actor_name: Mapped[str]
    reason: Mapped[str] = mapped_column(default="", server_default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")


class TeamScore(OwnedByTenant, Base):
    """What one appraiser gave, before the meeting, in one round."""

    __tablename__ = "team_score"
    __table_args__ = (
        to_tenant(),
        within_tenant("dossier_id", "dossier"),
        _human_behind("team_score", "appraiser"),
        UniqueConstraint(
            "province_id", "tenant_id", "dossier_id", "round", "appraiser_identity_id"
        ),
    )

    id: Mapped[RowId]
    dossier_id: Mapped[Reference]
    round: Mapped[Small]
    appraiser_identity_id: Mapped[Reference]
    appraiser_account_id: Mapped[UUID]
    appraiser_name: Mapped[str]
    scores: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    note: Mapped[str] = mapped_column(default="", server_default="")
    scored_at: Mapped[WrittenAt]
