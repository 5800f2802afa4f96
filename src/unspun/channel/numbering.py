"""A lattice as the decoder's arrays: words as ids, nodes of each segment apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.channel.contractions import choice, choices, quoted, sided
from unspun.channel.decoder import Arrays
from unspun.channel.forms import CAPITAL, CHOICE, PERCENT, families_of, forms_of
from unspun.channel.index import Texts
from unspun.channel.lattice import KEEP, Lattice

_kernel = kernels.load("unspun.channel._numbering", revision=1)

Int8s = NDArray[np.int8]
Int32s = NDArray[np.int32]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def arrays(lattice: Lattice) -> Arrays:
    """Number a lattice for the decoder."""
    rows, index, count = lattice.readings, lattice.index, len(lattice.words)
    if _kernel is None:
        return arrays_plain(lattice)
    texts, more = index.texts, Texts(lattice.more, index.lm)
    bounds = np.array(lattice.segments, np.int32).reshape(-1, 2)
    nodes = np.arange(len(bounds), dtype=np.int32)[:, None]
    made = _kernel.number(
        rows.start, rows.end, rows.text, rows.entry, rows.capital, rows.whole,
        texts.words, texts.sizes, index.families,
        more.words, more.sizes, _families(lattice),
        index.owner, index.claims,
        kept_ids(lattice), families_of(lattice.known).astype(np.int32),
        lattice.known & CAPITAL > 0, lattice.kept, lattice.opens, bounds,
    )  # fmt: skip
    start, end, level, words, size, entry, original, claim, capital, whole, stem, segment = made
    ints = (start, end, level, size, entry, original, claim, segment)
    start, end, level, size, entry, original, claim, segment = (
        np.frombuffer(column, np.int32) for column in ints
    )
    arcs = len(start)
    return Arrays(
        start, end, level, np.frombuffer(words, np.int32).reshape(arcs, -1), size, entry, original,
        claim, np.frombuffer(capital, np.bool_), np.frombuffer(whole, np.bool_),
        np.concatenate([np.zeros(arcs - count, np.bool_), _apart(lattice)]), _choices(lattice),
        _forms(lattice),
        _stems(np.frombuffer(stem, np.int32)), segment, count + len(bounds),
        np.ascontiguousarray((bounds + nodes)[:, 0]), np.ascontiguousarray((bounds + nodes)[:, 1]),
    )  # fmt: skip


def arrays_plain(lattice: Lattice) -> Arrays:
    """What `arrays` gives, without the compiled kernel."""
    rows, index, count = lattice.readings, lattice.index, len(lattice.words)
    nodes = np.arange(count)
    begin, end = np.concatenate([rows.start, nodes]), np.concatenate([rows.end, nodes + 1])
    sizes = np.array([last - first for first, last in lattice.segments], np.int64)
    shift = np.repeat(np.arange(len(sizes)), sizes)
    base = np.repeat(np.cumsum(sizes) - sizes, sizes)
    bounds = np.array(lattice.segments, np.int32) + np.arange(len(sizes))[:, None]
    entry = np.concatenate([rows.entry, np.full(count, KEEP)])
    words, size, stems = _encoded(lattice)
    return Arrays(
        (begin + shift[begin]).astype(np.int32),
        (end + shift[begin]).astype(np.int32),
        (end - base[begin]).astype(np.int32),
        words,
        size,
        entry.astype(np.int32),
        np.concatenate([index.owner[rows.entry], lattice.kept]),
        index.claims[entry],
        np.concatenate([rows.capital, lattice.known & CAPITAL > 0]),
        np.concatenate([rows.whole, np.ones(count, np.bool_)]),
        np.concatenate([np.zeros(len(rows.whole), np.bool_), _apart(lattice)]),
        _choices(lattice),
        _forms(lattice),
        stems,
        shift[begin].astype(np.int32),
        count + len(sizes),
        bounds[:, 0].astype(np.int32),
        bounds[:, 1].astype(np.int32),
    )


def _forms(lattice: Lattice) -> Int32s:
    """A number for each spun phrase and each word that stays, capitals apart."""
    index, rows = lattice.index, lattice.readings
    taken = np.where(rows.entry >= 0, index.form[rows.entry], lattice.forms.article)
    both = np.concatenate([taken, forms_of(lattice.known)]) * 2
    both[: len(taken)] += rows.capital
    both[len(taken) :] += lattice.known & CAPITAL > 0
    return _dense(both)


def _apart(lattice: Lattice) -> Bools:
    """Which words are per cent signs apart from their figures ("5 %", "eleven %")."""
    words = lattice.words
    found = lattice.known & PERCENT > 0
    for at in np.flatnonzero(found).tolist():
        found[at] = at > 0 and words.spaced(at) and words.words[at - 1][-1].isalnum()
    return found


def _choices(lattice: Lattice) -> Int8s:
    """Whether each arc is contracted or written out, in quotes or not."""
    rows, inside = lattice.readings, quoted(lattice.words)
    known = np.append(lattice.index.choices, np.array([*map(choice, lattice.more)], np.int8))
    kept = choices(lattice.words, np.flatnonzero(lattice.known & CHOICE))
    return sided(np.append(known[rows.text], kept), np.append(inside[rows.start], inside))


def _dense(numbers: Ints) -> Int32s:
    """The same numbers, but the smallest that can tell them apart."""
    _, dense = np.unique(numbers, return_inverse=True)
    return np.asarray(dense.astype(np.int32))


def read_as(lattice: Lattice) -> tuple[Int32s, Int32s]:
    """Language model ids of each reading's words, -1 behind the last, and how many they are."""
    rows, known = lattice.readings, lattice.index.texts
    base = len(known.texts)
    plain, opens = np.minimum(rows.text, base - 1), lattice.opens[rows.start].astype(np.int64)
    size = known.sizes[plain]
    if not lattice.more:
        return known.words[opens, plain, : int(size.max(initial=1))], size
    odd = np.flatnonzero(rows.text >= base)
    more, beyond = Texts(lattice.more, lattice.index.lm), rows.text[odd] - base
    size[odd] = more.sizes[beyond]
    words = np.full((len(size), int(size.max(initial=1))), -1, np.int32)
    words[:, : known.words.shape[2]] = known.words[opens, plain, : words.shape[1]]
    words[odd] = -1
    words[odd, : more.words.shape[2]] = more.words[opens[odd], beyond]
    return words, size


