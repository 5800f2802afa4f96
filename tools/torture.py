"""Let runs go wrong in every way we know, thousands of times, and look at what is left.

    python tools/torture.py --kills 3000 --process-kills 60 --ray-kills 3

Each part prints what it did and how often; the first thing that is not as promised ends it with
status 1. The promises stand in docs/batch.md: no document lost, doubled or torn, no stray file,
the bytes of an undisturbed run, earlier results intact until the new ones are whole.
"""

from __future__ import annotations

import argparse
import contextlib
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import zstandard

from unspun import batches
from unspun.batches.runs import NAME
from unspun.config import Config
from unspun.errors import UnspunError
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


def forked(raw: Path, out: Path) -> int:
    """A run in a process of its own, without the time that an interpreter takes to start."""
    pid = os.fork()
    if pid == 0:
        os.setsid()
        with contextlib.suppress(BaseException):
            run(raw, out)
            os._exit(0)
        os._exit(1)
    return pid


def kills(base: Path, count: int, seed: int) -> str:
    """SIGKILL at random moments, each followed by a resume, which may be killed in turn."""
    raw = corpus(base / "raw")
    run(raw, base / "undisturbed")
    began = time.monotonic()
    os.waitpid(forked(raw, base / "second"), 0)
    usual = time.monotonic() - began
    expected = content(base / "undisturbed")
    out, draw = base / "out", random.Random(seed)
    done = finished = early = 0
    while done < count:
        pid = forked(raw, out)
        time.sleep(draw.random() * usual)
        os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if os.WIFSIGNALED(status):
            done += 1
            if done % 500 == 0:
                print(f"{done} kills, {finished} times to the end", flush=True)
            early += not (out / NAME).exists()
        else:
            check(status == 0, "a run that goes on fails")
            whole(out, expected, f"after {done} kills")
            finished += 1
            shutil.rmtree(out)
    run(raw, out)
    whole(out, expected, f"after {done} kills")
    return f"{done} kills of a run, {finished + 1} times to the end ({early} before its folder)"


def children(pid: int) -> list[int]:
    """All processes that descend from one."""
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(OSError):
            for child in map(int, task.read_text().split()):
                found += [child, *children(child)]
    return found


def alive(pid: int) -> bool:
    """Whether a process does anything yet."""
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def process_kills(base: Path, count: int, seed: int) -> str:
    """The command with workers: the group, or one of its processes, is killed."""
    raw = corpus(base / "raw", files=30)
    run(raw, base / "undisturbed")
    expected = content(base / "undisturbed")
    out, draw = base / "out", random.Random(seed)
    command = [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out)]
    command += ["--workers", "2", "--chunk", "1", "--no-restore"]
    done = {"group": 0, "main": 0, "worker": 0}
    while sum(done.values()) < count:
        kind = draw.choice([*done])
        process = subprocess.Popen(  # noqa: S603
            command,
            cwd=base,  # a folder clean/ where this is called would be the reference
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        family = _grown(process, draw)
        if process.poll() is None and family:
            done[kind] += 1
            _kill(kind, process, family, draw)
        process.wait()
        until = time.monotonic() + 30
        while any(map(alive, family)) and time.monotonic() < until:
            time.sleep(0.01)
        check(not any(map(alive, family)), f"processes live on after the {kind} was killed")
        if (out / "manifest.json").exists() and not (out / NAME).exists():
            whole(out, expected, f"after {done}")
            shutil.rmtree(out)
    quiet = subprocess.DEVNULL
    subprocess.run(command, cwd=base, check=False, stdout=quiet, stderr=quiet)  # noqa: S603
    whole(out, expected, f"after {done}")
    return ", ".join(f"{n} kills of the {kind}" for kind, n in done.items())


def _grown(process: subprocess.Popen[bytes], draw: random.Random) -> list[int]:
    """The processes of a run that has begun, at a random moment."""
    until = time.monotonic() + 60
    while len(children(process.pid)) < 2 and process.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(draw.random() * 1.5)
    return children(process.pid)


def _kill(
    kind: str, process: subprocess.Popen[bytes], family: list[int], draw: random.Random
) -> None:
    with contextlib.suppress(ProcessLookupError):
        if kind == "group":
            os.killpg(process.pid, signal.SIGKILL)
        else:
            os.kill(process.pid if kind == "main" else draw.choice(family), signal.SIGKILL)


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


def same_bytes(base: Path, *, ray: bool) -> str:
    """Workers, order of the files, hash seeds, engines: always the same bytes."""
    raw = corpus(base / "raw")
    run(raw, base / "one", chunk_bytes=None)
    expected, ways = content(base / "one"), 0
    options = [["--workers", n] for n in ("1", "2", "16")]
    options += [["--workers", "2", "--chunk", "1"]]
    options += [["--engine", "ray", "--workers", "1"]] if ray else []
    plan = [(option, 0) for option in options]
    plan += [(["--workers", "2"], seed) for seed in (1, 2, 3, 4, 5)]
    for number, (option, seed) in enumerate(plan):
        if seed:
            shutil.rmtree(raw)
            corpus(raw, seed=seed)  # the same files, written in another order
        out = base / f"out{number}"
        command = [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out)]
        env = {**os.environ, "PYTHONHASHSEED": str(seed)}
        command += ["--no-restore", *option]
        subprocess.run(command, check=False, capture_output=True, env=env)  # noqa: S603
        whole(out, expected, " ".join([*option, f"(hash seed {seed})"]))
        ways += 1
    return f"the same bytes in {ways} ways"


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
        if number % 2:
            del data[draw.randrange(len(data)) :]
        else:
            data[draw.randrange(len(data))] ^= 1 << draw.randrange(8)
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


@contextlib.contextmanager
def room(name: str) -> Iterator[Path]:
    """A folder for one part."""
    memory = Path("/dev/shm")  # noqa: S108 - what a killed process wrote is there, and faster
    base = Path(tempfile.mkdtemp(f"-torture-{name}", dir=memory if memory.is_dir() else None))
    try:
        yield base
    finally:
        shutil.rmtree(base, ignore_errors=True)


def main() -> int:
    """Run all parts."""
    if "--child" in sys.argv:
        place = sys.argv.index("--child")
        return child(*sys.argv[place + 1 : place + 3])
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=3000)
    parser.add_argument("--process-kills", type=int, default=60)
    parser.add_argument("--calls", type=int, default=20, help="failures of each system call")
    parser.add_argument("--damaged", type=int, default=2000)
    parser.add_argument("--ray", action="store_true", help="also on Ray")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="one part")
    given = parser.parse_args()
    parts: dict[str, Callable[[Path], str]] = {
        "kills": lambda base: kills(base, given.kills, given.seed),
        "process_kills": lambda base: process_kills(base, given.process_kills, given.seed),
        "calls": lambda base: calls(base, given.calls),
        "full_disk": full_disk,
        "damaged": lambda base: damaged(base, given.damaged, given.seed),
        "same_bytes": lambda base: same_bytes(base, ray=given.ray),
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
