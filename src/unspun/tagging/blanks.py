"""What is no language though it has letters: links, mail addresses, lines of code."""

from __future__ import annotations

import math
import re
from bisect import bisect_right

import numpy as np

from unspun.kernels.places import places
from unspun.tagging import compiled, scripts

_SHARE = 0.2  # marks among the characters of a line, blanks aside
_LEAST = 4
_DENSE_WEIGHT = 3
"""From U+2E80 on, characters say as much as three letters: Chinese, Japanese, Korean."""


def _marks(least: int) -> str:
    return "".join(map(chr, np.flatnonzero(least <= scripts.CODE).tolist()))


_MARK, _STRONG = re.compile(f"[{re.escape(_marks(1))}]"), _marks(2)
_DENSE = re.compile("[\u2e80-\U0010ffff]")


LINK, CODE = 1, 2
"""What a text may show signs of."""


def find(text: str, signs: int = LINK | CODE) -> list[tuple[int, int]]:
    r"""Links and lines of code, in order; a link within a line of code is part of it.

    Args:
        text: Any string.
        signs: What it shows signs of, if that is known; the rest is not looked for.

    >>> find("See www.example.org for more.\nfor (i = 0; i < 9; i++) { a[i] = 0; }")
    [(4, 19), (30, 67)]
    """
    found = scripts.links(text) if signs & LINK else []
    if signs & CODE and ("{" in text or ";" in text or "=" in text or "<" in text):
        reader = compiled.reader()
        code = code_plain(text) if reader is None else reader.code(text)
        if code:
            found = sorted([*(link for link in found if not _within(link[0], code)), *code])
    return found


def _within(place: int, spans: list[tuple[int, int]]) -> bool:
    """Whether a place lies in one of the spans, which are in order."""
    k = bisect_right(spans, (place, math.inf)) - 1
    return k >= 0 and place < spans[k][1]


def code_plain(text: str) -> list[tuple[int, int]]:
    """Lines that are code, by their marks."""
    found: list[tuple[int, int]] = []
    at = 0
    for place in places(text, _STRONG):
        if place < at:
            continue  # of a line that was looked at
        begin = text.rfind("\n", at, place) + 1 or at
        end = text.find("\n", place + 1)
        at = len(text) if end < 0 else end
        line = text[begin:at]
        count = len(_MARK.findall(line))
        solid = len(line) - line.count(" ")
        if not line.isascii():
            solid += (_DENSE_WEIGHT - 1) * len(_DENSE.findall(line))
        if count >= _LEAST and count > _SHARE * solid:
            found.append((begin, at))
    return found
