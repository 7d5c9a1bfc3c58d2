"""What makes a password good enough: its length, and that nobody would try it early.

Which signs it is made of is nobody's business, and it is compared as it was typed, in Unicode's
form NFC: keyboards write the same Vietnamese letter in more than one way.
"""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Iterator

from app.domain.refusals import RefusedError, Rule
from app.domain.vietnamese import plain


SHORTEST = 12
LONGEST = 128

_FEWEST_OF_ONES_OWN = 6
"""How many letters and digits must be left when every word that is easy to guess is taken away."""

_SHORTEST_WORD = 3
_SHORTEST_RUN = 3
_NOT_PLAIN = re.compile(r"[\W_]+")
_YEAR = re.compile(r"(?:19|20)\d\d")
_REPEATED = re.compile(r"(.{1,6}?)\1{2,}")

_RUNS = (
    "abcdefghijklmnopqrstuvwxyz",
    "01234567890",
    "qwertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujm",
)
_HOUSE = (
    "bangvang",
    "chutich",
    "congchuc",
    "congdan",
    "congdanhoctap",
    "danhhieu",
    "demo",
    "giamdoc",
    "hoctap",
    "hoctapsuotdoi",
    "khuyenhoc",
    "lifelonglearning",
    "matkhau",
    "password",
    "quantri",
    "quantrivien",
    "suotdoi",
    "truonghoc",
    "ubnd",
    "uybannhandan",
    "vietnam",
    "xahoihoctap",
    "xinchao",
    "admin",
    "anhyeuem",
    "emyeuanh",
    "iloveyou",
    "letmein",
    "welcome",
)
_PROVINCES = (
    "An Giang,Bà Rịa,Vũng Tàu,Bạc Liêu,Bắc Giang,Bắc Kạn,Bắc Ninh,Bến Tre,Bình Dương,Bình Định,"
    "Bình Phước,Bình Thuận,Cà Mau,Cao Bằng,Cần Thơ,Đà Nẵng,Đắk Lắk,Đắk Nông,Điện Biên,Đồng Nai,"
    "Đồng Tháp,Gia Lai,Hà Giang,Hà Nam,Hà Nội,Hà Tĩnh,Hải Dương,Hải Phòng,Hậu Giang,Hòa Bình,"
    "Hồ Chí Minh,Hưng Yên,Khánh Hòa,Kiên Giang,Kon Tum,Lai Châu,Lạng Sơn,Lào Cai,Lâm Đồng,Long An,"
    "Nam Định,Nghệ An,Ninh Bình,Ninh Thuận,Phú Thọ,Phú Yên,Quảng Bình,Quảng Nam,Quảng Ngãi,"
    "Quảng Ninh,Quảng Trị,Sài Gòn,Sóc Trăng,Sơn La,Tây Ninh,Thái Bình,Thái Nguyên,Thanh Hóa,"
    "Thừa Thiên,Huế,Tiền Giang,Trà Vinh,Tuyên Quang,Vĩnh Long,Vĩnh Phúc,Yên Bái"
)


def as_compared(password: str) -> str:
    """Return the password as it is hashed: the letters that were typed, in one way of writing."""
    return unicodedata.normalize("NFC", password)


def require_good_password(
    password: str, *, about: Collection[str] = (), common: Container[str] = ()
) -> None:
    """Raise ``RefusedError`` when the password is too short, too long or soon guessed.

    ``about`` is what a stranger may know of its owner: the sign-in name, the name, the agencies.
    ``common`` holds passwords that many people use, casefolded.
    """
    typed = as_compared(password)
    if len(typed) < SHORTEST:
        raise RefusedError(Rule.PASSWORD_TOO_SHORT, least=SHORTEST)
    if len(typed) > LONGEST:
        raise RefusedError(Rule.PASSWORD_TOO_LONG, most=LONGEST)
    if _is_common(typed, common):
        raise RefusedError(Rule.PASSWORD_COMMON)
    if _own_part(typed, about) < _FEWEST_OF_ONES_OWN:
        raise RefusedError(Rule.PASSWORD_GUESSABLE)


def _is_common(typed: str, common: Container[str]) -> bool:
    folded = typed.casefold()
    return any(way in common for way in (folded, folded.rstrip("!.?*#@1 "), _letters(typed)))


def _letters(text: str) -> str:
    return _NOT_PLAIN.sub("", plain(text))


def _own_part(typed: str, about: Collection[str]) -> int:
    """Return how many letters and digits are left that a stranger would have to guess.

    Each other sign counts once: who wants to type nothing but signs may.
    """
    rest, signs = _letters(typed), {one for one in typed if not one.isalnum()}
    for word in sorted({*_known_words(), *_words_of(about)}, key=len, reverse=True):
        rest = rest.replace(word, " ")
    rest = _YEAR.sub(" ", rest)
    rest = _REPEATED.sub(" ", rest)
    return len(signs) + sum(len(part) for part in _without_runs(rest).split())


def _known_words() -> Iterator[str]:
    yield from _HOUSE
    yield from map(_letters, _PROVINCES.split(","))


def _words_of(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        words = _NOT_PLAIN.sub(" ", plain(text)).split()
        yield from (word for word in words if len(word) >= _SHORTEST_WORD)
        yield from _joined(words)


def _joined(words: list[str]) -> Iterator[str]:
    # "Sở Công Thương" is typed as socongthuong, and as congthuong.
    for first in range(len(words) - 1):
        for last in range(first + 2, len(words) + 1):
            yield "".join(words[first:last])


def _without_runs(text: str) -> str:
    kept, at = [], 0
    while at < len(text):
        length = _run_at(text, at)
        kept.append(" " if length else text[at])
        at += length or 1
    return "".join(kept)


def _run_at(text: str, at: int) -> int:
    """Return how many signs from ``at`` on lie beside one another on a keyboard or in a row."""
    longest = 0
    for run in _RUNS:
        for way in (run, run[::-1]):
            length = _SHORTEST_RUN
            while at + length <= len(text) and text[at : at + length] in way:
                longest = max(longest, length)
                length += 1
    return longest
