"""Spans, paragraphs and the document's language, from one reading of a batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.kernels.values import changer, maker
from unspun.model import LanguageSpan, Origin, Tagged
from unspun.tagging import (
    confidence,
    exact,
    han,
    origin,
    profiles,
    scripts,
    supplement,
    switches,
    units,
)
from unspun.tagging import words as reading
from unspun.tagging.words import Run, Words

WEIGHT = {"Latn": 1, "Hans": 4, "Hant": 4, "Jpan": 3, "Kore": 3}
"""Letters of the Latin alphabet that say as much as one character: UDHR's lengths, rounded up, for
names and brands are written in it in every other script's texts."""
_OTHER = 1.5  # any other alphabet
UNSPACED = ("Hans", "Hant", "Jpan")
"""Scripts that put no blank between words: one beside them belongs to the other side."""


_NOTHING = "und", "Zyyy", 1.0
_span = maker(LanguageSpan)
_tagged, _changed = maker(Tagged), changer(Tagged)
_UNJUDGED = Origin()


class Piece(NamedTuple):
    """From here on, the text is in this language."""

    start: int
    language: str
    script: str
    confidence: float


def tag_batch(
    texts: Sequence[str],
    config: TagConfig,
    ids: Sequence[str],
    skips: Sequence[Sequence[tuple[int, int]]],
    *,
    judged: bool = False,
) -> list[Tagged]:
    """The tags of every text of a batch, which is not empty; judged, with their origins."""
    laid = reading.lay(texts, skips)
    named = units.name(laid, config)
    loud = reading.loud(laid, [[max(unit.column, 0) for unit in found] for found in named])
    return [
        _Tagger(words, found, windows, config).tagged(name, judged=judged)
        for words, found, windows, name in zip(laid, named, loud, ids, strict=True)
    ]


