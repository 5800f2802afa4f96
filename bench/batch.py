"""Many documents: speed with one and two workers, beside datatrove's local executor.

    python bench/batch.py [--megabytes 8]

The same flow without restoration on the same file of JSON Lines, by `unspun run` and by
datatrove's local executor with a step that calls `unspun.Pipeline`. Datatrove gives each file to
one worker, so it gets the records in as many files as it has workers; it writes texts alone, while
`unspun run` writes its ledger, spans and a report too. Start-up is what a run on one record takes.
Resident memory is the most that all processes of a run held together, pages that they share counted
once (`Pss`). Seconds of processors (CPU s) do not depend on what else the machine does; MB/CPU s is
without start-up.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import zstandard

TEXTS = Path(__file__).parents[2] / "shared" / "data" / "lm-text"
DOCUMENT = 3000  # characters, about
PEER = """
import logging, sys
logging.disable(logging.CRITICAL)
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter

class Unspun(PipelineStep):
    name = "unspun"

    def run(self, data, rank=0, world_size=1):
        from unspun import Config, Pipeline
        flow = Pipeline(Config.from_dict({"restore": {"enabled": False}}))
        for document in data:
            document.text = flow(document.text).text
            yield document

if __name__ == "__main__":
    folder, out, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    steps = [JsonlReader(folder), Unspun(), JsonlWriter(out + "/text", compression=None)]
    LocalPipelineExecutor(
        pipeline=steps, tasks=workers, workers=workers, logging_dir=out + "/logs"
    ).run()
"""


def material(size: int) -> Iterator[dict[str, str]]:
    """Documents of news text, every tenth with damaged quotation marks."""
    held: list[str] = []
    made = number = 0
    for path in sorted(TEXTS.glob("*.zst")):
        with path.open("rb") as file:
            data = zstandard.ZstdDecompressor().stream_reader(file).read(size * 2)
        for line in data.decode("utf-8", "replace").split("\n"):
            held.append(line)
            if sum(map(len, held)) < DOCUMENT:
                continue
            text = "\n\n".join(held)
            if number % 10 == 0:
                text = text.replace("'", "\u00e2\u20ac\u2122")
            yield {"id": f"d{number}", "text": text}
            made, number, held = made + len(text.encode()), number + 1, []
            if made >= size:
                return


def ours(folder: Path, out: Path, workers: int) -> list[str]:
    """The command that does it."""
    command = [sys.executable, "-m", "unspun", "run", str(folder / "0.jsonl"), "--out", str(out)]
    return [*command, "--no-restore", "--workers", str(workers)]


def peer(folder: Path, out: Path, workers: int) -> list[str]:
    """The same for datatrove."""
    script = out.parent / "peer.py"
    script.write_text(PEER)
    return [sys.executable, str(script), str(folder), str(out), str(workers)]


class Taken(NamedTuple):
    """Seconds on the clock, of processors, and megabytes resident of all processes at most."""

    seconds: float
    processors: float
    megabytes: int


def measured(command: list[str]) -> Taken:
    """What a command takes."""
    quiet = subprocess.DEVNULL
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet)
    most = [0]
    ticks: dict[int, int] = {}
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.1):
            family = _family(process.pid)
            most[0] = max(most[0], sum(map(_resident, family)))
            ticks.update((pid, spent) for pid in family if (spent := _ticks(pid)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    process.wait()
    seconds = time.monotonic() - began
    over.set()
    watcher.join()
    return Taken(seconds, sum(ticks.values()) / os.sysconf("SC_CLK_TCK"), most[0] >> 10)


def _family(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += (p for child in task.read_text().split() for p in _family(int(child)))
        except OSError:
            continue
    return found


def _ticks(pid: int) -> int:
    """What a process has taken of the processors so far."""
    try:
        said = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return 0
    return sum(map(int, said.rpartition(")")[2].split()[11:13]))


def _resident(pid: int) -> int:
    """Kilobytes, shared pages divided among those that share them."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return 0
    return next((int(row.split()[1]) for row in rollup.splitlines() if row[:4] == "Pss:"), 0)


def written(folder: Path, rows: list[dict[str, str]], files: int) -> Path:
    """The records, in as many files."""
    folder.mkdir()
    for number in range(files):
        share = rows[number * len(rows) // files : (number + 1) * len(rows) // files]
        text = "".join(json.dumps(row) + "\n" for row in share)
        (folder / f"{number}.jsonl").write_text(text, encoding="utf-8")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--megabytes", type=float, default=8)
    given = parser.parse_args()
    logging.disable(logging.CRITICAL)
    rows = list(material(int(given.megabytes * 1e6)))
    size = sum(len(row["text"].encode()) for row in rows) / 1e6
    print(f"{len(rows)} documents, {size:.1f} MB; {os.cpu_count()} cores")
    columns = "start-up s  all s  documents/s  MB/s  without start-up  CPU s  MB/CPU s  MB resident"
    print(f"engine     workers  {columns}")
    systems: dict[str, Callable[..., list[str]]] = {"unspun": ours, "datatrove": peer}
    base = Path(tempfile.mkdtemp(prefix="bench-batch-"))
    try:
        for workers in (1, 2):
            for name, command in systems.items():
                files = workers if name == "datatrove" else 1
                row: dict[str, Taken] = {}
                for kind, share in (("one", rows[:1]), ("all", rows)):
                    place = base / f"{name}{workers}{kind}"
                    folder = written(place.with_suffix(".raw"), share, files)
                    row[kind] = measured(command(folder, place, workers))
                start, (seconds, spent, resident) = row["one"], row["all"]
                rate = size / max(spent - start.processors, 1e-9)
                print(
                    f"{name:<10} {workers:>7}  {start.seconds:10.1f}  {seconds:5.1f}  "
                    f"{len(rows) / seconds:11.1f}  {size / seconds:4.2f}  "
                    f"{size / max(seconds - start.seconds, 1e-9):16.2f}  {spent:5.1f}  "
                    f"{rate:8.2f}  {resident:11}",
                    flush=True,
                )
    finally:
        shutil.rmtree(base, ignore_errors=True)


if __name__ == "__main__":
    main()
