"""What every part of the torture needs: input, an undisturbed run, and a look at what is left."""

from __future__ import annotations

import contextlib
import gzip
import json
import random
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import zstandard

from unspun import batches
from unspun.batches.runs import NAME
from unspun.config import Config
from unspun.store import Store

LINE = "The mill by the river has been quiet since the spring.\n"
FAST = Config.from_dict({"restore": {"enabled": False}})
Bytes = dict[str, bytes]


class BrokenPromiseError(Exception):
    """Something is not as it should be."""


def check(kept: bool, promise: str) -> None:  # noqa: FBT001 - reads like a sentence
    """Raise if a promise is not kept."""
    if not kept:
        raise BrokenPromiseError(promise)


def corpus(folder: Path, files: int = 10, rows: int = 14, seed: int = 1) -> Path:
    """Files and records, some damaged; written in a random order."""
    folder.mkdir(parents=True)
    made: dict[str, bytes] = {
        f"page{n:02}.txt": f"{LINE}Page {n}. It\u00e2\u20ac\u2122s here.\n".encode()
        for n in range(files)
    }
    made["sub/picture.bin"] = b"\x89PNG\r\n\x1a\n" + bytes(50)
    lines = [json.dumps({"id": f"r{n % 11}", "text": f"{LINE}{n}"}) for n in range(rows)]
    made["a.jsonl"] = "\n".join([*lines, "{broken"]).encode()
    table = "text\n" + "".join(f'"{LINE}{n}"\n' for n in range(rows))
    made["b.csv.gz"] = gzip.compress(table.encode(), mtime=0)
    cut = zstandard.ZstdCompressor(write_checksum=True).compress("\n".join(lines).encode())
    made["c.jsonl.zst"] = cut[:-3]
    names = list(made)
    random.Random(seed).shuffle(names)
    for name in names:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(made[name])
    return folder


def content(out: Path) -> Bytes:
    """All results but the manifest, which tells the time."""
    return {
        p.relative_to(out).as_posix(): p.read_bytes()
        for p in sorted(out.rglob("*"))
        if p.is_file() and p.name != "manifest.json" and NAME not in p.parts
    }


def run(raw: Path, out: Path, **options: Any) -> batches.Summary:  # noqa: ANN401
    """A run in this process, in small chunks."""
    options = {"workers": 0, "config": FAST, "chunk_bytes": 400, **options}
    return batches.run(raw, None, out, **options)


def whole(out: Path, expected: Bytes, where: str) -> None:
    """The results are there, they are those of an undisturbed run, and nothing else is there."""
    check((out / "manifest.json").is_file(), f"{where}: no manifest")
    check(not list(out.glob(".*")), f"{where}: stray files {list(out.glob('.*'))}")
    found = content(out)
    missing, more = expected.keys() - found.keys(), found.keys() - expected.keys()
    check(not missing and not more, f"{where}: missing {missing}, too many {more}")
    torn = [name for name, data in expected.items() if found[name] != data]
    check(not torn, f"{where}: other bytes in {torn}")
    names = [stored.document["id"] for stored in Store(out)]
    check(len(names) == len(set(names)), f"{where}: documents twice")


@contextlib.contextmanager
def room(name: str) -> Iterator[Path]:
    """A folder for one part."""
    memory = Path("/dev/shm")  # noqa: S108 - what a killed process wrote is there, and faster
    base = Path(tempfile.mkdtemp(f"-torture-{name}", dir=memory if memory.is_dir() else None))
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)
