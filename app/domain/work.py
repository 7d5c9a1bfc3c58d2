"""What waits for somebody in an agency, and how far its year has come."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.domain.deadlines import Term, term_of, vietnam_date
from app.domain.dossiers import State
from app.domain.permissions import Permission
from app.domain.results import Figures
from app.domain.settings import HeldDeadline
from app.domain.working_days import WorkingDays
from tenants.schema import DeadlineKind


class Task(StrEnum):
    """Something that waits for somebody, in the order of the year."""

    OWN = "own"
    IMPORT = "import"
    ADHOC = "adhoc"
    TRANSFER = "transfer"
    CONFIRM = "confirm"
    SCORE = "score"
    AGREE = "agree"
    PROPOSE = "propose"
    SUBMIT = "submit"
    DECIDE = "decide"
    PUBLISH = "publish"
    APPEAL = "appeal"
    EXPECT = "expect"
    REPORT = "report"
    EXTEND = "extend"
    REVIEW = "review"


NEEDED: Mapping[Task, Permission] = {
    Task.OWN: Permission.DOSSIER_OWN,
    Task.IMPORT: Permission.ROSTER_EDIT,
    Task.ADHOC: Permission.ADHOC_ANSWER,
    Task.TRANSFER: Permission.ROSTER_EDIT,
    Task.CONFIRM: Permission.DOSSIER_CONFIRM,
    Task.SCORE: Permission.APPRAISAL_SCORE,
    Task.AGREE: Permission.APPRAISAL_AGREE,
    Task.PROPOSE: Permission.PROPOSAL_SEAL,
    Task.SUBMIT: Permission.PROPOSAL_SUBMIT,
    Task.DECIDE: Permission.DECISION_MAKE,
    Task.PUBLISH: Permission.DECISION_PUBLISH,
    Task.APPEAL: Permission.APPRAISAL_AGREE,
    Task.EXPECT: Permission.REPORT_REVIEW,
    Task.REPORT: Permission.REPORT_SUBMIT,
    Task.EXTEND: Permission.REPORT_REVIEW,
    Task.REVIEW: Permission.REPORT_REVIEW,
}
"""The permission that a task takes: it waits for nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What waits for somebody in the newest open year; ``year`` None: none is open."""

    year: int | None
    own_state: State | None
    completed_at: datetime | None
    counts: Mapping[Task, int]

    @property
    def total(self) -> int:
        """How many things wait."""
        return sum(self.counts.values())


class Progress(StrEnum):
    """How a stage of the year stands; the words that the stage rail knows."""

    DONE = "done"
    LATE = "late"
    CURRENT = "current"
    AHEAD = "todo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A stage of the year with its last day, and how many days are left until then."""

    kind: DeadlineKind
    term: Term
    days_left: int
    state: Progress

    @property
    def last_day(self) -> date:
        """The last day on which it is in time."""
        return self.term.last_day


_FINISHED: Mapping[DeadlineKind, Callable[[Figures], bool]] = {
    DeadlineKind.REGISTRATION: lambda of: of.registered >= of.eligible,
    DeadlineKind.SELF_ASSESSMENT: lambda of: of.self_assessed >= of.registered,
    DeadlineKind.COMPLETION: lambda of: of.decided >= of.self_assessed > 0,
}


def stages_of_year(  # noqa: PLR0913 - the year, by its dates, by what was done until now
    binding: Sequence[HeldDeadline],
    year: int,
    calendar: WorkingDays,
    figures: Figures,
    *,
    now: datetime,
    completed_at: datetime | None,
) -> tuple[Stage, ...]:
    """Return the stages of a year in their order; the first that is not over is under way.

    Registration is over with its last day, whoever has come; any other stage is then late.
    """
    order = tuple(DeadlineKind)
    found: list[Stage] = []
    for one in sorted(binding, key=lambda each: order.index(each.deadline.kind)):
        kind, term = one.deadline.kind, term_of(one.deadline, year, calendar)
        is_over = now >= term.ends_at
        is_finished = _is_finished(kind, figures, completed_at)
        if is_finished or (is_over and kind is DeadlineKind.REGISTRATION):
            state = Progress.DONE
        elif is_over:
            state = Progress.LATE
        else:
            is_first = all(stage.state is not Progress.CURRENT for stage in found)
            state = Progress.CURRENT if is_first else Progress.AHEAD
        days = (term.last_day - vietnam_date(now)).days
        found.append(Stage(kind=kind, term=term, days_left=days, state=state))
    return tuple(found)


def _is_finished(kind: DeadlineKind, figures: Figures, completed_at: datetime | None) -> bool:
    if kind is DeadlineKind.REPORT:
        return completed_at is not None
    return figures.eligible > 0 and _FINISHED[kind](figures)
