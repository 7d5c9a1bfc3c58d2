"""Score sheets: what somebody typed for each indicator, and what stands beside it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from app.domain.refusals import RefusedError
from app.domain.scoring import INDICATORS, DraftScores, read_score
from app.domain.self_assessments import EVERY_INDICATOR, open_indicators, require_short
from app.labels.refusals import advice_of, sentence_of
from app.persistence.models import Dossier
from app.persistence.queries.rules import group_of
from tenants.schema import Competency, EvidenceDemand, Indicator, ScoreRule, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What was typed on a sheet: the words as they came, and the scores that could be read."""

    texts: Mapping[int, str]
    scores: Mapping[int, int | None]
    evidence: Mapping[int, str]
    problems: Mapping[int, str]

    @property
    def problem_list(self) -> list[tuple[str, str | None]]:
        """The problems as ``macros/problems.html`` shows them, each with its place."""
        return [(text, score_field(number)) for number, text in self.problems.items()]


def score_field(number: int) -> str:
    """Return the name of the field that holds the score of an indicator."""
    return f"score_{number}"


def evidence_field(number: int) -> str:
    """Return the name of the field that holds the evidence of an indicator."""
    return f"evidence_{number}"


def written(score: int | None) -> str:
    """Return a score as it stands in its field."""
    return "" if score is None else str(score)


def read_sheet(
    rule: ScoreRule, form: "MultiDict[str, str]", numbers: Collection[int] = EVERY_INDICATOR
) -> Typed:
    """Read the indicators that were sent; one that was not sent is left alone."""
    texts = _sent(form, sorted(numbers), score_field)
    evidence = {
        number: words.replace("\r\n", "\n").strip()
        for number, words in _sent(form, sorted(numbers), evidence_field).items()
    }
    return judge(rule, texts, evidence)


def judge(rule: ScoreRule, texts: Mapping[int, str], evidence: Mapping[int, str]) -> Typed:
    """Hold what was typed against the scale, naming every indicator that does not fit."""
    scores: dict[int, int | None] = {}
    problems: dict[int, str] = {}
    for number, words in evidence.items():
        try:
            require_short(number, words)
        except RefusedError as refusal:
            problems[number] = in_words(refusal)
    for number, text in texts.items():
        try:
            scores[number] = read_score(rule, number, text)
        except RefusedError as refusal:
            problems[number] = in_words(refusal)
    return Typed(
        texts=texts, scores=scores, evidence=evidence, problems=dict(sorted(problems.items()))
    )


def in_words(refusal: RefusedError) -> str:
    """Say which rule refused, and what to do next."""
    return f"{sentence_of(refusal)} {advice_of(refusal)}"


def _sent(
    form: "MultiDict[str, str]", numbers: Sequence[int], field: Callable[[int], str]
) -> dict[int, str]:
    return {number: form[field(number)] for number in numbers if field(number) in form}


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One indicator on a page: its words, what is typed, and what stands beside it."""

    number: int
    heading: int
    competency: Text
    label: Text
    guidance: Text | None
    demand: EvidenceDemand
    typed: str
    score: int | None
    evidence: str
    standing_score: int | None
    standing_evidence: str
    returned_reason: str
    is_open: bool
    problem: str | None
    last_score: int | None = None
    last_evidence: str = ""

    @property
    def name(self) -> str:
        """The name of the field for the score."""
        return score_field(self.number)

    @property
    def evidence_name(self) -> str:
        """The name of the field for the evidence."""
        return evidence_field(self.number)

    @property
    def differs(self) -> bool:
        """Tell whether what is typed is not what stands."""
        is_other_score = self.typed.strip() != written(self.standing_score)
        return is_other_score or self.evidence != self.standing_evidence

    @property
    def asks_for_evidence(self) -> bool:
        """Tell whether the criteria want evidence, or an explanation."""
        return self.demand is not EvidenceDemand.OPTIONAL


def lines_of(
    dossier: Dossier, typed: Typed | None = None, last: Dossier | None = None
) -> list[Line]:
    """Return the ten lines of a sheet, with what ``typed`` says over what stands."""
    open_now = open_indicators(dossier.state, {int(one) for one in dossier.returned_reasons})
    lines = []
    for competency, indicator in _indicators(dossier):
        line = _standing_line(dossier, competency, indicator, is_open=indicator.number in open_now)
        line = _with_last(line, last) if last else line
        lines.append(_with_typed(line, typed) if typed else line)
    return lines


def _indicators(dossier: Dossier) -> Iterator[tuple[Competency, Indicator]]:
    for competency in group_of(dossier).competencies:
        for indicator in competency.indicators:
            yield competency, indicator


def _standing_line(
    dossier: Dossier, competency: Competency, indicator: Indicator, *, is_open: bool
) -> Line:
    number = indicator.number
    score = dossier.self_scores[number - 1]
    return Line(
        number=number,
        heading=competency.number,
        competency=competency.name,
        label=indicator.text,
        guidance=indicator.guidance,
        demand=indicator.evidence,
        typed=written(score),
        score=score,
        evidence=dossier.evidence[number - 1],
        standing_score=score,
        standing_evidence=dossier.evidence[number - 1],
        returned_reason=dossier.returned_reasons.get(str(number), ""),
        is_open=is_open,
        problem=None,
    )


def _with_last(line: Line, last: Dossier) -> Line:
    return replace(
        line,
        last_score=last.self_scores[line.number - 1],
        last_evidence=last.evidence[line.number - 1],
    )


def _with_typed(line: Line, typed: Typed) -> Line:
    return replace(
        line,
        typed=typed.texts.get(line.number, line.typed),
        score=typed.scores.get(line.number, line.score),
        evidence=typed.evidence.get(line.number, line.evidence),
        problem=typed.problems.get(line.number),
    )


def scores_on(lines: Sequence[Line]) -> DraftScores:
    """Return the ten scores that a page shows, as far as they can be read."""
    return tuple(line.score for line in lines)


def split_line(text: str) -> Mapping[int, str]:
    """Return the ten scores of one pasted line, set apart by spaces, tabs or commas.

    Raises ``ValueError`` unless there are ten: "8798" may be read in two ways.
    """
    found = text.replace(",", " ").replace(";", " ").split()
    if len(found) != INDICATORS:
        raise ValueError(
            gettext(
                "Ten numbers with a space between them are needed; %(found)s were found.",
                found=len(found),
            )
        )
    return dict(enumerate(found, start=1))
