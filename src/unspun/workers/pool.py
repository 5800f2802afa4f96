"""Our side: hand jobs out, read answers in order, find the culprit."""

from __future__ import annotations

import gc
import math
import os
import pickle
import signal
import time
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing import connection
from multiprocessing.connection import Connection
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, overload

from unspun.workers.limits import MEGABYTE, Failure, Limits, WorkerError
from unspun.workers.nursery import Nursery, Source, Spawner

WINDOW = 256  # jobs taken in and not yet handed on: keeps memory flat
WINDOW_BYTES = 32 * MEGABYTE  # the same, by the size of their documents
SMALL = 1 << 14  # bytes of a job that a busy worker is sent in advance: fits any pipe's buffer
AHEAD = 2  # jobs a worker holds, so that it never waits for us
TRIES = 2  # a worker can also be killed from outside; the second time it was the document

J = TypeVar("J")
N = TypeVar("N")
R = TypeVar("R")


@dataclass(slots=True)
class _Worker:
    channel: Connection
    pid: int
    held: deque[int] = field(default_factory=deque)  # jobs that it has not answered, in order
    since: float = 0.0  # when it began with the first of them
    ready: bool = False  # whether it has loaded its task, which is no document's time


class Pool:
    """Worker processes under limits.

    Args:
        count: How many.
        limits: What one document may take.
        prepare: Called once before the first worker, to load what they share.
        fork: Whether workers are forked from a nursery; where the system can, if not given.
        source: Where workers come from, if from neither a nursery nor nothing.
    """

    def __init__(
        self,
        count: int,
        limits: Limits,
        prepare: Callable[[], object] = gc.collect,
        *,
        fork: bool = hasattr(os, "fork"),
        source: Source | None = None,
    ) -> None:
        self.count, self.limits = count, limits
        self._source: Source = source or (Nursery(prepare) if fork else Spawner())
        self.workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        while self.workers:
            with suppress(WorkerError):
                self.end(self.workers[-1])
        self._source.close()

    def start(self) -> _Worker:
        """One more worker."""
        worker = _Worker(*self._source.start())
        self.workers.append(worker)
        return worker

    def end(self, worker: _Worker) -> int:
        """Kill a worker, if it still lives.

        Returns:
            Its exit status; negative for the signal that ended it.
        """
        self.workers.remove(worker)
        worker.channel.close()
        return self._source.end(worker.pid)

    @overload
    def map(
        self,
        task: Callable[[J], Generator[N, None, R]],
        jobs: Iterable[J],
        size: Callable[[J], int],
        note: Callable[[J, N], None],
    ) -> Iterator[tuple[J, R | Failure]]: ...

    @overload
    def map(
        self, task: Callable[[J], R], jobs: Iterable[J], size: Callable[[J], int]
    ) -> Iterator[tuple[J, R | Failure]]: ...

    def map(
        self,
        task: Callable[[J], Any],
        jobs: Iterable[J],
        size: Callable[[J], int],
        note: Callable[[J, Any], None] | None = None,
    ) -> Iterator[tuple[J, Any]]:
        """Do jobs; each with its answer, in the order of the jobs.

        Args:
            task: What to do; it and the jobs travel to other processes. A generator gives notes
                on the way, and returns its answer.
            jobs: Taken in as room is made, so they may be endless.
            size: The bytes of a job's document.
            note: Called with a job and each note of it.

        Raises:
            Exception: what ``task`` raises; failures of single jobs are its business to catch,
                other than `MemoryError`, crashes and hangs.
            WorkerError: if no worker can be started.
        """
        return _Flow(self, task, jobs, size, note).run()


