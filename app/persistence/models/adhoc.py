"""Ad-hoc requests: what an agency asks of those below it, and the line of each."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.adhoc import Field, FieldKind, KnownFigure, LineState
from app.persistence.columns import Moment, Reference, RowId, Small, Word, WrittenAt, to_tenant
from app.persistence.database import Base
from app.persistence.ownership import AskedFromAbove, OwnedByTenant


def _fields_check() -> CheckConstraint:
    return CheckConstraint(
        "cardinality(labels) BETWEEN 1 AND 20 AND cardinality(kinds) = cardinality(labels)"
        " AND cardinality(figures) = cardinality(labels)",
        name="fields",
    )


class AskedForm:
    """The columns of a form: what is asked, on whose word, until when, of which year.

    A field is a place in three lists of one length; ``figures`` is empty where none is filled in.
    """

    title: Mapped[str]
    document: Mapped[str] = mapped_column(default="")
    instructions: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    year: Mapped[Small]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kinds: Mapped[list[FieldKind]] = mapped_column(ARRAY(Word(FieldKind)))
    figures: Mapped[list[str]] = mapped_column(ARRAY(Text))

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is asked, in its order."""
        return tuple(
            Field(label=label, kind=kind, figure=KnownFigure(figure) if figure else None)
            for label, kind, figure in zip(self.labels, self.kinds, self.figures, strict=True)
        )


class AdhocRequest(AskedForm, OwnedByTenant, Base):
    """A form for agencies below, which the agency that asks owns. A draft until it is sent."""

    __tablename__ = "adhoc_request"
    __table_args__ = (
        to_tenant(),
        _fields_check(),
        CheckConstraint("cardinality(addressed) > 0", name="addressed"),
        CheckConstraint("closed_at IS NULL OR sent_at IS NOT NULL", name="closed"),
    )

    id: Mapped[RowId]
    addressed: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    created_at: Mapped[WrittenAt]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_by_name: Mapped[str]
    sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class AdhocLine(AskedForm, AskedFromAbove, Base):
    """What one agency is asked and answers; it owns the row, and whoever asks may read it.

    Answers stand at the places of the fields, beside what the system counted at that moment.
    """

    __tablename__ = "adhoc_line"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(["province_id", "asker_id"], ["tenant.province_id", "tenant.id"]),
        _fields_check(),
        CheckConstraint("asker_id <> tenant_id", name="from_above"),
        CheckConstraint("state IN ('asked', 'answered', 'returned')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)"
            " AND (answered_at IS NULL) = (answered_first_at IS NULL)"
            " AND (state = 'asked' OR cardinality(numbers) = cardinality(labels)"
            " AND cardinality(texts) = cardinality(labels)"
            " AND cardinality(known) = cardinality(labels)"
            " AND cardinality(reasons) = cardinality(labels))",
            name="answer",
        ),
        CheckConstraint(
            "state <> 'returned' OR length(trim(returned_reason)) > 0", name="returned"
        ),
        UniqueConstraint("province_id", "tenant_id", "request_id"),
        Index("ix_adhoc_line_asker", "province_id", "asker_id", "request_id"),
    )

    id: Mapped[RowId]
    request_id: Mapped[Reference]
    asked_at: Mapped[Moment]
    asked_by_name: Mapped[str]
    state: Mapped[LineState] = mapped_column(Word(LineState), server_default=LineState.ASKED.value)
    numbers: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    texts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    known: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    answered_first_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    answered_by_name: Mapped[str | None]
    returned_reason: Mapped[str] = mapped_column(default="", server_default="")
    returned_at: Mapped[datetime | None]
    returned_by_name: Mapped[str | None]
    closed_at: Mapped[datetime | None]
