"""What phrases begin with: most text holds the beginning of none, which is quick to tell.

The first four parts of each phrase, and each so many that follow one another in a text, are hashed,
and few hashes get past a table.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from unspun.channel import tokens
from unspun.channel.page import parts_of
from unspun.channel.slots import able_of, packed
from unspun.lm.words import kernel

_MOST = 4  # parts of a beginning


class Heads:
    """The beginnings of phrases, as they are and with a capital."""

    def __init__(self, phrases: Iterable[str]) -> None:
        """Prepare.

        Args:
            phrases: As they are written.
        """
        listed = list(phrases)
        listed += list(map(tokens.upper_first, listed))
        if kernel is None:
            self._heads = {tuple(tokens.parts(phrase)[:_MOST]) for phrase in listed}
            return
        keys = np.sort(np.frombuffer(kernel.heads("\n".join(listed)), np.uint64))
        self._tables = packed(able_of(keys)), keys

    def may_stand(self, text: str) -> bool:
        """Whether a text holds one; of those that are hashed alike, others may be taken for it."""
        if kernel is not None:
            return bool(kernel.holds(text, *self._tables))
        parts, _, _ = parts_of(text)
        rows = (
            zip(*(parts[at:] for at in range(size)), strict=False) for size in range(1, _MOST + 1)
        )
        return not all(map(self._heads.isdisjoint, rows))
