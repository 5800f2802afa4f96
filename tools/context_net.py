"""The network of `train_context.py` while it learns, and one step of its learning.

What is sparse in a step is compiled (`context_net.c`): one thread and one order of sums, so that
the same machine makes the same weights.
"""

from __future__ import annotations

import ctypes
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import numpy as np
from context_examples import Candidates, Examples
from numpy.typing import NDArray

from unspun.channel.context import CLOSE, FAR, PARTS, Weights, close, spans

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Float32s = NDArray[np.float32]

WORDS, WIDTH, HIDDEN, SIZE = 20_000, 48, 128, 48
STEP = 0.05  # of AdaGrad; Adam's is smaller by
FINER = 0.04
QUANTUM = 0.3  # root mean squares in a step of the file

ARRAYS = ("words", "first", "bias", "second", "phrases", "prior")
LEARNED = {"words": 1.0, "phrases": 1.0, "prior": 2.0}  # squares of a model that goes on learning

_COMPILE = ("cc", "-O3", "-march=native", "-ffast-math", "-fPIC", "-c")
_LINK = ("cc", "-shared")  # without -ffast-math, which would take small numbers from the process


def compiled() -> ctypes.CDLL:
    """The kernel, for this machine."""
    with tempfile.TemporaryDirectory() as folder:
        parts, library = Path(folder) / "context_net.o", Path(folder) / "context_net.so"
        source = Path(__file__).with_suffix(".c")
        subprocess.run([*_COMPILE, source, "-o", parts], check=True)  # noqa: S603
        subprocess.run([*_LINK, parts, "-o", library, "-lm"], check=True)  # noqa: S603
        return ctypes.CDLL(str(library))


_kernel = compiled()


def _at(array: NDArray[np.generic]) -> ctypes.c_void_p:
    """Where an array lies."""
    assert array.flags.c_contiguous  # noqa: S101
    return ctypes.c_void_p(array.ctypes.data)


def _long(number: int) -> ctypes.c_int64:
    return ctypes.c_int64(number)


@dataclass(frozen=True, slots=True)
class Text:
    """Words as ids, the block of each, the examples in them, and where each one's nats begin.

    Attributes:
        ids: Words.
        blocks: The block of each.
        examples: Places, in order.
        said: Nats of each candidate of each example, without the context.
        begins: Where in them those of each example begin.
    """

    ids: NDArray[np.int32]
    blocks: NDArray[np.int32]
    examples: Examples
    said: NDArray[np.float16]
    begins: Ints


class Learned(NamedTuple):
    """What a step came to: nats lost, right choices, places."""

    loss: float
    right: int
    places: int


class Net:
    """The weights while they learn."""

    def __init__(self, phrases: int, rng: np.random.Generator) -> None:
        def drawn(*shape: int, by: float) -> Float32s:
            return (rng.normal(size=shape) * by).astype(np.float32)

        self.words = drawn(WORDS + 1, WIDTH, by=0.1)
        self.words[-1] = 0.0
        self.first = drawn(PARTS * WIDTH, HIDDEN, by=1.5 / np.sqrt(PARTS * WIDTH))
        self.bias = np.zeros(HIDDEN, np.float32)
        self.second = drawn(HIDDEN, SIZE, by=1 / np.sqrt(HIDDEN))
        self.phrases = drawn(phrases, SIZE, by=0.02)
        self.prior = np.zeros((phrases, 1), np.float32)
        sparse = {"words": 0.01, "phrases": 0.01, "prior": 0.1}
        self.slopes = {name: np.zeros_like(getattr(self, name)) for name in sparse}
        self._squares = {
            name: np.full(len(getattr(self, name)), first, np.float32)
            for name, first in sparse.items()
        }
        self._moments = {
            name: np.zeros((2, *getattr(self, name).shape), np.float32)
            for name in ("first", "bias", "second")
        }
        self._steps = 0

    def resume(self, weights: Weights) -> None:
        """Take over a model that has learned before."""
        word_step, phrase_step = weights.steps.tolist()
        self.words[:-1] = weights.words * np.float32(word_step)
        self.first[:], self.bias[:], self.second[:] = weights.first, weights.bias, weights.second
        self.phrases[:] = weights.phrases * np.float32(phrase_step)
        self.prior[:, 0] = weights.prior
        for name, square in LEARNED.items():
            self._squares[name][:] = square

    @classmethod
    def averaged(cls, nets: Sequence[Self]) -> Self:
        """The mean of nets that went on from one (Wortsman et al., "Model soups", ICML 2022)."""
        mean = cls(len(nets[0].prior), np.random.default_rng(0))
        for name in ARRAYS:
            getattr(mean, name)[:] = np.mean([getattr(net, name) for net in nets], axis=0)
        return mean

    def sparse(self, name: str, rate: float) -> None:
        """AdaGrad for the rows of an array that have slopes, one rate a row."""
        rows, slopes, squares = getattr(self, name), self.slopes[name], self._squares[name]
        size = _long(len(rows)), _long(rows.shape[1])
        _kernel.adagrad(_at(rows), _at(slopes), _at(squares), *size, ctypes.c_float(rate))

    def dense(self, slopes: dict[str, Float32s], rate: float) -> None:
        """Adam for whole arrays."""
        self._steps += 1
        for name, slope in slopes.items():
            one, two = self._moments[name]
            one += 0.1 * (slope - one)
            two += 0.01 * (slope**2 - two)
            mean, square = one / (1 - 0.9**self._steps), two / (1 - 0.99**self._steps)
            array = getattr(self, name)
            array -= rate * mean / (np.sqrt(square) + 1e-6)

    def weights(self) -> Weights:
        """The model as the file has it."""
        word_step, phrase_step = (
            QUANTUM * float(np.sqrt((part**2).mean())) for part in (self.words, self.phrases)
        )
        half = np.float16
        return Weights(
            np.clip(np.round(self.words[:-1] / word_step), -127, 127).astype(np.int8),
            self.first.astype(half),
            self.bias.astype(half),
            self.second.astype(half),
            np.clip(np.round(self.phrases / phrase_step), -127, 127).astype(np.int8),
            self.prior[:, 0].astype(half),
            np.zeros(len(self.prior), half),
            np.array([word_step, phrase_step], np.float32),
        )


