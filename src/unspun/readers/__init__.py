"""Files of many kinds, read as bytes or records; one module a format."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from unspun.errors import InputError
from unspun.readers import containers, delimited, jsonl, members, parquet, places, warc
from unspun.readers.rows import WHOLE, Columns, Part, Row

_LINES = {".jsonl", ".ndjson"}
_DELIMITERS = {".csv": ",", ".tsv": "\t"}
_ARCHIVES = {".warc", ".wet"}
_RECORDS = {*_LINES, *_DELIMITERS, *_ARCHIVES, ".parquet"}


class Reading(NamedTuple):
    """How files are read.

    Attributes:
        columns: Which columns of records hold what.
        most_bytes: Bytes of a document beyond which it is refused.
    """

    columns: Columns = Columns()
    most_bytes: int = 1 << 28


def holds_records(path: Path) -> bool:
    """Whether a file holds many documents, by its suffix."""
    return containers.bare(path).suffix.lower() in _RECORDS


def rows(path: Path, reading: Reading, part: Part = WHOLE) -> Iterator[Row]:
    """The records of a file, or of a part of it, one after another.

    Raises:
        InputError: if the file as a whole cannot be read, or only a part of it.
    """
    columns, most = reading
    kind = containers.bare(path).suffix.lower()
    if kind == ".parquet":
        yield from parquet.rows(path, columns, most, part)
        return
    if kind in _ARCHIVES:
        archive = containers.members(path, part.start, part.end)
        yield from warc.rows(archive, columns, most, part, where=str(path))
        return
    if kind in _DELIMITERS:
        content = partial(containers.pieces, path)
        delimiter = _DELIMITERS[kind]
        yield from delimited.rows(
            content, columns, most, part, delimiter=delimiter, where=str(path)
        )
        return
    yield from jsonl.rows(containers.pieces(path, part.start, part.end), columns, most, part)


def cut(path: Path, reading: Reading, size: int) -> list[Part]:
    """Parts of a file of about so many bytes, as far as it can be cut without reading it.

    A part other than the first may have no number yet: then `count` tells how many lines or records
    stand before it, and whether it begins where one does. What cannot be cut is one part, and what
    is wrong with it is said where it is read.
    """
    kind = containers.bare(path).suffix.lower()
    with suppress(InputError, OSError), places.reached(path):
        if kind == ".parquet":
            return parquet.cut(path, reading.columns, size)
        if kind in _ARCHIVES:
            return members.cut(path, size)
        if kind in _LINES and containers.kind(path) is None:
            return jsonl.cut(path, size)
    return [WHOLE]


def may_crash(path: Path) -> bool:
    """Whether a damaged file may end the process that looks at it: Arrow does not catch all."""
    return containers.bare(path).suffix.lower() == ".parquet"


def count(path: Path, part: Part) -> int | None:
    """How many lines or records end in a part; None if it cannot be read by itself."""
    with suppress(InputError):
        if containers.bare(path).suffix.lower() in _ARCHIVES:
            return members.count(containers.members(path, part.start, part.end))
        return sum(piece.count(b"\n") for piece in containers.pieces(path, part.start, part.end))
    return None
