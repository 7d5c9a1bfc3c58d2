"""What is at hand while the rows of one agency's story are written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from app.demonstration.agencies import Agency
from app.demonstration.identifiers import identify
from app.demonstration.records import PersonStory, TenantStory
from app.domain.deadlines import VIETNAM
from app.persistence.bulk import Ledger, Row
from app.persistence.models import (
    Account,
    Consent,
    CriteriaRule,
    Cycle,
    Decision,
    DecisionItem,
    Dossier,
    DossierEvent,
    Identity,
    Membership,
    Person,
    Proposal,
    ProposalItem,
    TeamScore,
)
from app.persistence.sealing import NumberSeal


# Whatever a row refers to comes before it. Decisions guard their items by the events behind them.
ORDER = (
    Identity,
    Account,
    Person,
    Consent,
    Membership,
    Cycle,
    Dossier,
    Proposal,
    ProposalItem,
    Decision,
    DossierEvent,
    TeamScore,
    DecisionItem,
)


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody who acts, as the events name them."""

    account_id: UUID
    identity_id: UUID
    name: str


@dataclass(slots=True, kw_only=True)
class Load:
    """What all agencies of one load have in common.

    ``numbers`` are the indexes of personal numbers in use, ``logins`` the names to sign in with;
    ``suffix`` keeps the logins of a further load apart from those of the first.
    """

    seed: int
    today: date
    ledger: Ledger
    rules: Mapping[tuple[str, int], CriteriaRule]
    seal: NumberSeal
    password_hash: str
    suffix: str = ""
    numbers: set[bytes] = field(default_factory=set)
    identities: set[int] = field(default_factory=set)
    accounts: set[UUID] = field(default_factory=set)
    superiors: dict[int, Hand] = field(default_factory=dict)

    def identify(self, at: datetime, *parts: object) -> UUID:
        """Return the identifier of a row made at ``at``."""
        return identify(at, self.seed, *parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """One agency, its story and the hands that act in it, by their place among its people."""

    load: Load
    agency: Agency
    story: TenantStory
    hands: tuple[Hand, ...]
    taken_numbers: Mapping[int, int]

    @property
    def owner(self) -> Row:
        """The columns that every row of the agency begins with."""
        return {"province_id": self.agency.key.province_id, "tenant_id": self.agency.key.tenant_id}

    @property
    def opened(self) -> datetime:
        """The moment at which the story begins."""
        return beginning(self.story)

    def identify(self, at: datetime, *parts: object) -> UUID:
        """Return the identifier of one of the agency's rows."""
        return self.load.identify(at, self.agency.slug, *parts)

    def hand(self, actor: int | None) -> Hand:
        """Return who acts: somebody of the agency, or one level up."""
        if actor is None:
            return self.load.superiors[self.agency.key.province_id]
        return self.hands[actor]

    def person_id(self, person: PersonStory) -> UUID:
        """Return the identifier of somebody's entry on the agency's roster."""
        return self.identify(self.opened, "person", person.identity)

    def dossier_id(self, person: PersonStory, year: int) -> UUID:
        """Return the identifier of a dossier."""
        return self.identify(start_of(year), "dossier", person.identity, year)


def beginning(story: TenantStory) -> datetime:
    """Return the first moment of a story's first year."""
    return start_of(story.years[0].plan.year)


def start_of(year: int) -> datetime:
    """Return the first moment of a year."""
    return datetime.combine(date(year, 1, 1), time(), VIETNAM)
