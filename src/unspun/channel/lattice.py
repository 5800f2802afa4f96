"""What may have stood where: every way to read a spun text back, as arrays.

Nodes are the boundaries of the language model's words; an arc leads from one node to a later one
and carries the words that may have stood between. Each word has an arc that keeps it; each phrase
that the spinner could have written has one for every phrase that it stands for.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from unspun.channel import tokens
from unspun.channel.decoder import Arrays, Phrases, hashed
from unspun.channel.model import Channel, Entry
from unspun.lm.model import LanguageModel
from unspun.lm.words import Tokens, tokenise, words_of

KEEP: Final = -1
ARTICLE: Final = -2
_LONGEST_MISSED = 4  # words of a phrase that is missed where it stands
_UNKNOWN = 5  # ids up to this are classes of unknown words
# Links, addresses, handles, file names and code: what a reader copies must stay as it is.
_PROTECTED = re.compile(
    r"""
    (?:https?://|www\.)\S+ | \S+@\S+\.\w+ | (?<!\w)[@\#]\w+
    | \b[\w\-]+(?:\.[\w\-]+)*\.(?:com|org|net|gov|edu|mil|int|info|io|ai|co|tv|eu|uk|de|us|cn|py|js)\b
    | `[^`\n]+` | \w+\(\) | \w*_\w+ | [\w.\-]*[\\/][\w.\-]+[\\/][\w.\-/\\]*
    """,
    re.VERBOSE,
)
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
        first: First code point.
        last: One past the last code point.
        text: What would be written there.
        entry: Index of the substitution that is taken back, or `KEEP`, or `ARTICLE`.
        spun: The phrase that is taken back, as the table has it, or the word that stays.
        capital: Whether the capitalised form of the entry is meant.
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


class Index:
    """A channel's entries by the phrases that stand in spun text and in originals."""

    def __init__(self, channel: Channel, lm: LanguageModel) -> None:
        self.channel = channel
        self.lm = lm
        self.by_spun: dict[str, list[int]] = defaultdict(list)
        self.originals: dict[str, int] = {}
        self.rates: list[float] = []
        self.original_of: list[int] = []
        for number, entry in enumerate(channel.entries):
            self.by_spun[" ".join(tokens.parts(entry.spun))].append(number)
            if entry.original not in self.originals:
                self.originals[entry.original] = len(self.rates)
                self.rates.append(entry.rate)
            self.original_of.append(self.originals[entry.original])
        self.logp = np.array([entry.logp for entry in channel.entries] + [0.0, 0.0])
        self.claims = [entry.original.count(" ") + 1 for entry in channel.entries]
        self.spun_sizes = _sizes(self.by_spun)
        self.phrases = _phrases(self.originals, lm)


def _phrases(originals: dict[str, int], lm: LanguageModel) -> Phrases:
    """The original phrases of several words, in the language model's ids."""
    numbers: list[int] = []
    forms: list[list[str]] = []
    for phrase, number in originals.items():
        written = unjoined(phrase)
        for form in {written, tokens.upper_first(written)}:
            cut = words_of(form)
            if 1 < len(cut) <= _LONGEST_MISSED:
                numbers.append(number)
                forms.append(cut)
    ids = lm.encode([word for form in forms for word in form])
    ends = np.cumsum([len(form) for form in forms])
    rows: dict[int, list[tuple[list[int], int]]] = defaultdict(list)
    for number, form, end in zip(numbers, forms, ends.tolist(), strict=True):
        row = ids[end - len(form) : end].tolist()
        if min(row) > _UNKNOWN:
            rows[len(form)].append((row, number))
    keys, owners, heads, ends_of = [], [], [], []
    for length in range(2, _LONGEST_MISSED + 1):
        grams = np.array([row for row, _ in rows[length]], np.int32).reshape(-1, length)
        hashes, first = np.unique(hashed(grams), return_index=True)
        keys.append(hashes)
        owners.append(np.array([number for _, number in rows[length]], np.int32)[first])
        heads.append(_among(grams[:, 0], len(lm.vocabulary)))
        ends_of.append(_among(grams[:, -1], len(lm.vocabulary)))
    return Phrases(tuple(keys), tuple(owners), tuple(heads), tuple(ends_of))


def _among(ids: NDArray[np.int32], size: int) -> NDArray[np.bool_]:
    """Which words are among some; the last place answers for no word, -1."""
    found = np.zeros(size + 1, np.bool_)
    found[ids] = True
    return found


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
    segments, openings = _segments(words)
    page = _Page(text, words, segments)
    found: dict[tuple[int, int, str], Arc] = {}
    for at in range(len(page.forms)):
        for capital, size, number in _matches(page.forms, at, index):
            for arc in page.arcs(at, size, number, index.channel.entries[number], capital):
                key = (arc.start, arc.end, arc.text)
                known = found.get(key)
                if known is None or _better(index, arc, known):
                    found[key] = arc
    for at, word in enumerate(words.words):
        other = _ARTICLES.get(word)
        if other is not None and (at, at + 1, other) not in found:
            span = (words.starts[at], words.ends[at])
            found[at, at + 1, other] = Arc(
                at, at + 1, *span, other, ARTICLE, "", word[0] == "A", True
            )
    arcs = list(found.values())
    kept = [-1] * len(arcs)
    kept_by = _kept(page, index)
    for at, word in enumerate(words.words):
        span = (words.starts[at], words.ends[at])
        arcs.append(Arc(at, at + 1, *span, word, KEEP, word, False, True))
        kept.append(kept_by.get(at, -1))
    return Lattice(text, words, segments, openings, arcs, kept)


class _Page:
    """A text's parts, and where they lie between the language model's words."""

    def __init__(self, text: str, words: Tokens, segments: list[tuple[int, int]]) -> None:
        self.text = text
        self.words = words
        self.forms = tokens.parts(text)
        self.spans = tokens.part_spans(text)
        whole = tokens.spans(text)
        self.starts = {span[0] for span in whole}
        self.ends = {span[1] for span in whole}
        self.left, self.right = _boundaries(self.spans, words.starts, words.ends)
        self.segment = [0] * (len(words) + 1)
        for number, (begin, end) in enumerate(segments):
            self.segment[begin:end] = [number] * (end - begin)
        self.opens = words.initial()
        self.protected = np.zeros(len(text) + 1, np.int32)
        for match in _PROTECTED.finditer(text):
            self.protected[match.start() : match.end()] = 1
        self.protected = np.cumsum(self.protected)
        self.curly = text.count(_CURLY) > text.count("'")

    def arcs(self, at: int, size: int, number: int, entry: Entry, capital: bool) -> Iterator[Arc]:  # noqa: FBT001
        """The readings of one match."""
        left, right = self.left[at], self.right[at + size - 1]
        if self.segment[left] != self.segment[right - 1]:
            return
        start, end = self.spans[at][0], self.spans[at + size - 1][1]
        if self.protected[end - 1] > (self.protected[start - 1] if start else 0):
            return
        whole = start in self.starts and end in self.ends
        first, last = self.words.starts[left], self.words.ends[right - 1]
        shape = unjoined(entry.original)
        if self.curly:
            shape = shape.replace("'", _CURLY)
        lower = self.text[start : start + 1]
        if capital or (self.opens[left] and not lower.isalpha() and shape[:1].islower()):
            capital, shape = True, tokens.upper_first(shape)
        before, after = self.text[first:start], self.text[end:last]
        if before[-1:].isalnum() and shape[:1].isalpha():
            before += " "
        if shape == "%" and not before and self.text[first - 1 : first] == " ":
            first -= 1
        if shape[-1:].isdigit() and after == "" and right < len(self.words):
            more = _decimals(self.words, right)
            if more > right and self.segment[more - 1] == self.segment[left]:
                right, last = more, self.words.ends[more - 1]
                after = self.text[end:last]
        yield Arc(
            left, right, first, last, before + shape + after, number, entry.spun, capital, whole
        )


def _decimals(words: Tokens, at: int) -> int:
    """The node behind a decimal fraction that a word touches: '.' and '5' after 'two'."""
    if words.words[at] != "." or words.spaced(at) or at + 1 >= len(words):
        return at
    follows = words.words[at + 1]
    return at + 2 if follows[0].isdigit() and not words.spaced(at + 1) else at


def _matches(forms: list[str], at: int, index: Index) -> list[tuple[bool, int, int]]:
    """Entries whose spun phrase stands at a word: (capitalised, words, entry)."""
    found = []
    form = forms[at]
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


def _better(index: Index, one: Arc, other: Arc) -> bool:
    entries = index.channel.entries
    if one.whole != other.whole:
        return one.whole
    return entries[one.entry].logp > entries[other.entry].logp


def _kept(page: _Page, index: Index) -> dict[int, int]:
    """For each word of the language model that a spinner would have replaced, what it is."""
    found: dict[int, int] = {}
    for at, form in enumerate(page.forms):
        number = index.originals.get(form)
        if number is None and form[:1].isupper():
            number = index.originals.get(tokens.lower_first(form))
        if number is None or page.right[at] != page.left[at] + 1:
            continue
        if page.spans[at][0] in page.starts and page.spans[at][1] in page.ends:
            found[page.left[at]] = number
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


def arrays(lattice: Lattice, index: Index) -> Arrays:
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
    ids = _encoded(lattice, index.lm)
    size = np.array([len(row) for row in ids], np.int32)
    words = np.full((len(ids), max(int(size.max(initial=1)), 1)), -1, np.int32)
    for number, row in enumerate(ids):
        words[number, : len(row)] = row
    entry = np.array([arc.entry for arc in lattice.arcs], np.int32)
    owner = np.array([*index.original_of, -1, -1], np.int32)
    claims = np.array([*index.claims, 0, 0], np.int32)
    original = np.where(entry >= 0, owner[entry], np.array(lattice.kept, np.int32))
    keep = size > 0
    order = np.flatnonzero(keep).astype(np.int32)
    forms = [
        (arc.spun, arc.capital if arc.entry != KEEP else arc.spun[:1].isupper())
        for arc in lattice.arcs
    ]
    forms = [(tokens.lower_first(spun), capital) for spun, capital in forms]
    names = {form: number for number, form in enumerate(sorted(set(forms)))}
    return Arrays(
        (begin + shift[begin])[order],
        (end + shift[begin])[order],
        (end - base[begin])[order],
        words[order],
        size[order],
        entry[order],
        original[order].astype(np.int32),
        claims[entry[order]],
        np.array([arc.capital for arc in lattice.arcs], np.bool_)[order],
        np.array([arc.whole for arc in lattice.arcs], np.bool_)[order],
        np.array([names[form] for form in forms], np.int32)[order],
        order,
        len(lattice.words) + len(lattice.segments),
        np.array(first, np.int32),
        np.array(last, np.int32),
    )


def _encoded(lattice: Lattice, lm: LanguageModel) -> list[list[int]]:
    """Language model ids of each arc's words; a capital that opens a sentence says nothing."""
    opens = lattice.words.initial()
    openers = dict(zip((s[0] for s in lattice.segments), lattice.openings, strict=True))
    numbers: dict[tuple[str, bool], int] = {}
    mine = [
        numbers.setdefault(
            (arc.text, opens[arc.start] or openers.get(arc.start, False)), len(numbers)
        )
        for arc in lattice.arcs
    ]
    run: list[str] = []
    begins = []
    for text, _ in numbers:
        begins.append(len(run))
        run += words_of(text)
        run.append("a")  # parts the phrases, so that none opens a sentence by accident
    begins.append(len(run))
    ids = lm.encode(run)
    first = np.array(begins[:-1], np.int64)
    opening = np.array([initial for _, initial in numbers], np.bool_)
    ids[first[opening]] = lm.vocabulary.lowered[ids[first[opening]]]
    plain = ids.tolist()
    rows = [plain[lo : hi - 1] for lo, hi in zip(begins, begins[1:], strict=False)]
    return [rows[number] for number in mine]
