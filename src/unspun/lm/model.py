"""Reading a model file and scoring n-grams with it, many at a time.

The file is one uncompressed run of arrays behind a JSON header (``lm/build.py`` writes it), mapped
into memory read-only, so that opening costs a millisecond and worker processes share the pages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from itertools import accumulate, pairwise
from math import fsum
from os import PathLike
from typing import Any, Self

import numpy as np
import orjson
from numpy.typing import NDArray

from unspun import kernels
from unspun.errors import ModelError
from unspun.lm import fuse
from unspun.lm.vocabulary import Vocabulary

_kernel = kernels.load("unspun.lm._ngrams", revision=3)

MAGIC = b"UNSPUNLM"
VERSION = 1
PAD = -1
_HEAD = 16  # bytes: the magic word, the version, the header's length
_BATCH = 16_384  # n-grams a round: the working arrays stay in the second-level cache

Int32s = NDArray[np.int32]
Float32s = NDArray[np.float32]

# Multipliers of a multilinear hash (Dietzfelbinger et al. 1997), by distance from the last word:
# odd 64-bit numbers from splitmix64 started at 1.
FACTORS = np.array(
    [
        0x910A2DEC89025CC1,
        0xBEEB8DA1658EEC67,
        0xF893A2EEFB32555F,
        0x71C18690EE42C90B,
        0x71BB54D8D101B5B9,
        0xC34D0BFF90150281,
    ],
    dtype=np.uint64,
)


def gram_keys(columns: Sequence[NDArray[np.uint64]]) -> NDArray[np.uint64]:
    """Hash n-grams given by columns of ids plus one, the last word first."""
    total: NDArray[np.uint64] = columns[0] * FACTORS[0]
    for column, factor in zip(columns[1:], FACTORS[1:], strict=False):
        total += column * factor
    return total


@dataclass(frozen=True, slots=True)
class _Table:
    """The n-grams of one order: fingerprints, and codes of probability and backoff weight."""

    shape: fuse.Shape
    prints: NDArray[np.uint16]
    codes: NDArray[np.unsignedinteger[Any]]
    logp: Float32s
    backoff: Float32s | None

    def find(self, keys: NDArray[np.uint64]) -> tuple[NDArray[np.intp], NDArray[Any]]:
        """Return which keys are held, and their codes."""
        mixed = fuse.mix(keys, self.shape.seed)
        one, two, three = fuse.cells_of(mixed, self.shape)
        prints = self.prints
        seen = prints.take(one)
        seen ^= prints.take(two)
        seen ^= prints.take(three)
        hits = (seen == fuse.fingerprints(mixed)).nonzero()[0]
        codes = self.codes
        found = codes.take(one.take(hits))
        found ^= codes.take(two.take(hits))
        found ^= codes.take(three.take(hits))
        return hits, found


class LanguageModel:
    """A backoff n-gram model of clean text.

    Attributes:
        order: longest n-gram, in words.
        size: n-grams held, of all orders.
        info: what the training script noted (counts, sources, settings).
    """

    def __init__(self, data: NDArray[np.uint8]) -> None:
        """Read a model from its bytes; ``open`` maps a file.

        Raises:
            ModelError: if the bytes are not a model of this version.
        """
        arrays, header = _parse(data)
        self.order: int = header["order"]
        self.size: int = sum(header["counts"])
        self.counts: tuple[int, ...] = tuple(header["counts"])
        self.info: dict[str, Any] = header["info"]
        self._arrays = arrays
        # Row 0 stands for no word at all.
        self._unigram = np.append(np.float32(0), arrays["unigram_logp"].astype(np.float32))
        self._unigram_backoff = np.append(
            np.float32(0), arrays["unigram_backoff"].astype(np.float32)
        )
        self._tables = [
            _Table(
                fuse.Shape(*header["shapes"][n - 2]),
                arrays[f"prints_{n}"],
                arrays[f"codes_{n}"],
                arrays[f"logp_{n}"],
                arrays.get(f"backoff_{n}"),
            )
            for n in range(2, self.order + 1)
        ]
        self._compiled = _compiled(self._unigram, self._unigram_backoff, self._tables)

    @classmethod
    def open(cls, path: str | PathLike[str] | Traversable) -> Self:
        """Map a model file into memory.

        Raises:
            ModelError: if the file is no model, or of another version.
            OSError: if it cannot be read.
        """
        if isinstance(path, (str, PathLike)):
            try:
                mapped = np.memmap(path, dtype=np.uint8, mode="r")
            except ValueError as error:  # an empty file cannot be mapped
                raise ModelError(f"this is no language model file: {error}") from error
            return cls(np.asarray(mapped))  # look-ups in the subclass cost twice as much
        return cls(np.frombuffer(path.read_bytes(), dtype=np.uint8))  # inside an archive

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The words and their ids, read on first use."""
        forms = self._arrays["forms"].tobytes().decode("utf-8").split("\n")
        lowered = np.arange(len(forms), dtype=np.int32)
        lowered[self._arrays["lowered_from"]] = self._arrays["lowered_to"]
        return Vocabulary(forms, lowered)

    @property
    def start(self) -> int:
        """The id that stands before a paragraph's first word."""
        return 0

    def encode(self, words: Sequence[str], *, initial: bool = False) -> Int32s:
        """Return the ids of words as ``tokenise`` cuts them.

        Args:
            words: tokens, in order.
            initial: whether the first opens a sentence or quotation (``Tokens.initial``), where
                'The' counts as 'the'; the places of the others follow from the word before.
        """
        return self.vocabulary.encode(words, initial=initial)

    def windows(self, ids: Int32s) -> Int32s:
        """Return the n-gram of each word of a paragraph: (len(ids), order), last column the word.

        The first word stands behind the start id, and what would lie before that is -1.
        """
        front = self.order - 1
        padded = np.empty(front + len(ids), np.int32)
        padded[:front] = PAD
        padded[front - 1 : front] = self.start
        padded[front:] = ids
        size = padded.itemsize
        return np.ndarray((len(ids), self.order), np.int32, padded, 0, (size, size))

    def logprob(self, text: str) -> float:
        """Return the natural logarithm of a paragraph's probability, given that it starts.

        Words that the vocabulary lacks count as their class (``<unk>``, ``<Unk>``, ``<num>`` ...),
        so two texts can only be compared where their unknown words are alike.
        """
        return self.logprobs([text])[0][0]

    def logprobs(self, texts: Sequence[str]) -> list[tuple[float, int]]:
        """Return what `logprob` says of each of several paragraphs, and how many words it has.

        Many at a time take a fraction of what they take one by one.
        """
        if self._compiled is not None:
            return self.vocabulary.read(texts, _kernel, self._compiled, self.start)
        ids = self.vocabulary.encode_texts(texts)
        return list(zip(self._totals(ids), map(len, ids), strict=True))

    def _totals(self, paragraphs: Sequence[Int32s]) -> list[float]:
        """Return the log-probability of each paragraph, given by ids."""
        if not paragraphs:
            return []
        scores = self.score(np.concatenate([self.windows(ids) for ids in paragraphs]))
        ends = [0, *accumulate(map(len, paragraphs))]
        return [fsum(scores[a:b].tolist()) for a, b in pairwise(ends)]

    def score(self, ngrams: Int32s) -> Float32s:
        """Return the natural logarithm of p(last word | words before it) for each row.

        Args:
            ngrams: (n, width) ids, ``width`` at most ``order``; -1 on the left where the context
                is shorter.

        Raises:
            ValueError: if rows are wider than the model's order.
        """
        width = ngrams.shape[1]
        if not 1 <= width <= self.order:
            raise ValueError(f"n-grams of {width} words asked of a model of order {self.order}")
        if self._compiled is None:
            return self.score_plain(ngrams)
        out = np.empty(len(ngrams), dtype=np.float32)
        self._compiled.score(np.ascontiguousarray(ngrams, np.int32), width, out)
        return out

    def score_plain(self, ngrams: Int32s) -> Float32s:
        """What `score` says, without the compiled kernel."""
        out = np.empty(len(ngrams), dtype=np.float32)
        for begin in range(0, len(ngrams), _BATCH):
            rows = ngrams[begin : begin + _BATCH]
            table = np.ascontiguousarray(rows.T[::-1]).astype(np.int64)  # the last word first
            table += 1
            out[begin : begin + _BATCH] = self._score(table)
        return out

    def _score(self, table: NDArray[np.int64]) -> Float32s:
        """Find each row's longest n-gram held, then the backoff weights of the longer contexts.

        Args:
            table: (width, n) ids plus one, the last word first.
        """
        columns = list(table.view(np.uint64))
        total: Float32s = self._unigram.take(table[0])
        matched = np.ones(len(total), dtype=np.int8)
        if len(columns) == 1:
            return total
        alive = table[1].nonzero()[0]
        keys = columns[0].take(alive)
        keys *= FACTORS[0]
        for n in range(2, len(columns) + 1):
            keys += columns[n - 1].take(alive) * FACTORS[n - 1]
            order = self._tables[n - 2]
            hits, codes = order.find(keys)
            alive = alive.take(hits)
            total[alive] = order.logp.take(codes & 0xFF)
            matched[alive] = n
            if n < len(columns):
                more = table[n].take(alive).nonzero()[0]
                alive, keys = alive.take(more), keys.take(hits.take(more))
        self._back_off(total, matched, table)
        return total

    def _back_off(
        self, total: Float32s, matched: NDArray[np.int8], table: NDArray[np.int64]
    ) -> None:
        """Add the weights of the contexts that are longer than what was found."""
        columns = list(table.view(np.uint64))
        alive = ((matched == 1) & (table[1] != 0)).nonzero()[0]
        total[alive] += self._unigram_backoff.take(table[1].take(alive))
        for length in range(2, len(columns)):
            fresh = (matched == length).nonzero()[0]
            alive = np.concatenate([alive, fresh])
            alive = alive.take(table[length].take(alive).nonzero()[0])
            keys = gram_keys([column.take(alive) for column in columns[1 : length + 1]])
            order = self._tables[length - 2]
            hits, codes = order.find(keys)
            alive = alive.take(hits)
            if order.backoff is not None:
                total[alive] += order.backoff.take(codes >> 8)


