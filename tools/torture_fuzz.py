"""Mutated documents and files, a million for each reader and stage.

    python tools/torture_fuzz.py --cases 1000000 --tally tally.json
    python tools/torture_fuzz.py --only csv,normalise --cases 20000 --seed 7
    python tools/torture_fuzz.py --only csv --case 4711

No reader may raise anything but what it says it raises, and no part of a file may read otherwise
than the whole; no stage may raise anything, change a text that it has made, or make an edit that
cannot be taken back. The first case that does is shrunk and printed, and the status is 1. Each case
is made from its number and the seed alone, so a tally of how far each came lets the next run go on
from there; remove it when the code has changed. See tools/torture.py.
"""

from __future__ import annotations

import argparse
import bz2
import gzip
import json
import lzma
import mmap
import os
import random
import signal
import struct
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import zstandard
from fuzz_seeds import (
    TEXTS,
    T,
    a_file,
    a_text,
    archives,
    bitexts,
    packed,
    parquets,
    records,
    tables,
)
from promises import BrokenPromiseError, check, room

from unspun import api, bilingual, decode, edits, files, pipeline, readers
from unspun.errors import InputError, UnspunError
from unspun.model import Document
from unspun.readers import Reading
from unspun.readers.rows import Part


class Folder:
    """Where files of cases are put, one after another under one name."""

    def __init__(self, base: Path) -> None:
        self.base = base

    def put(self, data: bytes, suffix: str) -> Path:
        """A file of these bytes."""
        path = self.base / f"case{suffix}"
        path.write_bytes(data)
        return path


READING = Reading(most_bytes=1 << 20)
PART = 100  # bytes of the parts that a file is read in
SLICE = 60.0  # seconds of one process
ENDING = {"parquet"}
"""Readers whose libraries may end the process: hands read, so that only the file is set aside."""


def reads_rows(folder: Folder, suffix: str, data: bytes) -> bool:
    """Records are read or refused; in parts as in one piece."""
    path = folder.put(data, suffix)
    found, refused = rows_of(path, [Part()])
    numbers = [row.number for row in found]
    check(numbers == sorted(set(numbers)), "records out of order")
    check(all(row.text is not None or row.problem for row in found), "a record without a text")
    parts = readers.cut(path, READING, PART)
    if len(parts) > 1 and not refused and None not in [readers.count(path, p) for p in parts]:
        check(rows_of(path, parts)[0] == found, "parts that read otherwise than the whole")
    return refused


def rows_of(path: Path, parts: list[Part]) -> tuple[list[readers.Row], bool]:
    """All records of parts, and whether reading them ended early."""
    found: list[readers.Row] = []
    first = 1
    try:
        for part in parts:
            numbered = part._replace(first=part.first or first)
            found += readers.rows(path, READING, numbered)
            if len(parts) > 1:
                first += readers.count(path, part) or 0
    except InputError:
        return found, True
    return found, False


def reads_file(folder: Folder, suffix: str, data: bytes) -> bool:
    """A document is read, and its bytes come back; or it is refused."""
    path = folder.put(data, suffix)
    (source,) = files.discover([path])
    try:
        raw = files.content(source, READING.most_bytes)
        document = decode.decode(raw, id="x", kind=files.kind(path))
    except InputError:
        return True
    check(decode.encode(document.text, document.encoding) == raw, "other bytes come back")
    return False


def reads_bitext(folder: Folder, suffix: str, data: bytes) -> bool:
    """A bilingual file is read or refused."""
    try:
        list(bilingual.from_file(folder.put(data, suffix)).units)
    except UnspunError:
        return True
    return False


