"""Questions about what people ask about their data."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from app.domain.data_requests import OPEN
from app.domain.refusals import MissingError
from app.persistence.database import db
from app.persistence.models import DataRequest, Person


def requests_of_agency(*, are_open: bool) -> Sequence[tuple[DataRequest, Person]]:
    """Return the agency's requests with whose they are, the most urgent or the newest first."""
    is_open = DataRequest.state.in_(OPEN)
    order = DataRequest.done_due_on.asc() if are_open else DataRequest.settled_at.desc()
    rows = db.session.execute(
        select(DataRequest, Person)
        .join(Person, (Person.id == DataRequest.person_id))
        .where(is_open if are_open else ~is_open)
        .order_by(order, DataRequest.id)
    )
    return [(request, person) for request, person in rows]


def requests_of_person(person_id: UUID) -> Sequence[DataRequest]:
    """Return what somebody has asked, the newest first."""
    return db.session.scalars(
        select(DataRequest)
        .where(DataRequest.person_id == person_id)
        .order_by(DataRequest.asked_at.desc(), DataRequest.id.desc())
    ).all()


def load_request(request_id: UUID) -> DataRequest:
    """Return a request; raise ``MissingError`` if it is not of this agency."""
    found = db.session.scalars(
        select(DataRequest).where(DataRequest.id == request_id)
    ).one_or_none()
    if found is None:
        raise MissingError(request_id)
    return found


def load_request_to_change(request_id: UUID) -> DataRequest:
    """Return a request locked until the end of the transaction, as it stands now."""
    found = db.session.scalars(
        select(DataRequest)
        .where(DataRequest.id == request_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise MissingError(request_id)
    return found
