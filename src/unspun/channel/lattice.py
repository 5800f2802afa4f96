"""What may have stood where: every way to read a spun text back, as arrays.

Nodes are the boundaries of the language model's words; an arc leads from one node to a later one
and carries the words that may have stood between. Each word has an arc that keeps it; each phrase
that the spinner could have written has one for every phrase that it stands for.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.model import Channel
from unspun.lm.model import LanguageModel
from unspun.lm.words import Tokens, tokenise, words_of

Int32s = NDArray[np.int32]
Float32s = NDArray[np.float32]

KEEP: Final = -1
ARTICLE: Final = -2
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"
_SENTENCE_END = frozenset(".!?\N{HORIZONTAL ELLIPSIS}")
_QUOTES = frozenset('"\N{RIGHT DOUBLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK})]')
_ARTICLES = {"a": "an", "an": "a", "A": "An", "An": "A"}


@dataclass(frozen=True, slots=True)
class Arc:
    """One reading of one stretch of text.

    Attributes:
        start: First node.
        end: Last node.
        text: The words as they would be written.
        entry: Index of the substitution that is taken back, or `KEEP`, or `ARTICLE`.
        capital: Whether the capitalised form of the entry is meant.
    """

    start: int
    end: int
    text: str
    entry: int
    capital: bool


class Index:
    """A channel's entries by the phrases that stand in spun text and in originals."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        self.by_spun: dict[str, list[int]] = defaultdict(list)
        self.originals: dict[str, int] = {}
        self.rates: list[float] = []
        self.original_of: list[int] = []
        for number, entry in enumerate(channel.entries):
            self.by_spun[entry.spun].append(number)
            if entry.original not in self.originals:
                self.originals[entry.original] = len(self.rates)
                self.rates.append(entry.rate)
            self.original_of.append(self.originals[entry.original])
        self.spun_sizes = _sizes(self.by_spun)
        self.original_sizes = _sizes(self.originals)


def _sizes(phrases: dict[str, list[int]] | dict[str, int]) -> dict[str, tuple[int, ...]]:
    """For each first word, the numbers of words of the phrases that it opens."""
    found: dict[str, set[int]] = defaultdict(set)
    for phrase in phrases:
        found[phrase.split(" ", 1)[0]].add(phrase.count(" ") + 1)
    return {word: tuple(sorted(sizes)) for word, sizes in found.items()}


@dataclass(slots=True)
class Lattice:
    """All readings of a text.

    Attributes:
        text: The text.
        words: Its words, as the language model sees them.
        segments: First and last node of each stretch that is decoded by itself.
        openings: Whether each segment opens a paragraph.
        arcs: The readings, ordered by their first node.
        kept: For each keeping arc, the original phrase in the table that it would leave, or -1.
    """

    text: str
    words: Tokens
    segments: list[tuple[int, int]]
    openings: list[bool]
    arcs: list[Arc]
    kept: list[int]


def build(text: str, index: Index) -> Lattice:
    """Lay out every reading of a text under a channel."""
    words = tokenise(text)
    starts, ends = words.starts, words.ends
    segments, openings = _segments(words)
    first_node = {}
    for number, (begin, end) in enumerate(segments):
        for at in range(begin, end):
            first_node[at] = number
    spans = tokens.spans(text)
    forms = tokens.words(text)
    left_of, right_of = _boundaries(spans, starts, ends)
    arcs: list[Arc] = []
    kept_by: dict[int, int] = _kept(forms, index, left_of, right_of)
    found: dict[tuple[int, int, str], int] = {}
    opens = words.initial()
    for at, form in enumerate(forms):
        for capital, size, number in _matches(forms, at, form, index):
            left, right = left_of[at], right_of[at + size - 1]
            if first_node[left] != first_node[right - 1]:
                continue
            start, end = spans[at][0], spans[at + size - 1][1]
            if not _whole(text[start:end], index.channel.entries[number].spun, size):
                continue
            original = index.channel.entries[number].original
            for shape, upper in _shapes(original, capital, form, opens[left]):
                after = text[starts[left] : start] + shape + text[end : ends[right - 1]]
                key = (left, right, after)
                known = found.get(key)
                if known is not None:
                    if _better(index, number, arcs[known].entry):
                        arcs[known] = Arc(left, right, after, number, upper)
                    continue
                found[key] = len(arcs)
                arcs.append(Arc(left, right, after, number, upper))
    for at, word in enumerate(words.words):
        other = _ARTICLES.get(word)
        if other is not None and (at, at + 1, other) not in found:
            arcs.append(Arc(at, at + 1, other, ARTICLE, capital=word[0] == "A"))
    kept = [-1] * len(arcs)
    for at, word in enumerate(words.words):
        arcs.append(Arc(at, at + 1, word, KEEP, capital=False))
        kept.append(kept_by.get(at, -1))
    return Lattice(text, words, segments, openings, arcs, kept)


