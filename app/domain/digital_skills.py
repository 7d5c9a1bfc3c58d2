"""Digital skills: a datum of its own, of no score. Who was not asked has not said no."""

from collections.abc import Mapping
from enum import StrEnum


class DigitalSkill(StrEnum):
    """What the meeting found of somebody's digital skills; whoever is fluent has them.

    The words stand in histories. What was once left unticked was written as the first.
    """

    UNSTATED = "none"
    NO = "no"
    SKILLED = "skilled"  # whether fluent, nobody stated
    NOT_FLUENT = "not-fluent"
    FLUENT = "fluent"

    @property
    def has_skills(self) -> bool | None:
        """Whether they have digital skills; None: not stated."""
        return _ANSWERS[self][0]

    @property
    def is_fluent(self) -> bool | None:
        """Whether they are fluent; None: not stated."""
        return _ANSWERS[self][1]


_ANSWERS: Mapping[DigitalSkill, tuple[bool | None, bool | None]] = {
    DigitalSkill.UNSTATED: (None, None),
    DigitalSkill.NO: (False, False),
    DigitalSkill.SKILLED: (True, None),
    DigitalSkill.NOT_FLUENT: (True, False),
    DigitalSkill.FLUENT: (True, True),
}
_FOUND = {answers: skill for skill, answers in _ANSWERS.items()}


def digital_skill(*, has_skills: bool | None, is_fluent: bool | None) -> DigitalSkill:
    """Return both answers as one."""
    return _FOUND[has_skills, is_fluent]
