"""From written words to the model's ids: shapes, cases, classes.

A word that the vocabulary lacks is looked up by simpler forms of itself before it falls into one
of the unknown classes, so that ``STATEMENT`` scores as ``statement`` and every long number by
its shape alone (no figure of the training text is kept).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain, pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unspun.lm.words import SENTENCE_OPENERS, words_of

START = "<s>"
UNKNOWN_LOWER, UNKNOWN_CAPITALISED, UNKNOWN_CAPITALS = "<unk>", "<Unk>", "<UNK>"
UNKNOWN_NUMBER, UNKNOWN_MARK = "<num>", "<mark>"
SPECIAL = (
    START,
    UNKNOWN_LOWER,
    UNKNOWN_CAPITALISED,
    UNKNOWN_CAPITALS,
    UNKNOWN_NUMBER,
    UNKNOWN_MARK,
)

_PLAIN = {
    "\N{LEFT DOUBLE QUOTATION MARK}": '"',
    "\N{RIGHT DOUBLE QUOTATION MARK}": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "\N{EN DASH}": "\N{EM DASH}",
    "--": "\N{EM DASH}",
    "...": "\N{HORIZONTAL ELLIPSIS}",
    "..": "\N{HORIZONTAL ELLIPSIS}",
}
_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,])", re.ASCII)
_DIGIT = re.compile(r"\d")
_LONG = re.compile(r"0{6,}")


def plain_form(word: str) -> str:
    """Reduce typography and figures: straight quotes, numbers as shapes, links as one class.

    >>> [plain_form(w) for w in ("don’t", "2", "2.0", "1998", "17m", "www.example.org")]
    ["don't", '2', '0.0', '<year>', '00m', '<url>']
    """
    if word.isalpha() or len(word) == 1:
        return _PLAIN.get(word, word)
    if word.startswith(("http://", "https://", "www.")):
        return "<url>"
    if _DIGIT.search(word):
        return _LONG.sub("00000", _DIGIT.sub("0", _YEAR.sub("<year>", word)))
    return _PLAIN.get(word, word).replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def other_cases(form: str) -> tuple[str, ...]:
    """Name the case forms under which an unknown form may be known, best first."""
    if len(form) > 1 and form.isupper():
        return (form.capitalize(), form.lower())
    lower = form.lower()
    return () if lower == form else (lower,)


def unknown_class(form: str) -> str:
    """Name the class of a form that the vocabulary holds in no case."""
    if _DIGIT.search(form):
        return UNKNOWN_NUMBER
    if not form[:1].isalnum():
        return UNKNOWN_MARK
    if len(form) > 1 and form.isupper():
        return UNKNOWN_CAPITALS
    return UNKNOWN_CAPITALISED if form[0].isupper() else UNKNOWN_LOWER


class Vocabulary:
    """The model's words and their ids, the same for every reader of one model.

    Attributes:
        forms: the plain form of each id; the first are the special classes.
        lowered: for each id, the id that stands for it at the start of a sentence, where the
            capital says nothing ('The' counts as 'the', 'London' stays).
    """

    def __init__(self, forms: Sequence[str], lowered: NDArray[np.int32]) -> None:
        self.forms = list(forms)
        self.lowered = lowered
        self._ids = {form: index for index, form in enumerate(self.forms)}
        self._known = _Remembered(self)
        self._codes = _Codes(self._known)
        self._table: bytes | None = None  # for the compiled reader, on first use
        changed = np.flatnonzero(lowered != np.arange(len(self.forms)))
        self._lower = dict(zip(changed.tolist(), lowered[changed].tolist(), strict=True))

    def __len__(self) -> int:
        return len(self.forms)

    def id_of(self, word: str) -> int:
        """Return the id of a word as written, without regard to its place."""
        form = plain_form(word)
        for candidate in (form, *other_cases(form)):
            known = self._ids.get(candidate)
            if known is not None:
                return known
        return self._ids[unknown_class(form)]

    def is_unknown(self, word: str) -> bool:
        """Tell whether a word falls into one of the unknown classes."""
        return 0 < self.id_of(word) < len(SPECIAL)

    def encode(self, words: Sequence[str], *, initial: bool = False) -> NDArray[np.int32]:
        """Return the ids of words, in order.

        Args:
            words: tokens as ``tokenise`` cuts them.
            initial: whether the first of them opens a sentence; for the others the word before
                decides.
        """
        ids = list(map(self._known.__getitem__, words))
        first = [k for k, word in enumerate(words, 1) if word in SENTENCE_OPENERS]
        if initial:
            first.append(0)
        for k in first:
            if k < len(ids):
                ids[k] = self._lower.get(ids[k], ids[k])
        return np.array(ids, dtype=np.int32)

    def encode_texts(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return what `encode` gives for the words of each text; the first opens a sentence.

        No word goes over a blank, so what stands between blanks is cut and looked up once.
        """
        read = self._codes.__getitem__
        each = [list(chain.from_iterable(map(read, text.split()))) for text in texts]
        ends = [0, *accumulate(map(len, each))]
        codes = np.fromiter(chain.from_iterable(each), np.int32, ends[-1])
        ids = codes >> 1
        opens = np.ones(len(ids) + 1, bool)
        opens[1:] = codes & 1
        opens[ends] = True
        first = opens[:-1].nonzero()[0]
        ids[first] = self.lowered.take(ids.take(first))
        return [ids[begin:end] for begin, end in pairwise(ends)]

    def read(
        self,
        texts: Sequence[str],
        kernel: Any,  # noqa: ANN401
        compiled: Any,  # noqa: ANN401
        start: int,
    ) -> list[tuple[float, int]]:
        """Return of texts what a compiled model says of each, and how many words it has.

        Args:
            texts: the first word of each opens a sentence.
            kernel: the module of the model.
            compiled: the model.
            start: the id that stands before the first word.
        """
        if self._table is None:
            forms = (*self.forms, *SENTENCE_OPENERS, *_PLAIN)
            self._table = kernel.forms(forms, self._known, SENTENCE_OPENERS)
        found: list[tuple[float, int]] = compiled.read(
            texts, self._table, self._known, self.lowered, SENTENCE_OPENERS, start
        )
        return found

    def ids_of(self, words: Sequence[str]) -> NDArray[np.int32]:
        """Return the ids of words as written, without regard to their places."""
        return np.fromiter(map(self._known.__getitem__, words), np.int32, len(words))


