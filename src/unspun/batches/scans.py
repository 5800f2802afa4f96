"""The first pass over the input: lines that recur, where files are cut, whose name is taken.

Each chunk is scanned by itself and what was found is kept, so nothing is scanned twice; here it is
put together. Nothing depends on the order in which chunks were scanned.
"""

from __future__ import annotations

import hashlib
import io
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import chrome, files, readers, records
from unspun.batches import plan
from unspun.batches.plan import Chunk
from unspun.errors import InputError
from unspun.jobs import Job
from unspun.readers import Reading
from unspun.readers.rows import Part

AT_ONCE = 1 << 22  # names compared in memory together
_NAME = np.dtype([("digest", "<u8"), ("spare", "<u8"), ("number", "<i8")])

Names = NDArray[np.void]
"""A row a document: the digests of its name and of the one it takes if that is taken."""


class Share(NamedTuple):
    """Where a file of records is cut, found on reading it."""

    part: Part
    documents: int
    size: int


class Scan(NamedTuple):
    """What the first pass found in a chunk.

    Attributes:
        shares: The parts of its file of records; none where it is of files.
        failed: Places of documents that are not tried again, with the reasons.
        problem: Why the file of records ends before its end.
        tally: Its share of the sample that tells which lines recur.
        below: Only documents with smaller digests were sampled; None for all.
    """

    shares: tuple[Share, ...] = ()
    failed: tuple[tuple[int, str], ...] = ()
    problem: str | None = None
    tally: chrome.Tally = chrome.Tally()
    below: str | None = None


Look = Callable[[Job, str | None], chrome.Tally]
"""Takes a record and the cutoff of a sample; gives the lines of the record."""


def of_records(
    chunk: Chunk, part: Part, reading: Reading, below: str | None, look: Look
) -> tuple[Scan, Names]:
    """Scan a part of a file of records."""
    (source,) = chunk.sources
    tally = chrome.Tally(below)
    shares: list[Share] = []
    names: list[tuple[int, int, int]] = []
    start, first, place, number = part.start, part.first, part.start, part.first
    documents, problem = 0, None
    try:
        for row in readers.rows(source.path, reading, part):
            if chunk.share and row.end and place - start >= chunk.share:
                shares.append(Share(Part(start, place, first), documents, place - start))
                start, first, documents = place, number, 0
            names.append(_name(source.id, row.id, row.number))
            if row.text is not None and row.problem is None:
                tally.merge(look(plan.of_row(source, "", row), below))
            documents += 1
            place, number = row.end, row.number + row.lines
    except InputError as error:
        problem = str(error)
        documents += 1
        names.append((_digest(source.id), 0, number))
    size = place - start if place > start else chunk.size
    shares.append(Share(Part(start, part.end, first), documents, size))
    found = np.array(names, dtype=_NAME)
    found.sort(order=["digest", "number"])
    return Scan(tuple(shares), (), problem, tally, below), found


def name_of(chunk: Chunk) -> Names:
    """The name of a file of records as a whole."""
    return np.array([(_digest(chunk.sources[0].id), 0, 0)], dtype=_NAME)


def _name(file: str, given: str | None, number: int) -> tuple[int, int, int]:
    place = f"{file}:{number}"
    if not given:
        return _digest(place), 0, number
    return _digest(given), _digest(f"{given}#{place}"), number


def _digest(name: str) -> int:
    data = name.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def keep(folder: Path, key: str, scan: Scan, names: Names | None) -> None:
    """Keep what was found; the record, which vouches for the names, comes last."""
    if names is not None:
        with files.replacing(folder / f"{key}.npy") as file:
            file.write(_packed(names))
    record = {**scan._asdict(), "tally": scan.tally.to_dict()}
    with files.replacing(folder / f"{key}.json") as file:
        file.write(records.dumps(record))


def _packed(names: Names) -> memoryview:
    """What `numpy.save` writes; itself it says nothing where a file's last bytes find no room."""
    packed = io.BytesIO()
    np.save(packed, names)
    return packed.getbuffer()


def load(folder: Path, key: str) -> Scan | None:
    """What was found in a chunk; None if that is not known yet."""
    try:
        record = records.loads((folder / f"{key}.json").read_bytes())
    except (OSError, ValueError):
        return None
    shares = tuple(Share(Part(*part), *counts) for part, *counts in record["shares"])
    failed = tuple((place, reason) for place, reason in record["failed"])
    tally = chrome.Tally.from_dict(record["tally"])
    return Scan(shares, failed, record["problem"], tally, record["below"])


