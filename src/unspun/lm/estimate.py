"""Modified Kneser-Ney estimates of one corpus, in whole-array steps.

Chen and Goodman, 'An Empirical Study of Smoothing Techniques for Language Modeling' (TR-10-98,
1998), section 3; the interpolated form. Lower orders count the distinct words to the left.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

START_ID = 0
Int32s = NDArray[np.int32]
Float64s = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Grams:
    """All n-grams of one order, sorted by (context, word).

    Attributes:
        context: row of the first n-1 words among the n-grams one order down.
        suffix: row of the last n-1 words there.
        word: id of the last word.
        logp: natural logarithm of p(word | context).
        weight: share of the corpus that is this n-gram, for pruning.
    """

    context: Int32s
    suffix: Int32s
    word: Int32s
    logp: NDArray[np.float32]
    weight: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.word)


@dataclass(frozen=True, slots=True)
class Counted:
    """Every n-gram of one order as counted.

    Attributes:
        context, suffix, word: as in ``Grams``, but among everything counted.
        count: occurrences.
        documents: documents that it occurs in.
        opens: whether its first word is the paragraph start.
        at: for each position of the corpus, the row of the n-gram that ends there, or -1.
    """

    context: Int32s
    suffix: Int32s
    word: Int32s
    count: Int32s
    documents: Int32s
    opens: NDArray[np.bool_]
    at: Int32s


def count_words(ids: Int32s, size: int) -> Counted:
    """Count single words; row and id are the same."""
    rows = np.arange(size, dtype=np.int32)
    nothing = np.zeros(size, dtype=np.int32)
    count = np.bincount(ids, minlength=size).astype(np.int32)
    return Counted(nothing, nothing, rows, count, count, rows == START_ID, ids)


def count_longer(ids: Int32s, documents: Int32s, shorter: Counted, size: int) -> Counted:
    """Count the n-grams one word longer than ``shorter``.

    Args:
        ids: (tokens,) the corpus, each paragraph opened by the start id.
        documents: (tokens,) number of the document of each, never falling.
        shorter: the n-grams one order down.
        size: how many ids there are.
    """
    ends = np.flatnonzero((shorter.at[:-1] >= 0) & (ids[1:] != START_ID)) + 1
    keys = shorter.at[ends - 1].astype(np.int64) * size + ids[ends]
    order = np.argsort(keys)
    keys = keys[order]
    new = np.empty(len(keys), dtype=bool)
    new[:1] = True
    np.not_equal(keys[1:], keys[:-1], out=new[1:])
    firsts = np.flatnonzero(new)
    ends = ends[order]
    rows = np.cumsum(new, dtype=np.int32) - 1
    at = np.full(len(ids), -1, dtype=np.int32)
    at[ends] = rows
    context = (keys[firsts] // size).astype(np.int32)
    return Counted(
        context,
        shorter.at[ends[firsts]],
        (keys[firsts] % size).astype(np.int32),
        np.diff(firsts, append=len(keys)).astype(np.int32),
        _distinct(rows, documents[ends], len(firsts)),
        shorter.opens[context],
        at,
    )


def _distinct(rows: Int32s, documents: Int32s, size: int) -> Int32s:
    """Count the distinct documents of each row."""
    width = int(documents.max(initial=0)) + 1
    pairs = np.sort(rows.astype(np.int64) * width + documents)
    new = np.ones(len(pairs), dtype=bool)
    np.not_equal(pairs[1:], pairs[:-1], out=new[1:])
    return np.bincount(pairs[new] // width, minlength=size).astype(np.int32)


def adjusted(grams: Counted, longer: Counted | None) -> Int32s:
    """Return Kneser-Ney's counts: occurrences at the top, distinct left words below it.

    What begins with the paragraph start has no left word and keeps its occurrences
    (Heafield et al., 'Scalable Modified Kneser-Ney Language Model Estimation', ACL 2013).
    """
    if longer is None:
        return grams.count
    left = np.bincount(longer.suffix, minlength=len(grams.word)).astype(np.int32)
    return np.where(grams.opens, grams.count, left).astype(np.int32)


def discounts(counts: Int32s) -> Float64s:
    """Return the discounts of counts 0, 1, 2 and 3 or more (Chen and Goodman 1998, eq. 26).

    On a corpus too small to have n-grams of each count, the absolute discount of one half stands
    in (as lmplz's --discount_fallback does).
    """
    n1, n2, n3, n4 = (float(np.count_nonzero(counts == n)) for n in (1, 2, 3, 4))
    if 0 in (n1, n2, n3, n4):
        return np.array([0.0, 0.5, 0.5, 0.5])
    y = n1 / (n1 + 2 * n2)
    found = np.array([0.0, 1 - 2 * y * n2 / n1, 2 - 3 * y * n3 / n2, 3 - 4 * y * n4 / n3])
    clipped: Float64s = np.clip(found, 0.0, [0.0, 1.0, 2.0, 3.0])
    return clipped


def interpolation(
    context: Int32s, counts: Int32s, discount: Float64s, contexts: int
) -> tuple[Float64s, Float64s]:
    """Return each context's total count, and the share of it that goes to the lower order."""
    total = np.bincount(context, weights=counts, minlength=contexts).astype(np.float64)
    taken = np.bincount(context, weights=discount[np.minimum(counts, 3)], minlength=contexts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return total, np.where(total > 0, taken / total, 1.0)


def estimate(
    ids: Int32s, documents: Int32s, size: int, order: int, min_count: int = 2
) -> list[Grams]:
    """Estimate a model of one corpus.

    Args:
        ids: (tokens,) word ids, each paragraph opened by the start id 0.
        documents: (tokens,) number of the document each token is in, never falling.
        size: how many ids there are.
        order: longest n-gram.
        min_count: occurrences, and documents, below which an n-gram of three words and more is
            not kept. Two at least keeps out what only one document says.

    Returns:
        The n-grams of order 1, 2, ... ``order``; closed under prefix and suffix.
    """
    counted = count_words(ids, size)
    predicted = len(ids) - int(np.count_nonzero(ids == START_ID))
    kept_rows = np.arange(size, dtype=np.int32)  # row among the counted -> row among the kept
    grams: list[Grams] = []
    for n in range(1, order + 1):
        longer = count_longer(ids, documents, counted, size) if n < order else None
        keep = np.ones(len(counted.word), dtype=bool)
        if n > 2:  # noqa: PLR2004 - words and pairs say nothing that could be read back
            keep = (counted.count >= min_count) & (counted.documents >= min_count)
        grams.append(
            _smooth(
                counted,
                adjusted(counted, longer),
                keep,
                lower=grams[-1] if grams else None,
                lower_rows=kept_rows,
                tokens=predicted,
            )
        )
        kept_rows = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
        if longer is not None:
            counted = longer
    return grams


def _smooth(
    counted: Counted,
    counts: Int32s,
    keep: NDArray[np.bool_],
    *,
    lower: Grams | None,
    lower_rows: Int32s,
    tokens: int,
) -> Grams:
    """Discount one order and interpolate it with the order below."""
    if lower is None:
        counts = np.where(counted.opens, 0, counts).astype(np.int32)
    discount = discounts(counts[counts > 0])
    total, share = interpolation(counted.context, counts, discount, len(lower_rows))
    count, context = counts[keep], counted.context[keep]
    own = (count - discount[np.minimum(count, 3)]) / total[context]
    suffix = lower_rows[counted.suffix[keep]]
    if lower is None:
        below = np.full(len(count), 1 / (len(count) - 1))  # every id but the paragraph start
    else:
        below = np.exp(lower.logp[suffix].astype(np.float64))
    with np.errstate(divide="ignore"):
        logp = np.log(own + share[context] * below)
    if lower is None:
        logp[START_ID] = -np.inf
    return Grams(
        lower_rows[context],
        suffix,
        counted.word[keep],
        logp.astype(np.float32),
        (counted.count[keep] / tokens).astype(np.float32),
    )
