"""Reads what a tenant has chosen: dates, targets, signers and the criteria of each group."""

from datetime import date

from tenants.loading.tables import Table
from tenants.schema import (
    CriteriaChoice,
    Deadline,
    DeadlineKind,
    DeadlineRule,
    Denominator,
    LegalBasis,
    Predecessor,
    SignaturePrefix,
    Signer,
    Target,
    TargetName,
    UnitDefinition,
    UnitKind,
)


# Any year without a 29 February: a date of every year must exist in it.
COMMON_YEAR = 2026

ACTING_FOR_OTHERS = {
    SignaturePrefix.ON_BEHALF,
    SignaturePrefix.DEPUTY,
    SignaturePrefix.BY_ORDER,
    SignaturePrefix.BY_AUTHORISATION,
}


def read_unit(table: Table) -> UnitDefinition:
    """Read a part of an agency."""
    with table:
        return UnitDefinition(kind=table.member("kind", UnitKind), name=table.string("name"))


def read_choices(table: Table) -> tuple[CriteriaChoice, ...]:
    """Read which set some groups use from a year on."""
    with table:
        groups = table.integers("groups")
        reference = table.string("set")
        from_year = table.integer("from_year")
    return tuple(
        CriteriaChoice(group=group, reference=reference, from_year=from_year) for group in groups
    )


def read_deadline(table: Table) -> Deadline:
    """Read a date; one that does not exist, or not every year, is refused."""
    with table:
        deadline = Deadline(
            kind=table.member("kind", DeadlineKind),
            month=table.between("month", 1, 12),
            day=table.integer("day"),
            rule=table.member("rule", DeadlineRule),
            year=table.maybe("year", table.integer, None),
            rolls_off_non_working_days=table.maybe(
                "rolls_off_non_working_days", table.flag, default=False
            ),
            wording=table.string("wording"),
            source=_source(table),
            is_assumed=_is_assumed(table),
        )
    _check_day(table, deadline)
    return deadline


def _check_day(table: Table, deadline: Deadline) -> None:
    try:
        date(deadline.year or COMMON_YEAR, deadline.month, deadline.day)
    except ValueError:
        when = f"the year {deadline.year}" if deadline.year else "every year"
        expected = f"a day that month {deadline.month} has in {when}"
        raise table.error("day", expected, deadline.day) from None


def read_target(table: Table) -> Target:
    """Read a share to be reached."""
    with table:
        return Target(
            name=table.member("name", TargetName),
            percent=table.between("percent", 1, 100),
            year=table.integer("year"),
            denominator=table.member("denominator", Denominator),
            is_strict=table.maybe("is_strict", table.flag, default=False),
            source=_source(table),
            is_assumed=_is_assumed(table),
        )


def read_signer(table: Table) -> Signer:
    """Read somebody who may sign; who signs for others says for whom."""
    with table:
        signer = Signer(
            title=table.string("title"),
            name=table.maybe("name", table.string, None),
            prefix=table.maybe(
                "prefix", lambda key: table.member(key, SignaturePrefix), SignaturePrefix.NONE
            ),
            on_behalf_of=table.maybe("on_behalf_of", table.string, None),
            authority=table.string("authority"),
            is_assumed=_is_assumed(table),
        )
    if (signer.prefix in ACTING_FOR_OTHERS) != (signer.on_behalf_of is not None):
        expected = "words exactly when the prefix is TM., KT., TL. or TUQ."
        raise table.error("on_behalf_of", expected, signer.on_behalf_of)
    return signer


def read_legal_basis(table: Table) -> LegalBasis:
    """Read a line that begins with "Căn cứ"."""
    with table:
        return LegalBasis(text=table.string("text"), source=table.string("source"))


def read_predecessor(table: Table) -> Predecessor:
    """Read an agency that was taken over."""
    with table:
        return Predecessor(
            name=table.string("name"),
            ended_on=table.maybe("ended_on", table.day, None),
            source=_source(table),
            is_assumed=_is_assumed(table),
        )


def _is_assumed(table: Table) -> bool:
    return table.maybe("is_assumed", table.flag, default=False)


def _source(table: Table) -> str | None:
    # Whoever does not mark a line as assumed must be able to name the document.
    if _is_assumed(table):
        return table.maybe("source", table.string, None)
    return table.string("source")
