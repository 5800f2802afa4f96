"""Scores of files that hold one segment a line, as test sets of machine translation do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from unspun.config import ScoreConfig
from unspun.errors import MismatchError
from unspun.scoring.counts import Counts, count, total
from unspun.scoring.documents import (
    Coverage,
    DocumentScore,
    Pair,
    Scores,
    metrics_of,
    with_coverage,
)

SegmentCounts = Mapping[str, Sequence[Counts]]
"""For each metric the counts of each segment, the material of significance tests."""


def score_lines(
    pairs: Sequence[Pair], config: ScoreConfig | None = None
) -> tuple[Scores, SegmentCounts]:
    """Score files whose lines are segments.

    Args:
        pairs: Files with their references.
        config: Which metrics.

    Returns:
        The scores of the corpus of all lines and of each file, and the counts of each line.

    Raises:
        MismatchError: for no files, or files whose number of lines differs from a reference's.
    """
    if not pairs:
        raise MismatchError("no documents to score")
    metrics = metrics_of(config or ScoreConfig())
    documents, coverages = [], []
    segments: dict[str, list[Counts]] = {metric.name: [] for metric in metrics}
    for pair in pairs:
        hyps, refs = _lines(pair)
        coverages.append(_coverage(hyps, [group[0] for group in refs]))
        counts = {}
        for metric in metrics:
            counted = count(metric, hyps, refs)
            segments[metric.name] += counted
            counts[metric.name] = total(counted)
        figures = {metric.name: metric.score(counts[metric.name].values) for metric in metrics}
        documents.append(DocumentScore(pair.id, pair.reference, figures, counts))
    references = len(pairs[0].references)
    scores = Scores(
        corpus={m.name: m.score(total(segments[m.name]).values) for m in metrics},
        signatures={m.name: m.signature(references) for m in metrics},
        documents=tuple(documents),
    )
    return with_coverage(scores, pairs, coverages), segments


def _coverage(hyps: Sequence[str], refs: Sequence[str]) -> Coverage:
    """The share of either side that stands on lines where the other has text, too."""
    sizes = [
        (len("".join(a.split())), len("".join(b.split()))) for a, b in zip(hyps, refs, strict=True)
    ]
    paired = [(a, b) for a, b in sizes if a and b]
    whole = [sum(size[side] for size in sizes) for side in (0, 1)]
    parts = [sum(size[side] for size in paired) for side in (0, 1)]
    shares = [part / all_ if all_ else 1.0 for part, all_ in zip(parts, whole, strict=True)]
    return shares[0], shares[1]


def _lines(pair: Pair) -> tuple[list[str], list[list[str]]]:
    """A file's lines, and for each the lines of the references."""
    hyps = split(pair.hypothesis)
    columns = [split(reference) for reference in pair.references]
    for column in columns:
        if len(column) != len(hyps):
            raise MismatchError(
                f"{pair.id}: {len(hyps)} lines against {len(column)} of its reference; "
                "score whole documents, or aligned segments, if lines do not pair"
            )
    return hyps, [list(group) for group in zip(*columns, strict=True)]


def split(text: str) -> list[str]:
    r"""The lines of a text, as a file's are counted: only a line feed ends one.

    >>> split("one\ntwo\u2028still two\n")
    ['one', 'two\u2028still two']
    """
    lines = text.split("\n")
    if not lines[-1]:
        lines.pop()
    return [line.removesuffix("\r") for line in lines]
