"""Ten thousand documents, one in a hundred of which crashes, hangs or eats memory.

    python tools/torture_poison.py --documents 10000

All others must be done, and each of these named with its reason. See tools/torture.py.
"""

from __future__ import annotations

import argparse
import ctypes
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from promises import FAST, BrokenPromiseError, check, room

from unspun import batches
from unspun.batches.engine import Done, Job, work
from unspun.pipeline import Setting
from unspun.workers import Limits

LINE = "The mill by the river has been quiet since the spring.\n"
SECONDS = 10  # a busy machine is no poison
LIMITS = Limits(seconds=SECONDS, megabytes=300)


def poisonous(setting: Setting, jobs: Sequence[Job]) -> list[Done]:
    """Work, but a document that begins with the name of a fault suffers it."""
    return work(setting, [_suffered(job) for job in jobs])


def _suffered(job: Job) -> Job:
    first = (job.text or "").split("\n", 1)[0]
    if first == "segfault":
        ctypes.string_at(0)
    elif first == "hang":
        while True:
            time.sleep(0.01)
    elif first == "memory":
        held = []
        while True:
            held.append(bytearray(1 << 24))
    elif first == "nested":
        return job._replace(text="<div>" * 100_000 + LINE + "[" * 100_000)
    elif first == "exit":
        os._exit(3)
    return job


REASONS = {
    "segfault": "ended its process (SIGSEGV)",
    "hang": f"took longer than {SECONDS} s",
    "memory": "needed more than 300 MB of memory",
    "exit": "ended its process (exit status 3)",
}


def poison(base: Path, count: int, workers: int) -> str:
    """A file of records with one percent of poison."""
    import torture_poison  # noqa: PLC0415 - workers know it by this name, not as __main__

    kinds = [*REASONS]
    base.mkdir(exist_ok=True)
    with (base / "raw.csv").open("w") as file:
        file.write("text\n")
        for n in range(count):
            bad = n % 100 == 50
            kind = kinds[n // 100 % len(kinds)]
            file.write(f'"{kind}\n"\n' if bad else f'"{LINE}{n}"\n')
    summary = batches.run(
        base / "raw.csv",
        None,
        base / "out",
        FAST,
        workers=workers,
        limits=LIMITS,
        chunk_bytes=100_000,
        task=torture_poison.poisonous,
    )
    named = Counter(d["reason"] for d in summary.quarantined)
    expected = Counter(REASONS[kinds[n // 100 % len(kinds)]] for n in range(50, count, 100))
    check(len(summary.documents) == count, f"{len(summary.documents)} of {count} are there")
    check(named == expected, f"named are {named}, not {expected}")
    return f"{count} documents: {count - named.total()} done, {named.total()} named: {dict(named)}"


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    began = time.monotonic()
    with room("poison") as base:
        try:
            print(poison(base, given.documents, given.workers), end="; ")
        except BrokenPromiseError as broken:
            print(f"BROKEN: {broken}")
            return 1
    print(f"{time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
