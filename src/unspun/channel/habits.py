"""What one document's spinner does, and what the decoder pays for it.

A spinner draws one alternative for each form of a document and uses it throughout, so what was
taken back in one place changes the odds in all others: after the search the price of each
substitution is replaced by its price given the rest of the document (a Chinese restaurant process
with the table as its base; Goldwater et al., "Interpolating between types and tokens by
estimating power-law generators", NIPS 2005).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.channel import decoder
from unspun.channel.decoder import Arrays
from unspun.channel.index import Index
from unspun.channel.lattice import ARTICLE, KEEP

Floats = NDArray[np.float64]

_ELSEWHERE = 0.15  # occurrences that nothing elsewhere counts for


@dataclass(frozen=True, slots=True)
class Prices:
    """Weights of the decoder, tuned on the development part of the pairs.

    Attributes:
        lm: Weight of the language model.
        again: The same where the context is consulted, too.
        context: Weight of what stands around a phrase.
        common: Weight, in that, of how common an original and the spun phrase are.
        partly: Nats against a substitution in a document that was not spun all over.
        channel: Weight of the channel's probabilities.
        take: Nats added for every substitution taken back.
        concentration: Strength of the table against the rest of the document.
        rate: Share of phrases replaced that is assumed in the search.
        article: Nats for 'a' read as 'an', or the reverse.
        compound: Nats for a substitution next to a hyphen or an apostrophe.
        together: Weight of what the same spun phrase stands for elsewhere in the document.
        family: Weight of words of the same family elsewhere in the document.
        longer: Nats for each spun word beyond the first that a substitution takes.
        missed: Weight of the price of phrases that the spinner would not have left.
        turn: Probability that the next sentence is spun where this one is not, or the reverse.
        turn_line: The same for the next line.
        trust: Nats that one sentence can say for or against, at most.
        prune: Natural logarithm of the posterior below which a reading is dropped.
        rounds: How often the document is consulted.
    """

    lm: float = 0.82
    again: float = 0.65
    context: float = 0.4
    common: float = 0.3
    partly: float = 0.6
    channel: float = 1.0
    take: float = 0.5
    concentration: float = 1.2
    rate: float = 0.9
    article: float = -3.0
    compound: float = -1.5
    together: float = 1.0
    family: float = 0.45
    longer: float = -0.3
    missed: float = 1.0
    turn: float = 0.02
    turn_line: float = 0.08
    trust: float = 8.0
    prune: float = -8.0
    rounds: int = 2


@dataclass(frozen=True, slots=True)
class Habits:
    """What one document's spinner does, as far as is known.

    Attributes:
        table: The readings.
        prices: The decoder's weights.
        arc: Price of each arc.
        missed: Price of each original phrase that is left in place, and 0 at the end.
        first: Price of each arc without regard to the document.
        first_missed: Price of each original phrase without regard to the document.
    """

    table: Arrays
    prices: Prices
    arc: Floats
    missed: Floats
    first: Floats
    first_missed: Floats

    @classmethod
    def first_guess(cls, table: Arrays, index: Index, prices: Prices, rate: float) -> Habits:
        """The table's prior."""
        rates = np.clip(index.rates * rate / 0.96, 0.0, 0.995)
        replaced = rates[table.original]
        logp = index.logp[table.entry] * prices.channel
        price = np.where(table.entry >= 0, logp + np.log(replaced + 1e-9) + prices.take, 0.0)
        width = (table.end - table.start - 1) * prices.longer
        price = np.where(table.entry >= 0, price + width, price)
        keep = (table.entry == KEEP) & (table.original >= 0)
        price = np.where(keep, np.log1p(-replaced), price)
        price = np.where(table.entry == ARTICLE, prices.article, price)
        price = np.where(table.whole, price, price + prices.compound)
        missed = np.log1p(-rates) * prices.missed
        return cls(table, prices, price, missed, price, missed)

    def weight(self, graph: decoder.Graph) -> Floats:
        """Score of each step: the language model, and what the spinner did."""
        model = self.prices.lm * graph.score.astype(np.float64)
        return model + self.arc[graph.step] + self.missed[graph.missed]

    def informed(self, graph: decoder.Graph, share: Floats, beside: Floats) -> Habits:
        """The same, given how often the rest of the document bears each out.

        Args:
            graph: What is left of the readings.
            share: Each step's posterior.
            beside: Nats for each arc of which the rest of the document says nothing.
        """
        table, k = self.table, self.prices.concentration
        expected = decoder.counted(graph.step, share, len(table.start))
        left = np.bincount(graph.missed + 1, share, minlength=len(self.missed) + 1)[1:]
        draw = np.where(table.entry >= 0, table.entry.astype(np.int64) + 1, 0)
        form = np.where(
            table.original >= 0, table.original.astype(np.int64) * 2 + table.capital, -1
        )
        known = form >= 0
        pair = np.where(known, form * (len(self.missed) * 64) + draw, -1)
        _, pair_of = np.unique(pair, return_inverse=True)
        _, form_of = np.unique(form, return_inverse=True)
        by_pair = np.bincount(pair_of, expected)[pair_of] - expected
        by_form = np.bincount(form_of, expected)[form_of] - expected
        by_form += np.where(known, left[table.original], 0.0)
        predictive = np.log((k * np.exp(self.first) + by_pair + 1e-6) / (k + by_form + 1e-6))
        arc = np.where(known, predictive, self.first)
        arc = arc + self._together(expected) + self._family(expected) + beside
        total = np.bincount(table.original[known], expected[known], minlength=len(self.missed))
        base = np.exp(self.first_missed)
        others = np.maximum(left - 1.0, 0.0)
        missed = np.log((k * base + others) / (k + others + total))
        missed = np.where(self.first_missed < 0, missed * self.prices.missed, 0.0)
        missed[-1] = 0.0
        return Habits(table, self.prices, arc, missed, self.first, self.first_missed)

    def _family(self, expected: Floats) -> Floats:
        """Bonus of each arc for words of its family elsewhere, behind other spun phrases."""
        table = self.table
        pair = table.stem.astype(np.int64) * (1 << 24) + table.form
        _, pair_of = np.unique(pair, return_inverse=True)
        every = np.bincount(table.stem + 1, expected)[table.stem + 1]
        same = np.bincount(pair_of, expected)[pair_of]
        bonus = np.log1p(np.maximum(every - same, 0.0))
        return np.where(table.stem >= 0, self.prices.family * bonus, 0.0)

    def _together(self, expected: Floats) -> Floats:
        """Bonus of each arc for what the same spun phrase stands for elsewhere."""
        table = self.table
        reading = table.form.astype(np.int64) * (1 << 24) + table.entry + 2
        _, reading_of = np.unique(reading, return_inverse=True)
        here = np.bincount(reading_of, expected)[reading_of] - expected
        whole = np.bincount(table.form, expected)[table.form] - expected
        bonus = np.log((here + _ELSEWHERE) / (whole + _ELSEWHERE))
        return np.where(table.entry == ARTICLE, 0.0, self.prices.together * bonus)
