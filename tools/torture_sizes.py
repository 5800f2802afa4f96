"""Hostile megabytes, bombs and giants: how long they take, and how much memory.

    python tools/torture_sizes.py --only megabytes

Each document goes through the whole command with its defaults, and is done or quarantined. Time is
that of processors, so that others on the machine do not count; memory is what all processes of the
run hold together, shared pages counted once. See tools/torture.py.
"""

from __future__ import annotations

import argparse
import ctypes
import gzip
import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from promises import LINE, BrokenPromiseError, check, room
from torture_kills import children

MEGABYTE = 1 << 20
SECONDS = 10.0  # of processors, for a hostile megabyte beyond an empty run
RESIDENT = 1 << 30  # bytes, for bombs and giants
PR_SET_CHILD_SUBREAPER = 36  # prctl(2)
GROWTH = 1.1  # of memory, from a short input to one that is five times as long


def drawn(low: int, high: int, size: int) -> str:
    """Random characters of a range, so many code points."""
    draw = random.Random(1)
    found = (chr(draw.randrange(low, high)) for _ in range(size))
    return "".join(c for c in found if not 0xD800 <= ord(c) < 0xE000)


def words(size: int, *given: str, between: str = " ") -> str:
    """So many code points of words in random order."""
    draw, made, length = random.Random(2), [], 0
    while length < size:
        made.append(draw.choice(given))
        length += len(made[-1]) + len(between)
    return between.join(made)


