"""Let runs go wrong in every way we know, thousands of times, and look at what is left.

    python tools/torture.py --kills 1000 --family-kills 3000 --process-kills 60

Each part prints what it did and how often; the first thing that is not as promised ends it with
status 1. The promises stand in docs/batch.md: no document lost, doubled or torn, no stray file,
the bytes of an undisturbed run, earlier results intact until the new ones are whole.
"""

from __future__ import annotations

import argparse
import gzip
import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard
from promises import LINE, BrokenPromiseError, check, content, corpus, room, run, whole
from torture_kills import family_kills, kills, process_kills

import unspun
from unspun.errors import UnspunError
from unspun.store import Store


def child(raw: str, out: str) -> int:
    """A run that fails as the command does, for `calls` and `full_disk`."""
    try:
        run(Path(raw), Path(out), resume="--again" not in sys.argv)
    except UnspunError as error:
        sys.stderr.write(f"unspun: {error}\n")
        return 1
    return 0


def _child(raw: Path, out: Path, *before: str, again: bool = False) -> Any:  # noqa: ANN401
    command = [*before, sys.executable, __file__, "--child", str(raw), str(out)]
    command += ["--again"] if again else []
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, check=False, env=env)  # noqa: S603


def calls(base: Path, each: int) -> str:
    """The system refuses to write, to flush or to rename: at the first call, the second, ..."""
    raw = corpus(base / "raw")
    run(raw, base / "undisturbed")
    expected, earlier = content(base / "undisturbed"), {}
    draw, failed = random.Random(5), 0
    faults = {"write": "ENOSPC", "fsync": "EIO", "rename": "EIO", "linkat,link": "EIO"}
    old = corpus(base / "old", files=3, rows=2)
    for call, error in faults.items():
        for when in sorted({1, 2, 3, *(draw.randrange(1, 150) for _ in range(each))}):
            out = base / "out"
            shutil.rmtree(out, ignore_errors=True)
            run(old, out)
            earlier = content(out)
            inject = f"inject={call}:error={error}:when={when}"
            strace = ("strace", "-f", "-qq", "-o", os.devnull, "-e", f"trace={call}", "-e", inject)
            ran = _child(raw, out, *strace)
            said = ran.stderr.decode(errors="replace")
            where = f"{call} number {when} fails ({said.strip()[-200:]})"
            if ran.returncode == 0:  # it was not needed, or never came to it
                whole(out, expected, where)
                continue
            failed += 1
            check(ran.returncode == 1, f"{where}: status {ran.returncode}")
            check("Traceback" not in said and said.count("\n") == 1, f"{where}: not one line")
            check(content(out) == earlier, f"{where}: earlier results changed")
            run(raw, out)
            whole(out, expected, where)
    return f"{failed} runs that a failing call ended"


def full_disk(base: Path) -> str:
    """A file system that is full at one place after another; then there is room again."""
    disk, raw = base / "disk", corpus(base / "raw", files=30, rows=60)
    disk.mkdir()
    run(raw, base / "undisturbed")
    expected, ended = content(base / "undisturbed"), 0
    old = corpus(base / "old", files=3, rows=2)
    for kilobytes in range(200, 1200, 60):
        mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:  # noqa: S603
            return "not tried: file systems cannot be mounted here"
        try:
            run(old, disk / "out")
            earlier = content(disk / "out")
            ran = _child(raw, disk / "out")
            where = f"{kilobytes} kB ({ran.stderr.decode(errors='replace').strip()[-200:]})"
            if ran.returncode:
                ended += 1
                check(ran.returncode == 1 and ran.stderr.count(b"\n") == 1, f"{where}: one line")
                check(content(disk / "out") == earlier, f"{where}: earlier results changed")
                more = ["mount", "-o", "remount,size=64m", str(disk)]
                subprocess.run(more, check=True)  # noqa: S603
                run(raw, disk / "out")
            whole(disk / "out", expected, where)
        except UnspunError as error:
            check("cannot be written" in str(error), f"{kilobytes} kB: {error}")
        finally:
            subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607
    return f"{ended} runs that a full disk ended"


def same_bytes(base: Path, *, ray: bool, pythons: Sequence[str] = (), seeds: int = 5) -> str:
    """Workers, order of the files, hash seeds, engines, interpreters: always the same bytes."""
    raw = corpus(base / "raw")
    run(raw, base / "one", chunk_bytes=None)
    expected, ways = content(base / "one"), 0
    options = [["--workers", n] for n in ("1", "2", "16")]
    options += [["--workers", "2", "--chunk", "1"]]
    options += [["--engine", "ray", "--workers", "1"]] if ray else []
    plan = [(option, 0, sys.executable) for option in options]
    plan += [(["--workers", "2"], seed, sys.executable) for seed in range(1, seeds + 1)]
    plan += [(["--workers", "2"], 0, python) for python in pythons]
    for number, (option, seed, python) in enumerate(plan):
        if seed:
            shutil.rmtree(raw)
            corpus(raw, seed=seed)  # the same files, written in another order
        out = base / f"out{number}"
        command = [python, "-m", "unspun", "run", str(raw), "--out", str(out)]
        env = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": os.pathsep.join(sys.path)}
        if python != sys.executable:
            env["PYTHONPATH"] = str(Path(unspun.__file__).parents[1])
        command += ["--no-restore", *option]
        subprocess.run(command, cwd=base, check=False, capture_output=True, env=env)  # noqa: S603
        whole(out, expected, " ".join([*option, f"(hash seed {seed}, {python})"]))
        ways += 1
    return f"the same bytes in {ways} ways"


