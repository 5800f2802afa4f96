"""What a rule may look at: the lines of a document, what each says, and where it stands."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

from unspun.chrome import bylines, labels, prompts, templates
from unspun.chrome.lines import Line, fold
from unspun.chrome.templates import Hit

HEAD = 40
"""Lines that the part above the first paragraph can have at most; menus are that long."""
TAIL = 120
"""Lines that the part below the last paragraph can have at most."""

WORDING, LABEL, PROMPT = 1, 2, 4
"""What a line could be: furniture by a template, by its shape, as a call to the reader."""
EVERYTHING = WORDING | LABEL | PROMPT
BUTTONS = frozenset({"promo", "login"})
"""Rules whose lines can be the button under an offer."""
_AUTHORED = frozenset({"written-by", "read-next", "author-card", "translation-note", "byline"})
_JOINED = re.compile(
    r"\s*[|,&;/\u3001\uff0c]\s*|\s+(?:and|und|et|y|e|og|och|en|i|\u0438|\u0442\u0430)\s+"
)
_NAMED = re.compile(r"\b(?:written|posted|published|reported|translated) by ([^.,;:]{2,40})")
_NAMING = frozenset({"written-by", "author-card"})
_BUTTON_WORDS = 2
_COUNTED = re.compile(r"\s*[(\uff08]\d[\d.,]*[^()\uff08\uff09]{0,8}[)\uff09]$")  # 'Comments (3)'
_HEADLINE, _PAIR = 4, 2  # words of a headline, whatever it says; if it speaks of the article
_OFFER = 3  # lines of an offer above its button
_TOPIC = 6  # paragraphs that tell the topic
_WIDGETS = frozenset({"advert", "promo", "login", "share", "prompt"})
_SUBHEAD_WORDS = 7
_CARD, _BIO_WIDTH = 4, 500  # lines of an author's card; width of a biography at most
_OPENING = 3  # paragraphs that are the article's, whatever stands around them
_FRAMED_WIDTH = 250  # of a sentence among furniture
_STANDFIRST = 220  # width from which a lone sentence is a paragraph
_WORD = re.compile(r"[^\W\d_]{3,}")
_DENSE = "\u0e00"  # from here on, scripts without spaces
_STEM = 5  # letters of a word that count as its stem where topics are compared


Topic = Callable[[], set[str]]
"""The stems of the first paragraphs, read when they are asked for."""


class Verdict(NamedTuple):
    """One line found to be furniture.

    Attributes:
        line: Its place among the page's lines.
        rule: Why.
        confidence: Probability that it is right, 0 to 1.
    """

    line: int
    rule: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Page:
    """A document under inspection.

    Attributes:
        lines: Its lines that are not blank.
        hits: What each line says by its wording alone, if that is known furniture.
        head: Lines before this index stand above the first paragraph.
        lead: The same where a headline or standfirst that is a sentence is not counted as one.
        tail: Lines from this index on stand below the last paragraph.
        title: Index of the headline, or -1.
        subheads: Number of short lines between paragraphs.
        buttons: The same for lines that could be buttons as well.
        authors: Folded names that the page gives as its author's.
        recurring: Lines known to recur across documents.
        topic: Gives the stems of the words of the first paragraphs.
        sure: Number of lines that are furniture by their wording wherever they stand.
    """

    lines: list[Line]
    hits: list[Hit | None]
    head: int
    lead: int
    tail: int
    title: int
    subheads: int
    buttons: int
    authors: frozenset[str]
    recurring: Collection[str]
    topic: Topic
    sure: int

    def at_edge(self, index: int) -> bool:
        """Whether a line stands above the first or below the last paragraph."""
        return index < self.head or index >= self.tail

    def sure_hit(self, index: int) -> bool:
        """Whether there is a line of this index that is furniture wherever it stands."""
        if not 0 <= index < len(self.lines):
            return False
        hit = self.hits[index]
        return hit is not None and hit.place == "any"

    def beside_sure(self, index: int) -> bool:
        """Whether a neighbour is furniture by its wording."""
        return self.sure_hit(index - 1) or self.sure_hit(index + 1)


def read(line: Line, asks: int = EVERYTHING) -> Hit | None:
    """What a line says by its wording alone.

    Args:
        line: The line.
        asks: What it could be: `WORDING`, `LABEL` or `PROMPT`, as bits.
    """
    hit = templates.match(line) if asks & WORDING else None
    if hit is not None and hit.place == "any":
        return hit
    if hit is not None and hit.rule in _NAMING and not _names_someone(line):
        hit = None
    if line.shape.final and line.shape.words <= _BUTTON_WORDS and not line.text.endswith("..."):
        return None  # 'Share.' is an order, 'Share' a button
    if asks & WORDING and hit is None and line.text[-1] in ")\uff09" and line.shape.key:
        hit = templates.match_key(fold(_COUNTED.sub("", line.text)))
    prompt = prompts.match if asks & PROMPT else _nothing
    if line.body and not (line.text[0] in "hHwW" and labels.URL.match(line.text)):
        return hit or prompt(line)
    found = [hit, prompt(line)]
    if asks & LABEL:
        found = [bylines.match(line), labels.match(line), *found]
    return min((h for h in found if h is not None), key=_plainness, default=None)


def _nothing(_line: Line) -> None:
    return None


def _plainness(hit: Hit) -> int:
    return templates.PLACES.index(hit.place)


def _names_someone(line: Line) -> bool:
    """Whether what follows 'By' or 'About' is written as a name."""
    text = line.text.rstrip(",").split(" | ")[0]
    text = text.title() if text.isupper() else text
    return bylines.name_shaped(" ".join(text.split()[1:]))


def inspect(lines: list[Line], hits: list[Hit | None], recurring: Collection[str]) -> Page:
    """Find the parts of a page."""
    running = [i for i, line in enumerate(lines) if hits[i] is None and line.body]
    head = min(running[0], HEAD) if running else 0
    lead = min(_lead(lines, running), HEAD) if running else 0
    authors = frozenset((*_authors(lines, hits), *_repeated_names(lines, lead)))
    tail = _tail(lines, hits, authors, running) if running else len(lines)
    topic = cache(partial(_topic, lines[lead : lead + _TOPIC]))
    title = _title(lines, hits, lead, recurring, topic) if running else -1
    sure = sum(hit is not None and hit.place == "any" for hit in hits)
    subheads, buttons = _subheads(lines, hits, head, tail)
    return Page(
        lines, hits, head, lead, tail, title, subheads, buttons, authors, recurring, topic, sure
    )


def stems(text: str) -> set[str]:
    """The stems of a text's words, for comparing topics; pairs of letters in dense scripts."""
    found = set()
    for word in _WORD.findall(text):
        if word[0] < _DENSE:
            found.add(word[:_STEM].casefold())
        else:
            found.update(word[i : i + 2] for i in range(len(word) - 1))
    return found


