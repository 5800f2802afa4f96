"""Pictures of a batch: how many documents are how, and what each stage brought; geometry only."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unspun.report.view import Interval, MetricView

LEAST = 2
"""Documents from which their number is worth a picture."""
LABEL, VALUE, WIDTH, ROW = 88, 52, 400, 22
_MOST = 8  # languages with a row of their own
_EDITS = (0, 1, 3, 6, 11, 21, 51, 101, 201, 501, 1001)  # where a row begins
_TENTHS = 10


@dataclass(frozen=True, slots=True)
class Bar:
    """A row: so many documents."""

    label: str
    count: int
    y: int
    width: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How many documents are how."""

    name: str
    title: str
    bars: tuple[Bar, ...]

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return ROW * len(self.bars) + 6


@dataclass(frozen=True, slots=True)
class Step:
    """What one stage brought, with its interval; ``change`` is better, worse or same."""

    stage: str
    figures: Interval
    y: int
    x: float
    width: float
    whisker: tuple[float, float]
    change: str


@dataclass(frozen=True, slots=True)
class Gains:
    """What the stages brought to one metric of the corpus."""

    metric: MetricView
    steps: tuple[Step, ...]
    zero: float

    @property
    def height(self) -> int:
        """Of the picture, in pixels."""
        return ROW * len(self.steps) + 6


def languages(counts: Mapping[str, int]) -> Tally:
    """Documents by language, the commonest first."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    rows = ordered[:_MOST]
    if rest := ordered[_MOST:]:
        rows.append((f"{len(rest)} others", sum(count for _, count in rest)))
    return _tally("languages", "Documents by language", rows)


def edits(sizes: Sequence[int]) -> Tally:
    """Documents by number of edits.

    >>> [(bar.label, bar.count) for bar in edits([0, 0, 1, 2, 5]).bars]
    [('none', 2), ('1 to 2', 2), ('3 to 5', 1)]
    """
    counts = Counter(bisect_right(_EDITS, size) - 1 for size in sizes)
    rows = [(_range(k), counts[k]) for k in range(max(counts, default=0) + 1)]
    return _tally("edits", "Documents by number of edits", rows)


def _range(k: int) -> str:
    low = _EDITS[k]
    if low == 0:
        return "none"
    return f"{low:,} to {_EDITS[k + 1] - 1:,}" if k + 1 < len(_EDITS) else f"{low:,} and more"


def qualities(scores: Sequence[float]) -> Tally:
    """Documents by quality, in tenths, from the lowest that there is.

    >>> [(bar.label, bar.count) for bar in qualities([0.85, 0.97, 1.0]).bars]
    [('0.8 to 0.9', 1), ('0.9 to 1.0', 2)]
    """
    counts = Counter(min(_TENTHS - 1, int(score * _TENTHS + 1e-9)) for score in scores)
    first = min(counts, default=0)
    rows = [(f"{k / 10:.1f} to {(k + 1) / 10:.1f}", counts[k]) for k in range(first, _TENTHS)]
    return _tally("quality", "Documents by quality", rows)


def _tally(name: str, title: str, rows: Sequence[tuple[str, int]]) -> Tally:
    most = max((count for _, count in rows), default=1) or 1
    room = WIDTH - LABEL - VALUE
    bars = (
        Bar(label, count, ROW * k, round(room * count / most, 1))
        for k, (label, count) in enumerate(rows)
    )
    return Tally(name, title, tuple(bars))


def gains(metric: MetricView, stages: Sequence[tuple[str, Mapping[str, Interval]]]) -> Gains | None:
    """Lay out what the stages brought to a metric; nothing if that is not known."""
    known = [(stage, figures[metric.name]) for stage, figures in stages if metric.name in figures]
    if not known:
        return None
    reach = [0.0, *(value for _, figures in known for value in figures)]
    low, high = min(reach), max(*reach, min(reach) + 1)
    room = WIDTH - LABEL - 2 * VALUE

    def at(value: float) -> float:
        return round(LABEL + (value - low) / (high - low) * room, 1)

    steps = []
    for k, (stage, figures) in enumerate(known):
        gained, least, most = figures
        left, right = sorted((at(0), at(gained)))
        better = (gained > 0) == metric.higher_is_better
        change = "same" if not round(gained, 1) else "better" if better else "worse"
        whisker = (at(least), at(most))
        steps.append(Step(stage, figures, ROW * k, left, round(right - left, 1), whisker, change))
    return Gains(metric, tuple(steps), at(0))
