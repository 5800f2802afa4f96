"""The alignment of a document with its reference."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from math import ceil, sqrt
from typing import Literal, NamedTuple

from rapidfuzz.distance import Indel

from unspun.align.anchors import cuts
from unspun.align.likeness import alike
from unspun.align.monotone import leftovers
from unspun.align.moves import PAYS, moved
from unspun.align.pairs import in_order, likely
from unspun.align.units import Span, paragraphs, plain, sentences
from unspun.align.windows import Run, equal_runs, windowed

Kind = Literal["equal", "changed", "moved", "inserted", "dropped"]

SURE, WORTH = -1.0, 1.0
"""Log odds that units have for standing in order, at first, and once moves are out of the way.

Set by bench/align.py on documents of newstest2021 and of TED talks, as are those of `monotone` and
`moves`.
"""
_CELLS = 4_000_000  # units times units that are compared at once
_WINDOW = 1 << 14  # paragraphs: a bit for each two of them is kept


@dataclass(frozen=True, slots=True)
class Segment:
    """A passage of the hypothesis and its partner in the reference.

    Attributes:
        hyp: Its code points; empty, where it would stand, for a dropped passage.
        ref: The partner's code points; empty, where it would stand, for an inserted passage.
        kind: ``equal`` (but for white space), ``changed``, ``moved`` (and perhaps changed),
            ``inserted`` (the reference lacks it), ``dropped`` (the hypothesis lacks it).
    """

    hyp: Span
    ref: Span
    kind: Kind


@dataclass(frozen=True, slots=True)
class Alignment:
    """Which passage of the hypothesis renders which passage of the reference.

    Attributes:
        segments: In the order of the hypothesis; dropped passages stand where they are missing.
        hyp_coverage: Share of the hypothesis's code points, white space apart, that has a partner.
        ref_coverage: The same share of the reference.
    """

    segments: tuple[Segment, ...]
    hyp_coverage: float
    ref_coverage: float

    @property
    def coverage(self) -> tuple[float, float]:
        """Shares of the hypothesis and of the reference that have a partner."""
        return self.hyp_coverage, self.ref_coverage


class _Side(NamedTuple):
    """A text and its units."""

    text: str
    units: Sequence[Span]

    def part(self, start: int, end: int) -> _Side:
        return _Side(self.text, self.units[start:end])

    def split(self) -> _Side:
        """The sentences of the units."""
        return _Side(self.text, [s for unit in self.units for s in sentences(self.text, unit)])

    def pack(self, size: int) -> _Side:
        """So many units in one."""
        starts = range(0, len(self.units), size)
        return _Side(self.text, [self.part(k, k + size).whole() for k in starts])

    def texts(self) -> list[str]:
        return [self.text[start:end] for start, end in self.units]

    def span(self, start: int, end: int) -> Span:
        return self.units[start][0], self.units[end - 1][1]

    def whole(self) -> Span:
        return self.units[0][0], self.units[-1][1]


Link = tuple[Span, Span]


def align(hyp: str, ref: str) -> Alignment:
    r"""Pair the passages of a hypothesis with those of its reference.

    Paragraphs that are equal pair first; between them, sentences pair by shared wording, in order
    and then, for what was left, out of order.

    >>> [s.kind for s in align("A cat sat.\nIt rained.", "It rained.\nDogs bark.").segments]
    ['inserted', 'equal', 'dropped']
    """
    ours, theirs = _Side(hyp, paragraphs(hyp)), _Side(ref, paragraphs(ref))
    links: list[Link] = []
    open_blocks: list[tuple[_Side, _Side]] = []
    for equal, left, right in _blocks(ours, theirs):
        if equal:
            links += zip(left.units, right.units, strict=True)
            continue
        if left.units and _wrapped(left, right):
            links.append((left.whole(), right.whole()))
        else:
            head, left_rest, right_rest, tail = _peel(left, right)
            links += head + tail
            open_blocks += _fine(left_rest, right_rest)
    rest = _Rest([], [])
    for left, right in open_blocks:
        links += _pair(left, right, SURE, rest)
    links.sort()
    moves, rest = _moves(hyp, ref, links, rest)
    links, rest = _fill(hyp, ref, links, rest)
    return _assemble(hyp, ref, links, moves, rest.hyp, rest.ref)


def _blocks(ours: _Side, theirs: _Side) -> Iterator[tuple[bool, _Side, _Side]]:
    """Runs of equal paragraphs, and what stands between them."""
    hyp, ref = _codes(ours, theirs)
    i = j = 0
    for a, b, c, d in windowed(hyp, ref, _common, _WINDOW):
        if a > i or c > j:
            yield False, ours.part(i, a), theirs.part(j, c)
        i, j = b, d
        yield True, ours.part(a, b), theirs.part(c, d)
    if i < len(hyp) or j < len(ref):
        yield False, ours.part(i, len(hyp)), theirs.part(j, len(ref))


def _common(hyp: Sequence[int], ref: Sequence[int]) -> Iterator[Run]:
    """The equal runs of a longest common subsequence."""
    return equal_runs(Indel.opcodes(hyp, ref))


def _codes(ours: _Side, theirs: _Side) -> tuple[list[int], list[int]]:
    """A number for each paragraph, the same where the words are the same."""
    texts = [[plain(text) for text in side.texts()] for side in (ours, theirs)]
    numbers = {text: k for k, text in enumerate(chain(*texts))}
    hyp, ref = ([numbers[text] for text in side] for side in texts)
    return hyp, ref


def _wrapped(ours: _Side, theirs: _Side) -> bool:
    """Whether the words are the same apart from where lines end, which two lines' never are."""
    if len(ours.units) == len(theirs.units) == 1:
        return False
    hyp, ref = ours.texts(), theirs.texts()
    if hyp and ref and hyp[0].split(None, 1)[0] != ref[0].split(None, 1)[0]:
        return False
    if hyp and ref and hyp[-1].rsplit(None, 1)[-1] != ref[-1].rsplit(None, 1)[-1]:
        return False
    return " ".join(map(plain, hyp)) == " ".join(map(plain, ref))


