"""Scores by the criteria sets that ship, without a database."""

import json

import click

from app.domain.refusals import RefusedError
from app.domain.scoring import INDICATORS, Assessment, DraftScores, Verdict, assess, read_score
from tenants.loading import find_criteria_set, load_all_criteria
from tenants.schema import CriteriaSet, ScoreRule


@click.group()
def criteria() -> None:
    """Ask the criteria sets that ship."""


@criteria.command()
@click.argument("reference", metavar="SET")
@click.option("--group", "number", type=int, required=True, help="The group of people, 1 to 4.")
@click.option("--scores", required=True, help="Ten scores with commas between; blank if not given.")
@click.option("--json", "is_json", is_flag=True, help="Write JSON.")
def verdict(*, reference: str, number: int, scores: str, is_json: bool) -> None:
    """Say what ten scores earn under SET: qd-324-2023, or a version of it, qd-324-2023@1."""
    rule = _rule(reference, number)
    found = assess(rule, _read(rule, scores))
    if is_json:
        click.echo(json.dumps(_document(rule, found), ensure_ascii=False))
        return
    click.echo(f"{found.verdict.value.replace('_', ' ')}: {_reason(rule, found)}")


def _rule(reference: str, number: int) -> ScoreRule:
    found = find_criteria_set(reference) or _newest(reference)
    if found is None:
        known = ", ".join(one.reference for one in load_all_criteria())
        raise click.UsageError(f"There is no set {reference!r}; there are {known}")
    try:
        return found.group(number).rule
    except LookupError:
        numbers = ", ".join(str(one.number) for one in found.groups)
        raise click.UsageError(f"{reference} has the groups {numbers}, not {number}") from None


def _newest(key: str) -> CriteriaSet | None:
    """Find the newest version of a set that was named without one."""
    versions = [one for one in load_all_criteria() if one.key == key]
    return max(versions, key=lambda one: one.version, default=None)


def _read(rule: ScoreRule, scores: str) -> DraftScores:
    places = scores.split(",")
    if len(places) != INDICATORS:
        raise click.UsageError(f"There must be {INDICATORS} scores; {len(places)} were given")
    try:
        return tuple(read_score(rule, place, typed) for place, typed in enumerate(places, start=1))
    except RefusedError as refusal:
        facts = refusal.facts
        raise click.UsageError(
            f"Indicator {facts['indicator']}: {facts['score']} is no whole score"
            f" from {facts['lowest']} to {facts['highest']}"
        ) from None


def _document(rule: ScoreRule, found: Assessment) -> dict[str, object]:
    is_complete = found.verdict is not Verdict.INCOMPLETE
    return {
        "total": found.total if is_complete else None,
        "lowest": found.lowest if is_complete else None,
        "verdict": found.verdict.value,
        "reason": _reason(rule, found),
    }


def _reason(rule: ScoreRule, found: Assessment) -> str:
    if found.blank:
        return f"no score for {_indicators(found.blank)}"
    reasons = []
    if found.below_floor:
        reasons.append(f"{_indicators(found.below_floor)} below {rule.pass_floor}")
    if found.points_short:
        reasons.append(f"total {found.total}, {found.points_short} short of {rule.pass_total}")
    return "; ".join(reasons) or f"total {found.total}, no indicator below {rule.pass_floor}"


def _indicators(numbers: tuple[int, ...]) -> str:
    return f"indicator{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