def _lead(lines: list[Line], running: list[int]) -> int:
    """The first paragraph; one sentence before it may be the headline or standfirst."""
    first = running[0]
    alone = len(running) > 1 and running[1] > first + 1 and first <= 1
    return running[1] if alone and lines[first].shape.width < _STANDFIRST else first


def _subheads(lines: list[Line], hits: list[Hit | None], head: int, tail: int) -> tuple[int, int]:
    """How many short lines stand between two paragraphs: unknown ones, and possible buttons."""
    counts: Counter[str] = Counter()
    for i in range(head + 1, min(tail, len(lines) - 1)):
        shape = lines[i].shape
        between = lines[i - 1].body and lines[i + 1].body
        if between and shape.words <= _SUBHEAD_WORDS and not shape.final:
            hit = hits[i]
            counts["" if hit is None else hit.place] += 1
    return counts[""], counts["edge"]


def _tail(
    lines: list[Line], hits: list[Hit | None], authors: frozenset[str], running: list[int]
) -> int:
    """The first line of those below the last paragraph."""
    at = len(lines)
    while at > max(0, len(lines) - TAIL):
        i = at - 1
        if hits[i] is None and (lines[i].body or lines[i].long):
            bio = i > running[:2][-1] and is_bio(lines, hits, i, authors)
            if not bio and not (i > running[:_OPENING][-1] and _framed(lines, hits, i)):
                break
        at -= 1
    return at


