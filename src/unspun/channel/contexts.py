"""Find where a spinner's phrases begin and end.

Alignment shows only the words that changed: 'company' became 'corporate'. Whether the table's
entry is 'company' or 'the company' shows in the originals: one that is replaced whenever 'the'
stands before it, and never otherwise, is the longer entry. So each pair grows by the neighbour
that parts replaced from unreplaced occurrences best (the split criterion of decision trees, the
gain in log likelihood of two binomials over one), counting each document once, because a spinner
draws once a document.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.channel.corpus import Corpus
from unspun.channel.phrases import LONGEST, Pair, canonical

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

_GAIN = 8.0  # nats that a neighbour must explain
_CLEARER = 1.25  # times as often replaced with the neighbour as without it


@dataclass(frozen=True, slots=True)
class Found:
    """A candidate of the table: a pair, the documents that hold its original, those replaced."""

    original: str
    spun: str
    replaced: int
    documents: int


def grow(corpus: Corpus) -> list[Found]:
    """The entries of a table, with their true boundaries."""
    spun_of: dict[str, set[str]] = defaultdict(set)
    for place, (size, spun) in corpus.cuts.items():
        pair = canonical(" ".join(corpus.words[place : place + size]), spun)
        spun_of[pair[0]].add(pair[1])
    found: list[Found] = []
    occurrences = corpus.occurrences(spun_of)
    for original, alternatives in spun_of.items():
        places, outcomes = _outcomes(corpus, original, occurrences[original])
        for spun in sorted(alternatives):
            _split(corpus, (original, spun), places, outcomes == spun, found)
    return found


def _outcomes(corpus: Corpus, original: str, starts: list[int]) -> tuple[Ints, NDArray[np.str_]]:
    """Where a phrase could have been replaced as a whole, and what became of it."""
    size = original.count(" ") + 1
    places, outcomes = [], []
    for place in starts:
        cut = corpus.cuts.get(place)
        if cut is not None and cut[0] == size:
            places.append(place)
            outcomes.append(canonical(" ".join(corpus.words[place : place + size]), cut[1])[1])
        elif not corpus.covered[place : place + size].any():
            places.append(place)
            outcomes.append("")
    return np.array(places, np.int64), np.array(outcomes, dtype=object)


def _split(corpus: Corpus, pair: Pair, places: Ints, replaced: Bools, found: list[Found]) -> None:
    """Grow a pair by its best neighbour, again and again; what is left is an entry by itself."""
    original, spun = pair
    size = original.count(" ") + 1
    while size < LONGEST and replaced.any():
        best = _best(corpus, places, replaced, size)
        if best is None:
            break
        side, word = best
        name = corpus.names[word]
        if side == 0:
            inside = _left_inside(corpus, places) & (corpus.lower[corpus.ids[places - 1]] == word)
            longer = (f"{name} {original}", f"{name} {spun}")
            _split(corpus, longer, places[inside] - 1, replaced[inside], found)
        else:
            inside = corpus.ids[places + size] == word
            longer = (f"{original} {name}", f"{spun} {name}")
            _split(corpus, longer, places[inside], replaced[inside], found)
        places, replaced = places[~inside], replaced[~inside]
    held = len(np.unique(corpus.document[places[replaced]]))
    found.append(Found(original, spun, held, len(np.unique(corpus.document[places]))))


def _left_inside(corpus: Corpus, places: Ints) -> Bools:
    """A phrase can only grow to the left where it does not begin with a capital of its own."""
    ids = corpus.ids[places]
    return np.asarray(corpus.lower[ids] == ids) | (places < 0)


def _best(corpus: Corpus, places: Ints, replaced: Bools, size: int) -> tuple[int, int] | None:
    """The neighbour, left (0) or right (1), that explains most, if any explains enough."""
    documents = corpus.document[places]
    positive, everything = len(np.unique(documents[replaced])), len(np.unique(documents))
    best: tuple[int, int] | None = None
    most = _GAIN
    for side in (0, 1):
        if side == 0:
            neighbour = corpus.lower[corpus.ids[places - 1]]
            able = _left_inside(corpus, places) & (neighbour > 0)
        else:
            neighbour = corpus.ids[places + size]
            able = neighbour > 0
        words, hits = _by_word(corpus, neighbour[able & replaced], documents[able & replaced])
        words, hits = words[hits > 1], hits[hits > 1]
        if not len(words):
            continue
        chosen = able & np.isin(neighbour, words)
        _, held = _by_word(corpus, neighbour[chosen], documents[chosen])
        gain = _gain(hits, held, positive, everything)
        at = int(gain.argmax())
        if gain[at] > most:
            best, most = (side, int(words[at])), float(gain[at])
    return best


def _by_word(corpus: Corpus, neighbours: Ints, documents: Ints) -> tuple[Ints, Ints]:
    """In how many documents each neighbour stands."""
    both = np.unique(neighbours * corpus.documents + documents)
    words, counts = np.unique(both // corpus.documents, return_counts=True)
    return words, counts


def _gain(hits: Ints, held: Ints, positive: int, everything: int) -> NDArray[np.float64]:
    """Nats gained by parting each neighbour's documents from the rest."""
    rest = np.maximum(positive - hits, 0)
    rest_held = np.maximum(everything - held, rest)
    whole = _log_likelihood(np.array([positive]), np.array([everything]))
    gain = _log_likelihood(hits, held) + _log_likelihood(rest, rest_held) - whole
    clearer = hits / held > _CLEARER * rest / np.maximum(rest_held, 1)
    return np.where(clearer, gain, -1.0)


def _log_likelihood(hits: Ints, trials: Ints) -> NDArray[np.float64]:
    hits = np.minimum(hits, trials)
    share = np.clip(hits / np.maximum(trials, 1), 1e-6, 1 - 1e-6)
    return np.asarray(hits * np.log(share) + (trials - hits) * np.log1p(-share))
