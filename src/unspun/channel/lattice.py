"""What may have stood where: every way to read a spun text back, as arrays.

Nodes are the boundaries of the language model's words; an arc leads from one node to a later one
and carries the words that may have stood between. Each word has an arc that keeps it; each phrase
that the spinner could have written has one for every phrase that it stands for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.decoder import Arrays
from unspun.channel.index import Form, Index
from unspun.lm.words import Tokens, tokenise

Int32s = NDArray[np.int32]

KEEP: Final = -1
ARTICLE: Final = -2

# Links, addresses, handles, file names and code: what a reader copies must stay as it is.
_PROTECTED = re.compile(
    r"""
    (?:https?://|www\.)\S+ | \S+@\S+\.\w+ | (?<!\w)[@\#]\w+
    | \b[\w\-]+(?:\.[\w\-]+)*
      \.(?:com|org|net|gov|edu|mil|int|info|io|ai|co|tv|eu|uk|de|us|cn|py|js)\b
    | `[^`\n]+` | \w+\(\) | \w*_\w+ | [\w.\-]*[\\/][\w.\-]+[\\/][\w.\-/\\]*
    """,
    re.VERBOSE,
)
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
_POSSESSIVES = ("'s", f"{_CURLY}s")
_SENTENCE_END = frozenset(".!?\N{HORIZONTAL ELLIPSIS}")
_QUOTES = frozenset('"\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK})]')
_ARTICLES = {"a": "an", "an": "a", "A": "An", "An": "A"}


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


@dataclass(frozen=True, slots=True)
class Lattice:
    """All readings of a text.

    Attributes:
        text: The text.
        words: Its words, as the language model sees them.
        opens: Whether each word opens a sentence or a paragraph.
        segments: First and last node of each stretch that is decoded by itself.
        openings: Whether each segment opens a paragraph.
        arcs: The readings; last, in order, those that keep a word.
        kept: For each word, the number of the original phrase that it is, or -1.
    """

    text: str
    words: Tokens
    opens: list[bool]
    segments: list[tuple[int, int]]
    openings: list[bool]
    arcs: list[Arc]
    kept: list[int]


def build(text: str, index: Index) -> Lattice:
    """Lay out every reading of a text under a channel."""
    words = tokenise(text)
    segments, openings = _segments(words)
    opens = words.initial()
    for (begin, _), opening in zip(segments, openings, strict=True):
        opens[begin] = opens[begin] or opening
    page = _Page(text, words, segments, opens)
    found: dict[tuple[int, int, str], Arc] = {}
    for arc in page.arcs(index):
        key = (arc.start, arc.end, arc.text)
        known = found.get(key)
        if known is None or _better(index, arc, known):
            found[key] = arc
    starts, ends = words.starts, words.ends
    for at, word in enumerate(words.words):
        other = _ARTICLES.get(word)
        if other is not None and (at, at + 1, other) not in found:
            capital = word[0] == "A"
            arc = Arc(at, at + 1, starts[at], ends[at], other, ARTICLE, "", capital, whole=True)
            found[at, at + 1, other] = arc
    arcs = list(found.values())
    for at, word in enumerate(words.words):
        capital = word[:1].isupper()
        form = tokens.lower_first(word) if capital else word
        arcs.append(Arc(at, at + 1, starts[at], ends[at], word, KEEP, form, capital, whole=True))
    return Lattice(text, words, opens, segments, openings, arcs, _kept(page, index))


class _Page:
    """A text's parts, and where they lie between the language model's words."""

    def __init__(
        self, text: str, words: Tokens, segments: list[tuple[int, int]], opens: list[bool]
    ) -> None:
        self.text = text
        self.words = words
        self.opens = opens
        self.forms = tokens.parts(text)
        self.spans = tokens.part_spans(text)
        whole = tokens.spans(text)
        self.starts = {span[0] for span in whole}
        self.ends = {span[1] for span in whole}
        self.left, self.right = _boundaries(self.spans, words)
        self.segment = [0] * (len(words) + 1)
        for number, (begin, end) in enumerate(segments):
            self.segment[begin:end] = [number] * (end - begin)
        self.protected = [match.span() for match in _PROTECTED.finditer(text)]
        self.curly = text.count(_CURLY) > text.count("'")

    def arcs(self, index: Index) -> Iterator[Arc]:
        """Every reading that takes a substitution back."""
        forms, sizes, by_spun = self.forms, index.sizes, index.by_spun
        count = len(forms)
        for at, form in enumerate(forms):
            for size in sizes.get(form, ()):
                if at + size <= count:
                    phrase = form if size == 1 else " ".join(forms[at : at + size])
                    if phrase in by_spun:
                        yield from self._readings(at, size, by_spun[phrase], capital=False)
            if not form[0].isupper():
                continue
            low = tokens.lower_first(form)
            for size in sizes.get(low, ()):
                if at + size <= count:
                    phrase = low if size == 1 else " ".join((low, *forms[at + 1 : at + size]))
                    if phrase in by_spun:
                        yield from self._readings(at, size, by_spun[phrase], capital=True)

    def _readings(self, at: int, size: int, options: list[Form], *, capital: bool) -> Iterator[Arc]:
        """The readings of one match."""
        left, right = self.left[at], self.right[at + size - 1]
        if self.segment[left] != self.segment[right - 1]:
            return
        start, end = self.spans[at][0], self.spans[at + size - 1][1]
        if self.protected and any(a < end and b > start for a, b in self.protected):
            return
        whole = start in self.starts and (end in self.ends or self._possessed(end))
        first, last = self.words.starts[left], self.words.ends[right - 1]
        lone = first == start and last == end
        cased = self.forms[at][0].isalpha()
        for number, spun, lower, upper, plain in options:
            big = capital or (not cased and self.opens[left] and lower != upper)
            shape = upper if big else lower
            if lone and plain and cased:
                yield Arc(left, right, start, end, shape, number, spun, big, whole)
            else:
                yield self._fitted(
                    Arc(left, right, start, end, shape, number, spun, big, whole), first, last
                )

    def _possessed(self, end: int) -> bool:
        """Whether "'s" follows: real pages show words replaced before it, simulated ones do not."""
        return self.text[end : end + 2] in _POSSESSIVES

    def _fitted(self, arc: Arc, first: int, last: int) -> Arc:
        """A reading with what touches it: quotes as the text has them, figures and signs whole."""
        shape, right, start, end = arc.text, arc.end, arc.first, arc.last
        if self.curly:
            shape = shape.replace("'", _CURLY)
        before, after = self.text[first:start], self.text[end:last]
        if not self.text[start].isalnum() and self.text[start - 1 : start].isalnum():
            before += " " if shape[:1].isalpha() else ""  # '93%' was '93 percent'
        if shape == "%" and not before and self.text[first - 1 : first] == " ":
            first -= 1
        if shape[-1:].isdigit() and not after:
            right = self._decimals(right)
            last = self.words.ends[right - 1]
            after = self.text[end:last]
        return arc._replace(end=right, first=first, last=last, text=before + shape + after)

    def _decimals(self, at: int) -> int:
        """The node behind a decimal fraction that a word touches: '.' and '5' after 'two'."""
        words = self.words
        if at + 1 >= len(words) or words.words[at] != "." or words.spaced(at):
            return at
        follows = words.words[at + 1][0].isdigit() and not words.spaced(at + 1)
        return at + 2 if follows and self.segment[at + 1] == self.segment[at - 1] else at


def _better(index: Index, one: Arc, other: Arc) -> bool:
    if one.whole != other.whole:
        return one.whole
    return bool(index.logp[one.entry] > index.logp[other.entry])


def _kept(page: _Page, index: Index) -> list[int]:
    """For each word of the language model that a spinner would have replaced, what it is."""
    found = [-1] * len(page.words)
    originals = index.originals
    for at, form in enumerate(page.forms):
        number = originals.get(form)
        if number is None and form[0].isupper():
            number = originals.get(tokens.lower_first(form))
        if number is None or page.right[at] != page.left[at] + 1:
            continue
        if page.spans[at][0] in page.starts and page.spans[at][1] in page.ends:
            found[page.left[at]] = number
    return found


def _boundaries(spans: list[tuple[int, int]], words: Tokens) -> tuple[list[int], list[int]]:
    """For each part of a word, the first and last node that enclose it."""
    both = np.array(spans, np.int64).reshape(-1, 2)
    left = np.searchsorted(np.array(words.starts, np.int64), both[:, 0], side="right") - 1
    right = np.searchsorted(np.array(words.ends, np.int64), both[:, 1], side="left") + 1
    return left.tolist(), right.tolist()


def _segments(words: Tokens) -> tuple[list[tuple[int, int]], list[bool]]:
    """Cut at line ends and after sentences."""
    cuts: list[tuple[int, int]] = []
    openings: list[bool] = []
    begin, opening = 0, True
    names, starts, ends = words.words, words.starts, words.ends
    for at in range(1, len(names)):
        if starts[at] == ends[at - 1]:
            continue
        before = names[at - 1]
        line = "\n" in words.text[ends[at - 1] : starts[at]]
        sentence = before in _SENTENCE_END or (
            before in _QUOTES and at > 1 and names[at - 2] in _SENTENCE_END
        )
        if line or sentence:
            cuts.append((begin, at))
            openings.append(opening)
            begin, opening = at, line
    if names:
        cuts.append((begin, len(names)))
        openings.append(opening)
    return cuts, openings


def arrays(lattice: Lattice, index: Index) -> Arrays:
    """Number a lattice for the decoder."""
    arcs, count = lattice.arcs, len(lattice.words)
    columns = list(zip(*arcs, strict=True))
    begin, end = np.array(columns[0], np.int32), np.array(columns[1], np.int32)
    entry = np.array(columns[5], np.int32)
    shift = np.zeros(count + 1, np.int32)
    base = np.zeros(count + 1, np.int32)
    for number, (first, last) in enumerate(lattice.segments):
        shift[first:last] = number
        base[first:last] = first
    bounds = np.array(lattice.segments, np.int32) + np.arange(len(lattice.segments))[:, None]
    words, size = _encoded(lattice, index)
    original = index.owner[entry]
    original[len(arcs) - count :] = lattice.kept
    numbers: dict[tuple[str, bool], int] = {}
    forms = [
        numbers.setdefault(key, len(numbers)) for key in zip(columns[6], columns[7], strict=True)
    ]
    return Arrays(
        begin + shift[begin],
        end + shift[begin],
        end - base[begin],
        words,
        size,
        entry,
        original,
        index.claims[entry],
        np.array(columns[7], np.bool_),
        np.array(columns[8], np.bool_),
        np.array(forms, np.int32),
        _stems(columns[4], index),
        count + len(lattice.segments),
        bounds[:, 0].astype(np.int32),
        bounds[:, 1].astype(np.int32),
    )


def _stems(texts: tuple[str, ...], index: Index) -> Int32s:
    """Numbers for the words' families, -1 for short words."""
    numbers: dict[str, int] = {"": -1}
    stem, number = index.stem, numbers.setdefault
    return np.array([number(stem(text), len(numbers)) for text in texts], np.int32)


def _encoded(lattice: Lattice, index: Index) -> tuple[Int32s, Int32s]:
    """Language model ids of each arc's words; a capital that opens a sentence says nothing."""
    arcs, opens, count = lattice.arcs, lattice.opens, len(lattice.words)
    taken = len(arcs) - count
    rows = [index.ids(arc.text, initial=opens[arc.start]) for arc in arcs[:taken]]
    size = np.ones(len(arcs), np.int32)
    size[:taken] = [len(row) for row in rows]
    words = np.full((len(arcs), int(size.max())), -1, np.int32)
    inside = np.arange(words.shape[1]) < size[:taken, None]
    words[:taken][inside] = [number for row in rows for number in row]
    kept = index.lm.encode(lattice.words.words)
    first = np.flatnonzero(opens)
    kept[first] = index.lm.vocabulary.lowered[kept[first]]
    words[taken:, 0] = kept
    return words, size
