"""Quality without a reference: one explained score, made of sub-scores.

The score is the weighted geometric mean of the sub-scores, so that one part at zero cannot be made
up for by the others, and a part that finds no fault changes nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from unspun.kernels.values import maker
from unspun.model import Quality, Spun, SubScore, Tag, Tagged
from unspun.quality import rules
from unspun.quality.fluency import of as fluent
from unspun.quality.fluency import of_many as fluent_many
from unspun.quality.shape import Shape

__all__ = ["Shape", "assess", "fluent", "fluent_many"]

_sub_score, _quality = maker(SubScore), maker(Quality)

WEIGHTS = {
    "encoding-damage": 1.0,
    "chrome": 0.7,
    "spun": 1.0,
    "residue": 0.7,
    "language": 0.5,
    "fluency": 0.7,
}
RULE_WEIGHT = 0.15
"""Rules overlap, so each weighs little; together they weigh as much as any other part."""
FLUENT = -7.3
"""Nats a word below which a text is flagged: where .3 of the fluency is left."""
_FLOOR = 0.01
# What nearly every text has: made once.
_SOUND = _sub_score("encoding-damage", 1.0, 0.0, 1.0, False)  # noqa: FBT003
_BARE = _sub_score("chrome", 1.0, 0.0, 0.3, False)  # noqa: FBT003
_PURE = _sub_score("residue", 1.0, 0.0, 0.1, False)  # noqa: FBT003


def assess(
    text: str,
    tagged: Tagged,
    *,
    spun: Spun | None = None,
    chrome: Sequence[Tag] = (),
    damage: Sequence[Tag] = (),
    fluency: tuple[float, float] | None = None,
    shape: Shape | None = None,
) -> Quality:
    """Score a text by itself.

    Args:
        text: The text.
        tagged: Its languages, in its coordinates.
        spun: The verdict on spinning.
        chrome: Page furniture that is still there.
        damage: Encoding damage that is still there.
        fluency: How fluent a language model finds it, 0 to 1, and its nats a word (`fluent`).
        shape: What the rules count in it, if it was counted.

    Returns:
        The score and its parts; every rule gives its value and threshold and drops nothing.
    """
    shape = shape or Shape.of(text, tagged.language)
    own = [
        _damage(text, damage, shape.damage) if damage or shape.damage else _SOUND,
        _chrome(text, chrome) if chrome else _BARE,
        _residue(text, tagged),
        _language(tagged),
    ]
    if spun is not None:
        own.append(_sub_score("spun", 1 - spun.score, spun.score, 0.5, spun.is_spun))
    if fluency is not None:
        share, value = fluency
        own.append(_sub_score("fluency", share, value, FLUENT, value < FLUENT))
    rated, beyond = rules.parts(shape)
    faults = [part for part in own if part.score < 1] + beyond
    return _quality(_mean(faults), (*own, *rated))


def _mean(faults: Sequence[SubScore]) -> float:
    """The mean of all parts, of which those below one are given: the others weigh nothing."""
    total = 0.0
    for part in faults:
        total += WEIGHTS.get(part.name, RULE_WEIGHT) * math.log(max(_FLOOR, part.score))
    return math.exp(total)


def _damage(text: str, tags: Sequence[Tag], found: int) -> SubScore:
    """Damaged characters in a thousand: tagged ones and those that no sound text has."""
    tagged = sum(t.end - t.start for t in tags)
    value = 1000 * max(tagged, found) / max(1, len(text))
    return _sub_score("encoding-damage", math.exp(-value / 5), value, 1.0, value >= 1)


def _chrome(text: str, tags: Sequence[Tag]) -> SubScore:
    """Share of the text that is page furniture."""
    value = min(1.0, sum(t.end - t.start for t in tags) / max(1, len(text)))
    return _sub_score("chrome", 1 - value, value, 0.3, value >= 0.3)  # noqa: PLR2004


def _residue(text: str, tagged: Tagged) -> SubScore:
    """Share of the text in another language than the document's."""
    main, spans = tagged.language, tagged.spans
    if len(spans) == 1 and spans[0].language == main:
        return _PURE
    others = [span for span in spans if span.language not in (main, "und")]
    own = main.split("-")[0]
    other = sum(s.end - s.start for s in others if s.language.split("-")[0] != own)
    if not other:
        return _PURE
    value = other / max(1, len(text))
    return _sub_score("residue", 1 - value, value, 0.1, value >= 0.1)  # noqa: PLR2004


def _language(tagged: Tagged) -> SubScore:
    """Confidence of the language; FineWeb keeps .65 and more (Penedo et al. 2024)."""
    value = 0.5 if tagged.language == "und" else tagged.confidence
    return _sub_score("language", value, value, 0.65, value < 0.65)  # noqa: PLR2004
