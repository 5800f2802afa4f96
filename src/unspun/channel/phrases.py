"""Cut differing regions into phrase pairs that the whole corpus agrees on.

Hard expectation-maximisation over segmentations, as for phrase translation tables (DeNero et
al., "Why generative phrase models underperform surface heuristics", WMT 2006), with two changes:
a pair's own document does not vote for it, which keeps a region from explaining itself, and a
pair that nobody else has seen costs its length, so the smallest table that explains the corpus
wins (minimum description length).
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable

from unspun.channel.align import Region
from unspun.channel.tokens import lower_first, upper_first

LONGEST = 6  # words on the original side, as spinners' tables have them
LONGEST_SPUN = 8

Pair = tuple[str, str]
Cut = tuple[str, str, int]
"""Original phrase, spun phrase, and the index of its first word in the region's original."""

Cell = tuple[int, int]
Arcs = dict[Cell, list[tuple[int, int, float]]]
Path = dict[Cell, Cell]

_MORE_WORDS = 2.5  # nats a word beyond the first, so that pairs stay as short as they can be
_CORE = 3  # words of a changed region that may be one pair at first sight
_NEW_PAIR = 3.0  # nats a word for a pair nobody else has seen
_SAME_WORD = 0.02  # nats for a word that stays


def canonical(original: str, spun: str) -> Pair:
    """One entry for the lower-case and the capitalised form of a pair.

    >>> canonical("However they", "But they")
    ('however they', 'but they')
    >>> canonical("United States", "US")
    ('United States', 'US')
    """
    proper = original[1:] != original[1:].lower()
    if original[:1].isupper() and not proper and not spun[:1].islower():
        return lower_first(original), lower_first(spun)
    return original, spun


class Lexicon:
    """Phrase pairs with the number of documents that hold each."""

    def __init__(self, counts: Counter[Pair]) -> None:
        self.counts = counts
        self._total = math.log(max(sum(counts.values()), 1) + 1.0)
        self._costs: dict[str, dict[str, float]] = {}
        for (original, spun), count in counts.items():
            if count > 1:  # a pair's own document has no vote
                size = original.count(" ") + spun.count(" ")
                price = self._total - math.log(count - 1) + _MORE_WORDS * size
                self._costs.setdefault(original, {})[spun] = price
        self._cache: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[Cut, ...]] = {}

    @classmethod
    def from_regions(cls, documents: Iterable[Iterable[Region]]) -> Lexicon:
        """A first guess: each small region is a pair, an insertion leans on its neighbours."""
        counts: Counter[Pair] = Counter()
        for regions in documents:
            seen: set[Pair] = set()
            for original, spun, _ in regions:
                seen.update(_first_pairs(original, spun))
            counts.update(seen)
        return cls(counts)

    @classmethod
    def from_cuts(cls, documents: Iterable[Iterable[Cut]]) -> Lexicon:
        """Count, for each pair, the documents in which the last cutting used it."""
        counts: Counter[Pair] = Counter()
        for cuts in documents:
            counts.update({canonical(original, spun) for original, spun, _ in cuts})
        return cls(counts)

    def cut(self, original: tuple[str, ...], spun: tuple[str, ...]) -> tuple[Cut, ...]:
        """The cheapest way to turn one word list into the other, as changed phrases only."""
        key = (original, spun)
        if key not in self._cache:
            arcs = self._known(original, spun)
            path = _shortest(original, spun, arcs, None)
            if path is None:
                path = _shortest(original, spun, arcs, self._total)
            self._cache[key] = _trace(original, spun, path or {})
        return self._cache[key]

    def _known(self, original: tuple[str, ...], spun: tuple[str, ...]) -> Arcs:
        """Every pair of the table that fits somewhere, by its first cell."""
        rights: dict[str, list[tuple[int, int]]] = {}
        for j in range(len(spun)):
            for m in range(j + 1, min(j + LONGEST_SPUN, len(spun)) + 1):
                rights.setdefault(" ".join(spun[j:m]), []).append((j, m))
        arcs: Arcs = {}
        for i in range(len(original)):
            for k in range(i + 1, min(i + LONGEST, len(original)) + 1):
                left = " ".join(original[i:k])
                for right, price in self._entries(left):
                    for j, m in rights.get(right, ()):
                        arcs.setdefault((i, j), []).append((k, m, price))
        return arcs

    def _entries(self, left: str) -> Iterable[tuple[str, float]]:
        yield from self._costs.get(left, {}).items()
        if left[:1].isupper():
            for spun, price in self._costs.get(lower_first(left), {}).items():
                yield upper_first(spun), price


def _shortest(
    original: tuple[str, ...], spun: tuple[str, ...], arcs: Arcs, new: float | None
) -> Path | None:
    """Cheapest path through known pairs and unchanged words; `new` prices unknown pairs."""
    rows, columns = len(original), len(spun)
    best = {(0, 0): 0.0}
    back: Path = {}

    def reach(cell: Cell, price: float, origin: Cell) -> None:
        if price < best.get(cell, math.inf):
            best[cell] = price
            back[cell] = origin

    for cell in itertools.product(range(rows), range(columns)):
        here = best.get(cell)
        if here is None:
            continue
        i, j = cell
        if original[i] == spun[j]:
            reach((i + 1, j + 1), here + _SAME_WORD, cell)
        for k, m, price in arcs.get(cell, ()):
            reach((k, m), here + price, cell)
        if new is not None:
            ends = range(i + 1, min(i + LONGEST, rows) + 1)
            spun_ends = range(j + 1, min(j + LONGEST_SPUN, columns) + 1)
            for k, m in itertools.product(ends, spun_ends):
                reach((k, m), here + new + _NEW_PAIR * (k - i + m - j), cell)
    return back if (rows, columns) in best else None


def _trace(original: tuple[str, ...], spun: tuple[str, ...], back: Path) -> tuple[Cut, ...]:
    cuts: list[Cut] = []
    here = (len(original), len(spun))
    while here in back:
        previous = back[here]
        left = " ".join(original[previous[0] : here[0]])
        right = " ".join(spun[previous[1] : here[1]])
        if left != right:
            cuts.append((left, right, previous[0]))
        here = previous
    return tuple(reversed(cuts))


def _first_pairs(original: tuple[str, ...], spun: tuple[str, ...]) -> set[Pair]:
    """Plausible pairs of one region: its changed core, or the core with either neighbour."""
    head = 0
    while head < min(len(original), len(spun)) and original[head] == spun[head]:
        head += 1
    tail = 0
    limit = min(len(original), len(spun)) - head
    while tail < limit and original[-1 - tail] == spun[-1 - tail]:
        tail += 1
    core = (original[head : len(original) - tail], spun[head : len(spun) - tail])
    if all(core):
        choices = [core] if max(len(core[0]), len(core[1])) <= _CORE else []
    else:
        choices = []
        if head:
            choices.append(((original[head - 1], *core[0]), (spun[head - 1], *core[1])))
        if tail:
            choices.append(((*core[0], original[-tail]), (*core[1], spun[-tail])))
    return {canonical(" ".join(left), " ".join(right)) for left, right in choices}
