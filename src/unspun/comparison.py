"""A result against its clean reference: align, diff, score, stage by stage; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Self

from unspun import align, diff, score
from unspun.config import ScoreConfig
from unspun.model import Document
from unspun.pipeline import Result
from unspun.score import Counts, DocumentScore

RAW = "raw"


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far a document is from its reference, raw and after each stage.

    Attributes:
        reference: The reference.
        diff: What differs between the clean text and the reference.
        coverage: Shares of the clean text and of the reference that alignment paired, 0 to 1.
        stages: The scores of the raw text (``raw``), then after each stage that changed it.
        signatures: The signature of each metric.
    """

    reference: Document
    diff: diff.Diff
    coverage: tuple[float, float]
    stages: tuple[tuple[str, DocumentScore], ...]
    signatures: Mapping[str, str]

    @property
    def raw(self) -> DocumentScore:
        """The scores of the raw text."""
        return self.stages[0][1]

    @property
    def clean(self) -> DocumentScore:
        """The scores of the clean text."""
        return self.stages[-1][1]


def compare(result: Result, reference: Document, config: ScoreConfig) -> Comparison:
    """Compare a result with its reference.

    Raises:
        ConfigError: for an unknown metric.
    """
    texts = {RAW: result.document.text}
    for snapshot in result.snapshots:
        if snapshot.text != list(texts.values())[-1]:
            texts[snapshot.stage] = snapshot.text
    pairs = [(stage, text, reference.id, reference.text) for stage, text in texts.items()]
    scored = score.score_documents(pairs, config)
    alignment = align.align(result.text, reference.text)
    named = (replace(d, id=result.document.id) for d in scored.documents)
    return Comparison(
        reference,
        diff.diff(result.text, reference.text, alignment),
        alignment.coverage,
        tuple(zip(texts, named, strict=True)),
        scored.signatures,
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """Scores of a whole batch, from summed counts.

    Attributes:
        documents: How many were compared.
        raw: The counts of the raw texts, by metric.
        clean: The counts of the clean texts, by metric.
        signatures: The signature of each metric.
    """

    documents: int = 0
    raw: Mapping[str, Counts] | None = None
    clean: Mapping[str, Counts] | None = None
    signatures: Mapping[str, str] | None = None

    def add(self, compared: Comparison) -> Self:
        """The totals with one more document."""
        return replace(
            self,
            documents=self.documents + 1,
            raw=_sum(self.raw, compared.raw.counts),
            clean=_sum(self.clean, compared.clean.counts),
            signatures=compared.signatures,
        )

    def scores(self) -> dict[str, dict[str, float]]:
        """The score of each metric, raw and clean; empty if nothing was compared."""
        if self.raw is None or self.clean is None:
            return {}
        return {RAW: _scores(self.raw), "clean": _scores(self.clean)}


def _sum(sums: Mapping[str, Counts] | None, more: Mapping[str, Counts]) -> Mapping[str, Counts]:
    return more if sums is None else {name: sums[name] + more[name] for name in sums}


def _scores(counts: Mapping[str, Counts]) -> dict[str, float]:
    return {name: score.METRICS[name].score(c.values) for name, c in counts.items()}
