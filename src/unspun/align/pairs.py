"""Which units pair, in order or out of it: by the kernel, or by its plain twin."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np

from unspun import kernels
from unspun.align import similarity
from unspun.align.monotone import JOINED, SHAPES, Group, monotone, shapes
from unspun.align.similarity import compare, weights

_kernel = kernels.load("unspun.align._pairs", revision=1)
_KNOWN = 1 << 14  # lengths whose logarithms are kept


def in_order(hyp: Sequence[str], ref: Sequence[str], worth: float) -> list[Group]:
    """The pairs of units in order that are worth most together.

    Args:
        hyp: Units of the hypothesis.
        ref: Units of the reference.
        worth: Log odds that a pair has for being in order.
    """
    if _kernel is None:
        return plain_in_order(hyp, ref, worth)
    found: list[Group] = _pairer().in_order(hyp, ref, worth, _weights(hyp, ref))
    return found


def likely(hyp: Sequence[str], ref: Sequence[str], least: float) -> list[tuple[Group, float]]:
    """Every pair of units with log odds over the least, and these odds."""
    if _kernel is None:
        return plain_likely(hyp, ref, least)
    found: list[tuple[Group, float]] = _pairer().likely(hyp, ref, least, _weights(hyp, ref))
    return found


def plain_in_order(hyp: Sequence[str], ref: Sequence[str], worth: float) -> list[Group]:
    """`in_order` without the kernel."""
    return monotone(compare(hyp, ref), worth) if hyp and ref else []


def plain_likely(hyp: Sequence[str], ref: Sequence[str], least: float) -> list[tuple[Group, float]]:
    """`likely` without the kernel."""
    if not hyp or not ref:
        return []
    return [
        (((i, i + a), (j, j + b)), float(odds[i, j]))
        for (a, b), odds in shapes(compare(hyp, ref))
        for i, j in np.argwhere(odds > least).tolist()
    ]


def _weights(hyp: Sequence[str], ref: Sequence[str]) -> bytes:
    """The weight of a trigram by how many units have it."""
    return weights(len(hyp) + len(ref)).tobytes()


@cache
def _pairer() -> Any:  # noqa: ANN401 - the kernel's type
    """The kernel with the constants that the plain code reads."""
    assert _kernel is not None  # noqa: S101
    s = similarity
    constants = (s.ALIKE, s.ALIKE_LONGER, s.RIVAL, s.UNEQUAL, s.LONGER, s.START, s.CHANCE, s.EARNED)
    known = np.log(np.maximum(np.arange(float(_KNOWN)), 1.0))
    return _kernel.Pairer((*constants, JOINED), SHAPES, known.tobytes(), _logarithm)


def _logarithm(letters: int) -> float:
    return float(np.log(np.array([float(letters)]))[0])
