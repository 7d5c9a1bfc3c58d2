"""What nobody stated: the room that it leaves a share in.

A plan counts those who have a skill, of everybody recognised. Of whom nothing was stated counts as
nobody who has it, and stands beside the share: it may be so much, if all of them had it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from app.domain.results import percent
from app.domain.targets import TargetReached
from tenants.schema import Denominator, TargetName, TenantKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Unstated:
    """Of how many recognised people something was not stated.

    ``fluency`` counts those who have digital skills, and of whom nobody said whether fluent.
    """

    skills: int = 0
    fluency: int = 0


def total_unstated(
    by_kind: Mapping[TenantKind, Unstated], kinds: Collection[TenantKind]
) -> Unstated:
    """Add up over the agencies of some kinds."""
    found = [of for kind, of in by_kind.items() if kind in kinds]
    return Unstated(
        skills=sum(one.skills for one in found), fluency=sum(one.fluency for one in found)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Between which shares the truth lies, while something was not stated of some people."""

    people: int
    low: Fraction
    high: Fraction


def room_of(aim: TargetReached, unstated: Unstated) -> Room | None:
    """Return the room that a target leaves; None where everything was stated.

    The high end is the share if all not stated were yes. The low end is what was stated, unless
    the share is one of people with digital skills: then whoever has them may be one more of whom
    it is taken, without being fluent.
    """
    if aim.target.name is TargetName.DIGITAL_SKILLS:
        people = unstated.skills
    elif aim.target.name is TargetName.DIGITAL_FLUENCY:
        people = unstated.skills + unstated.fluency
    else:
        return None
    is_of_skilled = aim.target.denominator is Denominator.DIGITALLY_SKILLED
    whole = aim.whole + (unstated.skills if is_of_skilled else 0)
    # What is counted may lag behind what was not stated, until it has been counted again.
    people = max(0, min(people, whole - aim.part))
    low, high = percent(aim.part, whole), percent(aim.part + people, whole)
    if not people or low is None or high is None:
        return None
    return Room(people=people, low=low, high=high)
