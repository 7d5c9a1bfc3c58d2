"""Dossiers that somebody ticked on a list, each as the screen showed it."""

from typing import NamedTuple
from uuid import UUID

from flask import abort, request


class Choice(NamedTuple):
    """A dossier and the version of it that the screen showed."""

    dossier_id: UUID
    version: int


def chosen_dossiers() -> list[Choice]:
    """Return the dossiers of the ticked boxes, which carry ``id:version``.

    In the order of their ids, so that two requests that lock the same ones cannot wait for each
    other for ever.
    """
    try:
        return sorted({_choice(value) for value in request.form.getlist("dossier")})
    except ValueError:
        abort(400)


def _choice(value: str) -> Choice:
    dossier_id, _, version = value.partition(":")
    return Choice(UUID(dossier_id), int(version))
