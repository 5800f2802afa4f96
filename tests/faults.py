"""Tasks that go wrong for real, as a document says: what the isolation tests put in for work."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence
from pathlib import Path

from unspun.batches import engine
from unspun.batches.engine import Done, Job
from unspun.errors import ModelError
from unspun.pipeline import Setting
from unspun.store import Outcome


def poisonous(setting: Setting, jobs: Sequence[Job]) -> list[Done]:
    """Work, but a document that begins with the name of a fault suffers it."""
    for job in jobs:
        first = job.source.path.read_bytes().split(b"\n", 1)[0].decode()
        if first in FAULTS:
            FAULTS[first]()
    return engine.work(setting, jobs)


def _segfault() -> None:
    ctypes.string_at(0)


def _exit() -> None:
    os._exit(3)


def _hang() -> None:
    while True:
        time.sleep(0.01)


def _spin() -> None:
    while True:
        pass


def _deaf() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    time.sleep(3600)


def _memory() -> None:
    held = []
    while True:
        held.append(bytearray(1 << 24))


def _model() -> None:
    raise ModelError("that model cannot be used")


FAULTS = {
    "segfault": _segfault,
    "abort": os.abort,
    "exit": _exit,
    "hang": _hang,
    "spin": _spin,
    "deaf": _deaf,
    "memory": _memory,
    "model": _model,
}


def killed_once(setting: Setting, jobs: Sequence[Job]) -> list[Done]:
    """Work in processes that somebody kills from outside, each document's first one."""
    for job in jobs:
        mark = job.source.path.with_suffix(".killed")
        if not mark.exists():
            mark.touch()
            os.kill(os.getpid(), signal.SIGKILL)
    return engine.work(setting, jobs)


def crowded(_setting: Setting, jobs: Sequence[Job]) -> list[Done]:
    """A large answer to each document."""
    return [
        Done(
            Outcome(
                job.source.id,
                job.source.id,
                {"id": job.source.id, "status": "done", "large": "x" * 3_000_000},
                "",
            ),
            None,
        )
        for job in jobs
    ]


def whoami(_: int) -> int:
    """The process that does it."""
    return os.getpid()


def sleepy(path: str) -> None:
    """Say who we are, and sleep through everything."""
    Path(path).write_text(str(os.getpid()))
    time.sleep(3600)
