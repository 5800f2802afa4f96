"""Page numbers, and the headers and footers around them, in text taken from paged documents.

Numbers are page numbers if they count up by one at even distances, or stand at form feeds; what
stands beside them page after page is a header or footer.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from itertools import chain, pairwise
from statistics import mean, pstdev
from typing import NamedTuple

from unspun.chrome.lines import Line
from unspun.chrome.page import Page, Verdict

LEAST = 3
"""Pages from which anything can be told."""
_NUMBER = re.compile(r"\d{1,4}")
_ALONE = re.compile(  # a number with nothing but a word for 'page', in front of or behind it
    r"(?:(?:page|pg|p|seite|página|pagina|pág|pag|strona|str|стр|страница|сторінка|sida|side|sivu|"
    r"oldal|sayfa|blad|bladzijde|halaman|trang|第)\W*)?#"
    r"(?:\W*(?:/|of|von|de|di|из|van|av|af|z|sur|out of|\|)\W*#)?\W*(?:页|頁|ページ|쪽|페이지)?"
)
_DIVISION = re.compile(  # a heading that a page may begin with, each with another number
    r"(?:chapter|part|section|act|scene|book|volume|canto|lesson|unit|week|day|step|exercise|question|"
    r"appendix|annex|article|letter|slide|figure|table|case|item|problem|module|topic|stage|level|"
    r"session|lecture|episode|round|game|rule|recipe|poem|sonnet|psalm|song|hymn|month|year|hour|"
    r"kapitel|teil|abschnitt|akt|szene|buch|band|lektion|woche|tag|aufgabe|frage|anhang|artikel|"
    r"chapitre|partie|acte|scène|livre|tome|leçon|semaine|jour|exercice|annexe|"
    r"capítulo|parte|sección|acto|escena|libro|lección|semana|día|ejercicio|anexo|artículo|"
    r"capitolo|sezione|atto|scena|lezione|settimana|giorno|esercizio|allegato|articolo|"
    r"hoofdstuk|deel|les|rozdział|część|глава|часть|раздел|урок)\W*#"
)
_WIDTH = 90  # of a header or footer
_APART = 500  # code points of a page at least, where no form feed tells
_UNEVEN = 0.35  # deviation of page lengths, as a share of their mean
_BESIDE = 3  # lines at either end of a page that can be header or footer
_SHARE = 0.6  # of the pages that a header stands on
_THERE = 0.8  # of a header's places that are turns of pages


class _Turns(NamedTuple):
    """Where pages end.

    Attributes:
        numbers: Lines that are page numbers.
        first: The first line of each page but the first, whose header may be the title; and one
            past the last line, where the last page's footer ends.
        sure: Confidence that they are.
    """

    numbers: list[int]
    first: list[int]
    sure: float


def paged(page: Page) -> Iterator[Verdict]:
    """Page numbers, running headers and footers."""
    turns = _by_feeds(page) or _by_numbers(page)
    if turns is None:
        return
    for i in turns.numbers:
        yield Verdict(i, "page-number", turns.sure)
    for i in _running(page, turns):
        yield Verdict(i, "page-header", turns.sure - 0.05)


def _running(page: Page, turns: _Turns) -> list[int]:
    """Lines that stand at the turns of most pages, or of every other one, and hardly elsewhere."""
    zones = [_zone(page, first, turns.numbers) for first in turns.first]
    counts = _at_turns(page, zones)
    everywhere = Counter(_skeleton(page, i) for i in range(_BESIDE, len(page.lines)))
    running = {key for key, count in counts.items() if count >= _THERE * everywhere[key]}
    found = {i for zone in zones for i in zone if _skeleton(page, i) in running}
    headings = _headings(page, found)
    return sorted(i for i in found if _skeleton(page, i) not in headings)


def _at_turns(page: Page, zones: Sequence[Sequence[int]]) -> dict[str, int]:
    """What stands at most turns, or at those of most left or right pages, and at how many."""
    every = [{key for i in zone if (key := _skeleton(page, i))} for zone in zones]
    counts = Counter(chain.from_iterable(every))
    return {
        key: counts[key]
        for side in (every, every[::2], every[1::2])
        for key, count in Counter(chain.from_iterable(side)).items()
        if count >= max(LEAST, _SHARE * len(side))
    }


def _headings(page: Page, lines: Collection[int]) -> set[str]:
    """What numbers the parts of a text: 'Chapter 3', each but once, is no header of pages."""
    texts: dict[str, list[str]] = {}
    for i in lines:
        texts.setdefault(_skeleton(page, i), []).append(page.lines[i].shape.key)
    return {
        key
        for key, written in texts.items()
        if _DIVISION.match(key) and len(set(written)) == len(written)
    }


def _by_feeds(page: Page) -> _Turns | None:
    """Pages that form feeds part; numbers near them that count up."""
    first = [i for i, line in enumerate(page.lines) if line.turn and i]
    if len(first) + 1 < LEAST:
        return None
    first.append(len(page.lines))
    near = sorted({i for at in first for i in _around(page, at)})
    alone = [i for i in near if _ALONE.fullmatch(_skeleton(page, i))]
    there = {(_skeleton(page, i), _first(page, i)) for i in alone}
    numbers = [i for i in alone if _step(page, i, there)]
    return _Turns(numbers, first, 0.95)


def _step(page: Page, index: int, there: Collection[tuple[str, int]]) -> bool:
    """Whether the number of the page before or behind stands near a form feed, too."""
    key, number = _skeleton(page, index), _first(page, index)
    return (key, number - 1) in there or (key, number + 1) in there


def _by_numbers(page: Page) -> _Turns | None:
    """Pages that nothing but their numbers part."""
    groups: dict[str, list[int]] = {}
    for i, line in enumerate(page.lines):
        if not line.body and has_number(line):
            groups.setdefault(_skeleton(page, i), []).append(i)
    best: list[int] = []
    for key, lines in groups.items():
        run = _run(page, lines, alone=_ALONE.fullmatch(key) is not None)
        if len(run) > len(best):
            best = run
    if len(best) < LEAST:
        return None
    first = sorted({*(i + 1 for i in best), len(page.lines)})
    return _Turns(best, first, min(0.95, 0.7 + 0.05 * len(best)))


def has_number(line: Line) -> bool:
    """Whether a line is as short as a page's header, with a number."""
    return line.shape.width <= _WIDTH and _NUMBER.search(line.text) is not None


