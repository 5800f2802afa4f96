"""Repetition: the rules and thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.model import SubScore
from unspun.quality.shape import Shape, repeated

TOP = {2: 0.20, 3: 0.18, 4: 0.16}
"""Share of characters in the commonest n-gram of words, by n."""
DUPLICATE = {5: 0.15, 7: 0.13, 10: 0.10}
"""Share of characters in n-grams of words that occur twice and more, by n."""
_LEAST = 30  # words: in less, a refrain is no repetition


def parts(shape: Shape) -> list[SubScore]:
    """One part a rule; in languages without spaces a character counts as a word."""
    lines, line_characters = repeated(shape.lines)
    paragraphs, _ = repeated(shape.paragraphs)
    found = [
        _part("gopher-duplicate-lines", lines, 0.30),
        _part("gopher-duplicate-line-characters", line_characters, 0.20),
        _part("gopher-duplicate-paragraphs", paragraphs, 0.30),
    ]
    units: Sequence[str] = shape.words or [c for c in shape.text if not c.isspace()]
    # Two words of a language are some four characters of Han script.
    scale = 1 if shape.words else 2
    if len(units) < _LEAST * scale:
        return found
    sizes = np.fromiter(map(len, units), np.int64, len(units))
    length = int(sizes.sum())
    levels = _levels(units, max(DUPLICATE) * scale)
    for n, threshold in TOP.items():
        value = _top(levels[n * scale], sizes) / length
        found.append(_part(f"gopher-top-{n}-gram", value, threshold))
    for n, threshold in DUPLICATE.items():
        value = _duplicate(levels[n * scale], sizes) / length
        found.append(_part(f"gopher-duplicate-{n}-grams", value, threshold))
    return found


def _part(name: str, value: float, threshold: float) -> SubScore:
    score = 1.0 if value <= threshold else max(0.0, 1 - (value - threshold) / (1 - threshold))
    return SubScore(name, score, value, threshold, value > threshold)


class _Repeats(NamedTuple):
    """The n-grams of one length that come twice and more.

    Attributes:
        n: Units in each.
        at: Where they begin, ascending.
        gram: A number for each, the same for the same n-gram.
    """

    n: int
    at: NDArray[np.int64]
    gram: NDArray[np.int64]


def _levels(units: Sequence[str], most: int) -> list[_Repeats]:
    """The n-grams that come again, by n: their shorter ones do, so few are looked at."""
    numbers = {unit: number for number, unit in enumerate(dict.fromkeys(units))}
    ids = np.fromiter(map(numbers.__getitem__, units), np.int64, len(units))
    level = _again(1, np.arange(len(ids)), ids)
    levels = [level, level]
    for n in range(2, most + 1):
        if not len(level.at):
            return levels + [level] * (most + 1 - len(levels))
        follows = (level.at[1:] == level.at[:-1] + 1).nonzero()[0]
        gram = level.gram[follows] * len(numbers) + ids[level.at[follows] + n - 1]
        level = _again(n, level.at[follows], gram)
        levels.append(level)
    return levels


def _again(n: int, at: NDArray[np.int64], gram: NDArray[np.int64]) -> _Repeats:
    if len(at) == 0:
        return _Repeats(n, at, gram)
    order = gram.argsort(kind="stable")
    ranked = gram[order]
    new = np.ones(len(ranked) + 1, bool)
    np.not_equal(ranked[1:], ranked[:-1], out=new[1:-1])
    twice = np.empty(len(ranked), bool)
    twice[order] = ~(new[:-1] & new[1:])
    number = np.empty(len(ranked), np.int64)
    number[order] = new[:-1].cumsum()
    return _Repeats(n, at[twice], number[twice])


def _top(repeats: _Repeats, sizes: NDArray[np.int64]) -> int:
    """Characters in the commonest n-gram, the first of several; 0 where none comes twice."""
    if len(repeats.at) == 0:
        return 0
    counts = np.bincount(repeats.gram)[repeats.gram]
    at = int(repeats.at[counts.argmax()])
    return int(counts.max() * sizes[at : at + repeats.n].sum())


def _duplicate(repeats: _Repeats, sizes: NDArray[np.int64]) -> int:
    """Characters in n-grams seen before, none counted twice."""
    if len(repeats.at) == 0:
        return 0
    again = np.ones(len(repeats.at), bool)
    again[np.unique(repeats.gram, return_index=True)[1]] = False
    seen = repeats.at[again]
    steps = np.bincount(seen, minlength=len(sizes) + 1)
    steps -= np.bincount(seen + repeats.n, minlength=len(sizes) + 1)
    return int(sizes[steps.cumsum()[:-1] > 0].sum())
