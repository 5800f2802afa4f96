"""Rules that hold what is counted to a bound: how far a text is within it, as a sub-score.

The compiled kernel and the plain version give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from unspun import kernels
from unspun.kernels.values import maker
from unspun.model import SubScore
from unspun.quality.shape import Shape, share

_kernel = kernels.load("unspun.quality._bounds", revision=4)
_sub_score = maker(SubScore)
_PLACES = {name: place for place, name in enumerate(Shape._fields)}

SHARE, MOST, LEAST = range(3)
"""A share that is best at the bound and worst at one; an upper bound; a lower bound."""


class Rule(NamedTuple):
    """A rule of a corpus builder.

    Attributes:
        name: What it is called.
        bound: `SHARE`, `MOST` or `LEAST`.
        threshold: The last value that is not flagged.
        some: The field of the `Shape` that it counts.
        every: The field that this is a share of, or none.
        at: Which number of the field, where it has several.
    """

    name: str
    bound: int
    threshold: float
    some: str
    every: str = ""
    at: int = -1


Rate = Callable[[Shape], tuple[list[SubScore], list[SubScore]]]
"""From what is counted in a text to a part for each rule, and those of them that are flagged."""
Row = tuple[str, int, float, int, int, int]
"""A rule with the places of its fields, -1 for none."""


def rate(rules: Sequence[Rule]) -> Rate:
    """What rates texts by these rules, in their order."""
    if _kernel is None:
        return plain(rules)
    rated: Rate = _kernel.Bounds(_rows(rules), _sub_score).rate
    return rated


def plain(rules: Sequence[Rule]) -> Rate:
    """The same without the compiled kernel; most rules count nothing in most texts."""
    known = [(row, _nothing(row)) for row in _rows(rules)]

    def rated(shape: Shape) -> tuple[list[SubScore], list[SubScore]]:
        counts: Sequence[Any] = shape
        parts, beyond = [], []
        for (name, bound, threshold, some, every, at), nothing in known:
            value = counts[some] if at < 0 else counts[some][at]
            if not value and nothing is not None:
                parts.append(nothing)
                continue
            if every >= 0:
                value = share(value, counts[every])
            flagged = value < threshold if bound == LEAST else value > threshold
            score = _score(bound, threshold, value) if flagged else 1.0
            parts.append(_sub_score(name, score, value, threshold, flagged))
            if flagged:
                beyond.append(parts[-1])
        return parts, beyond

    return rated


def _rows(rules: Sequence[Rule]) -> tuple[Row, ...]:
    return tuple(
        (name, bound, threshold, _PLACES[some], _PLACES.get(every, -1), at)
        for name, bound, threshold, some, every, at in rules
    )


def _nothing(row: Row) -> SubScore | None:
    """The part of a rule that counts nothing, if that is within its bound."""
    name, bound, threshold, _, every, _ = row
    if bound == LEAST:
        return None
    return _sub_score(name, 1.0, 0 if every < 0 else 0.0, threshold, False)  # noqa: FBT003


def _score(bound: int, threshold: float, value: float) -> float:
    """Of a value beyond the bound."""
    if bound == LEAST:
        return value / threshold
    if bound == SHARE:
        return max(0.0, 1 - (value - threshold) / (1 - threshold))
    return threshold / value if threshold else 1 / (1 + value)
