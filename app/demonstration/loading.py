"""Loads the story of five years into the database, in bulk, as its owner.

Rows go in with COPY, yet through every constraint and trigger: dossiers as they are listed, then
the events that move them, so that the database itself proves each history legal.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from sqlalchemy import func, select, update

from app.demonstration.adhoc import write_requests
from app.demonstration.agencies import SHOWCASES, Agency, load_agencies, load_rules
from app.demonstration.casting import write_associations, write_superior, write_superior_role
from app.demonstration.crowd import Wanted, write_crowd
from app.demonstration.desks import ORDER, Desk, Load
from app.demonstration.dossier_rows import write_dossiers
from app.demonstration.endings import finish, roll_up
from app.demonstration.papers import open_papers, write_papers
from app.demonstration.people_rows import hands_of, write_people
from app.demonstration.records import TenantFacts, TenantStory
from app.demonstration.reports import write_reports
from app.demonstration.roles import PASSWORD
from app.demonstration.rosters import draw_rosters
from app.demonstration.story import tell_tenants, years_until
from app.domain.deadlines import VIETNAM
from app.persistence.bulk import Ledger, analyse
from app.persistence.database import db
from app.persistence.models import Account, Cycle, Dossier, Identity, Person, Proposal, Tenant
from app.persistence.sealing import NumberSeal
from app.services.accounts import hash_password
from app.services.keys import require_keys
from app.services.reports import PaperWriter


DEFAULT_SEED = 2026
MOST_STORIES = 5_000
"""Up to how many people each has a story: it takes milliseconds to tell one."""

_STORIES_BEFORE_A_CROWD = 12
"""How many people of an agency have a story where a crowd follows: each year's every turn."""

DEMONSTRATION_PROVINCES = (12, 20, 51)

# The triggers' plans are made while there is next to nothing; counting again makes them anew.
_FIRST_FEW = frozenset({1, 5, 25})

Report = Callable[[str, int, int], None]
"""Told what is being written, agencies or people of the crowd, how many are, and of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to load: which provinces, as of which day, and how many people in all if not a few.

    Beyond ``MOST_STORIES`` people, stories are told of a few, however many there are, and a crowd
    of all the others echoes them. ``is_more`` adds to people who are already there.
    """

    provinces: tuple[int, ...] = DEMONSTRATION_PROVINCES
    today: date
    people: int | None = None
    seed: int = DEFAULT_SEED
    is_more: bool = False

    @property
    def is_crowd(self) -> bool:
        """Tell whether there are more people than have a story."""
        return self.people is not None and self.people > MOST_STORIES


def count_dossiers(provinces: Collection[int]) -> int:
    """Return how many dossiers there are in some provinces."""
    dossier = Dossier.__table__.c
    counted = select(func.count()).where(dossier.province_id.in_(provinces))
    return db.session.execute(counted).scalar_one()


def load_demonstration(
    wish: Wish, *, seal: NumberSeal, report: Report, paper: PaperWriter | None = None
) -> int:
    """Write the stories of all agencies of some provinces; return how many dossiers these have.

    Without ``paper``, which makes the papers of reports, nobody hands in a report.
    Runs as the owner, in the caller's transaction: all of it is there in the end, or nothing.
    """
    agencies = load_agencies(wish.provinces)
    facts = _facts(agencies, wish)
    rosters = draw_rosters(facts, years_until(wish.today), seed=wish.seed, today=wish.today)
    load = _open_load(wish, seal)
    write_associations(load, wish.provinces)
    for province in wish.provinces:
        write_superior(load, province)
    stories = tell_tenants(facts, rosters, today=wish.today, seed=wish.seed)
    dossiers = 0
    for place, desk in enumerate(_desks(load, agencies, stories), start=1):
        dossiers += _write_agency(desk)
        if place in _FIRST_FEW:
            analyse(ORDER)
        report("agencies", place, len(agencies))
    _mark_as_demonstration(wish.provinces)
    analyse(ORDER)
    finish(wish.provinces, wish.today)
    crowd = _write_crowd(wish, told=load.ledger.total(Person), report=report)
    # What is signed holds whoever is there: the crowd, too.
    if paper is not None and not wish.is_more:
        write_reports(wish.provinces, wish.today, paper=paper, seal=seal)
    if not (wish.is_more or wish.is_crowd):
        write_requests(wish.provinces, wish.today.year)
    return dossiers + crowd


