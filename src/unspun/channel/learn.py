"""Learn a spinner's channel from pairs of spun and original text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from unspun.channel import contexts, corpus, markers, table
from unspun.channel.model import Channel
from unspun.errors import InputError, MismatchError

Pair = tuple[Sequence[str], Sequence[str]]
"""The paragraphs of a spun document, and of its original."""


def learn(pairs: Iterable[Pair], family: str = "learned") -> Channel:
    """Estimate what a spinner writes for what.

    Args:
        pairs: For each document, its spun paragraphs and the original's, one to one. A few dozen
            documents are enough to begin with; more find more of the table.
        family: The spinner's name.

    Raises:
        MismatchError: if a document's paragraphs do not pair.
        InputError: if there is nothing to learn from.
    """
    kept: list[Pair] = []
    for number, (spun, original) in enumerate(pairs, 1):
        if len(spun) != len(original):
            raise MismatchError(
                f"pair {number}: {len(spun)} spun paragraphs stand against {len(original)} of the "
                "original; give both the same paragraphs, one a line"
            )
        kept.append((spun, original))
    if not kept:
        raise InputError("no pairs of spun and original text to learn from")
    laid_out = corpus.read(kept)
    entries = table.estimate(laid_out, contexts.grow(laid_out))
    if not entries:
        raise InputError("the spun texts do not differ from their originals: nothing to learn")
    info = {"documents": len(kept), "originals": len({e.original for e in entries})}
    return Channel.of(family, entries, info, markers.weigh(kept))
