"""Alignment: machine translations against references, with lines dropped, merged and moved.

    python bench/align.py

Documents are 40 segments of a WMT system and of the human reference. 15% of either side's lines are
dropped, neighbours are joined to one line at 10%, and a block of 3 to 6 lines is moved. The measure
is F1 over pairs of lines. Thresholds were set on newstest2021, with other systems and places drawn,
and on TED talks; of generaltest2023, whose reference paraphrases freely, nothing was looked at.
Beside it: difflib over the lines, and Gale and Church's idea, dynamic programming over lengths.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from material import SHARED, lines

from unspun.align import align

SIZE = 40
YEARS = {"21": "newstest2021.zh-en", "23": "generaltest2023.zh-en"}
Lines = list[list[int]]
Pairs = set[tuple[int, int]]


@dataclass(frozen=True)
class Case:
    """A made document: the lines of each side, each line the numbers of the segments in it."""

    hyp: list[str]
    ref: list[str]
    hyp_ids: Lines
    ref_ids: Lines
    moved: set[int]

    @property
    def gold(self) -> Pairs:
        """The pairs of lines that hold a segment in common."""
        ours = {k: n for n, ids in enumerate(self.hyp_ids) for k in ids}
        theirs = {k: n for n, ids in enumerate(self.ref_ids) for k in ids}
        return {(ours[k], theirs[k]) for k in ours.keys() & theirs.keys()}


def cases(year: str, *, moves: bool, limit: int) -> Iterator[Case]:
    folder = SHARED / f"wmt{year}_zhen"
    reference = lines(next(folder.glob("*.ref.*.en")))
    systems = sorted(folder.glob("*.hyp.*.en"))
    rng = random.Random(7)  # noqa: S311
    for number in range(limit):
        hyps = lines(systems[number % len(systems)])
        start = (number * 97) % (len(hyps) - SIZE)
        ids = [k for k in range(start, start + SIZE) if hyps[k].strip() and reference[k].strip()]
        moved: set[int] = set()
        order = list(ids)
        if moves:
            size, at = rng.randint(3, 6), rng.randrange(len(ids) - 6)
            block = order[at : at + size]
            rest = order[:at] + order[at + size :]
            place = rng.choice([p for p in range(len(rest) + 1) if abs(p - at) > 6])
            order = rest[:place] + block + rest[place:]
            moved = set(block)
        hyp_ids, ref_ids = damage(rng, order), damage(rng, ids)
        yield Case(
            [" ".join(hyps[k] for k in group) for group in hyp_ids],
            [" ".join(reference[k] for k in group) for group in ref_ids],
            hyp_ids,
            ref_ids,
            moved,
        )


def damage(rng: random.Random, ids: list[int]) -> Lines:
    """Drop 15% of the segments, join one in ten to the line before."""
    groups: Lines = []
    for k in ids:
        if rng.random() < 0.15:
            continue
        if groups and rng.random() < 0.1:
            groups[-1].append(k)
        else:
            groups.append([k])
    return groups


def by_unspun(case: Case) -> Pairs:
    hyp, ref = "\n".join(case.hyp), "\n".join(case.ref)
    ours, theirs = line_of(case.hyp), line_of(case.ref)
    return {
        (a, b)
        for s in align(hyp, ref).segments
        if s.hyp[0] < s.hyp[1] and s.ref[0] < s.ref[1]
        for a in sorted({ours[s.hyp[0]], ours[s.hyp[1] - 1]})
        for b in sorted({theirs[s.ref[0]], theirs[s.ref[1] - 1]})
    }


def line_of(texts: list[str]) -> list[int]:
    return [n for n, text in enumerate(texts) for _ in range(len(text) + 1)]


def by_difflib(case: Case) -> Pairs:
    """Pairs of lines in order whose characters are most alike, as difflib's Differ has them."""
    found = set()
    start = 0
    for a, text in enumerate(case.hyp):
        matcher = difflib.SequenceMatcher(None, "", text, autojunk=False)
        best = (0.4, -1)
        for b in range(start, min(start + 8, len(case.ref))):
            matcher.set_seq1(case.ref[b])
            if matcher.quick_ratio() > best[0]:
                best = max(best, (matcher.ratio(), b))
        if best[1] >= 0:
            found.add((a, best[1]))
            start = best[1] + 1
    return found


def by_length(case: Case) -> Pairs:
    """Gale and Church 1993: the cheapest path over lengths alone."""
    n, m = len(case.hyp), len(case.ref)
    best: dict[tuple[int, int], tuple[float, tuple[int, int]]] = {(0, 0): (0.0, (0, 0))}
    priors = {(1, 1): 0.1, (1, 0): 4.6, (0, 1): 4.6, (2, 1): 2.4, (1, 2): 2.4}
    for i in range(n + 1):
        for j in range(m + 1):
            options = [
                (
                    best[i - a, j - b][0] + price + cost(case.hyp[i - a : i], case.ref[j - b : j]),
                    (a, b),
                )
                for (a, b), price in priors.items()
                if i >= a and j >= b
            ]
            if options:
                best[i, j] = min(options)
    found = set()
    i, j = n, m
    while i or j:
        a, b = best[i, j][1]
        found |= {(x, y) for x in range(i - a, i) for y in range(j - b, j)}
        i, j = i - a, j - b
    return found


def cost(hyp: list[str], ref: list[str]) -> float:
    ours, theirs = sum(map(len, hyp)), sum(map(len, ref))
    if not ours or not theirs:
        return 0.0
    return (ours - theirs) ** 2 / (2 * 6.8 * (ours + theirs) / 2)


def measure(name: str, find: Callable[[Case], Pairs], made: list[Case]) -> None:
    right = found = wanted = moved_right = moved_wanted = 0
    times = []
    for case in made:
        start = time.process_time()
        pairs = find(case)
        times.append(time.process_time() - start)
        gold = case.gold
        right, found, wanted = right + len(pairs & gold), found + len(pairs), wanted + len(gold)
        moved = {(a, b) for a, b in gold if set(case.hyp_ids[a]) & case.moved}
        moved_right, moved_wanted = moved_right + len(moved & pairs), moved_wanted + len(moved)
    recall = f"{moved_right / moved_wanted:.3f}" if moved_wanted else "    -"
    print(
        f"  {name:<12} F1 {2 * right / (found + wanted):.3f}  precision {right / found:.3f}  "
        f"recall {right / wanted:.3f}  moved recall {recall}  "
        f"median {sorted(times)[len(times) // 2] * 1e3:.1f} ms"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--year", choices=YEARS, help="one year only")
    parser.add_argument("--documents", type=int, default=150)
    parser.add_argument("--alone", action="store_true", help="unspun only")
    options = parser.parse_args()
    if not SHARED.is_dir():
        print("the WMT systems and references are not here")
        return
    years = [options.year] if options.year else list(YEARS)
    for year, moves in itertools.product(years, (False, True)):
        made = list(cases(year, moves=moves, limit=options.documents))
        print(
            f"{YEARS[year]}, {len(made)} documents of {SIZE} segments, "
            f"{'with a moved block' if moves else 'in order'}"
        )
        measure("unspun", by_unspun, made)
        if not options.alone:
            measure("difflib", by_difflib, made[:20])
            measure("Gale-Church", by_length, made)


if __name__ == "__main__":
    main()
