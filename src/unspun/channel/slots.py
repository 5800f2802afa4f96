"""Tables of hashes in which nearly every word is found, or ruled out, by one slot or two.

The first bits of a hash are its slot; those behind them are its second, for what shares the first
with another, or to be surer that a hash is among some (Bloom, "Space/time trade-offs in hash coding
with allowable errors", CACM 1970). Kernels read the same tables.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Keys = NDArray[np.uint64]

BITS = 18  # of a hash that are a slot
_BITS, _REST = np.uint64(BITS), np.uint64(64 - BITS)


def slots_of(keys: Keys) -> Ints:
    """The slots of hashes."""
    return (keys >> _REST).astype(np.int64)


def turned(keys: Keys) -> Keys:
    """The hashes with their second slots first."""
    out: Keys = keys << _BITS | keys >> _REST
    return out


def able_of(keys: Keys) -> NDArray[np.bool_]:
    """Whether each slot is the first or the second of some hash."""
    able = np.zeros(1 << BITS, np.bool_)
    for some in (keys, turned(keys)):
        able[slots_of(some)] = True
    return able


def packed(able: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The same at a bit a slot, as kernels read it."""
    return np.packbits(able, bitorder="little")
