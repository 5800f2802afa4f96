"""Whether a text contracts: "didn't" or "did not".

Spinners write the one for the other, and next to nothing in a sentence tells which stood there. An
author's other choices do: each reading counts as contracted, as written out, or as neither, and
what is said in quotes apart from what is not.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from unspun.lm.words import Tokens

Int8s = NDArray[np.int8]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NEITHER, CONTRACTED, FULL = 0, 1, 2

_QUOTED = 2  # what is added to a choice that is made in quotes
_OTHER_SIDE = 0.3  # of a choice in quotes, for what is not, and the reverse
_PRIOR = 1.0  # choices that nothing is known of
_SUBJECTS = "he|she|it|that|there|what|who|here|where|how"
_AUXILIARIES = "do|does|did|is|are|was|were|has|have|had|can|could|would|should|will|must"
_CONTRACTED = re.compile(rf"n't\b|'(?:re|ve|ll|m|d)\b|\b(?:{_SUBJECTS}|let)\s?'s\b", re.IGNORECASE)
_FULL = re.compile(
    rf"\b(?:(?:{_AUXILIARIES})\s?not|i am|(?:you|we|they) are|(?:{_SUBJECTS}) is"
    r"|(?:i|you|he|she|it|we|they) (?:will|would))\b",
    re.IGNORECASE,
)
_PARTS = re.compile("'|not| am| are| is| will| would")  # one of them is in each
_LAST = frozenset({"not", "cannot", "am", "are", "is", "will", "would"}) | frozenset(
    {"'s", "'re", "'ve", "'ll", "'m", "'d"}
)
_CURLY, _OPEN, _CLOSED = "\u2019", "\u201c", "\u201d"
_QUOTES = re.compile(f'["{_OPEN}{_CLOSED}\n]')


def choice(text: str) -> int:
    """Whether a phrase is contracted, written out, or neither.

    >>> [choice(text) for text in ("it's", "did not", "the company's")]
    [1, 2, 0]
    """
    if text.isascii() and not _PARTS.search(text.lower()):
        return NEITHER
    text = text.replace(_CURLY, "'")
    if _CONTRACTED.search(text):
        return CONTRACTED
    return FULL if _FULL.search(text) else NEITHER


def ends_choice(word: str) -> bool:
    """Whether a word may be the last of a phrase that is contracted or written out."""
    word = word.replace(_CURLY, "'").lower()
    return word in _LAST or word.endswith("n't")


def choices(words: Tokens, able: Ints) -> Int8s:
    """The choice of each word as it stands.

    Args:
        words: A text's words.
        able: Those that may be the last of a choice.
    """
    found, names = np.zeros(len(words), np.int8), words.words
    for at in able.tolist():
        own = choice(names[at])
        if own == NEITHER and at > 0 and choice(names[at - 1]) == NEITHER:
            own = choice(f"{names[at - 1]} {names[at]}")
        found[at] = own
    return found


def quoted(words: Tokens) -> NDArray[np.bool_]:
    """Which words stand in quotes; a quotation ends with its paragraph."""
    edges, states, inside = [0], [False], False
    for match in _QUOTES.finditer(words.text):
        mark = match[0]
        inside = mark == _OPEN or (mark == '"' and not inside)
        edges.append(match.end())
        states.append(inside)
    at = np.searchsorted(edges, words.starts, side="right") - 1
    return np.array(states, np.bool_)[at]


def sided(made: Int8s, inside: NDArray[np.bool_]) -> Int8s:
    """Choices with those in quotes apart."""
    return np.where((made > NEITHER) & inside, made + _QUOTED, made).astype(np.int8)


def odds(made: Int8s, expected: Floats) -> Floats:
    """Nats against each arc whose choice the rest of the document makes less often.

    Args:
        made: The choice of each arc.
        expected: How often each arc is expected.
    """
    out = np.zeros(len(made))
    at = np.flatnonzero(made)
    side = made[at].astype(np.int64) - 1
    counts = np.bincount(side, expected[at], 2 * _QUOTED)
    counts = counts + _OTHER_SIDE * counts[np.arange(2 * _QUOTED) ^ _QUOTED]
    same, other = counts[side] - expected[at] + _PRIOR, counts[side ^ 1] + _PRIOR
    out[at] = np.log(same / np.maximum(same, other))
    return out
