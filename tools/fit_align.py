"""Fit what a pair of sentences is worth in alignment: the constants of `align/similarity.py`.

    python tools/fit_align.py ../shared/data/mt            # newstest2021 and TED talks
    python tools/fit_align.py ../shared/data/mt --fit 21 23

Documents of 40 segments are made as in bench/align.py, of other systems and places drawn; every two
segments of a document are an example, right if they are the same one. Logistic regression (Newton's
method) on three documents in four; the fourth is held out, and so are years that were not named.
Printed are the constants, and the loss (bits a thousand pairs) of those in use and of those fitted.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unspun.align import similarity
from unspun.align.similarity import compare

Floats = NDArray[np.float64]
NAMES = ("ALIKE", "ALIKE_LONGER", "RIVAL", "UNEQUAL", "LONGER", "START")
SIGNS = np.array([1.0, 1.0, -1.0, -1.0, -1.0, 1.0])  # as `Comparison.odds` adds them up
SIZE = 40
HELD_OUT = 4  # one document in so many
RIDGE = 1e-3


def sources(folder: Path, name: str) -> tuple[list[Path], Path]:
    """The systems of a year, or of TED, and their reference."""
    if name == "ted":
        ted = folder / "compare_mt_ted"
        return sorted(ted.glob("ted.sys*.eng")), ted / "ted.ref.detok.eng"
    year = folder / f"wmt{name}_zhen"
    return sorted(year.glob("*.hyp.*.en")), next(year.glob("*.ref.*.en"))


def documents(folder: Path, name: str, limit: int) -> Iterator[tuple[int, list[str], list[str]]]:
    """Documents by their place: segments of a system and of the reference."""
    systems, reference = sources(folder, name)
    ref = reference.read_text("utf-8").split("\n")[:-1]
    for number in range(limit):
        hyp = systems[(7 * number + 3) % len(systems)].read_text("utf-8").split("\n")[:-1]
        start = (number * 61 + 29) % (len(ref) - SIZE)
        kept = [k for k in range(start, start + SIZE) if hyp[k].strip() and ref[k].strip()]
        yield start // SIZE, [hyp[k] for k in kept], [ref[k] for k in kept]


def examples(hyp: list[str], ref: list[str], rng: random.Random) -> tuple[Floats, Floats]:
    """What speaks for each pair of segments, and whether it is right.

    Some segments are dropped on either side, so that a rival may be all that there is.
    """
    ours = [k for k in range(len(hyp)) if rng.random() >= 0.15]
    theirs = [k for k in range(len(ref)) if rng.random() >= 0.15]
    comparison = compare([hyp[k] for k in ours], [ref[k] for k in theirs])
    right = (np.array(ours)[:, None] == np.array(theirs)[None, :]).astype(float)
    alike = np.sqrt(comparison.dice())
    rival = np.sqrt(np.maximum(similarity._rivals(comparison.dice(), 1), similarity.CHANCE))  # noqa: SLF001
    lengths = np.log(comparison.hyp_length)[:, None], np.log(comparison.ref_length)[None, :]
    shorter = np.minimum(*lengths)
    columns = (alike, alike * shorter, rival, np.abs(lengths[0] - lengths[1]), shorter)
    values = np.stack([*columns, np.ones_like(alike)], axis=-1).reshape(-1, len(NAMES)) * SIGNS
    return values, right.ravel()


def fit(values: Floats, right: Floats) -> Floats:
    """Logistic regression by Newton's method."""
    found = np.zeros(values.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-np.clip(values @ found, -40, 40)))
        slope = values.T @ (right - chance) - RIDGE * found
        bend = (values * (chance * (1 - chance))[:, None]).T @ values
        step = np.linalg.solve(bend + RIDGE * np.eye(len(found)), slope)
        found += step
        if np.abs(step).max() < 1e-6:
            break
    return found


def loss(constants: Floats, values: Floats, right: Floats) -> float:
    """Bits that a thousand pairs cost."""
    odds = np.clip(values @ constants, -40, 40)
    costs = np.logaddexp(0, np.where(right > 0, -odds, odds)) / np.log(2)
    return float(1000 * costs.mean())


Examples = tuple[Floats, Floats]


def gathered(folder: Path, name: str, limit: int) -> dict[bool, Examples]:
    """The examples of a year: those held out, and the others."""
    parts: dict[bool, list[Examples]] = {True: [], False: []}
    rng = random.Random(11)  # noqa: S311
    for place, hyp, ref in documents(folder, name, limit):
        parts[place % HELD_OUT == 0].append(examples(hyp, ref, rng))
    return {held: joined(found) for held, found in parts.items()}


def joined(parts: Iterable[Examples]) -> Examples:
    """The examples of all parts."""
    values, right = zip(*parts, strict=True)
    return np.concatenate(values), np.concatenate(right)


def main() -> int:
    """Fit and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="the folder of WMT and TED material")
    parser.add_argument("--fit", nargs="+", default=["21", "ted"], choices=["21", "23", "ted"])
    parser.add_argument("--documents", type=int, default=150, help="of each year")
    options = parser.parse_args()
    known = {
        name: gathered(options.folder, name, options.documents) for name in ("21", "23", "ted")
    }
    found = fit(*joined(known[name][False] for name in options.fit))
    now = np.array([getattr(similarity, name) for name in NAMES])
    for name, old, new in zip(NAMES, now, found, strict=True):
        print(f"{name:<14} in use {old:6.2f}   fitted {new:6.2f}")
    for name, parts in known.items():
        for held, part in parts.items():
            seen = "fitted on" if name in options.fit and not held else "held out"
            losses = loss(now, *part), loss(found, *part)
            print(f"{name:<4} {seen:<10} in use {losses[0]:6.2f}   fitted {losses[1]:6.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
