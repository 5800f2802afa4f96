"""One model from several corpora: linear interpolation, written out as one backoff model."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.lm.estimate import Grams
from unspun.lm.prune import backoffs

Int32s = NDArray[np.int32]
Float32s = NDArray[np.float32]


@dataclasses.dataclass(frozen=True, slots=True)
class _Side:
    """One of the models, with its place in the union at one order.

    Attributes:
        model: its n-grams, order 1 first.
        rows: row in the union of each of its own n-grams of this order.
        logp: what it says of each n-gram of the union.
        weight: how much of its corpus each n-gram of the union is.
    """

    model: Sequence[Grams]
    rows: Int32s
    logp: Float32s
    weight: Float32s


def mix_models(models: Sequence[Sequence[Grams]], shares: Sequence[float]) -> list[Grams]:
    """Interpolate models over one vocabulary, each n-gram of any of them with all of them.

    The result's n-grams have exactly the interpolated probability; what no model holds gets its
    own from the backoff weights of the mixture, as usual (Stolcke, 'SRILM', ICSLP 2002).

    Args:
        models: for each corpus its n-grams, order 1 first, all of the same order and vocabulary.
        shares: the weight of each, adding to one.
    """
    sides = [
        _Side(model, model[0].word, model[0].logp, model[0].weight) for model in models
    ]  # a word's row is its id
    out = [_blend(models[0][0], sides, shares)]
    for n in range(2, len(models[0]) + 1):
        grams, places = _union(sides, n, len(models[0][0]))
        sides = [_extend(side, grams, place, n) for side, place in zip(sides, places, strict=True)]
        out.append(_blend(grams, sides, shares))
    return out


def _union(sides: Sequence[_Side], n: int, size: int) -> tuple[Grams, list[Int32s]]:
    """Unite the n-grams of order ``n``; their probabilities stay blank."""
    own = [
        side.rows[side.model[n - 1].context].astype(np.int64) * size + side.model[n - 1].word
        for side in sides
    ]
    keys = np.sort(np.concatenate(own))
    keys = keys[np.diff(keys, prepend=-1) > 0]
    places = [np.searchsorted(keys, part).astype(np.int32) for part in own]
    suffix = np.zeros(len(keys), dtype=np.int32)
    for side, place in zip(sides, places, strict=True):
        suffix[place] = side.rows[side.model[n - 1].suffix]
    blank = np.zeros(len(keys), dtype=np.float32)
    context, word = (part.astype(np.int32) for part in np.divmod(keys, size))
    return Grams(context, suffix, word, blank, blank), places


def _extend(side: _Side, grams: Grams, place: Int32s, n: int) -> _Side:
    """Ask one model about the union's n-grams of order ``n``: its own, or by its backoff."""
    own = side.model[n - 1]
    backoff = np.zeros(len(side.logp), dtype=np.float32)
    backoff[side.rows] = backoffs(own, side.model[n - 2])
    logp = backoff[grams.context] + side.logp[grams.suffix]
    logp[place] = own.logp
    weight = np.zeros(len(grams), dtype=np.float32)
    weight[place] = own.weight
    return _Side(side.model, place, logp, weight)


def _blend(grams: Grams, sides: Sequence[_Side], shares: Sequence[float]) -> Grams:
    """Weigh what the models say."""
    total, weight = np.zeros(len(grams)), np.zeros(len(grams))
    for side, share in zip(sides, shares, strict=True):
        total += share * np.exp(side.logp.astype(np.float64))
        weight += share * side.weight
    with np.errstate(divide="ignore"):  # the paragraph start is never predicted
        logp = np.log(total).astype(np.float32)
    return dataclasses.replace(grams, logp=logp, weight=weight.astype(np.float32))