def stage(*names: str) -> Callable[[Folder, str, str], bool]:
    """A stage takes back what it did, and has nothing to do to what it made."""

    def run(_: Folder, __: str, text: str) -> bool:
        kind = "html" if "extract" in names and len(text) % 2 else "text"
        document = Document("x", text, kind=kind)
        made = pipeline.process(document, stages=names)
        edits.check(text, made.ledger)
        check(edits.apply(text, made.ledger) == made.text, "edits that do not make the text")
        check(edits.undo(made.text, made.ledger) == text, "edits that are not taken back")
        places = [(tag.start, tag.end) for tag in made.tags]
        if made.tagged is not None:
            places += [(span.start, span.end) for span in made.tagged.spans]
            places += [(found.start, found.end) for found in made.tagged.origin.evidence]
        inside = all(0 <= start <= end <= len(text) for start, end in places)
        check(inside, "places outside of the text")
        if made.ledger:
            again = pipeline.process(Document("x", made.text), stages=names)
            check(again.text == made.text, "an output that changes when it is cleaned again")
        return False

    return run


def compares(_: Folder, __: str, text: str) -> bool:
    """Alignment, diff and scores of a text and another one."""
    half = len(text) // 2
    one, other = text[:half] or "a", text[half:] or "b"
    api.diff(one, other)
    api.score([one], [other])
    return False


class Target(NamedTuple):
    """What is fuzzed."""

    make: Callable[[random.Random], str | bytes]
    run: Callable[[Folder, str, str | bytes], bool]
    suffix: str = ""


@cache
def targets() -> dict[str, Target]:
    """All readers and stages."""
    zstd = zstandard.ZstdCompressor(write_checksum=True).compress
    plain = tuple(text.encode() for text in TEXTS)

    def gz(data: bytes) -> bytes:
        return gzip.compress(data, mtime=0)

    found: dict[str, tuple[object, object, str]] = {
        "jsonl": (a_file(records()), reads_rows, ".jsonl"),
        "csv": (a_file(tables(",")), reads_rows, ".csv"),
        "tsv": (a_file(tables("\t")), reads_rows, ".tsv"),
        "parquet": (a_file(parquets()), reads_rows, ".parquet"),
        "warc": (a_file(archives()), reads_rows, ".warc"),
        "warc-gz": (a_file(archives(gz)), reads_rows, ".warc.gz"),
        "text": (a_file(plain), reads_file, ".txt"),
        "html": (a_file(plain), reads_file, ".html"),
        "gz": (a_file(packed(gz)), reads_file, ".txt.gz"),
        "bz2": (a_file(packed(bz2.compress)), reads_file, ".txt.bz2"),
        "xz": (a_file(packed(lzma.compress)), reads_file, ".txt.xz"),
        "zst": (a_file(packed(zstd)), reads_file, ".txt.zst"),
        "tmx": (a_file(bitexts()[:1]), reads_bitext, ".tmx"),
        "xliff": (a_file(bitexts()[1:]), reads_bitext, ".xlf"),
        "extract": (a_text, stage("extract"), ""),
        "normalise": (a_text, stage("normalise"), ""),
        "chrome": (a_text, stage("chrome"), ""),
        "tag": (a_text, stage("tag"), ""),
        "restore": (a_text, stage("detect", "restore"), ""),
        "assess": (a_text, stage("tag", "assess"), ""),
        "all": (a_text, stage(*pipeline.ALL), ""),
        "compare": (a_text, compares, ""),
    }
    return {name: Target(*parts) for name, parts in found.items()}  # type: ignore[arg-type]


def case(name: str, seed: int, number: int) -> str | bytes:
    """A case by its number."""
    return targets()[name].make(random.Random(f"{seed}:{name}:{number}"))


def wrong(name: str, folder: Folder, given: str | bytes) -> str:
    """What is wrong with what becomes of a case; empty if nothing is."""
    target = targets()[name]
    try:
        target.run(folder, target.suffix, given)
    except BrokenPromiseError as broken:
        return str(broken)
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        return f"{type(error).__name__}: {error}"
    return ""


def shrunk(name: str, folder: Folder, given: T) -> T:
    """A case that is as short as it can be made and still wrong."""
    size = len(given) // 2
    while size:
        place = 0
        while place < len(given):
            less = given[:place] + given[place + size :]
            if wrong(name, folder, less):
                given = less
            else:
                place += size
        size //= 2
    return given