def _matches(
    forms: list[str], at: int, form: str, index: Index
) -> list[tuple[bool, int, int]]:
    """Entries whose spun phrase stands at a word: (capitalised, words, entry)."""
    found = []
    for capital in (False, True):
        if capital and not form[:1].isupper():
            break
        first = tokens.lower_first(form) if capital else form
        for size in index.spun_sizes.get(first, ()):
            if at + size > len(forms):
                break
            phrase = first if size == 1 else " ".join((first, *forms[at + 1 : at + size]))
            found += [(capital, size, number) for number in index.by_spun.get(phrase, ())]
    return found


def _whole(text: str, spun: str, size: int) -> bool:
    """Whether a phrase stands on one line."""
    return size == 1 or "\n" not in text


def _shapes(
    original: str, capital: bool, form: str, opens: bool  # noqa: FBT001
) -> list[tuple[str, bool]]:
    """How the original phrase may be written here."""
    written = unjoined(original)
    if capital:
        return [(tokens.upper_first(written), True)]
    if opens and not form[:1].isalpha() and written[:1].islower():
        return [(tokens.upper_first(written), True)]
    return [(written, False)]


def unjoined(phrase: str) -> str:
    """Blank-joined words as they are written: no blank before a mark or inside an abbreviation.

    >>> unjoined("3 . 5 percent , not more")
    '3.5 percent, not more'
    """
    parts = phrase.split(" ")
    out = parts[0]
    for before, word in zip(parts, parts[1:], strict=False):
        tight = word in ".,;:!?)%'" or (before == "." and len(word) == 1) or before in "($"
        tight = tight or (before == "." and word.isdigit())
        out += word if tight else " " + word
    return out


def _better(index: Index, one: int, other: int) -> bool:
    entries = index.channel.entries
    return other < 0 or entries[one].logp > entries[other].logp


def _kept(
    forms: list[str], index: Index, left_of: list[int], right_of: list[int]
) -> dict[int, int]:
    """For each word of the language model that a spinner would have replaced, what it is."""
    found: dict[int, int] = {}
    for at, form in enumerate(forms):
        number = index.originals.get(form)
        if number is None and form[:1].isupper():
            number = index.originals.get(tokens.lower_first(form))
        if number is not None and right_of[at] == left_of[at] + 1:
            found[left_of[at]] = number
    return found


def _boundaries(
    spans: list[tuple[int, int]], starts: list[int], ends: list[int]
) -> tuple[list[int], list[int]]:
    """For each word of the channel, the first and last node that enclose it."""
    begin = np.array([span[0] for span in spans], np.int64)
    end = np.array([span[1] for span in spans], np.int64)
    left = np.searchsorted(np.array(starts, np.int64), begin, side="right") - 1
    right = np.searchsorted(np.array(ends, np.int64), end, side="left") + 1
    return left.tolist(), right.tolist()


