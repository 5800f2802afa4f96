"""Sentences of a segment that its translation lacks, and sentences that it added.

The sentences of both sides are paired by length, by what they share, and by the words that the
file teaches. One that is left alone counts where the lengths say so, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unspun.align import Group
from unspun.checking.findings import Languages, QaFinding, Unit
from unspun.checking.lengths import LengthModel, visible
from unspun.checking.lexicon import Lexicon
from unspun.checking.passages import Side, cut, pair_sides

_SHORT = -0.2  # standard deviations from which a segment may lack a sentence
_LONG = 1.2  # and from which it may have one too many
_LEAST = 12  # characters of a translation that a sentence worth a finding has at least


def check(
    units: Sequence[Unit], languages: Languages, lengths: LengthModel, lexicon: Lexicon
) -> Iterator[tuple[int, QaFinding]]:
    """Findings with the place of their unit."""
    for place, unit in enumerate(units):
        source, target = visible(unit.source), visible(unit.target)
        if not source or not target:
            continue
        off = lengths.deviation(source, target)
        if _SHORT < off < _LONG:
            continue
        ours, theirs = cut(unit.source), cut(unit.target)
        if off <= _SHORT and len(ours.spans) > 1:
            groups = pair_sides(ours, theirs, languages, lexicon, lengths)
            yield from ((place, f) for f in _missing(unit, ours, theirs, groups, lengths))
        elif off >= _LONG and len(theirs.spans) > 1:
            groups = pair_sides(ours, theirs, languages, lexicon, lengths)
            yield from ((place, f) for f in _added(unit, ours, theirs, groups, lengths))


def _missing(
    unit: Unit, ours: Side, theirs: Side, groups: Sequence[Group], lengths: LengthModel
) -> Iterator[QaFinding]:
    whole, said = visible(unit.source), visible(unit.target)
    for (a, b), (c, d) in groups:
        if c != d:
            continue
        span = ours.spans[a][0], ours.spans[b - 1][1]
        size = visible(unit.source[slice(*span)])
        without = abs(lengths.deviation(whole - size, said))
        if size * lengths.ratio < _LEAST or without > abs(lengths.deviation(whole, said)):
            continue
        at = theirs.spans[c - 1][1] if c else 0
        message = f"{_shown(unit.source, *span)} is not in the translation"
        category = "Accuracy/Omission"
        yield QaFinding("omission", "major", category, message, span, (at, at), score=0.7)


def _added(
    unit: Unit, ours: Side, theirs: Side, groups: Sequence[Group], lengths: LengthModel
) -> Iterator[QaFinding]:
    whole, said = visible(unit.source), visible(unit.target)
    for (a, b), (c, d) in groups:
        if a != b:
            continue
        span = theirs.spans[c][0], theirs.spans[d - 1][1]
        size = visible(unit.target[slice(*span)])
        without = abs(lengths.deviation(whole, said - size))
        if size < _LEAST or without > abs(lengths.deviation(whole, said)):
            continue
        at = ours.spans[a - 1][1] if a else 0
        message = f"{_shown(unit.target, *span)} is not in the source"
        category = "Accuracy/Addition"
        yield QaFinding("addition", "major", category, message, (at, at), span, score=0.6)


def _shown(text: str, start: int, end: int) -> str:
    passage = text[start:end]
    return passage if len(passage) <= _SHOWN else f"{passage[: _SHOWN - 1]}…"


_SHOWN = 60
