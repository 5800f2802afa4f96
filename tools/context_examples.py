"""What `train_context.py` learns from: clean text, where a spinner would have replaced what.

The text is walked as the thesaurus channel's spinner walks it, and one alternative is drawn for
each phrase that it would replace; its own phrases are examples where they stand in clean text.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel.index import Index, Texts
from unspun.channel.standing import hashed
from unspun.lm import LanguageModel
from unspun.lm.estimate import START_ID
from unspun.lm.vocabulary import SPECIAL

Ints = NDArray[np.int64]
Int32s = NDArray[np.int32]
Bools = NDArray[np.bool_]
Halves = NDArray[np.float16]
Table = dict[int, tuple[NDArray[np.uint64], Ints, Bools]]  # by length: hashes, phrases, first words

CHUNK = 2_000_000  # words that are walked together
OFTEN = 2_000  # examples of a spun phrase from which they are thinned
LONGEST = 8  # words of a phrase
BESIDE = 3  # words on either side that the language model looks at
PORTION = 200_000  # examples that it scores together


class Examples(NamedTuple):
    """Places of a text, in order.

    Attributes:
        place: First word.
        size: How many words.
        form: The spun phrase that a spinner would leave there, or that stands there.
        truth: The number of the original, or behind the originals that of the spun phrase.
    """

    place: Ints
    size: Ints
    form: Ints
    truth: Ints

    def take(self, which: NDArray[np.generic]) -> Examples:
        """Some of them."""
        return Examples._make(column[which] for column in self)


class Spinner:
    """The channel as a spinner that works on ids."""

    def __init__(self, index: Index) -> None:
        self.originals = phrase_table(index.texts)
        self.forms = phrase_table(Texts.of(index.forms, index.lm))
        owner = index.owner[:-2].astype(np.int64)
        self._entries = np.argsort(owner, kind="stable")
        self._form = index.form.astype(np.int64)
        self._bounds = np.searchsorted(owner[self._entries], np.arange(len(index.originals) + 1))
        self._sums = np.concatenate([[0.0], np.cumsum(np.exp(index.logp[:-2])[self._entries])])
        self._rates = index.rates[:-1]
        self._count = len(index.originals)

    def walk(self, ids: Ints, rng: np.random.Generator) -> Examples:
        """What it would replace, and what of its own phrases stands there anyway."""
        taken, replaced = np.zeros((2, len(ids) + LONGEST), np.bool_)
        rows: list[tuple[Ints, ...]] = []
        for size in sorted(self.originals, reverse=True):
            place, phrase = found(self.originals, ids, size, taken)
            apart = np.diff(place, prepend=-LONGEST) >= size
            place, phrase = place[apart], phrase[apart]
            cover(taken, place, size)
            drawn = rng.random(len(place)) < self._rates[phrase]
            place, phrase = place[drawn], phrase[drawn]
            cover(replaced, place, size)
            rows.append((place, np.full(len(place), size), self._draw(phrase, rng), phrase))
        for size in self.forms:
            place, form = found(self.forms, ids, size, replaced)
            rows.append((place, np.full(len(place), size), form, form + self._count))
        return Examples._make(np.concatenate(column) for column in zip(*rows, strict=True))

    def _draw(self, phrases: Ints, rng: np.random.Generator) -> Ints:
        """An alternative for each phrase."""
        low, high = self._sums[self._bounds[phrases]], self._sums[self._bounds[phrases + 1]]
        at = np.searchsorted(self._sums, low + rng.random(len(phrases)) * (high - low), "right")
        last = self._bounds[phrases + 1] - 1
        return np.asarray(self._form[self._entries[np.minimum(at - 1, last)]])


def phrase_table(texts: Texts) -> Table:
    """Phrases by their length, those of unknown words left out."""
    tables_: Table = {}
    for size in range(1, LONGEST + 1):
        rows = np.flatnonzero(texts.sizes == size)
        grams = texts.words[0, rows, :size]
        known = grams.min(axis=1, initial=len(SPECIAL)) >= len(SPECIAL)
        if known.any():
            keys, first = np.unique(hashed(grams[known]), return_index=True)
            begins = np.zeros(len(texts.lm.vocabulary), np.bool_)
            begins[grams[known, 0]] = True
            tables_[size] = keys, rows[known][first] // 2, begins
    return tables_


def found(table: Table, ids: Ints, size: int, taken: Bools) -> tuple[Ints, Ints]:
    """Where phrases of a length stand among words that are not taken, and which."""
    keys, phrases, begins = table[size]
    place = np.flatnonzero(begins[ids[: len(ids) - size + 1]])
    grams = np.stack([ids[place + step] for step in range(size)], axis=1).astype(np.int32)
    wanted = hashed(grams)
    at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    hit = keys[at] == wanted
    place, at = place[hit], at[hit]
    free = ~np.logical_or.reduce([taken[place + step] for step in range(size)])
    return place[free], phrases[at[free]]


def cover(taken: Bools, place: Ints, size: int) -> None:
    """Mark the words of phrases."""
    for step in range(size):
        taken[place + step] = True


def examples(ids: NDArray[np.int32], spinner: Spinner, rng: np.random.Generator) -> Examples:
    """All places of a text."""
    parts = []
    for at in range(0, len(ids), CHUNK):
        part = spinner.walk(ids[at : at + CHUNK].astype(np.int64), rng)
        parts.append(part._replace(place=part.place + at))
    every = Examples._make(np.concatenate(column) for column in zip(*parts, strict=True))
    return every.take(np.argsort(every.place, kind="stable"))


def thinned(every: Examples, rng: np.random.Generator) -> Examples:
    """Fewer of what is very common."""
    counts = np.bincount(every.form)
    share = np.minimum(1.0, np.sqrt(OFTEN / np.maximum(counts, 1)))
    return every.take(rng.random(len(every.form)) < share[every.form])


class Candidates:
    """What may have stood where a spun phrase stands: itself, then its originals."""

    def __init__(self, index: Index) -> None:
        form = index.form.astype(np.int64)
        self.counts = np.bincount(form, minlength=len(index.forms)) + 1
        self.begins = np.cumsum(self.counts) - self.counts
        self.phrases = np.empty(int(self.counts.sum()), np.int64)
        self.prior = np.empty(len(self.phrases), np.float32)
        rates = dict(zip(index.originals, index.rates[:-1].tolist(), strict=True))
        self.phrases[self.begins] = len(index.originals) + np.arange(len(index.forms))
        self.prior[self.begins] = [np.log1p(-rates.get(phrase, 0.0)) for phrase in index.forms]
        others = np.ones(len(self.phrases), np.bool_)
        others[self.begins] = False
        order = np.argsort(form, kind="stable")
        self.phrases[others] = index.owner[:-2][order]
        self.prior[others] = index.logp[:-2][order]

    def of(self, forms: Ints) -> tuple[Ints, Ints]:
        """For each candidate of some spun phrases, which of them it belongs to, and its place."""
        counts = self.counts[forms]
        row = np.repeat(np.arange(len(forms)), counts)
        within = np.arange(len(row)) - np.repeat(np.cumsum(counts) - counts, counts)
        return row, self.begins[forms[row]] + within

    def said(self, forms: Ints, more: Halves) -> tuple[Halves, Ints]:
        """Nats of each candidate of some spun phrases, the channel's and more, below the best.

        Returns:
            Them, and where those of each phrase begin, with the end of the last.
        """
        ends = np.cumsum(self.counts[forms])
        begins = np.concatenate([[0], ends])
        for at in range(0, len(forms), PORTION):
            some = forms[at : at + PORTION]
            row, place = self.of(some)
            part = more[begins[at] : begins[at + len(some)]]
            part += self.prior[place]
            part -= np.maximum.reduceat(part, begins[at : at + len(some)] - begins[at])[row]
        return more, begins


class Scores:
    """The language model's nats of a phrase in its place, and of the words behind it."""

    def __init__(self, index: Index) -> None:
        self._lm: LanguageModel = index.lm
        parts = index.texts, Texts.of(index.forms, index.lm)
        width = max(part.words.shape[2] for part in parts)
        self._words = np.full((2, sum(len(p.sizes) for p in parts) // 2, width), -1, np.int32)
        self._sizes = np.concatenate([p.sizes.reshape(-1, 2) for p in parts]).T.astype(np.int64)
        for capital in (0, 1):
            at = 0
            for part in parts:
                rows = part.words[0, capital::2]
                self._words[capital, at : at + len(rows), : rows.shape[1]] = rows
                at += len(rows)

    def of(self, ids: Int32s, every: Examples, candidates: Candidates) -> Halves:
        """For each candidate of each example, in order."""
        line = np.pad(ids, (BESIDE, BESIDE + LONGEST))
        parts = [
            self._portion(
                line, every.take(np.arange(at, min(at + PORTION, len(every.place)))), candidates
            )
            for at in range(0, len(every.place), PORTION)
        ]
        return np.concatenate(parts)

    def _portion(self, line: Int32s, some: Examples, candidates: Candidates) -> Halves:
        row, place = candidates.of(some.form)
        phrase = candidates.phrases[place]
        capital = (line[some.place + BESIDE] != self._words[0, some.truth, 0]).astype(np.int64)[row]
        sizes = self._sizes[capital, phrase]
        longest = int(sizes.max())
        grams = np.full((len(phrase), longest + 2 * BESIDE), -1, np.int32)
        every = np.arange(len(phrase))
        for near in range(BESIDE):
            grams[:, near] = line[some.place[row] + near]
        grams[:, BESIDE : BESIDE + longest] = self._words[capital, phrase, :longest]
        behind = (some.place + some.size)[row] + BESIDE
        for near in range(BESIDE):
            grams[every, BESIDE + sizes + near] = line[behind + near]
        total = np.zeros(len(phrase))
        for at in range(BESIDE, grams.shape[1]):
            able = np.flatnonzero(at < sizes + 2 * BESIDE)
            window = grams[able, at - BESIDE : at + 1]
            nats = self._lm.score(np.ascontiguousarray(window))
            total[able] += np.where(window[:, -1] == START_ID, 0.0, nats)  # a new paragraph
        return total.astype(np.float16)
