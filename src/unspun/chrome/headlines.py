"""Headlines of other articles dropped between paragraphs.

A subhead is short and its text speaks of it; a related headline is a whole headline sentence that
stands alone: a finite verb, names of the article, and a next paragraph on something else.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache

from unspun import tables
from unspun.chrome import labels
from unspun.chrome.lines import Line, words
from unspun.chrome.page import Page, Verdict, stems

MIN_WORDS, MAX_WORDS = 6, 18
"""Of a headline between paragraphs."""
_FULL_WORDS = 8  # most subheads are shorter
_BASE = 0.3  # of a lone title-like line without further evidence
_COMMON = 4  # paragraphs of the page that make a word the page's own


def related_headline(page: Page) -> Iterator[Verdict]:
    """Title-like lines between two paragraphs that belong to neither."""
    found = [
        i
        for i in range(max(1, page.head), min(page.tail, len(page.lines) - 1))
        if _stands_alone(page, i)
    ]
    if not found:
        return
    spread: Counter[str] = Counter()
    for line in page.lines:
        spread.update(stems(line.text))
    for i in found:
        confidence = _confidence(page, i, spread)
        if confidence > _BASE:
            yield Verdict(i, "related-headline", round(confidence, 2))


def _stands_alone(page: Page, index: int) -> bool:
    line, after = page.lines[index], page.lines[index + 1]
    shape = line.shape
    return (
        page.hits[index] is None
        and not shape.final
        and not shape.bullet
        and not shape.quoted
        and MIN_WORDS <= shape.words <= MAX_WORDS
        and line.text[0].isalnum()
        and line.text[-1] not in ":;,)-\u2013\u2014\uff1a\uff1b\uff0c"
        and not labels.CREDIT.search(line.text)
        and line.gap > 0
        and after.gap > 0
        and _paragraph(page.lines[index - 1])
        and _paragraph(after)
    )


def _paragraph(line: Line) -> bool:
    return line.body and not line.shape.bullet


def _confidence(page: Page, index: int, spread: Counter[str]) -> float:
    line = page.lines[index]
    written = words(line.text)
    own = {stem for stem in stems(line.text) if spread[stem] < _COMMON and stem not in _stops()}
    after = stems(" ".join(other.text for other in page.lines[index + 1 : index + 3]))
    linked = len(own & after) / len(own) if own else 0.0
    names = sum(word[:1].isupper() and spread[word.casefold()[:5]] > 1 for word in written[1:])
    verb = any(word.casefold() in _verbs() for word in written[1:])
    score = _BASE + 0.2 * verb + 0.1 * (names > 0) + 0.05 * (len(written) >= _FULL_WORDS)
    score += 0.1 * min(page.sure, 2) - 0.5 * max(0.0, linked - 0.15)
    return min(score, 0.9) if page.sure else min(score, 0.45)


@cache
def _verbs() -> frozenset[str]:
    return frozenset(tables.text("chrome_verbs.tsv").split("\n---\n")[0].split())


@cache
def _stops() -> frozenset[str]:
    return frozenset(
        word[:5] for word in tables.text("chrome_verbs.tsv").split("\n---\n")[1].split()
    )
