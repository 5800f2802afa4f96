"""How likely lines of a text are to begin in one way or another, given the lines before."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from unspun.extras import need
from unspun.neural import transformer, weights
from unspun.neural.transformer import Past, Seen
from unspun.neural.weights import Tokens, Weights

Floats = NDArray[np.float64]
Float32s = NDArray[np.float32]
Ints = NDArray[np.int64]

CHAPTER = 1024  # tokens of a text that are read together
_PACK = 256  # rows that are read at once


class Beginning(NamedTuple):
    """A line may begin like this.

    Attributes:
        line: Which line.
        text: Its beginning, up to the end of a word.
    """

    line: int
    text: str


class _Way(NamedTuple):
    """A beginning in tokens: with the text up to a place, and how it goes on from there.

    Attributes:
        place: Before which of the text's tokens it leaves the text.
        start: The first token of its line.
        tokens: How it goes on.
        number: Which beginning it is.
    """

    place: int
    start: int
    tokens: list[int]
    number: int


@dataclass(frozen=True)
class Reader:
    """A network that reads text.

    Attributes:
        weights: The network.
        tokens: What its tokenizer is made of.
    """

    weights: Weights
    tokens: Tokens

    @classmethod
    def open(cls, path: str | PathLike[str]) -> Self:
        """Read a model in GGUF.

        Raises:
            ConfigError: where the extra ``neural`` is not installed.
            ModelError: if the file is no such model.
            OSError: if it cannot be read.
        """
        return cls(*weights.read(path))

    @cached_property
    def _tokenizer(self) -> Any:  # noqa: ANN401 - of a package that may be missing
        package = need("tokenizers", "a rescorer", "neural")
        names, cutters = self.tokens.names, package.pre_tokenizers
        model = package.models.BPE(
            vocab={name: number for number, name in enumerate(names)}, merges=self.tokens.merges
        )
        tokenizer = package.Tokenizer(model)
        digits = [cutters.Digits(individual_digits=True)] if self.tokens.digits else []
        bytewise = cutters.ByteLevel(add_prefix_space=False, use_regex=True)
        tokenizer.pre_tokenizer = cutters.Sequence([*digits, bytewise])
        return tokenizer

    def _cut(self, texts: Sequence[str]) -> list[list[int]]:
        whole = [text.encode("utf-8", "replace").decode() for text in texts]  # no lone surrogates
        return [found.ids for found in self._tokenizer.encode_batch_fast(whole)]

    def nats(self, lines: Sequence[str], beginnings: Sequence[Beginning]) -> Floats:
        """How likely lines are to begin in one way or another.

        Args:
            lines: The text.
            beginnings: How some of its lines may begin, in any order.

        Returns:
            For each beginning the natural logarithm of its probability, given the lines before as
            they stand. A text of more than `CHAPTER` tokens is read in parts, as if each were all.
        """
        own = self._cut([f"{line}\n" for line in lines])
        starts = [0, *itertools.accumulate(map(len, own))]
        ways = []
        for number, tokens in enumerate(self._cut([begins.text for begins in beginnings])):
            line = beginnings[number].line
            same = _alike(own[line][:-1], tokens)
            ways.append(_Way(starts[line] + same, starts[line], tokens[same:], number))
        ways.sort()
        text = np.array(list(itertools.chain(*own)), np.int64)
        total = np.zeros(len(text) + 1)  # of what stands before each token
        out = np.zeros(len(ways))
        for first, last in _chapters(starts):
            if any(way.start < last and first <= way.place for way in ways):
                told, past = self._read(np.concatenate([[self.tokens.first], text[first:last]]))
                nats = self.weights.output.nats(told[:-1], text[first:last])
                total[first + 1 : last + 1] = total[first] + np.cumsum(nats)
                mine = [way for way in ways if first <= way.place < last and way.tokens]
                for pack in _packs(mine):
                    some = [way.number for way in pack]
                    out[some] = self._continued(pack, first, told, past)
        for way in ways:
            out[way.number] += total[way.place] - total[way.start]
        return out

    def _read(self, text: Ints) -> tuple[Float32s, Past]:
        """Read a text: what was made of each token."""
        past = Past.none(self.weights)
        told = []
        for start in range(0, len(text), _PACK):
            at = np.arange(start, min(start + _PACK, len(text)))
            seen = Seen(np.full(len(at), start, np.int64), np.zeros(len(at), np.int64))
            made, own = transformer.states(self.weights, text[at], at, seen, past)
            past = past.followed(own)
            told.append(made)
        return np.concatenate(told), past

    def _continued(self, pack: Sequence[_Way], first: int, told: Float32s, past: Past) -> Floats:
        """The nats of ways to go on, where a part of the text was read from its first token on."""
        sizes = np.array([len(way.tokens) for way in pack], np.int64)
        tokens = np.array([token for way in pack for token in way.tokens], np.int64)
        whose = np.repeat(np.arange(len(pack)), sizes)
        within = np.arange(len(tokens)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        # What begins all was read before the text.
        places = np.array([way.place - first + 1 for way in pack], np.int64)
        before = np.empty((len(tokens), told.shape[1]), np.float32)
        before[within == 0] = told[places - 1]
        read = within < sizes[whose] - 1  # what follows the last token is not asked
        if read.any():
            place, at = places[whose[read]], within[read]
            seen = Seen(place, np.arange(len(at)) - at)
            made, _ = transformer.states(
                self.weights, tokens[read], place + at, seen, past.until(int(place.max()))
            )
            before[within > 0] = made
        nats = self.weights.output.nats(before, tokens)
        return np.bincount(whose, nats).astype(np.float64)


def _chapters(starts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first token, and one past the last, of each part of a text that is read together.

    Args:
        starts: The first token of each line, and one past the last; longer lines are cut.
    """
    first = end = 0
    for start in starts:
        while start - first > CHAPTER:
            cut = end if end > first else first + CHAPTER
            yield first, cut
            first = end = cut
        end = start
    if end > first:
        yield first, end


def _packs(ways: Sequence[_Way]) -> Iterator[list[_Way]]:
    """Ways that are read at once."""
    pack: list[_Way] = []
    rows = 0
    for way in ways:
        if pack and rows + len(way.tokens) - 1 > _PACK:
            yield pack
            pack, rows = [], 0
        pack.append(way)
        rows += len(way.tokens) - 1
    if pack:
        yield pack


def _alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many tokens two rows of them begin with alike."""
    same = 0
    for left, right in zip(one, other):  # noqa: B905 - as far as both go
        if left != right:
            break
        same += 1
    return same
