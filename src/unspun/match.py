"""Which reference belongs to which document, by content, where names do not say.

Spinning replaces words, but not all of them: numbers, many names and some pairs of neighbours stay.
Each text is reduced to a sketch, the smallest hashes of such features (Broder 1997, "On the
resemblance and containment of documents"); texts that share rare hashes are compared word by word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

Hashes = NDArray[np.uint64]

_WORD = re.compile(
    r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3040-\u30ff]|\d+(?:[.,]\d+)*|[^\W\d_]+"
)
_SKETCH = 192  # hashes kept of a text
_GRAMMAR = 4  # Latin words up to here are left out when texts are compared
_COMMON = 0.02  # a hash in a larger share of the references says nothing
_FEW = 50  # unless those are few
_CANDIDATES = 4  # references that are compared word by word
_LIKELY = 0.2  # share of the best candidate's evidence below which no other is looked at
_MIX = np.uint64(0x9E3779B97F4A7C15)  # golden ratio: Fibonacci hashing (Knuth, TAOCP 6.4)

THRESHOLD = 0.35  # share of words in common, in order, from which texts match; bench/match.py
_MARGIN = 1.15  # by which the best has to lead; copies of one text differ by less


@dataclass(frozen=True, slots=True)
class Match:
    """A document and its reference.

    Attributes:
        id: The document's id.
        reference: The reference's id; None where none is near enough, or two are equally near.
        score: Share of the shorter text's words, grammar apart, that both have in the same order.
        runner_up: The same share for the next best reference; 0 where there is none.
    """

    id: str
    reference: str | None
    score: float
    runner_up: float


class Index:
    """References, to be found by content."""

    def __init__(self, references: Iterable[tuple[str, str]]) -> None:
        """Read the references.

        Args:
            references: Id and text of each; the texts are kept for comparison.
        """
        self._references = list(references)
        self._hashes: dict[str, int] = {}
        entries = [
            sketch << np.uint64(32) | np.uint64(k)
            for k, (_, text) in enumerate(self._references)
            for sketch in [self._sketch(text)]
        ]
        joined = np.concatenate(entries) if entries else np.empty(0, np.uint64)
        joined.sort()
        self._keys = (joined >> np.uint64(32)).astype(np.uint32)
        self._owners = (joined & np.uint64(0xFFFFFFFF)).astype(np.uint32)

    def find(self, id: str, text: str) -> Match:  # noqa: A002
        """The reference of a text.

        Args:
            id: The text's id.
            text: The text; the restored text finds more than the spun one.
        """
        words = content(text)
        scores = sorted(
            ((_common(words, content(self._references[k][1])), -k) for k in self._likely(text)),
            reverse=True,
        )
        if not scores:
            return Match(id, None, 0.0, 0.0)
        best, second = scores[0][0], scores[1][0] if len(scores) > 1 else 0.0
        name = self._references[-scores[0][1]][0]
        sure = best >= THRESHOLD and best >= _MARGIN * second
        return Match(id, name if sure else None, best, second)

    def _likely(self, text: str) -> list[int]:
        """The references that share most of the rare hashes."""
        sketch = self._sketch(text).astype(np.uint32)
        first = np.searchsorted(self._keys, sketch, "left")
        counts = np.searchsorted(self._keys, sketch, "right") - first
        total = len(self._references)
        rare = (counts > 0) & (counts <= max(_FEW, _COMMON * total))
        if not rare.any():
            return []
        first, counts = first[rare], counts[rare]
        places = np.concatenate([np.arange(a, a + n) for a, n in zip(first, counts, strict=True)])
        worth = np.repeat(np.log1p(total / counts), counts)
        owners, inverse = np.unique(self._owners[places], return_inverse=True)
        evidence = np.bincount(inverse, worth)
        order = np.lexsort((owners, -evidence))[:_CANDIDATES]
        return [int(owners[k]) for k in order if evidence[k] >= _LIKELY * evidence[order[0]]]

    def _sketch(self, text: str) -> Hashes:
        """The smallest hashes of numbers, names, long words, and pairs of neighbours."""
        words = _WORD.findall(text)
        known = self._hashes
        hashes = []
        for word in words:
            value = known.get(word)
            if value is None:
                value = known[word] = crc32(word.lower().encode("utf-8", "surrogatepass"))
            hashes.append(value)
        singles = np.array(hashes, np.uint64)
        telling = np.array([not w[0].islower() or len(w) > 2 * _GRAMMAR for w in words], bool)
        pairs = (singles[:-1] * np.uint64(31) + singles[1:]) * _MIX
        features = np.concatenate([singles[telling] * _MIX, pairs]) if len(words) else singles
        return np.unique(features >> np.uint64(32))[:_SKETCH]


def match(
    documents: Iterable[tuple[str, str]], references: Sequence[tuple[str, str]]
) -> tuple[Match, ...]:
    """The reference of each document, by content.

    Args:
        documents: Id and text of each document.
        references: Id and text of each candidate.

    >>> texts = [("a", "Vela Corp sold 17 pumps in 2019."), ("b", "Rain fell on Lund for 9 days.")]
    >>> match([("x", "Vela Corp vended 17 pumps in 2019.")], texts)[0].reference
    'a'
    """
    index = Index(references)
    return tuple(index.find(name, text) for name, text in documents)


def content(text: str) -> list[str]:
    """The words of a text, small letters, without the short ones that are mostly grammar."""
    return [
        w.lower()
        for w in _WORD.findall(text)
        if len(w) >= _GRAMMAR or w >= "\u3040" or w[0].isdigit()
    ]


def _common(ours: Sequence[str], theirs: Sequence[str]) -> float:
    """Words in the same order, as a share of the shorter text."""
    shorter = min(len(ours), len(theirs))
    if not shorter:
        return 0.0
    codes: dict[str, int] = {}
    coded = [[codes.setdefault(w, len(codes)) for w in words] for words in (ours, theirs)]
    return float(LCSseq.similarity(*coded)) / shorter
