"""How a rule that refuses is put into words."""

from dataclasses import dataclass

from flask_babel.speaklater import LazyString


@dataclass(frozen=True, slots=True)
class RuleText:
    """The sentence of a refusal, with places for its facts, and the advice that follows it."""

    sentence: LazyString
    advice: LazyString
