"""The blocks of a page: what a reader sees as paragraphs, headings, list items, table cells."""

from __future__ import annotations

import html
import re
from collections import Counter
from typing import NamedTuple

from unspun.extraction.tokens import Token, attributes, tokens

ENTITY = re.compile(r"&(?:#[0-9]++;?|#[xX][0-9a-fA-F]++;?|[a-zA-Z][a-zA-Z0-9]{1,31}+;?)")
BLANK = re.compile(r"[ \t\n\r\f]+")  # what HTML counts as white space: not the no-break space


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


_INLINE = _names(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label mark nobr q rp rt "
    "ruby s samp small span strike strong sub sup time tt u var wbr img picture source svg path br "
    "amp-img"
)
_VOID = _names("area base br col embed hr img input link meta param source track wbr")
_SILENT = _names(
    "script style xmp iframe noembed noframes noscript template head title svg math object canvas "
    "audio video map select option datalist textarea button"
)
"""Elements whose text is no prose of the page, or not shown."""
_WITHIN = _SILENT - _names("head title frameset noframes xmp")
"""Those that may stand inside a paragraph, which goes on behind them."""
AROUND = _names("nav aside footer menu dialog search")
"""Elements for what stands around the text."""
_HEAD = _names("base link meta noscript script style template title")
_AROUND_ROLES = _names("navigation complementary contentinfo search banner")
_IMPLIED = {  # what a start tag closes without saying so (13.1.2.4)
    "li": ("li", ("ul", "ol", "menu")),
    "dt": ("dt dd", ("dl",)),
    "dd": ("dt dd", ("dl",)),
    "tr": ("tr td th", ("table",)),
    "td": ("td th", ("tr", "table")),
    "th": ("td th", ("tr", "table")),
    "option": ("option", ("select",)),
}
_AROUND_NAMES = re.compile(
    r"(?:^|[\s_-])(?:nav|navbar|navigation|menu|breadcrumbs?|footer|sidebar|side-bar|related|recirc|"
    r"comments?|disqus|share|sharing|social|cookies?|consent|gdpr|newsletter|subscribe|subscription|"
    r"promo|advert|advertisement|ads?|sponsored|popup|modal|pagination|pager|toolbar|masthead|"
    r"skip-link|login|signup|tag-list)(?:$|[\s_-])"
)
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)


class Piece(NamedTuple):
    """A run of source inside a block: text, a line break, or markup that shows nothing.

    Attributes:
        start: First code point.
        end: One past the last.
        kind: ``text``, ``raw`` (text without entities), ``break`` or ``markup``.
    """

    start: int
    end: int
    kind: str


class Block(NamedTuple):
    """A block.

    Attributes:
        start: First code point of its text.
        end: One past the last.
        pieces: What it is made of, in order.
        text: What a reader sees.
        tag: The element it stands in, such as ``p`` or ``li``.
        parents: Numbers of the elements around it, the outermost first; at most the last eight.
        around: The number of the element that says it stands around the text; 0 if none does.
        shown: Whether a reader sees it.
        links: Share of its characters in links, 0 to 1.
        pre: Whether its white space counts.
    """

    start: int
    end: int
    pieces: tuple[Piece, ...]
    text: str
    tag: str
    parents: tuple[int, ...]
    around: int
    shown: bool
    links: float
    pre: bool


class _Element(NamedTuple):
    name: str
    number: int
    around: int
    shown: bool


_ROOT = _Element("", 0, 0, shown=True)
_PARENTS = 8


def blocks(source: str) -> list[Block]:
    """The blocks of a page that hold text, in order."""
    reader = _Reader(source)
    for token in tokens(source):
        reader.take(token)
    reader.flush()
    return reader.found


