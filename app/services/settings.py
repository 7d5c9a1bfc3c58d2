"""What an agency sets for itself, and what it gives back to inherit it again."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.exc import IntegrityError

from app.domain.audit import Act
from app.domain.ids import new_id
from app.domain.overlaps import CountedFirst, choose_first, first_open_year
from app.domain.permissions import Actor, Permission
from app.domain.refusals import MissingError, RefusedError, Rule
from app.domain.settings import (
    SET_FOR_WHOLE_PROVINCE,
    SettingName,
    inherited_deadline,
    is_applicable,
    may_be_cleared,
    require_day_of_calendar,
    require_level,
    require_no_looser,
    require_tighter,
    require_value,
)
from app.domain.vietnamese import clean
from app.persistence.clock import transaction_time
from app.persistence.database import db
from app.persistence.models import DeadlineRow, Setting
from app.persistence.queries.boards import years_known
from app.persistence.queries.calendar import working_days
from app.persistence.queries.cycles import newest_closed_year
from app.persistence.queries.overlaps import lock_precedence
from app.persistence.queries.rules import load_criteria
from app.persistence.queries.settings import (
    find_own_deadline_to_change,
    find_own_setting_to_change,
    held_deadlines,
    held_settings,
    to_deadline,
)
from app.persistence.queries.tenants import load_tenant_by_id, tenants_below
from app.persistence.tenancy import tenant_in_scope
from app.services.record import record_act
from app.services.results import mark_below, mark_out_of_date
from tenants.schema import Deadline, DeadlineKind


Seen = Mapping[SettingName, datetime | None]
"""Since when each of the agency's own values stood on the screen; None: it held none."""


def change_setting(
    name: SettingName, value: Any, *, source: str, seen: Seen | None = None, by: Actor
) -> None:
    """Let the agency hold ``value``, on the word of ``source``; nothing of it is assumed any more.

    A value that somebody changed since ``seen`` is not overwritten.
    """
    by.require(Permission.SETTINGS_EDIT)
    require_value(name, value)
    require_no_looser(held_settings(), name, value)
    _require_possible(name, value, by)
    if name in SET_FOR_WHOLE_PROVINCE:
        lock_precedence()
    row = find_own_setting_to_change(name)
    _require_fresh(name, row, seen)
    before = row.value if row else None
    row = row or Setting(id=new_id(), name=name)
    row.value = _as_kept(name, value, before)
    row.source = clean(source)
    row.is_assumed = False
    row.set_at = transaction_time()
    row.set_by = by.account_id
    db.session.add(row)
    _flush_unless_stale()
    record_act(
        Act.SETTING_CHANGED,
        by=by,
        object_kind="setting",
        object_id=row.id,
        name=name.value,
        before=before,
        after=row.value,
        source=row.source,
    )
    if name in SET_FOR_WHOLE_PROVINCE:
        _count_again(since=_first_open_year())


def _require_possible(name: SettingName, value: Any, by: Actor) -> None:
    is_top = load_tenant_by_id(*by.tenant).parent_id is None
    require_level(name, is_top=is_top)
    if name is SettingName.CRITERIA:
        _require_applicable(value, province=by.tenant.province_id)


def _as_kept(name: SettingName, value: Any, before: Any) -> Any:
    """Keep what closed years were counted by beside what is chosen for those that follow."""
    if name is not SettingName.COUNTED_FIRST:
        return value
    return choose_first(before or [], CountedFirst(value), since=_first_open_year())


def _first_open_year() -> int:
    return first_open_year(newest_closed_year())


def _count_again(*, since: int) -> None:
    """Ask for the figures of all agencies of the province to be computed again."""
    key = tenant_in_scope()
    agencies = [one.id for one in tenants_below(key)]
    for year in years_known(key):
        if year >= since:
            mark_out_of_date(year)
            mark_below(year, agencies)


def _require_fresh(name: SettingName, row: Setting | None, seen: Seen | None) -> None:
    stands_since = row.set_at if row else None
    if seen is not None and seen.get(name) != stands_since:
        raise RefusedError(Rule.STALE_SCREEN)


