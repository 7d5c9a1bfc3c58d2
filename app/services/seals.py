"""Whether a list is still what was sealed."""

from collections.abc import Sequence

from app.domain.proposals import seal
from app.domain.refusals import RefusedError, Rule
from app.persistence.models import Proposal
from app.persistence.queries.proposals import Line, items_of_proposal, lines_of, to_line


def require_unchanged(proposal: Proposal) -> Sequence[Line]:
    """Return the lines still on the list; raise ``RefusedError`` when its seal is broken.

    It is broken when a stored line differs from what was sealed, or when a dossier no longer
    carries the scores that its line shows.
    """
    sealed = [to_line(item) for item in items_of_proposal(proposal.id)]
    if seal(proposal.year, proposal.number, sealed) != proposal.seal:
        raise RefusedError(Rule.LIST_CHANGED_AFTER_SEAL)
    standing = [line for line in lines_of(proposal) if not line.is_struck]
    for line in standing:
        if line.dossier.agreed_scores != line.item.agreed_scores:
            raise RefusedError(Rule.LIST_CHANGED_AFTER_SEAL)
    return standing


def is_unchanged(proposal: Proposal) -> bool:
    """Tell whether the list is still what was sealed."""
    try:
        require_unchanged(proposal)
    except RefusedError:
        return False
    return True
