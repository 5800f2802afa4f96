"""How long a translation is for its source (Gale and Church 1993).

The length of a translation is the source's, times a ratio, with a variance that grows with the
source's length. Ratio and variance come from the file itself where it is long enough.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from unspun.checking.findings import QaFinding, Unit
from unspun.checking.residue import script_of

_DENSE = {"Han": 0.29, "Hangul": 0.52, "Thai": 0.85, "Hebrew": 0.8, "Arabic": 0.85}
"""Characters that say what one Latin letter says, by UDHR's lengths, rounded."""
_VARIANCE = 6.8
"""Gale and Church's variance a character, of European languages; files have their own."""
_ENOUGH = 40  # units from which a file has its own ratio
_LEAST = 12  # characters from which lengths tell anything
_MOST_VARIANCE = 8.0  # what a file lacks must not excuse itself
OUTLIER = 4.0
"""Standard deviations from which a translation is too long or too short."""


@dataclass(frozen=True, slots=True)
class LengthModel:
    """How long translations are.

    Attributes:
        ratio: Characters of the translation for one of the source.
        variance: Of the translation's length, for one character of it that is expected.
    """

    ratio: float
    variance: float

    def deviation(self, source: int, target: int) -> float:
        """Standard deviations by which a translation is too long; negative where too short.

        >>> round(LengthModel(1.0, 4.0).deviation(100, 60), 1)
        -2.0
        """
        expected = max(1.0, self.ratio * source)
        return (target - expected) / math.sqrt(expected * self.variance)


def visible(text: str) -> int:
    """Code points of a text without its white space."""
    return len("".join(text.split()))


def model(units: Sequence[Unit]) -> LengthModel:
    """The lengths of a file's translations; those of its scripts where it is short."""
    pairs = [(visible(u.source), visible(u.target)) for u in units]
    pairs = [(a, b) for a, b in pairs if a >= _LEAST and b]
    if len(pairs) < _ENOUGH:
        return of_scripts(units)
    ratio = median(b / a for a, b in pairs)
    # of a normal law, from its median deviation
    spread = median(abs(b - ratio * a) / math.sqrt(max(1.0, ratio * a)) for a, b in pairs)
    return LengthModel(ratio, min(_MOST_VARIANCE, max(1.0, (1.4826 * spread) ** 2)))


def of_scripts(units: Sequence[Unit]) -> LengthModel:
    """What the scripts of a text and its translation let expect."""
    source = script_of(" ".join(u.source for u in units[:_ENOUGH])) or "Latin"
    target = script_of(" ".join(u.target for u in units[:_ENOUGH])) or "Latin"
    ratio = _DENSE.get(target, 1.0) / _DENSE.get(source, 1.0)
    return LengthModel(ratio, _VARIANCE)


def check(units: Sequence[Unit], lengths: LengthModel) -> dict[int, QaFinding]:
    """Translations that are much too short or too long, by the unit's place."""
    found = {}
    for place, unit in enumerate(units):
        source, target = visible(unit.source), visible(unit.target)
        if not source or not target or max(source, target / lengths.ratio) < _LEAST:
            continue
        off = lengths.deviation(source, target)
        if abs(off) < OUTLIER:
            continue
        what = "longer" if off > 0 else "shorter"
        expected = round(lengths.ratio * source)
        found[place] = QaFinding(
            "length",
            "minor",
            "Accuracy/Addition" if off > 0 else "Accuracy/Omission",
            f"much {what} than its source: {target} characters, {expected} expected",
            (0, len(unit.source)),
            (0, len(unit.target)),
            score=min(1.0, 0.6 * abs(off) / OUTLIER),
        )
    return found
