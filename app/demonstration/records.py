"""What a told story is made of: agencies, people, years and happenings, all frozen."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from app.demonstration.people import SyntheticPerson
from app.domain.digital_skills import DigitalSkill
from app.domain.dossiers import Event, Outcome, State, replay
from app.domain.scoring import BLANK, DraftScores, Scores
from tenants.schema import TenantKind


class Temperament(StrEnum):
    """How an agency goes about its years."""

    PUNCTUAL = "punctual"
    IMPROVING = "improving"
    LATE = "late"
    STRUGGLING = "struggling"
    NOT_STARTED = "not-started"


class Stage(StrEnum):
    """How far a dossier has come. Finer than its state: it tells how an appeal ended."""

    LISTED = "listed"
    REGISTERED = "registered"
    SUBMITTED = "submitted"
    CONFIRMED = "confirmed"
    IN_APPRAISAL = "in_appraisal"
    RETURNED = "returned"
    APPRAISED = "appraised"
    PROPOSED = "proposed"
    DECIDED = "decided"
    PUBLISHED = "published"
    APPEALED = "appealed"
    UPHELD = "upheld"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    TRANSFERRED = "transferred"


_END_OF_APPEAL = {Event.UPHOLD: Stage.UPHELD, Event.CORRECT: Stage.CHANGED}


@dataclass(frozen=True, slots=True)
class Remark:
    """What was said about one indicator."""

    indicator: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event of a dossier. ``actor`` is a place in the agency's people; None is one level up.

    ``scores`` are the person's own (submit), one appraiser's (score) or the agreed ones (agree,
    correct). ``remarks`` say why the agreed scores differ, what a returned dossier lacks, or what
    an appeal is about. ``batch`` is the number of the list or decision within agency and year.
    """

    event: Event
    at: datetime
    actor: int | None
    round_number: int = 1
    scores: Scores | None = None
    remarks: tuple[Remark, ...] = ()
    reason: str = ""
    due_on: date | None = None
    outcome: Outcome | None = None
    batch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearStory:
    """One person's dossier in one agency and year: all that happened up to the day of telling."""

    year: int
    group_number: int
    is_on_behalf: bool
    happenings: tuple[Happening, ...] = ()
    draft: DraftScores = BLANK
    digital_skill: DigitalSkill = DigitalSkill.UNSTATED

    @property
    def state(self) -> State:
        """What the rules of the house make of the happenings."""
        return replay((one.event, one.round_number) for one in self.happenings)

    @property
    def stage(self) -> Stage:
        """How far the dossier has come."""
        if not self.happenings:
            return Stage.LISTED
        return _END_OF_APPEAL.get(self.happenings[-1].event) or Stage(self.state)

    @property
    def is_registered(self) -> bool:
        """Tell whether the person ever registered, whatever came of it."""
        return self.last(Event.REGISTER) is not None

    @property
    def was_returned(self) -> bool:
        """Tell whether the team sent the dossier back."""
        return self.last(Event.RETURN) is not None

    @property
    def self_scores(self) -> Scores | None:
        """The person's own scores, as last submitted."""
        return self._scores(Event.SUBMIT)

    @property
    def team_scores(self) -> tuple[Scores, ...]:
        """What each appraiser gave in the last round, in the order in which they did."""
        scored = [one for one in self.happenings if one.event is Event.SCORE]
        return tuple(
            one.scores
            for one in scored
            if one.scores is not None and one.round_number == scored[-1].round_number
        )

    @property
    def agreed_scores(self) -> Scores | None:
        """The scores in force: those of the meeting, or of the correcting decision."""
        return self._scores(Event.CORRECT) or self._scores(Event.AGREE)

    @property
    def outcome(self) -> Outcome | None:
        """The outcome in force."""
        decision = self.last(Event.CORRECT) or self.last(Event.DECIDE)
        return decision.outcome if decision else None

    @property
    def batch(self) -> int | None:
        """The number of the list on which the dossier went to the head."""
        proposal = self.last(Event.PROPOSE)
        return proposal.batch if proposal else None

    def last(self, event: Event) -> Happening | None:
        """Return the last happening of this sort, or None."""
        return next((one for one in reversed(self.happenings) if one.event is event), None)

    def _scores(self, event: Event) -> Scores | None:
        happening = self.last(event)
        return happening.scores if happening else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonStory:
    """Somebody in one agency. The same ``identity`` elsewhere is the same human being."""

    identity: int
    person: SyntheticPerson
    unit_number: int
    years: tuple[YearStory, ...]
    joined_on: date | None = None
    left_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearPlan:
    """The dates of an agency's cycle; each ``…_on`` is the last or first day, both included."""

    year: int
    criteria: str
    registration_opens_on: date
    registration_closes_on: date
    self_assessment_opens_on: date
    self_assessment_closes_on: date
    appraisal_opens_on: date
    completion_due_on: date
    report_due_on: date


class BatchKind(StrEnum):
    """Why a decision stands by itself."""

    MAIN = "main"
    SECOND = "second"
    ABOVE = "above"
    CHAIRS = "chairs"
    SEALED = "sealed"
    CORRECTING = "correcting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A list and the decision on it. What has not happened is None.

    ``ABOVE`` holds the head's own dossier, which is decided one level up, and ``CHAIRS`` that of
    the secretary, who makes no list with himself on it. A ``SEALED`` list still waits for the
    secretary to submit it. Each appeal that was granted has a ``CORRECTING`` decision, which no
    list precedes.
    """

    number: int
    kind: BatchKind
    proposed_at: datetime | None
    decided_at: datetime | None
    published_at: datetime | None
    document_number: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantYear:
    """An agency's year: its dates, the meetings held, the decisions and the report."""

    plan: YearPlan
    has_begun: bool
    meetings: tuple[datetime, ...]
    batches: tuple[Batch, ...]
    reported_at: datetime | None


@dataclass(frozen=True, slots=True)
class Cast:
    """Who runs an agency's cycle, as places in its people.

    The officer also heads the first unit, and so confirms the dossier of the other unit head.
    """

    head: int = 0
    officer: int = 1
    unit_head: int = 2
    chair: int = 3
    secretary: int = 4
    appraisers: tuple[int, int] = (5, 6)


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantFacts:
    """An agency to tell of. ``path`` is its address, such as ``lai-chau/so-cong-thuong``.

    ``province`` and ``commune_code`` are the codes of QĐ 19/2025/QĐ-TTg. What is None is drawn.
    In a showcase, the year under way has dossiers at every station.
    """

    path: str
    province: str
    kind: TenantKind
    commune_code: str | None = None
    head_count: int | None = None
    temperament: Temperament | None = None
    confirms: bool | None = None
    groups: tuple[int, ...] | None = None
    is_showcase: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantStory:
    """An agency's five years."""

    facts: TenantFacts
    temperament: Temperament
    confirms: bool
    cast: Cast
    unit_count: int
    years: tuple[TenantYear, ...]
    people: tuple[PersonStory, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """Somebody who changed from one agency of a province to another."""

    identity: int
    from_path: str
    to_path: str
    moved_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Somebody who is on two rosters at once: at work and at home."""

    identity: int
    workplace: str
    residence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Demonstration:
    """The whole story, told as of the first moment of ``today``."""

    today: date
    seed: int
    tenants: tuple[TenantStory, ...]
    moves: tuple[Move, ...]
    overlaps: tuple[Overlap, ...]

    @property
    def dossier_count(self) -> int:
        """How many dossiers there are, of those only listed too."""
        return sum(len(person.years) for tenant in self.tenants for person in tenant.people)
