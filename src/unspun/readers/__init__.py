"""Files of many kinds, read as bytes or records; one module a format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from unspun.readers import containers, delimited, jsonl, parquet
from unspun.readers.rows import Columns, Row

_RECORDS = {".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"}
_DELIMITERS = {".csv": ",", ".tsv": "\t"}


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


def rows(path: Path, reading: Reading) -> Iterator[Row]:
    """The records of a file, one after another.

    Raises:
        InputError: if the file as a whole cannot be read, or only a part of it.
    """
    columns, most = reading
    kind = containers.bare(path).suffix.lower()
    if kind == ".parquet":
        yield from parquet.rows(path, columns, most)
        return
    pieces = containers.pieces(path)
    if kind in _DELIMITERS:
        delimiter = _DELIMITERS[kind]
        yield from delimited.rows(pieces, columns, most, delimiter=delimiter, where=str(path))
        return
    yield from jsonl.rows(pieces, columns, most)
