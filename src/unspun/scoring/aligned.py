"""Scores of the passages that alignment paired, beside how much it paired."""

from __future__ import annotations

from collections.abc import Sequence

from unspun.align import Alignment
from unspun.config import ScoreConfig
from unspun.errors import MismatchError
from unspun.scoring.counts import count, total
from unspun.scoring.documents import DocumentScore, Pair, Scores, metrics_of, with_coverage


def score_aligned(
    pairs: Sequence[Pair], alignments: Sequence[Alignment], config: ScoreConfig | None = None
) -> Scores:
    """Score what was paired, segment by segment; passages without partner stand in the coverage.

    This says how good what is there is, however much was left out; `score_documents` says how far
    the whole text is from the whole reference. Read the score only with its coverage.

    Args:
        pairs: Documents with one reference each.
        alignments: Their alignments.
        config: Which metrics.

    Raises:
        MismatchError: for no documents, other than one alignment a document, several references,
            or a document of which nothing was paired.
    """
    if len(pairs) != len(alignments) or not pairs:
        raise MismatchError(f"{len(pairs)} documents with {len(alignments)} alignments")
    metrics = metrics_of(config or ScoreConfig())
    documents = []
    for pair, alignment in zip(pairs, alignments, strict=True):
        if len(pair.references) != 1:
            raise MismatchError(f"document {pair.id!r} needs one reference to be aligned with")
        both = [s for s in alignment.segments if s.hyp[0] < s.hyp[1] and s.ref[0] < s.ref[1]]
        if not both:
            raise MismatchError(f"nothing of document {pair.id!r} is in {pair.reference!r}")
        hyps = [pair.hypothesis[slice(*s.hyp)] for s in both]
        refs = [[pair.references[0][slice(*s.ref)]] for s in both]
        counts = {metric.name: total(count(metric, hyps, refs)) for metric in metrics}
        figures = {metric.name: metric.score(counts[metric.name].values) for metric in metrics}
        documents.append(DocumentScore(pair.id, pair.reference, figures, counts))
    sums = {m.name: total([d.counts[m.name] for d in documents]) for m in metrics}
    scores = Scores(
        corpus={m.name: m.score(sums[m.name].values) for m in metrics},
        signatures={m.name: m.signature() + "|seg:aligned" for m in metrics},
        documents=tuple(documents),
    )
    return with_coverage(scores, pairs, [a.coverage for a in alignments])