def _peel(ours: _Side, theirs: _Side) -> tuple[list[Link], _Side, _Side, list[Link]]:
    """Pair paragraphs from both ends for as long as they plainly belong together."""
    hyp, ref = ours.texts(), theirs.texts()
    first = alike(hyp, ref)
    last = alike(hyp[first:], ref[first:], from_end=True)
    links = list(zip(ours.units, theirs.units, strict=False))[:first]
    i, j = len(hyp) - last, len(ref) - last
    tail = list(zip(ours.units[i:], theirs.units[j:], strict=True))
    return links, ours.part(first, i), theirs.part(first, j), tail


def _fine(ours: _Side, theirs: _Side) -> list[tuple[_Side, _Side]]:
    """The sentences of both sides, or their paragraphs where sentences are too many to compare.

    Where paragraphs are too, both sides are cut into parts that belong together.
    """
    for left, right in ((ours.split(), theirs.split()), (ours, theirs)):
        rows, columns = len(left.units), len(right.units)
        if rows * columns <= _CELLS:
            return [(left, right)]
    places = [(0, 0), *cuts(ours.texts(), theirs.texts()), (rows, columns)]
    return [_packed(ours.part(i, k), theirs.part(j, m)) for (i, j), (k, m) in pairwise(places)]


def _packed(ours: _Side, theirs: _Side) -> tuple[_Side, _Side]:
    """Both sides, some units in one where they are too many to compare."""
    rows, columns = len(ours.units), len(theirs.units)
    size = ceil(sqrt(rows * columns / _CELLS))
    return (ours.pack(size), theirs.pack(size)) if size > 1 else (ours, theirs)


class _Rest(NamedTuple):
    """Units without a partner, in order."""

    hyp: list[Span]
    ref: list[Span]


def _pair(ours: _Side, theirs: _Side, worth: float, rest: _Rest) -> list[Link]:
    """Pair units in order; those without a partner are added to the rest."""
    if not 0 < len(ours.units) * len(theirs.units) <= _CELLS:
        rest.hyp.extend(ours.units)
        rest.ref.extend(theirs.units)
        return []
    groups = in_order(ours.texts(), theirs.texts(), worth)
    lone_hyp, lone_ref = leftovers(groups, len(ours.units), len(theirs.units))
    rest.hyp.extend(ours.units[i] for i in lone_hyp)
    rest.ref.extend(theirs.units[j] for j in lone_ref)
    return [(ours.span(*a), theirs.span(*b)) for a, b in groups]


