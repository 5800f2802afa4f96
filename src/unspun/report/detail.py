"""The embedded detail of one document: what the page needs to show its texts, as plain JSON values.

The page reads lists by position; the layouts stand in the functions' docstrings.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any

from unspun import diffing
from unspun.model import Edit, Ledger, StatedSource
from unspun.report.rows import (
    Mark,
    Row,
    clean_marks,
    cut,
    difference_marks,
    language_marks,
    rows,
    within,
)
from unspun.report.view import DiffView, DocumentView, Limits, MetricView

_EXCERPT = 160
_JUDGED = 2_000  # characters of an edit beyond which only coming and going are told apart
_JUDGED_EDITS = 2_000  # of a document; the classes of those behind are guessed
_WORD = 40  # characters of a word on either side of an edit
_HEAD = re.compile(r"\S+\Z")
_TAIL = re.compile(r"\S+")


Checks = dict[tuple[str, float | None], int]
"""Names and limits of quality checks, each with its number: documents name them by it."""


def detail(
    view: DocumentView, metrics: tuple[MetricView, ...], limits: Limits, checks: Checks
) -> dict[str, Any]:
    """Everything that the page shows about one document beyond its line in the overview.

    Args:
        view: The document.
        metrics: Those of the tables.
        limits: How much is shown.
        checks: Those that are numbered already; new ones are added.
    """
    layout, whole = _fitting(view, limits)
    edits = view.edits[: max((row.edits[1] for row in layout), default=0)]
    ends = layout[-1].raw[1] if layout else 0
    reach = max((k for k, s in enumerate(view.spans, 1) if s.start < ends), default=0)
    spans = max(reach, min(limits.passages, len(view.spans)))
    ops = [op for segment in view.segments for op in segment.ops if op.op != "equal"]
    return {
        "id": view.id,
        "language": view.language,
        "script": view.script,
        "confidence": number(view.confidence),
        "encoding": view.encoding,
        "reference": view.reference_id if view.reference is not None else None,
        "compared": view.reference is not None,
        "coverage": number(view.coverage),
        "scores": [
            [m.label, m.higher_is_better, number(view.before.get(m.name)), *_after(view, m)]
            for m in metrics
            if m.name in view.before or m.name in view.after
        ],
        "trail": [
            [stage, *(number(scores.get(m.name)) for m in metrics)] for stage, scores in view.trail
        ],
        "metrics": [m.label for m in metrics],
        "quality": _quality(view, checks),
        "origin": _origin(view),
        "translated": view.translated or None,
        "findings": _findings(view, layout, limits),
        "checked": _checked(view, layout, limits),
        "rows": list(_rows(view, layout, edits, language_marks(view, edits, spans), ops)),
        "edits": [_edit(e, view.raw, judged=k < _JUDGED_EDITS) for k, e in enumerate(edits)],
        "rejected": [_edit(e, view.raw) for e in view.rejected[: limits.findings]],
        "differences": [_difference(view, op) for op in ops],
        "languages": [
            [s.language, s.script, number(s.confidence), s.start, s.end] for s in view.spans[:spans]
        ],
        "left_out": _left_out(view, "" if whole else _cut(view, ends, len(edits), spans), limits),
    }


def number(value: float | None) -> float | None:
    """The value, short; nothing for what is no finite number."""
    return round(value, 4) if value is not None and math.isfinite(value) else None


def _after(view: DocumentView, metric: MetricView) -> tuple[float | None, float | None]:
    """The score of the clean text and what it gained, as the difference of what is shown."""
    before, after = view.before.get(metric.name), view.after.get(metric.name)
    if before is None or after is None:
        return number(after), None
    return number(after), number(round(after, 1) - round(before, 1))


def _fitting(view: DocumentView, limits: Limits) -> tuple[list[Row], bool]:
    """The rows that fit, by their text, edits and passages; and whether that is all of them."""
    longest = max(1, limits.text)
    foreign = [s.start for s in view.spans if s.language not in ("und", view.language)]
    last = foreign[limits.passages] if len(foreign) > limits.passages else len(view.raw)
    fitting: list[Row] = []
    for row in rows(view):
        long = max(row.raw[1], row.clean[1], row.reference[1]) > longest or row.raw[1] > last
        if fitting and (long or row.edits[1] > limits.edits):
            return fitting, False
        fitting.append(row)
    return fitting, True


def _cut(view: DocumentView, shown: int, edits: int, spans: int) -> str:
    """What is shown of a document that is too long, in a sentence or two."""
    passages = ""
    if spans < len(view.spans):
        passages = f" and {spans:,} of {len(view.spans):,} passages in one language"
    return (
        f"This document is long: the first {shown:,} of {len(view.raw):,} characters are shown, "
        f"with {edits:,} of {len(view.edits):,} edits{passages}. "
        "The written results hold all of it."
    )


def _left_out(view: DocumentView, cut: str, limits: Limits) -> list[str]:
    """What is not in the page, in sentences."""
    notes = [cut] if cut else []
    total = sum(1 for _ in _evidence(view))
    if total > limits.findings:
        notes.append(f"The first {limits.findings:,} of {total:,} findings are listed.")
    if len(view.checked) > limits.findings:
        notes.append(
            f"The {limits.findings:,} most severe of {len(view.checked):,} findings about "
            "translations are listed."
        )
    if len(view.rejected) > limits.findings:
        notes.append(
            f"The first {limits.findings:,} of {len(view.rejected):,} rejected edits are listed."
        )
    return notes


def _rows(
    view: DocumentView,
    layout: list[Row],
    edits: Ledger,
    languages: tuple[list[Mark], list[Mark]],
    ops: list[DiffView],
) -> Iterator[list[Any]]:
    """``[raw start, raw pieces, clean pieces, reference pieces]`` for each row."""
    raw_languages, clean_languages = languages
    clean_ops, reference_ops = difference_marks(ops)
    edited = clean_marks(edits)
    for row in layout:
        first, last = row.edits
        here = [Mark(e.start, e.end, first + k) for k, e in enumerate(edits[first:last])]
        yield [
            row.raw[0],
            cut(view.raw, row.raw, here, (), within(raw_languages, *row.raw)),
            cut(
                view.clean,
                row.clean,
                edited[first:last],
                within(clean_ops, *row.clean),
                within(clean_languages, *row.clean),
            ),
            cut(view.reference or "", row.reference, (), within(reference_ops, *row.reference)),
        ]


def _edit(edit: Edit, raw: str, *, judged: bool = True) -> list[Any]:
    """``[start, end, before, after, stage, rule, confidence, class, [earlier steps]]``."""
    history = [
        [step.before, step.after, step.stage, step.rule, number(step.confidence)]
        for step in edit.history
    ]
    start, end = edit.start, edit.end
    fields = [start, end, edit.before, edit.after, edit.stage, edit.rule, number(edit.confidence)]
    fields.append(_class(edit, raw, judged=judged))
    return [*fields, history] if history else fields


def _class(edit: Edit, raw: str, *, judged: bool) -> str:
    """The class of an edit, judged by the whole words that it touches, or guessed."""
    if not judged and edit.before and edit.after and edit.stage == "normalise":
        return "encoding"
    if not judged or len(edit.before) + len(edit.after) > _JUDGED:
        return "insertion" if not edit.before else "synonym" if edit.after else "deletion"
    head = _HEAD.search(raw, max(0, edit.start - _WORD), edit.start)
    tail = _TAIL.match(raw, edit.end, edit.end + _WORD)
    left, right = (match.group() if match else "" for match in (head, tail))
    return _judged(left + edit.before + right, left + edit.after + right)


@lru_cache(maxsize=4096)
def _judged(before: str, after: str) -> str:
    """The class of a change of words; a spinner makes the same ones again and again."""
    return diffing.classify_span(before, (0, len(before)), after, (0, len(after)))


def _difference(view: DocumentView, op: DiffView) -> list[Any]:
    """``[operation, class, clean words, reference words]``."""
    reference = view.reference or ""
    return [op.op, op.kind, view.clean[slice(*op.hyp)], reference[slice(*op.ref)]]


def _quality(view: DocumentView, checks: Checks) -> dict[str, Any] | None:
    """Parts are ``[check, score, value, flagged]``, or the check alone where it found nothing."""
    if view.quality is None:
        return None
    parts: list[Any] = []
    for part in view.quality.parts:
        check = checks.setdefault((part.name, number(part.threshold)), len(checks))
        found = [check, number(part.score), number(part.value), part.flagged]
        parts.append(check if found[1:] == [1, 0, False] else found)
    return {"score": number(view.quality.score), "parts": parts}


def _origin(view: DocumentView) -> dict[str, Any]:
    origin, spun = view.origin, view.spun
    return {
        "label": origin.label if origin else None,
        "source": origin.source_language if origin else None,
        "score": number(origin.score) if origin else None,
        "stated": _stated(origin.stated) if origin and origin.stated else None,
        "spun": number(spun.score) if spun else None,
        "family": spun.family if spun else None,
    }


def _stated(source: StatedSource) -> str:
    """The original that the document names, in one line."""
    titles = [source.title, f"({source.translated})" if source.translated else ""]
    parts = [
        " ".join(filter(None, titles)),
        f"by {source.author}" if source.author else "",
        f"in {source.language}" if source.language else "",
        source.link,
    ]
    return ", ".join(filter(None, parts))


def _evidence(view: DocumentView) -> Iterator[tuple[str, str, int, int, float, str]]:
    """Source, kind, span, score and detail of each finding and tag, once each."""
    seen = set()
    sources: list[tuple[str, Iterable[Any]]] = [
        ("origin", view.origin.evidence if view.origin else ()),
        ("spun", view.spun.findings if view.spun else ()),
        ("finding", view.findings),
    ]
    for source, findings in sources:
        for f in findings:
            if (key := (f.kind, f.start, f.end)) not in seen:
                seen.add(key)
                yield source, f.kind, f.start, f.end, f.score, f.detail
    rules = {e.rule for e in view.edits}
    for tag in view.tags:
        if (tag.kind, tag.start, tag.end) in seen:
            continue
        if tag.kind != "chrome" or tag.value not in rules:
            yield "tag", tag.kind, tag.start, tag.end, tag.confidence, tag.value


def _checked(view: DocumentView, layout: list[Row], limits: Limits) -> list[list[Any]]:
    """``[severity, rule, category, message, score, start, source, translation, row]``."""
    place = _places(layout)
    result: list[list[Any]] = []
    for c in sorted(view.checked, key=lambda c: _RANK.get(c.severity, 0))[: limits.findings]:
        text = (view.reference or "") if c.in_reference else view.clean
        said = text[slice(*c.target)][:_EXCERPT] if c.target else ""
        start, meant = c.source[0], view.raw[slice(*c.source)][:_EXCERPT]
        told = [c.severity, c.rule, c.category, c.message, number(c.score)]
        result.append([*told, start, meant, said, place(start)])
    return result


_RANK = {"critical": -3, "major": -2, "minor": -1}


def _places(layout: list[Row]) -> Callable[[int], int]:
    """The row of a place of the raw text; -1 if it is not shown."""
    starts = [row.raw[0] for row in layout]
    shown_to = layout[-1].raw[1] if layout else 0
    return lambda start: bisect_right(starts, start) - 1 if start < shown_to else -1


def _findings(view: DocumentView, layout: list[Row], limits: Limits) -> list[list[Any]]:
    """``[source, kind, start, end, score, detail, excerpt, row]``; row -1 if it is not shown."""
    place = _places(layout)
    result = []
    for source, kind, start, end, score, told in islice(_evidence(view), limits.findings):
        excerpt = view.raw[start : min(end, start + _EXCERPT)]
        result.append([source, kind, start, end, number(score), told, excerpt, place(start)])
    return result
