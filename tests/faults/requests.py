"""Faults of people: the same form twenty times, two heads at once, and the last second of a day."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from http import HTTPStatus
from uuid import UUID

from sqlalchemy import text

from app.domain.permissions import Role
from app.persistence.queries.rules import deadline_term
from tenants.schema import DeadlineKind
from tests.builders.lists import Office
from tests.faults.acts import Fate, Ledger
from tests.faults.browsers import Answer
from tests.faults.citizens import ready_to_submit
from tests.faults.clocks import database_says
from tests.faults.injecting import Fault, Injected
from tests.faults.load import (
    DEPARTMENTS,
    Errand,
    decision_on,
    decisions,
    events_of,
    paper_forms,
    somebody,
)
from tests.faults.stage import Stage


HERE = DEPARTMENTS[0]
AT_ONCE = 20
LISTS = 4
CROWD = 60
_LATER_SECONDS = 10.0
_BEFORE_SECONDS = 12.0
_STREAM_SECONDS = 6.0
# The clock was read a moment before we heard of it.
_DOUBT_SECONDS = 0.05


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Do everything at the same moment, and return the answers in the order of the calls."""
    barrier = threading.Barrier(len(calls))

    def go(call: Callable[[], Answer]) -> Answer:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(go, calls))


def send_twenty_times(stage: Stage, ledger: Ledger) -> Injected:
    """Send each of several forms many times at once, and once more a while later."""
    errands = {
        "decision": decisions(stage, HERE, 1)[0],
        "paper form": paper_forms(stage, HERE, 1)[0],
        "list": _list_to_seal(stage),
        "person": _newcomer(stage),
    }
    own = {"submission": ready_to_submit(stage, HERE, 1)[0].errand}
    answers = _repeat(errands, ledger)
    # On a day on which people may still submit.
    with database_says(stage, _end_of_submission(stage) - timedelta(hours=1)):
        answers |= _repeat(own, ledger)
    told = [f"{name} {_counted(found)}" for name, found in answers.items()]
    problems = [one for name, found in answers.items() for one in _wrong_answers(name, found)]
    problems += [f"{people} people of one name" for people in _newcomers(stage) if people != 1]
    return Injected(
        said=f"{len(answers)} forms {AT_ONCE} times at once and again after"
        f" {_LATER_SECONDS:.0f} s ({'; '.join(told)})",
        problems=problems,
    )


def _repeat(errands: Mapping[str, Errand], ledger: Ledger) -> dict[str, list[Answer]]:
    answers = {
        name: at_once([lambda one=one: one.run(ledger)] * AT_ONCE) for name, one in errands.items()
    }
    time.sleep(_LATER_SECONDS)
    for name, errand in errands.items():
        answers[name].append(errand.run(ledger))
    return answers


def _end_of_submission(stage: Stage) -> datetime:
    with stage.world.inside(HERE):
        term = deadline_term(DeadlineKind.SELF_ASSESSMENT, stage.year)
    assert term is not None
    return term.ends_at


_NEWCOMER = "Sùng Thị Mỷ Đôi"


def _newcomer(stage: Stage) -> Errand:
    _, officer = somebody(stage, HERE, Role.OFFICER)
    unit = stage.world.unit_of(HERE)
    fields = {"name": _NEWCOMER, "birth": "1988", "unit_id": str(unit), "group_number": "3"}
    return Errand(
        browser=officer, page=f"/roster/add?year={stage.year}", fields=fields, traces=frozenset()
    )


def _newcomers(stage: Stage) -> Iterable[int]:
    with stage.owner.connect() as connection:
        statement = text("SELECT count(*) FROM person WHERE name = :name")
        return connection.execute(statement, {"name": _NEWCOMER}).scalars().all()


def _list_to_seal(stage: Stage) -> Errand:
    office = Office(stage.world, HERE)
    [dossier] = stage.list_people(HERE, 1)
    office.appraise(dossier)
    return Errand(
        browser=stage.browser(HERE, office.secretary),
        page=f"/proposals/new?year={stage.year}",
        fields={"dossier": str(dossier), "addressee": "head", "is_confirmed": "1"},
        traces=events_of([dossier], "propose"),
    )


def _counted(answers: Sequence[Answer]) -> str:
    counts = Counter(one.status for one in answers)
    return ", ".join(f"{times} × {status}" for status, times in sorted(counts.items()))


def _wrong_answers(name: str, answers: Sequence[Answer]) -> list[str]:
    """Return what is wrong with the answers to one form: an error, or nobody was let through."""
    wrong = [f"{name}: answered {one.status}" for one in answers if one.fate is Fate.UNKNOWN]
    if not any(one.fate is Fate.DONE for one in answers):
        wrong.append(f"{name}: nobody was told that it is done")
    return wrong


def decide_at_once(stage: Stage, ledger: Ledger) -> Injected:
    """Let two heads decide one list at the same moment, then one decide and one send it back."""
    office = Office(stage.world, HERE)
    heads = [somebody(stage, HERE, Role.HEAD)[1] for _ in range(2)]
    problems: list[str] = []
    for turn in range(LISTS * 2):
        proposal = office.submitted(*_appraised(stage, office))
        rivals = [
            decision_on(stage, office, proposal, heads[place % 2], f"{turn}{place:02}/QĐ-HAI")
            for place in range(AT_ONCE)
        ]
        calls = [lambda one=one: one.browser.post(one.page, one.fields) for one in rivals]
        if turn % 2:
            calls[::2] = [_send_back(heads[0], proposal)] * len(calls[::2])
        problems += _judge(stage, proposal, at_once(calls))
    return Injected(
        said=f"{LISTS} lists decided by two heads at once, {LISTS} decided and sent back at once,"
        f" {AT_ONCE} times each: one winner a list, and everybody else led to what won or refused",
        problems=problems,
    )


