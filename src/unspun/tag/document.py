"""Spans, paragraphs and the document's language, from one reading of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun.config import TagConfig
from unspun.model import LanguageSpan, Tagged
from unspun.tag import confidence, han, profiles, scripts, switches
from unspun.tag.batch import Batch

_WEIGHT = {"Hani": 3, "Hang": 2}
"""How many letters of an alphabet say as much as one character: UDHR's lengths, rounded."""
_SCRIPT = {"Hang": "Kore", "Hani": "Hani"}
SCREEN = 25.0
PRICES = (30.0, 18.0, 12.0)  # within a sentence, at its end, at a line's end


class Unit(NamedTuple):
    """All words of one text in one script group.

    Attributes:
        column: The column with most evidence, -1 where the script has one language.
        language: Its language.
        confidence: Probability that it is right.
        letters: Letters read.
    """

    column: int
    language: str
    confidence: float
    letters: int


class Piece(NamedTuple):
    """From here on, the text is in this language."""

    start: int
    language: str
    script: str
    confidence: float


def tag_batch(
    batch: Batch,
    config: TagConfig,
    ids: Sequence[str],
    skips: Sequence[Sequence[tuple[int, int]]],
) -> list[Tagged]:
    """The tags of every text of a batch."""
    read = np.ones(len(batch.start), bool)
    for number, spans in enumerate(skips):
        for start, end in spans:
            first = int(batch.offsets[number])
            a, b = np.searchsorted(batch.start, [first + start, first + end])
            read[a:b] = False
    reader = _Reader(batch, config, read)
    return [reader.tagged(number, name) for number, name in enumerate(ids)]


