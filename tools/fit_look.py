"""Fit which texts in doubt are read in full, on the development part of the pairs and clean text.

    python tools/fit_look.py SHARED

Prints `_HUNCH` of `unspun.detect.look`: a logistic regression by
Newton's method, of whether a region is spun, on what the classifier and its odd places say. Spun
ones are the development part of the pairs put through the thesaurus channel, a tenth of the forms
replaced; clean ones are their originals, the blocks of SHARED/data/lm-text that neither the
language model nor the classifier has seen, and every other passage of other prose. The bias lets
`PASS` of all clean regions through. Takes about a minute.
"""

from __future__ import annotations

import argparse
import itertools
import math
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from calibrate_restore import DEVELOPMENT, fitted
from train_gate import SAMPLE, draw
from train_lm import DEVELOPMENT as UNSEEN
from train_lm import LINES_A_BLOCK, lines_of, split_of

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from prose import kinds
from restore import pairs
from spinner import Spinner

from unspun.channel.alone import evidence
from unspun.channel.habits import Prices
from unspun.channel.keys import Words
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.look import Sight, regions, spans_of

RATE = 0.1  # share of forms that are replaced
PASS = 0.015  # of clean regions that are read in full
PARAPHRASED = "news of 2023, translated by people"  # a quarter of it, by some tool


def unseen(folder: Path) -> Iterator[str]:
    """Blocks of running text that neither the language model nor the classifier has seen."""
    for path in sorted(folder.glob("*.txt.zst")):
        source = path.name.removesuffix(".txt.zst")
        lines = enumerate(lines_of(path))
        for block, rows in itertools.groupby(lines, lambda row: row[0] // LINES_A_BLOCK):
            if split_of(source, block) == UNSEEN and draw(f"gate:{source}:{block}") >= SAMPLE:
                yield "".join(line.decode() for _, line in rows)


def texts(shared: Path, spinner: Spinner) -> Iterator[tuple[bool, str]]:
    """Texts, and whether they are spun."""
    for pair in pairs(shared, DEVELOPMENT):
        yield False, pair.original
        yield True, "\n".join(spinner.spin(pair.original.split("\n"), RATE, pair.name))
    yield from ((False, text) for text in unseen(shared / "data/lm-text"))
    for kind, passages in kinds(shared):
        if kind != PARAPHRASED:
            yield from ((False, text) for text in passages[::2])


def rows(text: str, spinner: spun.Spinner) -> Iterator[list[float]]:
    """What is known of each region in doubt: the regression's features, the bias first."""
    words = Words.of(text)
    sight = Sight(words, spinner)
    for region in regions(spans_of(text), words):
        look = sight.look(region)
        if look.suspicious and not look.brief:
            yield look.features(evidence(*sight.oddest(text, region), spinner.index, Prices()))


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    shared = parser.parse_args().shared
    spinner = spun.load(RestoreConfig(family="thesaurus"))[0]
    known: list[list[float]] = []
    right: list[bool] = []
    clean = 0
    for is_spun, text in texts(shared, Spinner(spinner.index.channel)):
        clean += not is_spun
        found = list(rows(text, spinner))
        known += found
        right += [is_spun] * len(found)
    told, label = np.array(known), np.array(right)
    mean, scale = told.mean(axis=0), told.std(axis=0)  # no feature is held back by its unit
    mean[0], scale[0] = 0.0, 1.0
    weights = fitted((told - mean) / scale, label.astype(np.float64)) / scale
    weights[0] -= weights @ mean
    logits = np.sort(told[~label] @ weights)[::-1]
    weights[0] -= logits[math.floor(PASS * clean)]
    print(
        f"{clean} clean texts, {len(logits)} of their regions in doubt; {label.sum()} of spun ones"
    )
    print(f"_HUNCH = ({', '.join(f'{weight:.2f}' for weight in weights.tolist())})")


if __name__ == "__main__":
    main()