def _run(page: Page, lines: Sequence[int], *, alone: bool) -> list[int]:
    """The lines, if they count up by one at distances of pages; else none."""
    steps = {_first(page, b) - _first(page, a) for a, b in pairwise(lines)}
    apart = [page.lines[b].start - page.lines[a].start for a, b in pairwise(lines)]
    if len(lines) < (LEAST if alone else LEAST + 1) or steps != {1} or min(apart) < _APART:
        return []
    return list(lines) if pstdev(apart) <= _UNEVEN * mean(apart) else []


def _zone(page: Page, first: int, numbers: Sequence[int]) -> list[int]:
    """Lines at the turn of a page that are no page number and no sentence."""
    at = bisect_left(numbers, first - 1)
    middle = numbers[at] if at < len(numbers) and numbers[at] <= first else first
    return [i for i in _around(page, middle) if i not in numbers[at : at + 1]]


def _around(page: Page, first: int) -> list[int]:
    """Short lines around the first line of a page, from it outwards to the first long one."""
    found: list[int] = []
    for way in (range(first - 1, first - 1 - _BESIDE, -1), range(first, first + _BESIDE)):
        for i in way:
            if not 0 <= i < len(page.lines):
                break
            line = page.lines[i]
            if line.body or line.shape.width > _WIDTH:
                break
            found.append(i)
    return sorted(found)


def _skeleton(page: Page, index: int) -> str:
    """A line's folded text with every number as one sign."""
    return _NUMBER.sub("#", page.lines[index].shape.key)


def _first(page: Page, index: int) -> int:
    match = _NUMBER.search(page.lines[index].shape.key)
    return int(match.group()) if match else -1
