"""What a new wording of an English sentence must keep of the old one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from rapidfuzz.distance import Levenshtein

from unspun.lm.words import words_of

_RULES = ("number", "unit", "name", "link", "placeholder", "tag")
_FIGURES = re.compile(r"\d+(?:[.,:]\d+)*")
_QUOTED = re.compile(r"[\"“]([^\"“”]+)[\"”]")
_NAME = re.compile(r"(?<![.!?:]\s)(?<!^)(?<![\"“(])\b[A-Z][\w'’-]*")
_LENGTHS = 0.6, 1.6  # ratio of words
_SURROGATE = re.compile("[\ud800-\udfff]")
_SHARED = 0.4  # of the words, in order, that the wordings must share


def problem(before: str, after: str) -> str:
    """Why a wording must not stand in the place of another; empty where it may.

    >>> problem("He paid 40 pounds to the board.", "He paid 50 pounds to the board.")
    'number'
    >>> problem("The cabinet gave its nod on Monday.", "The cabinet agreed on Monday.")
    ''
    """
    return next(_problems(before, after), "")


def _problems(before: str, after: str) -> Iterator[str]:
    """All that is wrong, cheap things first."""
    if not after or "\n" in after:
        yield "empty"
    if _SURROGATE.search(after):
        yield "characters"
    if Counter(_FIGURES.findall(before)) != Counter(_FIGURES.findall(after)):
        yield "number"
    if Counter(_QUOTED.findall(before)) != Counter(_QUOTED.findall(after)):
        yield "quotation"
    if set(_NAME.findall(before)) != set(_NAME.findall(after)):
        yield "name"
    old, new = words_of(before), words_of(after)
    if not _LENGTHS[0] <= len(new) / max(1, len(old)) <= _LENGTHS[1]:
        yield "length"
    elif Levenshtein.normalized_similarity(old, new) < _SHARED:
        yield "another sentence"
    from unspun import checking  # noqa: PLC0415 - few texts are rewritten

    for found in checking.check(
        before, after, source_language="en", target_language="en", rules=_RULES
    ):
        yield found.rule
