"""What is no language though it has letters: links, mail addresses, lines of code."""

from __future__ import annotations

import numpy as np

from unspun.tagging import compiled, scripts

_SHARE = 0.2  # marks among the characters of a line, blanks aside
_LEAST = 4
_DENSE, _DENSE_WEIGHT = 0x2E80, 3
"""From here on, characters say as much as three letters: Chinese, Japanese, Korean."""
_SHIFT = 32
_WEIGHTS = np.array([0, 1, 1 + (1 << _SHIFT)])  # strong marks are counted in the high half too


def find(text: str) -> list[tuple[int, int]]:
    r"""Links and lines of code, in order; a link within a line of code is part of it.

    >>> find("See www.example.org for more.\nfor (i = 0; i < 9; i++) { a[i] = 0; }")
    [(4, 19), (30, 67)]
    """
    found = scripts.links(text)
    if "{" in text or ";" in text or "=" in text or "<" in text:
        reader = compiled.reader()
        code = code_plain(text) if reader is None else reader.code(text)
        if code:
            found = [link for link in found if not any(a <= link[0] < b for a, b in code)]
            found = sorted([*found, *code])
    return found


def code_plain(text: str) -> list[tuple[int, int]]:
    """Lines that are code, by their marks."""
    points = scripts.code_points(text)
    feeds = np.flatnonzero(points == ord("\n"))
    begins = np.concatenate([[0], feeds + 1])
    ends = np.append(feeds, len(points))
    each = _WEIGHTS[scripts.CODE[np.minimum(points, np.uint32(len(scripts.CODE) - 1))]]
    marks = np.concatenate([[0], np.cumsum(each)])
    spaces = np.concatenate([[0], np.cumsum(points == ord(" "))])
    dense = np.concatenate([[0], np.cumsum(points >= _DENSE)])
    found = marks[ends] - marks[begins]
    solid = (ends - begins) - (spaces[ends] - spaces[begins])
    solid += (_DENSE_WEIGHT - 1) * (dense[ends] - dense[begins])
    strong, count = found >> _SHIFT, found & ((1 << _SHIFT) - 1)
    code = (strong > 0) & (count >= _LEAST) & (count > _SHARE * solid)
    return list(zip(begins[code].tolist(), ends[code].tolist(), strict=True))
