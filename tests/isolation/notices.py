"""Leaves ad-hoc requests between the agencies: drafts, sent ones, and answers to them."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from app.domain.adhoc_answers import Field, FieldKind, KnownFigure, Typed
from app.domain.permissions import Actor, Role
from app.persistence.queries.adhoc import lines_of
from app.persistence.unit_of_work import unit_of_work
from app.services.adhoc import Asked, draw_up, send
from app.services.adhoc_answers import answer, keep_draft
from tests.builders.world import DEPARTMENT, OTHER_PROVINCE, PROVINCE, THIS_YEAR
from tests.isolation.furniture import Furniture


_ABOVE = {"child": DEPARTMENT, "other province": OTHER_PROVINCE}
_ASKERS = (DEPARTMENT, PROVINCE, OTHER_PROVINCE)
_FIELDS = (
    Field(label="Số lớp tập huấn", kind=FieldKind.NUMBER),
    Field(label="Số người thuộc diện", kind=FieldKind.KNOWN, figure=KnownFigure.ELIGIBLE),
    Field(label="Khó khăn", kind=FieldKind.TEXT),
)


def ask_at_short_notice(rooms: Mapping[str, Furniture]) -> None:
    """Let agencies above ask those below, and some be answered.

    What an agency has drawn up or sent lies with itself. One that is above nobody has, under those
    names, what others have made: foreign to whoever tries it all the same.
    """
    world = rooms["own"].world
    askers = {
        slug: world.make_account(slug, Role.ASSOCIATION, name="Hội cấp trên").actor()
        for slug in _ASKERS
    }
    for relation, room in rooms.items():
        slug = _ABOVE.get(relation, PROVINCE)
        # Nobody is above a province: it holds what it has asked for itself.
        asked = rooms["sibling"] if relation == "parent" else room
        room.keep("asked line", _line(asked, slug, _send(asked, slug, askers[slug])))
        # Only the department and the provinces ask; a child has what the province has made.
        maker = PROVINCE if relation == "child" else slug
        _keep_made(room, asked, maker, askers[maker])
    _keep_made(rooms["own"], rooms["child"], DEPARTMENT, askers[DEPARTMENT])


def _keep_made(room: Furniture, asked: Furniture, slug: str, asker: Actor) -> None:
    room.keep("unsent adhoc", _draw_up(asked, slug, asker))
    room.keep("awaited adhoc", _send(asked, slug, asker))
    request = _send(asked, slug, asker)
    room.keep("sent adhoc", request)
    line = _line(asked, slug, request)
    _answer_and_correct(asked, line)
    room.keep("answered line", line)


def _answer_and_correct(asked: Furniture, line: UUID) -> None:
    officer = asked.world.make_account(asked.slug, Role.OFFICER).actor()
    typed = [Typed(value="4"), Typed(value="0", reason="Tính lại"), Typed(value="Không")]
    for version, because in enumerate(("", "Thiếu một lớp")):
        with asked.world.inside(asked.slug), unit_of_work():
            answer(line, typed, because=because, version=version, by=officer)
    with asked.world.inside(asked.slug), unit_of_work():
        keep_draft(line, typed, because="Đang rà soát", version=0, by=officer)


def _draw_up(asked: Furniture, slug: str, asker: Actor) -> UUID:
    with asked.world.inside(slug), unit_of_work():
        form = Asked(
            title="Báo cáo đột xuất",
            document="25/HKH",
            instructions="Theo yêu cầu của tỉnh",
            due_on=date(THIS_YEAR, 11, 30),
            year=THIS_YEAR,
            fields=_FIELDS,
            addressed=frozenset({asked.world.key_of(asked.slug).tenant_id}),
        )
        return draw_up(form, by=asker)


def _send(asked: Furniture, slug: str, asker: Actor) -> UUID:
    request = _draw_up(asked, slug, asker)
    with asked.world.inside(slug), unit_of_work():
        send(request, version=1, by=asker)
    return request


def _line(asked: Furniture, slug: str, request: UUID) -> UUID:
    with asked.world.inside(slug):
        [line] = lines_of(request)
        return line.row.id
