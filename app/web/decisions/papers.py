"""A decision as it is printed. The paper is Vietnamese in every language of the pages.

Its layout follows Mẫu 1.2 of Phụ lục III to Nghị định 30/2020/NĐ-CP. People who are not recognised
are counted on the paper and not named: they are told one by one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.domain.audit import Act
from app.domain.audit_chain import shown_head
from app.domain.decisions import Addressee, Ruling, Signature
from app.domain.dossiers import Outcome
from app.domain.scoring import Scores, assess
from app.domain.settings import SettingName
from app.exports.letterhead import in_words
from app.persistence.models import Decision, Dossier, Proposal
from app.persistence.queries.audit_chain import find_link_of
from app.persistence.queries.decisions import items_of_decision, load_decision
from app.persistence.queries.proposals import Line, items_of_proposal, load_proposal
from app.persistence.queries.rules import value_in_effect
from tenants.schema import ScoreRule


_TITLE = "“Công dân học tập”"
_BLANK_DAY = "ngày …… tháng …… năm"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """Somebody on the list that belongs to a decision."""

    name: str
    birth_year: int
    unit: str
    streak: int
    is_outstanding: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Everything that the printed decision says."""

    number: str
    place: str
    dated: str
    subject: str
    authority: str
    bases: tuple[str, ...]
    articles: tuple[str, ...]
    recognised: tuple[PaperLine, ...]
    signer_prefix: str
    signer_title: str
    signer_name: str
    record: str = ""  # the link of this decision in the record of acts


def paper_of(decision: Decision) -> Paper:
    """Return a decision that was taken, as its paper says it."""
    items = items_of_decision(decision.id)
    names = _names_on(decision)
    recognised = tuple(
        _line(
            names.get(dossier.id, dossier.person.name),
            dossier,
            streak=item.streak,
            is_outstanding=item.is_outstanding,
        )
        for item, dossier in items
        if item.outcome is Outcome.RECOGNISED
    )
    if decision.corrects_id is None:
        subject = _subject(decision.year)
        basis = _proposed_by(load_proposal(decision.proposal_id)) if decision.proposal_id else ()
        articles = _articles(decision.year, recognised, refused=len(items) - len(recognised))
    else:
        corrected = load_decision(decision.corrects_id)
        subject = f"Về việc sửa đổi Quyết định số {corrected.number}"
        basis = ()
        articles = _correcting_articles(corrected, items[0][1], items[0][0].outcome)
    return Paper(
        number=decision.number,
        place=_place(),
        dated=in_words(decision.signed_on),
        subject=subject,
        authority=decision.authority,
        bases=(*decision.legal_bases, *basis),
        articles=articles,
        recognised=recognised,
        signer_prefix=decision.signer_prefix,
        signer_title=decision.signer_title,
        signer_name=decision.signer_name,
        record=_link_of(decision),
    )


def _link_of(decision: Decision) -> str:
    link = find_link_of(Act.DECISION_MADE, decision.id)
    return shown_head(link) if link else ""


def draft_of(
    proposal: Proposal,
    lines: Sequence[Line],
    *,
    signature: Signature | None,
    rulings: dict[UUID, Ruling],
) -> Paper:
    """Return what a decision would say; blanks where number and date are still to come."""
    ruled = [line for line in lines if line.dossier.id in rulings]
    recognised = tuple(
        _line(
            line.item.name,
            line.dossier,
            streak=line.streak,
            is_outstanding=line.is_outstanding,
        )
        for line in ruled
        if rulings[line.dossier.id].outcome is Outcome.RECOGNISED
    )
    bases = tuple(one["text"] for one in value_in_effect(SettingName.LEGAL_BASES, []))
    signers = value_in_effect(SettingName.SIGNER, [])
    first = signers[0] if signers and proposal.addressee is Addressee.HEAD else {}
    return Paper(
        number=signature.number if signature else "……/QĐ-……",
        place=_place(),
        dated=in_words(signature.signed_on) if signature else f"{_BLANK_DAY} {proposal.year}",
        subject=_subject(proposal.year),
        authority=signature.authority if signature else first.get("authority", "……"),
        bases=(*bases, *_proposed_by(proposal)),
        articles=_articles(proposal.year, recognised, refused=len(ruled) - len(recognised)),
        recognised=recognised,
        signer_prefix=signature.prefix if signature else line_above(first),
        signer_title=signature.signer_title if signature else first.get("title", "……"),
        signer_name=signature.signer_name if signature else "",
    )


