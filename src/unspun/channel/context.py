"""What may have stood in a place, told by the words around it and the rest of the document.

The language model sees three words back. This model sees three words on either side one by one,
the nine behind them and all up to 150 as sums of word vectors, each side by itself and the phrase
in question in none of them; one hidden layer turns them into a vector, and each phrase of the
table, and each spun phrase taken as it stands, has a vector of its own, whose product with it says
how well it fits. It was trained to tell, of all that a spinner may have written one phrase for,
what stood there (`tools/train_context.py`; the words around as in word2vec's continuous bag of
words, Mikolov et al., ICLR 2013; the choice among candidates as in Melamud et al., "context2vec",
CoNLL 2016).
"""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import NamedTuple, Self
from zipfile import BadZipFile
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel.decoder import Arrays
from unspun.errors import ModelError

_kernel = kernels.load("unspun.channel._context", revision=3)

Ints = NDArray[np.int64]
Float32s = NDArray[np.float32]
Floats = NDArray[np.float64]

CLOSE = 3  # words on either side, one by one
NEAR = 12  # words on either side up to which those behind them are summed
FAR = 150  # words on either side that tell of the subject
PARTS = 2 * CLOSE + 4  # vectors that are laid side by side
_PRODUCTS = 500_000  # that OpenBLAS forms at once without a second thread (it asks for 2^19)


class Weights(NamedTuple):
    """The model's arrays; what is whole numbers counts in steps.

    Attributes:
        words: (words, width) the vector of each of the language model's commonest words, by id.
        first: (PARTS * width, hidden) and
        bias: (hidden,) of the hidden layer.
        second: (hidden, size) from the hidden layer to the vector of a place.
        phrases: (phrases, size) the vector of each phrase.
        prior: (phrases,) how common each is.
        amends: (phrases,) nats by which a decoder thinks too little of each.
        steps: one step of `words`, and of `phrases`.
    """

    words: NDArray[np.int8]
    first: NDArray[np.float16]
    bias: NDArray[np.float16]
    second: NDArray[np.float16]
    phrases: NDArray[np.int8]
    prior: NDArray[np.float16]
    amends: NDArray[np.float16]
    steps: Float32s


class Line(NamedTuple):
    """A document as it is read for now: one row of words.

    Attributes:
        words: Their ids, -1 for those that the language model does not know.
        left: For each node of the lattice, how many words stand before it.
        right: For each node, the first word behind it.
    """

    words: Ints
    left: Ints
    right: Ints


class Context:
    """The model, for the phrases of one channel.

    Attributes:
        weights: Its arrays.
        rows: The row of each phrase; originals and spun phrases apart.
    """

    def __init__(self, weights: Weights, originals: Sequence[str], spun: Sequence[str]) -> None:
        self.weights = weights
        count = len(originals)
        self.rows = (
            {phrase: row for row, phrase in enumerate(originals)},
            {phrase: row for row, phrase in enumerate(spun, count)},
        )
        self._vectors = np.zeros((len(weights.words) + 1, weights.words.shape[1]), np.float32)
        self._vectors[:-1] = weights.words * weights.steps[0]
        self._first = weights.first.astype(np.float32)
        self._second = weights.second.astype(np.float32)

    @classmethod
    def open(cls, path: str | PathLike[str], originals: Sequence[str], spun: Sequence[str]) -> Self:
        """Read a model from a file of NumPy arrays.

        Args:
            path: The file.
            originals: The original phrases of the channel that it was trained for, in order.
            spun: Its spun phrases, in order.

        Raises:
            ModelError: if the file is none, damaged, or of another channel.
            OSError: if it cannot be read.
        """
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as data:
                arrays = dict(data)
            arrays.setdefault("amends", np.zeros_like(arrays["prior"]))  # not fitted yet
            weights = Weights._make(arrays[name] for name in Weights._fields)
            of = int(arrays["of"])
        except (BadZipFile, KeyError, ValueError) as error:
            raise ModelError(f"damaged model of contexts: {error}") from error
        if of != fingerprint(originals, spun):
            raise ModelError("this model of contexts was trained for another channel")
        return cls(weights, originals, spun)

    def save(self, path: str | PathLike[str]) -> None:
        """Write the model to a file.

        Raises:
            OSError: if it cannot be written.
        """
        of = np.array(fingerprint(*map(list, self.rows)), np.uint32)
        np.savez_compressed(path, of=of, **self.weights._asdict())

    def places(self, words: Ints, first: Ints, last: Ints) -> Float32s:
        """The vectors of places.

        Args:
            words: A document's words, -1 for unknown ones.
            first: The first word of each place, in `words`.
            last: One past its last.
        """
        rows = around(words, first, last, self._vectors)
        hidden = _product(rows, self._first) + self.weights.bias
        return _product(np.maximum(hidden, 0.0), self._second)

    def odds(self, places: Float32s, taken: Ints, kept: Ints) -> Floats:
        """Nats by which an original fits a place better than the spun phrase as it stands.

        Args:
            places: Vectors of places.
            taken: The row of an original for each, or -1.
            kept: The row of the spun phrase, or -1.
        """
        both = np.flatnonzero((taken >= 0) & (kept >= 0))
        weights = self.weights
        apart = weights.phrases[taken[both]].astype(np.float32) - weights.phrases[kept[both]]
        out = np.zeros(len(taken))
        out[both] = (apart * places[both]).sum(axis=1) * weights.steps[1]
        return out


