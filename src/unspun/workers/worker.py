"""The worker's side: answer jobs, within a limit of memory."""

from __future__ import annotations

import ctypes
import os
import pickle
import signal
import sys
from collections.abc import Callable, Generator
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NoReturn

from unspun.workers.limits import MEGABYTE, Failure, Held, address_space

try:
    import resource
except ImportError:  # pragma: no cover - not a POSIX system
    resource = None  # type: ignore[assignment]


_PR_SET_PDEATHSIG = 1  # prctl(2)


def work(channel: Connection) -> NoReturn:
    """Answer jobs until our side closes the channel."""
    _end_with_parent()
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a crash leaves no core file behind
    idle = address_space()
    task: Callable[[Any], Any] | None = None
    while True:
        try:
            kind, value, allowance = pickle.loads(channel.recv_bytes())  # noqa: S301 - our own
            if kind == "task":
                task = value
                channel.send_bytes(pickle.dumps(("ready", None)))
                continue
            assert task is not None  # noqa: S101 - the pool sends the task first
            answer = _answer(partial(_told, channel, task), value, idle, allowance)
            channel.send_bytes(answer)
        except (EOFError, OSError):
            os._exit(0)


def _told(channel: Connection, task: Callable[[Any], Any], job: object) -> object:
    """Do a job; a generator's notes are handed on while it is done."""
    answer = task(job)
    if not isinstance(answer, Generator):
        return answer
    try:
        while True:
            channel.send_bytes(pickle.dumps(("note", next(answer))))
    except StopIteration as end:
        return end.value
    finally:
        answer.close()


def _answer(task: Callable[[Any], Any], job: object, idle: int, allowance: int) -> bytes:
    spent = False
    try:
        _limit(idle + Held.bytes + allowance if idle else None)
        try:
            reply = ("done", task(job))
        finally:
            _limit(None)
        return pickle.dumps(reply, pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        spent = True
    except ConnectionError:
        raise  # nobody listens any more
    except Exception as error:  # noqa: BLE001 - told to the other side, which raises it
        return pickle.dumps(("raise", error))
    assert spent  # noqa: S101
    megabytes = allowance // MEGABYTE
    return pickle.dumps(("spent", Failure(f"needed more than {megabytes} MB of memory")))


def _end_with_parent() -> None:
    """A hanging document must not live on when whoever watches over it was killed."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def _limit(size: int | None) -> None:
    if resource is None:  # pragma: no cover - not a POSIX system
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard if size is None else size if hard == resource.RLIM_INFINITY else min(size, hard)
    with suppress(ValueError, OSError):  # systems that name the limit and do not keep it
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
