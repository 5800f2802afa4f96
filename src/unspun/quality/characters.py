"""What each character is to the rules of quality."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
from numpy.typing import NDArray

ENDS = ".!?\"'”’»…。！？」』）।॥؟۔။።།:;)"
"""Characters that end a sentence, and what closes behind it."""
BULLETS = "•●○■□▪▫※·➤►-*–"
STOP_WORDS = ("and", "be", "have", "of", "that", "the", "to", "with")

BLANK, LETTER, DAMAGE, BULLET, END, INITIAL = (1 << bit for bit in range(6))
"""Between words; in them; what no sound text has; before items and at the end of sentences; what a
stop word begins with."""

_DAMAGE = ((0, 9), (0xE, 0x20), (0x7F, 0x85), (0x86, 0xA0), (0xD800, 0xF900), (0xFFFD, 0x10000))
_ALL = 0x110000
_LETTERS = 0x40000  # behind these planes there is none


@cache
def kinds() -> NDArray[np.uint8]:
    """All that a character is, by code point."""
    found = np.zeros(_ALL, np.uint8)
    every = np.arange(_LETTERS, dtype="<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for match in re.finditer(r"[^\W\d_]+", every):
        found[slice(*match.span())] = LETTER
    for start, stop in _DAMAGE:
        found[start:stop] |= DAMAGE
    initials = "".join(word[0] for word in STOP_WORDS)
    blanks = "".join(re.findall(r"\s", every))
    for kind, chars in (
        (BLANK, blanks),
        (BULLET, BULLETS),
        (END, ENDS),
        (INITIAL, initials + initials.upper()),
    ):
        found[list(map(ord, chars))] |= kind
    return found
