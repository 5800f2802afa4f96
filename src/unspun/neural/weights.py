"""The weights of a network, from a file in GGUF.

Of the architectures that such files hold Llama's is read, whatever its size and quantisation.
"""

from __future__ import annotations

import math
from os import PathLike
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.errors import ModelError
from unspun.neural.arithmetic import Matrix, matrix
from unspun.neural.gguf import File

Float32s = NDArray[np.float32]

_ARCHITECTURE = "llama"
_TOKENIZER, _CUTS = "gpt2", ("smollm", "gpt-2", "default")  # byte-level BPE, and how text is cut
_BETWEEN = "<|endoftext|>"  # stood between texts in training; what begins a chat may not
_FIRST = "tokenizer.ggml.bos_token_id"
_WIDEST = 1 << 20  # coordinates, at most: so many are multiplied


class Layer(NamedTuple):
    """One layer.

    Attributes:
        before: (width,) scale of what goes into attention.
        attend: To the queries of all heads, the keys and the values of all groups.
        merge: From what was attended to.
        between: (width,) scale of what goes into the feed-forward part.
        widen: To the gate and what it lets through.
        narrow: Back.
    """

    before: Float32s
    attend: Matrix
    merge: Matrix
    between: Float32s
    widen: Matrix
    narrow: Matrix


class Weights(NamedTuple):
    """A decoder of Llama's kind (Touvron et al., 2023, arXiv:2302.13971).

    Attributes:
        words: Whose rows are the vectors of tokens.
        layers: The layers, the first first.
        last: (width,) scale behind them.
        output: To the odds of each token.
        heads: Queries of each token.
        groups: Keys and values of each token (Ainslie et al., "GQA", EMNLP 2023).
        period: Base of the wave lengths of positions (Su et al., "RoFormer", 2021).
        epsilon: What keeps a mean square from being 0.
    """

    words: Matrix
    layers: tuple[Layer, ...]
    last: Float32s
    output: Matrix
    heads: int
    groups: int
    period: float
    epsilon: float

    @property
    def size(self) -> int:
        """Of each query, key and value."""
        return len(self.last) // self.heads


class Tokens(NamedTuple):
    """What a tokenizer is made of.

    Attributes:
        names: The tokens, as byte-level BPE writes them.
        merges: Pairs of them that become one, the first first.
        first: The token that stands before a text.
        digits: Whether each digit is a token of its own.
    """

    names: list[str]
    merges: list[tuple[str, str]]
    first: int
    digits: bool


def read(path: str | PathLike[str]) -> tuple[Weights, Tokens]:
    """Read a network and its tokenizer.

    Raises:
        ConfigError: where the extra is not installed.
        ModelError: if the file is no GGUF, damaged, or of another architecture or tokenizer.
        OSError: if it cannot be read.
    """
    try:
        file = File(path)
        tokens = _tokens(file)
        return _weights(file, len(tokens.names)), tokens
    except ModelError as error:
        raise ModelError(f"cannot read {path} as a model in GGUF: {error}") from error


def _weights(file: File, vocabulary: int) -> Weights:
    of = file.value("general.architecture", str)
    if of != _ARCHITECTURE:
        raise ModelError(f"a model of the architecture {of!r}; only {_ARCHITECTURE!r} is read")
    last = file.tensor("output_norm.weight", 0)
    heads, groups = (file.value(f"llama.attention.head_count{kind}", int) for kind in ("", "_kv"))
    if min(heads, groups) < 1 or heads % groups or len(last) % (2 * heads):
        raise ModelError(f"{heads} heads in {groups} groups, of {len(last)} coordinates")
    layers = file.value("llama.block_count", int)
    period = file.value("llama.rope.freq_base", float)
    epsilon = file.value("llama.attention.layer_norm_rms_epsilon", float)
    if layers < 1 or not (0.0 < period < math.inf and 0.0 < epsilon < math.inf):
        raise ModelError(f"{layers} layers, of the period {period} and the epsilon {epsilon}")
    words = matrix(file.tensor("token_embd.weight", vocabulary, len(last)))
    odds = "output.weight"
    return Weights(
        words,
        tuple(_layer(file, f"blk.{number}", len(last), heads, groups) for number in range(layers)),
        last,
        matrix(file.tensor(odds, vocabulary, len(last))) if odds in file else words,
        heads,
        groups,
        period,
        epsilon,
    )


def _layer(file: File, name: str, width: int, heads: int, groups: int) -> Layer:
    def read(part: str, *shape: int) -> Float32s:
        return file.tensor(f"{name}.{part}.weight", *shape)

    shared = width // heads * groups
    queries, keys = read("attn_q", width, width), read("attn_k", shared, width)
    gate = read("ffn_gate", 0, width)
    if max(len(gate), width) > _WIDEST:
        raise ModelError(f"a layer of {max(len(gate), width)} coordinates")
    turned = _halved(queries, heads), _halved(keys, groups), read("attn_v", shared, width)
    return Layer(
        read("attn_norm", width),
        matrix(np.concatenate(turned)),
        matrix(read("attn_output", width, width)),
        read("ffn_norm", width),
        matrix(np.concatenate([gate, read("ffn_up", len(gate), width)])),
        matrix(read("ffn_down", width, len(gate))),
    )


def _halved(matrix: Float32s, heads: int) -> Float32s:
    """GGUF has the two coordinates that turn together side by side; here they lie a half apart."""
    parts = matrix.reshape(heads, -1, 2, matrix.shape[1])
    return parts.swapaxes(1, 2).reshape(matrix.shape)


def _tokens(file: File) -> Tokens:
    kind, cut = (file.value(f"tokenizer.ggml.{name}", str) for name in ("model", "pre"))
    if kind != _TOKENIZER or cut not in _CUTS:
        raise ModelError(f"a tokenizer {kind!r} that cuts as {cut!r}; read are {_CUTS}")
    names = file.texts("tokenizer.ggml.tokens")
    known = set(names)
    merges = []
    for merge in file.texts("tokenizer.ggml.merges"):
        left, _, right = merge.partition(" ")
        if not {left, right, left + right} <= known:
            raise ModelError(f"{merge!r} are no tokens that become one")
        merges.append((left, right))
    first = names.index(_BETWEEN) if _BETWEEN in known else file.value(_FIRST, int)
    if not 0 <= first < len(names):
        raise ModelError(f"a first token of the number {first}, of {len(names)}")
    return Tokens(names, merges, first, cut == "smollm")
