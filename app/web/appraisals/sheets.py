"""What an appraiser typed, kept as it was typed for as long as a rule refuses it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from flask import abort, request

from app.domain.digital_skills import DigitalSkill
from app.domain.refusals import RefusedError, Rule
from app.domain.scoring import INDICATORS, DraftScores, read_score
from app.services.appraisals import Agreement
from tenants.schema import ScoreRule


NUMBERS = range(1, INDICATORS + 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Ten scores with what goes beside them."""

    scores: tuple[str, ...]
    reasons: Mapping[int, str] = field(default_factory=dict)
    note: str = ""
    digital: DigitalSkill = DigitalSkill.UNSTATED

    @classmethod
    def sent(cls) -> "Sheet":
        """Return the sheet that the form carries."""
        return cls(
            scores=tuple(request.form.get(f"score-{n}", "") for n in NUMBERS),
            reasons={n: request.form.get(f"reason-{n}", "") for n in NUMBERS},
            note=request.form.get("note", ""),
            digital=sent_skill("digital"),
        )

    def read_scores(self, rule: ScoreRule) -> DraftScores:
        """Return the scores; raise ``RefusedError`` for what is none."""
        return tuple(read_score(rule, n, self.scores[n - 1]) for n in NUMBERS)

    def readable_scores(self, rule: ScoreRule) -> DraftScores:
        """Return the scores that can be read, for the running total of a refused form."""
        return tuple(_score_or_blank(rule, n, self.scores[n - 1]) for n in NUMBERS)

    def agreement(self, rule: ScoreRule) -> Agreement:
        """Return what the meeting agreed."""
        return Agreement(
            scores=self.read_scores(rule),
            reasons=self.reasons,
            digital=self.digital,
        )


def sent_skill(field: str) -> DigitalSkill:
    """Return the answer on digital skills that a field carries; without one, it is not stated."""
    try:
        return DigitalSkill(request.form.get(field, DigitalSkill.UNSTATED))
    except ValueError:
        abort(400)


def _score_or_blank(rule: ScoreRule, number: int, text: str) -> int | None:
    try:
        return read_score(rule, number, text)
    except RefusedError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnSheet:
    """The indicators that a return names, each with its reason, and the due date as typed."""

    chosen: frozenset[int]
    reasons: Mapping[int, str]
    due_on: str

    @classmethod
    def sent(cls) -> "ReturnSheet":
        """Return the sheet that the form carries. Who writes a reason means the indicator."""
        reasons = {n: request.form.get(f"reason-{n}", "").strip() for n in NUMBERS}
        ticked = {n for n in NUMBERS if f"chosen-{n}" in request.form}
        return cls(
            chosen=frozenset(ticked | {n for n, text in reasons.items() if text}),
            reasons=reasons,
            due_on=request.form.get("due_on", "").strip(),
        )

    @property
    def named(self) -> Mapping[int, str]:
        """The reason of each indicator chosen, blank or not."""
        return {n: self.reasons[n] for n in sorted(self.chosen)}

    @property
    def day(self) -> date | None:
        """The due date, if it is one."""
        for form in ("%Y-%m-%d", "%d/%m/%Y"):
            try:
                return datetime.strptime(self.due_on, form).date()  # noqa: DTZ007 - a day alone
            except ValueError:
                continue
        return None


def field_of(refusal: RefusedError | None) -> str | None:
    """Return the id of the field that a refusal is about."""
    if refusal is None:
        return None
    missing = refusal.facts.get("missing")
    first = missing[0] if isinstance(missing, tuple) and missing else None
    number = refusal.facts.get("indicator", first)
    if number is None:
        return None
    is_reason = refusal.rule in {Rule.AGREED_SCORE_NEEDS_REASON, Rule.RETURN_NEEDS_INDICATORS}
    return f"{'reason' if is_reason else 'score'}-{number}"
