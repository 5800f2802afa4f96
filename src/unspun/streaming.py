"""The flow as an object that takes texts one after another, for other people's programs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from types import TracebackType
from typing import NamedTuple, Self

from unspun import decode, pipeline, translators
from unspun.batches import engine
from unspun.config import Config
from unspun.errors import ConfigError, ModelError, UnspunError, message_of, unknown_name
from unspun.model import Document, Processed
from unspun.pipeline import Result, Setting
from unspun.workers import Failure, Limits, Pool

Text = str | bytes | None
"""A text; the bytes of a document, whose encoding is found; or nothing, which is quarantined."""


class Job(NamedTuple):
    """One text to do."""

    id: str
    text: Text


class Pipeline:
    r"""The flow, set up once.

    It is also a context manager: inside ``with``, worker processes live on from one stream to the
    next and end with the block; otherwise each stream has its own.

    Args:
        config: Settings; the defaults if none are given.
        stages: Names of the stages to run; all if none are given.
        workers: Processes; 0 does all in this one, where nothing holds a text back that crashes,
            hangs or eats memory.
        limits: What one text may take in a worker; generous if not given.
        recurring: Lines that recur across the documents of the batch, if that is known: they are
            furniture.

    Raises:
        ConfigError: for a stage that is none.

    >>> Pipeline()("It\u00e2\u20ac\u2122s here.").text
    'It’s here.'
    """

    def __init__(
        self,
        config: Config | None = None,
        *,
        stages: Collection[str] | None = None,
        workers: int = 0,
        limits: Limits | None = None,
        recurring: Collection[str] = (),
    ) -> None:
        for name in stages or ():
            if name not in pipeline.ALL:
                raise ConfigError(unknown_name("stage", name, pipeline.ALL))
        self.config = config or Config()
        self.stages = pipeline.ALL if stages is None else tuple(stages)
        self.workers = workers
        self._setting = Setting(
            self.config,
            frozenset(recurring),
            translators.open_engine(self.config.translate),
            translators.open_rewriter(self.config.rewrite),
        )
        engines = self._setting.translator, self._setting.rewriter
        self.limits = translators.limits(limits, *engines, self.config.restore.rescorer)
        self._entered = False
        self._idle: list[Pool] = []

    def __call__(self, text: Text, *, id: str = "") -> Processed:  # noqa: A002
        """Do one text, in this process; whatever goes wrong with it is said in the result.

        Raises:
            ConfigError: for settings that no text could be done with.
            ModelError: for a model that cannot be used.
        """
        return self.many([(id, text)])[0]

    def many(self, texts: Sequence[Text | tuple[str, Text]]) -> list[Processed]:
        """Do several texts together, in this process: faster than one by one.

        Args:
            texts: Texts, or pairs of a name and a text.

        Raises:
            ConfigError: for settings that no text could be done with.
            ModelError: for a model that cannot be used.
        """
        return _do(self._setting, self.stages, list(_named(texts)))

    def stream(
        self, texts: Iterable[Text | tuple[str, Text]], *, workers: int | None = None
    ) -> Iterator[Processed]:
        """Do texts one after another, in order.

        Args:
            texts: Texts, or pairs of a name and a text; they are numbered from 0 where they have
                no name. They are taken as results are asked for: the next one in this process, at
                most 256 texts or 32 MB ahead with workers. So they may be endless.
            workers: Processes; those of the pipeline if not given.

        Yields:
            One result a text. What goes wrong with a text is said in its result.

        Raises:
            ConfigError: for settings that no text could be done with.
            ModelError: for a model that cannot be used.
            WorkerError: if no worker process can be started.
        """
        count = self.workers if workers is None else workers
        jobs = _named(texts)
        if count == 0:
            for job in jobs:
                yield from _do(self._setting, self.stages, [job])
            return
        task = partial(_one, self._setting, self.stages)
        with self._lend(count) as pool:
            for job, answer in pool.map(task, jobs, _size):
                yield _held(job, answer.reason) if isinstance(answer, Failure) else answer

    @contextmanager
    def _lend(self, count: int) -> Iterator[Pool]:
        """Workers that nobody uses now: a stream that is not at its end keeps its own."""
        pool = next((idle for idle in self._idle if idle.count == count), None)
        if pool is not None:
            self._idle.remove(pool)
        else:
            pool = Pool(count, self.limits, partial(engine.warm, self.config))
        try:
            yield pool
        finally:
            if self._entered:
                self._idle.append(pool)
            else:
                pool.__exit__(None, None, None)

    def __enter__(self) -> Self:
        self._entered = True
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._entered = False
        while self._idle:
            self._idle.pop().__exit__(kind, error, trace)


def _named(texts: Iterable[Text | tuple[str, Text]]) -> Iterator[Job]:
    for number, item in enumerate(texts):
        yield Job(*item) if isinstance(item, tuple) else Job(str(number), item)


def _size(job: Job) -> int:
    return len(job.text) if isinstance(job.text, (str, bytes)) else 0


def _one(setting: Setting, stages: Collection[str], job: Job) -> Processed:
    return _do(setting, stages, [job])[0]


def _do(setting: Setting, stages: Collection[str], jobs: Sequence[Job]) -> list[Processed]:
    results = pipeline.process_many(
        [_read(job) for job in jobs],
        setting.config,
        stages=stages,
        recurring=setting.recurring,
        translator=setting.translator,
        rewriter=setting.rewriter,
    )
    return list(map(_processed, jobs, results))


def _read(job: Job) -> Document | Exception:
    if isinstance(job.text, str):
        return Document(job.id, job.text)
    if isinstance(job.text, bytes):
        try:
            return decode.decode(job.text, id=job.id)
        except UnspunError as error:
            return error
    said = "null" if job.text is None else type(job.text).__name__
    return UnspunError(f"{said}, not text")


def _processed(job: Job, done: Result | Exception) -> Processed:
    if isinstance(done, (ConfigError, ModelError)):  # pragma: no cover - they are raised before
        raise done
    if isinstance(done, Exception):
        return _held(job, message_of(done))
    tagged = done.tagged
    return Processed(
        job.id,
        text=done.text,
        language=tagged.language if tagged else "und",
        script=tagged.script if tagged else "Zyyy",
        confidence=tagged.confidence if tagged else 0.0,
        origin=tagged.origin if tagged else None,
        spun=done.spun,
        quality=done.quality,
        edits=done.ledger,
        tags=done.tags,
        spans=tagged.spans if tagged else (),
        encoding=done.document.encoding,
    )


def _held(job: Job, reason: str) -> Processed:
    return Processed(job.id, "quarantined", reason)
