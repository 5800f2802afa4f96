"""The plan of a run: its input in chunks, whatever the number of workers.

A chunk is done and kept as one. Its key says all that its results depend on, so that results which
are there under the key need not be made again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import groupby

from unspun import readers, records
from unspun.errors import InputError
from unspun.files import Source
from unspun.jobs import Job
from unspun.readers import Reading, containers, places
from unspun.readers.rows import WHOLE, Part, Row
from unspun.workers import Failure, Limits, Pool

TYPICAL_RATIO = 4  # bytes of text from one of a compressed file
SHARES = 512  # chunks of a large input, and of each compressed file at most an eighth of that
LEAST_BYTES = 1 << 18  # of a chunk: below, it is not worth its files
MOST_BYTES = 1 << 23  # of a chunk: what is done again at most when a run is killed
MOST_FILES = 256
FORMAT = 1  # of what is kept of a chunk

Stamp = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds: what tells that a file changed."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """A share of the input.

    Attributes:
        sources: Documents that are files; or one file of records.
        stamps: Of each source, and of each reference.
        references: What each source is compared with, if anything.
        part: The part of a file of records; None for documents that are files.
        documents: How many there are; 0 as long as nobody has counted.
        size: Bytes, about.
        share: Bytes at which a file is cut on reading that could not be cut unread; 0 for never.
        displaced: Numbers of the records whose names others have taken.
        failed: Places of documents that are not tried again, with the reasons.
        problem: Why the file of records ends here before its end.
        key: What its results are kept under.
    """

    sources: tuple[Source, ...]
    stamps: tuple[Stamp, ...]
    references: tuple[Source | None, ...] = ()
    part: Part | None = None
    documents: int = 0
    size: int = 0
    share: int = 0
    displaced: frozenset[int] = frozenset()
    failed: tuple[tuple[int, str], ...] = ()
    problem: str | None = None
    key: str = ""


def stamp(source: Source) -> Stamp:
    """The stamp of a file; zeros for one that is gone."""
    with suppress(OSError, InputError), places.reached(source.path):
        return places.stamp(source.path)
    return 0, 0


def size_of(source: Source, size: int) -> int:
    """Bytes of text in a file of that size, about."""
    return size * TYPICAL_RATIO if containers.kind(source.path) else size


def cut(
    sources: Sequence[Source],
    references: Mapping[str, Source],
    reading: Reading,
    *,
    goal: int | None = None,
    apart: bool = False,
) -> list[Chunk]:
    """The input in chunks, in order.

    Args:
        sources: What there is.
        references: The reference of each document that has one, by document id.
        reading: How files are read.
        goal: Bytes of a chunk; a share of the whole if not given.
        apart: Whether files that may end the process are looked at in one of its own.
    """
    stamps = {source: stamp(source) for source in sources}
    sizes = {source: size_of(source, found[0]) for source, found in stamps.items()}
    if goal is None:
        goal = min(MOST_BYTES, max(LEAST_BYTES, sum(sizes.values()) // SHARES))
    stored = {s: max(1, goal * stamps[s][0] // max(1, sizes[s])) for s in sources}
    known = _parts_apart(sources, stored, reading) if apart else {}
    chunks: list[Chunk] = []
    for of_records, group in groupby(sources, key=holds_records):
        if not of_records:
            groups = _groups(list(group), sizes, goal)
            chunks += (_of_files(some, references, stamps, sizes) for some in groups)
            continue
        for source in group:
            parts = known.get(source) or _parts(reading, (source, stored[source]))
            chunks += _of_records(source, stamps[source], parts, goal)
    return chunks


def _parts(reading: Reading, job: tuple[Source, int]) -> list[Part]:
    source, size = job
    return readers.cut(source.path, reading, size)


def _parts_apart(
    sources: Sequence[Source], stored: Mapping[Source, int], reading: Reading
) -> dict[Source, list[Part]]:
    """Where files are cut that may end the process; those that do are not, as reading will tell."""
    jobs = [(s, stored[s]) for s in sources if holds_records(s) and readers.may_crash(s.path)]
    if not jobs:
        return {}
    with Pool(1, Limits()) as pool:
        answers = pool.map(partial(_parts, reading), jobs, lambda _: 0)
        return {s: [WHOLE] if isinstance(a, Failure) else a for (s, _), a in answers}


def _of_records(source: Source, found: Stamp, parts: Sequence[Part], goal: int) -> list[Chunk]:
    """Chunks of a file of records.

    A compressed file is read from its beginning for each of its parts, so these are larger.
    """
    size = size_of(source, found[0])
    compressed = containers.kind(source.path) is not None
    share = max(goal, size * 8 // SHARES) if compressed else goal
    share = share if len(parts) == 1 else 0
    each = size // len(parts)
    return [Chunk((source,), (found,), part=part, size=each, share=share) for part in parts]


def holds_records(source: Source) -> bool:
    """Whether a source is a file of records that may be read."""
    return readers.holds_records(source.path) and not source.outside


def _groups(
    sources: Sequence[Source], sizes: Mapping[Source, int], goal: int
) -> Iterator[list[Source]]:
    held: list[Source] = []
    size = 0
    for source in sources:
        if held and (size + sizes[source] > goal or len(held) >= MOST_FILES):
            yield held
            held, size = [], 0
        held.append(source)
        size += sizes[source]
    yield held


def _of_files(
    sources: Sequence[Source],
    references: Mapping[str, Source],
    stamps: Mapping[Source, Stamp],
    sizes: Mapping[Source, int],
) -> Chunk:
    found = tuple(references.get(source.id) for source in sources)
    marks = [stamps[source] for source in sources]
    marks += [stamp(reference) for reference in found if reference is not None]
    size = sum(sizes[source] for source in sources)
    return Chunk(tuple(sources), tuple(marks), found, documents=len(sources), size=size)


def key(chunk: Chunk, *facts: object) -> str:
    """The digest of all that the results of a chunk depend on."""
    said = [
        FORMAT,
        [[s.id, s.relative.as_posix(), s.target.as_posix(), s.outside] for s in chunk.sources],
        chunk.stamps,
        [reference and reference.id for reference in chunk.references],
        chunk.part,
        sorted(chunk.displaced),
        chunk.failed,
        chunk.problem,
        facts,
    ]
    return hashlib.blake2b(records.dumps({"chunk": said}), digest_size=16).hexdigest()


def jobs(chunk: Chunk, reading: Reading) -> Iterator[Job]:
    """A job for each document of a chunk."""
    if chunk.part is not None:
        yield from _record_jobs(chunk, chunk.part, reading)
        return
    references: Collection[Source | None] = chunk.references or (None,) * len(chunk.sources)
    failed = dict(chunk.failed)
    for place, (source, reference) in enumerate(zip(chunk.sources, references, strict=True)):
        problem = failed.get(place)
        yield Job(source, source.id, reference, problem=problem, most=reading.most_bytes)


def of_row(source: Source, name: str, row: Row) -> Job:
    """The job of a record."""
    return Job(
        source,
        name,
        data=row.raw,
        text=row.text,
        number=row.number,
        problem=row.problem,
        decoded=row.decoded,
    )


def _record_jobs(chunk: Chunk, part: Part, reading: Reading) -> Iterator[Job]:
    (source,) = chunk.sources
    problem, name = chunk.problem, source.id
    number = part.first
    try:
        for row in readers.rows(source.path, reading, part):
            place = f"{source.id}:{row.number}"
            given = place
            if row.id:
                given = f"{row.id}#{place}" if row.number in chunk.displaced else row.id
            yield of_row(source, given, row)
            number = row.number + row.lines
    except InputError as error:  # of the file as a whole; what was read until then stands
        if problem is None and part != WHOLE:  # it could be read before, as can its other parts
            name = f"{source.id}:{number}"
        problem = str(error)
    if problem is not None:
        yield Job(source, name, problem=problem)
