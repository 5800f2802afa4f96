"""A first look in one pass: what families' classifiers and markers say of each region of a text.

Most text is clean, and this is all that is done with it, so nothing is laid out: no word of the
text becomes a row of an array. What `gate` and `markers` find in the words is the measure; without
the compiled kernel there is no such pass, and they look at every text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from unspun import kernels
from unspun.channel.gate import BLOCK, PART, Gate
from unspun.channel.keys import TABLES
from unspun.channel.markers import Glance

kernel = kernels.load("unspun.channel._screen", revision=6)

MOST = 8  # families that are looked for at once

Family = tuple[Gate | None, Glance | None]
Told = tuple[int, float | None, float, bool]
"""What a family says of a region.

How many words that has; nats of the classifier, if there is one; nats a word of the markers, or
some more, as a few of the words that differ in a block may pass for one; and whether these say as
much as was asked for in one block of several.
"""


def screen(
    families: Sequence[Family], odd: float
) -> Callable[[str, list[int]], list[tuple[Told, ...]]]:
    """What looks at texts for some families.

    Args:
        families: The classifier and the markers of each, or None.
        odd: Nats a word of markers that are asked for in one block.

    Returns:
        What gives, for a text and the ends of its regions, in code points and in order, a row for
        each region with what each family says.
    """
    assert kernel is not None  # noqa: S101  # who asks has looked
    tables = tuple((gate.tables if gate else (), m.tables if m else ()) for gate, m in families)
    look: Callable[[str, list[int]], list[tuple[Told, ...]]]
    look = kernel.Screen(TABLES, tables, BLOCK, PART, odd).look
    return look
