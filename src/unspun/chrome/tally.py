"""Lines that recur across documents: counted in a first pass, merged over shards."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from operator import itemgetter

SAMPLE = 4096
"""Documents that a tally remembers at most."""

_HEAD, _TAIL, _MAX_WIDTH = 30, 60, 300


class Tally:
    """The lines of a sample of documents.

    The sample is the `SAMPLE` documents with the smallest hashes (a bottom-k sketch: Cohen and
    Kaplan, Summarizing data using bottom-k sketches, PODC 2007), so that the result is the same
    for any number of shards and any order. Batches up to that size are counted in full. Identical
    documents count once.

    Args:
        below: Hashes beyond this one, in hexadecimal digits, are not looked at: where others have
            filled the sample with smaller ones, see `cutoff`.
    """

    def __init__(self, below: str | None = None) -> None:
        self._documents: dict[bytes, frozenset[str]] = {}
        self._below = None if below is None else bytes.fromhex(below)

    def __len__(self) -> int:
        """Number of documents in the sample."""
        return len(self._smallest())

    def add(self, text: str, shown: Callable[[], str] | None = None) -> None:
        """Count a document.

        Args:
            text: The document.
            shown: What is to be read of it, if not all: of a page, its text.
        """
        digest = _digest(text)
        if self._below is None or digest <= self._below:
            self._documents[digest] = _candidates(shown() if shown else text)
            self._prune()

    def takes(self, text: str) -> bool:
        """Whether a document would be looked at."""
        return self._below is None or _digest(text) <= self._below

    def merge(self, other: Tally) -> None:
        """Take over the documents of another tally."""
        self._documents |= other._documents
        self._prune()

    def cutoff(self) -> str | None:
        """The largest hash of a sample that is full; None as long as it is not."""
        documents = self._smallest()
        return max(documents).hex() if len(documents) == SAMPLE else None

    def to_dict(self) -> dict[str, list[str]]:
        """The sample in plain values."""
        return {digest.hex(): sorted(lines) for digest, lines in self._smallest().items()}

    @classmethod
    def from_dict(cls, documents: Mapping[str, Iterable[str]]) -> Tally:
        """The sample of plain values."""
        tally = cls()
        tally._documents = {bytes.fromhex(d): frozenset(lines) for d, lines in documents.items()}
        return tally

    def recurring(self, *, min_documents: int = 4, min_share: float = 0.02) -> frozenset[str]:
        """Stripped lines found in at least so many documents and so large a share of them."""
        documents = self._smallest()
        counts = Counter(line for lines in documents.values() for line in lines)
        need = max(min_documents, min_share * len(documents))
        return frozenset(line for line, count in counts.items() if count >= need)

    def _smallest(self) -> dict[bytes, frozenset[str]]:
        return dict(heapq.nsmallest(SAMPLE, self._documents.items(), key=itemgetter(0)))

    def _prune(self) -> None:
        if len(self._documents) >= 2 * SAMPLE:
            self._documents = self._smallest()


def recurring(
    texts: Iterable[str], *, min_documents: int = 4, min_share: float = 0.02
) -> frozenset[str]:
    r"""The stripped lines that recur across these documents.

    >>> pages = [f"Story {n}\n\nIt rained in town {n}.\n\nThe Daily Drop" for n in range(5)]
    >>> sorted(recurring(pages))
    ['The Daily Drop']
    """
    tally = Tally()
    for text in texts:
        tally.add(text)
    return tally.recurring(min_documents=min_documents, min_share=min_share)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _candidates(text: str) -> frozenset[str]:
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    if len(lines) > _HEAD + _TAIL:
        lines = lines[:_HEAD] + lines[-_TAIL:]
    return frozenset(line for line in lines if len(line) <= _MAX_WIDTH)
