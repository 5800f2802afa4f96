"""What lies in one text, placed in another that edits made of it, or that it was made of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from unspun.kernels.values import changer
from unspun.model import Edit, Finding, LanguageSpan, StatedSource, Tag, Tagged

Move = Callable[[int, int], tuple[int, int]]
"""From a span of one text to that of the other, as `tracing.Projection` has them."""

_changed = changer(Tagged)
_Placed = TypeVar("_Placed", Tag, Finding, StatedSource)


def placed(item: _Placed, move: Move) -> _Placed:
    """A tag or a finding at its place in the other text."""
    start, end = move(item.start, item.end)
    if (start, end) == (item.start, item.end):
        return item
    return replace(item, start=start, end=end)


def findings(found: Sequence[Finding], move: Move) -> tuple[Finding, ...]:
    """Findings at their places in the other text."""
    return tuple(placed(finding, move) for finding in found)


def tagged(value: Tagged, move: Move) -> Tagged:
    """Languages with their spans moved; spans that are gone are left out."""
    origin = value.origin
    if origin.stated or origin.evidence:
        stated = origin.stated and placed(origin.stated, move)
        origin = replace(origin, evidence=findings(origin.evidence, move), stated=stated)
    spans, paragraphs = _spans(value.spans, move), _spans(value.paragraphs, move)
    return _changed(value, spans=spans, paragraphs=paragraphs, origin=origin)


def touched(tag: Tag, made: Sequence[Edit]) -> bool:
    """Whether one of the edits of a text, which stand in order, changes what a tag tells of."""
    at = bisect_right(made, tag.start, key=lambda edit: edit.end)
    return at < len(made) and made[at].start < tag.end


def _spans(spans: Sequence[LanguageSpan], move: Move) -> tuple[LanguageSpan, ...]:
    """In full: there may be many, and replace() is slow."""
    moved = []
    for span in spans:
        start, end = move(span.start, span.end)
        if start >= end:
            continue
        if (start, end) == (span.start, span.end):
            moved.append(span)
        else:
            moved.append(LanguageSpan(start, end, span.language, span.script, span.confidence))
    return tuple(moved)
