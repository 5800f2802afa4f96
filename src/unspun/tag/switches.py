"""Where the language switches inside one script: Viterbi over words (Forney 1973).

Most texts never switch, so a cheap screen comes first: a window of words that speaks far louder
for another language than for the text's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

WINDOW = 6  # words
_CANDIDATES = 5


def screen(evidence: NDArray[np.float32], main: NDArray[np.intp]) -> NDArray[np.float32]:
    """How much louder each window of words speaks for another language than for the main one.

    Args:
        evidence: Evidence by word and column.
        main: The main column at each word.

    Returns:
        For each word the gain of the window that starts there; windows at the end are shorter.
    """
    count = len(evidence)
    sums = np.zeros((count + 1, evidence.shape[1]), np.float64)
    np.cumsum(evidence, axis=0, out=sums[1:])
    ends = np.minimum(np.arange(count) + WINDOW, count)
    window = sums[ends] - sums[:-1]
    own = window[np.arange(count), main]
    return (window.max(axis=1) - own).astype(np.float32)


def path(
    evidence: NDArray[np.float32], main: int, price: Sequence[float], candidates: Sequence[int]
) -> list[int]:
    """The best language of each word, when a switch before a word has a price.

    Args:
        evidence: Evidence by word and column.
        main: The text's own column.
        price: What a switch before each word costs, in the unit of the evidence.
        candidates: Other columns to consider.
    """
    columns = [main, *candidates]
    rows = evidence[:, columns].tolist()
    score = [0.0, *(-price[0] for _ in candidates)]
    back: list[list[int]] = []
    for row, cost in zip(rows, price, strict=True):
        best = max(range(len(score)), key=score.__getitem__)
        floor = score[best] - cost
        come = [k if old >= floor else best for k, old in enumerate(score)]
        score = [
            (old if old >= floor else floor) + new for old, new in zip(score, row, strict=True)
        ]
        back.append(come)
    at = max(range(len(score)), key=score.__getitem__)
    steps = [at]
    for come in reversed(back[1:]):
        at = come[at]
        steps.append(at)
    return [columns[k] for k in reversed(steps)]


def candidates(evidence: NDArray[np.float32], gain: NDArray[np.float32], least: float) -> list[int]:
    """The columns that speak loudest in windows above the threshold, most frequent first."""
    starts = np.flatnonzero(gain > least)
    count = len(evidence)
    sums = np.zeros((count + 1, evidence.shape[1]), np.float64)
    np.cumsum(evidence, axis=0, out=sums[1:])
    window = sums[np.minimum(starts + WINDOW, count)] - sums[starts]
    columns, counts = np.unique(window.argmax(axis=1), return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_CANDIDATES]
    return [int(columns[k]) for k in order]
