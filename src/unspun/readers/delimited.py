"""CSV and TSV with a header (RFC 4180): quoted fields may hold delimiters, quotes and lines."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from unspun import decode
from unspun.errors import InputError
from unspun.readers.rows import WHOLE, Columns, Part, Row, lines

_BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"


class _TooLargeError(Exception):
    """A record went on and on: a quote that nobody closed."""


class _Lines:
    """The lines of a file, and which of them the record at hand is made of."""

    def __init__(self, pieces: Iterable[bytes], encoding: str, most: int, part: Part) -> None:
        self._lines = lines(pieces, most)
        self._encoding = encoding
        self._most = most
        self.count = part.first - 1
        self.end = part.start
        self.held: list[bytes] = []
        self.size = 0

    def __iter__(self) -> Iterator[str]:
        for line, size in self._lines:
            self.count += 1
            self.held.append(line)
            self.size += size
            self.end += size
            if self.size > self._most:
                raise _TooLargeError
            text = line.decode(self._encoding, "surrogateescape")
            yield text.removeprefix(_BOM) if self.count == 1 else text

    def take(self) -> bytes:
        """What was read since the last call."""
        raw = b"".join(self.held)
        self.held, self.size = [], 0
        return raw


Content = Callable[[int, int | None], Iterator[bytes]]
"""The content of a file between two places, piece by piece."""


def rows(
    content: Content,
    columns: Columns,
    most: int,
    part: Part = WHOLE,
    *,
    delimiter: str,
    where: str,
) -> Iterator[Row]:
    """The records of a file.

    Args:
        content: The file's content.
        columns: Which columns hold what.
        most: Bytes of a record beyond which it is not read.
        part: Which part of the file.
        delimiter: Between fields.
        where: The file's name, for errors.

    Raises:
        InputError: if the file has no header or no such column, or a record is too large.
    """
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))  # the size of records is limited here
    pieces = content(0, None)
    head = next(pieces, b"")
    encoding = _encoding(head, where)
    source = _Lines(chain([head], pieces), encoding, most, WHOLE)
    reader = csv.reader(source, delimiter=delimiter, strict=True)
    header = _header(reader, where)
    text, name = _places(header, columns, where)
    source.take()
    if part.start:
        source = _Lines(content(part.start, part.end), encoding, most, part)
        reader = csv.reader(source, delimiter=delimiter, strict=True)
    while part.end is None or source.end < part.end:
        number = source.count + 1
        problem = None
        try:
            fields = next(reader, None)
        except _TooLargeError as error:  # where the next record begins, nobody can say
            raise InputError(
                f"{where}: line {number}: a record of more than {most:,} bytes, maybe a quote that "
                "nobody closed: what stands behind it was not read"
            ) from error
        except csv.Error as error:
            problem, fields = f"line {number}: {error}", [""]
            reader = csv.reader(source, delimiter=delimiter, strict=True)
        if fields is None:
            return
        count = source.count + 1 - number
        raw = source.take()
        if not fields:
            continue  # a blank line
        if problem is None:
            raw = raw.rstrip(b"\r\n")
            if len(fields) != len(header):
                problem = f"line {number}: {len(fields)} fields where the header has {len(header)}"
        if problem is not None:
            yield Row(number, None, raw=raw, problem=problem, end=source.end, lines=count)
            continue
        named = (fields[name] or None) if name is not None else None
        yield Row(number, fields[text], named, raw, end=source.end, lines=count)


def _encoding(head: bytes, where: str) -> str:
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        found = decode.decode(head, id=where).encoding
        if found.startswith(("utf-16", "utf-32")):
            raise InputError(f"{where}: tables in {found} are not read: save it as UTF-8") from None
        return found
    return "utf-8"


def _header(reader: Iterator[list[str]], where: str) -> list[str]:
    try:
        header = next(reader, None)
    except (csv.Error, _TooLargeError) as error:
        raise InputError(f"{where}: no header ({error or 'too large'})") from error
    if not header:
        raise InputError(f"{where}: no header: the first line must name the columns")
    return header


def _places(header: list[str], columns: Columns, where: str) -> tuple[int, int | None]:
    """Where the text and the name stand."""
    for wanted in filter(None, columns):
        if header.count(wanted) != 1:
            said = "no column" if wanted not in header else "more than one column"
            option = "--text-column" if wanted == columns.text else "--id-column"
            raise InputError(
                f"{where}: {said} {wanted!r} (it has {', '.join(header)}): name one with {option}"
            )
    name = columns.id or "id"
    return header.index(columns.text), header.index(name) if header.count(name) == 1 else None
