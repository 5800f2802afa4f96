"""What a spinner's channel knows of each word as it is written, in one number.

Most words come again, so each is looked at once: the number is remembered, and a text's words
become an array in one pass over a dictionary.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.contractions import ends_choice
from unspun.lm.words import SENTENCE_OPENERS

Ints = NDArray[np.int64]

CAPITAL, STOP, QUOTE, OPENER, INDEFINITE, PAUSE, PERCENT, CHOICE = (1 << bit for bit in range(8))
ARTICLES = {"a": "an", "an": "a", "A": "An", "An": "A"}

_STOPS = frozenset(".!?\N{HORIZONTAL ELLIPSIS}")
_QUOTES = frozenset('"\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK})]')
_PAUSES = frozenset(",;:)\N{EN DASH}\N{EM DASH}")
_MARKS = (
    (_STOPS, STOP),
    (_QUOTES, QUOTE),
    (SENTENCE_OPENERS, OPENER),
    (ARTICLES, INDEFINITE),
    (_PAUSES, PAUSE),
    (frozenset("%"), PERCENT),
)
_LONGEST_MARK = 2  # letters of what is among them
_FLAGS = 8  # bits of what a word is
_BITS = 24  # of a form, and of a family
_MASK = (1 << _BITS) - 1
_REMEMBERED = 100_000  # words
_STEM, _LEAST_STEM = 6, 5  # letters that words of one family share


class Forms(dict[str, int]):
    """Words' numbers: flags, then the form, capitals apart, then the family.

    Attributes:
        article: The form of what is in no table.
    """

    def __init__(self, forms: Mapping[str, int], families: Mapping[str, int]) -> None:
        """Go on from what a channel knows.

        Args:
            forms: Numbers of its spun phrases, from 0 up.
            families: Numbers of its originals' families, from 0 up.
        """
        super().__init__()
        self.article = len(forms)
        self._forms = dict(forms)
        self._families = {"": -1, **families}
        self._next_form = itertools.count(len(forms) + 1)
        self._next_family = itertools.count(len(families))

    def __missing__(self, word: str) -> int:
        capital = word[:1].isupper()
        lower = tokens.lower_first(word) if capital else word
        form = self._forms.get(lower)
        if form is None:
            form = self._forms.setdefault(lower, next(self._next_form))
        flags = CAPITAL * capital
        if not (len(word) > _LONGEST_MARK and word.isalpha()):
            flags += sum(flag for among, flag in _MARKS if word in among)
        flags |= CHOICE * ends_choice(word)
        number = flags | form << _FLAGS | (self.family(word) + 1) << _FLAGS + _BITS
        self[word] = number
        return number

    @property
    def full(self) -> bool:
        """Whether so many words are remembered that a fresh start is due."""
        return len(self) >= _REMEMBERED

    def numbers(self, words: Sequence[str]) -> Ints:
        """The number of each word."""
        return np.fromiter(map(self.__getitem__, words), np.int64, len(words))

    def family(self, text: str) -> int:
        """A number for a text's family, -1 for short words."""
        stem = stem_of(text)
        known = self._families.get(stem)
        return self._families.setdefault(stem, next(self._next_family)) if known is None else known


def forms_of(numbers: Ints) -> Ints:
    """The forms of words, capitals apart."""
    return np.asarray(numbers >> _FLAGS & _MASK)


def families_of(numbers: Ints) -> Ints:
    """The families of words, -1 for short ones."""
    return np.asarray((numbers >> _FLAGS + _BITS) - 1)


def stem_of(text: str) -> str:
    """First letters of a text's longest word, that words of its family share; '' if short."""
    longest = text if text.isalpha() else max(text.split(), key=len, default="")
    word = longest[:_STEM].lower()
    return word if len(word) >= _LEAST_STEM else ""
