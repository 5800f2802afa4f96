"""Sentences of a segment that its translation lacks, and sentences that it added.

The sentences of both sides are paired by length, by what they share, and by the words that the
file teaches. One that is left alone counts where the lengths say so, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from unspun.align import Group
from unspun.checking.findings import Languages, QaFinding, Unit
from unspun.checking.lengths import LengthModel, visible
from unspun.checking.lexicon import Lexicon
from unspun.checking.passages import Side, cut, pair_sides

_SHORT = -0.2  # standard deviations from which a segment may lack a sentence
_FEWER = 0.8  # the same where it has fewer sentences than its source
_LONG = 1.2  # and from which it may have one too many
_LEAST = 12  # characters of a translation that a sentence worth a finding has at least
_SLACK = 4.0  # standard deviations that it may be too long for, without a sentence fewer
_JOINS = 0.15  # share of segments from which on a translator joins sentences as a habit


@dataclass(frozen=True, slots=True)
class _Unit:
    """A unit with its sentences.

    Attributes:
        unit: The segment.
        ours: The source's sentences.
        theirs: The translation's.
        off: Standard deviations by which the translation is too long.
        fewer: Whether it has fewer sentences than its source, in a file where that tells.
    """

    unit: Unit
    ours: Side
    theirs: Side
    off: float
    fewer: bool


def check(
    units: Sequence[Unit], languages: Languages, lengths: LengthModel, lexicon: Lexicon
) -> Iterator[tuple[int, QaFinding]]:
    """Findings with the place of their unit."""
    for place, each in _cut(units, languages, lengths):
        if each.off <= (_FEWER if each.fewer else _SHORT) and len(each.ours.spans) > 1:
            groups = pair_sides(each.ours, each.theirs, languages, lexicon, lengths)
            yield from ((place, f) for f in _missing(each, groups, lengths))
        elif each.off >= _LONG and len(each.theirs.spans) > 1:
            groups = pair_sides(each.ours, each.theirs, languages, lexicon, lengths)
            yield from ((place, f) for f in _added(each, groups, lengths))


def _cut(
    units: Sequence[Unit], languages: Languages, lengths: LengthModel
) -> list[tuple[int, _Unit]]:
    """The units that have both sides, with their place."""
    found = []
    for place, unit in enumerate(units):
        source, target = visible(unit.source), visible(unit.target)
        if source and target:
            ours = cut(unit.source, languages.source)
            theirs = cut(unit.target, languages.target)
            fewer = len(theirs.spans) < len(ours.spans)
            off = lengths.deviation(source, target)
            found.append((place, _Unit(unit, ours, theirs, off, fewer)))
    several = [u for _, u in found if len(u.ours.spans) > 1]
    joined = sum(u.fewer and u.off > _SHORT for u in several)
    if joined > _JOINS * len(several):
        return [(place, replace(u, fewer=False)) for place, u in found]
    return found


def _missing(each: _Unit, groups: Sequence[Group], lengths: LengthModel) -> Iterator[QaFinding]:
    unit, ours, theirs = each.unit, each.ours, each.theirs
    whole, said = visible(unit.source), visible(unit.target)
    slack = _SLACK if each.fewer else 0.0
    for (a, b), (c, d) in groups:
        if c != d:
            continue
        span = ours.spans[a][0], ours.spans[b - 1][1]
        size = visible(unit.source[slice(*span)])
        without = abs(lengths.deviation(whole - size, said))
        if size * lengths.ratio < _LEAST or without > slack + abs(lengths.deviation(whole, said)):
            continue
        at = theirs.spans[c - 1][1] if c else 0
        score = _SURE if each.off <= _SHORT else _LIKELY
        message = f"{_shown(unit.source, *span)} is not in the translation"
        category = "Accuracy/Omission"
        yield QaFinding("omission", "major", category, message, span, (at, at), score=score)


def _added(each: _Unit, groups: Sequence[Group], lengths: LengthModel) -> Iterator[QaFinding]:
    unit, ours, theirs = each.unit, each.ours, each.theirs
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
_SURE, _LIKELY = 0.9, 0.7  # shares that were right in the first half of WMT 2021, `bench/qa.py`
