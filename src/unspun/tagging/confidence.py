"""From evidence to a probability that means something.

Both formulas are logistic regressions that `tools/calibrate_tag.py` fits on text that neither
reading has seen: short sentences of daily life, and beginnings of sentences, 3 to 60 words, from
every other paragraph of the Universal Declaration of Human Rights, in the languages that the
profiles know (997 in 1000 by weight) and in some 350 that they do not, so that a language unknown
to both is met with doubt.
"""

from __future__ import annotations

import math

PROFILES = (-4.7187, 0.9595, -0.348, 0.8258, 0.0823, 2.5107)
SUPPLEMENT = (-0.7768, 0.8806, -0.3767, 0.3612, -1.065, 2.5172)
_CAPS = (60.0, 40.0)


def of_profiles(margin: float, letters: int, fit: float) -> float:
    """Probability that the profiles' best language is right.

    Args:
        margin: Evidence of the best language less that of the second, in nats.
        letters: Letters that the evidence was read from.
        fit: Evidence of the best language, in nats a letter.
    """
    return _logistic(PROFILES, margin, letters, fit, _CAPS[0])


def of_supplement(margin: float, letters: int, loss: float) -> float:
    """Probability that the second reading's best language is right.

    Args:
        margin: As above.
        letters: As above.
        loss: How far the text is from fitting the language, in nats a letter.
    """
    return _logistic(SUPPLEMENT, margin, letters, loss, _CAPS[1])


def of_votes(votes: int) -> float:
    """Probability that a variant of Chinese is right, by the characters that speak for it."""
    return 1 - 0.3 * 0.5 ** max(votes, 0)


def terms(margin: float, letters: int, fit: float, cap: float) -> tuple[float, ...]:
    """What the coefficients weigh."""
    return (
        1.0,
        math.log1p(max(margin, 0.0)),
        min(margin, cap) / 10,
        math.log1p(letters),
        fit,
        min(margin / max(letters, 1), 3.0),
    )


def _logistic(
    weights: tuple[float, ...], margin: float, letters: int, fit: float, cap: float
) -> float:
    a, b, c, d, e, f = weights
    one, first, capped, size, fitting, each = terms(margin, letters, fit, cap)
    x = a * one + b * first + c * capped + d * size + e * fitting + f * each
    return 1 / (1 + math.exp(-min(max(x, -30.0), 30.0)))
