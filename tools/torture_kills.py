"""SIGKILL at random moments: of runs, of their whole families of processes, of one of them.

After each, the run is taken up again, and may be killed in turn. See tools/torture.py.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from promises import FAST, check, content, corpus, run, whole

from unspun.batches.runs import NAME
from unspun.work import warm
from unspun.workers import Forker, pool


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


def family(raw: Path, out: Path) -> int:
    """A run with two workers, each with its own for documents, forked from this very process.

    The command loads everything in a nursery first, which takes most of its time here: see
    `process_kills`.
    """
    pid = os.fork()
    if pid == 0:
        os.setsid()
        vars(pool)["Nursery"] = lambda _: Forker()
        with contextlib.suppress(BaseException):
            run(raw, out, workers=2)
            os._exit(0)
        os._exit(1)
    return pid


def family_kills(base: Path, count: int, seed: int) -> str:
    """A run with workers: its whole group, its first process, or one of its workers is killed.

    A run that loses a worker ends by itself, with nothing lost; one that loses more is taken up
    again by the next, which may be killed in turn.
    """
    warm(FAST)
    raw = corpus(base / "raw", files=30)
    run(raw, base / "undisturbed")
    expected = content(base / "undisturbed")
    began = time.monotonic()
    os.waitpid(family(raw, base / "second"), 0)
    usual = time.monotonic() - began
    whole(base / "second", expected, "two workers")
    out, draw = base / "out", random.Random(seed)
    done: Counter[str] = Counter()
    finished = 0
    while done.total() < count:
        kind = draw.choice(["group", "main", "worker", "worker"])
        pid = family(raw, out)
        time.sleep(draw.random() * usual)
        others = children(pid)
        killed = _killed(kind, pid, others, draw)
        _, status = os.waitpid(pid, 0)
        done[kind] += killed
        _gone(others, f"the {kind} was killed")
        if os.WIFSIGNALED(status):
            continue
        check(status == 0, f"a run fails whose {kind} was killed, after {done}")
        whole(out, expected, f"after {done}")
        finished += 1
        shutil.rmtree(out)
        if finished % 100 == 0:
            print(f"{_told(done)}; {finished} times to the end", flush=True)
    os.waitpid(family(raw, out), 0)
    whole(out, expected, f"after {done}")
    return f"{_told(done)}; {finished + 1} times to the end"


def _killed(kind: str, pid: int, others: list[int], draw: random.Random) -> bool:
    """Kill, if there is something to be killed yet."""
    target = draw.choice(others) if kind == "worker" and others else pid
    if kind == "worker" and not others:
        return False
    with contextlib.suppress(ProcessLookupError):
        if not alive(target):
            return False
        if kind == "group":
            os.killpg(pid, signal.SIGKILL)
        else:
            os.kill(target, signal.SIGKILL)
        return True
    return False


def _gone(others: list[int], why: str) -> None:
    until = time.monotonic() + 30
    while any(map(alive, others)) and time.monotonic() < until:
        time.sleep(0.002)
    check(not any(map(alive, others)), f"processes live on after {why}")


def _told(done: Counter[str]) -> str:
    said = ", ".join(f"{done[kind]} of the {kind}" for kind in sorted(done))
    return f"{done.total()} kills: {said}"


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
        others = _grown(process, draw)
        if process.poll() is None and others:
            done[kind] += 1
            _kill(kind, process, others, draw)
        process.wait()
        _gone(others, f"the {kind} was killed")
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
