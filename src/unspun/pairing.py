"""Which reference belongs to which document: by path, else by content."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from unspun import files, pipeline
from unspun.config import Config
from unspun.errors import UnspunError
from unspun.files import Source
from unspun.match import Index, Match


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
