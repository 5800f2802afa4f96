"""The words of texts with NumPy: all texts of a batch at once, then each by itself."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property, lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from unspun.model import LanguageSpan
from unspun.tagging import batch, profiles, scripts, style, switches
from unspun.tagging.batch import Batch

Table = NDArray[np.int64]


class Shared:
    """What the texts of a batch have in common."""

    def __init__(self, laid: Batch, say: NDArray[np.bool_] | None) -> None:
        self.laid = laid
        self.size = laid.size if say is None else laid.size * say
        self.offsets = laid.offsets

    @cached_property
    def sizes(self) -> Table:
        """Letters with a say before each word, and at the end."""
        return np.concatenate([[0], self.size.cumsum()])

    @cached_property
    def letters(self) -> Table:
        """Letters before each character, and at the end."""
        return np.concatenate([[0], (self.laid.groups > 0).cumsum()])

    @cached_property
    def evidence(self) -> NDArray[np.uint32]:
        """Evidence of each word for each column of its group."""
        return self.laid.evidence

    @cached_property
    def lines(self) -> list[list[tuple[int, int, int]]]:
        """Start, end and letters of each line that is not empty, by text."""
        laid = self.laid
        ends = (laid.points == ord("\n")).nonzero()[0]
        starts = np.concatenate([[0], ends[:-1] + 1])
        letters = self.letters.take(ends) - self.letters.take(starts)
        full = ends > starts
        starts, ends, letters = starts[full], ends[full], letters[full]
        if len(laid.texts) == 1:
            return [list(zip(starts.tolist(), ends.tolist(), letters.tolist(), strict=True))]
        cut = starts.searchsorted(laid.offsets)
        offsets = np.array(laid.offsets)
        offsets = offsets.take(offsets.searchsorted(starts, side="right") - 1)
        found = zip(
            (starts - offsets).tolist(), (ends - offsets).tolist(), letters.tolist(), strict=True
        )
        every = list(found)
        return [every[a:b] for a, b in zip(cut[:-1].tolist(), cut[1:].tolist(), strict=True)]


class Plain:
    """The words of one text, as `unspun.tagging.words.Words` describes them."""

    __slots__ = (
        *("begin", "blanks", "count", "first", "louds", "number", "runs", "shared", "text"),
        "totals",
    )

    def __init__(self, shared: Shared, number: int, first: int, last: int) -> None:
        self.shared = shared
        self.number = number
        self.first = first
        self.begin = shared.offsets[number]
        self.text = shared.laid.texts[number]
        self.count = last - first
        self.louds: list[tuple[int, int]] = []
        self.blanks: list[tuple[int, int]] = []
        self.runs: list[tuple[int, int, int, int, int, int]] = []
        self.totals: list[tuple[int, int, int, int, int]] = []

    def lines(self) -> list[tuple[int, int, int]]:
        """Start, end and letters of each line that is not empty."""
        return self.shared.lines[self.number]

    def paragraphs(
        self,
        make: Callable[[int, int, str, str, float], LanguageSpan],
        what: tuple[str, str, float],
        other: tuple[str, str, float],
    ) -> tuple[LanguageSpan, ...]:
        """Each line that is not empty as one thing: with letters, and without."""
        return tuple(
            make(start, end, *(what if letters else other)) for start, end, letters in self.lines()
        )

    def letters(self, start: int, end: int) -> int:
        """Letters between two characters."""
        letters = self.shared.letters
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

    def turns(self, first: int, last: int, column: int) -> list[tuple[int, int, int]]:
        """Stretches of a run in one column, when switches have a price."""
        loud = self.louds[bisect_left(self.louds, (first,)) : bisect_left(self.louds, (last,))]
        others = switches.candidates([other for _, other in loud], column)
        steps = [column] * (last - first)
        for low, high in switches.around([word for word, _ in loud], first, last):
            steps[low - first : high - first] = self._path(low, high, column, others)
        turns = [k for k, (before, step) in enumerate(pairwise(steps), 1) if step != before]
        edges = pairwise([0, *turns, last - first])
        return [(first + at, first + to, steps[at]) for at, to in edges]

    def weigh(self, end: int, weights: NDArray[np.int8]) -> tuple[float, int] | None:
        """What the style of the text up to an end weighs."""
        return style.weighed(self.text[:end], weights)

    def _path(self, first: int, last: int, column: int, others: list[int]) -> list[int]:
        """The best column of each word of a range."""
        laid, a, b = self.shared.laid, self.first + first, self.first + last
        starts = laid.start[a:b].tolist()
        stops = [int(laid.stop[a - 1]) if first else starts[0], *laid.stop[a : b - 1].tolist()]
        between = [laid.joined[stop:start] for stop, start in zip(stops, starts, strict=True)]
        if not first:
            between[0] = "\n"
        return switches.path(self.shared.evidence[a:b], column, switches.prices(between), others)


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
    texts, groups = laid.text[laid.run].tolist(), laid.group[laid.run].tolist()
    keys = list(zip(texts, groups, strict=True))
    starts = laid.start[laid.run].tolist()
    evidence = shared.evidence if say is None else shared.evidence * say[:, None]
    total = _by_run(evidence, laid.run)
    letters = np.add.reduceat(shared.size, laid.run)
    units = sorted(set(keys))
    unit = [*range(len(keys))]
    if units != keys:
        number = {key: k for k, key in enumerate(units)}
        unit = [number[key] for key in keys]
        total, letters = _by(unit, len(units), total), _by(unit, len(units), letters)
    unit_of = []
    named = zip(units, letters.tolist(), total.tolist(), strict=True)
    for (text, group), size, sums in named:
        unit_of.append(len(found[text].totals))
        found[text].totals.append((group, size, *_best(sums[: _columns()[group]])))
    _give_runs(found, laid, starts, keys, [unit_of[k] for k in unit])


def _best(sums: list[int]) -> tuple[int, int, int]:
    """The best column, its evidence and that of the second; a stray mark brings others along."""
    if not sums:
        return 0, 0, 0
    top = max(sums)
    best = sums.index(top)
    sums[best] = 0
    return best, top, max(sums)


def _give_runs(
    found: list[Plain],
    laid: Batch,
    starts: list[int],
    keys: list[tuple[int, int]],
    units: list[int],
) -> None:
    first = laid.run.tolist()
    last = [*first[1:], len(laid.start)]
    end, *stops = laid.stop[laid.run - 1].tolist()  # before the first word stands the last
    for (text, group), unit, a, b, start, stop in zip(
        keys, units, first, last, starts, [*stops, end], strict=True
    ):
        one = found[text]
        begin, at = one.begin, one.first
        one.runs.append((a - at, b - at, start - begin, stop - begin, group, unit))


def _by_run(evidence: NDArray[np.uint32], run: NDArray[np.intp]) -> Table:
    """Sums of the words of each run; where runs are long, one by one is sooner."""
    if len(evidence) < _LONG_RUN * len(run):
        return np.add.reduceat(evidence, run, axis=0, dtype=np.int64)
    edges = pairwise([*run.tolist(), len(evidence)])
    return np.array([_sum(evidence[a:b]) for a, b in edges])


_LONG_RUN = 50  # words
_MOST = 1 << 16  # words whose evidence 32 bits hold: that of one takes 16


def _sum(evidence: NDArray[np.uint32]) -> Table:
    """The sum of words, without a wider number for each of them."""
    pieces = range(0, len(evidence), _MOST)
    total: Table = np.sum(
        [evidence[at : at + _MOST].sum(axis=0, dtype=np.uint32) for at in pieces],
        axis=0,
        dtype=np.int64,
    )
    return total


def _by(of_run: Sequence[int], count: int, values: NDArray[np.integer]) -> Table:
    """Sums by unit."""
    sums = np.zeros((count, *values.shape[1:]), np.int64)
    np.add.at(sums, of_run, values)
    return sums


@lru_cache(maxsize=1)
def _columns() -> list[int]:
    """How many languages each script group has columns for."""
    found = [0] * 256
    for script, languages in profiles.load().languages.items():
        found[scripts.load().number(script)] = len(languages)
    return found


def loud(found: Sequence[Plain], columns: Sequence[Sequence[int]]) -> list[list[tuple[int, int]]]:
    """The loud windows of each text of a batch; a window lies within one run."""
    result: list[list[tuple[int, int]]] = [[] for _ in found]
    shared = found[0].shared
    laid = shared.laid
    main = [main[run[5]] for one, main in zip(found, columns, strict=True) for run in one.runs]
    length = np.append(laid.run[1:], len(laid.start)) - laid.run
    run = np.repeat(np.arange(len(main)), length)
    for word, column in switches.screen(shared.evidence, np.array(main, np.intp), run):
        text = int(laid.text[word])
        result[text].append((word - found[text].first, column))
    for one, windows in zip(found, result, strict=True):
        one.louds = windows
    return result