def _segments(words: Tokens) -> tuple[list[tuple[int, int]], list[bool]]:
    """Cut at line ends and after sentences."""
    cuts: list[tuple[int, int]] = []
    openings: list[bool] = []
    begin, opening = 0, True
    text = words.text
    for at in range(1, len(words) + 1):
        if at < len(words):
            gap = text[words.ends[at - 1] : words.starts[at]]
            line = "\n" in gap
            before = words.words[at - 1]
            sentence = bool(gap) and (
                before in _SENTENCE_END
                or (before in _QUOTES and at > 1 and words.words[at - 2] in _SENTENCE_END)
            )
            if not line and not sentence:
                continue
        else:
            line = True
        cuts.append((begin, at))
        openings.append(opening)
        begin, opening = at, line
    return cuts, openings


@dataclass(slots=True)
class Arrays:
    """A lattice as arrays, one element an arc.

    Attributes:
        start: First node; each segment has nodes of its own.
        end: Last node.
        level: Words from the segment's first node to the arc's last.
        words: Language model ids, -1 behind the last.
        size: How many.
        entry: Substitution that is taken back, `KEEP` or `ARTICLE`.
        original: Original phrase in the table, that is taken back or kept, or -1.
        capital: Whether its capitalised form is meant.
        order: For each element, its arc in the lattice.
        nodes: How many nodes.
        first: First node of each segment.
        last: Last node of each segment.
    """

    start: Int32s
    end: Int32s
    level: Int32s
    words: Int32s
    size: Int32s
    entry: Int32s
    original: Int32s
    capital: NDArray[np.bool_]
    order: Int32s
    nodes: int
    first: Int32s
    last: Int32s


def arrays(lattice: Lattice, index: Index, lm: LanguageModel) -> Arrays:
    """Number a lattice for the decoder."""
    shift = np.zeros(len(lattice.words) + 1, np.int32)
    base = np.zeros(len(lattice.words) + 1, np.int32)
    first, last = [], []
    for number, (begin, end) in enumerate(lattice.segments):
        shift[begin:end] = number
        base[begin:end] = begin
        first.append(begin + number)
        last.append(end + number)
    begin = np.array([arc.start for arc in lattice.arcs], np.int32)
    end = np.array([arc.end for arc in lattice.arcs], np.int32)
    ids = _encoded(lattice, lm)
    size = np.array([len(row) for row in ids], np.int32)
    words = np.full((len(ids), max(int(size.max(initial=1)), 1)), -1, np.int32)
    for number, row in enumerate(ids):
        words[number, : len(row)] = row
    entry = np.array([arc.entry for arc in lattice.arcs], np.int32)
    owner = np.array([*index.original_of, -1, -1], np.int32)
    original = np.where(entry >= 0, owner[entry], np.array(lattice.kept, np.int32))
    keep = size > 0
    order = np.flatnonzero(keep).astype(np.int32)
    return Arrays(
        (begin + shift[begin])[order],
        (end + shift[begin])[order],
        (end - base[begin])[order],
        words[order],
        size[order],
        entry[order],
        original[order].astype(np.int32),
        np.array([arc.capital for arc in lattice.arcs], np.bool_)[order],
        order,
        len(lattice.words) + len(lattice.segments),
        np.array(first, np.int32),
        np.array(last, np.int32),
    )


def _encoded(lattice: Lattice, lm: LanguageModel) -> list[tuple[int, ...]]:
    """Language model ids of each arc's words; a capital that opens a sentence says nothing."""
    cache: dict[tuple[str, bool], tuple[int, ...]] = {}
    opens = lattice.words.initial()
    openers = dict(zip((s[0] for s in lattice.segments), lattice.openings, strict=True))
    out = []
    for arc in lattice.arcs:
        initial = opens[arc.start] or openers.get(arc.start, False)
        key = (arc.text, initial)
        ids = cache.get(key)
        if ids is None:
            ids = tuple(lm.encode(words_of(arc.text), initial=initial).tolist())
            cache[key] = ids
        out.append(ids)
    return out
