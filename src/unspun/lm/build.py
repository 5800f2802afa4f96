"""From estimated n-grams to the bytes of a model file.

Probabilities and backoff weights go to 256 values an order, each the mean of an equal share of
the n-grams; the n-grams themselves go into binary fuse tables (``lm/fuse.py``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from unspun.lm import fuse
from unspun.lm.estimate import Grams
from unspun.lm.model import MAGIC, VERSION, gram_keys
from unspun.lm.prune import backoffs
from unspun.lm.vocabulary import Vocabulary

# Bytes an n-gram takes in the file, by order: fingerprint, probability code, backoff code; a
# table has an eighth more cells than n-grams.
CELL_OVERHEAD = 1.13
_LEVELS = 256


def costs(order: int) -> list[float]:
    """Return the bytes an n-gram of each order takes (order 1 is not pruned and counts none)."""
    return [0.0] + [4 * CELL_OVERHEAD] * (order - 2) + [3 * CELL_OVERHEAD]


def quantise(values: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Code values by 256 levels that equally many of them share; zero keeps a level of its own.

    Returns:
        The codes, and the levels.
    """
    levels = np.zeros(_LEVELS, dtype=np.float32)
    codes = np.zeros(len(values), dtype=np.uint8)
    rest = np.flatnonzero(values)
    if len(rest):
        order = rest[np.argsort(values[rest], kind="stable")]
        shares = (np.arange(len(order)) * (_LEVELS - 1) // len(order)).astype(np.int64) + 1
        codes[order] = shares
        sums = np.bincount(shares, weights=values[order], minlength=_LEVELS)
        sizes = np.bincount(shares, minlength=_LEVELS)
        levels = (sums / np.maximum(sizes, 1)).astype(np.float32)
    return codes, levels


def gram_words(model: Sequence[Grams]) -> list[list[NDArray[np.uint64]]]:
    """Return each order's n-grams as columns of ids plus one, the last word first."""
    columns = [[model[0].word.astype(np.uint64) + np.uint64(1)]]
    for grams in model[1:]:
        before = [column[grams.context] for column in columns[-1]]
        columns.append([grams.word.astype(np.uint64) + np.uint64(1), *before])
    return columns


def to_bytes(model: Sequence[Grams], vocabulary: Vocabulary, info: Mapping[str, Any]) -> bytes:
    """Write a model out; equal models give equal bytes.

    Args:
        model: n-grams of order 1, 2, ..., closed under prefix and suffix.
        vocabulary: the words behind the ids.
        info: notes for the reader (``LanguageModel.info``), JSON values.
    """
    weights = [backoffs(grams, lower) for lower, grams in pairwise(model)]
    changed = np.flatnonzero(vocabulary.lowered != np.arange(len(vocabulary)))
    arrays: dict[str, NDArray[Any]] = {
        "forms": np.frombuffer("\n".join(vocabulary.forms).encode(), dtype=np.uint8),
        "lowered_from": changed.astype(np.int32),
        "lowered_to": vocabulary.lowered[changed].astype(np.int32),
        "unigram_logp": model[0].logp.astype(np.float16),
        "unigram_backoff": weights[0].astype(np.float16),
    }
    shapes = []
    for n, columns in enumerate(gram_words(model)[1:], start=2):
        low, arrays[f"logp_{n}"] = quantise(model[n - 1].logp)
        codes: NDArray[np.unsignedinteger[Any]] = low
        if n < len(model):
            high, arrays[f"backoff_{n}"] = quantise(weights[n - 1])
            codes = low.astype(np.uint16) | (high.astype(np.uint16) << np.uint16(8))
        shape, (prints, cells) = fuse.build(gram_keys(columns), [codes], n << 32)
        arrays[f"prints_{n}"], arrays[f"codes_{n}"] = prints, cells
        shapes.append((shape.seed, shape.segment, shape.starts))
    header = {
        "order": len(model),
        "counts": [len(grams) for grams in model],
        "shapes": shapes,
        "info": dict(info),
    }
    return _pack(arrays, header)


def _pack(arrays: Mapping[str, NDArray[Any]], header: dict[str, Any]) -> bytes:
    """Lay arrays out on 64-byte boundaries behind a header that names them."""
    reserved = 4096  # room for the header; the rest of it stays blank
    places: dict[str, tuple[str, int, int]] = {}
    offset = 16 + reserved
    parts = []
    for name, array in arrays.items():
        offset += -offset % 64
        places[name] = (array.dtype.newbyteorder("<").str, len(array), offset)
        parts.append((offset, array))
        offset += array.nbytes
    text = orjson.dumps({**header, "arrays": places}, option=orjson.OPT_SORT_KEYS)
    if len(text) > reserved:
        raise ValueError(f"the notes of a model take {len(text)} bytes; {reserved} are left")
    out = bytearray(offset)
    out[:8] = MAGIC
    out[8:16] = np.array([VERSION, reserved], dtype="<u4").tobytes()
    out[16 : 16 + reserved] = text.ljust(reserved)
    for begin, array in parts:
        out[begin : begin + array.nbytes] = array.astype(array.dtype.newbyteorder("<")).tobytes()
    return bytes(out)
