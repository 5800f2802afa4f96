"""Repetition: the rules and thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

from __future__ import annotations

from unspun.kernels.values import maker
from unspun.model import SubScore
from unspun.quality.ngrams import DUPLICATE, TOP
from unspun.quality.shape import Shape, share

_sub_score = maker(SubScore)
_TOP = dict(zip(TOP, (0.20, 0.18, 0.16), strict=True))
"""Share of characters in the commonest n-gram of words, by n."""
_DUPLICATE = dict(zip(DUPLICATE, (0.15, 0.13, 0.10), strict=True))
"""Share of characters in n-grams of words that occur twice and more, by n."""


def parts(shape: Shape) -> list[SubScore]:
    """One part a rule; in languages without spaces a character counts as a word."""
    characters = share(shape.line_characters_again, shape.line_characters)
    found = [
        _part("gopher-duplicate-lines", share(shape.lines_again, shape.lines), 0.30),
        _part("gopher-duplicate-line-characters", characters, 0.20),
        _part("gopher-duplicate-paragraphs", share(shape.paragraphs_again, shape.paragraphs), 0.30),
    ]
    if not shape.enough:
        return found
    length = shape.unit_characters
    for (n, threshold), size in zip(_TOP.items(), shape.top, strict=True):
        found.append(_part(f"gopher-top-{n}-gram", size / length, threshold))
    for (n, threshold), size in zip(_DUPLICATE.items(), shape.duplicate, strict=True):
        found.append(_part(f"gopher-duplicate-{n}-grams", size / length, threshold))
    return found


def _part(name: str, value: float, threshold: float) -> SubScore:
    score = 1.0 if value <= threshold else max(0.0, 1 - (value - threshold) / (1 - threshold))
    return _sub_score(name, score, value, threshold, value > threshold)