def around(words: Ints, first: Ints, last: Ints, vectors: Float32s) -> Float32s:
    """The vectors of what stands around places, side by side; see `Context.places`.

    Args:
        words: A document's words.
        first: The first word of each place.
        last: One past its last.
        vectors: The vector of each word; the last is that of no word.
    """
    if _kernel is None:
        return around_plain(words, first, last, vectors)
    out = np.empty((len(first), PARTS * vectors.shape[1]), np.float32)
    _kernel.around(words, first, last, vectors, vectors.shape[1], CLOSE, NEAR, FAR, out)
    return out


def around_plain(words: Ints, first: Ints, last: Ints, vectors: Float32s) -> Float32s:
    """What `around` gives, without the compiled kernel."""
    known = np.where(words < len(vectors) - 1, words, -1)
    bounds, total = spans(first, last, len(words)), running(vectors.take(known, axis=0))
    near = np.append(known, -1).take(close(first, last, len(words)))
    out = np.empty((len(first), PARTS, vectors.shape[1]), np.float32)
    out[:, : 2 * CLOSE] = vectors.take(near, axis=0)
    for part, (begin, end) in enumerate(bounds, 2 * CLOSE):
        width = np.sqrt(np.maximum(end - begin, 1))[:, None]
        out[:, part] = (total.take(end, axis=0) - total.take(begin, axis=0)) / width
    return out.reshape(len(first), PARTS * vectors.shape[1])


def _product(rows: Float32s, matrix: Float32s) -> Float32s:
    """Their product by a few rows at a time: threads that wait cost more than they give."""
    few = max(_PRODUCTS // matrix.size, 1)
    out = np.empty((len(rows), matrix.shape[1]), np.float32)
    for start in range(0, len(rows), few):
        at = min(start, max(len(rows) - few, 0))  # a single row would be summed otherwise
        np.matmul(rows[at : at + few], matrix, out=out[at : at + few])
    return out


def fingerprint(originals: Sequence[str], spun: Sequence[str]) -> int:
    """A number for a channel's phrases."""
    return crc32("\n".join([*originals, "", *spun]).encode())


def running(vectors: Float32s) -> Floats:
    """Sums of all vectors before each place."""
    total = np.zeros((len(vectors) + 1, vectors.shape[1]))
    np.cumsum(vectors, axis=0, dtype=np.float64, out=total[1:])
    return total


def close(first: Ints, last: Ints, count: int) -> Ints:
    """The words next to each place, those before it first, nearest first; `count` for none."""
    step = np.arange(CLOSE)
    before, behind = first[:, None] - 1 - step, last[:, None] + step
    both = np.concatenate([np.where(before < 0, count, before), np.minimum(behind, count)], axis=1)
    return np.asarray(both)


def spans(first: Ints, last: Ints, count: int) -> list[tuple[Ints, Ints]]:
    """First word, and one past the last, of what is summed: before and behind, near, then far."""
    before, behind = np.maximum(first - CLOSE, 0), np.minimum(last + CLOSE, count)
    pairs = [
        [(np.maximum(first - reach, 0), before), (behind, np.minimum(last + reach, count))]
        for reach in (NEAR, FAR)
    ]
    return [side for pair in pairs for side in pair]


def line_of(table: Arrays, arcs: Ints, openings: Sequence[bool], start: int) -> Line:
    """A document as one of its readings has it.

    Args:
        table: All readings.
        arcs: Those that are chosen, in any order.
        openings: Whether each segment opens a paragraph.
        start: The id that stands before a paragraph.
    """
    if _kernel is None or not len(table.start):
        return line_plain(table, arcs, openings, start)
    rows = table.start, table.end, table.size, table.segment, table.words, arcs
    parts = _kernel.line(*rows, np.array(openings, np.bool_), table.nodes, start)
    return Line._make(np.frombuffer(part, np.int64) for part in parts)


def line_plain(table: Arrays, arcs: Ints, openings: Sequence[bool], start: int) -> Line:
    """What `line_of` gives, without the compiled kernel."""
    arcs = arcs[np.argsort(table.start[arcs], kind="stable")]
    size = table.size[arcs].astype(np.int64)
    segment = table.segment[arcs]
    opens = (np.diff(segment, prepend=-1) > 0) & np.array(openings, np.bool_)[segment]
    begin = np.cumsum(size + opens) - size
    words = np.full(int((size + opens).sum()), start, np.int64)
    row, within = _counted(size)
    words[begin[row] + within] = table.words[arcs[row], within]
    span = (table.end - table.start)[arcs].astype(np.int64)
    row, within = _counted(span)
    node = table.start[arcs[row]] + within
    left, right = np.zeros(table.nodes, np.int64), np.zeros(table.nodes, np.int64)
    left[node] = begin[row]
    right[node] = np.where(within > 0, (begin + size)[row], begin[row])
    ends = np.flatnonzero(np.diff(segment, append=-1))
    right[table.end[arcs[ends]]] = (begin + size)[ends]
    return Line(words, left, right)


def _counted(sizes: Ints) -> tuple[Ints, Ints]:
    """For each of so many things of a row: the row, and the number in it."""
    row = np.repeat(np.arange(len(sizes)), sizes)
    return row, np.arange(len(row)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
