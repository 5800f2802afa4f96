"""Word diff: time beside difflib on the same texts, and the classes against hand-made labels.

python bench/diff.py
"""

from __future__ import annotations

import difflib
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

from material import SHARED, document, edited, lines

from unspun.diffing import classify_span, diff

LABELS = Path(__file__).parents[1] / "tests" / "cases" / "diff_labels.jsonl"


def opcodes(hyp: list[str], ref: list[str]) -> object:
    """The script of difflib."""
    return difflib.SequenceMatcher(None, hyp, ref, autojunk=False).get_opcodes()


def seconds(call: Callable[[], object], repeat: int) -> float:
    """The shortest processor time of several calls."""
    best = float("inf")
    for _ in range(repeat):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def speed() -> None:
    rng = random.Random(1)  # noqa: S311
    print(f"{'text':>8} {'edited':>7} {'unspun':>10} {'difflib':>10} {'ratio':>7} {'segments':>9}")
    for size in (5_000, 50_000, 500_000):
        for rate in (0.02, 0.3):
            ref = document(rng, size)
            hyp = edited(rng, ref, rate)
            ours = seconds(lambda: diff(hyp, ref), 20 if size < 50_000 else 2)  # noqa: B023
            theirs = float("nan")
            if size < 500_000:
                theirs = seconds(partial(opcodes, hyp.split(), ref.split()), 1)
            found = len(diff(hyp, ref).segments)
            print(
                f"{size // 1000:>5} kB {rate:>7.0%} {ours * 1e3:>7.2f} ms {theirs * 1e3:>7.1f} ms"
                f" {theirs / ours:>7.1f} {found:>9}"
            )


def classes() -> None:
    """Macro-F1 on the labelled post-edits: even lines were used to tune, odd lines were not."""
    folder = SHARED / "mlqe_pe"
    if not folder.is_dir():
        print("classes: the labelled post-edits (mlqe_pe) are not here")
        return
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    for part, chosen in (("tuned on", rows[::2]), ("held out", rows[1::2])):
        right: Counter[str] = Counter()
        found: Counter[str] = Counter()
        wanted: Counter[str] = Counter()
        for row in chosen:
            name = row["set"].rsplit("-", 1)[1]
            hyp = lines(folder / row["set"] / f"{name}.mt")[row["line"]]
            ref = lines(folder / row["set"] / f"{name}.pe")[row["line"]]
            guess = classify_span(hyp, tuple(row["hyp"]), ref, tuple(row["ref"]))
            found[guess] += 1
            wanted[row["class"]] += 1
            right[row["class"]] += guess == row["class"]
        print(f"\nclasses, {part} ({len(chosen)} edits): precision, recall, F1, edits")
        scores = []
        for name in sorted(wanted):
            precision = right[name] / found[name] if found[name] else 0.0
            recall = right[name] / wanted[name]
            scores.append(2 * right[name] / (found[name] + wanted[name]))
            print(f"  {name:<12} {precision:.3f} {recall:.3f} {scores[-1]:.3f} {wanted[name]:>4}")
        print(
            f"  macro-F1     {sum(scores) / len(scores):.3f}, accuracy "
            f"{right.total() / len(chosen):.3f}"
        )


if __name__ == "__main__":
    speed()
    classes()