class _Reader:
    def __init__(self, batch: Batch, config: TagConfig, read: NDArray[np.bool_]) -> None:
        self.batch = batch
        self.config = config
        self.names = scripts.load().names
        self.languages = profiles.load().languages
        self.run_text = batch.text[batch.run]
        self.run_group = batch.group[batch.run]
        self.run_stop = np.append(batch.run, len(batch.start))[1:]
        self.first_run = np.searchsorted(self.run_text, np.arange(len(batch.offsets)))
        self.feeds = np.flatnonzero(batch.points == ord("\n"))
        self.read = read
        self.size = np.where(read, batch.letters[batch.stop] - batch.letters[batch.start], 0)
        self._units()
        self._screen()

    def _units(self) -> None:
        """Total the evidence of each text in each script group."""
        batch = self.batch
        key = self.run_text * 256 + self.run_group
        self.unit_key, self.unit_of_run = np.unique(key, return_inverse=True)
        columns = batch.evidence.shape[1]
        self.total = np.zeros((len(self.unit_key), columns))
        self.letters = np.zeros(len(self.unit_key), np.int64)
        if len(key):
            evidence = batch.evidence
            if not self.read.all():
                evidence = evidence * self.read[:, None]
            np.add.at(self.total, self.unit_of_run, np.add.reduceat(evidence, batch.run, axis=0))
            np.add.at(self.letters, self.unit_of_run, np.add.reduceat(self.size, batch.run))
        order = np.sort(self.total, axis=1)
        self.main = self.total.argmax(axis=1)
        self.margin = order[:, -1] - order[:, -2]

    def _screen(self) -> None:
        """Find the units in which a window of words speaks for another language."""
        batch = self.batch
        self.gain = np.zeros(0, np.float32)
        self.loud = np.zeros(len(self.unit_key), bool)
        if len(batch.start):
            lengths = self.run_stop - batch.run
            self.unit_of_word = np.repeat(self.unit_of_run, lengths)
            self.gain = switches.screen(batch.evidence, self.main[self.unit_of_word])
            self.loud[self.unit_of_word[self.gain > SCREEN]] = True

    def unit(self, number: int) -> Unit:
        """What a text's words of one script group are, taken together."""
        group = self.names[int(self.unit_key[number]) & 255]
        letters = int(self.letters[number])
        if group not in self.languages:
            language = scripts.LANGUAGE_OF_SCRIPT.get(group, "und")
            return Unit(-1, language, 0.99 if language != "und" else 0.5, letters)
        column = int(self.main[number])
        certain = confidence.of_margin(float(self.margin[number]), letters)
        return Unit(column, self.languages[group][column], certain, letters)

    def tagged(self, number: int, name: str) -> Tagged:
        """Everything about one text."""
        start = int(self.batch.offsets[number])
        end = int(self.batch.offsets[number + 1]) - 1
        pieces = self._pieces(number)
        pieces = self._overlay(pieces, start, end)
        spans = _spans(pieces, start, end)
        weights = self._weights(spans, start)
        language, script, certain = _document(spans, weights)
        return Tagged(
            name,
            language,
            script,
            certain,
            spans,
            paragraphs=self._paragraphs(spans, start, end),
        )

    def _pieces(self, number: int) -> list[Piece]:
        first, last = int(self.first_run[number]), int(self.first_run[number + 1])
        units = {int(u): self.unit(int(u)) for u in set(self.unit_of_run[first:last].tolist())}
        most = max((unit.letters for unit in units.values()), default=0)
        pieces: list[Piece] = []
        for run in range(first, last):
            which = int(self.unit_of_run[run])
            unit = units[which]
            group = self.names[int(self.run_group[run])]
            begin = self._opening(int(self.batch.start[self.batch.run[run]]), pieces)
            if group == scripts.CJK[0]:
                stop = int(self.batch.stop[self.run_stop[run] - 1])
                pieces += [
                    Piece(a, language, script, confidence.of_votes(votes))
                    for a, _, language, script, votes in han.lines(self.batch.points, begin, stop)
                ]
            elif unit.column < 0:
                pieces.append(
                    Piece(begin, unit.language, _SCRIPT.get(group, group), unit.confidence)
                )
            elif self._too_short(unit, most):
                pieces.append(Piece(begin, "und", group, 1 - unit.confidence))
            elif self.loud[which]:
                pieces += self._switches(run, which, unit, group)
            else:
                pieces.append(Piece(begin, unit.language, group, unit.confidence))
        return pieces

    def _too_short(self, unit: Unit, most: int) -> bool:
        if unit.letters >= self.config.min_letters:
            return False
        return unit.letters < most or unit.confidence < 0.5  # noqa: PLR2004 - more wrong than right

    def _opening(self, start: int, pieces: list[Piece]) -> int:
        """Move back over what opens the word: a quotation mark, a bracket."""
        floor = pieces[-1].start + 1 if pieces else 0
        points = self.batch.points
        while start > floor and chr(points[start - 1]) in scripts.OPENING:
            start -= 1
        return start

    def _switches(self, run: int, which: int, unit: Unit, group: str) -> list[Piece]:
        """Follow the language from word to word through a run."""
        batch = self.batch
        a, b = int(batch.run[run]), int(self.run_stop[run])
        evidence = batch.evidence[a:b]
        mine = self.unit_of_word == which
        others = switches.candidates(batch.evidence[mine], self.gain[mine], SCREEN)
        others = [k for k in others if k != unit.column]
        steps = switches.path(evidence, unit.column, self._prices(a, b), others)
        pieces: list[Piece] = []
        languages = self.languages[group]
        at = 0
        while at < len(steps):
            to = at
            while to < len(steps) and steps[to] == steps[at]:
                to += 1
            begin = self._opening(int(batch.start[a + at]), pieces)
            total = np.sort(evidence[at:to].sum(axis=0))
            letters = int(self.size[a + at : a + to].sum())
            certain = confidence.of_margin(float(total[-1] - total[-2]), letters)
            pieces.append(Piece(begin, languages[steps[at]], group, certain))
            at = to
        return pieces

    def _prices(self, a: int, b: int) -> list[float]:
        """What a switch before each word costs: least after a line's end."""
        batch = self.batch
        prices = [PRICES[2]]
        for word in range(a + 1, b):
            between = batch.points[int(batch.stop[word - 1]) : int(batch.start[word])].tolist()
            prices.append(PRICES[_boundary(between)])
        return prices

    def _overlay(self, pieces: list[Piece], start: int, end: int) -> list[Piece]:
        """Cut links and code out of the pieces."""
        inside = [b for b in self.batch.blanks if start <= b[0] < end]
        if not inside:
            return pieces
        cuts = [Piece(a, "und", "Zyyy", 1.0) for a, _ in inside]
        result: list[Piece] = []
        for cut, (a, b) in zip(cuts, inside, strict=True):
            before = [p for p in pieces if p.start < a]
            result += before
            pieces = [p for p in pieces if p.start >= a]
            result.append(cut)
            last = next((p for p in reversed(result) if p.script != "Zyyy"), None)
            if last and b < end and not (pieces and pieces[0].start == b):
                result.append(last._replace(start=b))
        return [*result, *pieces]

    def _weights(self, spans: Sequence[LanguageSpan], start: int) -> list[int]:
        """Letters of each span that count for the document."""
        edges = np.array([start + s.start for s in spans] + [start + s.end for s in spans[-1:]])
        sums = np.concatenate([[0], np.cumsum(self.size)])
        at = np.searchsorted(self.batch.start, edges)
        return [int(n) for n in np.diff(sums[at])]

    def _paragraphs(
        self, spans: Sequence[LanguageSpan], start: int, end: int
    ) -> tuple[LanguageSpan, ...]:
        a, b = np.searchsorted(self.feeds, [start, end])
        edges = [start - 1, *self.feeds[a:b].tolist(), end]
        letters = self.batch.letters
        found = []
        at = 0
        for before, stop in zip(edges, edges[1:], strict=False):
            begin = before + 1
            if begin == stop:
                continue
            while at + 1 < len(spans) and start + spans[at].end <= begin:
                at += 1
            best, most = spans[at], 0
            k = at
            while k < len(spans) and start + spans[k].start < stop:
                low, high = max(begin, start + spans[k].start), min(stop, start + spans[k].end)
                count = int(letters[high] - letters[low])
                if count > most:
                    best, most = spans[k], count
                k += 1
            language, script, certain = best.language, best.script, best.confidence
            if not most:
                language, script, certain = "und", "Zyyy", 1.0
            found.append(LanguageSpan(begin - start, stop - start, language, script, certain))
        return tuple(found)