def _compiled(unigram: Float32s, backoff: Float32s, tables: Sequence[_Table]) -> Any:  # noqa: ANN401
    """The compiled search over the same arrays, or None where there is none."""
    if _kernel is None or len(tables) >= len(FACTORS):
        return None
    rows = tuple(
        (t.shape.seed, t.shape.segment, t.shape.starts, t.prints, t.codes, t.logp, t.backoff)
        for t in tables
    )
    return _kernel.Model(unigram, backoff, rows)


def _parse(data: NDArray[np.uint8]) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Split a file into its arrays, without copying them."""
    head = data[:_HEAD].tobytes()
    if head[: len(MAGIC)] != MAGIC or len(head) < _HEAD:
        raise ModelError("this is no language model file: it does not begin with UNSPUNLM")
    version, length = np.frombuffer(head, dtype="<u4", offset=8).tolist()
    if version != VERSION:
        raise ModelError(f"language model of version {version}; this release reads {VERSION}")
    try:
        header = orjson.loads(data[_HEAD : _HEAD + length].tobytes())
        places = header["arrays"].items()
    except (orjson.JSONDecodeError, KeyError) as error:
        raise ModelError(f"the header of this language model is damaged: {error}") from error
    arrays = {}
    for name, (kind, count, offset) in places:
        size = np.dtype(kind).itemsize * count
        if offset + size > len(data):
            raise ModelError(f"language model cut short: {name} ends beyond the file")
        arrays[name] = data[offset : offset + size].view(kind)
    return arrays, header
