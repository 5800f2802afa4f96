"""JSON Lines: one object a line."""

from __future__ import annotations

import codecs
import json
import os
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import orjson

from unspun.readers.rows import WHOLE, Columns, Part, Row, lines, name, too_large

_SHOWN = 8  # field names in a message
_PIECE = 1 << 16  # bytes read at a time to find the end of a line


def rows(pieces: Iterable[bytes], columns: Columns, most: int, part: Part = WHOLE) -> Iterator[Row]:
    """The records of a file; blank lines are passed over.

    Args:
        pieces: The content of the file, or of its part.
        columns: Which fields hold what.
        most: Bytes of a line beyond which it is not read.
        part: Which part it is.
    """
    end = part.start
    for number, (line, size) in enumerate(lines(pieces, most), part.first):
        end += size
        if size > most:
            yield too_large(number, size, most, line)._replace(end=end)
            continue
        bare = line.removeprefix(codecs.BOM_UTF8) if number == 1 else line
        if bare.strip():
            yield _row(number, bare, columns)._replace(end=end)


def cut(path: Path, size: int) -> list[Part]:
    """Parts of a file of about so many bytes, cut between lines; only the first is numbered.

    Raises:
        OSError: if it cannot be read.
    """
    starts = [0]
    with path.open("rb") as file:
        total = file.seek(0, os.SEEK_END)
        while (start := _next_line(file, starts[-1] + size)) < total:
            starts.append(start)
    ends = [*starts[1:], None]
    return [Part(start, end, 0 if start else 1) for start, end in zip(starts, ends, strict=True)]


def _next_line(file: IO[bytes], place: int) -> int:
    """Where the first line begins that begins there or later."""
    file.seek(place - 1)
    while piece := file.read(_PIECE):
        found = piece.find(b"\n")
        if found >= 0:
            return file.tell() - len(piece) + found + 1
    return file.tell()


def _row(number: int, line: bytes, columns: Columns) -> Row:
    raw = line.rstrip(b"\r\n")
    try:
        record = _record(raw, columns)
        text = _text(record, columns.text)
        if columns.id is not None and name(record.get(columns.id)) is None:
            raise ValueError(f"no name in the field {columns.id!r}")  # noqa: TRY301
    except (ValueError, RecursionError) as error:
        return Row(number, None, raw=raw, problem=f"line {number}: {error}")
    return Row(number, text, name(record.get(columns.id or "id")), raw)


def _record(line: bytes, columns: Columns) -> dict[str, Any]:
    """The object of a line.

    Lone surrogates are legal in JSON (RFC 8259, 8.2) and kept; bytes that are no UTF-8 stand as
    U+DC80 to U+DCFF, as in every other document.

    Raises:
        ValueError: if it is no JSON object, or has two texts or names.
    """
    wanted = {columns.text, columns.id or "id"}
    doubled = any(line.count(f'"{key}"'.encode()) > 1 for key in wanted)
    try:
        if doubled:
            _refuse_doubles(line, wanted)
        record = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            record = json.loads(line.decode("utf-8", "surrogateescape"))
        except ValueError:
            raise ValueError(f"not JSON ({error})") from error
    if not isinstance(record, dict):
        raise ValueError(f"not a JSON object but {_kind(record)}")  # noqa: TRY004 - damage
    return record


def _refuse_doubles(line: bytes, wanted: set[str]) -> None:
    """Of two equal names in an object, readers take the first, the last, or either."""
    outermost: list[str] = []

    def note(pairs: list[tuple[str, Any]]) -> None:
        outermost[:] = [key for key, count in Counter(k for k, _ in pairs).items() if count > 1]

    try:
        json.loads(line.decode("utf-8", "surrogateescape"), object_pairs_hook=note)
    except ValueError:
        return  # said where it is read
    for key in sorted(wanted.intersection(outermost)):
        raise ValueError(f"the field {key!r} stands twice")


def _text(record: dict[str, Any], column: str) -> str:
    if column not in record:
        has = ", ".join(list(record)[:_SHOWN]) or "none"
        raise ValueError(f"no field {column!r} (it has {has}): name one with --text-column")
    text = record[column]
    if not isinstance(text, str):
        raise ValueError(f"the field {column!r} is {_kind(text)}, not text")  # noqa: TRY004
    return text


def _kind(value: object) -> str:
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "true or false"}
    return "null" if value is None else kinds.get(type(value), "a number")
