"""Cut raw, clean and reference into rows that stand side by side, and rows into marked pieces."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from unspun.model import Ledger
from unspun.report.view import DiffView, DocumentView, SegmentView
from unspun.tracing import Projection

_LINE_END = re.compile(r"[\r\n]+")
_SPACE = re.compile(r"\s*")
_LONGEST = 20_000  # characters of a line beyond which it is cut behind an edit or a blank

Piece = str | list[str | int]
"""Plain text, or ``[text, edit, difference, language]``: indexes, -1 for none, no tail of -1."""


class Row(NamedTuple):
    """Spans of the three texts that stand side by side, and the edits within."""

    raw: tuple[int, int]
    clean: tuple[int, int]
    reference: tuple[int, int]
    edits: tuple[int, int]


class Mark(NamedTuple):
    """A span of one text and what it stands for."""

    start: int
    end: int
    number: int


class _Place(NamedTuple):
    raw: int
    clean: int
    reference: int = 0


def rows(view: DocumentView) -> Iterator[Row]:
    """The rows of a document, which together are its three texts."""
    places = _line_starts(view.raw, view.clean, view.edits)
    if view.reference is not None:
        places = _with_reference(list(places), view.clean, view.reference, view.segments)
    starts = [edit.start for edit in view.edits]
    first = 0
    for here, there in pairwise(places):
        last = len(starts) if there.raw == len(view.raw) else bisect_left(starts, there.raw)
        last = max(first, last if there.raw > here.raw or not view.raw else first)
        yield Row(
            (here.raw, there.raw),
            (here.clean, there.clean),
            (here.reference, there.reference),
            (first, last),
        )
        first = last


def _line_starts(raw: str, clean: str, edits: Ledger) -> Iterator[_Place]:
    """Places where a line begins in both texts, or where a whole line was taken out.

    A line that is too long for one row has places in between.
    """
    last = _Place(0, 0)
    yield last
    at = shift = 0
    for edit in edits:
        for place in _unchanged(raw, at, edit.start, shift):
            if last.raw < place.raw < len(raw):
                yield (last := place)
        at = edit.end
        shift += len(edit.after) - len(edit.before)
        place = _Place(at, at + shift)
        ends = raw[at - 1 : at] in ("\n", "\r")
        kept = place.clean == last.clean or clean[place.clean - 1] in "\r\n"
        if ((ends and kept) or at - last.raw > _LONGEST) and last.raw < at < len(raw):
            yield (last := place)
    for place in _unchanged(raw, at, len(raw), shift):
        if last.raw < place.raw < len(raw):
            yield (last := place)
    yield _Place(len(raw), len(clean))


def _unchanged(raw: str, start: int, end: int, shift: int) -> Iterator[_Place]:
    """Line starts in a stretch without edits, and places to cut its long lines at."""
    at = start
    for match in _LINE_END.finditer(raw, start, end):
        yield from _long(raw, at, match.end(), shift)
        at = match.end()
        yield _Place(at, at + shift)
    yield from _long(raw, at, end, shift)


def _long(raw: str, start: int, end: int, shift: int) -> Iterator[_Place]:
    """Where a line that is too long for one row is cut: behind a blank, if there is one."""
    while end - start > _LONGEST:
        blank = raw.rfind(" ", start + _LONGEST // 2, start + _LONGEST)
        start = blank + 1 if blank >= 0 else start + _LONGEST
        yield _Place(start, start + shift)


def _with_reference(
    places: Sequence[_Place], clean: str, reference: str, segments: Iterable[SegmentView]
) -> Iterator[_Place]:
    """The places at which the reference can be cut as well, with its offset.

    A place inside an aligned pair, or one that moved text crosses, is no place to cut. Text that
    only the reference has stands before the pair that follows it, in a row of its own.
    """
    pairs = sorted((s.hyp, s.ref) for s in segments if s.hyp[0] < s.hyp[1] and s.ref[0] < s.ref[1])
    starts = [hyp[0] for hyp, _ in pairs]
    hyp_ends = list(accumulate((hyp[1] for hyp, _ in pairs), max, initial=0))
    low = list(accumulate((ref[1] for _, ref in pairs), max, initial=0))
    high = [*accumulate((ref[0] for _, ref in reversed(pairs)), min, initial=len(reference))][::-1]
    good: list[tuple[_Place, int]] = []
    for place in places:
        done = bisect_left(starts, place.clean)
        inside = clean[place.clean : hyp_ends[done]].strip() != ""
        final = place is places[-1]
        if final or (not inside and low[done] <= high[done]) or place is places[0]:
            good.append((place, len(pairs) if final else done))
    for k, (place, done) in enumerate(good):
        after = min(_SPACE.match(reference, low[done]).end(), high[done])  # type: ignore[union-attr]
        if k:
            yield place._replace(reference=after)
        else:
            yield place
        following = good[k + 1][1] if k + 1 < len(good) else done + 1
        if following > done and (
            (k and after < high[done]) or (not k and reference[: high[0]].strip())
        ):
            yield place._replace(reference=high[done])


def clean_marks(edits: Ledger) -> list[Mark]:
    """Where the edits stand in the clean text."""
    shift = 0
    marks = []
    for index, edit in enumerate(edits):
        start = edit.start + shift
        marks.append(Mark(start, start + len(edit.after), index))
        shift += len(edit.after) - len(edit.before)
    return marks


def language_marks(view: DocumentView, edits: Ledger, spans: int) -> tuple[list[Mark], list[Mark]]:
    """Stretches in another language than the document's, in the raw and in the clean text.

    Args:
        view: The document.
        edits: Its first ones, as many as are shown.
        spans: How many of its language spans are shown.
    """
    project = Projection(edits)
    raw = _apart(
        Mark(span.start, span.end, index)
        for index, span in enumerate(view.spans[:spans])
        if span.language not in ("und", view.language)
    )
    clean = _apart(Mark(*project.result(mark.start, mark.end), mark.number) for mark in raw)
    return raw, clean


def difference_marks(ops: Sequence[DiffView]) -> tuple[list[Mark], list[Mark]]:
    """Where the differences stand in the clean text and in the reference."""
    return (
        _apart(Mark(*op.hyp, index) for index, op in enumerate(ops)),
        _apart(Mark(*op.ref, index) for index, op in enumerate(ops)),
    )


def _apart(marks: Iterable[Mark]) -> list[Mark]:
    """The marks in order, without empty ones; what overlaps an earlier one is cut off."""
    result: list[Mark] = []
    at = 0
    for mark in sorted(marks):
        start = max(mark.start, at)
        if start < mark.end:
            result.append(mark._replace(start=start))
            at = mark.end
    return result


def within(marks: Sequence[Mark], start: int, end: int) -> list[Mark]:
    """The marks that touch a span, cut to it; they must not overlap each other."""
    first = bisect_right(marks, start, key=lambda mark: mark.end)
    last = bisect_left(marks, end, key=lambda mark: mark.start)
    return [Mark(max(m.start, start), min(m.end, end), m.number) for m in marks[first:last]]


def cut(
    text: str,
    span: tuple[int, int],
    edits: Sequence[Mark] = (),
    differences: Sequence[Mark] = (),
    languages: Sequence[Mark] = (),
) -> list[Piece]:
    """The text of a span in pieces, each under the same marks throughout.

    Only ``edits`` may be empty spans: they give pieces without text.
    """
    if not (edits or differences or languages):  # as most rows of most texts
        return [text[slice(*span)]] if span[0] < span[1] else []
    layers = (edits, differences, languages)
    points = {*span, *(p for layer in layers for m in layer for p in (m.start, m.end))}
    empty: dict[int, list[Piece]] = {}
    for mark in edits:
        if mark.start == mark.end:
            empty.setdefault(mark.start, []).append(["", mark.number])
    places = sorted(points)
    over = zip(*(_over(layer, places) for layer in layers), strict=True)
    pieces: list[Piece] = []
    for (start, end), numbers in zip(pairwise(places), over, strict=False):
        pieces += empty.pop(start, ())
        indexes = list(numbers)
        while indexes and indexes[-1] < 0:
            indexes.pop()
        pieces.append([text[start:end], *indexes] if indexes else text[start:end])
    for rest in empty.values():
        pieces += rest
    return pieces


def _over(layer: Sequence[Mark], places: Iterable[int]) -> Iterator[int]:
    """The number of the mark over each of these ascending places, -1 for none."""
    k = 0
    for place in places:
        while k < len(layer) and layer[k].end <= place:
            k += 1
        yield layer[k].number if k < len(layer) and layer[k].start <= place else -1
