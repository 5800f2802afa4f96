"""Run the flow over many documents: workers, order, quarantine.

Outcomes come in the order of the documents' ids, whatever the number of workers, and a document
that fails is quarantined with its reason and never stops the rest. Documents are read and done in
worker processes, also where there is only one, so that one that crashes its process, hangs or eats
memory takes only itself along.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from unspun import chrome, comparison, decode, files, pipeline, records
from unspun.comparison import Comparison
from unspun.config import Config
from unspun.errors import ConfigError, ModelError, UnspunError
from unspun.files import Source
from unspun.model import Document
from unspun.pipeline import Result, Setting
from unspun.records import Record
from unspun.store import Outcome
from unspun.workers import Failure, Limits, Pool

POOL_FROM_BYTES = 2_000_000  # below this a second worker costs more than it saves
RECURRING_FROM = 4  # documents; fewer have no furniture in common that could be told


class Job(NamedTuple):
    """One document to do, and what it is compared with."""

    source: Source
    reference: Source | None = None
    data: bytes | None = None  # of standard input, which workers cannot read


class Done(NamedTuple):
    """An outcome, with the counts that scores of the whole batch are summed from."""

    outcome: Outcome
    comparison: Comparison | None


Task = Callable[[Setting, Job], Done]
"""Does one document; `work`, or one that a test lets go wrong."""


def workers_for(sources: Sequence[Source], asked: int | None) -> int:
    """How many processes to use: as asked, else one for small batches, else one a core."""
    if asked is not None:
        return asked
    size = sum(_size(source) for source in sources)
    return min(len(sources), os.cpu_count() or 1) if size > POOL_FROM_BYTES else 1


def _size(source: Source) -> int:
    """Bytes of a document; 0 for standard input, and for a file that is gone meanwhile."""
    if source.path == files.STDIN:
        return 0
    with suppress(OSError):
        return source.path.stat().st_size
    return 0


def recurring_lines(sources: Iterable[Source]) -> frozenset[str]:
    """The lines that recur across the documents of a batch: furniture of their site."""
    tally = chrome.Tally()
    for source in sources:
        if source.path != files.STDIN:  # it can be read only once
            tally.merge(glance(Job(source)))
    return tally.recurring()


def glance(job: Job) -> chrome.Tally:
    """The lines of one document; none if it cannot be read, which its own turn will tell."""
    tally = chrome.Tally()
    with suppress(UnspunError):
        tally.add(files.read(job.source).text)
    return tally


def run(
    sources: Sequence[Source],
    references: dict[str, Source],
    config: Config,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
    task: Task | None = None,
) -> Iterator[Done]:
    """Take documents through the flow, in order.

    Args:
        sources: The documents.
        references: The reference of each document that has one, by document id.
        config: Settings.
        workers: Processes; one a core for large batches if not given. 0 does all in this process,
            where nothing holds a document back that crashes, hangs or eats memory.
        limits: What one document may take.
        task: What is done to each document; `work` if not given.

    Raises:
        ConfigError: for settings that no document could be done with.
        ModelError: for a model that cannot be used.
        WorkerError: if no worker process can be started.
    """
    jobs = (Job(source, references.get(source.id)) for source in sources)
    count = workers_for(sources, workers)
    task = task or work
    if count == 0:
        setting = Setting(config, recurring_lines(sources))
        yield from (task(setting, job) for job in jobs)
        return
    with Pool(count, limits or Limits(), partial(warm, config)) as pool:
        recurring, failed = _first_pass(pool, sources)
        todo = (_with_data(job) for job in jobs if job.source.id not in failed)
        answers = pool.map(partial(task, Setting(config, recurring)), todo, _weight)
        for source in sources:
            if source.id in failed:
                yield _quarantined(Job(source), failed[source.id])
                continue
            job, answer = next(answers)
            yield _quarantined(job, answer.reason) if isinstance(answer, Failure) else answer


def warm(config: Config) -> None:
    """Load what every document needs, once for all workers."""
    with suppress(UnspunError):  # a setting or model that cannot be used: the first job will say
        pipeline.process(Document("", "It\u00e2\u20ac\u2122s a long way to the mill.\n"), config)


def _first_pass(pool: Pool, sources: Sequence[Source]) -> tuple[frozenset[str], dict[str, str]]:
    """The lines that recur, and the documents that are not tried again, with the reasons."""
    failed: dict[str, str] = {}
    tally = chrome.Tally()
    if len(sources) < RECURRING_FROM:
        return frozenset(), failed
    jobs = (Job(source) for source in sources if source.path != files.STDIN)
    for job, answer in pool.map(glance, jobs, _weight):
        if isinstance(answer, Failure):
            failed[job.source.id] = answer.reason
        else:
            tally.merge(answer)
    return tally.recurring(), failed


def _with_data(job: Job) -> Job:
    if job.source.path == files.STDIN:
        return job._replace(data=files.read_bytes(files.STDIN))
    return job


def _weight(job: Job) -> int:
    return len(job.data) if job.data is not None else _size(job.source)


def work(setting: Setting, job: Job) -> Done:
    """Do one document; whatever goes wrong with it stays with it."""
    try:
        raw = files.read_bytes(job.source.path) if job.data is None else job.data
        document = decode.decode(raw, id=job.source.id)
        result = pipeline.process(document, setting.config, recurring=setting.recurring)
        compared = _compare(result, job, setting.config)
        return Done(_outcome(job, raw, result, compared), compared)
    except (ConfigError, ModelError, MemoryError):
        raise  # no document's fault: every other one would fail alike; memory is the pool's affair
    except UnspunError as error:
        return _quarantined(job, str(error))
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the batch along
        return _quarantined(job, f"{type(error).__name__}: {error}")


def _quarantined(job: Job, reason: str) -> Done:
    record = {
        "id": job.source.id,
        "source": job.source.relative.as_posix(),
        "status": "quarantined",
        "reason": reason,
    }
    raw: bytes | Path | None = job.data
    if raw is None and job.source.path != files.STDIN:
        raw = job.source.path
    return Done(Outcome(job.source.id, record["source"], record, None, raw=raw), None)


def _compare(result: Result, job: Job, config: Config) -> Comparison | None:
    if job.reference is None:
        return None
    return comparison.compare(result, files.read(job.reference), config.score)


def _outcome(job: Job, raw: bytes, result: Result, compared: Comparison | None) -> Outcome:
    source = job.source
    spans: list[Record] = []
    if result.tagged is not None:
        spans += ({"type": "language", **records.span(s)} for s in result.tagged.spans)
    spans += ({"type": "tag", **records.tag(t)} for t in result.tags)
    return Outcome(
        source.id,
        source.relative.as_posix(),
        _document_record(source, raw, result, compared),
        result.text,
        spans,
        [records.edit(e) for e in result.ledger],
        records.difference(result.document.id, compared) if compared else None,
    )


def _document_record(
    source: Source, raw: bytes, result: Result, compared: Comparison | None
) -> Record:
    document, tagged = result.document, result.tagged
    by_stage: dict[str, int] = {}
    for edit in result.ledger:
        by_stage[edit.stage] = by_stage.get(edit.stage, 0) + 1
    return {
        "id": document.id,
        "source": source.relative.as_posix(),
        "status": "done",
        "bytes": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "encoding": document.encoding,
        "encoding_evidence": document.evidence,
        "language": tagged.language if tagged else "und",
        "script": tagged.script if tagged else "Zyyy",
        "confidence": round(tagged.confidence, 4) if tagged else 0.0,
        "origin": records.origin(tagged.origin) if tagged else None,
        "spun": records.spun(result.spun) if result.spun else None,
        "quality": records.quality(result.quality),
        "edits": by_stage,
        **(records.compared(compared) if compared else {"reference": None}),
    }
