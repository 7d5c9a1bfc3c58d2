"""Rows of figures, and who is counted in them, as numbers that must add up to each other.

The database keeps them: whether figures stand right is told by sums, without looking at each row.
Each place where people are counted has a number of its own, and gives one to each of the four
figures kept there. That of a row is made of them as often as it counts somebody, that of somebody
of each figure that counts them. Sums that agree though something differs: one time in 2^38.
"""

from collections.abc import Iterator


_PLACE = (
    "uuid_hash_extended(unit_id, hashtextextended(state,"
    " hashtextextended({outcome}, group_number::bigint)))"
)
MEETING = (
    "uuid_hash_extended(tenant_id, uuid_hash_extended(kept_at, uuid_hash_extended(counted_at,"
    " hashtextextended(state, hashtextextended(outcome, (year * 8 + group_number)::bigint)))))"
)
"""Where those of one agency who are counted at another are counted, as one number."""

_FIGURES = ("people", "outstanding", "with_digital_skills", "digitally_fluent")
_FLAGS = ("is_outstanding", "has_digital_skills", "is_digitally_fluent")


def _shares(place: str) -> Iterator[str]:
    """Yield what each figure adds: eight million people in one row still make a whole number."""
    for figure in range(len(_FIGURES)):
        yield f"(hashint8extended({place}, {figure}) & 274877906943)"


def _of_somebody(place: str) -> str:
    first, *others = _shares(place)
    flagged = (
        f"CASE WHEN {flag} THEN {share} ELSE 0 END"
        for flag, share in zip(_FLAGS, others, strict=True)
    )
    return " + ".join((first, *flagged))


def _of_row(place: str) -> str:
    """Write the number of a row; one that counts nobody has what no sum of people has."""
    counted = " + ".join(
        f"{figure} * {share}" for figure, share in zip(_FIGURES, _shares(place), strict=True)
    )
    return f"CASE WHEN people = 0 THEN -1 ELSE {counted} END"


_SUMS = (
    "eligible",
    "registered",
    "self_assessed",
    "appraised",
    "decided",
    "recognised",
    "not_recognised",
    "outstanding",
    "with_digital_skills",
    "digitally_fluent",
)
_RECOGNISED = "state IN ('decided', 'published', 'appealed') AND outcome = 'recognised'"
# Who is counted in which figure of people, as app/domain/results.py says it: the first that holds.
_COUNTED = (
    ("state IN ('withdrawn', 'transferred')", ()),
    ("state = 'listed'", _SUMS[:1]),
    ("state = 'registered'", _SUMS[:2]),
    ("state IN ('appraised', 'proposed')", _SUMS[:4]),
    ("state NOT IN ('decided', 'published', 'appealed')", _SUMS[:3]),
    ("outcome = 'recognised'", _SUMS[:6]),
    ("true", (*_SUMS[:5], "not_recognised")),
)
_GROUP = "group_number::bigint"
_GROUP_BETWEEN = (
    "uuid_hash_extended({above}, uuid_hash_extended({agency}, (year * 8 + group_number)::bigint))"
)


def _of_sum(group: str) -> str:
    """Write the number of a sum that an agency keeps."""
    return " + ".join(f"{figure} * {_share_of_sum(group, figure)}" for figure in _SUMS)


def _to_sum(group: str) -> str:
    """Write what a row of figures adds to that of the sum above it."""
    states = " ".join(
        f"WHEN {who} THEN {' + '.join(_share_of_sum(group, one) for one in figures) or 0}"
        for who, figures in _COUNTED
    )
    flagged = " + ".join(f"{one} * {_share_of_sum(group, one)}" for one in _FIGURES[1:])
    return f"people * CASE {states} END + CASE WHEN {_RECOGNISED} THEN {flagged} ELSE 0 END"


def _share_of_sum(group: str, figure: str) -> str:
    return f"(hashint8extended({group}, {_SUMS.index(figure)}) & 68719476735)"


DIGEST_OF_SUM = _of_sum(_GROUP)
TO_SUM = _to_sum(_GROUP)
DIGEST_OF_SUM_BETWEEN = _of_sum(_GROUP_BETWEEN.format(above="tenant_id", agency="agency_id"))
TO_SUM_BETWEEN = _to_sum(_GROUP_BETWEEN.format(above="counted_at", agency="tenant_id"))

DIGEST_OF_DOSSIER = _of_somebody(_PLACE.format(outcome="coalesce(outcome, ''::text)"))
DIGEST_OF_RESULT = _of_row(_PLACE.format(outcome="outcome"))
DIGEST_OF_OVERLAPS = _of_row(MEETING)
