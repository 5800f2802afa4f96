"""BLEU, chrF, chrF++ and TER: sacrebleu's numbers and signatures from counts that add up."""

from __future__ import annotations

from unspun.scoring.aligned import score_aligned
from unspun.scoring.attribution import Gain, attribute, gain_interval
from unspun.scoring.bleu import Bleu
from unspun.scoring.chrf import Chrf
from unspun.scoring.counts import Counts, Metric, count, total
from unspun.scoring.documents import (
    METRICS,
    Coverage,
    DocumentScore,
    Pair,
    Scores,
    bleu,
    chrf,
    score_documents,
    ter,
    with_coverage,
)
from unspun.scoring.doubts import doubts
from unspun.scoring.lines import SegmentCounts, score_lines
from unspun.scoring.significance import (
    Comparison,
    Interval,
    Test,
    compare,
    groups,
    interval,
    is_worse,
)
from unspun.scoring.ter import Ter

__all__ = [
    "METRICS",
    "Bleu",
    "Chrf",
    "Comparison",
    "Counts",
    "Coverage",
    "DocumentScore",
    "Gain",
    "Interval",
    "Metric",
    "Pair",
    "Scores",
    "SegmentCounts",
    "Ter",
    "Test",
    "attribute",
    "bleu",
    "chrf",
    "compare",
    "count",
    "doubts",
    "gain_interval",
    "groups",
    "interval",
    "is_worse",
    "score_aligned",
    "score_documents",
    "score_lines",
    "ter",
    "total",
    "with_coverage",
]
