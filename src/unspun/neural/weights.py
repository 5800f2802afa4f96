"""The weights of a network, from a file in GGUF.

GGUF is the format of ggml and llama.cpp (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
Of its architectures Llama's is read, whatever its size and quantisation.
"""

from __future__ import annotations

from collections.abc import Callable
from os import PathLike
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.errors import ModelError
from unspun.extras import need
from unspun.neural.arithmetic import Matrix, matrix

Float32s = NDArray[np.float32]

_ARCHITECTURE = "llama"
_TOKENIZER, _CUTS = "gpt2", ("smollm", "gpt-2", "default")  # byte-level BPE, and how text is cut
_BETWEEN = "<|endoftext|>"  # stood between texts in training; what begins a chat may not
_FIRST = "tokenizer.ggml.bos_token_id"


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
    gguf = need("gguf", "a rescorer", "neural")
    try:
        reader = gguf.GGUFReader(path)
        tokens = _tokens(reader.fields)
        return _weights(reader.tensors, reader.fields, gguf.quants.dequantize), tokens
    except (ValueError, KeyError, IndexError) as error:
        raise ModelError(f"cannot read {path} as a model in GGUF: {error}") from error


def _weights(tensors: Any, fields: Any, dequantize: Callable[..., Any]) -> Weights:  # noqa: ANN401
    of = _told(fields, "general.architecture")
    if of != _ARCHITECTURE:
        raise ModelError(f"a model of the architecture {of!r}; only {_ARCHITECTURE!r} is read")
    found = {
        tensor.name.removesuffix(".weight"): np.asarray(
            dequantize(tensor.data, tensor.tensor_type), np.float32
        )
        for tensor in tensors
    }
    heads, groups = (
        int(_told(fields, f"llama.attention.head_count{kind}")) for kind in ("", "_kv")
    )
    words = matrix(found["token_embd"])
    return Weights(
        words,
        tuple(
            _layer({name: found[f"blk.{number}.{name}"] for name in _PARTS}, heads, groups)
            for number in range(int(_told(fields, "llama.block_count")))
        ),
        found["output_norm"],
        matrix(found["output"]) if "output" in found else words,
        heads,
        groups,
        float(_told(fields, "llama.rope.freq_base")),
        float(_told(fields, "llama.attention.layer_norm_rms_epsilon")),
    )


_PARTS = (
    "attn_norm", "attn_q", "attn_k", "attn_v", "attn_output",
    "ffn_norm", "ffn_gate", "ffn_up", "ffn_down",
)  # fmt: skip


def _layer(part: dict[str, Float32s], heads: int, groups: int) -> Layer:
    queries, keys = _halved(part["attn_q"], heads), _halved(part["attn_k"], groups)
    return Layer(
        part["attn_norm"],
        matrix(np.concatenate([queries, keys, part["attn_v"]])),
        matrix(part["attn_output"]),
        part["ffn_norm"],
        matrix(np.concatenate([part["ffn_gate"], part["ffn_up"]])),
        matrix(part["ffn_down"]),
    )


def _halved(matrix: Float32s, heads: int) -> Float32s:
    """GGUF has the two coordinates that turn together side by side; here they lie a half apart."""
    parts = matrix.reshape(heads, -1, 2, matrix.shape[1])
    return parts.swapaxes(1, 2).reshape(matrix.shape)


def _tokens(fields: Any) -> Tokens:  # noqa: ANN401
    kind, cut = _told(fields, "tokenizer.ggml.model"), _told(fields, "tokenizer.ggml.pre")
    if kind != _TOKENIZER or cut not in _CUTS:
        raise ModelError(f"a tokenizer {kind!r} that cuts as {cut!r}; read are {_CUTS}")
    pairs = [merge.split(" ", 1) for merge in _told(fields, "tokenizer.ggml.merges")]
    names = _told(fields, "tokenizer.ggml.tokens")
    return Tokens(
        names,
        [(left, right) for left, right in pairs],
        names.index(_BETWEEN) if _BETWEEN in names else int(_told(fields, _FIRST)),
        cut == "smollm",
    )


def _told(fields: Any, name: str) -> Any:  # noqa: ANN401
    if name not in fields:
        raise ModelError(f"the model does not tell its {name}")
    return fields[name].contents()
