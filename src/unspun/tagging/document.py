"""Spans, paragraphs and the document's language, from one reading of a batch."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from unspun.config import TagConfig
from unspun.model import LanguageSpan, Tagged
from unspun.tagging import confidence, exact, han, profiles, scripts, supplement, switches, units
from unspun.tagging.batch import Batch

WEIGHT = {"Hans": 3, "Hant": 3, "Jpan": 2, "Kore": 2}
"""Letters of an alphabet that say as much as one character: UDHR's lengths, rounded."""
UNSPACED = ("Hans", "Hant", "Jpan")
"""Scripts that put no blank between words: one beside them belongs to the other side."""


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
    reader = _Reader(batch, config, _say(batch, skips))
    return [reader.tagged(number, name) for number, name in enumerate(ids)]


def _say(batch: Batch, skips: Sequence[Sequence[tuple[int, int]]]) -> np.ndarray | None:
    """The words that count for their document; None where all do."""
    if not any(skips):
        return None
    say = np.ones(len(batch.start), bool)
    for number, spans in enumerate(skips):
        first = int(batch.offsets[number])
        for start, end in spans:
            a, b = np.searchsorted(batch.start, [first + start, first + end])
            say[a:b] = False
    return say


class _Reader:
    """What is known of a batch, turned into the tags of one text after the other."""

    def __init__(self, batch: Batch, config: TagConfig, say: np.ndarray | None) -> None:
        self.batch = batch
        self.config = config
        self.names = scripts.load().names
        self.languages = profiles.load().languages
        self.units = units.gather(batch, say, config)
        self.sizes = np.zeros(len(self.units.size) + 1, np.int64)
        self.units.size.cumsum(out=self.sizes[1:])
        run_text = batch.text.take(batch.run)
        self.first_run = run_text.searchsorted(np.arange(len(batch.offsets))).tolist()
        self.offsets = batch.offsets.tolist()
        self.first_blank = [bisect_left(batch.blanks, (offset, 0)) for offset in self.offsets]
        self.run = [*batch.run.tolist(), len(batch.start)]
        self.run_start = batch.start.take(batch.run).tolist()
        self.run_group = batch.group.take(batch.run).tolist()
        self.of_run = self.units.of_run.tolist()
        self.feeds = (batch.points == ord("\n")).nonzero()[0].tolist()
        self._screen()

    def _screen(self) -> None:
        """Find the runs in which a window of words speaks for another language."""
        batch = self.batch
        run = np.zeros(len(batch.start), np.intp)
        run[batch.run[1:]] = 1
        unit = self.units.of_run.take(run.cumsum()) if len(run) else run
        self.gain, self.best = switches.screen(batch.evidence, self.units.main, unit)
        loud = (self.gain > switches.GAIN).nonzero()[0]
        self.loud = set()
        self.price = batch.letters[:0]
        if len(loud):
            self.loud = set((batch.run.searchsorted(loud, side="right") - 1).tolist())
            self.price = switches.prices(batch)

    def tagged(self, number: int, name: str) -> Tagged:
        """Everything about one text."""
        start, end = self.offsets[number], self.offsets[number + 1] - 1
        pieces = self._overlay(self._pieces(number), number, end)
        spans = _spans(pieces, start, end)
        language, script, certain = self._document(spans, start)
        if self.config.method == "exact":
            language, certain = self._exact(language, certain, start, end)
        spans = self._tight(spans, start, language)
        paragraphs = self._paragraphs(spans, start, end)
        return Tagged(name, language, script, certain, spans, paragraphs=paragraphs)

    def _tight(
        self, spans: Sequence[LanguageSpan], start: int, language: str
    ) -> tuple[LanguageSpan, ...]:
        """Give the white space behind a foreign passage to what follows it."""
        result = list(spans)
        for k, (span, after) in enumerate(pairwise(spans)):
            home = after.language in (language, "und") and after.script not in UNSPACED
            if home and span.language not in (language, "und"):
                text = self.batch.joined[start + span.start : start + span.end]
                stop = span.start + (len(text.rstrip()) or len(text))
                result[k] = replace(result[k], end=stop)
                result[k + 1] = replace(after, start=stop)
        return tuple(result)

    def _exact(self, language: str, certain: float, start: int, end: int) -> tuple[str, float]:
        """The label of langdetect; where the tables say otherwise, as likely right as wrong."""
        label = exact.language(self.batch.joined[start:end], self.config.seed)
        return label, certain if label == language else 0.5

    def _pieces(self, number: int) -> list[Piece]:
        first, last = self.first_run[number], self.first_run[number + 1]
        known = [self.units.units[self.of_run[run]] for run in range(first, last)]
        groups = [self.names[group] for group in self.run_group[first:last]]
        most = max(map(units.weight, known, groups), default=0)
        least = self.config.min_letters
        pieces: list[Piece] = []
        for run, unit, group in zip(range(first, last), known, groups, strict=True):
            begin = self._opening(self.run_start[run], pieces)
            if group == scripts.CJK[0]:
                pieces += self._han(run, begin)
            elif unit.column < 0:
                script = "Kore" if group == "Hang" else group
                pieces.append(Piece(begin, unit.language, script, unit.confidence))
            elif unit.letters < min(most, least) or units.too_short(
                unit, self.batch, number, least
            ):
                pieces.append(Piece(begin, "und", group, 1 - unit.confidence))
            elif run in self.loud:
                pieces += self._switches(run, unit, group, pieces)
            else:
                pieces.append(Piece(begin, unit.language, group, unit.confidence))
        return pieces

    def _han(self, run: int, begin: int) -> list[Piece]:
        stop = int(self.batch.stop[self.run[run + 1] - 1])
        return [
            Piece(line.start, line.language, line.script, confidence.of_votes(line.votes))
            for line in han.lines(self.batch.points, begin, stop)
        ]

    def _opening(self, start: int, pieces: list[Piece]) -> int:
        """Move back over what opens the word: a quotation mark, a bracket."""
        floor = pieces[-1].start + 1 if pieces else start
        text = self.batch.joined
        while start > floor and text[start - 1] in scripts.OPENING:
            start -= 1
        return start

    def _switches(self, run: int, unit: units.Unit, group: str, before: list[Piece]) -> list[Piece]:
        """Follow the language from word to word through a run."""
        a, b = self.run[run], self.run[run + 1]
        loud = a + np.flatnonzero(self.gain[a : max(a, b - switches.WINDOW + 1)] > switches.GAIN)
        others = [k for k in switches.candidates(self.best[loud]) if k != unit.column]
        steps = [unit.column] * (b - a)
        for low, high in switches.around(loud, a, b):
            price = self.price[low:high].tolist()
            evidence = self.batch.evidence[low:high]
            steps[low - a : high - a] = switches.path(evidence, unit.column, price, others)
        turns = [k for k in range(1, b - a) if steps[k] != steps[k - 1]]
        edges = list(pairwise([0, *turns, b - a]))
        foreign = [(a + at, a + to) for at, to in edges if steps[at] != unit.column]
        checked = dict(zip(foreign, self._checked(foreign, unit, group), strict=True))
        pieces: list[Piece] = []
        for at, to in edges:
            begin = self._opening(int(self.batch.start[a + at]), [*before[-1:], *pieces])
            language, certain = checked.get((a + at, a + to), (unit.language, unit.confidence))
            pieces.append(Piece(begin, language, group, certain))
        return pieces

    def _checked(
        self, passages: Sequence[tuple[int, int]], unit: units.Unit, group: str
    ) -> list[tuple[str, float]]:
        """The language of passages in another language, by both readings; the text's in doubt."""
        if not passages:
            return []
        batch = self.batch
        texts = [batch.joined[int(batch.start[a]) : int(batch.stop[b - 1])] for a, b in passages]
        found = []
        for (a, b), score in zip(passages, supplement.load().score(texts), strict=True):
            sums = units.together(group, score)[: len(self.languages[group])]
            best = int(sums.argmax())
            margin = float(sums[best] - sums[unit.column]) / supplement.STEPS
            if margin < switches.LEAST:
                found.append((unit.language, unit.confidence))
            else:
                letters = int(self.sizes[b] - self.sizes[a])
                language = supplement.name(self.languages[group][best], group)
                loss = supplement.loss(score, best, letters)
                found.append((language, confidence.of_supplement(margin, letters, loss)))
        return found

    def _overlay(self, pieces: list[Piece], number: int, end: int) -> list[Piece]:
        """Cut links and code out of the pieces."""
        a, b = self.first_blank[number], self.first_blank[number + 1]
        if a == b:
            return pieces
        result: list[Piece] = []
        at = 0
        last: Piece | None = None
        for begin, stop in self.batch.blanks[a:b]:
            while at < len(pieces) and pieces[at].start < begin:
                last = pieces[at]
                result.append(last)
                at += 1
            result.append(Piece(begin, "und", "Zyyy", 1.0))
            follows = at < len(pieces) and pieces[at].start <= stop
            if last is not None and stop < end and not follows:
                result.append(last._replace(start=stop))
        return [*result, *pieces[at:]]

    def _document(self, spans: Sequence[LanguageSpan], start: int) -> tuple[str, str, float]:
        """The language with most letters, its script and confidence."""
        if len(spans) == 1:
            return spans[0].language, spans[0].script, spans[0].confidence
        edges = [start + s.start for s in spans] + [start + s.end for s in spans[-1:]]
        weights = np.diff(self.sizes[np.searchsorted(self.batch.start, edges)]).tolist()
        totals: dict[tuple[str, str], float] = {}
        certain: dict[tuple[str, str], float] = {}
        for span, weight in zip(spans, weights, strict=True):
            key = span.language, span.script
            factor = WEIGHT.get(span.script, 1) if span.language != "und" else 0.1
            totals[key] = totals.get(key, 0) + weight * factor
            certain[key] = max(certain.get(key, 0), span.confidence)
        best = max(totals, key=lambda key: totals[key], default=None)
        if best is None or totals[best] == 0:
            return "und", "Zyyy", 1.0
        return *best, certain[best]

    def _paragraphs(
        self, spans: Sequence[LanguageSpan], start: int, end: int
    ) -> tuple[LanguageSpan, ...]:
        """Each line with something in it, in the language of most of its letters."""
        feeds = self.feeds
        a, b = bisect_left(feeds, start), bisect_left(feeds, end)
        letters = self.batch.letters
        found = []
        at = 0
        for before, stop in pairwise([start - 1, *feeds[a:b], end]):
            begin = before + 1
            if begin == stop:
                continue
            while at + 1 < len(spans) and start + spans[at].end <= begin:
                at += 1
            best, most = spans[at], -1
            k = at
            while k < len(spans) and start + spans[k].start < stop:
                low, high = max(begin, start + spans[k].start), min(stop, start + spans[k].end)
                count = int(letters[high]) - int(letters[low])
                if count > most:
                    best, most = spans[k], count
                k += 1
            language, script, certain = best.language, best.script, best.confidence
            if most <= 0:
                language, script, certain = "und", "Zyyy", 1.0
            found.append(LanguageSpan(begin - start, stop - start, language, script, certain))
        return tuple(found)


def _spans(pieces: Sequence[Piece], start: int, end: int) -> tuple[LanguageSpan, ...]:
    """Pieces as spans that cover the text, neighbours of one language joined."""
    if start == end:
        return ()
    if not pieces:
        return (LanguageSpan(0, end - start, "und", "Zyyy", 1.0),)
    kept: list[Piece] = []
    for piece in pieces:
        if not kept or kept[-1][1:3] != piece[1:3]:
            kept.append(piece)
    edges = [0, *(piece.start - start for piece in kept[1:]), end - start]
    return tuple(
        LanguageSpan(a, b, piece.language, piece.script, piece.confidence)
        for (a, b), piece in zip(pairwise(edges), kept, strict=True)
        if a < b
    )
