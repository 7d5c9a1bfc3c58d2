"""Leaves in each agency what is under way between people: a draft, requests, looks into a file."""

from collections.abc import Mapping
from uuid import UUID

from app.domain.data_requests import RequestChannel, RequestKind
from app.domain.ids import new_id
from app.domain.permissions import Actor, Role
from app.persistence.clock import today, transaction_time
from app.persistence.database import db
from app.persistence.models import CriteriaDraft
from app.persistence.unit_of_work import unit_of_work
from app.services import data_requests
from app.services.inspections import Line, ask_inspection, grant_inspection
from tests.builders.world import (
    DEPARTMENT,
    OTHER_PROVINCE,
    PROVINCE,
    STANDARD_SET,
    Someone,
    World,
)
from tests.isolation.furniture import Furniture


NUMBER_LOOKED_INTO = "12/QĐ"
"""Of a decision in every agency; whoever asks for a look types it, so it holds no canary."""

_ABOVE = {"child": DEPARTMENT, "other province": OTHER_PROVINCE}
_ASKERS = (DEPARTMENT, PROVINCE, OTHER_PROVINCE)


def make_draft(room: Furniture) -> None:
    """Begin a criteria set, which nobody else may see before it is published."""
    with room.world.inside(room.slug), unit_of_work():
        draft = CriteriaDraft(
            id=new_id(),
            based_on=STANDARD_SET,
            key="x",
            changed_at=transaction_time(),
            changes={"groups.3.indicators.7.text.vi": f"{room.tag} chỉ báo"},
        )
        db.session.add(draft)
        room.keep("draft", draft.id)


def make_requests(room: Furniture) -> None:
    """Take down what people ask about their data, and restrict one of them."""
    officer = room.office.officer.actor()
    room.keep("request", _ask(room, RequestKind.CORRECT, officer))
    room.keep("request to erase", _ask(room, RequestKind.ERASE, officer))
    restricted = room.make_person()
    with room.world.inside(room.slug), unit_of_work():
        data_requests.restrict(restricted, f"{room.tag} khiếu nại", by=officer)
    room.keep("restricted person", restricted)


def _ask(room: Furniture, kind: RequestKind, by: Actor) -> UUID:
    person = room.make_person()
    with room.world.inside(room.slug), unit_of_work():
        words = f"{room.tag} yêu cầu"
        return data_requests.ask(person, kind, RequestChannel.PAPER, words, by=by)


def ask_for_looks(rooms: Mapping[str, Furniture]) -> None:
    """Let agencies above ask those below for a look into a file, and some be granted.

    What an agency has *made* lies with the one below it. An agency that is above nobody has, under
    that name, one that others have made: foreign to whoever tries it all the same.
    """
    for room in rooms.values():
        room.office.published(room.dossier(room.office.appraise), number=NUMBER_LOOKED_INTO)
    askers = {slug: _asker(rooms["own"].world, slug) for slug in _ASKERS}
    for relation, room in rooms.items():
        asker = askers[_ABOVE.get(relation, PROVINCE)]
        # Nobody is above a province: it holds what it has asked for itself.
        asked = rooms["sibling"] if relation == "parent" else room
        room.keep("asked inspection", _look(asked, asker))
        room.keep("opened inspection", _look(asked, asker, is_open=True))
        maker = askers[PROVINCE] if relation == "child" else asker
        room.keep("made inspection", _look(asked, maker, is_open=True))
    made = _look(rooms["child"], askers[DEPARTMENT], is_open=True)
    rooms["own"].keep("made inspection", made)


def _asker(world: World, slug: str) -> Someone:
    return world.make_account(slug, Role.ASSOCIATION, name="Hội cấp trên")


def _look(room: Furniture, asker: Someone, *, is_open: bool = False) -> UUID:
    slug = next(slug for slug in _ASKERS if room.world.key_of(slug) == asker.tenant)
    with room.world.inside(slug), unit_of_work():
        line = Line(number=NUMBER_LOOKED_INTO, signed_on=today(), position=1)
        agency = room.office.head.tenant.tenant_id
        asked = ask_inspection(agency, line, "Có đơn khiếu nại", by=asker.actor())
    if is_open:
        with room.world.inside(room.slug), unit_of_work():
            grant_inspection(asked, hours=24, by=room.office.head.actor())
    return asked
