"""Which reference belongs to which document: by path, else by content."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from unspun import files, pipeline
from unspun.config import Config
from unspun.errors import UnspunError
from unspun.files import Source
from unspun.match import Index, Match


@dataclass(frozen=True, slots=True)
class Rightness:
    """How often the reference that was found is the one that is known.

    Attributes:
        known: Documents of which it is known.
        precision: Share of the references given to these that are right; 1.0 where none was given.
        recall: Share of these documents' references that were found; 1.0 where they have none.
    """

    known: int
    precision: float
    recall: float


def rightness(found: Sequence[Match], known: Mapping[str, str | None]) -> Rightness:
    """Precision and recall of matches.

    Args:
        found: What was found.
        known: The reference of each document where that is known, None for a document without.

    >>> rightness([Match("a", "b", 1.0, 0.0), Match("c", None, 0.0, 0.0)], {"a": "b", "c": "d"})
    Rightness(known=2, precision=1.0, recall=0.5)
    """
    judged = [(match.reference, known[match.id]) for match in found if match.id in known]
    given = sum(reference is not None for reference, _ in judged)
    wanted = sum(truth is not None for _, truth in judged)
    right = sum(reference == truth is not None for reference, truth in judged)
    return Rightness(
        len(judged), right / given if given else 1.0, right / wanted if wanted else 1.0
    )


def pair(sources: Sequence[Source], references: Path) -> dict[str, Source]:
    """The reference of each document that has one.

    A reference at the same path is taken as it is. What is left on both sides is compared by
    content, and pairs where one reference is clearly the nearest.

    Raises:
        InputError: if the references do not exist.
    """
    pairs = files.pair(sources, references)
    left = [source for source in sources if source.id not in pairs]
    used = {source.id for source in pairs.values()}
    candidates = [source for source in files.discover([references]) if source.id not in used]
    if left and candidates:
        by_id = {source.id: source for source in candidates}
        for found in matches(left, candidates):
            if found.reference is not None:
                pairs[found.id] = by_id[found.reference]
    return pairs


def matches(
    sources: Sequence[Source], references: Sequence[Source], config: Config | None = None
) -> list[Match]:
    """The nearest reference of each document, by what spinning cannot change.

    Args:
        sources: The documents; one that cannot be read matches nothing.
        references: The texts to find them in.
        config: If given, documents are taken through the flow first: restored text finds more.
    """
    index = Index((r.id, text) for r in references if (text := _text(r)) is not None)
    found = []
    for source in sources:
        text = _text(source) if config is None else _clean(source, config)
        found.append(index.find(source.id, text) if text else Match(source.id, None, 0.0, 0.0))
    return found


def _text(source: Source) -> str | None:
    try:
        return files.read(source).text
    except UnspunError:
        return None


def _clean(source: Source, config: Config) -> str | None:
    try:
        return pipeline.process(files.read(source), config).text
    except UnspunError:
        return None
