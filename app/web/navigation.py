"""What stands in the menu of somebody at work: one line for each room they may enter."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import current_app, g, request, url_for
from flask_babel import lazy_gettext as _
from flask_babel.speaklater import LazyString

from app.domain.permissions import Actor, Permission
from app.web.access import access_of


@dataclass(frozen=True, slots=True)
class Room:
    """A line of the menu."""

    endpoint: str
    label: LazyString
    icon: str
    permission: Permission | None


ROOMS = (
    Room("home.index", _("Start page"), "home", None),
    Room("own.index", _("My dossier"), "file-text", Permission.DOSSIER_OWN),
    Room("own_data.index", _("My data"), "user", Permission.DOSSIER_OWN),
    Room("roster.index", _("Roster"), "users", Permission.ROSTER_READ),
    Room("entry.index", _("Enter on behalf"), "keyboard", Permission.DOSSIER_ENTER),
    Room("dossiers.index", _("Dossiers"), "folder", Permission.DOSSIER_READ),
    Room("transfers.index", _("Transfers"), "arrow-right", Permission.ROSTER_EDIT),
    Room("confirmations.index", _("To confirm"), "user-check", Permission.DOSSIER_CONFIRM),
    Room("appraisals.index", _("Appraisal"), "clipboard-check", Permission.APPRAISAL_SCORE),
    Room("proposals.index", _("Proposals"), "list-check", Permission.PROPOSAL_READ),
    Room("decisions.index", _("Decisions"), "certificate", Permission.DECISION_READ),
    Room("honours.index", _("Honour roll"), "medal", None),
    Room("board.index", _("Golden board"), "chart-bar", Permission.BOARD_READ),
    Room("reports.index", _("Reports"), "report", Permission.REPORT_READ),
    Room("exports.index", _("Workbooks"), "file-spreadsheet", Permission.EXPORT_RUN),
    Room("adhoc.index", _("Ad-hoc requests"), "report", Permission.ADHOC_ASK),
    Room("adhoc.received", _("Ad-hoc requests from above"), "report", Permission.ADHOC_ANSWER),
    Room("inspections.index", _("Looking into a file"), "eye", Permission.INSPECTION_ASK),
    Room("inspections.received", _("Requests from above"), "eye", Permission.INSPECTION_GRANT),
    Room("data.index", _("Personal data"), "user-check", Permission.DATA_MANAGE),
    Room("settings.index", _("Settings"), "settings", Permission.SETTINGS_READ),
    Room("record.index", _("Record of acts"), "history", Permission.AUDIT_READ),
    Room("jobs.index", _("Background work"), "clock", Permission.JOB_MANAGE),
    Room("members.index", _("Members and roles"), "users-group", Permission.MEMBER_MANAGE),
)


@dataclass(frozen=True, slots=True)
class MenuLine:
    """A line of the menu, ready to be shown."""

    label: str
    url: str
    icon: str
    is_current: bool
    count: int | None = None


def navigation_for(actor: Actor | None) -> list[MenuLine]:
    """Return the menu of ``actor`` in the agency of the request."""
    return list(_lines(actor)) if g.get("agency") is not None else []


def _lines(actor: Actor | None) -> Iterator[MenuLine]:
    held = actor.permissions if actor else frozenset()
    rooms = [room for room in ROOMS if room.permission is None or room.permission in held]
    room_now = _room_now(rooms)
    for room in rooms:
        if room.endpoint in current_app.view_functions:
            yield MenuLine(
                label=str(room.label),
                url=url_for(room.endpoint),
                icon=room.icon,
                is_current=room is room_now,
            )


def _room_now(rooms: Sequence[Room]) -> Room | None:
    """Return the room of the page: where two share an address, the one that it takes to enter."""
    endpoint = request.endpoint or ""
    part, access = endpoint.partition(".")[0], access_of(current_app.view_functions.get(endpoint))
    near = [room for room in rooms if room.endpoint.partition(".")[0] == part]
    return min(
        near, key=lambda one: (one.endpoint != endpoint, one.permission != access), default=None
    )
