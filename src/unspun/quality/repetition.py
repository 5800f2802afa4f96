"""Repetition: the rules and thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

from __future__ import annotations

from unspun.model import SubScore
from unspun.quality.bounds import SHARE, Rule, rate
from unspun.quality.ngrams import DUPLICATE, TOP
from unspun.quality.shape import Shape

_LINES = (
    Rule("gopher-duplicate-lines", SHARE, 0.30, "lines_again", "lines"),
    Rule(
        "gopher-duplicate-line-characters", SHARE, 0.20, "line_characters_again", "line_characters"
    ),
    Rule("gopher-duplicate-paragraphs", SHARE, 0.30, "paragraphs_again", "paragraphs"),
)
_TOP = tuple(
    Rule(f"gopher-top-{n}-gram", SHARE, threshold, "top", "unit_characters", at)
    for at, (n, threshold) in enumerate(zip(TOP, (0.20, 0.18, 0.16), strict=True))
)
"""Share of characters in the commonest n-gram of words, by n."""
_DUPLICATE = tuple(
    Rule(f"gopher-duplicate-{n}-grams", SHARE, threshold, "duplicate", "unit_characters", at)
    for at, (n, threshold) in enumerate(zip(DUPLICATE, (0.15, 0.13, 0.10), strict=True))
)
"""Share of characters in n-grams of words that occur twice and more, by n."""
RULES = (*_LINES, *_TOP, *_DUPLICATE)
_of_lines = rate(_LINES)
_of_all = rate(RULES)


def parts(shape: Shape) -> list[SubScore]:
    """One part a rule; in languages without spaces a character counts as a word."""
    return _of_all(shape) if shape.enough else _of_lines(shape)