def hostile() -> dict[str, Callable[[int], str]]:
    """Documents of any size that somebody made to do harm, or a machine by accident."""
    prose = LINE.strip().split(" ")
    lines = ("Home", "Share", "By Ann Lee", "Log in", "3 min read", "News > Local", "Tags: a, b")
    return {
        "random characters": lambda n: drawn(0x20, 0x10000, n),
        "random characters beyond the first plane": lambda n: drawn(0x10000, 0x20000, n),
        "random Latin": lambda n: drawn(0x20, 0x250, n),
        "random Latin-1": lambda n: drawn(0x20, 0x100, n),
        "random controls": lambda n: drawn(0, 0xA0, n),
        "random Chinese": lambda n: drawn(0x4E00, 0x9FFF, n),
        "random Indic": lambda n: drawn(0x900, 0xE00, n),
        "a letter": lambda n: "a" * n,
        "a word": lambda n: "mill " * (n // 5),
        "one line of words": lambda n: words(n, *prose),
        "a word a line": lambda n: words(n, *prose, between="\n"),
        "a word a paragraph": lambda n: words(n, *prose, between="\n\n"),
        "line ends": lambda n: "\n" * n,
        "blanks": lambda n: " " * n,
        "furniture": lambda n: words(n, *lines, between="\n"),
        "combining marks": lambda n: "a" + "\u0301" * n,
        "different marks": lambda n: "a" + "".join(map(chr, range(0x300, 0x36F))) * (n // 111),
        "joiners": lambda n: "\U0001f469\u200d" * (n // 2),
        "invisible": lambda n: "a\u200b" * (n // 2),
        "directions": lambda n: "\u202ea\u202c" * (n // 3),
        "mojibake": lambda n: "It\u00e2\u20ac\u2122s caf\u00c3\u00a9. " * (n // 16),
        "broken mojibake": lambda n: words(
            n, "\u00c3", "\u00e2", "\u20ac", "\u2122", "a", between=""
        ),
        "entities": lambda n: "&amp;" * (n // 5),
        "nested tags": lambda n: "<div>" * (n // 5),
        "brackets": lambda n: "[" * n,
        "spintax": lambda n: "{a|" * (n // 3),
        "nested spintax": lambda n: "{a|b " * (n // 10) + "}" * (n // 10),
        "quotes": lambda n: "\"'\u201c\u2019" * (n // 4),
        "addresses": lambda n: words(n, "https://a.b/c?d=e", "x@y.zz", "www.a.b"),
        "numbers": lambda n: words(n, "1,234.5", "7", "2024-01-02", "12:30"),
        "list items": lambda n: "1. a\n" * (n // 5),
        "table": lambda n: "| a | b |\n" * (n // 10),
        "dashes": lambda n: "-" * n,
        "ligatures and wide letters": lambda n: words(n, "\ufb01n", "\uff21", "\u3000", "mill"),
        "lookalikes": lambda n: words(n, "p\u0430ypal", "\u0441at", "mill"),
        "languages by turns": lambda n: words(
            n, "The mill is", "Der Zug ist", "\u5b8c\u6210", "\u0434\u0430"
        ),
        "capitals": lambda n: words(n, *(word.upper() for word in prose)),
        "hyphens at line ends": lambda n: words(n, "hyphen-\n", "ated", "un\u00ad"),
    }


class Taken(NamedTuple):
    """What a run took, and what became of its documents.

    Attributes:
        seconds: Of processors, all processes together.
        peak: Bytes resident at most, shared pages counted once.
        done: Documents done.
        reasons: Why the others were not.
    """

    seconds: float
    peak: int
    done: int
    reasons: tuple[str, ...]


def taken(raw: Path, out: Path, *options: str) -> Taken:
    """Run the command on an input."""
    command = [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out), *options]
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1)
    before = os.times()
    process = subprocess.Popen(  # noqa: S603
        command, cwd=raw.parent, stdout=subprocess.DEVNULL, start_new_session=True
    )
    peak = 0
    try:
        while process.poll() is None:
            peak = max(peak, sum(map(resident, [process.pid, *children(process.pid)])))
            time.sleep(0.05)
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    with suppress(ChildProcessError):  # processes whose parents were killed are ours now
        while True:
            os.waitpid(-1, 0)
    after = os.times()
    spent = after.children_user + after.children_system
    spent -= before.children_user + before.children_system
    reasons, done = [], 0
    for line in (out / "documents.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        done += record["status"] == "done"
        if record["status"] != "done":
            reasons.append(record["reason"])
    return Taken(spent, peak, done, tuple(reasons))


def resident(pid: int) -> int:
    """Bytes that a process holds; its share of those that it shares."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) << 10
    return 0


def megabytes(base: Path, only: str | None) -> Iterator[str]:
    """Each hostile megabyte, for itself."""
    (base / "empty.txt").write_text(LINE)
    runs = (taken(base / "empty.txt", base / f"empty{n}", "--workers", "1") for n in range(3))
    start = min(runs, key=lambda run: run.seconds)
    yield f"{start.seconds:5.1f} s  {start.peak >> 20:5,} MB  an empty run"
    slow = []
    for number, (name, make) in enumerate(hostile().items()):
        if only and only not in name:
            continue
        raw = base / f"{number}.txt"
        raw.write_bytes(make(MEGABYTE).encode("utf-8", "surrogatepass")[:MEGABYTE])
        found = taken(raw, base / str(number), "--workers", "1")
        seconds = found.seconds - start.seconds
        became = found.reasons[0] if found.reasons else "done"
        yield f"{seconds:5.1f} s  {found.peak >> 20:5,} MB  {name}: {became}"
        if seconds > SECONDS:
            slow.append(name)
    check(not slow, f"more than {SECONDS:.0f} s for {', '.join(slow)}")


def giants(base: Path) -> Iterator[str]:
    """Bombs, and a line of a gigabyte."""
    line = LINE.strip().encode() * (MEGABYTE // len(LINE))
    makers: dict[str, Callable[[Path], None]] = {
        "line.txt": lambda path: _long(path, b"", line, b""),
        "line.jsonl": lambda path: _long(path, b'{"text": "', line, b'"}\n{"text": "a mill"}\n'),
        "line.csv": lambda path: _long(path, b'text\n"', line, b'"\na mill\n'),
        "line.html": lambda path: _long(path, b"<p>", line, b"</p>"),
        "bomb.txt.gz": lambda path: path.write_bytes(_gzip_bomb()) and None,
        "bomb.parquet": _parquet_bomb,
        "bomb.jsonl.zst": lambda path: path.write_bytes(_zstd_bomb()) and None,
    }
    for name, make in makers.items():
        raw = base / name
        make(raw)
        found = taken(
            raw, base / f"{name}.out", *(["--max-size", "1"] if "parquet" in name else [])
        )
        raw.unlink()
        yield f"{found.seconds:5.1f} s  {found.peak >> 20:5,} MB  {name}: {found.reasons[0]}"
        check(found.peak <= RESIDENT, f"{name} takes {found.peak >> 20:,} MB")


def _long(path: Path, head: bytes, line: bytes, tail: bytes) -> None:
    with path.open("wb") as file:
        file.write(head)
        for _ in range(1 << 10):
            file.write(line)
        file.write(tail)


def _gzip_bomb() -> bytes:
    return gzip.compress(bytes(1 << 30).replace(b"\0", b"a"))


def _zstd_bomb() -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(b"a" * (1 << 30))


def _parquet_bomb(path: Path) -> None:
    """A value of 5 MB that is stored once and stands in 400 rows."""
    rows = pa.array([0] * 400, pa.int32())
    column = pa.DictionaryArray.from_arrays(rows, pa.array(["a mill, " * 600_000]))
    pq.write_table(pa.table({"text": column}), path, compression="zstd")


def growth(base: Path, short: int, long: int) -> Iterator[str]:
    """Memory of a short input, which fills sample and report already, and of a long one."""
    peaks = []
    for count in (short, long):
        raw = base / f"{count}.jsonl"
        with raw.open("w") as file:
            file.writelines(
                json.dumps({"id": str(n), "text": f"{LINE}{n}"}) + "\n" for n in range(count)
            )
        options = ("--workers", "2", "--no-restore", "--chunk", "64")
        found = taken(raw, base / f"{count}.out", *options)
        check(found.done == count, f"{found.done} of {count} done")
        peaks.append(found.peak)
        yield f"{found.seconds:5.1f} s  {found.peak >> 20:5,} MB  {count:,} records"
    check(peaks[1] <= peaks[0] * GROWTH, "memory grows with the input")


def main() -> int:
    """Run all parts."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--only", help="megabytes, giants, growth")
    parser.add_argument("--name", help="only megabytes whose name has this in it")
    parser.add_argument("--short", type=int, default=8_000, help="records")
    parser.add_argument("--long", type=int, default=40_000, help="records")
    given = parser.parse_args()
    parts: dict[str, Callable[[Path], Iterator[str]]] = {
        "megabytes": lambda base: megabytes(base, given.name),
        "giants": giants,
        "growth": lambda base: growth(base, given.short, given.long),
    }
    status = 0
    for name, part in parts.items():
        if given.only and name not in given.only.split(","):
            continue
        with room(name) as base:
            try:
                for said in part(base):
                    print(f"{name}: {said}", flush=True)
            except BrokenPromiseError as broken:
                print(f"{name}: BROKEN: {broken}", flush=True)
                status = 1
    return status


if __name__ == "__main__":
    sys.exit(main())