def _flush_unless_stale() -> None:
    try:
        db.session.flush()
    except IntegrityError as error:
        # Somebody else set it for the first time at the same moment.
        raise RefusedError(Rule.STALE_SCREEN) from error


def _require_applicable(choices: list[dict[str, Any]], *, province: int) -> None:
    for one in choices:
        criteria = _find_criteria(one["reference"])
        group, year = one["group"], one["from_year"]
        if criteria is None or not is_applicable(
            criteria, group=group, from_year=year, province=province
        ):
            raise RefusedError(
                Rule.CRITERIA_NOT_APPLICABLE, reference=one["reference"], group=group, year=year
            )


def _find_criteria(reference: str) -> Any:
    try:
        return load_criteria(reference)
    except LookupError:
        return None


def clear_setting(name: SettingName, *, seen: Seen | None = None, by: Actor) -> None:
    """Give the agency's own value back, so that it inherits what the agencies above hold."""
    by.require(Permission.SETTINGS_EDIT)
    row = find_own_setting_to_change(name)
    if row is None:
        raise MissingError(name)
    _require_fresh(name, row, seen)
    if not may_be_cleared(held_settings(), name):
        raise RefusedError(Rule.NOTHING_TO_INHERIT)
    record_act(
        Act.SETTING_CLEARED,
        by=by,
        object_kind="setting",
        object_id=row.id,
        name=name.value,
        before=row.value,
    )
    db.session.delete(row)


def set_deadline(deadline: Deadline, year: int, *, seen: datetime | None, by: Actor) -> None:
    """Let the agency keep a date of its own, no later in ``year`` than the one from above.

    ``seen`` is since when the date that it replaces stood on the screen; None: there was none.
    """
    by.require(Permission.SETTINGS_EDIT)
    require_day_of_calendar(deadline)
    calendar = working_days()
    above = inherited_deadline(held_deadlines(), deadline.kind, year, calendar)
    require_tighter(deadline, above, year, calendar)
    row = find_own_deadline_to_change(deadline.kind, deadline.year)
    if (row.set_at if row else None) != seen:
        raise RefusedError(Rule.STALE_SCREEN)
    before = _facts_of(to_deadline(row)) if row else None
    row = row or DeadlineRow(id=new_id(), kind=deadline.kind, year=deadline.year or 0)
    _write(row, deadline, by)
    db.session.add(row)
    _flush_unless_stale()
    record_act(
        Act.DEADLINE_SET,
        by=by,
        object_kind="deadline",
        object_id=row.id,
        before=before,
        after=_facts_of(deadline),
    )


def _write(row: DeadlineRow, deadline: Deadline, by: Actor) -> None:
    row.month = deadline.month
    row.day = deadline.day
    row.rule = deadline.rule
    row.rolls_off_non_working_days = deadline.rolls_off_non_working_days
    row.wording = clean(deadline.wording)
    row.source = clean(deadline.source or "")
    row.is_assumed = False
    row.set_at = transaction_time()
    row.set_by = by.account_id


def remove_deadline(kind: DeadlineKind, year: int | None, *, by: Actor) -> None:
    """Drop the agency's own date for ``year``, None: for every year; those from above bind."""
    by.require(Permission.SETTINGS_EDIT)
    row = find_own_deadline_to_change(kind, year)
    if row is None:
        raise MissingError(kind)
    record_act(
        Act.SETTING_CLEARED,
        by=by,
        object_kind="deadline",
        object_id=row.id,
        before=_facts_of(to_deadline(row)),
    )
    db.session.delete(row)


def _facts_of(deadline: Deadline) -> dict[str, object]:
    return {
        "kind": deadline.kind.value,
        "year": deadline.year,
        "date": f"{deadline.day:02}/{deadline.month:02}",
        "rule": deadline.rule.value,
        "rolls": deadline.rolls_off_non_working_days,
        "wording": deadline.wording,
    }
