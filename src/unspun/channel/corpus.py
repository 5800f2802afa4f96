"""Pairs of original and spun text laid end to end, with what was replaced where."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unspun.channel.align import Region, regions
from unspun.channel.phrases import Cut, Lexicon
from unspun.channel.tokens import lower_first, words

Paragraphs = Sequence[str]
GAP = 7  # places between paragraphs: no phrase reaches across
_COMMON = 60  # words too common to part two changed regions
_ROUNDS = 3


@dataclass(slots=True)
class Corpus:
    """All originals as one run of words.

    Attributes:
        words: The words, empty strings between paragraphs.
        ids: A number for each, 0 between paragraphs.
        lower: For each number, that of the word with its first letter in lower case.
        names: The word behind each number.
        document: The document of each place.
        cuts: By their first place, the words replaced and what stands there in the spun copy.
        covered: Whether each place was replaced.
        documents: How many there are.
    """

    words: list[str]
    ids: NDArray[np.int64]
    lower: NDArray[np.int64]
    names: list[str]
    document: NDArray[np.int64]
    cuts: dict[int, tuple[int, str]]
    covered: NDArray[np.bool_]
    documents: int

    def occurrences(self, phrases: Collection[str]) -> dict[str, list[int]]:
        """Where each phrase begins, in lower case or with a capital."""
        sizes: dict[str, set[int]] = defaultdict(set)
        for phrase in phrases:
            sizes[phrase.split(" ", 1)[0]].add(phrase.count(" ") + 1)
        found: dict[str, list[int]] = defaultdict(list)
        lowered = {name: lower_first(name) for name in self.names}
        run = self.words
        for at, word in enumerate(run):
            for first in {word, lowered[word]}:
                for size in sizes.get(first, ()):
                    phrase = first if size == 1 else " ".join([first, *run[at + 1 : at + size]])
                    if phrase in phrases:
                        found[phrase].append(at)
        return found


def read(pairs: Iterable[tuple[Paragraphs, Paragraphs]]) -> Corpus:
    """Align pairs of (spun, original) paragraphs and cut what differs into phrase pairs."""
    originals: list[list[list[str]]] = []
    copies: list[list[list[str]]] = []
    for spun, original in pairs:
        originals.append([words(line) for line in original])
        copies.append([words(line) for line in spun])
    counts = Counter(word for lines in originals for line in lines for word in line)
    weak = frozenset(word for word, _ in counts.most_common(_COMMON))
    changed = [
        [(number, region) for number, (left, right) in enumerate(zip(lines, spun, strict=True))
         for region in regions(left, right, weak)]
        for lines, spun in zip(originals, copies, strict=True)
    ]  # fmt: skip
    lexicon = Lexicon.from_regions([region for _, region in document] for document in changed)
    for _ in range(_ROUNDS):
        lexicon = Lexicon.from_cuts(_cuts(document, lexicon) for document in changed)
    return _laid_out(originals, changed, lexicon)


def _cuts(document: list[tuple[int, Region]], lexicon: Lexicon) -> Iterable[Cut]:
    for _, (original, spun, _) in document:
        yield from lexicon.cut(original, spun)


def _laid_out(
    originals: list[list[list[str]]], changed: list[list[tuple[int, Region]]], lexicon: Lexicon
) -> Corpus:
    run: list[str] = [""] * GAP
    owner: list[int] = [0] * GAP
    cuts: dict[int, tuple[int, str]] = {}
    for number, (lines, document) in enumerate(zip(originals, changed, strict=True)):
        begins = []
        for line in lines:
            begins.append(len(run))
            run += line
            run += [""] * GAP
        owner += [number] * (len(run) - len(owner))
        last = -1
        for line_number, (original, spun, start) in document:
            for left, right, offset in lexicon.cut(original, spun):
                place = begins[line_number] + start + offset
                if place >= last:  # two regions may lean on the same unchanged word
                    size = left.count(" ") + 1
                    cuts[place] = (size, right)
                    last = place + size
    numbers: dict[str, int] = {"": 0}
    ids = [numbers.setdefault(word, len(numbers)) for word in run]
    for word in list(numbers):
        numbers.setdefault(lower_first(word), len(numbers))
    covered = np.zeros(len(run) + GAP, np.bool_)
    for place, (size, _) in cuts.items():
        covered[place : place + size] = True
    return Corpus(
        run,
        np.array(ids + [0] * GAP, np.int64),
        np.array([numbers[lower_first(word)] for word in numbers], np.int64),
        list(numbers),
        np.array(owner + [0] * GAP, np.int64),
        cuts,
        covered,
        len(originals),
    )
