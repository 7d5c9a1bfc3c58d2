"""To whom a list goes, and how far it has come."""

from enum import StrEnum


class Addressee(StrEnum):
    """Who decides on a list: the head, or for the head's own dossier the level above."""

    HEAD = "head"
    SUPERIOR = "superior"


class ProposalState(StrEnum):
    """How far a list has come."""

    SEALED = "sealed"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    WITHDRAWN = "withdrawn"
