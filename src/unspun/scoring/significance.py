"""How sure a score is, and whether one system is better than another; all from segment counts.

Bootstrap resampling (Koehn 2004, "Statistical significance tests for machine translation
evaluation"), paired bootstrap and paired approximate randomisation (Riezler and Maxwell 2005) draw
the same samples as sacrebleu 2.6 does for the same seed, and compute the same numbers from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unspun.errors import MismatchError
from unspun.scoring.counts import Counts, Metric, total

Test = Literal["bootstrap", "randomisation"]
"""Paired bootstrap resampling, or paired approximate randomisation."""
SEED = 12345  # sacrebleu's default
BOOTSTRAP_SAMPLES = 1000
RANDOMISATION_SAMPLES = 10_000
_CELLS = 8_000_000  # numbers held at once while resampling
_LOWER_IS_BETTER = frozenset({"ter"})
_COARSE = np.dtype(np.float32)  # sacrebleu resamples in single precision


@dataclass(frozen=True, slots=True)
class Interval:
    """A score with its 95% interval.

    Attributes:
        score: The score of all segments.
        mean: The mean over the resamples.
        margin: Half the width of the interval around the mean.
    """

    score: float
    mean: float
    margin: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A system against a baseline.

    Attributes:
        baseline: The baseline's score.
        score: The system's score.
        p_value: Probability of a difference as large as this by chance.
        interval: The system's interval, where the test gives one.
    """

    baseline: float
    score: float
    p_value: float
    interval: Interval | None = None


def interval(
    metric: Metric, counts: Sequence[Counts], *, samples: int = BOOTSTRAP_SAMPLES, seed: int = SEED
) -> Interval:
    """The 95% bootstrap interval of a corpus score.

    Raises:
        MismatchError: for no segments.
    """
    score = metric.score(total(counts).values)
    return Interval(score, *estimate(resample(metric, counts, samples, seed)))


def compare(
    metric: Metric,
    baseline: Sequence[Counts],
    system: Sequence[Counts],
    *,
    test: Test = "bootstrap",
    samples: int | None = None,
    seed: int = SEED,
) -> Comparison:
    """Whether a system differs from a baseline on the same segments.

    Args:
        metric: What was counted.
        baseline: The baseline's counts, a segment each.
        system: The system's counts of the same segments.
        test: Paired bootstrap resampling, or paired approximate randomisation.
        samples: Resamples (1,000) or trials (10,000).
        seed: The seed of the random numbers; the same seed gives the same answer.

    Raises:
        MismatchError: where the two have not the same number of segments.
    """
    if len(baseline) != len(system):
        raise MismatchError(
            f"{len(baseline)} segments of the baseline against {len(system)} of the system"
        )
    if test == "bootstrap":
        return _bootstrap(metric, baseline, system, samples or BOOTSTRAP_SAMPLES, seed)
    return _randomise(metric, baseline, system, samples or RANDOMISATION_SAMPLES, seed)


def _bootstrap(
    metric: Metric, baseline: Sequence[Counts], system: Sequence[Counts], samples: int, seed: int
) -> Comparison:
    ours, theirs = metric.score(total(system).values), metric.score(total(baseline).values)
    scores = resample(metric, system, samples, seed)
    differences = np.abs(scores - resample(metric, baseline, samples, seed))
    p_value = _p_value(differences - differences.mean(), abs(theirs - ours))
    return Comparison(theirs, ours, p_value, Interval(ours, *estimate(scores)))


def _randomise(
    metric: Metric, baseline: Sequence[Counts], system: Sequence[Counts], samples: int, seed: int
) -> Comparison:
    ours, theirs = metric.score(total(system).values), metric.score(total(baseline).values)
    rng = np.random.default_rng(seed)
    swap = rng.integers(2, size=(samples, len(system)), dtype=bool)
    a, b = _exact(baseline), _exact(system)
    differences = np.empty(samples)
    for k in range(samples):
        first = metric.score((swap[k] @ a + ~swap[k] @ b).tolist())
        second = metric.score((~swap[k] @ a + swap[k] @ b).tolist())
        differences[k] = abs(first - second)
    return Comparison(theirs, ours, _p_value(differences, abs(theirs - ours)))


def groups(
    metric: Metric,
    systems: Mapping[str, Sequence[Counts]],
    *,
    test: Test = "bootstrap",
    samples: int | None = None,
    seed: int = SEED,
    level: float = 0.05,
) -> tuple[tuple[str, ...], ...]:
    """Systems from best to worst, grouped: no member of a group beats the group's first.

    Each system is tested against the first of the current group; the first that differs
    significantly opens the next group.

    Args:
        metric: What was counted.
        systems: Each system's counts, a segment each, over the same segments.
        test: How.
        samples: Resamples (1,000) or trials (10,000) of each test.
        seed: The seed of the random numbers.
        level: Significance level of each test.

    Raises:
        MismatchError: where the systems have not the same number of segments.
    """
    scores = {name: metric.score(total(counts).values) for name, counts in systems.items()}
    better = 1 if metric.name in _LOWER_IS_BETTER else -1
    ranked = sorted(systems, key=lambda name: (better * scores[name], name))
    found: list[list[str]] = []
    for name in ranked:
        if found:
            leader = found[-1][0]
            pair = systems[leader], systems[name]
            result = compare(metric, *pair, test=test, samples=samples, seed=seed)
            # equal scores are no difference, which sacrebleu's p-value does not say
            if result.p_value >= level or scores[leader] == scores[name]:
                found[-1].append(name)
                continue
        found.append([name])
    return tuple(map(tuple, found))


def is_worse(metric: Metric, old: float, new: float) -> bool:
    """Whether a new score is worse than an old one: higher for TER, lower for the others."""
    return new > old if metric.name in _LOWER_IS_BETTER else new < old


def _exact(counts: Sequence[Counts]) -> NDArray[np.float64]:
    """Counts as sacrebleu holds them here: whole numbers where all are whole."""
    return np.array([c.values for c in counts])


def resample(
    metric: Metric, counts: Sequence[Counts], samples: int, seed: int
) -> NDArray[np.float64]:
    """The score of each resample; the same seed draws the same segments for every system."""
    rng = np.random.default_rng(seed)
    draws = rng.choice(len(counts), size=(samples, len(counts)), replace=True)
    values = np.array([c.values for c in counts], dtype=_COARSE)
    step = max(1, _CELLS // values.size)  # a few resamples are summed at a time
    scores = [
        metric.score(sums)
        for start in range(0, samples, step)
        for sums in values[draws[start : start + step]].sum(1)
    ]
    return np.array(scores)


def estimate(scores: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and half width of the 95% interval, as sacrebleu estimates them."""
    ordered = np.sort(scores)
    cut = len(ordered) // 40
    margin = 0.5 * (ordered[len(ordered) - cut - 1] - ordered[cut])
    return float(ordered.mean()), float(margin)


def _p_value(statistics: NDArray[np.float64], difference: float) -> float:
    """Share of samples beyond the difference; one is added so that it is never 0."""
    beyond = int(np.sum(statistics > difference))
    return (beyond + 1) / (len(statistics) + 1)
