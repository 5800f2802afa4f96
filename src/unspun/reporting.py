"""Stored results to the report page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from unspun import files, records, report
from unspun.report.view import CheckedView, DiffView, DocumentView, Interval, RunView, SegmentView
from unspun.store import Store, Stored
from unspun.verification import Verified

PAGE = "report.html"


def write(out: Path) -> Path:
    """Write the page of a results folder.

    Returns:
        The page's path.

    Raises:
        InputError: if the folder holds no results, or damaged ones.
        OutputError: if the page cannot be written; what stood there is unchanged.
    """
    store = Store(out)
    page = out / PAGE
    with files.replacing(page) as file:
        for chunk in report.render(_run_view(store.manifest), _views(store)):
            file.write(chunk.encode("utf-8"))
    return page


def _run_view(manifest: Mapping[str, Any]) -> RunView:
    corpus = manifest["corpus"]
    scores = corpus.get("scores", {})
    settings = {
        f"{section}.{key}": str(value)
        for section, values in manifest["config"].items()
        for key, value in values.items()
    }
    models = {f"model {name}": digest for name, digest in manifest["models"].items()}
    reviews = {
        f"review {number}": f"{made['rejected']} edits rejected, {made['accepted']} accepted, "
        f"of {made['fingerprint']} by decisions {made['decisions']}"
        for number, made in enumerate(manifest.get("reviews", ()), 1)
    }
    return RunView(
        title=manifest["title"],
        version=manifest["unspun"],
        before=scores.get("raw", {}),
        after=scores.get("clean", {}),
        gains=tuple(_gain(stage) for stage in corpus.get("stages", ())),
        signatures=corpus.get("signatures", {}),
        fingerprint=manifest["fingerprint"],
        settings=reviews | settings | models,
    )


def _gain(stage: Mapping[str, Any]) -> tuple[str, Mapping[str, Interval]]:
    figures = {
        name: (i["gained"], i["low"], i["high"]) for name, i in stage.items() if name != "stage"
    }
    return stage["stage"], figures


def _views(store: Store, full: int = report.Limits().rows) -> Iterator[DocumentView]:
    """All documents; of those that the page does not list, only what it counts."""
    for stored in islice(store, full):
        yield _document_view(stored)
    for document in islice(store.documents(), full, None):
        if document["status"] != "done":
            yield DocumentView(document["id"], status="quarantined", reason=document["reason"])
            continue
        scores = document.get("scores") or {"raw": {}, "clean": {}}
        yield DocumentView(
            document["id"],
            language=document["language"],
            quality=records.to_quality(document["quality"]) if document["quality"] else None,
            before=scores["raw"],
            after=scores["clean"],
            stages=document["edits"],
        )


def _document_view(stored: Stored) -> DocumentView:
    document = stored.document
    if document["status"] != "done":
        return DocumentView(document["id"], status="quarantined", reason=document["reason"])
    scores = document.get("scores") or {"raw": {}, "clean": {}}
    diff = stored.diff or {}
    return DocumentView(
        id=document["id"],
        raw=stored.raw_text,
        clean=stored.text or "",
        edits=stored.ledger,
        reference=diff.get("text"),
        reference_id=document["reference"],
        segments=tuple(_segment(s) for s in diff.get("segments", ())),
        language=document["language"],
        script=document["script"],
        confidence=document["confidence"],
        spans=tuple(records.to_span(r) for r in stored.spans if r["type"] == "language"),
        origin=records.to_origin(document["origin"]) if document["origin"] else None,
        spun=records.to_spun(document["spun"]) if document["spun"] else None,
        translated=_translated(document.get("translation")),
        quality=records.to_quality(document["quality"]) if document["quality"] else None,
        tags=tuple(records.to_tag(r) for r in stored.spans if r["type"] == "tag"),
        checked=tuple(map(_checked, stored.verified)),
        before=scores["raw"],
        after=scores["clean"],
        trail=tuple((stage, figures) for stage, figures in document.get("trail", ())),
        coverage=(document.get("coverage") or {}).get("ref"),
        rejected=tuple(records.to_edit(record) for record in document.get("rejected", ())),
        encoding=document["encoding"],
    )


def _translated(record: Mapping[str, Any] | None) -> str:
    """How many segments were translated by what, and how many were left for which reasons."""
    if not record or not record["segments"]:
        return ""
    total, kept = sum(record["segments"].values()), sum(record["kept"].values())
    models = ", ".join(f"{language}: {model}" for language, model in record["models"].items())
    reasons = ", ".join(f"{reason} {count}" for reason, count in record["kept"].items())
    left = f"; left: {reasons}" if kept else ""
    by = f"{record['engine']} ({models})" if models else record["engine"]
    return f"{total - kept} of {total} segments into {record['to']} by {by}{left}"


def _checked(item: Verified) -> CheckedView:
    found = item.finding
    return CheckedView(
        found.rule,
        found.severity,
        found.category,
        found.message,
        found.source or item.passage,
        found.target,
        item.target == "reference",
        found.score,
    )


def _segment(record: Mapping[str, Any]) -> SegmentView:
    ops = tuple(
        DiffView(op["op"], tuple(op["hyp"]), tuple(op["ref"]), op["class"] or "")
        for op in record["ops"]
        if op["op"] != "equal"
    )
    return SegmentView(tuple(record["hyp"]), tuple(record["ref"]), ops)
