"""Repetition: the rules and thresholds of Gopher (Rae et al. 2021, arXiv 2112.11446, table A1)."""

from __future__ import annotations

from unspun.quality.bounds import SHARE, Rule
from unspun.quality.ngrams import DUPLICATE, TOP

LINES = (
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
RULES = (*LINES, *_TOP, *_DUPLICATE)
"""In languages without spaces a character counts as a word."""
