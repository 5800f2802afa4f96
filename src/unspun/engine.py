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

from unspun import chrome, comparison, decode, files, pipeline, readers, records, translators
from unspun.comparison import Comparison
from unspun.config import Config
from unspun.errors import ConfigError, InputError, ModelError, UnspunError
from unspun.files import Source
from unspun.model import Document
from unspun.pipeline import Result, Setting
from unspun.readers import Reading, containers
from unspun.records import Record
from unspun.store import Outcome
from unspun.translation.protocol import Usage
from unspun.workers import Failure, Limits, Pool

POOL_FROM_BYTES = 2_000_000  # below this a second worker costs more than it saves
TYPICAL_RATIO = 4  # bytes of text from one of a compressed file
RECURRING_FROM = 4  # documents; fewer have no furniture in common that could be told


class Job(NamedTuple):
    """One document to do, and what it is compared with.

    Attributes:
        source: The file that it is, or stands in.
        id: Its name.
        reference: What it is compared with.
        data: Its bytes where workers cannot read them: of standard input, of a record.
        text: The text of a record.
        number: The place of a record in its file, from 1.
        problem: Why it cannot be done, if that is known already.
        most: Bytes beyond which it is refused.
    """

    source: Source
    id: str
    reference: Source | None = None
    data: bytes | None = None
    text: str | None = None
    number: int | None = None
    problem: str | None = None
    most: int = files.MOST


class Done(NamedTuple):
    """An outcome, with what is summed up over the whole batch: counts of scores, and of usage."""

    outcome: Outcome
    comparison: Comparison | None
    usage: Usage = Usage()


Task = Callable[[Setting, Job], Done]
"""Does one document; `work`, or one that a test lets go wrong."""


def workers_for(sources: Sequence[Source], asked: int | None) -> int:
    """How many processes to use: as asked, else one for small batches, else one a core."""
    if asked is not None:
        return asked
    if sum(_size(source) for source in sources) <= POOL_FROM_BYTES:
        return 1
    cores = os.cpu_count() or 1
    return cores if any(map(readers.holds_records, _paths(sources))) else min(len(sources), cores)


def _paths(sources: Sequence[Source]) -> list[Path]:
    return [source.path for source in sources]


def _size(source: Source) -> int:
    """Bytes of a file, about; 0 for standard input, and for a file that is gone meanwhile."""
    if source.path == files.STDIN:
        return 0
    with suppress(OSError):
        swollen = TYPICAL_RATIO if containers.kind(source.path) else 1
        return source.path.stat().st_size * swollen
    return 0


def recurring_lines(sources: Iterable[Source]) -> frozenset[str]:
    """The lines that recur across the documents of a batch: furniture of their site."""
    tally = chrome.Tally()
    for source in sources:
        if source.path != files.STDIN:  # it can be read only once
            tally.merge(glance(Job(source, source.id)))
    return tally.recurring()


def glance(job: Job) -> chrome.Tally:
    """The lines of one document; none if it cannot be read, which its own turn will tell."""
    tally = chrome.Tally()
    if job.problem or (job.source.path == files.STDIN and job.text is None):
        return tally
    with suppress(UnspunError):
        tally.add(files.read(job.source, job.most).text if job.text is None else job.text)
    return tally


