"""Tab-separated pairs, one a line: source, translation, and perhaps a name.

Fields are taken as they stand: translations hold quotation marks, so none of them quotes a field.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from unspun.checking import Unit
from unspun.errors import InputError
from unspun.readers.rows import lines

_SOURCE = frozenset({"source", "src", "source_text", "sourcetext", "original", "org"})
_TARGET = frozenset(
    {"target", "tgt", "translation", "mt", "hyp", "target_text", "trg", "hypothesis"}
)
_ID = frozenset({"id", "segid", "seg_id", "seg-id", "key", "tuid", "global_seg_id"})
_DOCUMENT = frozenset({"doc", "document", "doc_id", "docid"})
LONGEST = 1 << 24  # bytes of a line


class _Places(NamedTuple):
    """Which field holds what; None where none does."""

    source: int = 0
    target: int = 1
    id: int | None = 2
    document: int | None = None


def read(pieces: Iterable[bytes], where: str) -> Iterator[Unit]:
    """The pairs of a file; a first line of known column names says which fields they are in.

    Raises:
        InputError: for a line of one field.
    """
    places = _Places()
    for number, (raw, size) in enumerate(lines(pieces, LONGEST), 1):
        if size > LONGEST:
            raise InputError(f"{where}: line {number}: {size:,} bytes, more than {LONGEST:,}")
        text = raw.decode("utf-8", "surrogateescape")
        fields = text.rstrip("\r\n").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").split("\t")
        if number == 1 and (header := _header(fields)) is not None:
            places = header
            continue
        if not text.strip():
            continue
        if len(fields) <= max(places.source, places.target):
            raise InputError(
                f"{where}: line {number}: {len(fields)} fields; write source, tab, translation"
            )
        yield Unit(
            fields[places.source].strip(),
            fields[places.target].strip(),
            _field(fields, places.id) or str(number),
            _field(fields, places.document),
            number,
        )


def _field(fields: list[str], place: int | None) -> str:
    return fields[place].strip() if place is not None and place < len(fields) else ""


def _header(fields: list[str]) -> _Places | None:
    """The columns of a header; None where the first line is a pair."""
    names = [field.strip().lower() for field in fields]
    source = _find(names, _SOURCE)
    target = _find(names, _TARGET)
    if source is None or target is None:
        return None
    return _Places(source, target, _find(names, _ID), _find(names, _DOCUMENT))


def _find(names: list[str], known: frozenset[str]) -> int | None:
    return next((place for place, name in enumerate(names) if name in known), None)
