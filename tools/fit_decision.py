"""Fit what decides whether a text is spun, on development documents alone.

    python tools/fit_decision.py SHARED

Prints `_WEIGHTS` of `unspun.channel.testimony`, a logistic regression of whether a phrase was
written by the spinner, and `_DECISION` of `unspun.detect.look`, one of whether a region is spun, by
what its phrases say; for that, what they say is told by weights that other documents gave. Spun
texts are the development part of the pairs put through the thesaurus channel, a tenth of the forms
replaced, three times with other draws, and passages of the blocks of SHARED/data/lm-text that
neither the language model nor the classifier has seen, once; clean ones are the originals of both,
and every other passage of other prose. How much shortness counts is what finds most of the spun
pairs while a few clean texts pass; the bias lets `ALARMS` of all clean texts pass for spun. Takes
some minutes.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from calibrate_restore import DEVELOPMENT, fitted
from fit_look import PARAPHRASED, RATE, unseen
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from prose import kinds
from restore import pairs
from spinner import Spinner

from unspun.channel.alone import evidence
from unspun.channel.document import Laid, laid_out
from unspun.channel.habits import Prices
from unspun.channel.keys import Words
from unspun.channel.testimony import NAMES, phrases, together
from unspun.channel.tokens import upper_first
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import Look, Sight, regions, spans_of

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DRAWS = ("", "b", "c")  # of each pair
SIZES = (110, 150, 200, 300, 400, 600, 900)  # words of a passage of running text
LEAST = 100
FOLDS = 3
ALARMS = 0.0005  # of clean texts that may pass for spun: half of what is asked for on unseen ones
FEWEST, MOST = 1, 13  # clean regions that pass where ways to count are compared
SHORT = (0.0, 0.04, 0.08, 0.12, 0.16, 0.2)  # weights of shortness that are tried


@dataclass(frozen=True, slots=True)
class Text:
    """A text.

    Attributes:
        source: What it was made of.
        text: It.
        written: What the spinner wrote into it, or None if it is clean.
        whole: Whether it is a whole document.
    """

    source: str
    text: str
    written: frozenset[str] | None
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Example:
    """A region of a text, laid out.

    Attributes:
        source: What its text was made of.
        whole: Whether that is a whole document.
        look: What was known of it before.
        doubtful: Whether it is laid out when it is decided: most clean text is not.
        start: The first node of each of its phrases.
        end: The last node.
        known: What is known of each phrase.
        written: Whether the spinner wrote each, or None if the text is clean.
    """

    source: str
    whole: bool
    look: Look
    doubtful: bool
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    known: Floats
    written: Bools | None

    @property
    def told(self) -> Floats:
        """The phrases that a spinner wrote, or all that a clean text has."""
        return self.known if self.written is None else self.known[self.written]


def texts(shared: Path, spinner: Spinner) -> Iterator[Text]:
    """All clean and spun texts."""
    for pair in pairs(shared, DEVELOPMENT):
        yield from both(Text(pair.name, pair.original, None, whole=True), spinner, DRAWS)
    for number, block in enumerate(unseen(shared / "data/lm-text")):
        for at, passage in enumerate(passages(block)):
            yield from both(Text(f"block {number}", passage, None), spinner, (f" {at}",))
    for kind, found in kinds(shared):
        if kind != PARAPHRASED:
            yield from (Text(f"{kind} {n}", text, None) for n, text in enumerate(found[::2]))


def both(text: Text, spinner: Spinner, draws: tuple[str, ...]) -> Iterator[Text]:
    """A clean text, and copies of it of which little was replaced."""
    yield text
    for draw in draws:
        copy = "\n".join(spinner.spin(text.text.split("\n"), RATE, text.source + draw))
        yield replace(text, text=copy, written=spinner.written)


def passages(block: str) -> Iterator[str]:
    """A block of running text in passages of many lengths."""
    sizes = itertools.cycle(SIZES)
    size, held = next(sizes), list[str]()
    for line in block.split("\n"):
        held.append(line)
        if sum(len(one.split()) for one in held) >= size:
            yield "\n".join(held)
            size, held = next(sizes), []
    if sum(len(one.split()) for one in held) >= LEAST:
        yield "\n".join(held)


def examples(text: Text, spinner: spun.Spinner) -> Iterator[Example]:
    """A text's regions."""
    words, index = Words.of(text.text), spinner.index
    sight = Sight(words, spinner)
    for region in regions(spans_of(text.text), words):
        look = sight.look(region)
        laid = laid_out(text.text[region.start : region.end], index)
        if laid is None:
            continue
        doubtful = look.suspicious and not look.brief
        if doubtful and not look.plain:
            odd = sight.oddest(text.text, region)
            doubtful = look.worthwhile(evidence(*odd, index, Prices()))
        arcs, known = phrases(laid, Prices())
        made = None if text.written is None else written(laid, arcs, text.written)
        start, end = laid.table.start[arcs], laid.table.end[arcs]
        yield Example(text.source, text.whole, look, doubtful, start, end, known, made)