def _moves(hyp: str, ref: str, links: list[Link], rest: _Rest) -> tuple[list[Link], _Rest]:
    """Pairs out of order among what is left of the whole document, and what is left then."""
    if not rest.hyp or not rest.ref or len(rest.hyp) * len(rest.ref) > _CELLS:
        return [], rest
    ours, theirs = _Side(hyp, rest.hyp), _Side(ref, rest.ref)
    pairs = moved(likely(ours.texts(), theirs.texts(), PAYS), *_gaps(links, rest))
    lone_hyp, lone_ref = leftovers(pairs, len(rest.hyp), len(rest.ref))
    left = _Rest([rest.hyp[i] for i in lone_hyp], [rest.ref[j] for j in lone_ref])
    return [(ours.span(*a), theirs.span(*b)) for a, b in pairs], left


def _gaps(links: list[Link], rest: _Rest) -> tuple[list[int], list[int]]:
    """How many pairs in order stand before each unit of either side."""
    hyp_starts, ref_starts = [a[0] for a, _ in links], [b[0] for _, b in links]
    return (
        [bisect_left(hyp_starts, start) for start, _ in rest.hyp],
        [bisect_left(ref_starts, start) for start, _ in rest.ref],
    )


def _fill(hyp: str, ref: str, links: list[Link], rest: _Rest) -> tuple[list[Link], _Rest]:
    """Pair what still stands between the same pairs on both sides, where less will do."""
    hyp_gap, ref_gap = _gaps(links, rest)
    left = _Rest([], [])
    found = list(links)
    for gap in sorted({*hyp_gap, *ref_gap}):
        ours = [rest.hyp[k] for k in range(bisect_left(hyp_gap, gap), bisect_right(hyp_gap, gap))]
        theirs = [rest.ref[k] for k in range(bisect_left(ref_gap, gap), bisect_right(ref_gap, gap))]
        found += _pair(_Side(hyp, ours), _Side(ref, theirs), WORTH, left)
    return sorted(found), left


def _assemble(
    hyp: str,
    ref: str,
    links: list[Link],
    moves: list[Link],
    loose_hyp: Iterable[Span],
    loose_ref: Iterable[Span],
) -> Alignment:
    """All segments in the order of the hypothesis, dropped passages after what precedes them."""
    rows: list[tuple[int, int, int, Segment]] = []
    for a, b in links:
        ours, theirs = hyp[slice(*a)], ref[slice(*b)]
        same = ours == theirs or plain(ours) == plain(theirs)
        rows.append((a[0], 1, b[0], Segment(a, b, "equal" if same else "changed")))
    rows += [(a[0], 1, b[0], Segment(a, b, "moved")) for a, b in moves]
    hyp_starts, ref_starts = [a[0] for a, _ in links], [b[0] for _, b in links]
    for span in loose_hyp:  # links are in order on both sides
        k = bisect_left(hyp_starts, span[0])
        before = links[k - 1][1][1] if k else 0
        rows.append((span[0], 1, before, Segment(span, (before, before), "inserted")))
    for span in loose_ref:
        k = bisect_left(ref_starts, span[0])
        before = links[k - 1][0][1] if k else 0
        rows.append((before, 0, span[0], Segment((before, before), span, "dropped")))
    segments = tuple(row[-1] for row in sorted(rows, key=lambda row: row[:3]))
    return Alignment(
        segments,
        _covered(hyp, [s.hyp for s in segments if s.ref[0] == s.ref[1]]),
        _covered(ref, [s.ref for s in segments if s.hyp[0] == s.hyp[1]]),
    )


def _covered(text: str, alone: Iterable[Span]) -> float:
    """The share of a text's visible code points outside the spans that have no partner."""
    lone = _visible("".join([text[start:end] for start, end in alone]))
    return 1 - lone / _visible(text) if lone else 1.0


def _visible(text: str) -> int:
    return len("".join(text.split()))
