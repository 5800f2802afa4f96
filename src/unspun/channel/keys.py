"""A text's words as numbers, cut and hashed by NumPy over the whole text at once.

Looking at text must cost far less than reading it, so no word becomes a Python object: the text is
laid out at one byte a character, words are found as runs of letters and figures, and each is
hashed from the eight-byte pieces that it is made of (multiplicative hashing, Knuth 6.4).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

_STRAIGHT = str.maketrans(
    {
        "\N{LEFT SINGLE QUOTATION MARK}": "'",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)
_CURLY = tuple(map(chr, _STRAIGHT))
_APOSTROPHE, _BLANK, _S = ord("'"), ord(" "), ord("s")
_PIECE = 8  # bytes that are hashed at once
_LONGEST = 24  # bytes of a word that count
_FACTORS = tuple(
    np.uint64(factor)
    for factor in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93)
)  # 2^64 divided by the golden ratio; the multipliers of splitmix64 and of rrmxmx
_FOLD = np.uint64(32)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_PIECE + 1)], np.uint64)


def _table(test: Iterable[bool]) -> NDArray[np.bool_]:
    return np.fromiter(test, np.bool_, 256)


_LETTER = _table(chr(code).isalnum() and code < 256 for code in range(256))  # noqa: PLR2004
_FIGURE = _table(48 <= code < 58 for code in range(256))  # noqa: PLR2004
_CAPITAL = _table(chr(code).isupper() for code in range(256))
_LOWER = np.array([ord(chr(c).lower()) if chr(c).isupper() else c for c in range(256)], np.uint8)


@dataclass(frozen=True)
class Words:
    """The words of a text: runs of letters and figures, possessive endings left out.

    Attributes:
        page: The text, a byte a character and `_LONGEST` more; what is not Latin-1 is a mark.
        starts: Where each word begins, in code points.
        sizes: How many characters it has.
        keys: Its hash, as it is written.
    """

    page: Bytes
    starts: Ints
    sizes: Ints
    keys: Keys

    @classmethod
    def of(cls, text: str) -> Words:
        """Cut a text."""
        if not text.isascii() and any(mark in text for mark in _CURLY):
            for mark in _CURLY:
                text = text.replace(mark, "'")
        page = np.frombuffer(text.encode("latin-1", "replace") + bytes(_LONGEST), np.uint8)
        letter = _LETTER.take(page)
        inside = np.flatnonzero(page == _APOSTROPHE)
        inside = inside[(inside > 0) & letter.take(inside - 1) & letter.take(inside + 1)]
        letter[inside] = True
        turns = np.flatnonzero(letter[1:] != letter[:-1]) + 1
        if letter[0]:
            turns = np.concatenate([[0], turns])
        starts, sizes = turns[::2], turns[1::2] - turns[::2]
        ends = turns[1::2]
        owned = (sizes > 2) & (_LOWER.take(page.take(ends - 1)) == _S)  # noqa: PLR2004
        owned = np.flatnonzero(owned)
        owned = owned[page.take(ends.take(owned) - 2) == _APOSTROPHE]
        sizes[owned] -= 2
        return cls(page, starts, sizes, _hashed(page, starts, sizes))

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def figure(self) -> NDArray[np.bool_]:
        """Whether each word begins with a figure."""
        return _FIGURE.take(self.page.take(self.starts))

    @cached_property
    def joined(self) -> NDArray[np.bool_]:
        """Whether nothing but one blank stands between each word and the next."""
        ends = self.starts[:-1] + self.sizes[:-1]
        return np.asarray((self.starts[1:] - ends == 1) & (self.page.take(ends) == _BLANK))

    def lowered(self, which: Ints) -> Keys:
        """Hashes of some words as they are in lower case."""
        page = _LOWER.take(self.page)
        return _hashed(page, self.starts.take(which), self.sizes.take(which))

    def capital(self, which: Ints) -> NDArray[np.bool_]:
        """Whether some words begin with a capital."""
        return _CAPITAL.take(self.page.take(self.starts.take(which)))

    def texts(self) -> list[str]:
        """The words as strings."""
        text = self.page.tobytes().decode("latin-1")
        spans = zip(self.starts.tolist(), self.sizes.tolist(), strict=True)
        return [text[start : start + size] for start, size in spans]


def _hashed(page: Bytes, starts: Ints, sizes: Ints) -> Keys:
    """A number for each word."""
    pieces = np.ndarray((len(page) - _PIECE + 1,), "<u8", page, strides=(1,))
    keys: Keys = pieces[starts]
    keys &= _MASKS.take(np.minimum(sizes, _PIECE))
    keys *= _FACTORS[0]
    for number in (1, 2):
        long = np.flatnonzero(sizes > _PIECE * number)
        piece = pieces[starts.take(long) + _PIECE * number]
        piece &= _MASKS.take(np.minimum(sizes.take(long) - _PIECE * number, _PIECE))
        keys[long] = (keys.take(long) ^ (keys.take(long) >> _FOLD)) + piece * _FACTORS[number]
    keys ^= keys >> _FOLD
    keys *= _FACTORS[3]
    return keys


def key_of(words: Iterable[str]) -> Keys:
    """The hashes of words, one each.

    Raises:
        ValueError: if one of them is not one word.
    """
    listed = list(words)
    cut = Words.of("\n".join(listed))
    if len(cut) != len(listed):
        raise ValueError("not every one of these is one word")
    return cut.keys
