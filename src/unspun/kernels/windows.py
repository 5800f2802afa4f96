"""Windows of up to three characters, each by a set: which of them a text has, and where.

One pass over the text looks for all of them, in the compiled kernel and with NumPy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from unspun import kernels

_kernel = kernels.load("unspun.kernels._windows", revision=6)

ANY = ""
"""In place of a set: any character, or none."""

BEYOND = "[^\x00-\x7f]"
"""In place of a set: any character beyond ASCII."""

WORD = r"\w"
"""In place of the set before a window: a word character."""

PLACES = 4
"""Before a window, its first, second and third."""

MOST = 64
"""Windows that one mask holds."""

OUTSIDE = 0
"""The class of what is before and behind a text."""

_SPECIAL = (ANY, BEYOND, WORD)
_ASCII = 0x80
_PLAIN, _OTHER = 1, 2  # classes of what no set names


class Window(NamedTuple):
    """Characters in a row, each of a set.

    Attributes:
        sign: What it is a sign of.
        first: The characters that it begins with.
        second: Those behind the first, or `ANY`, or `BEYOND`.
        third: Those behind the second.
        before: Those before the window, or `WORD`.
    """

    sign: str
    first: str
    second: str = ANY
    third: str = ANY
    before: str = ANY

    def pattern(self) -> str:
        """The window as a regular expression."""
        before = f"(?<={_class(self.before)})" if self.before else ""
        return before + "".join(map(_class, (self.first, self.second, self.third)))


def _class(chars: str) -> str:
    return chars if chars in _SPECIAL else f"[{escaped(chars)}]"


def escaped(chars: Iterable[str]) -> str:
    """Characters as they stand in a class of a regular expression."""
    return "".join(sorted(chars)).translate(_ESCAPED)


_ESCAPED = {ord(char): "\\" + char for char in "[]\\^-&|~"}


def spread(ranges: str) -> str:
    """The characters of ranges as a regular expression's class has them, without escapes.

    >>> spread("a-cx")
    'abcx'
    """
    return re.sub(
        "(.)-(.)",
        lambda match: "".join(map(chr, range(ord(match[1]), ord(match[2]) + 1))),
        ranges,
        flags=re.DOTALL,
    )


class Scanner:
    """Looks for windows with the compiled kernel."""

    __slots__ = ("_found", "_kernel", "_signs")

    def __init__(self, kernel: Any, windows: Sequence[Window]) -> None:  # noqa: ANN401
        self._kernel = kernel
        self._signs = [window.sign for window in windows]
        self._found: dict[int, frozenset[str]] = {0: frozenset()}

    def shown(self, text: str) -> frozenset[str]:
        """The signs of the windows that are in a text."""
        return self._signs_of(self._kernel.shown(text))

    def words(self, text: str) -> list[tuple[int, int, frozenset[str]]]:
        """Where each word between blanks begins and ends that has windows, and their signs."""
        return [
            (start, stop, self._signs_of(bits)) for start, stop, bits in self._kernel.words(text)
        ]

    def _signs_of(self, bits: int) -> frozenset[str]:
        found = self._found.get(bits)
        if found is None:
            found = frozenset(sign for k, sign in enumerate(self._signs) if bits >> k & 1)
            self._found[bits] = found
        return found

    def find(self, text: str, start: int = 0) -> int:
        """The first place at or behind ``start`` where a window begins, or -1."""
        place: int = self._kernel.find(text, start)
        return place


def scanner(windows: Sequence[Window]) -> Scanner | None:
    """The compiled search for windows; None where there is no compiled kernel.

    Raises:
        ValueError: for more windows than fit into one search.
    """
    if _kernel is None:
        return None
    if len(windows) > MOST:
        raise ValueError(f"{len(windows)} windows, of which {MOST} fit")
    pages, classes, masks = tables(windows)
    return Scanner(_kernel.Scanner(pages, classes, masks, behind_words(windows)), windows)


def behind_words(windows: Sequence[Window]) -> int:
    """The windows that a word character must stand before."""
    return sum(1 << k for k, window in enumerate(windows) if window.before == WORD)


def tables(windows: Sequence[Window]) -> tuple[bytes, bytes, bytes]:
    """The page of each 256 code points, the class of each in a page, the masks of each class."""
    free, beyond = [0] * PLACES, [0] * PLACES
    named: dict[str, list[int]] = {}
    for k, window in enumerate(windows):
        places = window.before, window.first, window.second, window.third
        for place, chars in enumerate(places):
            if chars in (ANY, WORD):
                free[place] |= 1 << k
            elif chars == BEYOND:
                beyond[place] |= 1 << k
            else:
                for char in chars:
                    named.setdefault(char, [0] * PLACES)[place] |= 1 << k
    other = tuple(a | b for a, b in zip(free, beyond, strict=True))
    kinds = [tuple(free), tuple(free), other]  # outside, ASCII, beyond
    numbers = {masks: number for number, masks in enumerate(kinds) if number != OUTSIDE}
    pages: dict[int, Any] = {0: np.full(256, _OTHER, np.uint16)}
    pages[0][:_ASCII] = _PLAIN
    for char, masks in named.items():
        base = free if char.isascii() else other
        mine = tuple(a | b for a, b in zip(masks, base, strict=True))
        if mine not in numbers:
            numbers[mine] = len(kinds)
            kinds.append(mine)
        page = pages.setdefault(ord(char) >> 8, np.full(256, _OTHER, np.uint16))
        page[ord(char) & 0xFF] = numbers[mine]
    index = np.ones(0x1100, np.uint16)  # 1 is the page of those that no set names
    for number, page in enumerate(pages):
        index[page] = number + 1 if number else 0
    blocks = [pages[0], np.full(256, _OTHER, np.uint16), *list(pages.values())[1:]]
    return index.tobytes(), np.concatenate(blocks).tobytes(), np.array(kinds, np.uint64).tobytes()
