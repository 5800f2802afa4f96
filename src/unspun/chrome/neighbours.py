"""Short lines known by what stands around them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.chrome.page import BUTTONS, Page, Verdict, enclosed, speaks_of
from unspun.chrome.prompts import lures

LABEL_WORDS = 5
"""Words of a label."""
_SHUT_IN_WORDS = 14
_LEFT_WORDS = 14
_KNOWN = 2  # lines of a run that must be known
_RUN_WORDS = 5
_STANDFIRST = 4  # words
_NOTE_WIDTH, _LETTERS = 200, 8  # of a foreign title
_CLOSING = frozenset(
    {
        "translation-note",
        "read-next",
        "author-card",
        "written-by",
        "comment",
        "login",
        "share",
        "legal",
        "print-note",
        "tags",
        "navigation",
        "promo",
        "prompt",
    }
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
        line, hit = page.lines[i], page.hits[i]
        if hit is not None and hit.place == "above":
            yield Verdict(i, "section-label", hit.confidence if _company(page, i) else 0.45)
        elif hit is None and not line.body and line.shape.words <= LABEL_WORDS:
            if page.beside_sure(i):
                yield Verdict(i, "section-label", 0.8)
            elif page.sure:
                yield Verdict(i, "section-label", 0.65 if page.sure > _KNOWN else 0.45)
    for i, line in enumerate(page.lines):
        if page.hits[i] is None and _shut_in(page, i) and not line.body:
            inside = page.at_edge(i)
            yield Verdict(i, "shut-in", 0.75 if inside else 0.45)


def _company(page: Page, index: int) -> bool:
    """Whether the page has furniture besides this line."""
    return any(hit is not None and i != index for i, hit in enumerate(page.hits))


def _shut_in(page: Page, index: int) -> bool:
    """Whether a short line stands between two lines of furniture, closely."""
    line = page.lines[index]
    if index == page.title or line.shape.final or line.shape.words > _SHUT_IN_WORDS:
        return False
    above = page.sure_hit(index - 1) and _hit(page, index + 1)
    below = page.sure_hit(index + 1) and _hit(page, index - 1)
    if not (above or below):
        return False
    return line.gap == 0 and page.lines[index + 1].gap == 0


def _hit(page: Page, index: int) -> bool:
    return 0 <= index < len(page.lines) and page.hits[index] is not None


def run(page: Page) -> Iterator[Verdict]:
    """Short lines among furniture: half of those that stand together are known furniture."""
    start = 0
    for i in range(len(page.lines) + 1):
        if i < len(page.lines) and _running(page, i):
            continue
        stop = i
        if i < len(page.lines) and stop > start and page.hits[stop - 1] is None:
            stop -= 1  # the line right above a paragraph may be its subhead
        known = sum(_hit(page, k) for k in range(start, stop))
        if known >= _KNOWN and 2 * known >= stop - start and _weight(page, start, stop):
            for k in range(start, stop):
                if _in_run(page, k):
                    yield Verdict(k, _name(page, k), 0.7)
        start = i + 1


def _running(page: Page, index: int) -> bool:
    """Whether a line is short, or furniture whatever its length."""
    line = page.lines[index]
    return page.hits[index] is not None or not (line.body or line.long)


def _weight(page: Page, start: int, stop: int) -> bool:
    """Whether the wording of at least two lines says furniture, not only their shape."""
    words = [hit for hit in page.hits[start:stop] if hit is not None and hit.place != "shape"]
    return len(words) >= _KNOWN and (page.sure > 0 or len(words) > _KNOWN)


def _in_run(page: Page, index: int) -> bool:
    """Whether a line of a run goes with it: the headline, its standfirst and credits do not."""
    line, hit = page.lines[index], page.hits[index]
    if index == page.title or (hit is not None and hit.place == "never"):
        return False
    if hit is not None:
        return not line.shape.bullet
    shape = line.shape
    if index < page.lead and (shape.words >= _STANDFIRST or speaks_of(line, page.topic)):
        return False  # may be the headline after all, or its standfirst
    plain = not (shape.final or shape.quoted or shape.bullet or line.text[-1] in ":\uff1a")
    return plain and shape.words <= _RUN_WORDS


def _name(page: Page, index: int) -> str:
    hit = page.hits[index]
    return "shut-in" if hit is None else hit.rule


def leftover(page: Page) -> Iterator[Verdict]:
    """Short lines below the notes and buttons that stand below the last paragraph."""
    closing = [
        i
        for i in range(page.tail, len(page.lines))
        if _worded(page, i) and _name(page, i) in _CLOSING
    ]
    if closing:
        for i in range(closing[0] + 1, len(page.lines)):
            line = page.lines[i]
            if page.hits[i] is None and not line.shape.final and line.shape.words <= _LEFT_WORDS:
                yield Verdict(i, "leftover", 0.65)


def _worded(page: Page, index: int) -> bool:
    hit = page.hits[index]
    return hit is not None and hit.place in ("any", "edge")


def framed(page: Page) -> Iterator[Verdict]:
    """A sentence below the last paragraph with furniture on both sides of it."""
    for i in range(max(page.tail, 2), len(page.lines)):
        line = page.lines[i]
        if page.hits[i] is None and line.shape.final and line.shape.width <= _NOTE_WIDTH:
            after = i + 1 == len(page.lines) or _worded(page, i + 1)
            if after and _worded(page, i - 1) and _worded(page, i - 2):
                yield Verdict(i, "shut-in", 0.6)


def offer(page: Page) -> Iterator[Verdict]:
    """The sentence that praises what the button below it sells."""
    for i, line in enumerate(page.lines[:-1]):
        hit = page.hits[i + 1]
        if page.hits[i] is not None or line.shape.bullet:
            continue
        if i < page.lead and enclosed(page.lines, page.hits, i, page.lead):
            yield Verdict(i, "promo", 0.8)
        elif hit is not None and hit.rule in BUTTONS and lures(line):
            yield Verdict(i, "prompt", 0.75)


def slug(page: Page) -> Iterator[Verdict]:
    """A label that ends in a preposition and a colon, with a paragraph and no list after it."""
    for i, line in enumerate(page.lines[:-1]):
        if page.hits[i] is None and i > 0 and line.shape.words <= LABEL_WORDS:
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
    if page.tail >= len(page.lines):
        return
    sample = "".join(line.text[:200] for line in page.lines[page.head : page.head + 10])
    latin = len(_LATIN.findall(sample)) >= len(_OTHER.findall(sample))
    for i in range(page.tail, len(page.lines)):
        text = page.lines[i].text
        if page.hits[i] is None and page.beside_sure(i) and len(text) < _NOTE_WIDTH:
            own, other = len(_LATIN.findall(text)), len(_OTHER.findall(text))
            if (other > 2 * own) if latin else (own > 2 * other and own > _LETTERS):
                yield Verdict(i, "foreign-title", 0.8)
