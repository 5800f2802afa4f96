"""Where the spans of two texts lie in the other, when a ledger leads from one to the other."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from operator import add
from typing import NamedTuple

from unspun.edits import editor
from unspun.model import Ledger
from unspun.placement import Move


class Projection:
    """Trace spans through a ledger, both ways, in logarithmic time.

    A character of untouched text maps to itself, one inside a replaced span to that whole span. An
    empty span maps to the place behind the edits that end there.

    Attributes:
        origin: The raw span behind ``[start, end)`` of the result.
        result: The span of the result that ``[start, end)`` of the raw text became.
    """

    __slots__ = ("origin", "result")

    def __init__(self, ledger: Ledger) -> None:
        compiled = editor()
        traced = Plain(ledger) if compiled is None else compiled.projection(ledger)
        self.origin: Move = traced.origin
        self.result: Move = traced.result


class Plain:
    """The same without the compiled kernel."""

    def __init__(self, ledger: Ledger) -> None:
        if not ledger:
            self._raw = self._out = _UNMOVED
            return
        self._raw = _Side([edit.start for edit in ledger], [edit.end for edit in ledger])
        grown = [len(edit.after) - (edit.end - edit.start) for edit in ledger]
        shifts = list(accumulate(grown, initial=0))
        starts, ends = map(add, self._raw.starts, shifts), map(add, self._raw.ends, shifts[1:])
        self._out = _Side(list(starts), list(ends))

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The raw span behind ``[start, end)`` of the result."""
        return _trace(start, end, self._out, self._raw)

    def result(self, start: int, end: int) -> tuple[int, int]:
        """The span of the result that ``[start, end)`` of the raw text became."""
        return _trace(start, end, self._raw, self._out)


class _Side(NamedTuple):
    starts: list[int]
    ends: list[int]


_UNMOVED = _Side([], [])


def _trace(start: int, end: int, source: _Side, target: _Side) -> tuple[int, int]:
    """The target span of the source characters from the first to the last, or of a place."""
    k = bisect_right(source.starts, start) - 1
    low = _begin(start, k, source, target)
    if start == end:
        return low, low
    last = end - 1
    if k + 1 < len(source.starts) and source.starts[k + 1] <= last:
        k = bisect_right(source.starts, last, k + 1) - 1
    if k < 0:
        return low, end
    if last < source.ends[k]:
        return low, target.ends[k]
    return low, target.ends[k] + end - source.ends[k]


def _begin(at: int, k: int, source: _Side, target: _Side) -> int:
    """Where the target span of a source character begins, behind the start of the k-th edit."""
    if k < 0:
        return at
    if at < source.ends[k]:
        return target.starts[k]
    return target.ends[k] + at - source.ends[k]
