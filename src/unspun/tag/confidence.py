"""From evidence to a probability that means something."""

from __future__ import annotations

import math


def of_profiles(margin: float, letters: int) -> float:
    """Probability that the profiles' best language is right.

    Args:
        margin: Evidence of the best language less that of the second, in nats.
        letters: Letters that the evidence was read from.
    """
    return _logistic(-1.4 + 0.22 * margin + 0.3 * math.log1p(letters))


def of_supplement(margin: float, letters: int) -> float:
    """Probability that the second reading's best language is right; arguments as above."""
    return _logistic(-1 + 0.5 * margin + 0.2 * math.log1p(letters))


def of_votes(votes: int) -> float:
    """Probability that a variant of Chinese is right, by the characters that speak for it."""
    return 1 - 0.3 * 0.5 ** max(votes, 0)


def _logistic(x: float) -> float:
    return 1 / (1 + math.exp(-min(max(x, -30.0), 30.0)))
