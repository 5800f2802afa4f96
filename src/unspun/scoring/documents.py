"""Scores of documents, each one segment, and of the corpus they make."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from unspun.config import ScoreConfig
from unspun.errors import ConfigError, MismatchError, unknown_name
from unspun.scoring.bleu import Bleu
from unspun.scoring.chrf import Chrf
from unspun.scoring.counts import Counts, Metric, count, total
from unspun.scoring.ter import Ter

METRICS: Mapping[str, Metric] = {
    "bleu": Bleu(),
    "chrf": Chrf(),
    "chrf++": Chrf(word_order=2),
    "ter": Ter(),
}
"""The metrics by name, with sacrebleu's defaults."""


Coverage = tuple[float, float]
"""Share of a hypothesis and of its reference that has a partner, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A document and its reference, or its references.

    Attributes:
        id: The document's id.
        hypothesis: Its text.
        reference: The reference's id.
        references: The text of the reference; several where there are several.
    """

    id: str
    hypothesis: str
    reference: str
    references: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DocumentScore:
    """The scores of one document.

    Attributes:
        id: The document's id.
        reference: The reference's id.
        scores: Score by metric.
        counts: What each metric counted; sums of these score any group of documents.
        coverage: Share of hypothesis and of reference that alignment pairs, where it was asked for.
    """

    id: str
    reference: str
    scores: Mapping[str, float]
    counts: Mapping[str, Counts] = field(repr=False)
    coverage: Coverage | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract's fields."""
        row: dict[str, Any] = {"id": self.id, "reference": self.reference, **self.scores}
        if self.coverage is not None:
            row["coverage"] = {"hyp": self.coverage[0], "ref": self.coverage[1]}
        return row


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of a corpus and of each of its documents.

    Attributes:
        corpus: Score by metric, from the summed counts.
        signatures: sacrebleu's signature by metric.
        documents: Each document's scores, in the order given.
        coverage: Share of all hypotheses and of all references that has a partner, where known.
    """

    corpus: Mapping[str, float]
    signatures: Mapping[str, str]
    documents: tuple[DocumentScore, ...]
    coverage: Coverage | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract."""
        record: dict[str, Any] = {
            "corpus": dict(self.corpus),
            "signatures": dict(self.signatures),
            "documents": [document.to_dict() for document in self.documents],
        }
        if self.coverage is not None:
            record["coverage"] = {"hyp": self.coverage[0], "ref": self.coverage[1]}
        return record


def metrics_of(config: ScoreConfig) -> tuple[Metric, ...]:
    """The metrics that a configuration names.

    Raises:
        ConfigError: for an unknown name.
    """
    for name in config.metrics:
        if name not in METRICS:
            raise ConfigError(unknown_name("metric", name, METRICS))
    return tuple(METRICS[name] for name in config.metrics)


def bleu(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Corpus BLEU of segments against one reference each, with sacrebleu's defaults.

    Raises:
        MismatchError: for lists of different length, or none at all.
    """
    return _corpus(METRICS["bleu"], hypotheses, references)


def chrf(hypotheses: Sequence[str], references: Sequence[str], *, word_order: int = 0) -> float:
    """Corpus chrF, or chrF++ for ``word_order=2``, with sacrebleu's defaults.

    Raises:
        MismatchError: for lists of different length, or none at all.
    """
    return _corpus(Chrf(word_order=word_order), hypotheses, references)


def ter(hypotheses: Sequence[str], references: Sequence[str]) -> float:
    """Corpus TER of segments against one reference each, with sacrebleu's defaults.

    Raises:
        MismatchError: for lists of different length, or none at all.
    """
    return _corpus(METRICS["ter"], hypotheses, references)


def _corpus(metric: Metric, hypotheses: Sequence[str], references: Sequence[str]) -> float:
    counts = count(metric, hypotheses, [[reference] for reference in references])
    return metric.score(total(counts).values)


def score_documents(
    pairs: Sequence[Pair | tuple[str, str, str, str]], config: ScoreConfig | None = None
) -> Scores:
    """Score documents against their references, each document as one segment.

    The whole text is the segment, so nothing depends on how either side is split, and a passage
    that was dropped or added costs what it should. The corpus score comes from the summed counts.

    Args:
        pairs: Documents with their references, or ``(id, text, reference id, reference text)``.
        config: Which metrics.

    Raises:
        MismatchError: for no documents, a document twice, or differing numbers of references.
        ConfigError: for an unknown metric.
    """
    rows = [p if isinstance(p, Pair) else Pair(p[0], p[1], p[2], (p[3],)) for p in pairs]
    references = _reference_count(rows)
    metrics = metrics_of(config or ScoreConfig())
    counted = {
        metric.name: count(metric, [r.hypothesis for r in rows], [r.references for r in rows])
        for metric in metrics
    }
    documents = []
    for i, row in enumerate(rows):
        counts = {metric.name: counted[metric.name][i] for metric in metrics}
        scores = {metric.name: metric.score(counts[metric.name].values) for metric in metrics}
        documents.append(DocumentScore(row.id, row.reference, scores, counts))
    return Scores(
        corpus={m.name: m.score(total(counted[m.name]).values) for m in metrics},
        signatures={m.name: m.signature(references) for m in metrics},
        documents=tuple(documents),
    )


def with_coverage(scores: Scores, pairs: Sequence[Pair], coverages: Sequence[Coverage]) -> Scores:
    """The scores with how much of each document, and of the corpus, has a partner.

    Args:
        scores: Of the documents.
        pairs: The documents, in the same order; the first reference counts.
        coverages: Of each document.
    """
    shares = []
    for texts, side in (([p.hypothesis for p in pairs], 0), ([p.references[0] for p in pairs], 1)):
        sizes = [len("".join(text.split())) for text in texts]
        covered = sum(c[side] * size for c, size in zip(coverages, sizes, strict=True))
        shares.append(covered / sum(sizes) if sum(sizes) else 1.0)
    documents = tuple(
        replace(document, coverage=coverage)
        for document, coverage in zip(scores.documents, coverages, strict=True)
    )
    return replace(scores, documents=documents, coverage=(shares[0], shares[1]))


def _reference_count(rows: Sequence[Pair]) -> int:
    """How many references each document has."""
    if not rows:
        raise MismatchError("no documents to score")
    seen: set[str] = set()
    for row in rows:
        if row.id in seen:
            raise MismatchError(f"document {row.id!r} stands twice among those to score")
        seen.add(row.id)
    counts = {len(row.references) for row in rows}
    if len(counts) > 1:
        raise MismatchError(f"documents have {sorted(counts)} references: all need as many")
    return counts.pop()
