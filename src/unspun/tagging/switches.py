"""Where the language switches inside one script: Viterbi over words (Forney 1973).

Most texts never switch, so a cheap screen comes first: a window of words that speaks far louder
for another language than for the text's own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unspun.tagging.batch import Batch, Ints

WINDOW = 6  # words
GAIN = 16 * 24
"""Evidence, in 1/16 nat, by which a window must speak for another language."""
PRICES = (16 * 40, 16 * 22, 16 * 14)
"""What a switch costs within a sentence, at its end or a bracket, and at a line's end."""
LEAST = 20.0
"""Evidence, in nats, of the second reading that a passage is in another language."""
_CANDIDATES = 5
_ROOM = 24  # words on either side of a loud window in which the switch is looked for
_MARKS = np.zeros(0x3000, np.int64)
_MARKS[[ord(c) for c in '.!?:;()[]"«»“”„…—–']] = 1
_MARKS[ord("\n")] = 1 << 32


def screen(evidence: NDArray[np.uint32], main: Ints, unit: Ints) -> tuple[NDArray[np.int64], Ints]:
    """How much louder each window of words speaks for another language than for the main one.

    Args:
        evidence: Evidence by word and column.
        main: The main column of each unit.
        unit: The unit of each word; a window that leaves its unit says nothing.

    Returns:
        For each window, by its first word, the gain and the loudest column.
    """
    count = len(evidence) - WINDOW + 1
    if count <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.intp)
    two = evidence[:-1] + evidence[1:]
    window = two[:count] + two[2 : count + 2] + two[4 : count + 4]
    best = window.argmax(axis=1)
    first = np.arange(0, window.size, window.shape[1])
    gain = window.take(first + best).astype(np.int64)
    gain -= window.take(first + main.take(unit[:count]))
    gain *= unit[:count] == unit[WINDOW - 1 :]
    return gain, best


def candidates(columns: Ints) -> list[int]:
    """The columns that are loudest in most windows."""
    found, counts = np.unique(columns, return_counts=True)
    order = np.argsort(-counts, kind="stable")[:_CANDIDATES]
    return [int(found[k]) for k in order]


def around(loud: Ints, first: int, last: int) -> list[tuple[int, int]]:
    """Ranges of words about the loud windows, within a run, joined where they meet."""
    found: list[tuple[int, int]] = []
    for word in loud.tolist():
        low, high = max(first, word - _ROOM), min(last, word + WINDOW + _ROOM)
        if found and low <= found[-1][1]:
            low = found.pop()[0]
        found.append((low, high))
    return found


def prices(batch: Batch) -> NDArray[np.int64]:
    """What a switch before each word costs."""
    marks = np.zeros(len(batch.points) + 1, np.int64)
    np.cumsum(_MARKS[np.minimum(batch.points, np.uint32(len(_MARKS) - 1))], out=marks[1:])
    before = np.concatenate([batch.start[:1], batch.stop[:-1]])
    between = marks[batch.start] - marks[before]
    kind = np.where(between >> 32, 2, (between > 0).astype(np.int64))
    kind[:1] = 2  # a text begins
    return np.array(PRICES)[kind]


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
    back: list[list[int]] = []
    for row, cost in zip(rows, price, strict=True):
        best = max(range(len(score)), key=score.__getitem__)
        floor = score[best] - cost
        back.append([k if old >= floor else best for k, old in enumerate(score)])
        score = [max(old, floor) + new for old, new in zip(score, row, strict=True)]
    at = max(range(len(score)), key=score.__getitem__)
    steps = [at]
    for come in reversed(back[1:]):
        at = come[at]
        steps.append(at)
    return [columns[k] for k in reversed(steps)]
