"""Reads criteria sets; the key and version of a set are its folder and file name."""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from tenants.loading.catalogue import load_catalogue
from tenants.loading.tables import DefinitionError, Table, open_document
from tenants.schema import (
    INDICATOR_COUNT,
    Competency,
    CriteriaSet,
    EvidenceDemand,
    GroupCriteria,
    Indicator,
    ScoreRule,
    Verification,
    rule_limits,
)


CRITERIA = Path(__file__).parents[1] / "criteria"


def load_criteria_set(path: Path) -> CriteriaSet:
    """Read one version of a criteria set."""
    with open_document(path) as document:
        return _read(document, path.parent.name, _version(path))


def read_criteria_set(values: Mapping[str, Any], reference: str) -> CriteriaSet:
    """Read a criteria set that is kept elsewhere than in a file, in the form of a file."""
    key, _, version = reference.partition("@")
    with Table(Path(reference), values) as document:
        return _read(document, key, int(version))


def criteria_document(path: Path) -> Mapping[str, Any]:
    """Return what a file of a criteria set says, as JSON can keep it."""
    values = open_document(path).values
    plain: Mapping[str, Any] = json.loads(json.dumps(values, default=date.isoformat))
    return plain


def _read(document: Table, key: str, version: int) -> CriteriaSet:
    return CriteriaSet(
        key=key,
        version=version,
        name=document.text("name"),
        issuer=document.string("issuer"),
        document=document.string("document"),
        issued_on=document.day("issued_on"),
        valid_from_year=document.integer("valid_from_year"),
        valid_to_year=document.maybe("valid_to_year", document.integer, None),
        is_verified=document.flag("is_verified"),
        verification=_verification(document),
        source=document.string("source"),
        notice=document.text("notice"),
        province=document.maybe("province", document.string, None),
        based_on=document.maybe("based_on", document.string, None),
        groups=_groups(document),
    )


def _verification(document: Table) -> Verification | None:
    signed = document.maybe("verification", document.table, None)
    if (signed is not None) != document.flag("is_verified"):
        expected = "the signed document exactly when is_verified is true"
        raise document.error("verification", expected, signed.values if signed else None)
    if signed is None:
        return None
    with signed:
        return Verification(
            document=signed.string("document"),
            signed_on=signed.day("signed_on"),
            issuer=signed.string("issuer"),
            compared_by=signed.string("compared_by"),
            compared_on=signed.day("compared_on"),
        )


@cache
def load_all_criteria(folder: Path = CRITERIA) -> tuple[CriteriaSet, ...]:
    """Read every published version of every criteria set, in the order of key and version."""
    loaded = [(path, load_criteria_set(path)) for path in folder.glob("*/*.toml")]
    references = {one.reference for _, one in loaded}
    provinces = {province.code for province in load_catalogue().provinces}
    for path, one in loaded:
        if one.based_on is not None and one.based_on not in references:
            raise DefinitionError(path, "based_on", _one_of(references), one.based_on)
        if one.province is not None and one.province not in provinces:
            raise DefinitionError(path, "province", "a province's code", one.province)
    return tuple(sorted((one for _, one in loaded), key=lambda one: (one.key, one.version)))


def find_criteria_set(reference: str) -> CriteriaSet | None:
    """Find a published version by its reference, such as ``qd-324-2023@1``."""
    return next((one for one in load_all_criteria() if one.reference == reference), None)


def _version(path: Path) -> int:
    if not path.stem.isdecimal():
        raise DefinitionError(path, "the file's name", "a version such as 1.toml", path.name)
    return int(path.stem)


def _groups(document: Table) -> tuple[GroupCriteria, ...]:
    framework = document.each("competencies", _competency)
    groups = document.each("groups", partial(_group, framework=framework))
    numbers = [group.number for group in groups]
    if numbers != list(range(1, len(groups) + 1)) or not groups:
        raise document.error("groups", "groups numbered 1, 2, 3 and so on", numbers)
    return groups


def _group(table: Table, framework: tuple[Competency, ...]) -> GroupCriteria:
    with table:
        competencies = table.each("competencies", _competency) or framework
        _check_indicators(table, competencies)
        return GroupCriteria(
            number=table.integer("number"),
            name=table.text("name"),
            rule=_rule(table.table("rule")),
            competencies=competencies,
            is_internal=table.maybe("is_internal", table.flag, default=False),
            is_number_certain=table.maybe("is_number_certain", table.flag, default=False),
        )


def _rule(table: Table) -> ScoreRule:
    with table:
        rule = ScoreRule(
            scale_min=table.integer("scale_min"),
            scale_max=table.integer("scale_max"),
            step=table.integer("step"),
            pass_floor=table.integer("pass_floor"),
            pass_total=table.integer("pass_total"),
            outstanding_years=table.integer("outstanding_years"),
        )
    for key, (lowest, highest) in rule_limits(rule).items():
        table.between(key, lowest, highest)
    return rule


def _competency(table: Table) -> Competency:
    with table:
        return Competency(
            number=table.integer("number"),
            name=table.text("name"),
            indicators=table.each("indicators", _indicator),
        )


def _indicator(table: Table) -> Indicator:
    with table:
        return Indicator(
            number=table.integer("number"),
            skill=table.integer("skill"),
            text=table.text("text"),
            guidance=table.maybe("guidance", table.text, None),
            evidence=table.member("evidence", EvidenceDemand),
        )


def _check_indicators(table: Table, competencies: tuple[Competency, ...]) -> None:
    indicators = [one for competency in competencies for one in competency.indicators]
    wanted = list(range(1, INDICATOR_COUNT + 1))
    numbers = [one.number for one in indicators]
    if numbers != wanted:
        raise table.error("competencies", "ten indicators numbered 1 to 10 in order", numbers)
    skills = [one.skill for one in indicators]
    if sorted(skills) != wanted:
        raise table.error("competencies", "each skill from 1 to 10 once", skills)


def _one_of(words: Iterable[str]) -> str:
    return "one of " + ", ".join(sorted(words))