def written(laid: Laid, arcs: Ints, by_spinner: frozenset[str]) -> Bools:
    """Which phrases the spinner wrote."""
    table, entries = laid.table, laid.lattice.index.channel.entries
    rows = zip(table.entry[arcs].tolist(), table.capital[arcs].tolist(), strict=True)
    shapes = ((entries[entry].spun, capital) for entry, capital in rows)
    both = ((spun, upper_first(spun) if capital else spun) for spun, capital in shapes)
    return np.array([not by_spinner.isdisjoint(shape) for shape in both], np.bool_)


class Told(Protocol):
    """What phrases of a region are weighed by."""

    @property
    def written(self) -> Bools | None:
        """Whether the spinner wrote each, or None if the text is clean."""

    @property
    def told(self) -> Floats:
        """What is known of the phrases that a spinner wrote, or of all that a clean text has."""


def phrase_weights(every: Sequence[Told]) -> Floats:
    """What speaks for a phrase's having been written: its odds beside those of all phrases."""
    known = np.concatenate([example.told for example in every])
    sizes = [len(example.told) for example in every]
    right = np.repeat([float(example.written is not None) for example in every], sizes)
    weights = regressed(known, right)
    weights[0] -= math.log(right.mean() / (1.0 - right.mean()))
    return weights


def regressed(known: Floats, right: Floats) -> Floats:
    """Weights of a logistic regression, the bias first; nothing is held back by its unit."""
    mean, scale = known.mean(axis=0), known.std(axis=0)
    mean[0], scale[0] = 0.0, 1.0
    weights = fitted((known - mean) / scale, right) / scale
    weights[0] -= weights @ mean
    return weights


def crossed(every: list[Example]) -> Floats:
    """What a decision counts of each region, its phrases weighed as other documents tell."""
    folds = {source: n % FOLDS for n, source in enumerate(dict.fromkeys(e.source for e in every))}
    weights = [phrase_weights([e for e in every if folds[e.source] != n]) for n in range(FOLDS)]
    nats = (together(e.start, e.end, e.known @ weights[folds[e.source]]) for e in every)
    return np.array([e.look.grounds(said) for e, said in zip(every, nats, strict=True)])


def decision(every: list[Example], grounds: Floats) -> Floats:
    """Weights of what a decision counts, among regions in doubt."""
    spun = np.array([example.written is not None for example in every])
    doubtful = np.array([example.doubtful for example in every])
    whole = np.array([example.whole for example in every])
    _, short = max(
        (reach(grounds[:, 1] - short * grounds[:, 2], spun & whole, ~spun, doubtful), short)
        for short in SHORT
    )
    told = np.column_stack([grounds[:, 0], grounds[:, 1] - short * grounds[:, 2]])
    bias, slope = regressed(told[doubtful], spun[doubtful].astype(np.float64)).tolist()
    logits = np.sort(told[doubtful & ~spun, 1])[::-1]
    bias = -slope * logits[math.floor(ALARMS * np.count_nonzero(~spun))]
    found = doubtful & (bias + slope * told[:, 1] > 0.0)
    for name, some in (
        ("spun pairs", spun & whole),
        ("spun passages", spun & ~whole),
        ("clean regions", ~spun),
    ):
        print(f"{name}: {np.sum(found & some)} of {np.sum(some)} taken for spun")
    return np.array([bias, slope, -slope * short])


def reach(told: Floats, spun: Bools, clean: Bools, doubtful: Bools) -> float:
    """The share of spun regions found, on average over thresholds that a few clean ones pass."""
    bounds = np.sort(told[clean & doubtful])[::-1][FEWEST:MOST]
    return float(np.mean([np.count_nonzero(told[spun & doubtful] > bound) for bound in bounds]))


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    shared = parser.parse_args().shared
    spinner = spun.load(RestoreConfig(family="thesaurus"))[0]
    made = texts(shared, Spinner(spinner.index.channel))
    every = [example for text in made for example in examples(text, spinner)]
    for name, weight in zip(NAMES, phrase_weights(every).tolist(), strict=True):
        print(f'    "{name}": {weight:.3f},')
    weights = decision(every, crossed(every))
    print(f"_DECISION = ({', '.join(f'{weight:.2f}' for weight in weights.tolist())})")


if __name__ == "__main__":
    main()
