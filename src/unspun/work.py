"""Do documents: read them, take them through the flow, and say what came of each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from unspun import comparison, files, pipeline, records, verification
from unspun.checking import Terms
from unspun.comparison import Comparison
from unspun.config import Config
from unspun.errors import NO_DOCUMENTS_FAULT, UnspunError, message_of
from unspun.jobs import Job, read
from unspun.model import Document
from unspun.pipeline import Result, Setting
from unspun.protocol import Usage
from unspun.readers import containers
from unspun.records import Record
from unspun.store import Outcome
from unspun.verification import Verified


class Done(NamedTuple):
    """An outcome, with what is summed up over the whole batch: counts of scores, and of usage."""

    outcome: Outcome
    comparison: Comparison | None
    usage: Usage = Usage()


Task = Callable[[Setting, Sequence[Job]], list[Done]]
"""Does documents together; `work`, or one that a test lets go wrong."""


def warm(config: Config) -> None:
    """Load what every document needs, once for all workers."""
    with suppress(UnspunError):  # a setting or model that cannot be used: the first job will say
        pipeline.process(Document("", "It\u00e2\u20ac\u2122s a long way to the mill.\n"), config)


def work(setting: Setting, jobs: Sequence[Job]) -> list[Done]:
    """Do documents; whatever goes wrong with one stays with it."""
    opened = [_opened(job) for job in jobs]
    results = pipeline.process_many(
        [document for _, document in opened],
        setting.config,
        recurring=setting.recurring,
        translator=setting.translator,
        rewriter=setting.rewriter,
    )
    return [
        _finished(setting, job, raw, result)
        for job, (raw, _), result in zip(jobs, opened, results, strict=True)
    ]


def _opened(job: Job) -> tuple[bytes, Document | Exception]:
    try:
        return read(job)
    except NO_DOCUMENTS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the batch along
        return b"", error


def _finished(setting: Setting, job: Job, raw: bytes, result: Result | Exception) -> Done:
    """What came of a document, compared and checked."""
    if isinstance(result, Exception):
        return quarantined(job, message_of(result))
    try:
        compared = _compare(result, job, setting.config)
        terms = setting.translator.glossary if setting.translator else None
        verified = _verified(result, compared, setting.config, terms)
        return Done(_outcome(job, raw, result, compared, verified), compared, result.usage)
    except NO_DOCUMENTS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the batch along
        return quarantined(job, message_of(error))


def quarantined(job: Job, reason: str) -> Done:
    """What is said of a document that cannot be done."""
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


def _verified(
    result: Result, compared: Comparison | None, config: Config, terms: Terms | None
) -> tuple[Verified, ...]:
    """Translation QA: of what was translated here, and of a reference in another language."""
    found = verification.translated(result, terms) if result.translation is not None else ()
    if compared is None:
        return found
    text, paired = compared.reference.text, compared.coverage[1]
    return (*found, *verification.of_reference(result, text, paired, config.tag))


def _container(job: Job) -> Record:
    """How a file is compressed, and whether a flipped bit would have been noticed."""
    kind = containers.kind(job.source.path)
    if kind is None or job.number is not None:
        return {}
    with job.source.path.open("rb") as file:
        return {"container": kind.name, "checked": not containers.unchecked(file.read(8))}


def _outcome(
    job: Job,
    raw: bytes,
    result: Result,
    compared: Comparison | None,
    verified: Sequence[Verified],
) -> Outcome:
    spans: list[Record] = []
    if result.tagged is not None:
        spans += ({"type": "language", **records.span(s)} for s in result.tagged.spans)
    spans += ({"type": "tag", **records.tag(t)} for t in result.tags)
    spans += ({"type": "qa", **records.verified(v)} for v in verified)
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
        **({"rewriting": records.rewriting(result.rewriting)} if result.rewriting else {}),
        "edits": by_stage,
        **(records.compared(compared) if compared else {"reference": None}),
    }
