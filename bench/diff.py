"""Word diff: time beside difflib on the same texts, and the classes against hand-made labels.

python bench/diff.py
"""

from __future__ import annotations

import difflib
import json
import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import eq
from pathlib import Path

from material import SHARED, document, edited, lines

from unspun.diffing import classify_span, diff

CASES = Path(__file__).parents[1] / "tests" / "cases"


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
        for rate in (0.02, 0.3, 0.5, 1.0):
            ref = document(rng, size)
            hyp = edited(rng, ref, rate)
            ours = seconds(lambda: diff(hyp, ref), 200 if size < 50_000 else 2)  # noqa: B023
            theirs = float("nan")
            if size < 50_000 or (size < 500_000 and rate < 0.5):
                theirs = seconds(partial(opcodes, hyp.split(), ref.split()), 1)
            found = len(diff(hyp, ref).segments)
            print(
                f"{size // 1000:>5} kB {rate:>7.0%} {ours * 1e3:>7.2f} ms {theirs * 1e3:>7.1f} ms"
                f" {theirs / ours:>7.1f} {found:>9}"
            )


@dataclass(frozen=True)
class Labelled:
    """Edits with the class that a reader gave each, and the class that they are given."""

    wanted: Sequence[str]
    guessed: Sequence[str]

    def of(self, name: str) -> tuple[float, float, float, int]:
        """Precision, recall and F1 of a class, and its edits."""
        pairs = list(zip(self.wanted, self.guessed, strict=True))
        right, found = pairs.count((name, name)), self.guessed.count(name)
        wanted = self.wanted.count(name)
        return right / max(found, 1), right / max(wanted, 1), 2 * right / (found + wanted), wanted


def labelled(name: str) -> Labelled:
    rows = [json.loads(line) for line in (CASES / name).read_text("utf-8").splitlines()]
    guessed = []
    for row in rows:
        part = row["set"].rsplit("-", 1)[1]
        hyp = lines(SHARED / "mlqe_pe" / row["set"] / f"{part}.mt")[row["line"]]
        ref = lines(SHARED / "mlqe_pe" / row["set"] / f"{part}.pe")[row["line"]]
        guessed.append(classify_span(hyp, tuple(row["hyp"]), ref, tuple(row["ref"])))
    return Labelled([row["class"] for row in rows], guessed)


def table(title: str, edits: Labelled, names: Iterable[str]) -> list[float]:
    """A line for each class; their F1."""
    print(f"\n{title} ({len(edits.wanted)} edits): precision, recall, F1, edits")
    scores = []
    for name in names:
        precision, recall, f1, wanted = edits.of(name)
        scores.append(f1)
        print(f"  {name:<12} {precision:.3f} {recall:.3f} {f1:.3f} {wanted:>4}")
    return scores


def classes() -> None:
    """Macro-F1 on the labelled post-edits: even lines were used to tune, odd lines were not."""
    if not (SHARED / "mlqe_pe").is_dir():
        print("classes: the labelled post-edits (mlqe_pe) are not here")
        return
    every = labelled("diff_labels.jsonl")
    for part, first in (("tuned on", 0), ("held out", 1)):
        edits = Labelled(every.wanted[first::2], every.guessed[first::2])
        scores = table(f"classes, {part}", edits, sorted(set(edits.wanted)))
        right = sum(map(eq, edits.wanted, edits.guessed)) / len(edits.wanted)
        print(f"  macro-F1     {sum(scores) / len(scores):.3f}, accuracy {right:.3f}")
    more = labelled("diff_names.jsonl")
    table("names and numbers, labelled later, of other sentences", more, ("entity", "number"))


if __name__ == "__main__":
    speed()
    classes()