class _Tagger:
    """What is known of a text, turned into its tags."""

    __slots__ = ("config", "loud", "text", "units", "words")

    def __init__(
        self,
        words: Words,
        named: Sequence[units.Unit],
        loud: Sequence[tuple[int, int]],
        config: TagConfig,
    ) -> None:
        self.words = words
        self.text = words.text
        self.units = named
        self.loud = loud
        self.config = config

    def tagged(self, name: str, *, judged: bool) -> Tagged:
        """Everything about the text."""
        only = self._only()
        if only is None:
            spans = _spans(self._overlay(self._pieces()), len(self.text))
        else:
            spans = (_span(0, len(self.text), *only),)
        language, script, certain = self._document(spans)
        if self.config.method == "exact":
            language, certain = exact.checked(self.text, self.config.seed, language, certain)
        spans = self._tight(spans, language)
        paragraphs = self._paragraphs(spans)
        found = _tagged(name, language, script, certain, spans, _UNJUDGED, paragraphs)
        if not judged:
            return found
        return _changed(found, origin=origin.judge(self.text, found, read=self.words))

    def _tight(self, spans: tuple[LanguageSpan, ...], language: str) -> tuple[LanguageSpan, ...]:
        """Give the white space behind a foreign passage to what follows it."""
        if len(spans) == 1:
            return spans
        result = list(spans)
        for k, (span, after) in enumerate(pairwise(spans)):
            home = after.language in (language, "und") and after.script not in UNSPACED
            if home and span.language not in (language, "und"):
                text = self.text[span.start : span.end]
                stop = span.start + (len(text.rstrip()) or len(text))
                if stop < span.end:
                    result[k] = replace(result[k], end=stop)
                    result[k + 1] = replace(after, start=stop)
        return tuple(result)

    def _pieces(self) -> list[Piece]:
        most = max(map(units.weight, self.units), default=0)
        pieces: list[Piece] = []
        chinese = self._chinese()
        for run in self.words.runs:
            unit = self.units[run[5]]
            begin = self._opening(run[2], pieces)
            if unit.group == scripts.CJK[0]:
                first, *rest = next(chinese)
                pieces += [first._replace(start=begin), *rest]
            elif unit.column < 0 or self._unnamed(unit, most):
                pieces.append(Piece(begin, *self._whole(unit, most)))
            else:
                pieces += self._switches(run, unit, begin, pieces)
        return pieces

    def _only(self) -> reading.What | None:
        """What a text of one script and language is, as most are."""
        if self.loud or len(self.words.runs) != 1 or self.words.blanks:
            return None
        unit = self.units[0]
        return None if unit.group == scripts.CJK[0] else self._whole(unit, units.weight(unit))

    def _whole(self, unit: units.Unit, most: float) -> reading.What:
        """What a run is as a whole."""
        if unit.column >= 0 and self._unnamed(unit, most):
            return "und", unit.group, 1 - unit.confidence
        return units.what(unit)

    def _chinese(self) -> Iterator[list[Piece]]:
        """The pieces of each run of Chinese or Japanese, told apart with the whole text in view."""
        groups = [unit.group for unit in self.units]
        ranges = [run[2:4] for run in self.words.runs if groups[run[5]] == scripts.CJK[0]]
        for lines in han.stretches(self.text, ranges) if ranges else ():
            yield [
                Piece(line.start, line.language, line.script, confidence.of_votes(line.votes))
                for line in lines
            ]

    def _unnamed(self, unit: units.Unit, most: float) -> bool:
        """Whether a unit is too short to name: for its text, or alone."""
        few = unit.letters < self.config.min_letters
        return few and (units.weight(unit) < most or units.too_short(unit, self.words))

    def _opening(self, start: int, pieces: list[Piece]) -> int:
        """Move back over what opens the word: a quotation mark, a bracket."""
        floor = pieces[-1].start + 1 if pieces else start
        while start > floor and self.text[start - 1] in scripts.OPENING:
            start -= 1
        return start

    def _switches(self, run: Run, unit: units.Unit, begin: int, before: list[Piece]) -> list[Piece]:
        """Follow the language from word to word through a run."""
        if not self.loud:
            return [Piece(begin, unit.language, unit.group, unit.confidence)]
        turns = self.words.turns(run[0], run[1], unit.column)
        foreign = [(a, b) for a, b, column in turns if column != unit.column]
        checked = dict(zip(foreign, self._checked(foreign, unit), strict=True))
        pieces: list[Piece] = []
        for k, (a, b, _) in enumerate(turns):
            if k:
                begin = self._opening(self.words.bounds(a, b)[0], [*before[-1:], *pieces])
            language, certain = checked.get((a, b), (unit.language, unit.confidence))
            pieces.append(Piece(begin, language, unit.group, certain))
        return pieces

    def _checked(
        self, passages: Sequence[tuple[int, int]], unit: units.Unit
    ) -> list[tuple[str, float]]:
        """The language of passages in another language, by both readings; the text's in doubt."""
        if not passages:
            return []
        languages = profiles.load().languages[unit.group]
        bounds = [self.words.bounds(a, b) for a, b in passages]
        scores = supplement.load().score([self.text[a:b] for a, b, _ in bounds])
        found = []
        for (_, _, letters), score in zip(bounds, scores, strict=True):
            sums = units.together(unit.group, score)[: len(languages)]
            best = sums.index(max(sums))
            margin = (sums[best] - sums[unit.column]) / supplement.STEPS
            if margin < switches.LEAST:
                found.append((unit.language, unit.confidence))
            else:
                language = supplement.name(languages[best], unit.group)
                loss = supplement.loss(score, best, letters)
                found.append((language, confidence.of_supplement(margin, letters, loss)))
        return found

    def _overlay(self, pieces: list[Piece]) -> list[Piece]:
        """Cut links and code out of the pieces."""
        blanks = self.words.blanks
        if not blanks:
            return pieces
        result: list[Piece] = []
        at = 0
        last: Piece | None = None
        for begin, stop in blanks:
            while at < len(pieces) and pieces[at].start < begin:
                last = pieces[at]
                result.append(last)
                at += 1
            result.append(Piece(begin, "und", "Zyyy", 1.0))
            follows = at < len(pieces) and pieces[at].start <= stop
            if last is not None and stop < len(self.text) and not follows:
                result.append(last._replace(start=stop))
        return [*result, *pieces[at:]]

    def _document(self, spans: Sequence[LanguageSpan]) -> tuple[str, str, float]:
        """The language with most letters, its script and confidence."""
        if len(spans) == 1:
            return spans[0].language, spans[0].script, spans[0].confidence
        totals: dict[tuple[str, str], float] = {}
        certain: dict[tuple[str, str], float] = {}
        for span in spans:
            key = span.language, span.script
            factor = WEIGHT.get(span.script, _OTHER) if span.language != "und" else 0.1
            weight = self.words.said(span.start, span.end) * factor
            totals[key] = totals.get(key, 0) + weight
            certain[key] = max(certain.get(key, 0), span.confidence)
        best = max(totals, key=lambda key: totals[key], default=None)
        if best is None or totals[best] == 0:
            return "und", "Zyyy", 1.0
        return *best, certain[best]

    def _paragraphs(self, spans: Sequence[LanguageSpan]) -> tuple[LanguageSpan, ...]:
        """Each line with something in it, in the language of most of its letters."""
        if len(spans) == 1:
            only = spans[0]
            what = only.language, only.script, only.confidence
            return self.words.paragraphs(_span, what, _NOTHING)
        found = []
        at = 0
        for begin, stop, letters in self.words.lines():
            while spans[at].end <= begin:
                at += 1
            best = spans[at]
            if best.end < stop:
                best, letters = self._loudest(spans, at, begin, stop)  # noqa: PLW2901
            if letters:
                found.append(_span(begin, stop, best.language, best.script, best.confidence))
            else:
                found.append(_span(begin, stop, *_NOTHING))
        return tuple(found)

    def _loudest(
        self, spans: Sequence[LanguageSpan], at: int, begin: int, stop: int
    ) -> tuple[LanguageSpan, int]:
        """Of the spans from one on, that with most letters of a line, and how many."""
        best, most = spans[at], -1
        while at < len(spans) and spans[at].start < stop:
            low, high = max(begin, spans[at].start), min(stop, spans[at].end)
            count = self.words.letters(low, high)
            if count > most:
                best, most = spans[at], count
            at += 1
        return best, most


def _spans(pieces: Sequence[Piece], size: int) -> tuple[LanguageSpan, ...]:
    """Pieces as spans that cover the text, neighbours of one language joined."""
    if not size:
        return ()
    if not pieces:
        return (_span(0, size, *_NOTHING),)
    if len(pieces) == 1:
        return (_span(0, size, *pieces[0][1:]),)
    kept: list[Piece] = []
    for piece in pieces:
        if not kept or kept[-1][1:3] != piece[1:3]:
            kept.append(piece)
    edges = [0, *(piece.start for piece in kept[1:]), size]
    return tuple(
        _span(a, b, piece.language, piece.script, piece.confidence)
        for (a, b), piece in zip(pairwise(edges), kept, strict=True)
        if a < b
    )
