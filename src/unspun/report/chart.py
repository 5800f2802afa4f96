"""The picture of the scores before and after: geometry only, drawn by the template as SVG."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from unspun.report.view import MetricView

WIDTH = 400
MARGIN = 10
ROW = 42
MOST_ROWS = 24
BINS_HEIGHT = 150
_TICK = 20
_BIN = 5


@dataclass(frozen=True, slots=True)
class Pair:
    """A score before and after.

    Attributes:
        label: The document, or what stands for all of them.
        before: Of the raw text.
        after: Of the clean text.
        whole: Whether it is the score of the whole corpus.
    """

    label: str
    before: float
    after: float
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Dot:
    """One line of a dumbbell chart; ``change`` is ``better``, ``worse`` or ``same``."""

    pair: Pair
    y: int
    x_before: float
    x_after: float
    change: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bin of a distribution: heights before and after, in pixels, and the counts."""

    x: float
    width: float
    before: float
    after: float
    low: int
    high: int
    counts: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Panel:
    """The chart of one metric: dots for few documents, bars for many."""

    metric: MetricView
    height: int
    ticks: tuple[tuple[int, float], ...]
    dots: tuple[Dot, ...] = ()
    bars: tuple[Bar, ...] = ()
    better: int = 0
    worse: int = 0
    same: int = 0


def panel(metric: MetricView, pairs: Sequence[Pair]) -> Panel:
    """Lay out the chart of a metric."""
    values = [value for pair in pairs for value in (pair.before, pair.after)]
    low = math.floor(min(values, default=0) / _TICK) * _TICK
    high = max(low + _TICK, math.ceil(max(values, default=100) / _TICK) * _TICK)
    step = _TICK * max(1, math.ceil((high - low) / (8 * _TICK)))
    ticks = tuple((value, _x(value, low, high)) for value in range(low, high + 1, step))
    if len(pairs) <= MOST_ROWS:
        dots = tuple(_dot(metric, pair, k, low, high) for k, pair in enumerate(pairs))
        made = Panel(metric, ROW * len(dots) + 26, ticks, dots=dots)
    else:
        bars = tuple(_bars([p for p in pairs if not p.whole], low, high))
        made = Panel(metric, BINS_HEIGHT + 40, ticks, bars=bars)
    tally = Counter(_change(metric, pair) for pair in pairs if not pair.whole)
    return replace(made, better=tally["better"], worse=tally["worse"], same=tally["same"])


def _x(value: float, low: int, high: int) -> float:
    return round(MARGIN + (value - low) / (high - low) * (WIDTH - 2 * MARGIN), 1)


def _change(metric: MetricView, pair: Pair) -> str:
    gain = round(pair.after, 1) - round(pair.before, 1)
    if not gain:
        return "same"
    return "better" if (gain > 0) == metric.higher_is_better else "worse"


def _dot(metric: MetricView, pair: Pair, place: int, low: int, high: int) -> Dot:
    before, after = _x(pair.before, low, high), _x(pair.after, low, high)
    return Dot(pair, ROW * place + 16, before, after, _change(metric, pair))


def _bars(pairs: Sequence[Pair], low: int, high: int) -> list[Bar]:
    bins = (high - low) // _BIN
    counts = [[0, 0] for _ in range(bins)]
    for pair in pairs:
        for side, value in enumerate((pair.before, pair.after)):
            counts[min(bins - 1, int((value - low) // _BIN))][side] += 1
    most = max((n for both in counts for n in both), default=1) or 1
    width = (WIDTH - 2 * MARGIN) / bins
    return [
        Bar(
            round(MARGIN + k * width, 2),
            round(width, 2),
            round(before / most * BINS_HEIGHT, 1),
            round(after / most * BINS_HEIGHT, 1),
            low + k * _BIN,
            low + (k + 1) * _BIN,
            (before, after),
        )
        for k, (before, after) in enumerate(counts)
    ]
