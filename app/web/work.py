"""What waits for whoever is asking: asked once for a page, shown by the frame and by the start."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import current_app, g, url_for

from app.domain.appraisals import Queue
from app.domain.work import Task, Work
from app.labels.work import task_in_words
from app.persistence.queries.work import work_of
from app.web.access import find_current_actor


_ROOMS: Mapping[Task, tuple[str, str]] = {
    Task.OWN: ("own.index", "file-text"),
    Task.IMPORT: ("roster.uploads", "database-import"),
    Task.ADHOC: ("adhoc.received", "report"),
    Task.TRANSFER: ("transfers.index", "user-plus"),
    Task.CONFIRM: ("confirmations.index", "user-check"),
    Task.SCORE: ("appraisals.index", "clipboard-check"),
    Task.AGREE: ("appraisals.index", "users-group"),
    Task.PROPOSE: ("proposals.new", "list-check"),
    Task.SUBMIT: ("proposals.index", "send"),
    Task.DECIDE: ("decisions.index", "gavel"),
    Task.PUBLISH: ("decisions.index", "certificate"),
    Task.APPEAL: ("decisions.index", "scale"),
    Task.EXPECT: ("reports.index", "calendar-due"),
    Task.REPORT: ("reports.own", "report"),
    Task.EXTEND: ("reports.index", "clock"),
    Task.REVIEW: ("reports.index", "report"),
}


_PLACES: Mapping[Task, Mapping[str, Any]] = {
    Task.IMPORT: {"only": "unfinished", "_anchor": "uploads"},
    Task.ADHOC: {"only": "waiting", "_anchor": "requests"},
    Task.TRANSFER: {"_anchor": "offered"},
    Task.SCORE: {"queue": Queue.TO_SCORE},
    Task.AGREE: {"queue": Queue.TO_AGREE},
    Task.PROPOSE: {"_anchor": "candidates"},
    Task.SUBMIT: {"only": "sealed", "_anchor": "lists"},
    Task.DECIDE: {"_anchor": "waiting"},
    Task.PUBLISH: {"only": "unpublished", "_anchor": "decisions"},
    Task.APPEAL: {"_anchor": "appealed"},
    Task.EXTEND: {"_anchor": "requests"},
    Task.REVIEW: {"only": "to-review", "_anchor": "reports"},
}
"""Where on its page a task is counted line by line."""
_ALONE = frozenset({Task.OWN, Task.EXPECT, Task.REPORT})
"""Of what there is one at most: the page that it leads to is all about it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """Something that waits, and where it is done; ``is_list``: its number is that of a list."""

    task: Task
    label: str
    url: str
    icon: str
    is_list: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkMark:
    """What the masthead says: how much waits, and where the list is."""

    count: int
    url: str


def find_work() -> Work | None:
    """Return what waits for whoever is asking; None for a stranger."""
    if "work" not in g:
        actor = find_current_actor()
        g.work = work_of(actor) if actor else None
    work: Work | None = g.work
    return work


def work_mark() -> WorkMark | None:
    """Return what the masthead shows of it."""
    work = find_work() if g.get("agency") is not None else None
    return WorkMark(count=work.total, url=url_for("home.index", _anchor="work")) if work else None


def task_lines(work: Work) -> list[TaskLine]:
    """Return a line for each kind of task that waits, in the order of the year."""
    return [
        TaskLine(
            task=task,
            label=task_in_words(task, work.counts[task], work.own_state),
            url=url_for(endpoint, **_PLACES.get(task, {})),
            icon=icon,
            is_list=task not in _ALONE,
        )
        for task, (endpoint, icon) in _ROOMS.items()
        if task in work.counts and endpoint in current_app.view_functions
    ]
