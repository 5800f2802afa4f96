"""Short lines known by what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.chrome.page import Page, Verdict

_SHORT = 5  # words of a label
_SHUT_IN_WORDS = 14
_LEFT_WORDS = 10
_NOTE_WIDTH, _LETTERS = 200, 8  # of a foreign title
_CLOSING = frozenset(
    {"translation-note", "url", "comment", "login", "share", "legal", "print-note"}
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")
_DANGLING = re.compile(
    r"\b(?:on|about|from|with|by|via|of|in|\u00fcber|zu|von|mit|sur|de|avec|sobre|con|por|su|di|da|"
    r"over|met|van|\u043e|\u043e\u0431|\u043d\u0430|\u043f\u0440\u043e)\s*:$"
)


def section(page: Page) -> Iterator[Verdict]:
    """Short labels above the headline, and lines shut in by furniture."""
    for i in range(page.title):
        line = page.lines[i]
        if page.hits[i] is None and not line.body and line.shape.count <= _SHORT:
            if page.beside_sure(i):
                yield Verdict(i, "section-label", 0.8)
            elif page.sure:
                yield Verdict(i, "section-label", 0.45)
    for i, line in enumerate(page.lines):
        if page.hits[i] is None and _shut_in(page, i) and not line.body:
            inside = page.at_edge(i)
            yield Verdict(i, "shut-in", 0.75 if inside else 0.45)


def _shut_in(page: Page, index: int) -> bool:
    """Whether a short line stands between two lines of furniture, closely."""
    line = page.lines[index]
    if index == page.title or line.shape.final or line.shape.count > _SHUT_IN_WORDS:
        return False
    above = page.sure_hit(index - 1) and _hit(page, index + 1)
    below = page.sure_hit(index + 1) and _hit(page, index - 1)
    if not (above or below):
        return False
    return line.gap == 0 and page.lines[index + 1].gap == 0


def _hit(page: Page, index: int) -> bool:
    return 0 <= index < len(page.lines) and page.hits[index] is not None


def leftover(page: Page) -> Iterator[Verdict]:
    """A short line below the notes and buttons that stand below the last paragraph."""
    for i in range(max(page.tail, 1), len(page.lines)):
        hit, line = page.hits[i - 1], page.lines[i]
        ends = i + 1 == len(page.lines) or page.sure_hit(i + 1)
        short = not line.shape.final and line.shape.count <= _LEFT_WORDS
        if page.hits[i] is None and hit is not None and hit.rule in _CLOSING and ends and short:
            yield Verdict(i, "leftover", 0.6)


def slug(page: Page) -> Iterator[Verdict]:
    """A label that ends in a preposition and a colon, with a paragraph and no list after it."""
    for i, line in enumerate(page.lines[:-1]):
        if page.hits[i] is None and i > 0 and line.shape.count <= _SHORT:
            after = page.lines[i + 1]
            if (
                _DANGLING.search(line.text.replace("\uff1a", ":"))
                and line.text[:1].isupper()
                and after.body
                and not after.shape.bullet
                and not after.shape.quoted
                and after.gap
            ):
                yield Verdict(i, "slug", 0.8)


def foreign_title(page: Page) -> Iterator[Verdict]:
    """A line in another script beside the notes under an article."""
    if not page.lines:
        return
    sample = "".join(line.text[:200] for line in page.lines[page.head : page.head + 10])
    latin = len(_LATIN.findall(sample)) >= len(_OTHER.findall(sample))
    for i in range(page.tail, len(page.lines)):
        text = page.lines[i].text
        if page.hits[i] is None and page.beside_sure(i) and len(text) < _NOTE_WIDTH:
            own, other = len(_LATIN.findall(text)), len(_OTHER.findall(text))
            if (other > 2 * own) if latin else (own > 2 * other and own > _LETTERS):
                yield Verdict(i, "foreign-title", 0.8)
