"""Vietnamese text: how it is cleaned, compared, searched and put in order.

The order is that of ICU's ``vi`` collation, made into keys of plain ASCII, so that a key can be
kept in a column and compared byte by byte, the same in Python and in every database. ICU itself
was turned down: a new version of it may move letters under an index that is already built.
"""

import re
import unicodedata
from collections.abc import Iterator


_LETTERS = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_SIGNS = "_-,;:!?.'\"()[]{}@*/\\&#%^+<=>|~$"
# Dictionaries order the tones: none, huyền, hỏi, ngã, sắc, nặng.
_TONES = "\N{COMBINING GRAVE ACCENT}\u0309\N{COMBINING TILDE}\u0301\u0323"

# In a key: between the parts of a name, between levels, between words, before other signs,
# and before letters of other alphabets. Digits stand for themselves, letters from "A" on.
_PART, _LEVEL, _SPACE, _SIGN, _FOREIGN = " ", "!", '"', "#", "~"
_WEIGHTS = {letter: chr(ord("A") + place) for place, letter in enumerate(_LETTERS)} | {
    digit: digit for digit in "0123456789"
}
_TONE_WEIGHTS = {tone: str(place) for place, tone in enumerate(_TONES, start=1)}
_OTHER_MARK = "6"

# Old fonts and foreign keyboards write the Icelandic eth for đ, and a curly apostrophe in H'Mông.
_LOOK_ALIKES = str.maketrans({"Ð": "Đ", "ð": "đ", "’": "'", "ʼ": "'", "‘": "'", "`": "'"})  # noqa: RUF001 - the look-alikes themselves
_ZERO_WIDTH_SPACE = "\N{ZERO WIDTH SPACE}"
_INVISIBLE = frozenset({"Cc", "Cf", "Cs"})
_TONED_WORD = re.compile(r"[\w\u0300-\u036f]+")
_NOT_A_WORD = re.compile(r"[^a-z0-9]+")


def clean(text: str) -> str:
    """Return the text as it was meant: NFC, one plain space between words, nothing invisible.

    Apostrophes in front are dropped: spreadsheets put one there to say "this is text".
    """
    # Nearly every text is clean already; a list of 100,000 people should not take a minute.
    if text.isprintable() and unicodedata.is_normalized("NFC", text):
        return " ".join(text.split()).lstrip("' ")
    visible = "".join(_visible(character) for character in text)
    return " ".join(unicodedata.normalize("NFC", visible).split()).lstrip("' ")


def match_key(text: str) -> str:
    """Return what two ways of writing the same words have in common: Hoà and HÒA are one key."""
    folded = clean(text).translate(_LOOK_ALIKES).casefold()
    decomposed = unicodedata.normalize("NFD", folded)
    return unicodedata.normalize("NFC", _TONED_WORD.sub(_tone_last, decomposed)).strip("' ")


def plain(text: str) -> str:
    """Return the text without accents and capitals: what people type when they search."""
    folded = clean(text).translate(_LOOK_ALIKES).casefold().replace("đ", "d")
    decomposed = unicodedata.normalize("NFD", folded)
    return clean("".join(c for c in decomposed if not unicodedata.combining(c)))


def slug(text: str) -> str:
    """Return the text as it stands in an address: ``so-cong-thuong``."""
    return _NOT_A_WORD.sub("-", plain(text)).strip("-")


def sort_key(text: str) -> str:
    """Return an ASCII key whose byte order is the order of a Vietnamese dictionary.

    Letters decide first, then tones, then capitals after small letters. Signs come before digits,
    digits before letters, and other alphabets last.
    """
    cleaned = clean(text)
    capitals = "".join("1" if c.isupper() else "0" for c in cleaned).rstrip("0")
    return _levels(cleaned) + _LEVEL + capitals


def name_sort_key(full_name: str) -> str:
    """Return the key that orders people as Vietnamese lists do: given, middle, family name.

    Each part is compared with its tones before the next one is looked at: every Hà stands before
    every Hạ. Capitals do not count, for half of all lists are typed in them.
    """
    *rest, given = clean(full_name).split() or [""]
    family, middle = rest[:1], rest[1:]
    return _PART.join(_levels(" ".join(part)) for part in ([given], middle, family))


def _visible(character: str) -> str:
    if character == _ZERO_WIDTH_SPACE or character.isspace():
        return " "
    return "" if unicodedata.category(character) in _INVISIBLE else character


def _tone_last(word: re.Match[str]) -> str:
    """Move a word's only tone to its end: hòa and hoà differ in nothing else."""
    tones = [character for character in word[0] if character in _TONES]
    return word[0].replace(tones[0], "") + tones[0] if len(tones) == 1 else word[0]


def _levels(text: str) -> str:
    weights = [_weigh(base, marks) for base, marks in _clusters(text)]
    tones = "".join(tone for _, tone in weights).rstrip("0")
    return "".join(letter for letter, _ in weights) + _LEVEL + tones


def _clusters(text: str) -> Iterator[tuple[str, str]]:
    """Split into letters, each with the marks above and below it."""
    lowered = text.translate(_LOOK_ALIKES).lower()
    base, marks = "", ""
    for character in unicodedata.normalize("NFD", lowered):
        if unicodedata.combining(character) and base:
            marks += character
            continue
        if base:
            yield base, marks
        base, marks = character, ""
    if base:
        yield base, marks


def _weigh(base: str, marks: str) -> tuple[str, str]:
    """Return the weight of a letter and that of its tone."""
    tone = next((mark for mark in marks if mark in _TONES), "")
    shape = marks.replace(tone, "", 1) if tone else marks
    letter = unicodedata.normalize("NFC", base + shape)
    if letter in _WEIGHTS:
        return _WEIGHTS[letter], _TONE_WEIGHTS.get(tone, "0")
    # ü, ŏ and č are no letters of this alphabet: they stand behind u, o and c as tones do.
    return _weigh_alone(base), _OTHER_MARK if shape else _TONE_WEIGHTS.get(tone, "0")


def _weigh_alone(base: str) -> str:
    if base == " ":
        return _SPACE
    if base in _SIGNS:
        return f"{_SIGN}{_SIGNS.index(base):06x}"
    group = _FOREIGN if base.isalnum() else _SIGN
    return _WEIGHTS.get(base, f"{group}{ord(base) + len(_SIGNS):06x}")
