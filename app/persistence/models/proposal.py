"""Lists put before the head, and the decisions taken on them."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    SmallInteger,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.domain.decisions import Addressee, ProposalState
from app.domain.dossiers import Outcome
from app.persistence.columns import (
    Reference,
    RowId,
    Small,
    Word,
    WrittenAt,
    to_tenant,
    within_tenant,
)
from app.persistence.database import Base
from app.persistence.ownership import OwnedByTenant


class Proposal(OwnedByTenant, Base):
    """A sealed list. A change needs a new version; the old one stays as it was."""

    __tablename__ = "proposal"
    __table_args__ = (
        to_tenant(),
        UniqueConstraint("province_id", "tenant_id", "year", "number"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    number: Mapped[Small]
    addressee: Mapped[Addressee] = mapped_column(Word(Addressee))
    state: Mapped[ProposalState] = mapped_column(Word(ProposalState))
    seal: Mapped[str]
    sealed_at: Mapped[WrittenAt]
    sealed_by: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    sealed_by_name: Mapped[str]
    submitted_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]


class ProposalItem(OwnedByTenant, Base):
    """One line of a list, as it stood when the list was sealed."""

    __tablename__ = "proposal_item"
    __table_args__ = (
        to_tenant(),
        within_tenant("proposal_id", "proposal"),
        within_tenant("dossier_id", "dossier"),
        UniqueConstraint("province_id", "tenant_id", "proposal_id", "dossier_id"),
    )

    id: Mapped[RowId]
    proposal_id: Mapped[Reference]
    dossier_id: Mapped[Reference] = mapped_column(index=True)
    position: Mapped[Small]
    name: Mapped[str]
    agreed_scores: Mapped[list[int]] = mapped_column(ARRAY(SmallInteger))
    criteria_set: Mapped[str]
    verdict: Mapped[Outcome] = mapped_column(Word(Outcome))


class Decision(OwnedByTenant, Base):
    """A signed decision: a number, a date and a signer.

    ``signer_prefix`` is the whole line above the signer's title ("KT. GIÁM ĐỐC"). The authority
    and the legal bases are copied from the settings of the day: the paper does not change later.
    """

    __tablename__ = "decision"
    __table_args__ = (
        to_tenant(),
        within_tenant("proposal_id", "proposal"),
        within_tenant("corrects_id", "decision"),
        ForeignKeyConstraint(["signer_identity_id"], ["identity.id"]),
        # Numbering restarts each year (Nghị định 30/2020/NĐ-CP). A decision that was taken back
        # before anybody saw it gives its number free.
        Index(
            "uq_decision_number",
            "province_id",
            "tenant_id",
            "signed_year",
            "number",
            unique=True,
            postgresql_where="annulled_at IS NULL",
        ),
        CheckConstraint("signed_year = extract(year FROM signed_on)", name="signed_year"),
        CheckConstraint("length(trim(number)) > 0", name="number"),
    )

    id: Mapped[RowId]
    year: Mapped[Small]
    proposal_id: Mapped[UUID | None]
    corrects_id: Mapped[UUID | None]
    number: Mapped[str]
    signed_on: Mapped[date]
    signed_year: Mapped[Small]
    signer_name: Mapped[str]
    signer_title: Mapped[str]
    signer_prefix: Mapped[str] = mapped_column(default="")
    signer_identity_id: Mapped[Reference]
    authority: Mapped[str] = mapped_column(default="", server_default="")
    legal_bases: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}")
    seal: Mapped[str]
    decided_at: Mapped[WrittenAt]
    published_at: Mapped[datetime | None]
    annulled_at: Mapped[datetime | None]
    annulled_reason: Mapped[str | None]


class DecisionItem(OwnedByTenant, Base):
    """What a decision says of one person."""

    __tablename__ = "decision_item"
    __table_args__ = (
        to_tenant(),
        within_tenant("decision_id", "decision"),
        within_tenant("dossier_id", "dossier"),
        UniqueConstraint("province_id", "tenant_id", "decision_id", "dossier_id"),
        CheckConstraint(
            "outcome = 'recognised' OR length(trim(reason)) > 0", name="refusal_has_reason"
        ),
    )

    id: Mapped[RowId]
    decision_id: Mapped[Reference]
    dossier_id: Mapped[Reference] = mapped_column(index=True)
    position: Mapped[Small]
    outcome: Mapped[Outcome] = mapped_column(Word(Outcome))
    reason: Mapped[str] = mapped_column(default="")
    is_outstanding: Mapped[bool] = mapped_column(default=False)
    streak: Mapped[Small] = mapped_column(default=0)
