"""Does what the outbox has for an agency, as a worker would, here and now."""

from uuid import UUID

from sqlalchemy import func, select, update

from app.domain.outbox import LineState
from app.jobs.outbox import run
from app.persistence.database import db
from app.persistence.models import OutboxLine
from app.persistence.unit_of_work import unit_of_work
from tests.builders.world import World


def lines(world: World, slug: str) -> list[OutboxLine]:
    """Return the lines of an agency as they stand, the oldest first."""
    with world.inside(slug):
        found = list(db.session.scalars(select(OutboxLine).order_by(OutboxLine.id)))
        for line in found:
            db.session.expunge(line)
        return found


def work_on_all(world: World, slug: str) -> None:
    """Take up every line of an agency that is due, once."""
    key = world.key_of(slug)
    for line in lines(world, slug):
        if line.state in {LineState.WAITING, LineState.SENT}:
            with world.app.app_context():
                run(key.province_id, str(key.tenant_id), str(line.id))


def let_pauses_pass(world: World, slug: str) -> None:
    """Let every line that waits to be tried again be due at once."""
    with world.inside(slug), unit_of_work():
        db.session.execute(
            update(OutboxLine)
            .where(OutboxLine.state == LineState.WAITING)
            .values(next_at=func.now())
            .execution_options(synchronize_session=False)
        )


def let_fall_silent(world: World, slug: str, line_id: UUID) -> None:
    """Let the worker of a line, or the call for it, be an hour old."""
    hour = func.make_interval(0, 0, 0, 0, 1)
    with world.inside(slug), unit_of_work():
        db.session.execute(
            update(OutboxLine)
            .where(OutboxLine.id == line_id)
            .values(alive_at=OutboxLine.alive_at - hour, sent_at=OutboxLine.sent_at - hour)
            .execution_options(synchronize_session=False)
        )
