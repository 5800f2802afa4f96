"""A second look, cheaper than reading: is a text's wording that of a spinner?

A linear classifier over a text's words and pairs of neighbours, learned by logistic regression
from originals and copies of them spun at low and high rates (`tools/train_gate.py`). Pairs are
hashed into one table (Weinberger et al., "Feature hashing for large scale multitask learning",
ICML 2009), so a text is looked up in a few NumPy calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import Self
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from unspun.errors import ModelError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

BLOCK = 250  # words that are summed up together
UNKNOWN, NUMBER, FIRST = 0, 1, 2  # ids of words that are not known, of figures, of the first word

_MARKS = (
    ".,;:!?\"'()[]{}*-\N{LEFT DOUBLE QUOTATION MARK}\N{RIGHT DOUBLE QUOTATION MARK}"
    "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
    "\N{HORIZONTAL ELLIPSIS}\N{EN DASH}\N{EM DASH}"
)
_POSSESSIVES = ("'s", "\N{RIGHT SINGLE QUOTATION MARK}s")
_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio (Knuth 6.4)
_SHIFT = np.uint64(65_537)
_REMEMBERED = 200_000  # odd spellings that are remembered
_PART = 3.0  # nats against choosing a stretch of a text


def stripped(word: str) -> str:
    """A word cut at blanks, without the marks around it and its possessive ending."""
    core = word.strip(_MARKS)
    return core[:-2] if core.endswith(_POSSESSIVES) else core


class Vocabulary(dict[str, int]):
    """Ids of words as they stand between blanks; what was looked up once is remembered."""

    def __init__(self, words: Sequence[str]) -> None:
        known = {word: number for number, word in enumerate(words, FIRST)}
        super().__init__(known)
        self._known = known

    def __missing__(self, word: str) -> int:
        core = stripped(word)
        found = self._known.get(core)
        if found is None:
            found = self._known.get(core.lower())
        if found is None:
            found = NUMBER if core[:1].isdigit() else UNKNOWN
        if len(self) < _REMEMBERED:
            self[word] = found
        return found

    def ids(self, words: Sequence[str]) -> Ints:
        """Ids of words, one each."""
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))


def hashed(ids: Ints, bits: int) -> Ints:
    """The place of each pair of neighbours in a table of `2 ** bits`."""
    key = ids.astype(np.uint64)
    key = (key[:-1] * _SHIFT + key[1:]) * _FACTOR
    return (key >> np.uint64(64 - bits)).astype(np.int64)


class Gate:
    """A classifier that is ready to look.

    Attributes:
        vocabulary: The words it knows.
        bias: Nats for a text of no words.
    """

    def __init__(
        self, words: Sequence[str], single: Floats, pair: NDArray[np.int8], step: float, bias: float
    ) -> None:
        self.vocabulary = Vocabulary(words)
        self.bias = bias
        self._single = single.astype(np.float32)
        self._pair = pair
        self._step = step
        self._bits = len(pair).bit_length() - 1

    def __call__(self, words: Sequence[str]) -> Floats:
        """Nats that each block of `BLOCK` words says for being spun."""
        if not words:
            return np.zeros(0)
        ids = self.vocabulary.ids(words)
        told = self._single[ids]
        told[1:] += self._step * self._pair[hashed(ids, self._bits)]
        return np.add.reduceat(told, np.arange(0, len(ids), BLOCK)).astype(np.float64)

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Read a classifier from a file of NumPy arrays.

        Raises:
            ModelError: if the file is none, or damaged.
            OSError: if it cannot be read.
        """
        try:
            with np.load(path, allow_pickle=False) as data:
                words = data["words"].tobytes().decode().split("\n")
                single, pair = data["single"], data["pair"]
                step, bias = data["scale"].tolist()
        except (BadZipFile, KeyError, ValueError) as error:
            raise ModelError(f"damaged classifier file: {error}") from error
        return cls(words, single.astype(np.float64) * step, pair, step, bias)


def strongest(blocks: Floats) -> float:
    """Nats of the whole text, or of its strongest stretch if only a part may be spun."""
    if not len(blocks):
        return 0.0
    totals = np.concatenate([[0.0], np.cumsum(blocks)])
    stretch = float(np.max(totals[1:] - np.minimum.accumulate(totals[:-1])))
    return max(float(totals[-1]), stretch - _PART)
