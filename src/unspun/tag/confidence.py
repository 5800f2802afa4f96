"""From evidence to a probability that means something."""

from __future__ import annotations

import math

_SLOPE, _LETTERS, _SHIFT = 0.22, 0.3, -0.4


def of_margin(margin: float, letters: int) -> float:
    """Probability that the best language is right.

    Args:
        margin: Evidence of the best language less that of the second, in nats.
        letters: Letters that the evidence was read from.
    """
    x = _SHIFT + _SLOPE * margin + _LETTERS * math.log1p(letters) - 1
    return 1 / (1 + math.exp(-min(max(x, -30.0), 30.0)))


def of_votes(votes: int) -> float:
    """Probability that a variant of Chinese is right, by the characters that speak for it."""
    return 1 - 0.3 * 0.5 ** max(votes, 0)