def _boundary(between: list[int]) -> int:
    """How strongly the characters between two words part them: 0, 1 or 2."""
    if 0x0A in between:
        return 2
    return int(any(chr(c) in '.!?:;()[]"«»“”„…—–' for c in between))


def _spans(pieces: Sequence[Piece], start: int, end: int) -> tuple[LanguageSpan, ...]:
    """Pieces as spans that cover the text, neighbours of one language joined."""
    if start == end:
        return ()
    if not pieces:
        return (LanguageSpan(0, end - start, "und", "Zyyy", 1.0),)
    kept: list[Piece] = []
    for piece in pieces:
        if kept and kept[-1][1:3] == piece[1:3]:
            continue
        kept.append(piece)
    edges = [0, *(piece.start - start for piece in kept[1:]), end - start]
    return tuple(
        LanguageSpan(a, b, piece.language, piece.script, piece.confidence)
        for a, b, piece in zip(edges, edges[1:], kept, strict=False)
        if a < b
    )


def _document(spans: Sequence[LanguageSpan], weights: Sequence[int]) -> tuple[str, str, float]:
    """The language with most letters, its script and confidence."""
    if len(spans) == 1:
        return spans[0].language, spans[0].script, spans[0].confidence
    totals: dict[tuple[str, str], float] = {}
    certain: dict[tuple[str, str], float] = {}
    for span, weight in zip(spans, weights, strict=True):
        key = span.language, span.script
        factor = _FACTOR.get(span.script, 1) if span.language != "und" else 0.1
        totals[key] = totals.get(key, 0) + weight * factor
        certain[key] = max(certain.get(key, 0), span.confidence)
    if not totals or max(totals.values()) == 0:
        return "und", "Zyyy", 1.0
    best = max(totals, key=lambda key: totals[key])
    return *best, certain[best]


_FACTOR = {"Hans": 3, "Hant": 3, "Jpan": 2, "Kore": 2}
