"""People at work while things fail: officers type forms in, heads decide, and nobody waits."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

from app.domain.permissions import Role
from app.persistence.queries.proposals import items_of_proposal
from tests.builders.lists import Office
from tests.builders.trees import put_somebody_into_both
from tests.builders.world import Someone
from tests.faults.acts import Attempt, Fate, Ledger, Trace
from tests.faults.browsers import Answer, Browser, Fields
from tests.faults.stage import Stage


DEPARTMENTS = tuple(
    f"lai-chau/{slug}" for slug in ("so-cong-thuong", "so-giao-duc-va-dao-tao", "so-noi-vu")
)
_PAUSE = 0.15
PAPER_FORM: Fields = {
    **{f"score_{number}": "8" for number in range(1, 11)},
    "consent": "paper_form",
    "seen": "1",
    "version": "1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """A form that somebody sends, and the traces that it is to leave."""

    browser: Browser
    page: str
    fields: Fields
    traces: frozenset[Trace]

    def run(self, ledger: Ledger) -> Answer:
        """Send the form and keep what came of it."""
        answer = self.browser.post(self.page, self.fields)
        ledger.note(
            Attempt(
                traces=self.traces, fate=answer.fate, began=answer.began, seconds=answer.seconds
            )
        )
        return answer


def paper_forms(stage: Stage, slug: str, number: int) -> list[Errand]:
    """Return as many paper forms as an officer of an agency has on the desk."""
    officer = stage.browser(slug, stage.world.make_account(slug, Role.OFFICER))
    return [
        Errand(
            browser=officer,
            page=f"/entry/{dossier}",
            fields=PAPER_FORM,
            traces=events_of([dossier], "register", "submit"),
        )
        for dossier in stage.list_people(slug, number)
    ]


def decisions(stage: Stage, slug: str, number: int, *, people: int = 3) -> list[Errand]:
    """Return as many lists as a head has to decide on, each of some people."""
    office = Office(stage.world, slug)
    browser = stage.browser(slug, office.head)
    return [
        decision_on(stage, office, office.submitted(*_appraised(stage, office, people)), browser)
        for _ in range(number)
    ]


def _appraised(stage: Stage, office: Office, people: int) -> Sequence[UUID]:
    dossiers = stage.list_people(office.slug, people)
    for one in dossiers:
        office.appraise(one)
    return dossiers


def decision_on(
    stage: Stage, office: Office, proposal: UUID, browser: Browser, number: str = ""
) -> Errand:
    """Return a head's decision on a list: everybody on it is recognised."""
    signature = office.signature(number or f"{str(proposal)[-8:]}/QĐ-{office.slug[-3:].upper()}")
    with stage.world.inside(office.slug):
        people = [item.dossier_id for item in items_of_proposal(proposal)]
    fields = {
        "number": signature.number,
        "signed_on": signature.signed_on.isoformat(),
        "signer": "0",
        "signer_name": signature.signer_name,
        "is_confirmed": "1",
        **{f"outcome-{one}": "recognised" for one in people},
    }
    return Errand(
        browser=browser,
        page=f"/decisions/lists/{proposal}",
        fields=fields,
        traces=events_of(people, "decide") | {Trace(proposal, "decision")},
    )


def workbook(stage: Stage, slug: str, role: Role) -> Errand:
    """Return the errand of somebody new who asks for one workbook."""
    reader, browser = somebody(stage, slug, role)
    traces = frozenset({Trace(reader.id, "workbook"), Trace(reader.id, "finished workbook")})
    return Errand(browser=browser, page="/exports/", fields={}, traces=traces)


def events_of(dossiers: Sequence[UUID], *events: str) -> frozenset[Trace]:
    """Return the traces of events that happen to dossiers."""
    return frozenset(Trace(one, f"event {event}") for one in dossiers for event in events)


def furnish(stage: Stage, neighbour: str) -> None:
    """Put people into two agencies at once, and give a neighbour in another province some acts."""
    put_somebody_into_both(stage.world, stage.year)
    for errand in (*paper_forms(stage, neighbour, 2), *decisions(stage, neighbour, 1)):
        answer = errand.run(Ledger())
        assert answer.fate is Fate.DONE, (errand.page, answer.status)


@contextmanager
def at_work(
    ledger: Ledger, desks: Sequence[Sequence[Errand]], *, pause: float = _PAUSE
) -> Iterator[Callable[[], int]]:
    """Let everybody run their errands one after another while the block lasts.

    Yields what tells how many errands are left. Who has none left goes home.
    """
    is_over = threading.Event()
    left = [list(desk) for desk in desks]

    def work(desk: list[Errand]) -> None:
        while desk and not is_over.is_set():
            desk.pop(0).run(ledger)
            time.sleep(pause)

    threads = [threading.Thread(target=work, args=(desk,)) for desk in left]
    for thread in threads:
        thread.start()
    try:
        yield lambda: sum(len(desk) for desk in left)
    finally:
        is_over.set()
        for thread in threads:
            thread.join()


def somebody(stage: Stage, slug: str, role: Role) -> tuple[Someone, Browser]:
    """Return somebody new who has signed in, with their browser."""
    account = stage.world.make_account(slug, role)
    return account, stage.browser(slug, account)
