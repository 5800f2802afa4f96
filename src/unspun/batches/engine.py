"""Do the chunks of a plan: processes, order, quarantine.

A hand is a process that does chunks: it reads records, and keeps the results. Documents are done
in one more process under limits, small ones together, which is faster. Where one crashes its
process, hangs or eats memory, those of its bundle are done again one by one, so that it takes only
itself along: it is quarantined with its reason and never stops the rest. Nothing depends on how
many hands there are.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple, Protocol, Self, TypeVar

from unspun import chrome, readers, translators
from unspun.batches import plan, scans, segments
from unspun.batches.plan import Chunk
from unspun.config import Config
from unspun.jobs import Job, glance, is_page
from unspun.pipeline import Setting
from unspun.readers import Reading
from unspun.readers.rows import WHOLE
from unspun.work import Done, Task, quarantined, warm, work
from unspun.workers import Failure, Forker, Limits, Pool, Spawner, WorkerError

__all__ = ["Done", "Engine", "Hand", "Here", "Job", "Local", "Order", "Task", "warm", "work"]

POOL_FROM_BYTES = 2_000_000  # below this a second worker costs more than it saves
BUNDLE = 16  # documents that are done together at most
BUNDLE_BYTES = 1 << 17  # the same, by their size
UNLIMITED = Limits(math.inf, 1 << 30)  # of a hand: only documents are limited
J = TypeVar("J")
R = TypeVar("R")

Apart = Literal["forked", "fresh", "here"]
"""Where documents are done: in a ``forked`` process, which needs that this one has a single thread;
in one that comes from a ``fresh`` interpreter; or ``here``, where nothing holds a document back
that crashes, hangs or eats memory."""


def workers_for(chunks: Sequence[Chunk], asked: int | None) -> int:
    """How many processes to use: as asked, else one for small batches, else one a core."""
    if asked is not None:
        return asked
    if sum(chunk.size for chunk in chunks) <= POOL_FROM_BYTES:
        return 1
    return min(len(chunks), os.cpu_count() or 1)


@dataclass(frozen=True, slots=True)
class Order:
    """What hands have to know.

    Attributes:
        folder: Where scans and chunks are kept.
        config: Settings.
        reading: How files of records are read, and how large a document may be.
        limits: What one document may take.
        task: What is done to each document.
    """

    folder: Path
    config: Config
    reading: Reading
    limits: Limits
    task: Task = work

    @property
    def scans(self) -> Path:
        """Where scans are kept."""
        return self.folder / "scans"

    @property
    def chunks(self) -> Path:
        """Where chunks are kept."""
        return self.folder / "chunks"


class Bundle(NamedTuple):
    """Documents that are done together.

    Attributes:
        jobs: They.
        size: Their bytes.
    """

    jobs: tuple[Job, ...]
    size: int


class Hand:
    """Does chunks, one after another.

    Args:
        order: What to do.
        recurring: The lines that recur, once they are known.
        apart: Where documents are done.
    """

    def __init__(
        self,
        order: Order,
        recurring: frozenset[str] = frozenset(),
        *,
        apart: Apart = "forked",
    ) -> None:
        self.order, self.apart = order, apart
        translator = translators.open_engine(order.config.translate)
        rewriter = translators.open_rewriter(order.config.rewrite)
        self.setting = Setting(order.config, recurring, translator, rewriter)
        slow = translator, rewriter, order.config.restore.rescorer
        self.limits = translators.limits(order.limits, *slow)
        self._pool: Pool | None = None
        self._spare: Pool | None = None  # for what is done again while the other is at work

    def lend(self, pool: Pool) -> None:
        """Use the processes of somebody else."""
        self._pool = pool

    def __getstate__(self) -> Mapping[str, object]:
        """Processes do not travel."""
        return {**self.__dict__, "_pool": None, "_spare": None}

    def count(self, chunk: Chunk) -> Generator[int, None, int | None]:
        """The lines or records of a part of a file; None if it cannot be read by itself."""
        yield 0
        return readers.count(chunk.sources[0].path, chunk.part or WHOLE)

    def scan(self, job: tuple[Chunk, str | None]) -> Generator[int, None, None]:
        """Look at a chunk for the first time, and keep what is found.

        Args:
            job: The chunk, and the cutoff of a sample that others have filled (`chrome.Tally`).
        """
        chunk, below = job
        order = self.order
        if chunk.part is not None:
            found, names = scans.of_records(chunk, chunk.part, order.reading, below, self._look)
            scans.keep(order.scans, chunk.key, found, names)
            yield sum(share.documents for share in found.shares)
            return
        tally, failed = chrome.Tally(below), []
        task = partial(glance, order.config.extract, below)
        jobs = plan.jobs(chunk, order.reading)
        for place, (_, answer) in enumerate(self._answers(task, jobs, _weight)):
            if isinstance(answer, Failure):
                failed.append((place, answer.reason))
            else:
                tally.merge(answer)
            yield place + 1
        found = scans.Scan((), tuple(failed), None, tally, below)
        scans.keep(order.scans, chunk.key, found, None)

    def do(self, chunk: Chunk) -> Generator[int, None, None]:
        """Do a chunk, and keep its results; one that somebody kept meanwhile is not done again."""
        summary = segments.kept(self.order.chunks, chunk.key)
        if summary is not None:
            yield summary["documents"]
            return
        yield from self._keep(chunk, self.documents(chunk))

    def give_up(self, chunk: Chunk, reason: str) -> None:
        """Keep that a chunk cannot be done, of which processes die on reading it."""
        (source,) = chunk.sources[:1]
        if chunk.part is None:
            raise WorkerError(f"{source.path}: processes end without work: {reason}")
        name = source.id if chunk.problem else f"{source.id}:{chunk.part.first}"
        failed = quarantined(Job(source, name), f"reading it {reason}")
        for _ in self._keep(chunk, [failed]):
            pass

    def _keep(self, chunk: Chunk, outcomes: Iterable[Done]) -> Generator[int, None, None]:
        about = {"limits": list(self.order.limits)}
        with segments.keeping(self.order.chunks, chunk.key, about) as keeper:
            for done in outcomes:
                keeper.add(done)
                yield keeper.counts.documents

    def documents(self, chunk: Chunk) -> Iterator[Done]:
        """What came of each document of a chunk, in order."""
        task = partial(_do, self.order.task, self.setting)
        most = 1 if self.setting.translator or self.setting.rewriter else BUNDLE
        bundles = _bundles(plan.jobs(chunk, self.order.reading), most)
        for bundle, answer in self._answers(task, bundles, _size):
            if not isinstance(answer, Failure):
                yield from answer
            elif len(bundle.jobs) == 1:
                yield quarantined(bundle.jobs[0], answer.reason)
            else:
                yield from self._one_by_one(task, bundle.jobs)

    def _one_by_one(
        self, task: Callable[[Bundle], list[Done]], jobs: Iterable[Job]
    ) -> Iterator[Done]:
        """What came of documents of which one spoiled it for all."""
        if self._spare is None:
            self._spare = self._start()
        for ((job,), _), answer in self._spare.map(task, _bundles(jobs, 1), _size):
            yield quarantined(job, answer.reason) if isinstance(answer, Failure) else answer[0]

    def _look(self, job: Job, below: str | None) -> chrome.Tally:
        """The lines of a record; of a page, whose markup may do harm, in a process of its own."""
        config = self.order.config.extract
        if not is_page(config, job):
            return glance(config, below, job)
        nothing = chrome.Tally(below)
        if not nothing.takes(job.text or ""):
            return nothing
        ((_, answer),) = self._answers(partial(glance, config, below), [job], _weight)
        return nothing if isinstance(answer, Failure) else answer

    def _answers(
        self, task: Callable[[J], R], jobs: Iterable[J], weight: Callable[[J], int]
    ) -> Iterator[tuple[J, R | Failure]]:
        if self.apart == "here":
            return ((job, task(job)) for job in jobs)
        if self._pool is None:
            self._pool = self._start()
        return self._pool.map(task, jobs, weight)

    def _start(self) -> Pool:
        limits = self.limits
        if self.apart == "fresh":
            return Pool(1, limits, partial(warm, self.order.config))
        source = Forker() if hasattr(os, "fork") else Spawner()
        return Pool(1, limits, source=source)

    def close(self) -> None:
        """End the processes."""
        for pool in (self._pool, self._spare):
            if pool is not None:
                pool.__exit__(None, None, None)
        self._pool = self._spare = None


def _do(task: Task, setting: Setting, bundle: Bundle) -> list[Done]:
    jobs = bundle.jobs
    answers = iter(task(setting, [job for job in jobs if job.problem is None]))
    return [next(answers) if job.problem is None else quarantined(job, job.problem) for job in jobs]


def _bundles(jobs: Iterable[Job], most: int) -> Iterator[Bundle]:
    """Jobs in order, those that are small together."""
    held: list[Job] = []
    size = 0
    for job in jobs:
        weight = _weight(job)
        if held and (len(held) == most or size + weight > BUNDLE_BYTES):
            yield Bundle(tuple(held), size)
            held, size = [], 0
        held.append(job)
        size += weight
    if held:
        yield Bundle(tuple(held), size)


def _size(bundle: Bundle) -> int:
    return bundle.size


def _weight(job: Job) -> int:
    if job.problem is not None:
        return 0
    if job.text is not None:
        return len(job.text)
    return plan.size_of(job.source, plan.stamp(job.source)[0])


class Engine(Protocol):
    """Where hands are: in this process, in others, or on other machines."""

    @property
    def apart(self) -> Apart:
        """Where its hands do documents."""

    def map(
        self,
        work: Callable[[J], Generator[int, None, R]],
        jobs: Iterable[J],
        note: Callable[[J, int], None],
    ) -> Iterator[tuple[J, R | Failure]]:
        """Have hands do jobs; each with its answer, in the order of the jobs.

        Args:
            work: What to do, as a method of a hand.
            jobs: Taken in as room is made.
            note: Called with a job and how many of its documents are done.
        """


class Here:
    """All is done in this process."""

    apart: Apart = "here"

    def map(
        self,
        work: Callable[[J], Generator[int, None, R]],
        jobs: Iterable[J],
        note: Callable[[J, int], None],
    ) -> Iterator[tuple[J, R | Failure]]:
        """Do jobs one after another."""
        for job in jobs:
            yield job, _driven(work(job), partial(note, job))


def _driven(steps: Generator[int, None, R], note: Callable[[int], None]) -> R:
    try:
        while True:
            note(next(steps))
    except StopIteration as end:
        answer: R = end.value
        return answer
    finally:
        steps.close()


class Local:
    """Hands are processes on this machine.

    Args:
        count: How many.
        config: What they load before they begin.
        apart: Where they do documents; not ``forked`` if their reading starts threads.

    Raises:
        WorkerError: if no process can be started.
    """

    def __init__(self, count: int, config: Config, apart: Apart = "forked") -> None:
        self.apart = apart
        self._pool = Pool(count, UNLIMITED, partial(warm, config))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        self._pool.__exit__(None, None, None)

    def map(
        self,
        work: Callable[[J], Generator[int, None, R]],
        jobs: Iterable[J],
        note: Callable[[J, int], None],
    ) -> Iterator[tuple[J, R | Failure]]:
        """Do jobs in these processes."""
        return self._pool.map(work, jobs, lambda _: 0, note)