def run(
    sources: Sequence[Source],
    references: dict[str, Source],
    config: Config,
    *,
    workers: int | None = None,
    limits: Limits | None = None,
    reading: Reading | None = None,
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
        reading: How files of records are read, and how large a document may be.
        task: What is done to each document; `work` if not given.

    Raises:
        ConfigError: for settings that no document could be done with.
        ModelError: for a model that cannot be used.
        WorkerError: if no worker process can be started.
    """
    reading = reading or Reading()
    count = workers_for(sources, workers)
    translator = translators.open_engine(config.translate)
    do = partial(_do, task or work)
    if count == 0:
        tally = chrome.Tally()
        for job in _jobs(sources, {}, reading):
            tally.merge(glance(job))
        setting = Setting(config, tally.recurring(), translator)
        yield from (do(setting, job) for job in _jobs(sources, references, reading))
        return
    with Pool(count, translators.limits(limits, translator), partial(warm, config)) as pool:
        recurring, failed = _first_pass(pool, sources, reading)
        jobs = (
            job._replace(problem=failed.get(place, job.problem))
            for place, job in enumerate(_jobs(sources, references, reading))
        )
        setting = Setting(config, recurring, translator)
        for job, answer in pool.map(partial(do, setting), map(_with_data, jobs), _weight):
            yield _quarantined(job, answer.reason) if isinstance(answer, Failure) else answer


def _do(task: Task, setting: Setting, job: Job) -> Done:
    return _quarantined(job, job.problem) if job.problem else task(setting, job)


def _jobs(
    sources: Sequence[Source], references: dict[str, Source], reading: Reading
) -> Iterator[Job]:
    """A job for each document: those that are files, and those that stand in files of records."""
    names = _Names()
    for source in sources:
        if readers.holds_records(source.path) and not source.outside:
            yield from _record_jobs(source, reading, names)
        else:
            yield Job(
                source, names.own(source.id), references.get(source.id), most=reading.most_bytes
            )


class _Names:
    """Names of documents, each used once."""

    def __init__(self) -> None:
        self._used: set[bytes] = set()  # digests: names can be long

    def own(self, name: str, spare: str | None = None) -> str:
        """The name, or the spare one if it is taken."""
        digest = hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        if spare is not None and digest in self._used:
            return self.own(spare)
        self._used.add(digest)
        return name


def _record_jobs(source: Source, reading: Reading, names: _Names) -> Iterator[Job]:
    try:
        for row in readers.rows(source.path, reading):
            place = f"{source.id}:{row.number}"
            name = names.own(row.id, f"{row.id}#{place}") if row.id else names.own(place)
            yield Job(source, name, None, row.raw, row.text, row.number, row.problem)
    except InputError as error:  # of the file as a whole; what was read until then stands
        yield Job(source, names.own(source.id), problem=str(error))


def warm(config: Config) -> None:
    """Load what every document needs, once for all workers."""
    with suppress(UnspunError):  # a setting or model that cannot be used: the first job will say
        pipeline.process(Document("", "It\u00e2\u20ac\u2122s a long way to the mill.\n"), config)


def _first_pass(
    pool: Pool, sources: Sequence[Source], reading: Reading
) -> tuple[frozenset[str], dict[int, str]]:
    """The lines that recur; and the places of jobs that are not tried again, with the reasons."""
    failed: dict[int, str] = {}
    tally = chrome.Tally()
    if len(sources) < RECURRING_FROM and not any(map(readers.holds_records, _paths(sources))):
        return frozenset(), failed
    answers = pool.map(glance, _jobs(sources, {}, reading), _weight)
    for place, (_, answer) in enumerate(answers):
        if isinstance(answer, Failure):
            failed[place] = answer.reason
        else:
            tally.merge(answer)
    return tally.recurring(), failed


def _with_data(job: Job) -> Job:
    if job.source.path == files.STDIN and job.data is None and job.problem is None:
        return job._replace(data=files.read_bytes(files.STDIN))
    return job


def _weight(job: Job) -> int:
    if job.problem is not None:
        return 0
    if job.text is not None:
        return len(job.text)
    return len(job.data) if job.data is not None else _size(job.source)


def work(setting: Setting, job: Job) -> Done:
    """Do one document; whatever goes wrong with it stays with it."""
    try:
        raw, document = _read(job)
        result = pipeline.process(
            document, setting.config, recurring=setting.recurring, translator=setting.translator
        )
        compared = _compare(result, job, setting.config)
        return Done(_outcome(job, raw, result, compared), compared, result.usage)
    except (ConfigError, ModelError, MemoryError):
        raise  # no document's fault: every other one would fail alike; memory is the pool's affair
    except UnspunError as error:
        return _quarantined(job, str(error))
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the batch along
        return _quarantined(job, f"{type(error).__name__}: {error}")


def _read(job: Job) -> tuple[bytes, Document]:
    """The bytes that `undo` gives back, and the document they are."""
    if job.text is not None:
        raw = job.text.encode("utf-8", "surrogatepass")
        return raw, Document(job.id, job.text)
    raw = files.content(job.source, job.most) if job.data is None else job.data
    return raw, decode.decode(raw, id=job.id, kind=files.kind(job.source.path))


def _quarantined(job: Job, reason: str) -> Done:
    record = {**_place(job), "status": "quarantined", "reason": reason}
    raw: bytes | Path | None = job.data
    if raw is None and job.source.path != files.STDIN and not job.source.outside:
        raw = job.source.path
    relative = job.source.relative.as_posix() if job.number is None else None
    return Done(Outcome(job.id, relative, record, None, raw=raw), None)


def _place(job: Job) -> Record:
    """Where a document comes from, and where its text goes if not to the same path."""
    source = job.source
    record: Record = {"id": job.id, "source": source.relative.as_posix()}
    if job.number is not None:
        return record | {"record": job.number}
    if source.target != source.relative:
        record["file"] = source.target.as_posix()
    return record


def _compare(result: Result, job: Job, config: Config) -> Comparison | None:
    if job.reference is None:
        return None
    return comparison.compare(result, files.read(job.reference), config.score)


def _container(job: Job) -> Record:
    """How a file is compressed, and whether a flipped bit would have been noticed."""
    kind = containers.kind(job.source.path)
    if kind is None or job.number is not None:
        return {}
    with job.source.path.open("rb") as file:
        return {"container": kind.name, "checked": not containers.unchecked(file.read(8))}


def _outcome(job: Job, raw: bytes, result: Result, compared: Comparison | None) -> Outcome:
    spans: list[Record] = []
    if result.tagged is not None:
        spans += ({"type": "language", **records.span(s)} for s in result.tagged.spans)
    spans += ({"type": "tag", **records.tag(t)} for t in result.tags)
    return Outcome(
        job.id,
        job.source.target.as_posix() if job.number is None else None,
        _document_record(job, raw, result, compared),
        result.text,
        spans,
        [records.edit(e) for e in result.ledger],
        records.difference(result.document.id, compared) if compared else None,
    )


def _document_record(job: Job, raw: bytes, result: Result, compared: Comparison | None) -> Record:
    document, tagged = result.document, result.tagged
    by_stage: dict[str, int] = {}
    for edit in result.ledger:
        by_stage[edit.stage] = by_stage.get(edit.stage, 0) + 1
    return {
        **_place(job),
        **_container(job),
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
        **({"translation": records.translation(result.translation)} if result.translation else {}),
        "edits": by_stage,
        **(records.compared(compared) if compared else {"reference": None}),
    }
