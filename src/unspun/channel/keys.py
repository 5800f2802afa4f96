"""A text's words as numbers, cut and hashed over the whole text at once.

Looking at text must cost far less than reading it, so no word becomes a Python object: words are
found as runs of letters and figures, and each is hashed from the eight-byte pieces that it is made
of (multiplicative hashing, Knuth 6.4). The plain code lays the text out at one byte a character.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from unspun import kernels

kernel = kernels.load("unspun.channel._look", revision=5)

Bytes = NDArray[np.uint8]
Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]
Bools = NDArray[np.bool_]

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
_FACTORS = np.array(
    [0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB, 0xD6E8FEB86659FD93], np.uint64
)  # 2^64 divided by the golden ratio; the multipliers of splitmix64 and of rrmxmx
_FOLD = np.uint64(32)
_MASKS = np.array([(1 << 8 * size) - 1 for size in range(_PIECE + 1)], np.uint64)
_JOINED, _FIGURE, _CAPITAL = 1, 2, 4  # kinds of words


def _table(test: Iterable[bool]) -> Bools:
    return np.fromiter(test, np.bool_, 256)


_IS_LETTER = _table(chr(code).isalnum() for code in range(256))
_IS_FIGURE = _table(48 <= code < 58 for code in range(256))  # noqa: PLR2004
_IS_CAPITAL = _table(chr(code).isupper() for code in range(256))
_KINDS = (_IS_LETTER + _FIGURE * _IS_FIGURE + _CAPITAL * _IS_CAPITAL).astype(np.uint8)
_LOWER = np.array([ord(chr(c).lower()) if chr(c).isupper() else c for c in range(256)], np.uint8)
TABLES = (_KINDS, _LOWER, _FACTORS)
"""What kernels cut and hash words by."""


@dataclass(frozen=True)
class Words:
    """The words of a text: runs of letters and figures, possessive endings left out.

    Attributes:
        text: The text.
        starts: Where each word begins, in code points.
        sizes: How many characters it has.
        keys: Its hash, as it is written.
        small: Its hash in lower case, if it begins with a capital; else the same.
        kinds: A bit each for whether nothing but one blank stands between it and the next, whether
            it begins with a figure, and whether with a capital.
    """

    text: str
    starts: Ints
    sizes: Ints
    keys: Keys
    small: Keys
    kinds: Bytes

    @classmethod
    def of(cls, text: str) -> Words:
        """Cut a text."""
        if kernel is None:
            return cls(text, *words_plain(text))
        parts = kernel.cut(text, *TABLES)
        types = (np.int64, np.int64, np.uint64, np.uint64, np.uint8)
        return cls(text, *map(np.frombuffer, parts, types))

    def __len__(self) -> int:
        return len(self.starts)

    @cached_property
    def joined(self) -> Bools:
        """Whether nothing but one blank stands between each word and the next."""
        return np.asarray(self.kinds[:-1] & _JOINED > 0)

    @property
    def figure(self) -> Bools:
        """Whether each word begins with a figure."""
        return np.asarray(self.kinds & _FIGURE > 0)

    @property
    def capital(self) -> Bools:
        """Whether each word begins with a capital."""
        return np.asarray(self.kinds & _CAPITAL > 0)

    def texts(self) -> list[str]:
        """The words as strings."""
        text = self.text.translate(_STRAIGHT)
        spans = zip(self.starts.tolist(), self.sizes.tolist(), strict=True)
        return [text[start : start + size] for start, size in spans]

    def distinct(self, first: int, last: int, block: int) -> Ints:
        """How many words differ in each block of so many, from one to before another."""
        if kernel is not None:
            return np.frombuffer(kernel.distinct(self.keys, first, last, block), np.int64)
        parts = (self.keys[at : min(at + block, last)] for at in range(first, last, block))
        return np.array([len(np.unique(part)) for part in parts], np.int64)


def words_plain(text: str) -> tuple[Ints, Ints, Keys, Keys, Bytes]:
    """Starts, sizes, hashes and kinds of a text's words, without the compiled kernel."""
    if not text.isascii() and any(mark in text for mark in _CURLY):
        text = text.translate(_STRAIGHT)
    page = np.frombuffer(text.encode("latin-1", "replace") + bytes(_LONGEST), np.uint8)
    letter = _IS_LETTER.take(page)
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
    ends = (starts + sizes)[:-1]
    kinds = _KINDS.take(page.take(starts)) & (_FIGURE | _CAPITAL)
    kinds[:-1] |= ((starts[1:] - ends == 1) & (page.take(ends) == _BLANK)).astype(np.uint8)
    keys = _hashed(page, starts, sizes)
    capital = np.flatnonzero(kinds & _CAPITAL)
    small = keys.copy()
    small[capital] = _hashed(_LOWER.take(page), starts.take(capital), sizes.take(capital))
    return starts, sizes, keys, small, kinds


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
