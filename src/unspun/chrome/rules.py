"""Rules that weigh a line's wording and shape by its place and its neighbours.

Each rule is a function of the page and gives verdicts; `RULES` is their order. Where two rules find
the same line, the surer one names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from unspun.chrome import bylines, labels
from unspun.chrome.headlines import related_headline
from unspun.chrome.page import Page, Verdict, is_bio, stems
from unspun.chrome.repeats import duplicate, recurring, site_title

_LONE = 0.3  # a button's word alone between paragraphs: more often a subhead
_SHORT = 5  # words of a label
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]")
_OTHER = re.compile(r"[^\W\d_A-Za-z\u00c0-\u024f]")
_OPENERS = frozenset({"read-next"})
_DANGLING = re.compile(
    r"\b(?:on|about|from|with|by|via|of|in|\u00fcber|zu|von|mit|sur|de|avec|sobre|con|por|su|di|da|over|met|van|"
    r"\u043e|\u043e\u0431|\u043d\u0430|\u043f\u0440\u043e)\s*:$"
)


def wording(page: Page) -> Iterator[Verdict]:
    """Lines whose wording is furniture: at once where it is plain, else by place and company."""
    for i, hit in enumerate(page.hits):
        if hit is None or hit.place in ("shape", "date", "never"):
            if hit is not None and hit.place == "never":
                yield Verdict(i, hit.rule, hit.confidence)
            continue
        if hit.place == "any":
            yield Verdict(i, hit.rule, hit.confidence)
        elif (hit.rule == "written-by" and not _is_author(page, i, hit.name)) or i == page.title:
            continue
        elif page.at_edge(i) or page.beside_sure(i):
            yield Verdict(i, hit.rule, hit.confidence)
        else:
            yield Verdict(i, hit.rule, _LONE)


def _is_author(page: Page, index: int, name: str) -> bool:
    """Whether 'By X' names somebody: X is written as a name, or the page names X elsewhere."""
    text = page.lines[index].text.rstrip(",")
    return name in page.authors and bylines.name_shaped(" ".join(text.split()[1:]))


def date(page: Page) -> Iterator[Verdict]:
    """A date (and a name) under the headline or beside other furniture; diaries keep theirs."""
    dates = [i for i, hit in enumerate(page.hits) if hit is not None and hit.place == "date"]
    diary = any(not page.at_edge(i) for i in dates)
    for i in dates:
        confidence = 0.35
        if page.beside_sure(i):
            confidence = 0.8
        elif i < page.head and not diary and i - 1 == page.title and page.title >= 0:
            confidence = 0.6
        hit = page.hits[i]
        yield Verdict(i, "date" if hit is None else hit.rule, confidence)


def separator(page: Page) -> Iterator[Verdict]:
    """Rules of dashes that part nothing: beside furniture, at the ends, under the headline."""
    last = len(page.lines) - 1
    for i, hit in enumerate(page.hits):
        if hit is None or hit.rule != "separator" or _underlines(page, i) or _front_matter(page, i):
            continue
        near = _leads_to_sure(page, i)
        if i in (0, last) or near:
            yield Verdict(i, "separator", 0.85)
        elif i < page.head and i - 1 == page.title and labels.DASHES.match(page.lines[i].text):
            yield Verdict(i, "separator", 0.6)


def _leads_to_sure(page: Page, index: int) -> bool:
    """Whether only rules lie between a rule and furniture or an end, in either direction."""
    for step in (-1, 1):
        at = index + step
        while 0 <= at < len(page.lines) and abs(at - index) < 4:
            hit = page.hits[at]
            if hit is None or hit.rule != "separator":
                break
            at += step
        if page.sure_hit(at) or not 0 <= at < len(page.lines):
            return True
    return False


def _underlines(page: Page, index: int) -> bool:
    """Whether a rule of dashes marks the line above it as a heading."""
    line = page.lines[index]
    return index > 0 and line.gap == 0 and len(line.text) > 2 and page.hits[index - 1] is None


def _front_matter(page: Page, index: int) -> bool:
    """Whether a rule fences 'key: value' lines at the start of the text."""
    if page.lines[0].text != "---":
        return False
    for i, line in enumerate(page.lines[1:HEADER], 1):
        if line.text == "---":
            return index in (0, i) and i > 1
        if ":" not in line.text and not line.text.startswith("-"):
            return False
    return False


HEADER = 30
"""Lines that front matter can have at most."""


def address(page: Page) -> Iterator[Verdict]:
    """Bare addresses beside furniture or at the very end; a colon before one claims it."""
    for i, hit in enumerate(page.hits):
        if hit is None or hit.rule != "url":
            continue
        claimed = i > 0 and page.lines[i - 1].text.endswith((":", "\uff1a"))
        if page.beside_sure(i):
            yield Verdict(i, "url", 0.85)
        elif i == len(page.lines) - 1 and i >= page.tail and not claimed:
            yield Verdict(i, "url", 0.6)
        elif i < page.title:
            yield Verdict(i, "url", 0.7)
        else:
            yield Verdict(i, "url", _LONE)


def author(page: Page) -> Iterator[Verdict]:
    """The author's name alone, and the line that describes the author at the end."""
    body = stems(" ".join(line.text for line in page.lines[page.head : page.head + 4]))
    for i, line in enumerate(page.lines):
        if i >= page.tail and is_bio(page.lines, page.hits, i) and page.hits[i] is None:
            yield Verdict(i, "author-bio", 0.85)
        elif page.hits[i] is None and line.shape.key in page.authors and i != page.title:
            if page.at_edge(i) or page.beside_sure(i):
                yield Verdict(i, "author-name", 0.95)
        elif 0 <= page.title < i < page.head and _lone_name(page, i, body):
            yield Verdict(i, "author-name", 0.7 if page.sure else 0.45)


