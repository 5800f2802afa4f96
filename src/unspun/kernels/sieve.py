"""Windows looked for with NumPy, where the compiled scanner is not there: which of them a text has.

It has the same tables: for each class of characters, which windows have one at each place. For each
character it has hints of that, by which most places are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.kernels.windows import MOST, OUTSIDE, PLACES, WORD, Window, behind_words, tables

_WORD = re.compile(WORD)
_NEAR = 0x10000  # code points whose hints are known one by one
_TWOS, _THREES = 11, 8  # bits of a hint for windows of two characters and of three
_EACH = 1 + _TWOS + _THREES  # for the first of a window, for its second, for its third
_FOLDED, _TWICE, _ONE_FOLDED = map(np.uint64, (_EACH, 2 * _EACH, (1 << _EACH) - 1))
_MAY_BE_ANY = np.uint64(0xFFFFFFFFFFFFFFFF)  # the hint of all other characters
_NOTHING: frozenset[str] = frozenset()
Hints = NDArray[np.uint64]


class Sieve:
    """Looks for windows.

    Args:
        windows: The windows, of which one mask holds all.
    """

    def __init__(self, windows: Sequence[Window]) -> None:
        pages, classes, masks = tables(windows)
        by_page = np.frombuffer(classes, np.uint16).reshape(-1, 256)
        narrow = by_page.astype(np.min_scalar_type(by_page.max()))
        self._classes = narrow.take(np.frombuffer(pages, np.uint16), axis=0).ravel()
        self._masks = np.frombuffer(masks, np.uint64).reshape(-1, PLACES).T.copy()
        hints = _hints(self._masks)
        self._hints = np.append(hints.take(self._classes[:_NEAR]), _MAY_BE_ANY)
        self._outside = hints[OUTSIDE]
        self._behind_words = behind_words(windows)
        self._signs = [window.sign for window in windows]

    def shown(self, text: str) -> frozenset[str]:
        """The signs of the windows that are in a text."""
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        hints = np.full(len(points) + 2, self._outside)
        self._hints.take(points, out=hints[:-2], mode="clip")
        may = hints[:-2] & hints[1:-1] >> _FOLDED & hints[2:] >> _TWICE & _ONE_FOLDED
        at = (may > 0).nonzero()[0]
        return self._shown_at(text, points, at) if len(at) else _NOTHING

    def _shown_at(
        self, text: str, points: NDArray[np.uint32], at: NDArray[np.intp]
    ) -> frozenset[str]:
        """The signs of the windows that begin at some places."""
        classes = np.full(len(points) + PLACES - 1, OUTSIDE, self._classes.dtype)
        self._classes.take(points, out=classes[1 : len(points) + 1], mode="clip")
        before, first, second, third = self._masks
        found = before.take(classes.take(at))
        for mask, place in (first, at + 1), (second, at + 2), (third, at + 3):
            found &= mask.take(classes.take(place))
        bits = int(np.bitwise_or.reduce(found, initial=0))
        if bits & self._behind_words:
            bits &= ~self._behind_words
            bits |= self._shown_behind_words(text, at.tolist(), found.tolist())
        return frozenset(sign for k, sign in enumerate(self._signs) if bits >> k & 1)

    def _shown_behind_words(self, text: str, at: Sequence[int], found: Sequence[int]) -> int:
        """Of the windows that stand behind word characters those that do."""
        bits = 0
        for place, windows in zip(at, found, strict=True):
            here = windows & self._behind_words & ~bits
            if here and place and _WORD.match(text, place - 1):
                bits |= here
        return bits


def _hints(masks: Hints) -> Hints:
    """For each class its masks but that of before, folded into one number."""
    _, first, second, third = masks
    free = second[OUTSIDE], third[OUTSIDE]
    one, two, three = (_fold(each, *free) for each in (first, second, third))
    hints: Hints = one | two << _FOLDED | three << _TWICE
    return hints


def _fold(windows: Hints, free_second: np.uint64, free_third: np.uint64) -> Hints:
    """Windows in fewer bits: those that share one may each be there.

    Those of one character share the lowest, so that they do not speak for the longer ones, nor do
    those of two.
    """
    found = (windows & free_second > 0).astype(np.uint64)
    for kind, base, bits in (
        (windows & ~free_second & free_third, 1, _TWOS),
        (windows & ~free_second & ~free_third, 1 + _TWOS, _THREES),
    ):
        for k in range(MOST):
            found |= (kind >> np.uint64(k) & np.uint64(1)) << np.uint64(base + k % bits)
    return found
