"""The words of texts with NumPy: all texts of a batch at once, then each by itself."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from unspun.tagging import batch, profiles, scripts, switches
from unspun.tagging.batch import Batch, Ints

Table = NDArray[np.int64]


class Shared:
    """What the texts of a batch have in common."""

    def __init__(self, laid: Batch, say: NDArray[np.bool_] | None) -> None:
        self.laid = laid
        self.size = laid.stop - laid.start
        if say is not None:
            self.size *= say
        self.offsets = laid.offsets.tolist()

    @cached_property
    def sizes(self) -> Table:
        """Letters with a say before each word, and at the end."""
        return np.concatenate([[0], self.size.cumsum()])

    @cached_property
    def lines(self) -> list[list[tuple[int, int, int]]]:
        """Start, end and letters of each line that is not empty."""
        """Start, end and letters of each line that is not empty, by text."""
        laid = self.laid
        ends = (laid.points == ord("\n")).nonzero()[0]
        starts = np.concatenate([[0], ends[:-1] + 1])
        letters = laid.letters.take(ends) - laid.letters.take(starts)
        full = ends > starts
        starts, ends, letters = starts[full], ends[full], letters[full]
        if len(laid.texts) == 1:
            return [list(zip(starts.tolist(), ends.tolist(), letters.tolist(), strict=True))]
        cut = starts.searchsorted(laid.offsets)
        offsets = laid.offsets.take(laid.offsets.searchsorted(starts, side="right") - 1)
        found = zip(
            (starts - offsets).tolist(), (ends - offsets).tolist(), letters.tolist(), strict=True
        )
        every = list(found)
        return [every[a:b] for a, b in zip(cut[:-1].tolist(), cut[1:].tolist(), strict=True)]


class Plain:
    """The words of one text, as `unspun.tagging.words.Words` describes them."""

    __slots__ = ("begin", "blanks", "count", "first", "number", "runs", "shared", "text", "totals")

    def __init__(self, shared: Shared, number: int, first: int, last: int) -> None:
        self.shared = shared
        self.number = number
        self.first = first
        self.begin = shared.offsets[number]
        self.text = shared.laid.texts[number]
        self.count = last - first
        self.blanks: list[tuple[int, int]] = []
        self.runs: list[tuple[int, int, int, int, int, int]] = []
        self.totals: list[tuple[int, int, int, int, int]] = []

    def lines(self) -> list[tuple[int, int, int]]:
        """Start, end and letters of each line that is not empty."""
        return self.shared.lines[self.number]

    def letters(self, start: int, end: int) -> int:
        """Letters between two characters."""
        letters = self.shared.laid.letters
        return int(letters[self.begin + end] - letters[self.begin + start])

    def said(self, start: int, end: int) -> int:
        """Letters of the words with a say that begin between two characters."""
        a, b = self.shared.laid.start.searchsorted([self.begin + start, self.begin + end])
        return int(self.shared.sizes[b] - self.shared.sizes[a])

    def bounds(self, first: int, last: int) -> tuple[int, int, int]:
        """First character of a range of words, one past its last, its letters with a say."""
        shared = self.shared
        a, b = self.first + first, self.first + last
        return (
            int(shared.laid.start[a]) - self.begin,
            int(shared.laid.stop[b - 1]) - self.begin,
            int(shared.sizes[b] - shared.sizes[a]),
        )

    def path(self, first: int, last: int, column: int, others: list[int]) -> list[int]:
        """The best column of each word of a range, when switches have a price."""
        laid, a, b = self.shared.laid, self.first + first, self.first + last
        starts = laid.start[a:b].tolist()
        stops = [int(laid.stop[a - 1]) if first else starts[0], *laid.stop[a : b - 1].tolist()]
        between = [laid.joined[stop:start] for stop, start in zip(stops, starts, strict=True)]
        if not first:
            between[0] = "\n"
        return switches.path(laid.evidence[a:b], column, switches.prices(between), others)


def lay(texts: Sequence[str], skips: Sequence[Sequence[tuple[int, int]]] = ()) -> Sequence[Plain]:
    """Read the words of texts, at least one."""
    laid = batch.read(texts)
    say = _say(laid, skips)
    shared = Shared(laid, say)
    if len(texts) == 1:
        found = [Plain(shared, 0, 0, len(laid.start))]
    else:
        first = laid.text.searchsorted(np.arange(len(texts) + 1)).tolist()
        found = [Plain(shared, k, first[k], first[k + 1]) for k in range(len(texts))]
    for begin, end in laid.blanks:
        one = found[bisect_right(shared.offsets, begin) - 1]
        one.blanks.append((begin - one.begin, end - one.begin))
    if len(laid.start):
        _total(found, shared, say)
    return found


def _say(laid: Batch, skips: Sequence[Sequence[tuple[int, int]]]) -> NDArray[np.bool_] | None:
    """The words that count for their document; None where all do."""
    if not any(skips):
        return None
    say = np.ones(len(laid.start), bool)
    for first, end, spans in zip(laid.offsets[:-1], laid.offsets[1:], skips, strict=True):
        for start, stop in spans:
            a, b = laid.start.searchsorted([first + start, min(first + stop, end)])
            say[a:b] = False
    return say


def _total(found: list[Plain], shared: Shared, say: NDArray[np.bool_] | None) -> None:
    """Give each text its runs, and what they say together."""
    laid = shared.laid
    run_text, run_group = laid.text.take(laid.run), laid.group.take(laid.run)
    key = run_text * 256 + run_group
    evidence = laid.evidence if say is None else laid.evidence * say[:, None].astype(np.uint32)
    total = profiles.totals(evidence, laid.run)
    letters = np.add.reduceat(shared.size, laid.run)
    of_run: Ints = np.arange(len(key))
    if len(key) > 1 and not (key[1:] > key[:-1]).all():
        key, of_run = np.unique(key, return_inverse=True)
        total, letters = _by(of_run, len(key), total), _by(of_run, len(key), letters)
    group = key & 255
    total *= _columns().take(group, axis=0)  # a stray mark may bring another script's along
    best = total.argmax(axis=1)
    total.partition(-2, axis=1)
    units = zip(
        (key >> 8).tolist(),
        zip(
            group.tolist(),
            letters.tolist(),
            best.tolist(),
            total[:, -1].tolist(),
            total[:, -2].tolist(),
            strict=True,
        ),
        strict=True,
    )
    unit_of = [0] * len(key)
    for number, (text, unit) in enumerate(units):
        unit_of[number] = len(found[text].totals)
        found[text].totals.append(unit)
    _give_runs(found, laid, run_text.tolist(), run_group.tolist(), of_run.tolist(), unit_of)


def _give_runs(
    found: list[Plain],
    laid: Batch,
    texts: list[int],
    groups: list[int],
    of_run: list[int],
    unit_of: list[int],
) -> None:
    first = [*laid.run.tolist(), len(laid.start)]
    starts = laid.start.take(laid.run).tolist()
    stops = laid.stop.take(np.append(laid.run[1:], len(laid.start)) - 1).tolist()
    for k, (text, group, unit) in enumerate(zip(texts, groups, of_run, strict=True)):
        one = found[text]
        begin, at = one.begin, one.first
        one.runs.append(
            (
                first[k] - at, first[k + 1] - at, starts[k] - begin, stops[k] - begin,
                group, unit_of[unit],
            )
        )  # fmt: skip


def _by(of_run: Ints, count: int, values: Table) -> Table:
    """Sums by unit."""
    sums = np.zeros((count, *values.shape[1:]), np.int64)
    np.add.at(sums, of_run, values)
    return sums


@lru_cache(maxsize=1)
def _columns() -> Table:
    """1 for each column that is a language of a script group, by group."""
    table = np.zeros((256, profiles.COLUMNS), np.int64)
    for script, languages in profiles.load().languages.items():
        table[scripts.load().number(script), : len(languages)] = 1
    return table


def loud(found: Sequence[Plain], columns: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    """The loud windows of each text of a batch; a window lies within one run."""
    result: list[list[tuple[int, int]]] = [[] for _ in found]
    laid = found[0].shared.laid
    main = [main[run[5]] for one, main in zip(found, columns, strict=True) for run in one.runs]
    length = np.append(laid.run[1:], len(laid.start)) - laid.run
    run = np.repeat(np.arange(len(main)), length)
    for word, column in switches.screen(laid.evidence, np.array(main, np.intp), run):
        text = int(laid.text[word])
        result[text].append((word - found[text].first, column))
    return result
