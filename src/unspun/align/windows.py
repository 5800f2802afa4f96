"""Long lists are compared through a window, for the time grows with the product of the lengths."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from rapidfuzz.distance import Opcode

T = TypeVar("T")
Run = tuple[int, int, int, int]
"""``hyp[a:b]`` is ``ref[c:d]``."""
Finder = Callable[[Sequence[T], Sequence[T]], Iterator[Run]]

NARROW = 4  # as much of a window is looked at first
FOUND = 0.8  # of the shorter side's items, from which that is enough


def windowed(hyp: Sequence[T], ref: Sequence[T], find: Finder[T], most: int) -> Iterator[Run]:
    """The equal runs of two lists, in order, none beginning where another ends.

    Args:
        hyp: One list.
        ref: The other.
        find: Finds the equal runs of two lists that are no longer than a window.
        most: The items of a window.
    """
    held: Run | None = None
    for a, b, c, d in _windows(hyp, ref, find, most):
        if held and (held[1], held[3]) == (a, c):
            held = held[0], b, held[2], d
            continue
        if held:
            yield held
        held = a, b, c, d
    if held:
        yield held


def equal_runs(script: Iterable[Opcode]) -> Iterator[Run]:
    """The equal runs of an edit script."""
    for op in script:
        if op.tag == "equal":
            yield op.src_start, op.src_end, op.dest_start, op.dest_end


def _windows(hyp: Sequence[T], ref: Sequence[T], find: Finder[T], most: int) -> Iterator[Run]:
    """What is found behind three quarters of a window is looked for again in the next."""
    i, j = 0, 0
    while len(hyp) - i > most or len(ref) - j > most:
        found, rows, columns = _wide(hyp, ref, (i, j), find, most)
        i_next, j_next = i + rows, j + columns
        for number, (a, b, c, _) in enumerate(found):
            size = min(b - a, rows - rows // 4 - a, columns - columns // 4 - c)
            if size <= 0:
                if not number:
                    i_next, j_next = i + a, j + c
                break
            i_next, j_next = i + a + size, j + c + size
            yield i + a, i_next, j + c, j_next
            if size < b - a:
                break
        i, j = i_next, j_next
    for a, b, c, d in find(hyp[i:], ref[j:]):
        yield i + a, i + b, j + c, j + d


def _wide(
    hyp: Sequence[T], ref: Sequence[T], start: tuple[int, int], find: Finder[T], most: int
) -> tuple[list[Run], int, int]:
    """The equal runs in a window that is wide enough, and its items of either list.

    A narrow one is where most of the shorter side is found; else more may have come or gone than
    it shows. Both sides get their share of it: where every fifth word is missing, as many words of
    both would end at different places, and the script be bent to bring these together.
    """
    i, j = start
    left, right = len(hyp) - i, len(ref) - j
    for size in (most // NARROW, most):
        rows, columns = (-(-size * n // max(left, right)) for n in (left, right))
        found = list(find(hyp[i : i + rows], ref[j : j + columns]))
        if sum(b - a for a, b, _, _ in found) >= FOUND * min(rows, columns):
            break
    return found, rows, columns
