"""Fit what a neural model's word counts where the decision is unsure, on development documents.

    python tools/fit_second_opinion.py SHARED [--rescorer MODEL] [--spun N]

Prints `_ASKED` of `unspun.channel.testimony`, a logistic regression of whether a phrase was written
by the spinner by what is known of it and what the model says, and `_ASKED` of
`unspun.detect.look`, one of whether a region is spun by what its phrases say then. The texts are
those of `tools/fit_decision.py`; of their regions that the first decision is not sure of, all clean
ones are read, for the bound is told by the few that look most like spun ones, and so many spun ones
are drawn from a seed, since each takes a second. `ALARMS` of all clean texts may pass, with those
that pass the first decision. Takes half an hour.
"""

from __future__ import annotations

import argparse
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from calibrate_restore import fitted
from fit_decision import Spinner, phrase_weights, texts
from fit_decision import written as by_spinner
from numpy.typing import NDArray

from unspun.channel import testimony
from unspun.channel.document import laid_out
from unspun.channel.habits import Prices
from unspun.channel.keys import Words
from unspun.channel.testimony import phrases
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import Look, Sight, regions, spans_of
from unspun.neural import Reader

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FOLDS = 4
NEARER = 2.0  # nats more for each phrase that is asked about: best in cross-validation
ALARMS = 1 / 600  # of clean texts that may pass for spun
SEED = 3


@dataclass(frozen=True, slots=True)
class Doubt:
    """A region of which the first decision is not sure.

    Attributes:
        source: What its text was made of.
        text: It.
        look: What was known of it before.
        written: What the spinner wrote into its text, or None if that is clean.
    """

    source: str
    text: str
    look: Look
    written: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Example:
    """The same, and what the model said.

    Attributes:
        doubt: The region.
        start: The first node of each of its phrases.
        end: The last node.
        odds: What each says without the model.
        some: The phrases that were asked about.
        known: What is known of these, with what the model says.
        written: Whether the spinner wrote them, or None if the text is clean.
    """

    doubt: Doubt
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    odds: Floats
    some: Ints
    known: Floats
    written: Bools | None

    @property
    def told(self) -> Floats:
        """The phrases that a spinner wrote, or all that a clean text has."""
        return self.known if self.written is None else self.known[self.written]

    def grounds(self, weights: Floats) -> list[float]:
        """What the decision counts."""
        odds = self.odds.copy()
        odds[self.some] = self.known @ weights
        nats = testimony.together(self.start, self.end, odds, testimony.MOST_SAID)
        return self.doubt.look.grounds(nats)[:2]


def doubts(shared: Path, spinner: spun.Spinner) -> tuple[list[Doubt], int, int]:
    """Regions in doubt; how many clean ones there are, and how many pass for spun."""
    found, clean, passed = [], 0, 0
    for text in texts(shared, Spinner(spinner.index.channel)):
        words = Words.of(text.text)
        sight = Sight(words, spinner, asked=True)
        for region in regions(spans_of(text.text), words):
            look, within = sight.look(region), text.text[region.start : region.end]
            clean += text.written is None
            laid = laid_out(within, spinner.index) if look.suspicious and not look.brief else None
            if laid is None:
                continue
            share = look.probability(testimony.weigh(laid, Prices()))
            passed += share >= spun.UNSURE[1] and text.written is None
            if spun.UNSURE[0] <= share < spun.UNSURE[1]:
                found.append(Doubt(text.source, within, look, text.written))
    return found, clean, passed


def examples(some: list[Doubt], spinner: spun.Spinner, reader: Reader) -> Iterator[Example]:
    """What the model says of each."""
    for doubt in some:
        laid = laid_out(doubt.text, spinner.index)
        assert laid is not None  # noqa: S101  # it was laid out before
        arcs, known = phrases(laid, Prices())
        odds = known @ testimony.VALUES
        asked = testimony.oddest(odds)
        heard = testimony.said(laid, arcs[asked], reader)
        made = None if doubt.written is None else by_spinner(laid, arcs[asked], doubt.written)
        start, end = laid.table.start[arcs], laid.table.end[arcs]
        yield Example(
            doubt, start, end, odds, asked, np.column_stack([known[asked], heard]), made
        )  # fmt: skip


def nearer(every: Sequence[Example]) -> Floats:
    """What speaks for a phrase's having been written."""
    weights = phrase_weights(every)
    weights[0] += NEARER
    return weights


def crossed(every: list[Example]) -> Floats:
    """What a decision counts of each region, its phrases weighed as other documents tell."""
    sources = dict.fromkeys(example.doubt.source for example in every)
    folds = {source: n % FOLDS for n, source in enumerate(sources)}
    weights = [nearer([e for e in every if folds[e.doubt.source] != n]) for n in range(FOLDS)]
    return np.array([e.grounds(weights[folds[e.doubt.source]]) for e in every])


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--rescorer", default="smollm2")
    parser.add_argument("--spun", type=int, default=200, help="spun regions")
    options = parser.parse_args()
    spinner = spun.load(RestoreConfig(family="thesaurus"))[0]
    found, clean, passed = doubts(options.shared, spinner)
    original = [doubt for doubt in found if doubt.written is None]
    copies = [doubt for doubt in found if doubt.written is not None]
    drawn = random.Random(SEED).sample(copies, min(options.spun, len(copies)))  # noqa: S311
    reader = spun.reader(options.rescorer)
    every = list(examples([*drawn, *original], spinner, reader))
    print(f"_ASKED = {np.round(nearer(every), 3).tolist()}  # testimony")
    grounds = crossed(every)
    spoken = np.array([example.written is not None for example in every])
    _, slope = fitted(grounds, spoken.astype(np.float64)).tolist()
    bound = np.sort(grounds[~spoken, 1])[::-1][max(math.floor(ALARMS * clean - passed), 0)]
    print(f"_ASKED = ({-slope * bound:.2f}, {slope:.2f}, 0.0)  # look")
    found_too, pass_too = grounds[spoken, 1] > bound, grounds[~spoken, 1] > bound
    print(
        f"in doubt: {len(copies)} spun, {len(original)} of {clean} clean, beside {passed} that "
        f"pass; of {len(drawn)} spun ones {np.mean(found_too):.3f} are found, of the clean ones "
        f"{np.count_nonzero(pass_too)} pass"
    )


if __name__ == "__main__":
    main()
