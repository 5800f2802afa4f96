"""Fit how sure a substitution is that is taken back, on the development part of the pairs.

    python tools/calibrate_restore.py SHARED [--rescorer MODEL]

Prints the constants of `unspun.detect.confidence`: a logistic regression by Newton's method, of
whether every word that is put back stands in the original, on what is known of the reading.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from restore import Pair, Tally, judge, pairs

from unspun.channel.document import read as read_back
from unspun.channel.document import search
from unspun.channel.habits import Prices
from unspun.config import RestoreConfig
from unspun.detect import spun
from unspun.detect.confidence import NAMES, features
from unspun.model import Edit
from unspun.neural import Reader

Floats = NDArray[np.float64]

ROUNDS = 20
RIDGE = 1.0
DEVELOPMENT = 1  # the twentieth of the pairs that weights are tuned on
LEAST = 100  # words


def rows(
    pair: Pair, spinner: spun.Spinner, reader: Reader | None
) -> tuple[list[list[float]], list[bool]]:
    """What is known of each substitution in a document, and whether it is right."""
    found = search(pair.spun, spinner.index, Prices())
    if found is None:
        return [], []
    decoded = read_back(found, Prices(), reader)
    known, right = [], []
    for reading in decoded.readings:
        entry = spun.entry_of(reading.arc.entry, spinner.index)
        known.append(features(reading, entry, decoded))
    edits = [
        Edit(r.arc.first, r.arc.last, pair.spun[r.arc.first : r.arc.last], r.arc.text, "", "", 0.0)
        for r in decoded.readings
    ]
    tally = Tally(verdicts=right)
    judge(pair, edits, tally)
    return known, right


def fitted(known: Floats, right: Floats) -> Floats:
    """Weights of a logistic regression (iteratively reweighted least squares)."""
    weights = np.zeros(known.shape[1])
    for _ in range(ROUNDS):
        share = 1.0 / (1.0 + np.exp(-known @ weights))
        slope = known.T @ (right - share) - RIDGE * weights
        bend = (known * (share * (1.0 - share))[:, None]).T @ known + RIDGE * np.eye(len(weights))
        weights += np.linalg.solve(bend, slope)
    return weights


def main() -> None:
    """Print the constants."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--rescorer", default="", help="as `restore.rescorer`")
    options = parser.parse_args()
    reader = spun.reader(options.rescorer) if options.rescorer else None
    spinner = spun.load(RestoreConfig(family="thesaurus"))[0]
    every = list(pairs(options.shared, DEVELOPMENT))
    half = [pair for pair in every if pair.rate < 0.9]  # all: they are the fewer
    full = [pair for pair in every if pair.rate > 0.9]
    known: list[list[float]] = []
    right: list[bool] = []
    for pair in [*full[: options.documents - len(half)], *half]:
        one, other = rows(pair, spinner, reader)
        known += one
        right += other
    weights = fitted(np.array(known), np.array(right, np.float64))
    print(f"{len(right)} substitutions, {np.mean(right):.4f} right")
    for name, weight in zip(NAMES, weights.tolist(), strict=True):
        print(f"{name} = {weight:.3f}")


if __name__ == "__main__":
    main()
