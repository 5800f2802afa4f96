"""A first look in one pass: what families' classifiers and markers say of each region of a text.

Most text is clean, and this is all that is done with it, so nothing is laid out: no word of the
text becomes a row of an array. What `gate` and `markers` find in the words is the measure; without
the compiled kernel there is no such pass, and they look at every text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unspun import kernels
from unspun.channel.gate import BLOCK, PART, Gate
from unspun.channel.keys import TABLES
from unspun.channel.markers import Glance

kernel = kernels.load("unspun.channel._screen", revision=5)

MOST = 8  # families that are looked for at once


class Told(NamedTuple):
    """What a family says of a region.

    Attributes:
        words: How many words it has.
        gate: Nats of the classifier, or None if the family has none.
        marked: Nats a word of the markers, or some more: a few of the words that differ in a block
            may pass for one.
        odd: Whether they say as much as was asked for in one block of several.
    """

    words: int
    gate: float | None
    marked: float
    odd: bool


Family = tuple[Gate | None, Glance | None]


class Screen:
    """Some families' classifiers and markers, ready to look at texts."""

    def __init__(self, families: Sequence[Family], odd: float) -> None:
        """Lay the tables out.

        Args:
            families: The classifier and the markers of each, or None.
            odd: Nats a word of markers that are asked for in one block.
        """
        assert kernel is not None  # noqa: S101  # who asks has looked
        self._gates = [gate for gate, _ in families]
        tables = [(gate.tables if gate else (), m.tables if m else ()) for gate, m in families]
        self._look = kernel.Screen(TABLES, tuple(tables), BLOCK, odd).look

    def look(self, text: str, ends: list[int]) -> list[tuple[Told, ...]]:
        """Look at a text.

        Args:
            text: The text.
            ends: Where each region ends, in code points, in order.

        Returns:
            A row for each region, with what each family says.
        """
        found = []
        for words, distinct, row in self._look(text, ends):
            told = []
            for gate, (total, most, nats, odd) in zip(self._gates, row, strict=True):
                marked, several = nats / (distinct or 1), words > BLOCK
                told.append(Told(words, _strongest(gate, total, most), marked, odd and several))
            found.append(tuple(told))
        return found


def _strongest(gate: Gate | None, total: int, most: int) -> float | None:
    """Nats of the classifier for a region: what `strongest` gives, but for rounding."""
    if gate is None:
        return None
    return max(total * gate.step, most * gate.step - PART) + gate.bias
