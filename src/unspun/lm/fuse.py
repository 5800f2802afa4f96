"""A map from hashed keys to small values that holds no keys: a binary fuse table.

Every key has three cells whose exclusive or is its value (Graf and Lemire, 'Binary Fuse Filters:
Fast and Smaller Than Xor Filters', ACM JEA 2022; as a map, Chazelle et al., 'The Bloomier
Filter', SODA 2004). It takes 1.13 cells a key, three reads a look-up whatever the key, and
cannot be listed: without the keys the cells are noise. A cell of 16 bits holds a fingerprint, so
a key that was never put in is taken for one that was once in 65,536 look-ups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UInt64s = NDArray[np.uint64]

# Multipliers of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_FINGERPRINT = np.uint64(0x9E3779B97F4A7C15)
_BITS_13, _BITS_32, _BITS_48 = (np.uint64(n) for n in (13, 32, 48))
_ATTEMPTS = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """Where a key's three cells lie.

    Attributes:
        seed: what tells this table's hashes from another's.
        segment: cells in a segment, a power of two.
        starts: cells in which the first of the three can lie.
    """

    seed: int
    segment: int
    starts: int

    @property
    def cells(self) -> int:
        """How many cells the table has."""
        return self.starts + 2 * self.segment

    @classmethod
    def for_keys(cls, count: int, seed: int) -> Shape:
        """Choose a table's shape for ``count`` keys (formulas of the authors' own code)."""
        size = max(count, 2)
        exponent = min(18, max(2, int(math.log(size) / math.log(3.33) + 2.25)))
        factor = max(1.125, 0.875 + 0.25 * math.log(1e6) / math.log(size))
        segment = 1 << exponent
        segments = max(1, math.ceil(size * factor / segment) - 2)
        return cls(seed, segment, segments * segment)


def mix(keys: UInt64s, seed: int) -> UInt64s:
    """Scramble 64-bit keys: multiply, fold, multiply."""
    out = keys + np.uint64(seed)
    out *= _MIX_1
    out ^= out >> _BITS_32
    out *= _MIX_2
    return out


def cells_of(mixed: UInt64s, shape: Shape) -> tuple[NDArray[np.int64], ...]:
    """Return the three cells of each mixed key."""
    mask = np.uint64(shape.segment - 1)
    first = mixed >> _BITS_32
    first *= np.uint64(shape.starts)
    first >>= _BITS_32
    second = mixed >> _BITS_13
    second &= mask
    second ^= first + np.uint64(shape.segment)
    third = mixed & mask
    third ^= first + np.uint64(2 * shape.segment)
    return first.view(np.int64), second.view(np.int64), third.view(np.int64)


def fingerprints(mixed: UInt64s) -> NDArray[np.uint16]:
    """Return 16 bits of each mixed key that its cells do not depend on."""
    return ((mixed * _FINGERPRINT) >> _BITS_48).astype(np.uint16)


def build(
    keys: UInt64s, values: list[NDArray[np.unsignedinteger]], first_seed: int
) -> tuple[Shape, list[NDArray[np.unsignedinteger]]]:
    """Build a table of fingerprints and value planes over distinct keys.

    Args:
        keys: (n,) distinct 64-bit keys.
        values: planes of n values each.
        first_seed: where the search for a seed that works begins.

    Returns:
        The shape, then the fingerprint plane and one plane of cells for each of ``values``.

    Raises:
        ValueError: if no seed works, which distinct keys do not do.
    """
    for attempt in range(_ATTEMPTS):
        shape = Shape.for_keys(len(keys), first_seed + attempt)
        mixed = mix(keys, shape.seed)
        slots = np.stack(cells_of(mixed, shape), axis=1)
        order = _peel(slots, shape.cells)
        if order is not None:
            planes = [_fill(order, slots, plane, shape.cells)
                      for plane in (fingerprints(mixed), *values)]  # fmt: skip
            return shape, planes
    raise ValueError(f"no seed of {_ATTEMPTS} places {len(keys)} keys: are they distinct?")


Rounds = list[tuple[NDArray[np.int64], NDArray[np.int64]]]


def _peel(slots: NDArray[np.int64], cells: int) -> Rounds | None:
    """Take keys away that stand alone in some cell, round by round, until none is left."""
    numbers = np.arange(len(slots), dtype=np.int64)
    degree = np.bincount(slots.ravel(), minlength=cells)
    # The sum of the keys in a cell: once the degree is one, the key itself.
    held = np.bincount(slots.ravel(), weights=np.repeat(numbers, 3), minlength=cells)
    held = held.astype(np.int64)
    rounds: Rounds = []
    left = len(slots)
    queue = np.flatnonzero(degree == 1)
    while len(queue):
        alone, first = np.unique(held[queue], return_index=True)
        rounds.append((alone, queue[first]))
        left -= len(alone)
        touched = slots[alone].ravel()
        np.subtract.at(degree, touched, 1)
        np.subtract.at(held, touched, np.repeat(alone, 3))
        queue = touched[degree[touched] == 1]
    return None if left else rounds


def _fill(
    rounds: Rounds, slots: NDArray[np.int64], values: NDArray[np.unsignedinteger], cells: int
) -> NDArray[np.unsignedinteger]:
    """Set each key's own cell, last taken first, so that its three cells give its value."""
    plane = np.zeros(cells, dtype=values.dtype)
    for keys, own in reversed(rounds):
        three = slots[keys]  # the own cell still holds nothing
        plane[own] = values[keys] ^ plane[three[:, 0]] ^ plane[three[:, 1]] ^ plane[three[:, 2]]
    return plane
