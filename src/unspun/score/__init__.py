"""BLEU, chrF, chrF++ and TER: sacrebleu's numbers and signatures from counts that add up."""

from __future__ import annotations

from unspun.score.aligned import score_aligned
from unspun.score.attribution import Gain, attribute, gain_interval
from unspun.score.bleu import Bleu
from unspun.score.chrf import Chrf
from unspun.score.counts import Counts, Metric, count, total
from unspun.score.documents import (
    METRICS,
    DocumentScore,
    Pair,
    Scores,
    bleu,
    chrf,
    score_documents,
    ter,
)
from unspun.score.doubts import doubts
from unspun.score.lines import SegmentCounts, score_lines
from unspun.score.significance import Comparison, Interval, compare, groups, interval, is_worse
from unspun.score.ter import Ter

__all__ = [
    "METRICS",
    "Bleu",
    "Chrf",
    "Comparison",
    "Counts",
    "DocumentScore",
    "Gain",
    "Interval",
    "Metric",
    "Pair",
    "Scores",
    "SegmentCounts",
    "Ter",
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
]
