"""A small network in GGUF, of random weights, and what it says, told in the plainest way."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import gguf
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

WIDTH, INNER, HEADS, GROUPS, LAYERS = 32, 64, 4, 2, 2
SIZE = WIDTH // HEADS
PERIOD, EPSILON = 100.0, 1e-5
MERGES = [("t", "h"), ("th", "e"), ("Ġ", "the"), ("i", "n"), ("Ġ", "a"), ("Ċ", "Ċ")]


def letters() -> list[str]:
    """The 256 bytes as byte-level BPE writes them (Radford et al., GPT-2, 2019)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in plain]
    shown = {byte: chr(byte) for byte in plain}
    shown |= {byte: chr(256 + number) for number, byte in enumerate(others)}
    return [shown[byte] for byte in range(256)]


NAMES = ["<|endoftext|>", *letters(), *(left + right for left, right in MERGES)]


class Network(NamedTuple):
    """The tensors, as the file has them."""

    tensors: dict[str, Floats]

    def nats(self, tokens: list[int]) -> list[float]:
        """The natural logarithm of each token's probability behind those before it."""
        words = eight_bits(self.tensors["token_embd"])
        x = np.array([words[token] for token in tokens])
        for number in range(LAYERS):
            x = self._layer({
                name.removeprefix(f"blk.{number}."): tensor
                for name, tensor in self.tensors.items()
                if name.startswith(f"blk.{number}.")
            }, x)  # fmt: skip
        odds = _through(_scaled(x, self.tensors["output_norm"]), self.tensors["token_embd"])
        told = odds - np.log(np.exp(odds).sum(axis=1, keepdims=True))
        return [float(told[at - 1, token]) for at, token in enumerate(tokens)][1:]

    @staticmethod
    def _layer(of: dict[str, Floats], x: Floats) -> Floats:
        y = _scaled(x, of["attn_norm"])
        queries = _turned(_through(y, of["attn_q"]), HEADS)
        keys = _turned(_through(y, of["attn_k"]), GROUPS)
        values = _through(y, of["attn_v"]).reshape(len(x), GROUPS, SIZE)
        told = np.zeros((len(x), HEADS, SIZE))
        for row in range(len(x)):
            for head in range(HEADS):
                group = head // (HEADS // GROUPS)
                odds = keys[: row + 1, group] @ queries[row, head] / SIZE**0.5
                told[row, head] = np.exp(odds) / np.exp(odds).sum() @ values[: row + 1, group]
        x = x + _through(told.reshape(len(x), WIDTH), of["attn_output"])
        y = _scaled(x, of["ffn_norm"])
        gate = _through(y, of["ffn_gate"])
        through = gate / (1 + np.exp(-gate)) * _through(y, of["ffn_up"])
        return np.asarray(x + _through(through, of["ffn_down"]))


def eight_bits(rows: Floats) -> Floats:
    """Rows whose numbers are whole parts, up to 127, of the largest of each 64 (as few here)."""
    parts = np.abs(rows).max(axis=1, keepdims=True) / 127
    return np.asarray(np.rint(rows / parts) * parts)


def _through(rows: Floats, weights: Floats) -> Floats:
    return np.asarray(eight_bits(rows) @ eight_bits(weights).T)


def _scaled(x: Floats, scale: Floats) -> Floats:
    return np.asarray(x / np.sqrt((x**2).mean(axis=1, keepdims=True) + EPSILON) * scale)


def _turned(x: Floats, heads: int) -> Floats:
    """Pairs of neighbours are the parts of complex numbers here."""
    pairs = x.reshape(len(x), heads, SIZE // 2, 2)
    angles = np.outer(np.arange(len(x)), PERIOD ** (-np.arange(SIZE // 2) / (SIZE // 2)))
    turned = (pairs[..., 0] + 1j * pairs[..., 1]) * np.exp(1j * angles)[:, None]
    return np.stack([turned.real, turned.imag], axis=-1).reshape(len(x), heads, SIZE)


def write(
    path: Path, *, seed: int = 0, architecture: str = "llama", cut: str = "smollm"
) -> Network:
    """Write a network of random weights, some of them in eight bits."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(GROUPS)
    writer.add_rope_freq_base(PERIOD)
    writer.add_layer_norm_rms_eps(EPSILON)
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(cut)
    writer.add_token_list(NAMES)
    writer.add_token_merges([f"{left} {right}" for left, right in MERGES])
    writer.add_bos_token_id(0)
    shapes = {"token_embd": (len(NAMES), WIDTH), "output_norm": (WIDTH,)}
    for number in range(LAYERS):
        shapes |= {
            f"blk.{number}.{name}": shape
            for name, shape in {
                "attn_norm": (WIDTH,),
                "attn_q": (WIDTH, WIDTH),
                "attn_k": (GROUPS * SIZE, WIDTH),
                "attn_v": (GROUPS * SIZE, WIDTH),
                "attn_output": (WIDTH, WIDTH),
                "ffn_norm": (WIDTH,),
                "ffn_gate": (INNER, WIDTH),
                "ffn_up": (INNER, WIDTH),
                "ffn_down": (WIDTH, INNER),
            }.items()
        }
    tensors = {}
    eight = gguf.GGMLQuantizationType.Q8_0
    for name, shape in shapes.items():
        values = random.normal(1.0 if "norm" in name else 0.0, 0.4, shape).astype(np.float32)
        if name.endswith(("ffn_up", "attn_q")):
            packed = gguf.quants.quantize(values, eight)
            writer.add_tensor(f"{name}.weight", packed, raw_dtype=eight)
            values = gguf.quants.dequantize(packed, eight)
        else:
            writer.add_tensor(f"{name}.weight", values)
        tensors[name] = values.astype(np.float64)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return Network(tensors)
