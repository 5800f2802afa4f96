"""What must survive translation unchanged, hidden from the engine and put back after it.

Links, addresses, placeholders and markup are always hidden; the terms of the glossary, numbers and
names in another script only where a first answer lost them, since an engine reads a sentence better
with them in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from unspun.checking import Terms

NUMBER = re.compile(r"\d+(?:[.,:]\d+)*(?![\d.,]*\s*[万萬亿億千百兆十])", re.ASCII)
NAME = re.compile(r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9&.+-]*[A-Za-z0-9](?:\s+[A-Z][A-Za-z0-9&.+-]+)*")
_NONE: Terms = {}
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")


class Masked(NamedTuple):
    """A segment with its hidden parts.

    Attributes:
        text: What the engine is given.
        parts: What stands behind each placeholder.
        template: The engine's placeholder.
    """

    text: str
    parts: tuple[str, ...]
    template: str


def mask(text: str, template: str, terms: Terms = _NONE, *, names: bool = False) -> Masked:
    """Hide what must survive.

    Args:
        text: A segment.
        template: What the engine copies unchanged, with ``{}`` for a number.
        terms: Terms to hide; behind each stands the first rendering that is allowed.
        names: Whether numbers are hidden too, and names in Latin letters inside another script.

    >>> mask("打开 https://example.org/a 吧", "[{}]").text
    '打开 [0] 吧'
    """
    from unspun.checking.protected import tokens  # noqa: PLC0415 - few texts are translated

    spans = [(t.start, t.end, t.text) for t in tokens(text)]
    for term, renderings in terms.items():
        spans += [(a, b, renderings[0]) for a, b in _occurrences(text, term)]
    if names:
        if not latin(text):
            spans += [(m.start(), m.end(), m[0]) for m in NAME.finditer(text)]
        spans += [(m.start(), m.end(), m[0]) for m in NUMBER.finditer(text)]
    pieces: list[str] = []
    parts: list[str] = []
    at = 0
    for start, end, part in sorted(spans, key=lambda s: (s[0], s[0] - s[1])):
        if start >= at:
            pieces += [text[at:start], template.format(len(parts))]
            parts.append(part)
            at = end
    return Masked("".join([*pieces, text[at:]]), tuple(parts), template)


def unmask(answer: str, masked: Masked) -> str | None:
    """Put the hidden parts back; None if a placeholder was lost, doubled or invented.

    >>> unmask("Open [ 0 ].", mask("打开 https://example.org/a 吧", "[{}]"))
    'Open https://example.org/a.'
    """
    if not masked.parts:
        return answer
    seen: list[int] = []

    def put(match: re.Match[str]) -> str:
        seen.append(int(match[1]))
        return masked.parts[seen[-1]] if seen[-1] < len(masked.parts) else ""

    restored = _pattern(masked.template).sub(put, answer)
    return restored if sorted(seen) == list(range(len(masked.parts))) else None


@lru_cache(maxsize=16)
def _pattern(template: str) -> re.Pattern[str]:
    """The placeholder, also where an engine put blanks into it."""
    halves = template.format("\0").replace(" ", "").split("\0")
    head, tail = (r"\s*".join(map(re.escape, half)) for half in halves)
    return re.compile(rf"{head}\s*(\d+)\s*{tail}", re.IGNORECASE)


def pieces(masked: Masked) -> list[str]:
    """The text between the hidden parts: one more than there are of those."""
    split = _pattern(masked.template).split(masked.text)
    return split[::2]


def joined(translated: Sequence[str], masked: Masked) -> str:
    """Pieces that were translated by themselves, and the hidden parts between them."""
    out = [translated[0]]
    for part, piece in zip(masked.parts, translated[1:], strict=True):
        for item in (part, piece):
            last = out[-1][-1:]
            if item and last and last.isalnum() and item[:1].isalnum():
                out.append(" ")
            if item:
                out.append(item)
    return "".join(out)


def _occurrences(text: str, term: str) -> list[tuple[int, int]]:
    """Where a term stands: as a whole word where it is written in letters with blanks between."""
    edge = (r"(?<!\w)" if term[:1].isascii() else "", r"(?!\w)" if term[-1:].isascii() else "")
    pattern = re.compile(edge[0] + re.escape(term) + edge[1], re.IGNORECASE)
    return [m.span() for m in pattern.finditer(text)]


def latin(text: str) -> bool:
    """Whether most letters of a text are Latin."""
    letters = sum(map(str.isalpha, text))
    return 2 * len(_LATIN.findall(text)) >= letters
