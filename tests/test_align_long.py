"""Documents too long for every unit to be compared with every other."""

from __future__ import annotations

import random
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from unspun.align import Alignment, align
from unspun.align.anchors import cuts

MARKS = [
    "amber",
    "birch",
    "cedar",
    "delta",
    "ember",
    "fjord",
    "grove",
    "heath",
    "inlet",
    "jetty",
    "knoll",
    "ledge",
    "marsh",
]
unit = st.lists(st.sampled_from([*MARKS, "日本", "é", "1"]), max_size=6).map(" ".join)


def lines(count: int, seed: int) -> list[str]:
    """Short lines, each with a number of its own."""
    rng = random.Random(seed)
    return [f"{' '.join(rng.choices(MARKS, k=4))} {seed}x{number}" for number in range(count)]


def partners(found: Alignment, hyp: str, ref: str) -> list[tuple[str, str]]:
    return [(hyp[slice(*s.hyp)], ref[slice(*s.ref)]) for s in found.segments]


@given(st.lists(unit, max_size=120), st.lists(unit, max_size=120))
def test_cuts_grow_on_both_sides(hyp: list[str], ref: list[str]) -> None:
    found = [(0, 0), *cuts(hyp, ref), (len(hyp), len(ref))]
    assert all(a <= c and b <= d for (a, b), (c, d) in pairwise(found))


def test_cuts_are_between_the_same_lines() -> None:
    ref = lines(400, 1)
    hyp = [line.replace("amber", "umbra") for line in ref if not line.endswith("7")]
    found = cuts(hyp, ref)
    assert len(found) >= 8
    assert all(hyp[i].split()[-1] == ref[j].split()[-1] for i, j in found)


def test_units_that_share_nothing_are_not_cut() -> None:
    assert cuts(lines(200, 1), [line.upper() for line in lines(200, 2)]) == []
    assert cuts(["so it is"] * 200, ["so it is"] * 200) == []


def test_ten_thousand_lines_with_one_in_three_changed_find_their_partners() -> None:
    ref = lines(10_000, 1)
    hyp = [line if k % 3 else f"{line[::-1]} {line}" for k, line in enumerate(ref) if k % 50]
    hyp = [line.replace("birch", "beech") for line in hyp]
    texts = "\n".join(hyp), "\n".join(ref)
    found = align(*texts)
    wanted = {(line, ref[int(line.rsplit("x", 1)[1])]) for line in hyp}
    right = wanted.intersection(partners(found, *texts))
    assert len(right) > 0.97 * len(wanted)
    assert min(found.coverage) > 0.95


def test_unrelated_lines_are_not_paired_and_none_is_lost() -> None:
    hyp, ref = "\n".join(lines(3_000, 1)), "\n".join(lines(3_000, 2)).upper()[::-1]
    found = align(hyp, ref)
    assert max(found.coverage) < 0.1
    for text, places in (
        (hyp, [s.hyp for s in found.segments]),
        (ref, [s.ref for s in found.segments]),
    ):
        shown = "".join(text[start:end] for start, end in sorted(places))
        assert "".join(shown.split()) == "".join(text.split())


def test_a_long_list_keeps_all_lines_that_it_can() -> None:
    ref = [f"{number % 97}. item {number % 31}" for number in range(50_000)]
    hyp = [line for number, line in enumerate(ref) if number % 5]
    kinds = [segment.kind for segment in align("\n".join(hyp), "\n".join(ref)).segments]
    assert kinds.count("equal") == len(hyp)
    assert kinds.count("dropped") == len(ref) - len(hyp)
