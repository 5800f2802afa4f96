"""Scores: the same numbers as sacrebleu, and how much sooner; jiwer beside TER where it is there.

python bench/score.py [--pairs 100000]
"""

from __future__ import annotations

import argparse
import importlib.util
import random
import time
from collections.abc import Callable, Sequence
from typing import Any

from material import SHARED, document, edited, lines
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.ter import TER

from unspun import scoring as score

METRICS: list[tuple[str, score.Metric, Any]] = [
    ("BLEU", score.Bleu(), BLEU()),
    ("chrF", score.Chrf(), CHRF()),
    ("chrF++", score.Chrf(word_order=2), CHRF(word_order=2)),
    ("TER", score.Ter(), TER()),
]


def timed(call: Callable[[], Any]) -> tuple[Any, float]:
    start = time.process_time()
    result = call()
    return result, time.process_time() - start


def compare(title: str, hyps: Sequence[str], refs: Sequence[str], names: Sequence[str]) -> None:
    """One line a metric: the time of either, and whether every segment has the same counts."""
    words = sum(len(ref.split()) for ref in refs) / len(refs)
    print(f"{title}: {len(hyps)} segments of {words:.0f} words")
    for name, own, theirs in METRICS:
        if name not in names:
            continue
        groups = [[ref] for ref in refs]
        ours, fast = timed(lambda: own.statistics(hyps, groups))  # noqa: B023
        expected, slow = timed(lambda: theirs._extract_corpus_statistics(hyps, [list(refs)]))  # noqa: B023, SLF001
        wrong = sum(tuple(a) != tuple(b) for a, b in zip(ours, expected, strict=True))
        print(
            f"  {name:<7} unspun {fast:8.3f} s   sacrebleu {slow:8.3f} s   "
            f"ratio {slow / fast:7.1f}   segments that differ: {wrong}"
        )


def published() -> None:
    """The full-precision scores that WMT published."""
    for year, ref in (("21", "A"), ("23", "refA")):
        folder = SHARED / f"wmt{year}_zhen"
        references = [[line] for line in lines(next(folder.glob("*.ref.*.en")))]
        rows = [r.split("\t") for r in lines(folder / "published_automatic_scores.tsv")[1:]]
        same = checked = 0
        for _, system, _, _, metric, value in rows:
            name, _, against = metric.partition("-")
            path = next(iter(folder.glob(f"*.hyp.{system}.en")), None)
            if against != ref or path is None or name not in {"bleu", "chrf"}:
                continue
            own = score.METRICS[name]
            counts = score.count(own, lines(path), references)
            checked += 1
            same += own.score(score.total(counts).values) == float(value)
        print(f"published WMT{year} zh-en scores reproduced to the last digit: {same} of {checked}")


def fuzz(pairs: int) -> None:
    """Random pairs, half of them built to move blocks and to leave TER's beam."""
    rng = random.Random(5)  # noqa: S311
    marks = [".", ",", "-", "'s", "3.5", "&amp;", "<skipped>", "中", "é", "\u2028", "-\n"]
    hyps, refs = [], []
    for _ in range(pairs):
        stock = [f"w{k}" for k in range(rng.choice([2, 8, 50]))] + marks
        ref = rng.choices(stock, k=rng.choice([0, 1, 5, 10, 20, 30, 45]))
        hyp = list(ref)
        for _ in range(rng.randint(0, 3)):
            at, size = rng.randint(0, len(hyp)), rng.randint(0, 12)
            block = hyp[at : at + size]
            del hyp[at : at + size]
            place = rng.randint(0, len(hyp))
            hyp[place:place] = block
        for _ in range(rng.randint(0, len(ref) // 2)):
            if hyp:
                hyp[rng.randrange(len(hyp))] = rng.choice(stock)
        if rng.random() < 0.1:
            hyp += rng.choices(stock, k=30)
        joint = rng.choice([" ", " ", " ", ""])
        hyps.append(joint.join(hyp))
        refs.append(joint.join(ref))
    compare("random pairs", hyps, refs, [name for name, _, _ in METRICS])


def beside_jiwer(hyps: list[str], refs: list[str]) -> None:
    if importlib.util.find_spec("jiwer") is None:
        print("jiwer is not installed: no word error rate beside TER")
        return
    import jiwer  # type: ignore[import-not-found]  # noqa: PLC0415

    kept = [k for k, ref in enumerate(refs) if ref.strip()]
    _, ours = timed(lambda: score.ter([hyps[k] for k in kept], [refs[k] for k in kept]))
    _, theirs = timed(lambda: jiwer.wer([refs[k] for k in kept], [hyps[k] for k in kept]))
    print(f"jiwer's word error rate, which knows no shifts: {theirs:.3f} s; TER: {ours:.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=300, help="random pairs, and real ones")
    options = parser.parse_args()
    rng = random.Random(1)  # noqa: S311
    if SHARED.is_dir():
        folder = SHARED / "wmt21_zhen"
        refs = lines(folder / "newstest2021.zh-en.ref.A.en")
        hyps: list[str] = []
        golds: list[str] = []
        for path in sorted(folder.glob("*.hyp.*.en")):
            hyps += lines(path)
            golds += refs
        chosen = rng.sample(range(len(hyps)), min(options.pairs, len(hyps)))
        real = [hyps[k] for k in chosen], [golds[k] for k in chosen]
        compare("newstest2021 zh-en", *real, [name for name, _, _ in METRICS])
        beside_jiwer(*real)
        published()
    ref = " ".join(document(rng, 6_000).split())
    compare("one long segment", [edited(rng, ref, 0.3)], [ref], ["BLEU", "chrF", "TER"])
    fuzz(options.pairs)


if __name__ == "__main__":
    main()
