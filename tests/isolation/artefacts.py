"""Reads whatever the house leaves behind, so that it can be searched for words: as plain bytes."""

import io
import logging
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from pypdf import PdfReader
from redis import Redis


_CANARY = re.compile(rb"(?i)\b([qvsktxe]uz)([a-f])\2")
_READERS = {
    b"hash": lambda redis, key: redis.hgetall(key),
    b"list": lambda redis, key: redis.lrange(key, 0, -1),
    b"set": lambda redis, key: redis.smembers(key),
    b"stream": lambda redis, key: redis.xrange(key),
    b"string": lambda redis, key: redis.get(key),
    b"zset": lambda redis, key: redis.zrange(key, 0, -1),
}


def found_in(content: bytes) -> set[tuple[str, str]]:
    """Return the canaries in a page, a workbook or a paper, as (first letters, agency)."""
    return {
        (kind.decode().lower(), letter.decode().lower())
        for part in parts_of(content)
        for kind, letter in _CANARY.findall(part)
    }


def parts_of(content: bytes) -> Iterator[bytes]:
    """Yield a file as it is, and what is packed into it: members of an archive, words of a PDF."""
    yield content
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name.encode()
                yield from parts_of(archive.read(name))
    elif content.startswith(b"%PDF"):
        paper = PdfReader(io.BytesIO(content))
        yield repr(paper.metadata).encode()
        yield from (page.extract_text().encode() for page in paper.pages)


def left_in_redis(url: str) -> dict[str, bytes]:
    """Return every key with its value."""
    with Redis.from_url(url) as redis:
        return {
            repr(key): repr((key, _READERS[redis.type(key)](redis, key))).encode()
            for key in redis.scan_iter()
        }


def files_under(folder: Path) -> dict[str, bytes]:
    """Return every file in a folder and below."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


class Lines(logging.Handler):
    """Keeps every line of every log, with all that hangs on it."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: list[bytes] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the sentence, the facts beside it and the trace of an error."""
        everything = f"{self.format(record)} {vars(record)!r}"
        self.lines.append(everything.encode())
