"""Passages that stand elsewhere: chains of pairs that cross the pairs in order.

What was moved was mostly moved as a block, so a chain of neighbours that are somewhat alike says
more than one pair that is very much so (local alignment: Smith and Waterman 1981).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from unspun.align.monotone import Group

PAYS = -0.3
"""Log odds from which a pair adds to its chain."""
ENOUGH = 3.5
"""What the pairs of a chain must add up to."""
_SKIP = 1.7  # what a unit passed over costs
_STEPS = ((0, 0), (0, 1), (1, 0), (1, 1))

_Place = tuple[int, int]


def moved(
    likely: Iterable[tuple[Group, float]], hyp_gap: Sequence[int], ref_gap: Sequence[int]
) -> list[Group]:
    """Pairs of units out of order, the best chain first.

    Args:
        likely: Pairs of units without a partner whose log odds are over `PAYS`, and these.
        hyp_gap: How many pairs in order stand before each hypothesis unit. Units of the same gap
            on both sides are in order, which is not looked for here.
        ref_gap: The same for each reference unit.
    """
    gains = _gains(likely, hyp_gap, ref_gap)
    found: list[Group] = []
    while chain := _best(gains):
        found += chain
        hyp = {i for (a, b), _ in chain for i in range(a, b)}
        ref = {j for _, (c, d) in chain for j in range(c, d)}
        gains = {
            group: gain
            for group, gain in gains.items()
            if hyp.isdisjoint(range(*group[0])) and ref.isdisjoint(range(*group[1]))
        }
    return sorted(found)


def _gains(
    likely: Iterable[tuple[Group, float]], hyp_gap: Sequence[int], ref_gap: Sequence[int]
) -> dict[Group, float]:
    """What each pair out of order adds to a chain, in order of their ends."""
    found = [
        (((a, b), (c, d)), odds - PAYS)
        for ((a, b), (c, d)), odds in likely
        if hyp_gap[a] == hyp_gap[b - 1] != ref_gap[c] == ref_gap[d - 1]
    ]
    found.sort(key=lambda item: (item[0][0][1], item[0][1][1]))
    return dict(found)


def _best(gains: dict[Group, float]) -> list[Group]:
    """The chain of pairs that adds up to most, if that is enough."""
    ends: dict[_Place, tuple[float, Group]] = {}  # the best chain that ends there
    before: dict[Group, Group | None] = {}
    for group, gain in gains.items():
        (a, b), (c, d) = group
        most, previous = max(_chains(ends, a, c), default=(0.0, None))
        if most <= 0.0:
            most, previous = 0.0, None
        before[group] = previous
        if most + gain > ends.get((b, d), (0.0,))[0]:
            ends[b, d] = most + gain, group
    most, last = max(ends.values(), default=(0.0, None))
    if most < ENOUGH:
        return []
    chain: list[Group] = []
    while last is not None:
        chain.append(last)
        last = before[last]
    return chain


def _chains(
    ends: dict[_Place, tuple[float, Group]], i: int, j: int
) -> Iterator[tuple[float, Group]]:
    """Chains that a pair from ``i, j`` on can follow."""
    for s, t in _STEPS:
        if (i - s, j - t) in ends:
            worth, group = ends[i - s, j - t]
            yield worth - _SKIP * (s + t), group
