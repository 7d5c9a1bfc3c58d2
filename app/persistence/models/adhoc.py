"""Ad-hoc requests: what an agency asks of those below it, the line of each, and what it answers."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.adhoc import LineState
from app.domain.adhoc_answers import Answer, Count, Field, FieldKind, to_figure
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
from app.persistence.ownership import AskedFromAbove, OwnedByTenant


def _form_checks() -> tuple[CheckConstraint, CheckConstraint]:
    fields = (
        "cardinality(labels) BETWEEN 1 AND 20 AND cardinality(kinds) = cardinality(labels)"
        " AND cardinality(figures) = cardinality(labels)"
        " AND cardinality(units) = cardinality(labels)"
    )
    return (
        CheckConstraint(fields, name="fields"),
        CheckConstraint("closes_on >= due_on", name="days"),
    )


class AskedForm:
    """The columns of a form: what is asked, on whose word, until when, of which year.

    A field is a place in lists of one length; ``figures`` is empty where none is filled in. After
    ``closes_on`` no answer is taken any more; without it, until somebody ends the request.
    """

    title: Mapped[str]
    document: Mapped[str] = mapped_column(default="")
    instructions: Mapped[str] = mapped_column(default="")
    due_on: Mapped[date]
    closes_on: Mapped[date | None]
    year: Mapped[Small]
    labels: Mapped[list[str]] = mapped_column(ARRAY(Text))
    kinds: Mapped[list[FieldKind]] = mapped_column(ARRAY(Word(FieldKind)))
    figures: Mapped[list[str]] = mapped_column(ARRAY(Text))
    units: Mapped[list[str]] = mapped_column(ARRAY(Text))

    @property
    def fields(self) -> tuple[Field, ...]:
        """What is asked, in its order."""
        return tuple(
            Field(label=label, kind=kind, figure=to_figure(figure), unit=unit)
            for label, kind, figure, unit in zip(
                self.labels, self.kinds, self.figures, self.units, strict=True
            )
        )


class GivenAnswers:
    """The columns of an answer, at the places of the fields, and who sent it.

    Beside what was given stands what the system counted at that moment; ``because`` says why an
    answer that had been received was corrected.
    """

    numbers: Mapped[list[Decimal | None]] = mapped_column(ARRAY(Numeric), server_default="{}")
    wholes: Mapped[list[Decimal | None]] = mapped_column(ARRAY(Numeric), server_default="{}")
    texts: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    known: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    known_wholes: Mapped[list[int | None]] = mapped_column(ARRAY(BigInteger), server_default="{}")
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default="{}")
    because: Mapped[str] = mapped_column(default="", server_default="")
    answered_by_name: Mapped[str | None]

    @property
    def answers(self) -> tuple[Answer, ...]:
        """What was answered; empty before the first time."""
        columns = (
            self.numbers,
            self.wholes,
            self.texts,
            self.known,
            self.known_wholes,
            self.reasons,
        )
        return tuple(
            Answer(
                number=number,
                whole=whole,
                text=text,
                known=None if known is None else Count(number=known, whole=known_whole),
                reason=reason,
            )
            for number, whole, text, known, known_whole, reason in zip(*columns, strict=True)
        )


class AdhocRequest(AskedForm, OwnedByTenant, Base):
    """A form for agencies below, which the agency that asks owns. A draft until it is sent.

    ``sheet_id`` is that of the page on which it was typed: sent twice, it is drawn up once.
    """

    __tablename__ = "adhoc_request"
    __table_args__ = (
        to_tenant(),
        *_form_checks(),
        CheckConstraint("cardinality(addressed) > 0", name="addressed"),
        CheckConstraint("closed_at IS NULL OR sent_at IS NOT NULL", name="closed"),
        UniqueConstraint("province_id", "tenant_id", "sheet_id"),
    )

    id: Mapped[RowId]
    sheet_id: Mapped[UUID | None] = mapped_column(Uuid)
    addressed: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    version: Mapped[Small] = mapped_column(default=1, server_default="1")
    created_at: Mapped[WrittenAt]
    created_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    created_by_name: Mapped[str]
    sent_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class AdhocLine(AskedForm, GivenAnswers, AskedFromAbove, Base):
    """What one agency is asked and answers; it owns the row, and whoever asks may read it."""

    __tablename__ = "adhoc_line"
    __table_args__ = (
        to_tenant(),
        ForeignKeyConstraint(["province_id", "asker_id"], ["tenant.province_id", "tenant.id"]),
        *_form_checks(),
        CheckConstraint("asker_id <> tenant_id", name="from_above"),
        CheckConstraint("state IN ('asked', 'answered', 'returned')", name="state"),
        CheckConstraint(
            "(state = 'asked') = (answered_at IS NULL)"
            " AND (answered_at IS NULL) = (answered_first_at IS NULL)"
            " AND (answered_at IS NULL) = (version = 0)"
            " AND (state = 'asked'"
            " OR adhoc_fits(kinds, numbers, wholes, texts, known, known_wholes, reasons))",
            name="answer",
        ),
        CheckConstraint(
            "(answered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date <= closes_on", name="in_time"
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
    version: Mapped[Small] = mapped_column(default=0, server_default="0")
    answered_first_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    answered_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    returned_reason: Mapped[str] = mapped_column(default="", server_default="")
    returned_at: Mapped[datetime | None]
    returned_by_name: Mapped[str | None]
    reminded_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]


class AdhocFormer(GivenAnswers, AskedFromAbove, Base):
    """What a line said before its answer was corrected; the database itself keeps it."""

    __tablename__ = "adhoc_former"
    __table_args__ = (to_tenant(), within_tenant("id", "adhoc_line"))

    id: Mapped[RowId]
    version: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    answered_at: Mapped[Moment]


class AdhocDraft(OwnedByTenant, Base):
    """What an agency has typed on its line and not sent; whoever asks sees nothing of it."""

    __tablename__ = "adhoc_draft"
    __table_args__ = (to_tenant(), within_tenant("id", "adhoc_line"))

    id: Mapped[RowId]
    version: Mapped[Small] = mapped_column(default=1)
    typed: Mapped[list[str]] = mapped_column(ARRAY(Text))
    wholes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text))
    because: Mapped[str] = mapped_column(default="")
    saved_at: Mapped[Moment]
    saved_by_name: Mapped[str]
