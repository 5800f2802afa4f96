"""Dates and authors: under the headline, and at the end."""

from __future__ import annotations

from collections.abc import Iterator

from unspun.chrome import bylines
from unspun.chrome.page import Page, Verdict, is_bio, stems

_FEW = 1  # hits that a page without furniture can have by chance


def date(page: Page) -> Iterator[Verdict]:
    """A date (and a name) under the headline or beside other furniture; diaries keep theirs."""
    dates = [i for i, hit in enumerate(page.hits) if hit is not None and hit.place == "date"]
    diary = any(not page.at_edge(i) for i in dates)
    for i in dates:
        confidence = 0.35
        if page.beside_sure(i):
            confidence = 0.8
        elif i < page.lead and not diary and (page.sure or _known(page) > _FEW):
            confidence = 0.75
        elif i < page.lead and not diary and i - 1 == page.title and page.title >= 0:
            confidence = 0.6 if page.hits[i].rule == "date" else 0.45  # type: ignore[union-attr]
        hit = page.hits[i]
        yield Verdict(i, "date" if hit is None else hit.rule, confidence)


def _known(page: Page) -> int:
    return sum(hit is not None and hit.place in ("any", "edge", "above") for hit in page.hits)


def author(page: Page) -> Iterator[Verdict]:
    """The author's name alone, and the line that describes the author at the end."""
    for i, line in enumerate(page.lines):
        unknown = page.hits[i] is None
        if unknown and i >= page.tail and is_bio(page.lines, page.hits, i, page.authors):
            yield Verdict(i, "author-bio", 0.85)
        elif unknown and line.shape.key in page.authors and i != page.title:
            if page.at_edge(i) or i < page.lead or page.beside_sure(i):
                yield Verdict(i, "author-name", 0.95)
        elif 0 <= page.title < i < page.lead and _lone_name(page, i):
            yield Verdict(i, "author-name", 0.7 if page.sure else 0.45)


def _lone_name(page: Page, index: int) -> bool:
    """Whether a line is a name that the article does not speak of, right above it."""
    line = page.lines[index]
    if page.hits[index] is not None or not bylines.name_shaped(line.text):
        return False
    body = stems(" ".join(line.text for line in page.lines[page.lead : page.lead + 4]))
    beside = any(0 <= i < len(page.hits) and page.hits[i] for i in (index - 1, index + 1))
    return (beside or index >= page.lead - 2) and not stems(line.text) & body
