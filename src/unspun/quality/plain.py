"""What the rules count in texts, with NumPy for all texts of a batch at once.

The compiled kernel gives the same whole numbers, text by text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.kernels.places import places
from unspun.quality import characters, laid, ngrams
from unspun.quality.laid import Ints, Keys, Laid, added, of_each

_FEED, _DOT, _ELLIPSIS = map(ord, "\n.…")
_DOTS = 3
_SHORT_LINE = 30
_SYMBOLS = ("#", "...", "…")
_CODE, _SCRIPT = (b"{", b"lorem ipsum"), b"javascript"
_SHORTEST, _LONGEST = 2, 4  # characters of a stop word


class Stretches(NamedTuple):
    """Lines, or blocks of lines between blank ones, without the blanks around them.

    Attributes:
        start: The first character of each.
        stop: One past the last.
        key: The same for the same stretch of a text, which others hardly share.
        first: The first stretch of each text, and behind them how many there are.
        each: How many each text has.
    """

    start: Ints
    stop: Ints
    key: Keys
    first: Ints
    each: Ints


def count_many(texts: Sequence[tuple[str, str, bool]]) -> list[tuple[Any, ...]]:
    """The fields of a `Shape` behind its first two, for each text.

    Args:
        texts: At least one, each with its language, and whether that writes spaces between words.
    """
    read = laid.lay([text for text, _, _ in texts])
    keys = laid.word_keys(read)
    lines, blocks, feeds = _stretches(read, keys)
    size = added(read.size, read.first)
    lines_again, characters_again = _again(read, lines)
    bullets, ellipses, ended, short, characters = _of_lines(read, lines)
    spaces = np.array([spaced for _, _, spaced in texts])
    english = np.array([language == "en" for _, language, _ in texts])
    grams = _grams(read, keys, spaces)
    columns = (
        *(spaces * each for each in (read.words, size, _alphabetic(read), _stops(read, english))),
        *(lines.each, bullets, ellipses, ended, short, feeds),
        *(lines_again, characters, characters_again),
        *(blocks.each, _again(read, blocks)[0]),
        *(_symbols(read), _marks(read), _scripts(read), _damage(read)),
        *(np.where(spaces, read.words, size), size),
        grams[:, : len(ngrams.TOP)],
        grams[:, len(ngrams.TOP) :],
    )
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [(*row, tuple(top), tuple(duplicate)) for *row, top, duplicate in rows]


def _alphabetic(read: Laid) -> Ints:
    """Words with a letter: most begin with one."""
    odd = (read.kinds.take(read.start) & characters.LETTER == 0).nonzero()[0]
    none = odd
    if len(odd):
        edges = np.stack([read.start.take(odd), read.stop.take(odd)], axis=1).ravel()
        inside = np.bitwise_or.reduceat(read.kinds, edges)[::2]  # what is between them is left out
        none = odd[inside & characters.LETTER == 0]
    return read.words - of_each(none.searchsorted(read.first))


def _stops(read: Laid, english: NDArray[np.bool_]) -> Ints:
    """Different English stop words in the texts that are English, in any case."""
    may = (read.kinds.take(read.start) & characters.INITIAL > 0) & english.repeat(read.words)
    some = (may & (read.size >= _SHORTEST) & (read.size <= _LONGEST)).nonzero()[0]
    size = read.size.take(some)
    if not len(some):
        return np.zeros_like(read.words)
    chunks = laid.eights(read.folded, 1)[read.start.take(some)]
    written = laid.cut(chunks, size)
    which = _STOPS.searchsorted(written)
    same = _STOPS.take(which, mode="clip") == written
    same &= _STOP_SIZES.take(which, mode="clip") == size
    there = same.nonzero()[0]
    text = read.first.searchsorted(some.take(there), side="right") - 1
    seen = np.zeros((len(read.texts), len(_STOPS)), bool)
    seen[text, which.take(there)] = True
    found: Ints = seen.sum(axis=1)
    return found


def _written(word: str) -> int:
    return int.from_bytes(word.encode(), "little")


_STOPS = np.array(sorted(map(_written, characters.STOP_WORDS)), np.uint64)
_STOP_SIZES = np.array([len(word) for word in sorted(characters.STOP_WORDS, key=_written)])


def _stretches(read: Laid, keys: Keys) -> tuple[Stretches, Stretches, Ints]:
    """The lines, the blocks of lines, and how many line feeds each text has."""
    feed = (read.points == _FEED).nonzero()[0]
    end = read.start.searchsorted(feed)  # words before each
    begin = np.zeros_like(end)
    begin[1:] = end[:-1]
    full = (begin < end).nonzero()[0]
    begin, end = begin.take(full), end.take(full)
    first = begin.searchsorted(read.first)
    new = np.ones(len(full) + 1, bool)
    np.not_equal(full[1:], full[:-1] + 1, out=new[1:-1])
    new[first] = True
    head, tail = new[:-1].nonzero()[0], new[1:].nonzero()[0]
    lines = blocks = _stretch(read, keys, begin, end)
    if len(head) < len(full):
        blocks = _stretch(read, keys, begin.take(head), end.take(tail))
    feeds = of_each(feed.searchsorted(read.bounds)) - 1  # without the one behind the text
    return lines, blocks, feeds


def _stretch(read: Laid, keys: Keys, begin: Ints, end: Ints) -> Stretches:
    """Stretches from words to others, which are one past their last."""
    start, stop = read.start.take(begin), read.stop.take(end - 1)
    key = laid.mixed(keys.take(begin), (stop - start).astype(np.uint64))
    key = laid.mixed(key, keys.take(end - 1))
    first = begin.searchsorted(read.first)
    return Stretches(start, stop, key, first, of_each(first))


def _of_lines(read: Laid, lines: Stretches) -> Ints:
    """Lines that begin with a bullet, end with an ellipsis, end as a sentence does, are short.

    And the characters of all lines, so five rows, for each text.
    """
    heads, last = read.kinds.take(lines.start), lines.stop - 1
    size = lines.stop - lines.start
    dots = read.points.take(last[:, None] - np.arange(_DOTS), mode="clip") == _DOT
    return added(
        np.array(
            [
                heads & characters.BULLET > 0,
                (dots.all(axis=1) & (size >= _DOTS)) | (read.points.take(last) == _ELLIPSIS),
                read.kinds.take(last) & characters.END > 0,
                size < _SHORT_LINE,
                size,
            ]
        ),
        lines.first,
    )


def _again(read: Laid, some: Stretches) -> tuple[Ints, Ints]:
    """Stretches of each text that repeat an earlier one, and their characters."""
    counts, sizes = np.zeros((2, len(read.texts)), np.int64)
    ranked = np.sort(some.key)
    again = ranked[1:][ranked[1:] == ranked[:-1]]
    if len(again):
        seen = set()
        for number in np.isin(some.key, again).nonzero()[0].tolist():
            text = some.first.searchsorted(number, side="right") - 1
            stretch = read.joined[some.start[number] : some.stop[number]]
            if (text, stretch) in seen:
                counts[text] += 1
                sizes[text] += len(stretch)
            seen.add((text, stretch))
    return counts, sizes


def _symbols(read: Laid) -> Ints:
    """Hashes and ellipses."""
    return _each(read, places(read.joined, _SYMBOLS))


def _marks(read: Laid) -> Ints:
    """Curly brackets and filler text.

    No other letters than those of ASCII become letters of theirs, so that its case is enough.
    """
    return _each(read, places(read.folded, _CODE))


def _scripts(read: Laid) -> Ints:
    """Lines that speak of JavaScript."""
    ends = []
    at = read.folded.find(_SCRIPT)
    while at >= 0:
        ends.append(read.folded.find(b"\n", at))
        at = read.folded.find(_SCRIPT, ends[-1])
    return _each(read, ends)


def _each(read: Laid, found: Sequence[int]) -> Ints:
    """How many of some places, which are in order, are in each text."""
    return of_each(np.array(found, np.int64).searchsorted(read.bounds))


def _damage(read: Laid) -> Ints:
    """Characters that no sound text has."""
    places = (read.kinds & characters.DAMAGE > 0).nonzero()[0]
    return of_each(places.searchsorted(read.bounds))


def _grams(read: Laid, keys: Keys, spaces: NDArray[np.bool_]) -> Ints:
    """The repeated n-grams of each text: of words, or of characters where no spaces are written."""
    found = ngrams.count(ngrams.Units(keys, read.size, read.first), spaced=True)
    if not spaces.all():
        found[~spaces] = ngrams.count(_characters(read, ~spaces), spaced=False)[~spaces]
    return found


def _characters(read: Laid, which: NDArray[np.bool_]) -> ngrams.Units:
    """All but the blanks of some of the texts."""
    counts = of_each(read.bounds)
    solid = (read.kinds & characters.BLANK == 0) & which.repeat(counts)
    some = solid.nonzero()[0]
    keys = laid.mixed(laid.seeds(counts).take(some), read.points.take(some).astype(np.uint64))
    return ngrams.Units(keys, np.ones_like(some), some.searchsorted(read.bounds))