class _Remembered(dict[str, int]):
    """Ids of words as written, those of simpler forms found once."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        super().__init__({form: index for index, form in enumerate(vocabulary.forms)})
        self._vocabulary = vocabulary

    def __missing__(self, word: str) -> int:
        found = self._vocabulary.id_of(word)
        if len(self) < 4 * len(self._vocabulary):  # a stream of odd words must not grow it
            self[word] = found
        return found


class _Codes(dict[str, tuple[int, ...]]):
    """The words of what stands between blanks, remembered: ids, doubled, and whether they open."""

    def __init__(self, known: _Remembered) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, text: str) -> tuple[int, ...]:
        found = tuple(2 * self._known[word] + (word in SENTENCE_OPENERS) for word in words_of(text))
        if len(text) <= _SHORT:
            if len(self) >= _MOST:
                self.clear()
            self[text] = found
        return found


_MOST, _SHORT = 1 << 15, 40  # texts that are remembered, and characters of one


def lowered_ids(forms: Iterable[str], inner_counts: NDArray[np.int64]) -> NDArray[np.int32]:
    """Decide which capitalised forms count as their lower form at the start of a sentence.

    Args:
        forms: the vocabulary, by id.
        inner_counts: how often each was seen elsewhere than at a sentence start.
    """
    index = {form: number for number, form in enumerate(forms)}
    out = np.arange(len(index), dtype=np.int32)
    for form, number in index.items():
        lower = index.get(form[:1].lower() + form[1:])
        if lower is not None and inner_counts[lower] >= inner_counts[number]:
            out[number] = lower
    return out
