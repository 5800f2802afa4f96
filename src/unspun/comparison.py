"""A result against its clean reference: align, diff, score, stage by stage; pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from unspun import align, diffing, scoring
from unspun.config import ScoreConfig
from unspun.model import Document
from unspun.pipeline import Result
from unspun.scoring import Counts, DocumentScore

RAW = "raw"

StageCounts = Sequence[tuple[str, Mapping[str, Counts]]]
"""What each metric counted in a document, raw and after each stage."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far a document is from its reference, raw and after each stage.

    Attributes:
        reference: The reference.
        diff: What differs between the clean text and the reference.
        coverage: Shares of the clean text and of the reference that alignment paired, 0 to 1.
        stages: The scores of the raw text (``raw``), then after each stage that changes text.
        signatures: The signature of each metric.
    """

    reference: Document
    diff: diffing.Diff
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
    given = result.given("normalise").text  # of a page, its text: markup has no reference
    stages = ((s.stage, s.text) for s in result.snapshots if s.stage != "extract")
    return compare_texts(result.document.id, [(RAW, given), *stages], reference, config)


def compare_texts(
    id_: str, texts: Sequence[tuple[str, str]], reference: Document, config: ScoreConfig
) -> Comparison:
    """Compare a document, as it stood after each stage, with its reference; the last is clean.

    Raises:
        ConfigError: for an unknown metric.
    """
    clean = texts[-1][1]
    stages, signatures = score_texts(id_, texts, reference, config)
    alignment = align.align(clean, reference.text)
    made = diffing.diff(clean, reference.text, alignment)
    return Comparison(reference, made, alignment.coverage, stages, signatures)


def score_texts(
    id_: str, texts: Sequence[tuple[str, str]], reference: Document, config: ScoreConfig
) -> tuple[tuple[tuple[str, DocumentScore], ...], Mapping[str, str]]:
    """The scores of a document after each stage, and the signatures of the metrics.

    Raises:
        ConfigError: for an unknown metric.
    """
    distinct = list(dict.fromkeys(text for _, text in texts))
    pairs = [(str(n), text, reference.id, reference.text) for n, text in enumerate(distinct)]
    scored = scoring.score_documents(pairs, config)
    named = {
        text: replace(document, id=id_)
        for text, document in zip(distinct, scored.documents, strict=True)
    }
    return tuple((stage, named[text]) for stage, text in texts), scored.signatures


class Totals:
    """Scores of a whole batch and what each stage brought to it, from counts that add up."""

    def __init__(self) -> None:
        self.documents = 0
        self.signatures: Mapping[str, str] = {}
        self._counts: dict[str, dict[str, list[Counts]]] = {}  # by stage and metric

    def add(self, compared: Comparison) -> None:
        """Count one more document."""
        stages = [(stage, document.counts) for stage, document in compared.stages]
        self.add_counts(stages, compared.signatures)

    def add_counts(self, stages: StageCounts, signatures: Mapping[str, str]) -> None:
        """Count one more document, of which only the counts were kept."""
        self.documents += 1
        self.signatures = signatures
        for stage, counted in stages:
            by_metric = self._counts.setdefault(stage, {})
            for name, counts in counted.items():
                by_metric.setdefault(name, []).append(counts)

    def scores(self) -> dict[str, dict[str, float]]:
        """The score of each metric, raw and clean; empty if nothing was compared."""
        if not self._counts:
            return {}
        return {RAW: _scores(self._counts[RAW]), "clean": _scores([*self._counts.values()][-1])}

    def gains(self) -> list[tuple[str, dict[str, scoring.Interval]]]:
        """What each stage brought to each metric of the corpus, with its 95% interval."""
        stages = list(self._counts.items())
        return [
            (
                stage,
                {
                    name: scoring.gain_interval(scoring.METRICS[name], before[name], after[name])
                    for name in after
                },
            )
            for (_, before), (stage, after) in pairwise(stages)
        ]


def _scores(counts: Mapping[str, Sequence[Counts]]) -> dict[str, float]:
    return {
        name: scoring.METRICS[name].score(scoring.total(c).values) for name, c in counts.items()
    }