def is_bio(lines: list[Line], hits: list[Hit | None], index: int, authors: frozenset[str]) -> bool:
    """Whether a line describes the author: it begins with the name, or follows it or a card."""
    if lines[index].shape.width > _BIO_WIDTH:
        return False
    for hit in reversed(hits[max(0, index - _CARD) : index]):
        if hit is None:
            break
        if hit.rule in ("written-by", "author-card"):
            return True
    if any(line.shape.key in authors for line in lines[max(0, index - 2) : index]):
        return True
    start = lines[index].text[:60].casefold()
    return any(" " in name and start.startswith(name + " ") for name in authors)


def _authors(lines: list[Line], hits: list[Hit | None]) -> Iterable[str]:
    for line, hit in zip(lines, hits, strict=True):
        if hit is not None and hit.rule in _AUTHORED:
            if hit.name and hit.rule != "translation-note":
                yield from _JOINED.split(hit.name)
            for name in _NAMED.findall(line.shape.key or fold(line.text)):
                yield name.strip()


def _framed(lines: list[Line], hits: list[Hit | None], index: int) -> bool:
    """Whether a sentence stands in furniture: the two lines before it are known."""
    before = hits[max(0, index - 2) : index]
    known = sum(hit is not None and hit.place in ("any", "edge") for hit in before)
    return known > 1 and lines[index].shape.width <= _FRAMED_WIDTH


def _repeated_names(lines: list[Line], lead: int) -> Iterable[str]:
    """Names that stand alone above the first paragraph and again elsewhere."""
    above = {line.shape.key for line in lines[:lead] if bylines.name_shaped(line.text)}
    if above:
        for line in lines[lead:]:
            if line.shape.key in above:
                yield line.shape.key


def _title(
    lines: list[Line],
    hits: list[Hit | None],
    head: int,
    recurring: Collection[str],
    topic: Topic,
) -> int:
    """The first line above the first paragraph that reads as a headline."""
    known = [i for i in range(head) if hits[i] is None]
    candidates = [i for i in known if lines[i].text not in recurring] or known
    candidates = candidates or [i for i in range(head) if not _sure(hits[i])]
    for i in candidates:
        line = lines[i]
        if labels.CREDIT.search(line.text) or line.shape.bullet:
            continue
        if enclosed(lines, hits, i, head):
            continue
        follows = hits[i + 1] if i + 1 < len(hits) else None
        label = follows is not None and follows.rule in _WIDGETS
        if line.shape.words >= _HEADLINE or (not label and speaks_of(line, topic)):
            return i
    return candidates[-1] if candidates else -1


def enclosed(lines: list[Line], hits: list[Hit | None], index: int, head: int) -> bool:
    """Whether a line is part of an offer above the headline.

    An offer is one to three lines between furniture and the button that takes it, without breaks;
    a line that can be the headline comes after it.
    """
    start = stop = index
    while start > 0 and hits[start] is None and lines[start].gap == 0:
        start -= 1
    while stop < head and hits[stop] is None and (stop == index or lines[stop].gap == 0):
        stop += 1
    if stop >= head or lines[stop].gap or stop - start - 1 > _OFFER or lines[start + 1].gap:
        return False
    button = hits[stop]
    if hits[start] is None or button is None or button.rule not in BUTTONS:
        return False
    return any(hits[i] is None and lines[i].shape.words >= _HEADLINE for i in range(stop, head))


def speaks_of(line: Line, topic: Topic) -> bool:
    """Whether a line of some words shares one with the topic."""
    return line.shape.words >= _PAIR and not stems(line.text).isdisjoint(topic())


def _topic(lines: list[Line]) -> set[str]:
    return stems(" ".join(line.text[:1000] for line in lines))


def _sure(hit: Hit | None) -> bool:
    return hit is not None and hit.place == "any"