def _write_crowd(wish: Wish, *, told: int, report: Report) -> int:
    if not wish.is_crowd or wish.people is None:
        return 0
    crowd = wish.people - told
    dossiers = write_crowd(
        Wanted(wish.provinces, crowd, wish.seed),
        report=lambda written: report("people", written, crowd),
    )
    analyse(ORDER)
    roll_up(wish.provinces)
    return dossiers


def _facts(agencies: Sequence[Agency], wish: Wish) -> Sequence[TenantFacts]:
    if wish.people is None or wish.is_crowd:
        usual = _STORIES_BEFORE_A_CROWD if wish.is_crowd else None
        return [one.facts(SHOWCASES.get(one.slug, usual)) for one in agencies]
    share, left = divmod(wish.people, max(1, len(agencies)))
    return [one.facts(share + (place < left)) for place, one in enumerate(agencies)]


def _open_load(wish: Wish, seal: NumberSeal) -> Load:
    require_keys(seal)
    known = select(Identity.cccd_index).where(
        Identity.province_id.in_(wish.provinces), Identity.cccd_index.is_not(None)
    )
    return Load(
        seed=wish.seed,
        today=wish.today,
        ledger=Ledger(ORDER),
        rules=load_rules(),
        seal=seal,
        password_hash=hash_password(PASSWORD),
        suffix=f".{wish.seed}" if _has_accounts() else "",
        numbers=set(filter(None, db.session.scalars(known))) if wish.is_more else set(),
    )


def _has_accounts() -> bool:
    shown = select(Account.id).where(Account.is_demonstration).limit(1)
    return db.session.execute(shown).first() is not None


def _desks(
    load: Load, agencies: Sequence[Agency], stories: Iterable[TenantStory]
) -> Iterator[Desk]:
    taken = _numbers_taken({one.key.province_id for one in agencies})
    for agency, story in zip(agencies, stories, strict=True):
        yield Desk(
            load=load,
            agency=agency,
            story=story,
            hands=hands_of(load, story),
            taken_numbers=taken.get(agency.key.tenant_id, {}),
        )


def _numbers_taken(provinces: Collection[int]) -> Mapping[UUID, Mapping[int, int]]:
    proposal = Proposal.__table__.c
    rows = (
        select(proposal.tenant_id, proposal.year, func.max(proposal.number))
        .where(proposal.province_id.in_(provinces))
        .group_by(proposal.tenant_id, proposal.year)
    )
    taken: dict[UUID, dict[int, int]] = {}
    for tenant, year, number in db.session.execute(rows):
        taken.setdefault(tenant, {})[year] = number
    return taken


def _write_agency(desk: Desk) -> int:
    ledger = desk.load.ledger
    papers = open_papers(desk)
    write_people(desk)
    write_superior_role(desk)
    _write_cycles(desk)
    write_dossiers(desk, papers)
    write_papers(desk, papers)
    dossiers = ledger.count(Dossier)
    ledger.write()
    return dossiers


def _write_cycles(desk: Desk) -> None:
    """Write the years that are over; the year under way was opened with the agency."""
    known = _years_opened(desk)
    for year in desk.story.years:
        plan = year.plan
        if plan.year not in known:
            closed_at = datetime(plan.year, 12, 31, 10, tzinfo=UTC)
            is_over = plan.year < desk.load.today.year
            desk.load.ledger.add(
                Cycle,
                **desk.owner,
                id=desk.identify(desk.opened, "cycle", plan.year),
                year=plan.year,
                registration_opens_on=plan.registration_opens_on,
                opened_at=datetime.combine(plan.registration_opens_on, time(8), VIETNAM),
                opened_by=None,
                closed_at=closed_at if is_over else None,
            )


def _years_opened(desk: Desk) -> frozenset[int]:
    cycle = Cycle.__table__.c
    rows = select(cycle.year).where(cycle.tenant_id == desk.agency.key.tenant_id)
    return frozenset(db.session.scalars(rows))


def _mark_as_demonstration(provinces: Collection[int]) -> None:
    db.session.execute(
        update(Tenant).where(Tenant.province_id.in_(provinces)).values(is_demonstration=True)
    )
