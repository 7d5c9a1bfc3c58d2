"""The passwords that many people use, from the file that ships with the house."""

from functools import lru_cache
from pathlib import Path


_FILE = Path(__file__).with_name("wordlists") / "common-passwords.txt"


@lru_cache(maxsize=1)
def common_passwords() -> frozenset[str]:
    """Return them all, casefolded; those that are shorter than any password here are left out."""
    return frozenset(_FILE.read_text(encoding="utf-8").split("\n")) - {""}
