"""Estimate a spinner's table: walk the originals as the spinner does, and count what came out.

The longest phrases take their words first, as the spinner takes them, so a short entry is only
counted where no longer one was in the way.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping

import numpy as np

from unspun.channel.contexts import Found
from unspun.channel.corpus import Corpus
from unspun.channel.model import Entry
from unspun.channel.phrases import canonical

_MARKS = re.compile(r"""["\u201c\u201d\u2018\u2019\u00ab\u00bb(){}\[\]$\u20ac\u00a3\\|<>]""")
_FIGURES = re.compile(r"\d+")

Outcomes = dict[str, dict[str | None, set[int]]]
"""For each phrase, for each outcome, the documents: itself is unreplaced, None is anything else."""

_SEEN = 20  # documents from which a share says something
_LEAST_SHARE = 0.04  # of documents in which a candidate must be replaced
_LEAST_RATE = 0.3  # of documents in which a phrase of the table must be replaced
_LEAST_OUTCOME = 0.006  # share below which an outcome is a mishap of the alignment
_FULL = 0.96  # rate of the spinner's usual setting
_FULLY = 0.75  # share of phrases from which a document counts as spun at that setting
_PRIOR = 2.0  # documents that the prior on the rate counts for
_UNSEEN = 0.5  # documents that unseen alternatives count for


def estimate(corpus: Corpus, candidates: Collection[Found]) -> list[Entry]:
    """The table's entries, with their probabilities."""
    phrases = {
        c.original
        for c in candidates
        if c.replaced and not (c.documents >= _SEEN and c.replaced < _LEAST_SHARE * c.documents)
    }
    outcomes: Outcomes = {}
    dropped: set[str] = phrases
    while dropped:  # what is dropped frees its words for shorter phrases
        outcomes = _walk(corpus, phrases)
        dropped = {phrase for phrase in phrases if not _holds(phrase, outcomes.get(phrase, {}))}
        phrases -= dropped
    full = _full_documents(outcomes)
    entries: list[Entry] = []
    for phrase in sorted(phrases):
        entries += _entries(phrase, outcomes[phrase], full)
    return entries


def _walk(corpus: Corpus, phrases: Collection[str]) -> Outcomes:
    places = [
        (-(phrase.count(" ") + 1), place, phrase)
        for phrase, starts in corpus.occurrences(phrases).items()
        for place in starts
    ]
    places.sort()
    taken = np.zeros(len(corpus.covered), np.bool_)
    outcomes: Outcomes = defaultdict(lambda: defaultdict(set))
    for size, place, phrase in places:
        if not taken[place : place - size].any():
            taken[place : place - size] = True
            outcome = _outcome(corpus, place, -size, phrase)
            outcomes[phrase][outcome].add(int(corpus.document[place]))
    return outcomes


def _outcome(corpus: Corpus, place: int, size: int, phrase: str) -> str | None:
    """What became of a phrase at a place; None if its borders do not show in the alignment."""
    if corpus.covered[place] and place not in corpus.cuts:
        return None
    end, at = place + size, place
    out: list[str] = []
    while at < end:
        cut = corpus.cuts.get(at)
        out.append(corpus.words[at] if cut is None else cut[1])
        at += 1 if cut is None else cut[0]
    if at > end:
        return None
    original = " ".join(corpus.words[place:end])
    if original == " ".join(out):
        return phrase
    left, right = canonical(original, " ".join(out))
    return right if left == phrase else None


def _holds(phrase: str, outcomes: Mapping[str | None, set[int]]) -> bool:
    """Whether a phrase is replaced often enough to be one of the table."""
    kept = len(outcomes.get(phrase, ()))
    changed = sum(len(d) for spun, d in outcomes.items() if spun not in (phrase, None))
    enough = kept + changed < 6 or changed >= _LEAST_RATE * (kept + changed)  # noqa: PLR2004
    return changed > 0 and enough


def _full_documents(outcomes: Outcomes) -> set[int]:
    """Documents spun at the spinner's usual setting; all, where there are none."""
    kept: Counter[int] = Counter()
    changed: Counter[int] = Counter()
    for phrase, by_outcome in outcomes.items():
        for spun, documents in by_outcome.items():
            if spun is not None:
                (kept if spun == phrase else changed).update(documents)
    every = set(kept) | set(changed)
    full = {d for d in every if changed[d] >= _FULLY * (changed[d] + kept[d])}
    return full or every


def sound(original: str, spun: str) -> bool:
    """Whether a pair leaves quotation marks, brackets, signs and figures as they are.

    >>> sound("3", "three"), sound("9-11", "September 11"), sound("kind (", "variety (")
    (True, False, False)
    """
    if _MARKS.search(original) or _MARKS.search(spun):
        return False
    old, new = _FIGURES.findall(original), _FIGURES.findall(spun)
    if old and new and old != new:
        return False
    return any(c.isalnum() or c == "%" for c in spun)


def _entries(phrase: str, outcomes: Mapping[str | None, set[int]], full: set[int]) -> list[Entry]:
    counts = {s: len(d) for s, d in outcomes.items() if s is not None and s != phrase}
    total = sum(counts.values())
    counts = {s: n for s, n in counts.items() if n >= _LEAST_OUTCOME * total and sound(phrase, s)}
    total = sum(counts.values())
    kept = len(outcomes.get(phrase, set()) & full)
    changed = sum(len(outcomes[s] & full) for s in counts)
    rate = (changed + _PRIOR * _FULL) / (kept + changed + _PRIOR)
    return [
        Entry(phrase, spun, math.log(count / (total + _UNSEEN)), rate, count)
        for spun, count in counts.items()
    ]
