"""Every segment's counts beside sacrebleu's: BLEU, chrF, chrF++ and TER on 100,000 pairs.

    python bench/exact.py [--pairs 100000]

Three in twenty pairs are real: post-edited translations, and systems of generaltest2023 and
newstest2021 with their references. The others are made of them: words swapped, blocks moved,
dropped, doubled, joined and misspelt, sides exchanged, punctuation, entities and line ends put in;
some have two references, the true one and another segment's. sacrebleu's TER takes most of the
time, and would take hours for long segments, so most made ones are short.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Any

from material import SHARED, lines
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from unspun import scoring

METRICS: dict[str, tuple[scoring.Metric, Any]] = {
    "BLEU": (scoring.Bleu(), BLEU()),
    "chrF": (scoring.Chrf(), CHRF()),
    "chrF++": (scoring.Chrf(word_order=2), CHRF(word_order=2)),
    "TER": (scoring.Ter(), TER()),
}
Pair = tuple[str, tuple[str, ...]]
"""A hypothesis and its references."""
MARKS = [
    ".",
    ",",
    "-",
    "'s",
    "3.5",
    "&amp;",
    "<skipped>",
    "中",
    "é",
    "\u2028",
    "-\n",
    "\u00a0",
    "𝔘",
]
BATCH = 1_000


def real() -> Iterator[tuple[str, list[Pair]]]:
    folders = sorted(path for path in (SHARED / "mlqe_pe").glob("*-*-*") if path.is_dir())
    sides = [[lines(next(f.glob(f"*.{end}"))) for end in ("mt", "pe")] for f in folders]
    yield "post-edited translations", list(chain.from_iterable(paired(*side) for side in sides))
    for year, ref in (("23", "ref.refA"), ("21", "ref.A")):
        folder = SHARED / f"wmt{year}_zhen"
        refs = lines(next(folder.glob(f"*.{ref}.en")))
        systems = [lines(path) for path in sorted(folder.glob("*.hyp.*.en"))]
        by_system = [paired(hyps, refs) for hyps in systems]
        # a segment of each system in turn: any number of pairs then holds all systems
        in_turn = chain.from_iterable(zip(*by_system, strict=True))
        yield f"WMT 20{year}, {len(systems)} systems", list(in_turn)


def paired(hyps: Sequence[str], refs: Sequence[str]) -> Iterator[Pair]:
    return ((hyp, (ref,)) for hyp, ref in zip(hyps, refs, strict=True))


def made(pairs: Sequence[Pair], rng: random.Random) -> Iterator[Pair]:
    """Pairs without end, each a real one that was broken."""
    while True:
        (hyp, (ref,)), (_, others) = rng.choice(pairs), rng.choice(pairs)
        size = rng.choice([0, 1, 3, 6, 9, 12, 15, 20, 25])
        words = broken(hyp.split()[:size], rng)
        joint = rng.choice(["", " ", " ", " ", "  "])
        sides = [joint.join(words), " ".join(ref.split()[: size + rng.randint(0, 3)])]
        if rng.random() < 0.2:
            sides.append(" ".join(others[0].split()[: size + rng.randint(0, 9)]))
        if rng.random() < 0.3:
            sides[:2] = sides[1::-1]
        yield sides[0], tuple(sides[1:])


def broken(words: list[str], rng: random.Random) -> list[str]:
    for _ in range(rng.randint(0, 3)):
        at, size = rng.randint(0, len(words)), rng.randint(1, 12)
        block = words[at : at + size]
        if rng.random() < 0.7:
            del words[at : at + size]
        if rng.random() < 0.8:
            place = rng.randint(0, len(words))
            words[place:place] = block
    for _ in range(rng.randint(0, len(words) // 3)):
        k = rng.randrange(len(words))
        words[k] = rng.choice([words[-k], words[k].swapcase(), words[k][::-1], *MARKS])
    if rng.random() < 0.05:
        words += rng.choices(words or MARKS, k=40)
    return words


def compare(title: str, pairs: Iterator[Pair]) -> int:
    """A line for each metric; how many pairs there were."""
    count = size = 0
    differ, seconds = dict.fromkeys(METRICS, 0), {name: [0.0, 0.0] for name in METRICS}
    while batch := list(islice(pairs, BATCH)):
        count += len(batch)
        size += sum(len(refs[0].split()) for _, refs in batch)
        for name, (own, theirs) in METRICS.items():
            begin = time.process_time()
            ours = own.statistics([hyp for hyp, _ in batch], [refs for _, refs in batch])
            middle = time.process_time()
            expected = [
                theirs._extract_corpus_statistics([hyp], [[ref] for ref in refs])[0]  # noqa: SLF001
                for hyp, refs in batch
            ]
            seconds[name][0] += middle - begin
            seconds[name][1] += time.process_time() - middle
            differ[name] += sum(tuple(a) != tuple(b) for a, b in zip(ours, expected, strict=True))
        print(f"{title}: {count} pairs", end="\r", file=sys.stderr)
    print(f"{title}: {count} pairs of {size / max(count, 1):.0f} words")
    for name, (fast, slow) in seconds.items():
        print(
            f"  {name:<7} unspun {fast:8.2f} s   sacrebleu {slow:8.2f} s   "
            f"ratio {slow / fast:6.1f}   segments that differ: {differ[name]}",
            flush=True,
        )
    return count


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=100_000)
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("the WMT systems and references are not here")
        return
    stock: list[Pair] = []
    left = options.pairs
    for title, pairs in real():
        stock += pairs
        left -= compare(title, islice(iter(pairs), options.pairs // 20))
    compare("made pairs", islice(made(stock, random.Random(5)), left))  # noqa: S311


if __name__ == "__main__":
    main()