class Places:
    """The places of one step: what is seen around them, and the way back."""

    def __init__(self, net: Net, text: Text, begin: int, end: int, keep: Bools) -> None:
        first, last = max(begin - FAR, 0), min(end + FAR, len(text.ids))
        bounds = np.searchsorted(text.examples.place, [begin, end])
        self.examples = text.examples.take(np.arange(*bounds))
        self.said = text.said[slice(*text.begins[bounds])].astype(np.float32)
        ids = text.ids[first:last].astype(np.int64)
        self._known = np.where((ids < WORDS) & keep[: len(ids)], ids, WORDS)
        edges = np.flatnonzero(np.diff(text.blocks[first:last])) + 1
        edges = np.concatenate([[0], edges, [len(ids)]])
        place = self.examples.place - first
        block = np.searchsorted(edges, place, side="right") - 1
        low, high = edges[block], edges[block + 1]
        after = place + self.examples.size
        around = close(place, after, len(ids))
        around[(around < low[:, None]) | (around >= high[:, None])] = len(ids)
        self._around = np.append(self._known, WORDS)[around]
        pairs = [
            [np.clip(bound, low, high) for bound in pair] for pair in spans(place, after, len(ids))
        ]
        self._low, self._high = (np.stack(side, axis=1) for side in zip(*pairs, strict=True))
        widths = np.sqrt(np.maximum(self._high - self._low, 1))
        self._scale = (1.0 / widths).astype(np.float32)
        self._total = np.empty((len(ids) + 1, WIDTH))
        self.seen = np.empty((len(place), PARTS * WIDTH), np.float32)
        self._call(_kernel.gather, net.words, self.seen)

    def _call(self, function: ctypes._NamedFuncPointer, one: Float32s, other: Float32s) -> None:
        """Call a function of the kernel on vectors and what is seen of them."""
        known, around = self._known, self._around
        function(
            _at(one), _at(known), _long(len(known)), _long(WIDTH),
            _at(around), _long(2 * CLOSE), _at(self._low), _at(self._high), _at(self._scale),
            _long(PARTS - 2 * CLOSE), _long(len(around)), _at(self._total), _at(other),
        )  # fmt: skip

    def back(self, slopes: Float32s, out: Float32s) -> None:
        """Add what the words' vectors have to learn."""
        self._call(_kernel.spread, slopes, out)
        out[-1] = 0.0


def step(net: Net, places: Places, candidates: Candidates, rate: float) -> Learned:
    """Learn from the places, if there is a rate."""
    seen, examples = places.seen, places.examples
    before = seen @ net.first + net.bias
    hidden = np.maximum(before, 0.0)
    told = hidden @ net.second
    to_told = np.zeros_like(told)
    loss, right = ctypes.c_double(), ctypes.c_int64()
    begins, counts = candidates.begins[examples.form], candidates.counts[examples.form]
    _kernel.choose(
        _at(net.phrases), _at(net.prior), _long(SIZE), _at(told), _at(begins), _at(counts),
        _at(candidates.phrases), _at(places.said), _at(examples.truth), _long(len(told)),
        ctypes.c_int(rate > 0), _at(to_told), _at(net.slopes["phrases"]), _at(net.slopes["prior"]),
        ctypes.byref(loss), ctypes.byref(right),
    )  # fmt: skip
    if rate:
        to_hidden = to_told @ net.second.T
        to_hidden[before <= 0] = 0.0
        places.back(to_hidden @ net.first.T, net.slopes["words"])
        share_of = np.float32(8.0 / len(seen))
        dense = {
            "first": seen.T @ to_hidden * share_of,
            "bias": to_hidden.sum(axis=0) * share_of,
            "second": hidden.T @ to_told * share_of,
        }
        net.dense(dense, rate * FINER)
        net.sparse("words", rate)
        net.sparse("phrases", rate)
        net.sparse("prior", 2 * rate)
    return Learned(loss.value, right.value, len(told))