def harm(data: bytearray, number: int, draw: random.Random) -> None:
    """Cut a file short, or flip one of its bits, by turns."""
    if number % 2:
        del data[draw.randrange(len(data)) :]
    else:
        data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)


def damaged(base: Path, count: int, seed: int) -> str:
    """Compressed files cut short, or with one bit flipped: noticed, or the text is what it was."""
    draw, noticed, harmless = random.Random(seed), 0, 0
    text = (LINE * 40).encode()
    packers: dict[str, Callable[[bytes], bytes]] = {
        ".gz": lambda data: gzip.compress(data, mtime=0),
        ".zst": zstandard.ZstdCompressor(write_checksum=True).compress,
    }
    raw = base / "raw"
    raw.mkdir(parents=True)
    for number in range(count):
        suffix = draw.choice([*packers])
        data = bytearray(packers[suffix](text + str(number).encode()))
        harm(data, number, draw)
        (raw / f"{number:05}.txt{suffix}").write_bytes(data)
    run(raw, base / "out", chunk_bytes=1 << 20)
    store = Store(base / "out")
    for stored in store:
        if stored.text is None:
            noticed += 1
            continue
        harmless += 1  # a bit that carries nothing, such as the time in a header
        check(store.raw_bytes(stored) == text + stored.document["id"].lstrip("0").encode(), "text")
    check(noticed + harmless == count, "documents are missing")
    return f"{count} damaged files: {noticed} noticed, {harmless} with the text as it was"


def damaged_tables(base: Path, count: int, seed: int) -> str:
    """Parquet with checksums cut short, or with one bit flipped: noticed, or the texts stand.

    In workers, since Arrow ends its process on some of it.
    """
    draw, texts = random.Random(seed), [f"{number} {LINE}" for number in range(20)]
    raw = base / "raw"
    raw.mkdir(parents=True)
    table = pa.table({"text": texts})
    pq.write_table(table, base / "whole", write_page_checksum=True, row_group_size=8)
    for number in range(count):
        data = bytearray((base / "whole").read_bytes())
        harm(data, number, draw)
        (raw / f"{number:05}.parquet").write_bytes(data)
    run(raw, base / "out", chunk_bytes=1 << 20, workers=1)
    store, noticed, rows = Store(base / "out"), set(), Counter[str]()
    for stored in store:
        source, _, row = stored.document["id"].partition(":")
        if stored.text is None:
            noticed.add(source)
        else:
            rows[source] += 1
            check(store.raw_bytes(stored).decode() == texts[int(row) - 1], f"a text of {source}")
    left = {f"{number:05}" for number in range(count)} - noticed
    check(all(rows[source] == len(texts) for source in left), "texts are missing")
    return (
        f"{count} damaged tables: {len(noticed)} noticed, {len(left)} with the texts as they were"
    )


def main() -> int:
    """Run all parts."""
    if "--child" in sys.argv:
        place = sys.argv.index("--child")
        return child(*sys.argv[place + 1 : place + 3])
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=1000, help="of runs without workers")
    parser.add_argument("--family-kills", type=int, default=3000, help="of runs with workers")
    parser.add_argument("--process-kills", type=int, default=60, help="of the command")
    parser.add_argument("--calls", type=int, default=20, help="failures of each system call")
    parser.add_argument("--damaged", type=int, default=2000)
    parser.add_argument("--ray", action="store_true", help="also on Ray")
    parser.add_argument(
        "--pythons", nargs="*", default=[], help="interpreters that have what unspun needs"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one part")
    given = parser.parse_args()
    parts: dict[str, Callable[[Path], str]] = {
        "kills": lambda base: kills(base, given.kills, given.seed),
        "family_kills": lambda base: family_kills(base, given.family_kills, given.seed),
        "process_kills": lambda base: process_kills(base, given.process_kills, given.seed),
        "calls": lambda base: calls(base, given.calls),
        "full_disk": full_disk,
        "damaged": lambda base: damaged(base, given.damaged, given.seed),
        "damaged_tables": lambda base: damaged_tables(base, given.damaged, given.seed),
        "same_bytes": lambda base: same_bytes(base, ray=given.ray, pythons=given.pythons),
    }
    for name, part in parts.items():
        if given.only and name not in given.only.split(","):
            continue
        began = time.monotonic()
        with room(name) as base:
            try:
                said = part(base)
            except BrokenPromiseError as broken:
                print(f"{name}: BROKEN: {broken}", flush=True)
                return 1
        print(f"{name}: {said}; {time.monotonic() - began:.0f} s", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
