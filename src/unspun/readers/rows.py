"""What all record formats share: the row, its columns, parts of a file, and bounded lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

KEPT = 1 << 20  # bytes of a record too large to be read that are kept with its reason


class Columns(NamedTuple):
    """Which column holds what.

    Attributes:
        text: The column of the text.
        id: The column that names a record; ``id`` where there is one, if not given. Records
            without a name are named by their place.
    """

    text: str = "text"
    id: str | None = None


class Part(NamedTuple):
    """A part of a file of records, cut between two of them.

    Attributes:
        start: Where it begins: bytes of the content, which is not compressed; rows in Parquet.
        end: Where it ends; None for the end of the file.
        first: The number of its first line or row.
    """

    start: int = 0
    end: int | None = None
    first: int = 1


WHOLE = Part()


class Decoded(NamedTuple):
    """How the bytes of a record became text, as in `Document`."""

    encoding: str = "utf-8"
    evidence: str = "text"
    kind: Literal["text", "html"] = "text"


class Row(NamedTuple):
    """One record.

    Attributes:
        number: The line it begins on, or its row in Parquet; from 1.
        text: Its text; None if it cannot be read.
        id: Its name, if it has one.
        raw: The record as it stands in the file; empty for Parquet.
        problem: Why it cannot be read.
        end: Where it ends, measured as in `Part`; 0 where the file cannot be cut behind it.
        lines: How many lines it stands on.
        decoded: How its bytes became text, where it stood there as bytes.
    """

    number: int
    text: str | None
    id: str | None = None
    raw: bytes = b""
    problem: str | None = None
    end: int = 0
    lines: int = 1
    decoded: Decoded = Decoded()


def lines(pieces: Iterable[bytes], most: int) -> Iterator[tuple[bytes, int]]:
    """The lines of a file, with their ends; of one larger than ``most`` bytes only the beginning.

    Yields:
        A line, and its size in bytes.
    """
    held: list[bytes] = []
    size = 0
    for piece in pieces:
        for part in _split(piece):
            if size <= most < size + len(part):  # nobody will read it: let go of what is held
                held = [b"".join([*held, part])[: min(KEPT, most) + 1]]
            elif size <= most:
                held.append(part)
            size += len(part)
            if part.endswith(b"\n"):
                yield b"".join(held), size
                held, size = [], 0
    if held:
        yield b"".join(held), size


def _split(piece: bytes) -> list[bytes]:
    """Lines end with LF alone: a lone CR may stand inside a record."""
    parts = piece.split(b"\n")
    return [part + b"\n" for part in parts[:-1]] + [part for part in parts[-1:] if part]


def too_large(number: int, size: int, most: int, line: bytes) -> Row:
    """The row of a record that is not read."""
    problem = f"a record of {size:,} bytes, more than {most:,}: its first {KEPT:,} are kept"
    return Row(number, None, raw=line[:KEPT], problem=problem)


def name(value: object) -> str | None:
    """The name of a record as text; None for what is no name."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode() or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None
