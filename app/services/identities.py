"""Which human being an entry of a roster stands for, found by a personal number if there is one.

Without a number, everybody is somebody new. With one, whoever has it is the same human being all
over the province, so that years of recognition follow them from agency to agency.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.domain.ids import new_id
from app.domain.refusals import RefusedError, Rule
from app.domain.roster import LAST_DIGITS
from app.persistence.database import db
from app.persistence.models import Person
from app.persistence.queries.people import people_with_numbers
from app.persistence.sealing import NumberSeal, number_of
from app.persistence.tenancy import tenant_in_scope
from app.services.keys import require_keys


# How the database says that an account would be changed in another agency.
_ROLE_ELSEWHERE = "BV004"


def claim_identities(numbers: Sequence[str | None], *, seal: NumberSeal) -> list[UUID]:
    """Return the identity behind each number, made where it is new; a fresh one for None."""
    require_keys(seal)
    rows = db.session.execute(
        text(
            "SELECT claim_identity(one.fresh, one.wanted, one.other)"
            " FROM unnest(CAST(:fresh AS uuid[]), CAST(:wanted AS bytea[]),"
            " CAST(:others AS bytea[]))"
            " WITH ORDINALITY AS one (fresh, wanted, other, place) ORDER BY one.place"
        ),
        {
            "fresh": [new_id() for _ in numbers],
            "wanted": [_index(number, seal) for number in numbers],
            "others": [_other_index(number, seal) for number in numbers],
        },
    )
    return list(rows.scalars())


def find_people_by_number(numbers: Sequence[str], *, seal: NumberSeal) -> Mapping[str, UUID]:
    """Return which entry of this agency's roster has which number."""
    require_keys(seal)
    by_index = {
        index: number
        for number in numbers
        for index in (_index(number, seal), _other_index(number, seal))
        if index is not None
    }
    found = people_with_numbers(list(by_index))
    return {by_index[index]: person_id for index, person_id in found.items()}


def sealed_number(person_id: UUID, number: str | None, *, seal: NumberSeal) -> dict[str, Any]:
    """Return the columns that keep somebody's number, or none."""
    place = number_of(person_id, tenant_in_scope())
    return {
        "cccd_sealed": seal.seal(number, place=place) if number else None,
        "cccd_last_four": number[-LAST_DIGITS:] if number else None,
    }


def identify_person(person: Person, number: str | None, *, seal: NumberSeal) -> None:
    """Say that somebody on the roster has another number, or none that is known.

    Raises ``RefusedError`` where this would change who somebody is in another agency.
    """
    require_keys(seal)
    name = person.name
    for column, value in sealed_number(person.id, number, seal=seal).items():
        setattr(person, column, value)
    db.session.flush()
    try:
        db.session.execute(
            text("SELECT identify_person(:who, :fresh, :wanted, :other)"),
            {
                "who": person.id,
                "fresh": new_id(),
                "wanted": _index(number, seal),
                "other": _other_index(number, seal),
            },
        )
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", "") != _ROLE_ELSEWHERE:
            raise
        raise RefusedError(Rule.ACCOUNT_HAS_ROLE_ELSEWHERE, name=name) from error
    db.session.refresh(person, ["identity_id"])


def open_number(person: Person, *, seal: NumberSeal) -> str | None:
    """Return somebody's number in clear; None if none is kept."""
    if person.cccd_sealed is None:
        return None
    return seal.open(person.cccd_sealed, place=number_of(person.id, tenant_in_scope()))


def _index(number: str | None, seal: NumberSeal) -> bytes | None:
    if number is None:
        return None
    return seal.index(number, province_id=tenant_in_scope().province_id)


def _other_index(number: str | None, seal: NumberSeal) -> bytes | None:
    if number is None:
        return None
    return seal.other_index(number, province_id=tenant_in_scope().province_id)
