"""Rules that hold what is counted to a bound: how far a text is within it, as a sub-score.

The compiled kernel and the plain version give the same numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

from unspun import kernels
from unspun.kernels.values import maker
from unspun.model import SubScore
from unspun.quality.shape import Shape, share

_kernel = kernels.load("unspun.quality._bounds", revision=2)
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


Rate = Callable[[Shape], list[SubScore]]
"""From what is counted in a text to a part for each rule."""


def rate(rules: Sequence[Rule]) -> Rate:
    """What rates texts by these rules, in their order."""
    if _kernel is None:
        return partial(plain, rules)
    rows = tuple(
        (name, bound, threshold, _PLACES[some], _PLACES.get(every, -1), at)
        for name, bound, threshold, some, every, at in rules
    )
    rated: Rate = _kernel.Bounds(rows, _sub_score).rate
    return rated


def plain(rules: Sequence[Rule], shape: Shape) -> list[SubScore]:
    """Rate a text without the compiled kernel."""
    return [_rated(rule, shape) for rule in rules]


def _rated(rule: Rule, shape: Shape) -> SubScore:
    name, bound, threshold, some, every, at = rule
    counts: Sequence[Any] = shape
    value = counts[_PLACES[some]]
    if at >= 0:
        value = value[at]
    if every:
        value = share(value, counts[_PLACES[every]])
    flagged = value < threshold if bound == LEAST else value > threshold
    if not value and not flagged:
        return _nothing(rule, value)
    return _sub_score(name, _score(rule, value) if flagged else 1.0, value, threshold, flagged)


@lru_cache(typed=True)
def _nothing(rule: Rule, value: float) -> SubScore:
    """The part of a rule that counts nothing, as most do in most texts."""
    return _sub_score(rule.name, 1.0, value, rule.threshold, False)  # noqa: FBT003


def _score(rule: Rule, value: float) -> float:
    """Of a value beyond the bound."""
    bound, threshold = rule.bound, rule.threshold
    if bound == LEAST:
        return value / threshold
    if bound == SHARE:
        return max(0.0, 1 - (value - threshold) / (1 - threshold))
    return threshold / value if threshold else 1 / (1 + value)