def _names_on(decision: Decision) -> Mapping[UUID, str]:
    """Return the names as they were sealed: a roster may be corrected later, a paper not."""
    if decision.proposal_id is None:
        return {}
    return {item.dossier_id: item.name for item in items_of_proposal(decision.proposal_id)}


def _line(name: str, dossier: Dossier, *, streak: int, is_outstanding: bool) -> PaperLine:
    return PaperLine(
        name=name,
        birth_year=dossier.person.birth_year,
        unit=dossier.unit.name,
        streak=streak,
        is_outstanding=is_outstanding,
    )


def _subject(year: int) -> str:
    return f"Về việc công nhận danh hiệu {_TITLE} năm {year}"


def _proposed_by(proposal: Proposal) -> tuple[str, ...]:
    words = f"Theo đề nghị của Tổ đánh giá, công nhận danh hiệu {_TITLE}"
    return (f"{words} tại Danh sách số {proposal.number} năm {proposal.year}",)


def _articles(year: int, recognised: Sequence[PaperLine], *, refused: int) -> tuple[str, ...]:
    outstanding = sum(one.is_outstanding for one in recognised)
    texts = []
    if recognised:
        among = (
            f"; trong đó {outstanding} người đạt danh hiệu nhiều năm liền, được ghi nhận là"
            f" {_TITLE} tiêu biểu xuất sắc"
            if outstanding
            else ""
        )
        texts.append(
            f"Công nhận danh hiệu {_TITLE} năm {year} đối với {len(recognised)} người có tên"
            f" trong danh sách kèm theo Quyết định này{among}."
        )
    if refused:
        texts.append(
            f"Chưa công nhận danh hiệu {_TITLE} năm {year} đối với {refused} người;"
            " kết quả và lý do được thông báo riêng cho từng người."
        )
    texts.append("Quyết định này có hiệu lực kể từ ngày ký.")
    texts.append(
        "Văn phòng, các đơn vị trực thuộc và những người có tên tại Quyết định này"
        " chịu trách nhiệm thi hành Quyết định này./."
    )
    return tuple(texts)


def _correcting_articles(
    corrected: Decision, dossier: Dossier, outcome: Outcome
) -> tuple[str, ...]:
    result = "công nhận" if outcome is Outcome.RECOGNISED else "không công nhận"
    changed = (
        f"Sửa đổi kết quả tại Quyết định số {corrected.number}"
        f" {in_words(corrected.signed_on)} đối với {dossier.person.name},"
        f" sinh năm {dossier.person.birth_year}, {dossier.unit.name}:"
        f" {result} danh hiệu {_TITLE} năm {corrected.year}."
    )
    return (
        changed,
        "Các nội dung khác của Quyết định nêu trên giữ nguyên.",
        "Quyết định này có hiệu lực kể từ ngày ký./.",
    )


def _place() -> str:
    return str(value_in_effect(SettingName.PLACE, "……"))


def line_above(signer: Mapping[str, Any]) -> str:
    """Return the line above a signer's title: "KT. GIÁM ĐỐC"; empty for the head."""
    return " ".join(filter(None, (signer.get("prefix"), signer.get("on_behalf_of"))))


def reason_against(rule: ScoreRule, scores: Scores) -> str:
    """Return why scores do not earn the title, as a decision would say it; empty when they do."""
    found = assess(rule, scores)
    parts = []
    if found.points_short:
        parts.append(
            f"tổng điểm {found.total}, thiếu {found.points_short} điểm"
            f" so với mức {rule.pass_total} điểm"
        )
    if found.below_floor:
        numbers = ", ".join(str(number) for number in found.below_floor)
        parts.append(f"chỉ số {numbers} dưới mức {rule.pass_floor} điểm")
    text = "; ".join(parts)
    return f"{text[:1].upper()}{text[1:]}." if text else ""
