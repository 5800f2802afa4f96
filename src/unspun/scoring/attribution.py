"""How many points each stage of a pipeline brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from unspun.config import ScoreConfig
from unspun.errors import MismatchError
from unspun.scoring.counts import Counts, Metric, total
from unspun.scoring.documents import Pair, score_documents
from unspun.scoring.significance import BOOTSTRAP_SAMPLES, SEED, Interval, estimate, resample


@dataclass(frozen=True, slots=True)
class Gain:
    """A text's scores after a stage.

    Attributes:
        stage: The stage.
        scores: Score by metric after it.
        gained: What it brought, by metric: points above the stage before; negative TER is better.
        counts: What each metric counted.
    """

    stage: str
    scores: Mapping[str, float]
    gained: Mapping[str, float]
    counts: Mapping[str, Counts]


def attribute(
    stages: Sequence[tuple[str, str]], ref: str, config: ScoreConfig | None = None
) -> tuple[Gain, ...]:
    """The points that each stage brought to a document.

    Args:
        stages: The text after each stage, in order; the first entry is where gains start.
        ref: The reference.
        config: Which metrics.

    Raises:
        MismatchError: for no stages, or a stage twice.
    """
    pairs = [Pair(stage, text, "", (ref,)) for stage, text in stages]
    gains: list[Gain] = []
    for document in score_documents(pairs, config).documents:
        before = gains[-1].scores if gains else document.scores
        gained = {name: score - before[name] for name, score in document.scores.items()}
        gains.append(Gain(document.id, document.scores, gained, document.counts))
    return tuple(gains)


def gain_interval(
    metric: Metric,
    before: Sequence[Counts],
    after: Sequence[Counts],
    *,
    samples: int = BOOTSTRAP_SAMPLES,
    seed: int = SEED,
) -> Interval:
    """What a stage brought to a corpus, with its 95% interval over the documents.

    Args:
        metric: What was counted.
        before: Each document's counts before the stage.
        after: Each document's counts after it.
        samples: Resamples of the documents; both sides see the same ones.
        seed: The seed of the random numbers.

    Raises:
        MismatchError: where the two have not the same number of documents.
    """
    if len(before) != len(after):
        raise MismatchError(f"{len(before)} documents before the stage, {len(after)} after it")
    gained = metric.score(total(after).values) - metric.score(total(before).values)
    scores = [resample(metric, counts, samples, seed) for counts in (before, after)]
    return Interval(gained, *estimate(np.subtract(scores[1], scores[0])))