class _Reader:
    """Follows the open elements and gathers text between the edges of blocks."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._open: list[_Element] = []
        self._names: Counter[str] = Counter()
        self._inline: Counter[str] = Counter()
        self._number = 0
        self._pieces: list[Piece] = []
        self._linked = 0
        self.found: list[Block] = []

    def take(self, token: Token) -> None:
        """The next token."""
        if token.kind == "text":
            if self._inline["a"]:
                self._linked += len(self._source[token.start : token.end].strip())
            self._pieces.append(Piece(token.start, token.end, "raw" if token.raw else "text"))
        elif token.name == "br":
            self._pieces.append(Piece(token.start, token.end, "break"))
        elif token.kind == "other":
            self._pieces.append(Piece(token.start, token.end, "markup"))
        elif token.name in _INLINE and not self._hides(token):
            if token.name == "a":
                self._inline["a"] = int(token.kind == "open")
            self._pieces.append(Piece(token.start, token.end, "markup"))
        elif token.kind == "open":
            self.flush()
            self._start(token)
        else:
            self.flush()
            self._stop(token.name)

    def _hides(self, token: Token) -> bool:
        """Whether an inline element is hidden, so that its text is a block apart."""
        if token.kind == "close":
            return self._names[token.name] > 0
        if token.name == "svg":
            return True
        tag = self._source[token.start : token.end]
        return ("hidden" in tag or "none" in tag) and _hidden(attributes(self._source, token))

    def _start(self, token: Token) -> None:
        name = token.name
        if name in _VOID or (name == "svg" and self._source.startswith("/>", token.end - 2)):
            return
        if self._names["head"] and self._open[-1].name == "head" and name not in _HEAD:
            self._stop("head")
        if self._names["p"] and self._open[-1].name == "p" and name not in (_WITHIN | _INLINE):
            self._stop("p")
        if name in _IMPLIED:
            closed, limits = _IMPLIED[name]
            self._imply(closed.split(), limits)
        parent = self._open[-1] if self._open else _ROOT
        around, shown = parent.around, parent.shown
        self._number += 1
        if shown:
            found = attributes(self._source, token)
            shown = name not in _SILENT and not _hidden(found)
            around = around or (self._number if _around(name, found) else 0)
        self._open.append(_Element(name, self._number, around, shown))
        self._names[name] += 1

    def _imply(self, closed: list[str], limits: tuple[str, ...]) -> None:
        for element in reversed(self._open[-4:]):
            if element.name in closed:
                self._stop(element.name)
                return
            if element.name in limits:
                return

    def _stop(self, name: str) -> None:
        if not self._names[name]:
            return
        while self._open:
            element = self._open.pop()
            self._names[element.name] -= 1
            if element.name == name:
                return

    def flush(self) -> None:
        """End the block at hand."""
        pieces, linked = self._pieces, self._linked
        self._pieces, self._linked = [], 0
        saying = [k for k, piece in enumerate(pieces) if self._says(piece)]
        if not saying:
            return
        pieces = pieces[saying[0] : saying[-1] + 1]
        here = self._open[-1] if self._open else _ROOT
        pre = self._names["pre"] > 0
        text = read(self._source, pieces, pre=pre)
        start, end = _trimmed(self._source, pieces)
        self.found.append(
            Block(
                start,
                end,
                tuple(pieces),
                text,
                here.name,
                tuple(element.number for element in self._open[-_PARENTS:]),
                here.around,
                here.shown,
                min(1.0, linked / max(1, len(text))),
                pre,
            )
        )

    def _says(self, piece: Piece) -> bool:
        said = piece.kind in ("text", "raw")
        return said and not self._source[piece.start : piece.end].isspace()


def _trimmed(source: str, pieces: list[Piece]) -> tuple[int, int]:
    """The block without the white space at its edges."""
    first, last = pieces[0], pieces[-1]
    head = source[first.start : first.end]
    tail = source[last.start : last.end]
    start = first.start + len(head) - len(head.lstrip(" \t\n\r\f"))
    return start, last.end - (len(tail) - len(tail.rstrip(" \t\n\r\f")))


def read(source: str, pieces: list[Piece], *, pre: bool) -> str:
    """What a reader sees of pieces."""
    said = []
    for piece in pieces:
        if piece.kind == "break":
            said.append("\n")
        elif piece.kind != "markup":
            text = source[piece.start : piece.end]
            text = html.unescape(text) if piece.kind == "text" and "&" in text else text
            said.append(text if pre else BLANK.sub(" ", text))
    text = "".join(said)
    return text if pre else "\n".join(BLANK.sub(" ", line).strip(" ") for line in text.split("\n"))


def _hidden(found: dict[str, str]) -> bool:
    return (
        "hidden" in found
        or found.get("aria-hidden") == "true"
        or bool(_HIDDEN_STYLE.search(found.get("style", "")))
    )


def _around(name: str, found: dict[str, str]) -> bool:
    """Whether an element says that it stands around the text: by its name, role or class."""
    if name in AROUND or found.get("role") in _AROUND_ROLES:
        return True
    if name in ("body", "html", "article", "main"):
        return False
    return any(_AROUND_NAMES.search(found.get(key, "").lower()) for key in ("id", "class"))