def _lone_name(page: Page, index: int, body: set[str]) -> bool:
    """Whether a line is a name that the article does not speak of, right above it."""
    line = page.lines[index]
    if page.hits[index] is not None or not bylines.name_shaped(line.text):
        return False
    return index >= page.head - 2 and not stems(line.text) & body


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
    if index == page.title or line.shape.final or line.shape.count > 14:
        return False
    if not (page.sure_hit(index - 1) and _hit(page, index + 1)):
        if not (page.sure_hit(index + 1) and _hit(page, index - 1)):
            return False
    return line.gap == 0 and page.lines[index + 1].gap == 0


def _hit(page: Page, index: int) -> bool:
    return 0 <= index < len(page.lines) and page.hits[index] is not None


def listing(page: Page) -> Iterator[Verdict]:
    """What follows 'Related articles' and the like: titles, until text begins again."""
    i = 0
    while i < len(page.lines):
        hit = page.hits[i]
        i += 1
        if hit is None or hit.rule not in _OPENERS or not _opens(page, i - 1):
            continue
        start = i
        while i < len(page.lines) and _listed(page, i, start):
            i += 1
        stop = i
        if i < page.tail and i - start > 1 and page.lines[i - 1].shape.count <= _SHORT:
            stop -= 1  # a subhead over the text that begins again
        for k in range(start, stop):
            if page.hits[k] is None:
                yield Verdict(k, "related-list", 0.85 if k >= page.tail else 0.75)


def _opens(page: Page, index: int) -> bool:
    return page.sure_hit(index) or page.at_edge(index)


def _listed(page: Page, index: int, start: int) -> bool:
    line = page.lines[index]
    if page.hits[index] is not None:
        return page.hits[index].rule not in _OPENERS  # type: ignore[union-attr]
    if line.body or line.shape.count > 25 or index == page.title:
        return False
    return index >= page.tail or (index - start < 6 and not line.shape.final)


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
        if page.hits[i] is None and page.beside_sure(i) and len(text) < 200:
            own, other = len(_LATIN.findall(text)), len(_OTHER.findall(text))
            if (other > 2 * own) if latin else (own > 2 * other and own > 8):
                yield Verdict(i, "foreign-title", 0.8)


RULES: tuple[Callable[[Page], Iterator[Verdict]], ...] = (
    wording,
    date,
    separator,
    address,
    author,
    section,
    listing,
    slug,
    foreign_title,
    site_title,
    duplicate,
    recurring,
    related_headline,
)
