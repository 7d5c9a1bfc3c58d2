"""The chain of an agency's acts: how it is written, and followed to find what was touched.

Every act, and every event of a dossier, is a link. The database writes it as the transaction of
the act ends; this module says how, and computes the same a second time.

* A *field* is ``<length in bytes>:<text>``, or ``-`` for nothing; fields are joined by commas. So
  no two rows have one text.
* ``digest`` is the SHA-256 of what may never change: source, id, moment (microseconds since 1970,
  UTC), account, act, kind and id of the object, state before, state after, round. An event's act
  is its event, its object the dossier; an act has no states and no round.
* ``personal`` is the SHA-256 of what an erasure may blank: the link's salt, the actor's name, the
  reason (of an event), the facts as PostgreSQL writes JSONB. The salt, random and its own in each
  link, goes with the words: what is left says nothing about them, and the chain still holds.
* ``hash`` is the SHA-256 of the hash before it, the number of the link, source, id, ``digest`` and
  ``personal``, hashes in hex. The first link follows the SHA-256 of nothing.

The human being behind an act is not in it: a foreign key ties them to the account, which is.
Somebody who holds the whole database can write a whole new chain; the heads that agencies give
upwards each day, and that stand on printed papers, tell.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID


GENESIS = sha256(b"").digest()
"""What the first link follows."""

HEAD_SIGNS = 16
"""How many hexadecimal signs of a head are printed: nobody finds a second chain with the same."""

Digests = Mapping[int, bytes]


class FaultKind(StrEnum):
    """How a chain and what it holds may have parted."""

    ROW_CHANGED = "row-changed"
    ROW_GONE = "row-gone"
    ROW_UNLINKED = "row-unlinked"
    WORDS_CHANGED = "words-changed"
    WORDS_GONE = "words-gone"
    LINK_CHANGED = "link-changed"
    LINKS_GONE = "links-gone"
    HEAD_WRONG = "head-wrong"
    GIVEN_HEAD_MISSING = "given-head-missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that was touched: which link, which row, what is wrong with it."""

    kind: FaultKind
    seq: int | None = None
    to_seq: int | None = None
    source: str | None = None
    row_id: str | None = None
    on: str | None = None


class Link(NamedTuple):
    """A link, and beside it the row that it stands for, as they are read for following."""

    seq: int
    source: str
    row_id: str
    digest: bytes
    personal: bytes
    salt: str | None
    is_erased_by_act: bool
    prev: bytes
    hash: bytes
    is_there: bool
    micros: int | None
    account: str | None
    act: str | None
    kind: str | None
    object_id: str | None
    before: str | None
    after: str | None
    round: int | None
    name: str | None
    reason: str | None
    facts: str | None


class Head(NamedTuple):
    """The number and the hash of a last link."""

    seq: int
    hash: bytes


def field(value: str | None) -> str:
    """Return a value as it stands in the text of an act."""
    if value is None:
        return "-"
    size = len(value) if value.isascii() else len(value.encode())
    return f"{size}:{value}"


def digest_of(link: Link) -> bytes:
    """Return the digest of what may never change in the row beside a link."""
    plain = (
        f"{field(link.source)},{field(link.row_id)},{field(str(link.micros))},"
        f"{field(link.account)},{field(link.act)},{field(link.kind)},{field(link.object_id)},"
        f"{field(link.before)},{field(link.after)},"
        f"{'-' if link.round is None else field(str(link.round))}"
    )
    return sha256(plain.encode()).digest()


def personal_of(link: Link) -> bytes:
    """Return the digest of the words in the row beside a link."""
    words = f"{field(link.salt)},{field(link.name)},{field(link.reason)},{field(link.facts)}"
    return sha256(words.encode()).digest()


def hash_of(link: Link) -> bytes:
    """Return the hash that a link ought to have, by what stands in it."""
    text = (
        f"64:{link.prev.hex()},{field(str(link.seq))},{field(link.source)},{field(link.row_id)},"
        f"64:{link.digest.hex()},64:{link.personal.hex()}"
    )
    return sha256(text.encode()).digest()


class Walk:
    """A walk along one chain, link by link; what is wrong is told as it is come upon."""

    def __init__(self) -> None:
        self.at = Head(0, GENESIS)
        self._is_broken = False

    def follow(self, links: Iterable[Link]) -> Iterator[Fault]:
        """Go along the next links."""
        for link in links:
            if link.seq != self.at.seq + 1:
                yield Fault(kind=FaultKind.LINKS_GONE, seq=self.at.seq + 1, to_seq=link.seq - 1)
            elif link.prev != self.at.hash and not self._is_broken:
                # Where the link before was itself touched, that one is told, and not its follower.
                yield _fault(FaultKind.LINK_CHANGED, link)
            self._is_broken = hash_of(link) != link.hash
            if self._is_broken:
                yield _fault(FaultKind.LINK_CHANGED, link)
            wrong = _wrong_with_row(link)
            if wrong is not None:
                yield _fault(wrong, link)
            self.at = Head(link.seq, link.hash)

    def arrive(self, head: Head | None) -> Iterator[Fault]:
        """Compare the end of the chain with the head that is kept for it."""
        if head is None or head.seq < self.at.seq:
            if self.at.seq:
                yield Fault(kind=FaultKind.HEAD_WRONG, seq=self.at.seq)
        elif head.seq > self.at.seq:
            yield Fault(kind=FaultKind.LINKS_GONE, seq=self.at.seq + 1, to_seq=head.seq)
        elif head.hash != self.at.hash and not self._is_broken:
            yield Fault(kind=FaultKind.HEAD_WRONG, seq=head.seq)


def _wrong_with_row(link: Link) -> FaultKind | None:
    if not link.is_there:
        return FaultKind.ROW_GONE
    if digest_of(link) != link.digest:
        return FaultKind.ROW_CHANGED
    if link.salt is not None:
        return None if personal_of(link) == link.personal else FaultKind.WORDS_CHANGED
    is_blank = link.name == "" and link.reason in {None, ""} and link.facts == "{}"
    return None if link.is_erased_by_act and is_blank else FaultKind.WORDS_GONE


def _fault(kind: FaultKind, link: Link) -> Fault:
    return Fault(kind=kind, seq=link.seq, source=link.source, row_id=link.row_id)


def unlinked(source: str, row_id: UUID) -> Fault:
    """Return that a row stands in no link: it was put in past the chain, or its link was cut."""
    return Fault(kind=FaultKind.ROW_UNLINKED, source=source, row_id=str(row_id))


def missing_heads(given: Iterable[tuple[str, Head]], held: Digests) -> Iterator[Fault]:
    """Tell the heads, each with the day on which it was given, that the chain does not hold."""
    for day, head in given:
        known = GENESIS if head.seq == 0 else held.get(head.seq)
        if known != head.hash:
            yield Fault(kind=FaultKind.GIVEN_HEAD_MISSING, seq=head.seq, on=day)


def shown_head(head: Head) -> str:
    """Return a head as papers print it: ``1204-9f86d081884c7d65``."""
    return f"{head.seq}-{head.hash.hex()[:HEAD_SIGNS]}"
