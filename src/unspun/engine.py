"""Run the flow over many documents: workers, order, quarantine.

Outcomes come in the order of the documents' ids, whatever the number of workers, and a document
that fails is quarantined with its reason and never stops the rest.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import NamedTuple

from unspun import chrome, comparison, decode, files, pipeline, records
from unspun.comparison import Comparison
from unspun.config import Config
from unspun.errors import ConfigError, ModelError, UnspunError
from unspun.files import Source
from unspun.pipeline import Result
from unspun.records import Record
from unspun.store import Outcome

POOL_FROM_BYTES = 2_000_000  # below this the start of a pool costs more than it saves
WINDOW = 8  # documents in flight for each worker: keeps memory flat


class Job(NamedTuple):
    """One document to do, and what it is compared with."""

    source: Source
    reference: Source | None
    config: Config
    recurring: frozenset[str]


class Done(NamedTuple):
    """An outcome, with the counts that scores of the whole batch are summed from."""

    outcome: Outcome
    comparison: Comparison | None


def workers_for(sources: Sequence[Source], asked: int | None) -> int:
    """How many processes to use: as asked, else one for small batches, else one a core."""
    if asked is not None:
        return asked
    size = sum(source.path.stat().st_size for source in sources if source.path != files.STDIN)
    return min(len(sources), os.cpu_count() or 1) if size > POOL_FROM_BYTES else 1


def recurring_lines(sources: Iterable[Source]) -> frozenset[str]:
    """The lines that recur across the documents of a batch: furniture of their site."""
    tally = chrome.Tally()
    for source in sources:
        if source.path == files.STDIN:
            continue  # can be read only once
        try:
            tally.add(files.read(source).text)
        except UnspunError:
            continue  # its own job will say why it cannot be read
    return tally.recurring()


def run(
    sources: Sequence[Source],
    references: dict[str, Source],
    config: Config,
    *,
    workers: int | None = None,
) -> Iterator[Done]:
    """Take documents through the flow, in order.

    Args:
        sources: The documents.
        references: The reference of each document that has one, by document id.
        config: Settings.
        workers: Processes; one a core for large batches if not given.
    """
    recurring = recurring_lines(sources)
    jobs = (Job(s, references.get(s.id), config, recurring) for s in sources)
    count = workers_for(sources, workers)
    if count <= 1:
        yield from map(work, jobs)
        return
    context = multiprocessing.get_context("spawn")  # no locks or threads inherited
    with ProcessPoolExecutor(count, mp_context=context) as pool:
        yield from _in_order(pool.submit, jobs, count * WINDOW)


def _in_order(
    submit: Callable[[Callable[[Job], Done], Job], Future[Done]], jobs: Iterable[Job], window: int
) -> Iterator[Done]:
    """Results in the order of the jobs, with a bounded number in flight."""
    pending: deque[Future[Done]] = deque()
    for job in jobs:
        pending.append(submit(work, job))
        if len(pending) >= window:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def work(job: Job) -> Done:
    """Do one document; whatever goes wrong with it stays with it."""
    raw: bytes | None = None
    try:
        raw = files.read_bytes(job.source.path)
        document = decode.decode(raw, id=job.source.id)
        result = pipeline.process(document, job.config, recurring=job.recurring)
        compared = _compare(result, job)
        return Done(_outcome(job, raw, result, compared), compared)
    except (ConfigError, ModelError):
        raise  # no document's fault: every other one would fail alike
    except UnspunError as error:
        reason = str(error)
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the batch along
        reason = f"{type(error).__name__}: {error}"
    record = {
        "id": job.source.id,
        "source": job.source.relative.as_posix(),
        "status": "quarantined",
        "reason": reason,
    }
    return Done(Outcome(job.source.id, record["source"], record, None, raw=raw), None)


def _compare(result: Result, job: Job) -> Comparison | None:
    if job.reference is None:
        return None
    return comparison.compare(result, files.read(job.reference), job.config.score)


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
