"""What one document's spinner does, and what the decoder pays for it.

A spinner draws one alternative for each form of a document and uses it throughout, so what was
taken back in one place changes the odds in all others: after the search the price of each
substitution is replaced by its price given the rest of the document (a Chinese restaurant process
with the table as its base; Goldwater et al., "Interpolating between types and tokens by
estimating power-law generators", NIPS 2005).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel import decoder, paths
from unspun.channel.decoder import Arrays
from unspun.channel.index import Index
from unspun.channel.lattice import ARTICLE, KEEP

_kernel = kernels.load("unspun.channel._habits", revision=1)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]

_BITS = 24  # of an entry or a form
_ELSEWHERE = 0.15  # occurrences that nothing elsewhere counts for


@dataclass(frozen=True, slots=True)
class Prices:
    """Weights of the decoder, tuned on the development part of the pairs.

    Attributes:
        lm: Weight of the language model.
        again: The same where the context is consulted, too.
        context: Weight of what stands around a phrase.
        partly: Nats against a substitution in a document that was not spun all over.
        channel: Weight of the channel's probabilities.
        take: Nats added for every substitution taken back.
        drawn: Weight of what the document's spinner draws, once that is known.
        alternative: Weight, beside that, of what it draws by the table.
        left: Weight then of the price of phrases that the spinner would not have left.
        concentration: Strength of the table against the rest of the document.
        rate: Share of phrases replaced that is assumed in the search.
        article: Nats for 'a' read as 'an', or the reverse.
        compound: Nats for a substitution next to a hyphen or an apostrophe.
        apart: Nats for keeping a per cent sign that stands apart from its figure.
        contracted: Weight of whether the rest of the document contracts.
        together: Weight of what the same spun phrase stands for elsewhere in the document.
        family: Weight of words of the same family elsewhere in the document.
        longer: Nats for each spun word beyond the first that a substitution takes.
        missed: Weight of the price of phrases that the spinner would not have left.
        turn: Probability that the next sentence is spun where this one is not, or the reverse.
        turn_line: The same for the next line.
        trust: Nats that one sentence can say for or against, at most.
        prune: Natural logarithm of the posterior below which a reading is dropped.
        rounds: How often the document is consulted.
        neural: Weight of a neural model, where one is asked.
        tempered: Weight of all else then.
    """

    lm: float = 0.82
    again: float = 0.7
    context: float = 0.6
    partly: float = 0.4
    channel: float = 1.0
    take: float = 0.5
    drawn: float = 0.85
    alternative: float = 0.25
    left: float = 0.9
    concentration: float = 1.6
    rate: float = 0.9
    article: float = -3.0
    compound: float = -1.5
    apart: float = -5.0
    contracted: float = 0.8
    together: float = 0.45
    family: float = 0.55
    longer: float = -0.3
    missed: float = 1.0
    turn: float = 0.02
    turn_line: float = 0.08
    trust: float = 8.0
    prune: float = -8.0
    rounds: int = 2
    neural: float = 0.5
    tempered: float = 0.65


@dataclass(frozen=True, slots=True)
class Habits:
    """What one document's spinner does, as far as is known.

    Attributes:
        table: The readings.
        prices: The decoder's weights.
        arc: Price of each arc.
        missed: Price of each original phrase that is left in place, and 0 at the end; once the
            rest of the document is known, of those that the graph leaves.
        first: Price of each arc without regard to the document.
        first_missed: Price of each original phrase without regard to the document.
        alternative: Logarithm of the table's probability of each substitution, 0 for what stays.
        kinds: Which arcs count together, once that is known.
    """

    table: Arrays
    prices: Prices
    arc: Floats
    missed: Floats
    first: Floats
    first_missed: Floats
    alternative: Floats
    kinds: Kinds | None = None

    @classmethod
    def first_guess(cls, table: Arrays, index: Index, prices: Prices, rate: float) -> Habits:
        """The table's prior."""
        rows = table.entry, table.original, table.start, table.end, table.whole, table.apart
        price = guess(Choices(*rows), index, prices, rate)
        missed = index.logs(rate)[1] * prices.missed
        return cls(table, prices, price, missed, price, missed, index.logp[table.entry])

    def weight(self, graph: decoder.Graph) -> Floats:
        """Score of each step: the language model, and what the spinner did."""
        return paths.weigh(graph, self.prices.lm, self.arc, self.missed)

    def informed(self, graph: decoder.Graph, share: Floats, beside: Floats) -> Habits:
        """The same, given how often the rest of the document bears each out.

        Args:
            graph: What is left of the readings.
            share: Each step's posterior.
            beside: Nats for each arc of which the rest of the document says nothing.
        """
        table, k, kinds = self.table, self.prices.concentration, self.kinds or Kinds.of(self.table)
        expected = decoder.counted(graph.step, share, len(table.start))
        left = np.bincount(graph.missed + 1, share, minlength=len(self.missed) + 1)[1:]
        known = table.original >= 0
        by_pair = kinds.elsewhere(kinds.draw, expected)
        by_form = kinds.elsewhere(kinds.original, expected)
        by_form += np.where(known, left[table.original], 0.0)
        predictive = np.log((k * np.exp(self.first) + by_pair + 1e-6) / (k + by_form + 1e-6))
        told = self.prices.drawn * predictive + self.prices.alternative * self.alternative
        arc = np.where(known, told, self.first)
        arc = arc + self._together(expected, kinds) + self._family(expected, kinds) + beside
        total = np.bincount(table.original[known], expected[known], minlength=len(self.missed))
        at = np.unique(graph.missed)
        at = at[(at >= 0) & (at < len(self.missed) - 1)]
        base, here = np.exp(self.first_missed[at]), left[at]
        others = np.maximum(here - 1.0, 0.0)
        price = np.log((k * base + others) / (k + others + total[at])) * self.prices.left
        missed = np.zeros(len(self.missed))
        missed[at] = np.where(self.first_missed[at] < 0, price, 0.0)
        return replace(self, arc=arc, missed=missed, kinds=kinds)

    def _family(self, expected: Floats, kinds: Kinds) -> Floats:
        """Bonus of each arc for words of its family elsewhere, behind other spun phrases."""
        stem = self.table.stem
        every = together(stem.astype(np.int64) + 1, expected)
        bonus = np.log1p(np.maximum(every - together(kinds.family, expected), 0.0))
        return np.where(stem >= 0, self.prices.family * bonus, 0.0)

    def _together(self, expected: Floats, kinds: Kinds) -> Floats:
        """Bonus of each arc for what the same spun phrase stands for elsewhere."""
        here = kinds.elsewhere(kinds.reading, expected)
        whole = kinds.elsewhere(self.table.form.astype(np.int64), expected)
        bonus = np.log((here + _ELSEWHERE) / (whole + _ELSEWHERE))
        return np.where(self.table.entry == ARTICLE, 0.0, self.prices.together * bonus)