def _appraised(stage: Stage, office: Office) -> Sequence[UUID]:
    dossiers = stage.list_people(HERE, 2)
    for one in dossiers:
        office.appraise(one)
    return dossiers


def _send_back(browser: object, proposal: UUID) -> Callable[[], Answer]:
    page, fields = f"/decisions/lists/{proposal}/send-back", {"reason": "Xem lại minh chứng"}
    return lambda: browser.post(page, fields)  # type: ignore[attr-defined]


def _judge(stage: Stage, proposal: UUID, answers: Sequence[Answer]) -> list[str]:
    """Return what is wrong: more or fewer than one winner, or somebody who was told otherwise."""
    with stage.owner.connect() as connection:
        row = connection.execute(text(_OUTCOME), {"id": proposal}).mappings().one()
    kinds = (row["decisions"], row["decided"], row["sent_back"])
    people = row["people"]
    wrong = [] if kinds in {(1, people, 0), (0, 0, people)} else [f"{proposal}: {kinds}"]
    wrong += [f"answered {one.status}" for one in answers if one.fate is Fate.UNKNOWN]
    if row["decisions"]:
        decision = f"/decisions/{row['decision']}"
        led = [one for one in answers if one.location and decision not in one.location]
    else:
        led = [one for one in answers if "/decisions/" in one.location]
    return [*wrong, *(f"{proposal}: led to {one.location}" for one in led)]


_OUTCOME = """
    SELECT
        (SELECT count(*) FROM decision WHERE proposal_id = :id) AS decisions,
        (SELECT min(id::text) FROM decision WHERE proposal_id = :id) AS decision,
        (SELECT count(*) FROM dossier_event WHERE event = 'decide'
            AND dossier_id IN (SELECT dossier_id FROM proposal_item WHERE proposal_id = :id)
        ) AS decided,
        (SELECT count(*) FROM dossier_event WHERE event = 'unpropose'
            AND dossier_id IN (SELECT dossier_id FROM proposal_item WHERE proposal_id = :id)
        ) AS sent_back,
        (SELECT count(*) FROM proposal_item WHERE proposal_id = :id) AS people
"""


def race_the_deadline(stage: Stage, ledger: Ledger) -> Injected:
    """Let people submit in a stream that the end of the last day cuts in two."""
    people = ready_to_submit(stage, HERE, CROWD)
    end = _end_of_submission(stage)
    with database_says(stage, end - timedelta(seconds=_BEFORE_SECONDS)) as began:
        ends = began + _BEFORE_SECONDS
        stream = [
            (ends + _STREAM_SECONDS * (2 * place / CROWD - 1), one.errand)
            for place, one in enumerate(people)
        ]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda one: _send_at(*one, ledger), stream))
        problems = _wrong_side(answers, ends)
        again = [one.errand.run(ledger) for one in people[-3:]]
        problems += ["late, and let in" for one in again if one.fate is not Fate.REFUSED]
    with stage.owner.connect() as connection:
        values = {"ids": [one.dossier_id for one in people], "end": end}
        late = connection.execute(text(_LATE), values).scalar_one()
    problems += [f"{late} dossiers bear a moment after the end"] if late else []
    in_time = sum(one.fate is Fate.DONE for one in answers)
    if not 0 < in_time < CROWD:
        problems.append(f"{in_time} of {CROWD} in time: the stream was not cut")
    return Injected(
        said=f"{CROWD} submissions in {2 * _STREAM_SECONDS:.0f} s across the end of the last day,"
        f" by a clock of the database alone: {in_time} in time, {CROWD - in_time} refused",
        problems=problems,
    )


def _send_at(moment: float, errand: Errand, ledger: Ledger) -> Answer:
    time.sleep(max(0.0, moment - time.monotonic()))
    return errand.run(ledger)


def _wrong_side(answers: Iterable[Answer], ends: float) -> list[str]:
    """Return who was answered before the end and refused, or began after it and was let in."""
    found = []
    for one in answers:
        if one.fate is Fate.UNKNOWN:
            found.append(f"answered {one.status}")
        if one.fate is Fate.REFUSED and one.ended < ends - _DOUBT_SECONDS:
            found.append(f"refused {ends - one.ended:.2f} s before the end")
        if one.fate is Fate.REFUSED and one.status != HTTPStatus.UNPROCESSABLE_ENTITY:
            found.append(f"refused with {one.status}")
        if one.fate is Fate.DONE and one.began > ends + _DOUBT_SECONDS:
            found.append(f"let in {one.began - ends:.2f} s after the end")
    return found


_LATE = """
    SELECT count(*) FROM dossier_event
    WHERE dossier_id = ANY(:ids) AND event = 'submit' AND at >= :end
"""


FAULTS = (
    Fault(number=14, name="duplicate submit", seconds=60, inject=send_twenty_times, is_quiet=True),
    Fault(number=15, name="two approvers at once", seconds=60, inject=decide_at_once),
    Fault(number=16, name="deadline race", seconds=60, inject=race_the_deadline, is_quiet=True),
)
