"""BLEU, chrF, chrF++ and TER: sacrebleu's numbers and signatures from counts that add up."""

from __future__ import annotations

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
from unspun.score.ter import Ter

__all__ = [
    "METRICS",
    "Bleu",
    "Chrf",
    "Counts",
    "DocumentScore",
    "Metric",
    "Pair",
    "Scores",
    "Ter",
    "bleu",
    "chrf",
    "count",
    "score_documents",
    "ter",
    "total",
]
