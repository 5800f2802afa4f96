"""What may have stood where: every way to read a spun text back, as arrays.

Nodes are the boundaries of the language model's words; an arc leads from one node to a later one
and carries the words that may have stood between. Each word has an arc that keeps it; each phrase
that the spinner could have written has one for every phrase that it stands for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel.forms import (
    ARTICLES,
    INDEFINITE,
    OPENER,
    Forms,
)
from unspun.channel.index import Index
from unspun.channel.matcher import BITS, MASK, Matches
from unspun.channel.page import Page
from unspun.channel.segments import segments_of
from unspun.lm.words import Tokens, tokenise

Int8s = NDArray[np.int8]
Int32s = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

Places = tuple[Ints, Ints]  # the first code point of each, and one past its last

KEEP: Final = -1
ARTICLE: Final = -2

_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


class Arc(NamedTuple):
    """One reading of one stretch of text.

    Attributes:
        start: First node.
        end: Last node.
        first: First code point.
        last: One past the last code point.
        text: What would be written there.
        entry: Index of the substitution that is taken back, or `KEEP`, or `ARTICLE`.
        spun: The phrase that is taken back, as the table has it, or the word that stays.
        capital: Whether the capitalised form is meant.
        whole: Whether it begins and ends where the table's words do, not at a hyphen or apostrophe.
    """

    start: int
    end: int
    first: int
    last: int
    text: str
    entry: int
    spun: str
    capital: bool
    whole: bool


class Readings(NamedTuple):
    """Readings of a text that change it, one row each.

    Attributes:
        start: First node.
        end: Last node.
        first: First code point.
        last: One past the last code point.
        text: Number of what would be written there.
        entry: Index of the substitution that is taken back, or `ARTICLE`.
        capital: Whether the capitalised form is meant.
        whole: Whether it begins and ends where the table's words do.
    """

    start: Ints
    end: Ints
    first: Ints
    last: Ints
    text: Ints
    entry: Ints
    capital: Bools
    whole: Bools


@dataclass(frozen=True)
class Lattice:
    """All readings of a text.

    Attributes:
        text: The text.
        words: Its words, as the language model sees them.
        known: What the channel knows of each.
        forms: How their forms and families are numbered.
        opens: Whether each word opens a sentence or a paragraph.
        segments: First and last node of each stretch that is decoded by itself.
        openings: Whether each segment opens a paragraph.
        readings: The readings that change something; behind them, one keeps each word.
        more: What may be written beside the originals; numbered behind them.
        kept: For each word, the number of the original phrase that it is, or -1.
        index: The channel.
    """

    text: str
    words: Tokens
    known: Ints
    forms: Forms
    opens: Bools
    segments: list[tuple[int, int]]
    openings: list[bool]
    readings: Readings
    more: list[str]
    kept: Int32s
    index: Index

    def arcs(self, numbers: NDArray[np.integer]) -> list[Arc]:
        """Some of the readings that change something."""
        known, entries = self.index.texts.texts, self.index.channel.entries
        rows = zip(*(column[numbers].tolist() for column in self.readings), strict=True)
        arcs = []
        for start, end, first, last, text, entry, capital, whole in rows:
            shape = known[text] if text < len(known) else self.more[text - len(known)]
            spun = entries[entry].spun if entry >= 0 else ""
            arcs.append(Arc(start, end, first, last, shape, entry, spun, capital, whole))
        return arcs


def build(text: str, index: Index, places: Places | None = None) -> Lattice:
    """Lay out every reading of a text under a channel.

    Args:
        text: The text.
        index: The channel.
        places: Where alone readings are wanted: the first code point of each place and one past
            its last, in order. Then of readings that write the same all are given, and neither
            articles nor words that a spinner would have replaced are looked for.
    """
    words, forms = tokenise(text), index.words
    known = forms.numbers(words.words)
    segments, openings = segments_of(words, known)
    opens = np.ones(len(words), np.bool_)
    opens[1:] = known[:-1] & OPENER > 0
    begins = np.array([begin for begin, _ in segments], np.int64)
    opens[begins] |= np.array(openings, np.bool_)
    page = Page(text, words, segments)
    writer = _Writer(page, index)
    rows = writer.readings(opens, places)
    kept = np.full(len(words), -1, np.int32)
    if places is None:
        rows, kept = _articles(words, known, _best(rows, index), writer), _kept(page, index)
    return Lattice(
        text, words, known, forms, opens, segments, openings, rows, writer.more, kept, index
    )


class _Writer:
    """What would be written for each match of a phrase."""

    def __init__(self, page: Page, index: Index) -> None:
        self._page = page
        self._index = index
        self.more: list[str] = []
        self._numbers: dict[str, int] = {}
        self._curly = page.text.count(_CURLY) > page.text.count("'")

    def number(self, text: str) -> int:
        """The number of a text."""
        known = self._index.numbers.get(text)
        if known is not None:
            return known
        base = len(self._index.texts.texts)
        number = self._numbers.setdefault(text, base + len(self.more))
        if number == base + len(self.more):
            self.more.append(text)
        return number

    def readings(self, opens: Bools, places: Places | None = None) -> Readings:
        """Every reading that takes a substitution back, or those that touch some places."""
        page, index = self._page, self._index
        match = index.spun.find(page.forms)
        if places is not None:
            match = _touching(match, page, places)
        able = page.within(match.place, match.size)
        able &= ~page.figures(match.place, match.size, opens)
        place, size = match.place[able], match.size[able]
        entry, capital = match.thing[able], match.capital[able]
        ending = place + size - 1
        start, end = page.left[place], page.right[ending]
        first, last = page.starts[place], page.ends[ending]
        whole = page.begins[place] & (page.closes[ending] | page.possessed(last))
        cased = page.cased[place]
        owner = index.owner[entry].astype(np.int64)
        big = capital | (~cased & opens[start] & index.cased[owner])
        text = 2 * owner + (big & index.cased[owner])
        lone = (page.word_starts[start] == first) & (page.word_ends[end - 1] == last)
        rows = Readings(start, end, first, last, text, entry, big, whole)
        for odd in np.flatnonzero(~(lone & cased & index.texts.plain[text])).tolist():
            self._fit(rows, odd)
        return rows

    def _fit(self, rows: Readings, at: int) -> None:
        """A reading with what touches it: quotes as the text has them, figures and signs whole."""
        page, text, words = self._page, self._page.text, self._page.words
        shape = self._index.texts.texts[rows.text[at]]
        right, start, end = rows.end[at].item(), rows.first[at].item(), rows.last[at].item()
        first, last = words.starts[rows.start[at]], words.ends[right - 1]
        if self._curly:
            shape = shape.replace("'", _CURLY)
        before, after = text[first:start], text[end:last]
        if not text[start].isalnum() and text[start - 1 : start].isalnum():
            before += " " if shape[:1].isalpha() else ""  # '93%' was '93 percent'
        if shape == "%" and not before and text[first - 1 : first] == " ":
            first -= 1
        if shape[-1:].isdigit() and not after:
            right = page.decimals(right)
            last = words.ends[right - 1]
            after = text[end:last]
        rows.end[at], rows.first[at], rows.last[at] = right, first, last
        rows.text[at] = self.number(before + shape + after)


def _touching(match: Matches, page: Page, places: Places) -> Matches:
    """The matches that touch some places."""
    first, last = places
    start, end = page.starts[match.place], page.ends[match.place + match.size - 1]
    at = np.searchsorted(last, start, side="right")
    near = np.flatnonzero(np.append(first, len(page.text) + 1)[at] < end)
    return Matches._make(column[near] for column in match)


def _best(rows: Readings, index: Index) -> Readings:
    """Of readings that write the same, the best: whole words first, then the likeliest."""
    logp = index.logp[rows.entry]
    order = np.lexsort((-logp, ~rows.whole, rows.text, rows.end, rows.start))
    same = np.zeros(len(order), np.bool_)
    same[1:] = True
    for column in (rows.start, rows.end, rows.text):
        ordered = column[order]
        same[1:] &= ordered[1:] == ordered[:-1]
    return Readings._make(column[order[~same]] for column in rows)


def _articles(words: Tokens, known: Ints, rows: Readings, writer: _Writer) -> Readings:
    """Add to each article the other one."""
    names = words.words
    places = np.flatnonzero(known & INDEFINITE).tolist()
    if not places:
        return rows
    texts = [writer.number(ARTICLES[names[at]]) for at in places]
    have = np.flatnonzero(np.isin(rows.text, texts) & (rows.end == rows.start + 1))
    there = set(zip(rows.start[have].tolist(), rows.text[have].tolist(), strict=True))
    new = [
        (
            at,
            at + 1,
            words.starts[at],
            words.ends[at],
            text,
            ARTICLE,
            words.words[at][0] == "A",
            True,
        )
        for at, text in zip(places, texts, strict=True)
        if (at, text) not in there
    ]
    columns = zip(*new, strict=True) if new else [()] * len(rows)
    return Readings._make(
        np.concatenate([row, np.array(column, row.dtype)])
        for row, column in zip(rows, columns, strict=True)
    )


def _kept(page: Page, index: Index) -> Int32s:
    """For each word of the language model that a spinner would have replaced, what it is."""
    found = np.full(len(page.words), -1, np.int32)
    forms = page.forms
    both = np.fromiter(map(index.replaced.__getitem__, forms), np.int64, len(forms))
    own, small = both & MASK, both >> BITS
    number = np.where(own > 0, own, small) - 1
    at = np.flatnonzero(
        (number >= 0) & (page.right == page.left + 1) & page.begins & page.closes
    )  # fmt: skip
    found[page.left[at]] = number[at]
    return found
