"""Where the language switches inside one script: Viterbi over words (Forney 1973).

Most texts never switch, so a cheap screen comes first: a window of words that speaks far louder
for another language than for the text's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import add

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.intp]

WINDOW = 6  # words
GAIN = 16 * 24
"""Evidence, in 1/16 nat, by which a window must speak for another language."""
PRICES = (16 * 40, 16 * 22, 16 * 14)
"""What a switch costs within a sentence, at its end or a bracket, and at a line's end."""
LEAST = 20.0
"""Evidence, in nats, of the second reading that a passage is in another language."""
_CANDIDATES = 5
_TOGETHER = 1 << 10  # words whose windows are looked at together
_ROOM = 24  # words on either side of a loud window in which the switch is looked for
_STOPS = '.!?:;()[]"«»“”„…—–'
MARKS = np.zeros(0x3000, np.uint8)
"""For each code point below that: 1 for what parts sentences, 2 for a line feed."""
MARKS[[ord(char) for char in _STOPS]] = 1
MARKS[ord("\n")] = 2
_STOP = re.compile(f"[{re.escape(_STOPS)}]")


def screen(evidence: NDArray[np.uint32], main: Ints, run: Ints) -> list[tuple[int, int]]:
    """The windows of words that speak far louder for another language than for the main one.

    Args:
        evidence: Evidence by word and column.
        main: The main column of each run.
        run: The run of each word; a window that leaves its run says nothing.

    Returns:
        First word and loudest column of each.
    """
    found: list[tuple[int, int]] = []
    for first in range(0, len(evidence) - WINDOW + 1, _TOGETHER):
        part = evidence[first : first + _TOGETHER + WINDOW - 1]
        found += _screened(part, main, run[first : first + len(part)], first)
    return found


def _screened(
    evidence: NDArray[np.uint32], main: Ints, run: Ints, first: int
) -> Iterator[tuple[int, int]]:
    """The loud windows of some words, of which the first is given: so many stay in the cache."""
    count = len(evidence) - WINDOW + 1
    two = evidence[:-1] + evidence[1:]
    window = two[:count] + two[2 : count + 2]
    window += two[4 : count + 4]
    own = window.take(np.arange(0, window.size, window.shape[1]) + main.take(run[:count]))
    own += np.uint32(GAIN)
    loud = window > own[:, None]
    if not loud.any():
        return iter(())
    found = (loud.any(axis=1) & (run[:count] == run[WINDOW - 1 :])).nonzero()[0]
    return zip((found + first).tolist(), window[found].argmax(axis=1).tolist(), strict=True)


def candidates(columns: Sequence[int], main: int) -> list[int]:
    """The columns that are loudest in most windows, beside the main one."""
    counts = Counter(columns)
    order = sorted(counts, key=lambda column: (-counts[column], column))
    return [column for column in order[:_CANDIDATES] if column != main]


def around(loud: Sequence[int], first: int, last: int) -> list[tuple[int, int]]:
    """Ranges of words about the loud windows, within a run, joined where they meet."""
    found: list[tuple[int, int]] = []
    for word in loud:
        low, high = max(first, word - _ROOM), min(last, word + WINDOW + _ROOM)
        if found and low <= found[-1][1]:
            low = found.pop()[0]
        found.append((low, high))
    return found


def prices(between: Sequence[str]) -> list[int]:
    """What a switch costs, by what stands between a word and the one before."""
    return [
        PRICES[0] if part == " " else PRICES[2 if "\n" in part else 1 if _STOP.search(part) else 0]
        for part in between
    ]


def path(
    evidence: NDArray[np.uint32], main: int, price: Sequence[int], others: Sequence[int]
) -> list[int]:
    """The best language of each word, when a switch before a word has a price.

    Args:
        evidence: Evidence by word and column.
        main: The text's own column.
        price: What a switch before each word costs, in the unit of the evidence.
        others: Other columns to consider.
    """
    columns = [main, *others]
    rows = evidence[:, columns].tolist()
    score = [0, *(-price[0] for _ in others)]
    own = list(range(len(columns)))
    back: list[list[int]] = []
    for row, cost in zip(rows, price, strict=True):
        top = max(score)
        floor = top - cost
        if min(score) >= floor:
            back.append(own)
        else:
            best = score.index(top)
            back.append([k if old >= floor else best for k, old in enumerate(score)])
            score = [max(old, floor) for old in score]
        score = list(map(add, score, row))
    at = score.index(max(score))
    steps = [at]
    for come in reversed(back[1:]):
        at = come[at]
        steps.append(at)
    return [columns[k] for k in reversed(steps)]
