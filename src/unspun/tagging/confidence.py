"""From evidence to a probability that means something.

Both formulas are logistic regressions that `tools/calibrate_tag.py` fits on text that neither
reading has seen: short sentences of daily life, and beginnings of sentences, 3 to 60 words, from
every other paragraph of the Universal Declaration of Human Rights, in the languages that the
profiles know (995 in 1000 by weight) and in some 350 that they do not, so that a language unknown
to both is met with doubt.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

PROFILES = (8.7481, 0.6273, -0.0996, -2.9936, -0.8192, 3.1334, 0.2632)
SUPPLEMENT = (-5.5777, 1.2531, -0.6451, 2.0246, 2.2625, 2.3971, -1.057)
_CAPS = (60.0, 40.0)
_MOST_EACH = 3.0
_LONG = 300
"""Letters beyond which more of them say no more: the longest texts that were read."""
_SIZES = tuple(map(math.log1p, range(_LONG + 1)))


def of_profiles(margin: float, letters: int, fit: float) -> float:
    """Probability that the profiles' best language is right.

    Args:
        margin: Evidence of the best language less that of the second, in nats.
        letters: Letters that the evidence was read from.
        fit: Evidence of the best language, in nats a letter.
    """
    return _probability(log_odds(PROFILES, margin, letters, fit, _CAPS[0]))


def of_supplement(margin: float, letters: int, loss: float) -> float:
    """Probability that the second reading's best language is right.

    Args:
        margin: As above.
        letters: As above.
        loss: How far the text is from fitting the language, in nats a letter.
    """
    return _probability(log_odds(SUPPLEMENT, margin, letters, loss, _CAPS[1]))


def of_votes(votes: int) -> float:
    """Probability that a variant of Chinese is right, by the characters that speak for it."""
    return 1 - 0.3 * 0.5 ** max(votes, 0)


def log_odds(
    weights: Sequence[float], margin: float, letters: int, fit: float, cap: float
) -> float:
    """What the coefficients add up to; `min` would take longer than all of it."""
    a, b, c, d, e, f, g = weights
    size = _SIZES[letters] if letters < _LONG else _SIZES[_LONG]
    each = margin / (letters or 1)
    return (
        a
        + b * (math.log1p(margin) if margin > 0 else 0.0)
        + c * ((margin if margin < cap else cap) / 10)  # noqa: FURB136
        + d * size
        + e * fit
        + f * (each if each < _MOST_EACH else _MOST_EACH)  # noqa: FURB136
        + g * (fit * size)
    )


def _probability(log_odds: float) -> float:
    return 1 / (1 + math.exp(-min(max(log_odds, -30.0), 30.0)))