class _Flow(Generic[J, R]):
    """One `Pool.map`: what is in hand, who works on what, and what is done."""

    def __init__(
        self,
        pool: Pool,
        task: Callable[[J], R],
        jobs: Iterable[J],
        size: Callable[[J], int],
        note: Callable[[J, Any], None] | None,
    ) -> None:
        self._pool, self._note = pool, note
        self._task = pickle.dumps(("task", task, 0))
        self._jobs = enumerate(jobs)
        self._size = size
        self._ended = False
        self._held: dict[int, tuple[J, int]] = {}  # in hand, with their sizes
        self._frames: dict[int, bytes] = {}
        self._waiting: deque[int] = deque()
        self._answers: dict[int, R | Failure] = {}
        self._tries: Counter[int] = Counter()
        self._strays = 0  # workers that died without a job
        for worker in list(pool.workers):
            if worker.held:  # of a map that nobody read to its end
                pool.end(worker)
            else:
                self._begin(worker)

    def run(self) -> Iterator[tuple[J, R | Failure]]:
        turn = 0
        while True:
            self._take_in()
            self._hand_out()
            while turn in self._answers:
                job, _ = self._held.pop(turn)
                yield job, self._answers.pop(turn)
                turn += 1
                self._take_in()
            if not self._held:
                return
            self._hand_out()
            self._wait()

    def _take_in(self) -> None:
        while not self._ended and (not self._held or self._has_room()):
            entry = next(self._jobs, None)
            if entry is None:
                self._ended = True
                return
            number, job = entry
            size = self._size(job)
            self._held[number] = job, size
            self._frames[number] = pickle.dumps(
                ("job", job, self._pool.limits.bytes_for(size)), pickle.HIGHEST_PROTOCOL
            )
            self._waiting.append(number)

    def _has_room(self) -> bool:
        if len(self._held) < self._pool.count:
            return True
        return (
            len(self._held) < WINDOW and sum(size for _, size in self._held.values()) < WINDOW_BYTES
        )

    def _hand_out(self) -> None:
        while len(self._pool.workers) < min(self._pool.count, len(self._waiting)):
            self._begin(self._pool.start())
        while self._waiting:
            number = self._waiting[0]
            worker = min(self._pool.workers, key=lambda worker: len(worker.held), default=None)
            if worker is None:
                self._begin(self._pool.start())
                continue
            frame = self._frames[number]
            if worker.held and (len(worker.held) >= AHEAD or len(frame) > SMALL):
                return
            self._waiting.popleft()
            if not worker.held:
                worker.since = time.monotonic()
            worker.held.append(number)
            self._send(worker, frame)

    def _begin(self, worker: _Worker) -> None:
        worker.ready = False
        self._send(worker, self._task)

    def _send(self, worker: _Worker, frame: bytes) -> None:
        with suppress(OSError):  # it is dead: found out when its answers are read
            worker.channel.send_bytes(frame)

    def _wait(self) -> None:
        """Until something happened: an answer, a death, or the end of somebody's time."""
        now = time.monotonic()
        ends = [self._deadline(worker) for worker in self._pool.workers if worker.held]
        channels = {worker.channel: worker for worker in self._pool.workers}
        end = min(ends, default=math.inf)
        patience = None if end == math.inf else max(0.0, end - now)
        ready = connection.wait(list(channels), patience)
        for channel in ready:
            self._read(channels[channel])  # type: ignore[index]
        now = time.monotonic()
        for worker in list(self._pool.workers):
            if worker.held and now >= self._deadline(worker) and not worker.channel.poll():
                self._stop(worker)

    def _deadline(self, worker: _Worker) -> float:
        if not worker.ready:
            return math.inf
        size = self._held[worker.held[0]][1]
        return worker.since + self._pool.limits.seconds_for(size)

    def _read(self, worker: _Worker) -> None:
        try:
            kind, value = pickle.loads(worker.channel.recv_bytes())  # noqa: S301 - our own
        except (EOFError, OSError):
            self._bury(worker)
            return
        if kind == "raise":
            raise value
        if kind == "note":
            if self._note is not None:
                self._note(self._held[worker.held[0]][0], value)
            return
        if kind == "ready":
            worker.ready, worker.since = True, time.monotonic()
            return
        self._settle(worker, value)
        if kind == "spent":  # what is left of its memory is in pieces
            self._replace(worker)

    def _settle(self, worker: _Worker, answer: R | Failure) -> None:
        number = worker.held.popleft()
        worker.since = time.monotonic()
        self._frames.pop(number)
        self._answers[number] = answer

    def _stop(self, worker: _Worker) -> None:
        """Its time is over."""
        seconds = self._pool.limits.seconds_for(self._held[worker.held[0]][1])
        self._settle(worker, Failure(f"took longer than {seconds:.4g} s"))
        self._replace(worker)

    def _bury(self, worker: _Worker) -> None:
        """It died, of its first job or by a hand from outside."""
        if worker.held:
            first = worker.held[0]
            self._tries[first] += 1
            status = self._replace(worker, spare=self._tries[first] < TRIES)
            if self._tries[first] >= TRIES:
                self._frames.pop(first)
                self._answers[first] = Failure(f"ended its process {_how(status)}")
            return
        self._strays += 1
        status = self._replace(worker)
        if self._strays > self._pool.count * TRIES:
            raise WorkerError(f"worker processes end without work {_how(status)}")

    def _replace(self, worker: _Worker, *, spare: bool = True) -> int:
        """End it, and give what it still held to others; without its first job if not spared."""
        if not spare:
            worker.held.popleft()
        self._waiting.extendleft(reversed(worker.held))
        return self._pool.end(worker)


def _how(status: int) -> str:
    if status >= 0:
        return f"(exit status {status})"
    try:
        return f"({signal.Signals(-status).name})"
    except ValueError:
        return f"(signal {-status})"