class Progress:
    """The number of the case at hand, which outlives the process that is at it."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, 16)

    def at(self) -> tuple[int, int]:
        """The number of the case, and how many were refused before it."""
        number, refused = struct.unpack("qq", self._shared[:16])
        return number, refused

    def note(self, number: int, refused: int) -> None:
        """Begin with a case."""
        self._shared[:16] = struct.pack("qq", number, refused)


class Tally:
    """How many cases of each reader and stage were tried, kept in a file from run to run."""

    def __init__(self, path: Path | None, seed: int) -> None:
        self._path, self._seed = path, str(seed)
        known = path is not None and path.exists()
        self._all: dict[str, dict[str, list[int]]] = json.loads(path.read_text()) if known else {}

    def of(self, name: str) -> tuple[int, int]:
        """Cases that were tried, and how many of them were refused."""
        tried, refused = self._all.get(self._seed, {}).get(name, (0, 0))
        return tried, refused

    def note(self, name: str, tried: int, refused: int) -> None:
        """Keep how far it came."""
        self._all.setdefault(self._seed, {})[name] = [tried, refused]
        if self._path is not None:
            new = self._path.with_name(self._path.name + ".new")
            new.write_text(json.dumps(self._all, indent=1))
            new.replace(self._path)


def cases(name: str, base: Path, count: int, seconds: float, tally: Tally, seed: int) -> str:
    """The cases that the tally has not yet, in processes of their own."""
    began, (first, refused) = time.monotonic(), tally.of(name)
    tried, spent = first, os.times().children_user
    while tried < count and time.monotonic() < began + seconds:
        until = min(began + seconds, time.monotonic() + SLICE)
        tried, more = _slice(name, base, range(tried, count), until, seed)
        refused += more
        tally.note(name, tried, refused)
    each = (os.times().children_user - spent) / max(tried - first, 1)
    return f"{tried:,} cases, {refused:,} refused; {tried - first:,} now, {each * 1e6:.0f} us each"


def _slice(name: str, base: Path, numbers: range, until: float, seed: int) -> tuple[int, int]:
    """The number of the case to go on with, and how many were refused."""
    progress, pid = Progress(), os.fork()
    if pid == 0:
        status = 2
        with suppress(KeyboardInterrupt):
            status = _cases(name, Folder(base), progress, numbers, until, seed)
        os._exit(status)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    number, refused = progress.at()
    if status < 0 and name in ENDING:
        return number + 1, refused + 1
    if status < 0:
        how = signal.Signals(-status).name
        raise BrokenPromiseError(f"case {number} ends its process ({how})")
    check(status == 0, f"case {number} (seed {seed})")
    return number, refused


def _cases(
    name: str, folder: Folder, progress: Progress, numbers: range, until: float, seed: int
) -> int:
    target, refused, number = targets()[name], 0, numbers.start
    for number in numbers:
        progress.note(number, refused)
        if not number % 64 and time.monotonic() > until and number > numbers.start:
            return 0
        given = case(name, seed, number)
        try:
            refused += target.run(folder, target.suffix, given)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            shown = shrunk(name, folder, given)
            said = wrong(name, folder, shown) or f"only once: {error}"
            print(f"{name}, case {number}: {said}\n    {shown!r}", flush=True)
            return 1
    progress.note(number + 1, refused)
    return 0


def main() -> int:
    """Run all, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--cases", type=int, default=1_000_000, help="of each reader and stage")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="at most for each")
    parser.add_argument("--tally", type=Path, help="go on where this file says, and keep it there")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help=f"some of {', '.join(targets())}")
    parser.add_argument("--case", type=int, help="this one alone")
    given = parser.parse_args()
    status, tally = 0, Tally(given.tally, given.seed)
    with room("fuzz") as base:
        for name in targets() if given.only is None else given.only.split(","):
            if given.case is not None:
                made = case(name, given.seed, given.case)
                print(f"{name}, case {given.case}: {made!r}", flush=True)
                print(wrong(name, Folder(base), made) or "nothing is wrong", flush=True)
                continue
            try:
                said = cases(name, base, given.cases, given.seconds, tally, given.seed)
                print(f"{name}: {said}")
            except BrokenPromiseError as broken:
                print(f"{name}: BROKEN: {broken}")
                status = 1
            sys.stdout.flush()
    return status


if __name__ == "__main__":
    sys.exit(main())
