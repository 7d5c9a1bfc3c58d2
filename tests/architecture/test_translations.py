"""The Vietnamese catalogue is fresh and complete, and says the same things as the English."""

import re
import tomllib
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po


ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "translations" / "vi" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
ROOMS = {(), ("app",), ("tenants",)}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
# Letters that only Vietnamese words have: an English sentence may hold names, but not these.
VIETNAMESE = re.compile(r"[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
# Names that English keeps as they are.
NAMES = re.compile(r"Bảng Vàng|Việt Nam|“[^”]*”|Hội Khuyến học|Tổ|thôn|phòng|CCCD")


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="vi")


def extracted() -> set[str]:
    mappings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["babel"]["mappings"]
    methods = [(one["pattern"], one["method"]) for one in mappings]
    options = {one["pattern"]: {"silent": "false"} for one in mappings}
    found = extract_from_dir(
        ROOT,
        methods,
        options,
        keywords=KEYWORDS,
        directory_filter=lambda folder: (
            not re.search(r"/(\.|var|assets|tests)", str(folder)[len(str(ROOT)) :])
        ),
    )
    return {key(message) for _, _, message, _, _ in found}


def key(identifier: str | tuple[str, ...] | list[str]) -> str:
    return identifier if isinstance(identifier, str) else identifier[0]


def words(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_catalogue_holds_the_sentences_of_the_pages_and_no_others(catalogue):
    held = {key(message.id) for message in catalogue if message.id}
    assert extracted() ^ held == set()


def test_every_sentence_has_its_vietnamese(catalogue):
    missing = [key(one.id) for one in catalogue if one.id and not all(words(one))]
    assert not missing


def test_nothing_is_a_guess(catalogue):
    assert [key(one.id) for one in catalogue if one.id and one.fuzzy] == []


def test_the_catalogue_can_be_compiled(catalogue):
    problems = [(key(one.id), str(error)) for one in catalogue for error in one.check(catalogue)]
    assert problems == []


def test_the_placeholders_of_both_languages_agree(catalogue):
    different = [
        key(one.id)
        for one in catalogue
        if one.id
        and {name for text in words(one) for name in PLACEHOLDER.findall(text)}
        - set(PLACEHOLDER.findall(" ".join([one.id] if isinstance(one.id, str) else one.id)))
    ]
    assert not different


def test_no_english_sentence_is_half_vietnamese(catalogue):
    mixed = [
        key(one.id) for one in catalogue if one.id and VIETNAMESE.search(NAMES.sub("", key(one.id)))
    ]
    assert not mixed


def test_nobody_is_spoken_to_as_a_friend(catalogue):
    """An agency says “ông/bà” and “đề nghị” to whoever it writes to."""
    familiar = re.compile(r"\b(bạn|vui lòng)\b", re.IGNORECASE)
    found = [key(one.id) for one in catalogue if one.id and familiar.search(" ".join(words(one)))]
    assert not found
