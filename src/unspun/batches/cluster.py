"""Hands on other machines: the same chunks, done by Ray Data.

Each chunk is one row of a dataset, and a task of Ray does it as a local hand does: it reads its
share of the input and keeps the results, both on storage that all machines share. Nothing but
names and counts travels. Ray starts tasks again elsewhere when a machine is lost; a chunk that was
kept already is not done twice.
"""

from __future__ import annotations

import logging
import os
import pickle
import warnings
from collections.abc import Callable, Generator, Iterable, Iterator
from functools import cache, partial
from itertools import islice
from typing import Any, Self, TypeVar

from unspun.batches.engine import Apart, Hand, warm
from unspun.config import Config
from unspun.errors import ConfigError, OutputError
from unspun.workers import Failure, Limits, Pool, WorkerError

WAVE = 512  # jobs handed to Ray together: what the first pass has learnt is told to the next wave
RETRIES = 8  # of a task whose machine was lost
J = TypeVar("J")
R = TypeVar("R")


class Cluster:
    """Hands are tasks of Ray.

    Args:
        address: Where the cluster is, as ``ray.init`` takes it; ``auto`` for the one that this
            machine belongs to; one on this machine alone is started if not given.
        workers: Documents done at the same time, and cores of a cluster that is started here; as
            many as there are cores if not given.

    Raises:
        ConfigError: if Ray is not installed.
        WorkerError: if there is no cluster.
    """

    apart: Apart = "fresh"

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        self._ray = _ray()
        self._workers = workers
        self._ours = not self._ray.is_initialized()
        options: dict[str, Any] = {"address": address} if address else {"num_cpus": workers}
        try:
            if self._ours:
                quiet = {"logging_level": "error", "log_to_driver": False}
                self._ray.init(**options, **quiet, include_dashboard=None if address else False)
        except (ConnectionError, ValueError, RuntimeError) as error:
            said = str(error).splitlines()[0]
            raise WorkerError(
                f"no cluster of Ray at {address or 'this machine'}: {said}"
            ) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *reason: object) -> None:
        if self._ours:
            self._ray.shutdown()

    def map(
        self,
        work: Callable[[J], Generator[int, None, R]],
        jobs: Iterable[J],
        note: Callable[[J, int], None],
    ) -> Iterator[tuple[J, R | Failure]]:
        """Have tasks of Ray do jobs."""
        task = _Task(pickle.dumps(work))
        waiting = iter(jobs)
        while wave := list(islice(waiting, WAVE)):
            yield from self._wave(task, wave, note)

    def _wave(
        self, task: _Task, wave: list[J], note: Callable[[J, int], None]
    ) -> Iterator[tuple[J, R | Failure]]:
        from ray.data import DataContext, TaskPoolStrategy  # noqa: PLC0415 - an extra

        context = DataContext.get_current()
        context.enable_progress_bars = False
        context.print_on_execution_start = False
        logging.getLogger("ray.data").setLevel(logging.ERROR)
        context.execution_options.preserve_order = False
        rows = [{"place": place, "job": pickle.dumps(job)} for place, job in enumerate(wave)]
        held: dict[int, R | Failure] = {}
        turn = 0
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # deprecated, and no other way to say it as yet
                made = self._ray.data.from_items(rows, override_num_blocks=len(rows)).map(
                    task,
                    num_cpus=1,
                    compute=TaskPoolStrategy(self._workers),
                    ray_remote_args_fn=_spread,
                )
            for row in made.iter_rows():
                note(wave[row["place"]], row["documents"])
                held[row["place"]] = _answer(row)
                while turn in held:
                    yield wave[turn], held.pop(turn)
                    turn += 1
        except self._ray.exceptions.RayError as error:
            raise _told(error) from error


def _spread() -> dict[str, Any]:
    return {"max_retries": RETRIES, "scheduling_strategy": "SPREAD"}


class _Task:
    """Does one job in a process of Ray."""

    def __init__(self, work: bytes) -> None:
        self._work = work

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        steps = _hand(self._work)(pickle.loads(row["job"]))  # noqa: S301 - our own
        documents = 0
        error = b""
        answer = None
        try:
            while True:
                documents = next(steps)
        except StopIteration as end:
            answer = end.value
        except Exception as raised:  # noqa: BLE001 - told to the driver, which raises it
            error = pickle.dumps(raised)
        place, made = row["place"], pickle.dumps(answer)
        return {"place": place, "documents": documents, "answer": made, "error": error}


@cache
def _hand(work: bytes) -> Callable[[Any], Generator[int, None, Any]]:
    """The hand of this process, which lives on from one job to the next."""
    method = pickle.loads(work)  # noqa: S301 - our own
    hand: Hand = method.__self__
    hand.lend(_pool(hand.limits, hand.order.config))
    found: Callable[[Any], Generator[int, None, Any]] = method
    return found


@cache
def _pool(limits: Limits, config: Config) -> Pool:
    """Where the documents of this process are done: models are loaded once."""
    return Pool(1, limits, partial(warm, config))


def _answer(row: dict[str, Any]) -> Any:  # noqa: ANN401 - whatever was done
    if row["error"]:
        raise pickle.loads(row["error"])  # noqa: S301 - our own
    return pickle.loads(row["answer"])  # noqa: S301 - our own


def _told(error: Exception) -> Exception:
    """What Ray says, in one line."""
    lines = [line for line in str(error).splitlines() if line.strip()]
    return OutputError(f"Ray could not do it: {lines[-1] if lines else type(error).__name__}")


def _ray() -> Any:  # noqa: ANN401 - an extra's own module
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray  # noqa: PLC0415 - an extra
        import ray.data  # noqa: PLC0415
    except ImportError as error:
        raise ConfigError("--engine ray needs Ray: pip install 'unspun[ray]'") from error
    return ray
