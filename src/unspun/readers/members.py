"""Where a web archive can be cut: between two records, each of them a gzip member of its own.

Places are guessed without reading the file, and held to be right only once all records before them
were counted: what looks like the beginning of a record may stand inside one.
"""

from __future__ import annotations

import os
import re
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO

from unspun.readers import containers
from unspun.readers.rows import WHOLE, Part

_RECORD = b"WARC/1."
_MEMBER = b"\x1f\x8b\x08"  # gzip, deflated (RFC 1952, 2.3.1)
_BREAK = b"\r\n\r\n"  # ends the head of a record, and the record
_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_HEAD = 1 << 16  # bytes of the longest head
_FIRST = 1 << 20  # bytes of the first record, which says what made the file
_PIECE = 1 << 20  # bytes searched at a time

_Begins = Callable[[IO[bytes], int], bool]
"""Whether a record seems to begin at a place of a file."""


def cut(path: Path, size: int) -> list[Part]:
    """Parts of a file of about so many stored bytes; only the first is numbered.

    Raises:
        OSError: if it cannot be read.
    """
    kind = containers.kind(path)
    if kind is not None and kind.name != "gzip":
        return [WHOLE]
    mark, begins = (_RECORD, _record_at) if kind is None else (_MEMBER, _member_at)
    starts = [0]
    with path.open("rb") as file:
        total = file.seek(0, os.SEEK_END)
        if kind is not None and not _is_one(file):
            return [WHOLE]
        while starts[-1] + size < total:
            start = _next(file, starts[-1] + size, mark, begins)
            if start is None:
                break
            starts.append(start)
    ends = [*starts[1:], None]
    return [Part(start, end, 0 if start else 1) for start, end in zip(starts, ends, strict=True)]


def _next(file: IO[bytes], place: int, mark: bytes, begins: _Begins) -> int | None:
    """Where a record seems to begin, at a place or behind it."""
    while True:
        file.seek(place)
        piece = file.read(_PIECE)
        found = piece.find(mark)
        while found >= 0:
            if begins(file, place + found):
                return place + found
            found = piece.find(mark, found + 1)
        if len(piece) < len(mark):
            return None
        place += len(piece) - len(mark) + 1


def _record_at(file: IO[bytes], place: int) -> bool:
    """A record begins behind the end of another, and ends where one does."""
    file.seek(place - len(_BREAK))
    head = file.read(_HEAD)
    if not head.startswith(_BREAK + _RECORD):
        return False
    size = _size(head[len(_BREAK) :])
    if size is None:
        return False
    file.seek(place + size - len(_BREAK))
    end = file.read(len(_BREAK + _RECORD))
    return end in (_BREAK, _BREAK + _RECORD)


def _member_at(file: IO[bytes], place: int) -> bool:
    file.seek(place)
    try:
        text = zlib.decompressobj(31).decompress(file.read(_HEAD), len(_RECORD))
    except zlib.error:
        return False
    return text == _RECORD


def _is_one(file: IO[bytes]) -> bool:
    """Whether the first member holds the first record and nothing else."""
    file.seek(0)
    stream = zlib.decompressobj(31)
    try:
        text = stream.decompress(file.read(_FIRST), _FIRST)
    except zlib.error:
        return False
    return stream.eof and text.startswith(_RECORD) and _size(text) == len(text)


def _size(head: bytes) -> int | None:
    """The bytes of a whole record, by its head."""
    end = head.find(_BREAK)
    found = _LENGTH.findall(head, 0, end + 2) if end >= 0 else []
    return end + 2 * len(_BREAK) + int(found[0]) if len(found) == 1 else None


def count(pieces: Iterable[bytes]) -> int | None:
    """How many records a part holds; None if it does not end where a record ends.

    Args:
        pieces: The content of the part, decompressed.

    Raises:
        InputError: as the pieces do.
    """
    content = _Content(pieces)
    number = 0
    while head := content.ahead(_HEAD):
        size = _size(head) if head.startswith(_RECORD) else None
        if size is None or not content.skip(size - len(_BREAK)):
            return None
        if content.ahead(len(_BREAK))[: len(_BREAK)] != _BREAK:
            return None
        content.skip(len(_BREAK))
        number += 1
    return number


class _Content:
    """Pieces, read from front to back."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces: Iterator[bytes] = iter(pieces)
        self._held = b""
        self._at = 0

    def _more(self) -> bool:
        piece = next(self._pieces, b"")
        self._held = self._held[self._at :] + piece
        self._at = 0
        return bool(piece)

    def ahead(self, size: int) -> bytes:
        """At most so many bytes from here; only the head of a record if that is shorter."""
        while True:
            end = self._held.find(_BREAK, self._at, self._at + size)
            if end >= 0:
                return self._held[self._at : end + len(_BREAK)]
            if len(self._held) - self._at >= size or not self._more():
                return self._held[self._at : self._at + size]

    def skip(self, size: int) -> bool:
        """Pass over so many bytes; False if there are fewer."""
        while (held := len(self._held) - self._at) < size:
            self._at = len(self._held)
            size -= held
            if not self._more():
                return False
        self._at += size
        return True
