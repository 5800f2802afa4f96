"""Choosing the n-grams that earn their place, and the backoff weights of what is left.

Stolcke, 'Entropy-based Pruning of Backoff Language Models' (1998), with each context's
probability taken from the corpus and not from the model, whose lower orders are no marginals
under Kneser-Ney smoothing (Chelba et al., 'Study on Interaction between Entropy Pruning and
Kneser-Ney Smoothing', Interspeech 2010).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from unspun.lm.estimate import Grams

Float64s = NDArray[np.float64]
_TINY = 1e-9


def _masses(grams: Grams, lower: Grams) -> tuple[Float64s, Float64s]:
    """Sum, per context, the probabilities of its n-grams: at their own and at the lower order."""
    size = len(lower)
    p = np.exp(grams.logp.astype(np.float64))
    p_below = np.exp(lower.logp[grams.suffix].astype(np.float64))
    own: Float64s = np.bincount(grams.context, weights=p, minlength=size).astype(np.float64)
    below = np.bincount(grams.context, weights=p_below, minlength=size).astype(np.float64)
    return own, below


def backoffs(grams: Grams, lower: Grams) -> NDArray[np.float32]:
    """Return log backoff weights of the lower order: what makes every context sum to one."""
    own, below = _masses(grams, lower)
    weight = np.maximum(1 - own, _TINY) / np.maximum(1 - below, _TINY)
    return np.log(weight).astype(np.float32)


def losses(grams: Grams, lower: Grams) -> NDArray[np.float32]:
    """Return what the model's relative entropy would lose without each n-gram, in nats a word."""
    own, below = _masses(grams, lower)
    p = np.exp(grams.logp.astype(np.float64))
    p_below = np.exp(lower.logp[grams.suffix].astype(np.float64))
    left = np.maximum(1 - own, _TINY)
    left_below = np.maximum(1 - below, _TINY)
    old = np.log(left / left_below)[grams.context]
    left, left_below = left[grams.context], left_below[grams.context]
    new = np.log((left + p) / (left_below + p_below))
    change = p * (np.log(p_below) + new - np.log(p)) + left * (new - old)
    loss: NDArray[np.float32] = (-change * lower.weight[grams.context]).astype(np.float32)
    return loss


def prune(model: Sequence[Grams], costs: Sequence[float], budget: float) -> list[Grams]:
    """Keep the n-grams of most worth within a budget.

    Args:
        model: orders 1, 2, ... closed under prefix and suffix; order 1 is kept whole.
        costs: bytes an n-gram takes, by order.
        budget: bytes for all n-grams of two words and more.

    Returns:
        The same orders, still closed.
    """
    worth = [np.full(len(model[0]), np.inf, dtype=np.float32)]
    worth += [losses(grams, lower) for lower, grams in pairwise(model)]
    for n in range(len(model) - 1, 0, -1):  # a part is worth what is built on it
        for part in (model[n].context, model[n].suffix):
            np.maximum.at(worth[n - 1], part, worth[n])
    values = np.concatenate(worth[1:])
    prices = np.concatenate(
        [np.full(len(w), cost, np.float32) for w, cost in zip(worth[1:], costs[1:], strict=True)]
    )
    order = np.argsort(-values)
    bought = int(np.searchsorted(np.cumsum(prices[order], dtype=np.float64), budget, "right"))
    # Strictly above the first that is left out: equals go together, and the budget holds.
    floor = values[order[bought]] if bought < len(values) else np.float32(-np.inf)
    out = [model[0]]
    rows = np.arange(len(model[0]), dtype=np.int32)
    for grams, value in zip(model[1:], worth[1:], strict=True):
        keep = value > floor
        out.append(_select(grams, keep, rows))
        rows = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
    return out


def _select(grams: Grams, keep: NDArray[np.bool_], rows: NDArray[np.int32]) -> Grams:
    fields = {f.name: getattr(grams, f.name)[keep] for f in dataclasses.fields(grams)}
    fields["context"] = rows[fields["context"]]
    fields["suffix"] = rows[fields["suffix"]]
    return Grams(**fields)