def _encoded(lattice: Lattice) -> tuple[Int32s, Int32s, Int32s]:
    """Language model ids of each arc's words, how many they are, and their families."""
    rows, index, count = lattice.readings, lattice.index, len(lattice.words)
    base, taken = len(index.texts.texts), len(rows.text)
    size = np.ones(taken + count, np.int32)
    read, size[:taken] = read_as(lattice)
    words = np.full((len(size), read.shape[1]), -1, np.int32)
    words[:taken] = read
    words[taken:, 0] = kept_ids(lattice)
    odd = np.flatnonzero(rows.text >= base)
    families = index.families[np.minimum(rows.text, base - 1)]
    families[odd] = _families(lattice)[rows.text[odd] - base]
    return words, size, _stems(np.concatenate([families, families_of(lattice.known)]))


def _families(lattice: Lattice) -> Int32s:
    """The families of what may be written beside the originals."""
    return np.array([lattice.forms.family(text) for text in lattice.more], np.int32)


def _stems(families: NDArray[np.integer]) -> Int32s:
    """The families, but the smallest numbers that can tell them apart; -1 is short words."""
    return _dense(np.append(families, -1))[:-1] - 1


def kept_ids(lattice: Lattice) -> Int32s:
    """Language model ids of the words that stand in the text."""
    vocabulary = lattice.index.lm.vocabulary
    kept = vocabulary.ids_of(lattice.words.words)
    first = np.flatnonzero(lattice.opens)
    kept[first] = vocabulary.lowered[kept[first]]
    return kept
