"""The JSON contract: values to plain records and back, one place for all commands and files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import orjson

from unspun.model import (
    Edit,
    Finding,
    LanguageSpan,
    Origin,
    Quality,
    Spun,
    StatedSource,
    SubScore,
    Tag,
    Tagged,
)

if TYPE_CHECKING:
    from unspun.comparison import Comparison, StageCounts, Totals
    from unspun.pipeline import Result
    from unspun.protocol import Translation
    from unspun.rewriting import Rewriting
    from unspun.verification import Verified

Record = dict[str, Any]


def dumps(record: Mapping[str, Any]) -> bytes:
    """One line of JSON.

    Bytes that did not decode stand as lone surrogates, which only the escaped form can carry.
    """
    try:
        return orjson.dumps(record)
    except orjson.JSONEncodeError:
        return json.dumps(record, separators=(",", ":")).encode("ascii")


def loads(line: bytes) -> Record:
    """The record of a line that `dumps` wrote.

    Raises:
        ValueError: if the line is no JSON object.
    """
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError:
        record = json.loads(line)
    if not isinstance(record, dict):
        raise ValueError("a record must be a JSON object")  # noqa: TRY004 - damage, not misuse
    return record


def edit(item: Edit) -> Record:
    """An edit, with its history where edits of several stages met."""
    record: Record = {
        "start": item.start,
        "end": item.end,
        "before": item.before,
        "after": item.after,
        "stage": item.stage,
        "rule": item.rule,
        "confidence": round(item.confidence, 4),
    }
    if item.history:
        record["history"] = [edit(step) for step in item.history]
    return record


def to_edit(record: Mapping[str, Any]) -> Edit:
    """The edit of a record."""
    history = record.get("history")
    return Edit(
        record["start"],
        record["end"],
        record["before"],
        record["after"],
        record["stage"],
        record["rule"],
        record["confidence"],
        tuple(map(to_edit, history)) if history else (),
    )


def span(item: LanguageSpan) -> Record:
    """A language span; in full, like tags: texts may have one a character."""
    return {
        "start": item.start,
        "end": item.end,
        "language": item.language,
        "script": item.script,
        "confidence": round(item.confidence, 4),
    }


def finding(item: Finding) -> Record:
    """A finding."""
    return {
        "kind": item.kind,
        "start": item.start,
        "end": item.end,
        "score": round(item.score, 4),
        "detail": item.detail,
    }


def tag(item: Tag) -> Record:
    """A tag."""
    return {
        "kind": item.kind,
        "start": item.start,
        "end": item.end,
        "value": item.value,
        "confidence": round(item.confidence, 4),
    }


def origin(item: Origin) -> Record:
    """The origin of a document."""
    return {
        "label": item.label,
        "source_language": item.source_language,
        "score": round(item.score, 4),
        "evidence": [finding(f) for f in item.evidence],
        **({"stated": asdict(item.stated)} if item.stated else {}),
    }


def quality(item: Quality | None) -> Record | None:
    """The quality score and its parts."""
    if item is None:
        return None
    return {
        "score": round(item.score, 4),
        "parts": [_part(part) for part in item.parts],
    }


def _part(item: SubScore) -> Record:
    """A part of the score; in full: every document has some thirty, and asdict() is slow."""
    return {
        "name": item.name,
        "score": round(item.score, 4),
        "value": round(item.value, 4),
        "threshold": item.threshold,
        "flagged": item.flagged,
    }


def spun(item: Spun) -> Record:
    """The decision on spun text."""
    return {
        "score": round(item.score, 4),
        "is_spun": item.is_spun,
        "family": item.family,
        "findings": [finding(f) for f in item.findings],
    }


def translation(item: Translation) -> Record:
    """What was translated, and what was left."""
    return {
        "to": item.to,
        "engine": item.engine,
        "models": dict(item.models),
        "segments": dict(item.segments),
        "kept": dict(item.kept),
    }


def rewriting(item: Rewriting) -> Record:
    """What was bettered, and what was not taken."""
    return {**asdict(item), "refused": dict(item.refused)}


def translated(result: Result) -> Record:
    """What `unspun translate --json` prints for a document."""
    return {
        "id": result.document.id,
        "text": result.text,
        "language": result.tagged.language if result.tagged else "und",
        "origin": origin(result.tagged.origin) if result.tagged else None,
        "translation": translation(result.translation) if result.translation else None,
        "edits": [edit(e) for e in result.ledger],
        "tags": [tag(t) for t in result.tags],
    }


def verified(item: Verified) -> Record:
    """A finding of translation QA; ``start`` and ``end`` are the source's, or its passage's."""
    found = item.finding
    start, end = found.source or item.passage
    return {
        "kind": found.rule,
        "start": start,
        "end": end,
        "value": found.message,
        "confidence": round(found.score, 4),
        "severity": found.severity,
        "category": found.category,
        "expected": found.expected,
        "target": list(found.target) if found.target else None,
        "of": item.target,
        "passage": list(item.passage),
    }


def to_verified(record: Mapping[str, Any]) -> Verified:
    """The finding of a record."""
    from unspun.checking import QaFinding  # noqa: PLC0415 - who only writes records needs none
    from unspun.verification import Verified  # noqa: PLC0415

    target, passage = record["target"], record["passage"]
    finding = QaFinding(
        record["kind"],
        record["severity"],
        record["category"],
        record["value"],
        (record["start"], record["end"]),
        (target[0], target[1]) if target else None,
        record["expected"],
        record["confidence"],
    )
    return Verified(finding, record["of"], (passage[0], passage[1]))


def to_finding(record: Mapping[str, Any]) -> Finding:
    """The finding of a record."""
    return Finding(
        record["kind"], record["start"], record["end"], record["score"], record["detail"]
    )


def to_tag(record: Mapping[str, Any]) -> Tag:
    """The tag of a record."""
    return Tag(
        record["kind"], record["start"], record["end"], record["value"], record["confidence"]
    )


def to_span(record: Mapping[str, Any]) -> LanguageSpan:
    """The language span of a record."""
    return LanguageSpan(
        record["start"],
        record["end"],
        record["language"],
        record["script"],
        record["confidence"],
    )


def to_origin(record: Mapping[str, Any]) -> Origin:
    """The origin of a record."""
    evidence = tuple(to_finding(f) for f in record["evidence"])
    said = record.get("stated")
    stated = StatedSource(**said) if said else None
    return Origin(record["label"], record["source_language"], evidence, record["score"], stated)


def to_spun(record: Mapping[str, Any]) -> Spun:
    """The decision of a record."""
    findings = tuple(to_finding(f) for f in record["findings"])
    return Spun(record["score"], record["is_spun"], record["family"], findings)


def to_quality(record: Mapping[str, Any]) -> Quality:
    """The quality of a record."""
    return Quality(record["score"], tuple(SubScore(**part) for part in record["parts"]))


def tagged(item: Tagged) -> Record:
    """What `unspun tag --json` prints for a document."""
    return {
        "id": item.id,
        "language": item.language,
        "script": item.script,
        "confidence": round(item.confidence, 4),
        "spans": [span(s) for s in item.spans],
        "paragraphs": [span(p) for p in item.paragraphs],
        "origin": origin(item.origin),
    }


def cleaned(result: Result) -> Record:
    """What `unspun clean --json` prints for a document."""
    return {
        "id": result.document.id,
        "text": result.text,
        "language": result.tagged.language if result.tagged else "und",
        "encoding": result.document.encoding,
        "edits": [edit(e) for e in result.ledger],
        "quality": quality(result.quality),
        "tags": [tag(t) for t in result.tags],
    }


def restored(result: Result) -> Record:
    """What `unspun restore --json` prints for a document."""
    return {
        "id": result.document.id,
        "text": result.text,
        "spun": spun(result.spun) if result.spun else None,
        **({"rewriting": rewriting(result.rewriting)} if result.rewriting else {}),
        "edits": [edit(e) for e in result.ledger],
        "tags": [tag(t) for t in result.tags],
    }


def _rounded(scores: Mapping[str, float]) -> Record:
    """Scores as they are stored: Python 3.12 sums more exactly than 3.11, in the last digits."""
    return {name: round(score, 9) for name, score in scores.items()}


def compared(item: Comparison) -> Record:
    """The share of a comparison that stands in documents.jsonl."""
    trail = [
        [stage, _rounded(after.scores)]
        for (_, before), (stage, after) in pairwise(item.stages)
        if before is not after
    ]
    return {
        "reference": item.reference.id,
        "coverage": {"hyp": round(item.coverage[0], 4), "ref": round(item.coverage[1], 4)},
        "scores": {"raw": _rounded(item.raw.scores), "clean": _rounded(item.clean.scores)},
        "trail": trail,
    }


def difference(id_: str, item: Comparison) -> Record:
    """The share of a comparison that stands in diffs.jsonl."""
    return {
        **item.diff.to_dict(),
        "id": id_,
        "reference": item.reference.id,
        "text": item.reference.text,
    }


def counts(item: Comparison) -> Record:
    """What the metrics counted in a document, for the scores of its batch."""
    stages = [
        [stage, {name: counted.values for name, counted in score.counts.items()}]
        for stage, score in item.stages
    ]
    return {"stages": stages, "signatures": dict(item.signatures)}


def to_counts(record: Mapping[str, Any]) -> tuple[StageCounts, Mapping[str, str]]:
    """The counts of a record, and the signatures of their metrics."""
    from unspun.scoring import Counts  # noqa: PLC0415 - who only writes records needs none

    stages = [
        (stage, {name: Counts(name, tuple(values)) for name, values in counted.items()})
        for stage, counted in record["stages"]
    ]
    return stages, record["signatures"]


def corpus(item: Totals) -> Record:
    """The scores of a whole batch, and what each stage brought to them."""
    gains = [
        {
            "stage": stage,
            **{
                name: _rounded(
                    {"gained": i.score, "low": i.mean - i.margin, "high": i.mean + i.margin}
                )
                for name, i in intervals.items()
            },
        }
        for stage, intervals in item.gains()
    ]
    return {
        "documents": item.documents,
        "scores": {name: _rounded(scores) for name, scores in item.scores().items()},
        "stages": gains,
        "signatures": dict(item.signatures),
    }
