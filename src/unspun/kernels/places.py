"""Where some signs stand, without a kernel: one at a time is sooner looked for than all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import AnyStr


def places(text: AnyStr, signs: Iterable[AnyStr]) -> list[int]:
    """Where signs stand in a text, in order; one that stands within itself is found once.

    >>> places("a...b#....", ["#", "..."])
    [1, 5, 6]
    """
    found = []
    for sign in signs:
        at = text.find(sign)
        while at >= 0:
            found.append(at)
            at = text.find(sign, at + len(sign))
    return sorted(found)
