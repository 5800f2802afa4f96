"""HTML cut into tokens, each with its place.

A tokenizer of our own, after the HTML standard (13.2.5): others do not say where in the source a
piece of text stands, and lxml drops all text below 256 nested elements. Time is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["text", "open", "close", "other"]

RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes"})
"""Elements whose content is no markup (13.2.5.1); its end tag alone ends it."""
_ESCAPABLE = frozenset({"textarea", "title"})
_TAG = re.compile(r"</?([a-zA-Z][^\s/>]*+)")
_OUTSIDE = re.compile(r"[^>\"']*+")
_ATTRIBUTE = re.compile(
    r"""([^\s"'<>/=]++)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'=<>`]++)))?+"""
)
_MOST = 10_000  # characters of a tag in which attributes are looked for


class Token(NamedTuple):
    """A piece of the source.

    Attributes:
        kind: Text, a start tag, an end tag, or what shows nothing: comments, declarations.
        start: First code point.
        end: One past the last.
        name: Of a tag, in lower case.
        raw: Whether entities stand for themselves in this text.
    """

    kind: Kind
    start: int
    end: int
    name: str = ""
    raw: bool = False


def tokens(source: str) -> Iterator[Token]:
    """The tokens of a page, in order; together they are the whole source."""
    return _Tokens(source).run()


def attributes(source: str, token: Token) -> dict[str, str]:
    """The attributes of a start tag, names in lower case, values as they stand.

    >>> attributes('<a HREF="/x" hidden>', Token("open", 0, 20, "a"))
    {'href': '/x', 'hidden': ''}
    """
    inside = source[token.start + 1 + len(token.name) : min(token.end, token.start + _MOST)]
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(inside):
        value = next((v for v in match.groups()[1:] if v is not None), "")
        found.setdefault(match[1].lower(), value)
    return found


class _Tokens:
    def __init__(self, source: str) -> None:
        self._source = source
        self._lower = source.lower() if source.isascii() else re.sub("[A-Z]+", _lowered, source)
        self._missing: set[str] = set()  # what does not come any more, so that nobody looks again
        self._unclosed = False  # whether a quote in a tag swallowed the rest: then none is believed

    def run(self) -> Iterator[Token]:
        source, at, text = self._source, 0, 0
        while (begin := self._find("<", at)) >= 0:
            token = self._markup(begin)
            if token is None:  # a bare '<' is text
                at = begin + 1
                continue
            if text < begin:
                yield Token("text", text, begin)
            yield token
            at = text = token.end
            if token.kind == "open" and token.name in RAW | _ESCAPABLE:
                end = self._find(f"</{token.name}", at)
                end = len(source) if end < 0 else end
                if at < end:
                    yield Token("text", at, end, raw=token.name in RAW)
                at = text = end
        if text < len(source):
            yield Token("text", text, len(source))

    def _find(self, wanted: str, at: int) -> int:
        if wanted in self._missing:
            return -1
        found = self._lower.find(wanted, at)
        if found < 0:
            self._missing.add(wanted)
        return found

    def _markup(self, at: int) -> Token | None:
        source = self._source
        if source.startswith("<!--", at):
            end = self._comment(at + 4)
        elif source.startswith("<![CDATA[", at):
            end = self._after("]]>", at + 9)
        elif source.startswith(("<!", "<?"), at):
            end = self._after(">", at + 2)
        elif match := _TAG.match(source, at):
            name = match[1].lower()
            kind: Kind = "close" if source[at + 1] == "/" else "open"
            return Token(kind, at, self._tag(match.end()), name)
        elif source.startswith("</", at):  # a bogus comment
            end = self._after(">", at + 2)
        else:
            return None
        return Token("other", at, end)

    def _comment(self, at: int) -> int:
        if self._source.startswith(">", at):
            return at + 1
        if self._source.startswith("->", at):
            return at + 2
        end = self._find("-->", at)
        if end >= 0:
            return end + 3
        return self._after(">", at)  # nobody closed it: what follows is text that a reader wants

    def _after(self, wanted: str, at: int) -> int:
        found = self._find(wanted, at)
        return len(self._source) if found < 0 else found + len(wanted)

    def _tag(self, at: int) -> int:
        """The end of a tag; quotes hide '>', but one that nobody closes does not."""
        source, begin = self._source, at
        while not self._unclosed:
            match = _OUTSIDE.match(source, at)
            at = match.end() if match else at
            if source.startswith(">", at):
                return at + 1
            closing = self._find(source[at], at + 1) if at < len(source) else -1
            self._unclosed = closing < 0
            at = closing + 1
        return self._after(">", begin)


def _lowered(match: re.Match[str]) -> str:
    return match[0].lower()
