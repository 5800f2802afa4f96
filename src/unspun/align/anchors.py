"""Where a long document can be cut, so that not every unit is compared with every other.

Words and pairs of words that one unit alone has on either side vouch for these two units (Cohen's
patience diff, by whole units). Cuts are made along the longest chain of such pairs that is in order
on both sides: between two that follow one another on both.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

_WORD = re.compile(r"\w+")
_CJK = re.compile(r"[\u3040-\U0003ffff]")
_VOUCHERS = 2  # that a pair of units needs
_LEAST = 32  # units between two cuts: fewer show poorly which words are common

Place = tuple[int, int]


def cuts(hyp: Sequence[str], ref: Sequence[str]) -> list[Place]:
    """Places, in order, before which the units of both sides belong together.

    >>> texts = [f"word{n} other{n}" for n in range(100)]
    >>> cuts(texts, texts)
    [(32, 32), (64, 64)]
    """
    found: list[Place] = []
    last = (0, 0)
    for before, here in pairwise(_chain(_anchors(hyp, ref))):
        follow = here == (before[0] + 1, before[1] + 1)
        if follow and min(here[0] - last[0], here[1] - last[1]) >= _LEAST:
            found.append(here)
            last = here
    if found and min(len(hyp) - last[0], len(ref) - last[1]) < _LEAST:
        found.pop()
    return found


def _anchors(hyp: Sequence[str], ref: Sequence[str]) -> list[Place]:
    """Pairs of units that are vouched for, each the best of both; in order of the first side."""
    ours, theirs = _own(hyp), _own(ref)
    votes = Counter((i, theirs[mark]) for mark, i in ours.items() if mark in theirs)
    best: list[dict[int, tuple[int, Place]]] = [{}, {}]
    for place, count in votes.items():
        for side, unit in zip(best, place, strict=True):
            side[unit] = max(side.get(unit, (0, place)), (count, place))
    pairs = {place for count, place in best[0].values() if count >= _VOUCHERS}
    return sorted(pairs.intersection(place for _, place in best[1].values()))


def _own(texts: Sequence[str]) -> dict[object, int]:
    """The words and pairs of words that a single unit has, and that unit."""
    found: dict[object, int] = {}
    for unit, text in enumerate(texts):
        for mark in _marks(text.lower()):
            found[mark] = unit if found.get(mark, unit) == unit else -1
    return {mark: unit for mark, unit in found.items() if unit >= 0}


def _marks(text: str) -> Iterable[object]:
    words = _WORD.findall(_CJK.sub(r" \g<0> ", text) if not text.isascii() else text)
    return {*words, *pairwise(words)}


def _chain(places: Sequence[Place]) -> list[Place]:
    """The longest chain of places that grows on both sides (Fredman 1975)."""
    ends: list[int] = []  # the least second number that a chain of each length ends with
    last: list[int] = []  # which place that is
    before: list[int] = []
    for k, (_, j) in enumerate(places):
        length = bisect_left(ends, j)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [j]
        last[length : length + 1] = [k]
    chain = []
    k = last[-1] if last else -1
    while k >= 0:
        chain.append(places[k])
        k = before[k]
    return chain[::-1]
