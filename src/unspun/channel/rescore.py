"""What a neural language model says of readings that are in doubt.

The likeliest reading of a document is read as a whole; each substitution in doubt is then told by
how likely its line is to begin with it, and with the words as they stand, up to some words behind
(rescoring: Mikolov et al., "Recurrent neural network based language model", Interspeech 2010).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.channel.lattice import Arc, Lattice
from unspun.neural.reader import Beginning, Reader

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]

_BEHIND = 25  # code points behind a place that are read with it, up to the end of a word


def odds(lattice: Lattice, arcs: Ints, path: Ints, reader: Reader) -> Floats:
    """Nats by which a text is likelier with a substitution taken back than as it stands.

    Args:
        lattice: All readings of the text.
        arcs: Substitutions.
        path: The substitutions of the reading that all else is read by.
        reader: The network.
    """
    page = _Reading(lattice, path)
    asked: dict[Beginning, int] = {}
    pairs = [
        [asked.setdefault(beginning, len(asked)) for beginning in page.ways(arc)]
        for arc in lattice.arcs(arcs)
    ]
    nats = reader.nats(page.lines(), list(asked))
    both = nats[np.array(pairs, np.int64).reshape(-1, 2)]
    return np.asarray(both[:, 0] - both[:, 1])


class _Reading:
    """A text as one reading has it."""

    def __init__(self, lattice: Lattice, path: Ints) -> None:
        self._text = lattice.text
        self._arcs = sorted(lattice.arcs(path), key=lambda arc: arc.first)
        self._lasts = [arc.last for arc in self._arcs]
        breaks = [at for at, sign in enumerate(lattice.text) if sign == "\n"]
        self._starts = [0, *(at + 1 for at in breaks)]
        self._ends = [*breaks, len(lattice.text)]

    def lines(self) -> list[str]:
        """All its lines."""
        return [
            "".join(_written(self._text, self._within(start, end), start, end))
            for start, end in zip(self._starts, self._ends, strict=True)
        ]

    def ways(self, arc: Arc) -> tuple[Beginning, Beginning]:
        """How the line may begin: with a substitution taken back, and without."""
        line = bisect_left(self._ends, arc.last)
        start, end = self._starts[line], self._end(arc.last, self._ends[line])
        others = [o for o in self._within(start, end) if o.last <= arc.first or o.first >= arc.last]
        taken = sorted([*others, arc], key=lambda other: other.first)
        one, other = (
            Beginning(line, "".join(_written(self._text, some, start, end)))
            for some in (taken, others)
        )
        return one, other

    def _end(self, last: int, line: int) -> int:
        """Where to stop reading behind a place: at the end of a word, in no substitution."""
        end = min(last + _BEHIND, line)
        while end < line and not self._text[end].isspace():
            end += 1
        at = bisect_left(self._lasts, end)
        if at < len(self._arcs) and self._arcs[at].first < end:
            end = self._arcs[at].last
        return end

    def _within(self, start: int, end: int) -> Sequence[Arc]:
        """The substitutions of a stretch."""
        first = bisect_left(self._lasts, start + 1)
        return self._arcs[first : bisect_left(self._lasts, end + 1)]


def _written(text: str, arcs: Sequence[Arc], start: int, end: int) -> Iterator[str]:
    """A stretch of the text with substitutions taken back, in order."""
    at = start
    for arc in arcs:
        yield text[at : arc.first]
        yield arc.text
        at = arc.last
    yield text[at:end]