class Kinds(NamedTuple):
    """Which arcs of a lattice count together: numbers of their kinds, one each.

    Attributes:
        original: The same original phrase, capitals apart; what is no original is one kind.
        draw: The same alternative for it, or none.
        family: The same stem behind the same spun phrase.
        reading: The same original behind the same spun phrase.
    """

    original: Ints
    draw: Ints
    family: Ints
    reading: Ints

    @classmethod
    def of(cls, table: Arrays) -> Kinds:
        """The kinds of all arcs."""
        if _kernel is None:
            return cls.of_plain(table)
        rows = table.entry, table.form, table.original, table.capital, table.stem
        return cls._make(np.frombuffer(row, np.int64) for row in _kernel.kinds(*rows))

    @classmethod
    def of_plain(cls, table: Arrays) -> Kinds:
        """The same, otherwise numbered, without the compiled kernel."""
        entry, form = table.entry.astype(np.int64) + 2, table.form.astype(np.int64)
        own = np.where(table.original >= 0, table.original.astype(np.int64) * 2 + table.capital, -1)
        drawn = np.where(own >= 0, np.maximum(entry, 1), 0)
        stem = table.stem.astype(np.int64)
        rows = own, own << _BITS | drawn, stem << _BITS | form, form << _BITS | entry
        return cls._make(np.unique(row, return_inverse=True)[1] for row in rows)

    @staticmethod
    def elsewhere(kind: Ints, expected: Floats) -> Floats:
        """How often each arc's kind is expected in all other places."""
        return together(kind, expected) - expected


class Choices(NamedTuple):
    """What the table knows of arcs (`Arrays`)."""

    entry: Int32s
    original: Int32s
    start: Int32s
    end: Int32s
    whole: Bools
    apart: Bools


def guess(table: Choices, index: Index, prices: Prices, rate: float) -> Floats:
    """The price of each arc by the table alone, in a document of which so much was replaced."""
    replaced, left = index.logs(rate)
    if _kernel is None:
        return guess_plain(table, index.logp, replaced, left, prices)
    of = prices.channel, prices.take, prices.longer
    odd = prices.article, prices.compound, prices.apart
    return np.frombuffer(_kernel.guess(*table, index.logp, replaced, left, (*of, *odd)))


def guess_plain(
    table: Choices | Arrays, of: Floats, replaced: Floats, left: Floats, prices: Prices
) -> Floats:
    """The price of each arc by the table alone, without the compiled kernel.

    Args:
        table: The readings.
        of: Logarithm of each entry's probability.
        replaced: The same of each original's being replaced.
        left: The same of its being left.
        prices: The decoder's weights.
    """
    logp = of[table.entry] * prices.channel
    price = np.where(table.entry >= 0, logp + replaced[table.original] + prices.take, 0.0)
    width = (table.end - table.start - 1) * prices.longer
    price = np.where(table.entry >= 0, price + width, price)
    keep = (table.entry == KEEP) & (table.original >= 0)
    price = np.where(keep, left[table.original], price)
    price = np.where(table.entry == ARTICLE, prices.article, price)
    price = np.where(table.whole, price, price + prices.compound)
    return np.where(table.apart, price + prices.apart, price)


def together(kind: Ints, expected: Floats) -> Floats:
    """How much is expected of each arc's kind, all its places together; kinds count from 0."""
    if _kernel is None:
        return np.asarray(np.bincount(kind, expected)[kind])
    return np.frombuffer(_kernel.together(kind, expected))