def final(
    scanned: Iterable[tuple[Chunk, Scan]], taken: Mapping[int, frozenset[int]]
) -> list[Chunk]:
    """The chunks as they are worked on: counted, and cut where their files can be cut.

    What stands behind the place where a file cannot be read any more is not looked at again.

    Args:
        scanned: The chunks as they were scanned, with what was found.
        taken: The records whose names are taken, by place of the chunk.
    """
    made: list[Chunk] = []
    ended: Path | None = None
    for place, (chunk, scan) in enumerate(scanned):
        if chunk.part is None:
            made.append(replace(chunk, failed=scan.failed))
            continue
        if chunk.sources[0].path == ended:
            continue
        ends = [*(share.part.first for share in scan.shares[1:]), sys.maxsize]
        for share, end in zip(scan.shares, ends, strict=True):
            part, documents, size = share
            numbers = (n for n in taken.get(place, ()) if part.first <= n < end)
            counted = replace(chunk, part=part, documents=documents, size=size)
            made.append(replace(counted, displaced=frozenset(numbers)))
        if scan.problem is not None:
            ended = chunk.sources[0].path
            made[-1] = replace(made[-1], problem=scan.problem)
    return made


def displaced(folder: Path, chunks: Sequence[Chunk]) -> dict[int, frozenset[int]]:
    """The records whose names stand before them already, by place of the chunk.

    Args:
        folder: Where the names of chunks of records are kept, under their keys.
        chunks: The chunks as they were scanned.
    """
    found = _Names(folder, chunks)
    taken: dict[int, set[int]] = {}
    extra = found.of_files()
    while True:
        new = [row for row in found.repeated(extra) if row[1] not in taken.get(row[0], ())]
        if not new:
            return {place: frozenset(numbers) for place, numbers in taken.items()}
        for place, number, _ in new:
            taken.setdefault(place, set()).add(number)
        extra = np.concatenate([extra, found.rows([(s, 0, n, p) for p, n, s in new])])


class _Names:
    """The names of all records, kept by chunk, compared a share of the digests at a time."""

    def __init__(self, folder: Path, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._folder = folder
        self._of_records = [p for p, chunk in enumerate(chunks) if chunk.part is not None]
        count = sum(len(self._load(place)) for place in self._of_records)
        self._shares = 1 + count // AT_ONCE

    def _load(self, place: int) -> Names:
        loaded: Names = np.load(self._folder / f"{self._chunks[place].key}.npy", mmap_mode="r")
        return loaded

    @staticmethod
    def rows(values: Sequence[tuple[int, int, int, int]]) -> Names:
        """Rows of digest, spare digest, number and place of the chunk."""
        return np.array(values, dtype=[*_NAME.descr, ("place", "<i8")])

    def of_files(self) -> Names:
        """The names of documents that are files: these are never displaced."""
        return self.rows(
            [
                (_digest(source.id), 0, number, place)
                for place, chunk in enumerate(self._chunks)
                if chunk.part is None and self._of_records
                for number, source in enumerate(chunk.sources)
            ]
        )

    def repeated(self, extra: Names) -> Iterator[tuple[int, int, int]]:
        """Place, number and spare digest of each name that an earlier document has."""
        for share in range(self._shares):
            low, high = (((share + n) << 64) // self._shares for n in (0, 1))
            rows = self._between(extra, low, high)
            rows = rows[np.lexsort((rows["number"], rows["place"], rows["digest"]))]
            same = np.flatnonzero(rows["digest"][1:] == rows["digest"][:-1]) + 1
            for row in rows[same]:
                if row["spare"]:
                    yield int(row["place"]), int(row["number"]), int(row["spare"])

    def _between(self, extra: Names, low: int, high: int) -> Names:
        digests = extra["digest"]
        found = [extra[(digests >= low) & (digests <= high - 1)]]
        for place in self._of_records:
            names = self._load(place)
            sorted_ = names["digest"]
            start = int(np.searchsorted(sorted_, np.uint64(low), "left"))
            end = int(np.searchsorted(sorted_, np.uint64(high - 1), "right"))
            rows = np.zeros(end - start, dtype=extra.dtype)
            for column in ("digest", "spare", "number"):
                rows[column] = names[column][start:end]
            rows["place"] = place
            found.append(rows)
        return np.concatenate(found)
