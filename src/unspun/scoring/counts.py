"""Counts that add up, and what a metric has to offer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import Protocol

from unspun.errors import MismatchError


class Metric(Protocol):
    """Counts for each segment, one formula from summed counts to the number, one signature."""

    @property
    def name(self) -> str:
        """The metric's name, such as ``bleu``."""

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[tuple[float, ...]]:
        """The counts of each segment; ``references`` holds a group for each hypothesis."""

    def score(self, counts: Sequence[float]) -> float:
        """The score of summed counts, 0 to 100 (TER may pass 100)."""

    def signature(self, references: int = 1) -> str:
        """The settings and the version, as sacrebleu prints them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What one metric counted in one segment, or in many.

    Attributes:
        metric: The metric's name.
        values: Its counts, in the order of sacrebleu's segment statistics.

    >>> Counts("ter", (1, 4)) + Counts("ter", (2, 8))
    Counts(metric='ter', values=(3, 12))
    """

    metric: str
    values: tuple[float, ...]

    def __add__(self, other: Counts) -> Counts:
        if self.metric != other.metric or len(self.values) != len(other.values):
            raise MismatchError(f"counts of {self.metric} and {other.metric} do not add up")
        return Counts(self.metric, tuple(map(add, self.values, other.values)))


def total(counts: Iterable[Counts]) -> Counts:
    """The sum, in the order given.

    Raises:
        MismatchError: for no counts at all, or counts of several metrics.
    """
    listed = list(counts)
    if not listed:
        raise MismatchError("no segments to score")
    return reduce(add, listed)


def count(
    metric: Metric, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
) -> list[Counts]:
    """The counts of each segment.

    Args:
        metric: What to count.
        hypotheses: One text a segment.
        references: For each segment its references, at least one.

    Raises:
        MismatchError: for more hypotheses than reference groups, or fewer, or an empty group.
    """
    if len(hypotheses) != len(references):
        raise MismatchError(
            f"{len(hypotheses)} hypotheses against {len(references)} references: "
            "each needs exactly one partner"
        )
    for number, group in enumerate(references, 1):
        if isinstance(group, str) or not group:
            raise MismatchError(f"segment {number} needs a list of one reference or more")
    return [Counts(metric.name, values) for values in metric.statistics(hypotheses, references)]
