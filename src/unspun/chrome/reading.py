"""The first look at a text: its lines, and what each says by its wording alone.

The compiled kernel cuts the lines and tells what each could be: most are quiet, lines that no
template and no prompt can match. Only the others are read, and of a text that has none of them, nor
any line that rules of shape and place look at, no lines are made at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.chrome import labels, prompts, reach, templates
from unspun.chrome.bylines import name_shaped
from unspun.chrome.headlines import MAX_WORDS, MIN_WORDS
from unspun.chrome.lines import (
    DECORATION,
    FINALS,
    GLYPHS,
    JOINTS,
    QUOTES,
    WIDE,
    Line,
    Shape,
    fold,
    split,
)
from unspun.chrome.neighbours import LABEL_WORDS
from unspun.chrome.page import EVERYTHING, HEAD, read
from unspun.chrome.paged import LEAST
from unspun.chrome.reach import Signs
from unspun.chrome.repeats import SITE
from unspun.chrome.templates import Hit, Index
from unspun.kernels.windows import spread

_kernel = kernels.load("unspun.chrome._lines", revision=7)

FRONT = BACK = 12
"""Letters that a line must begin or end with if it does as a template, where there are as many."""
_NAME = 8  # bit of a line that may be a name, or name the site
_BEYOND = 0x10000  # code points without an entry in the tables
_LONGER = 1 << 31  # of characters whose form is several letters: the number of these below
_FORM_SIZE = 4  # letters that a form has at most


_KINDS = (
    DECORATION,
    spread(WIDE),
    spread(FINALS),
    QUOTES,
    GLYPHS,
    JOINTS,
    prompts.QUOTES,
    labels.SIGNS,
)
"""Characters that the kernel knows by kind, in the order of its bits."""


def look(text: str) -> tuple[list[Line], list[Hit | None]]:
    """The lines of a text that are not blank, and what each says by its wording alone."""
    reader = _reader()
    if reader is None:
        found = split(text)
        return found, [read(line) for line in found]
    found, asks = reader.cut(text)
    for at, line in enumerate(found):
        if line.shape.key is None:
            found[at] = _folded(line)
    hits = [read(line, ask) if ask else None for line, ask in zip(found, asks, strict=True)]
    return found, hits


def shows_nothing(text: str) -> bool:
    """Whether a text is one that `look` and `is_calm` would find nothing in, told at once.

    Exact where it says so; without the compiled kernel it says so of no text.
    """
    reader = _reader()
    survey = reader and reader.survey(text, HEAD, MIN_WORDS, MAX_WORDS, LABEL_WORDS, LEAST)
    if survey is None:
        return False
    return all(_is_nothing(line, ask) for line, ask in zip(*survey, strict=True))


def _is_nothing(line: Line, asks: int) -> bool:
    if asks & _NAME and (SITE.search(line.text) or name_shaped(line.text)):
        return False
    asks &= EVERYTHING
    return not asks or read(_folded(line) if line.shape.key is None else line, asks) is None


def _folded(line: Line) -> Line:
    return line._replace(shape=line.shape._replace(key=fold(line.text)))


@cache
def _reader() -> Any:  # noqa: ANN401 - the kernel's type
    if _kernel is None:
        return None
    chars = "\0".join(map(chr, range(_BEYOND)))  # each apart from its neighbours
    forms: dict[str, int] = {}
    traits = _traits(chars, forms).astype(np.uint32).tobytes()
    lowered = _codes(_parts(chars.casefold()), forms).astype(np.uint32).tobytes()
    known = templates.table()
    edges = _Edges.of(known.short), _Edges.of(known.long)
    words, needles = _words(*edges), _needles(*edges)
    calls = prompts.words()
    return _kernel.Reader(traits, lowered, words, needles, calls, tuple(forms), Line, Shape)


def _traits(chars: str, forms: dict[str, int]) -> NDArray[np.int64]:
    """For each code point what `fold` makes of it, and its kinds as bits above that.

    No form is given where it is several letters that may change in company.
    """
    composed = unicodedata.normalize("NFKC", chars.replace("\u24d2", "\u00a9"))
    images = composed.split("\0")[1:]
    folded = _parts(composed.casefold().replace("i\u0307", "i"))
    neighbours = _neighbours(chars)
    apart = frozenset().union(*neighbours)
    for at, image in enumerate(images):
        if len(image) > 1 and (" " in image or not apart.isdisjoint(image)):
            folded[at] = ""
    traits = _codes(folded, forms)
    placed = [(at, image) for at, image in enumerate(images) if image in apart]
    for bit, kind in enumerate(neighbours, 16):
        traits[[at for at, image in placed if image in kind]] |= 1 << bit
    for bit, chars_of_kind in enumerate(_KINDS, 20):
        traits[[ord(char) for char in chars_of_kind]] |= 1 << bit
    return traits


def _neighbours(chars: str) -> tuple[set[str], ...]:
    """Characters that change in company (Unicode, sections 3.6 and 3.11).

    Returns:
        Marks, which may change places with marks before them; what may become one with the
        character before it; what may with the next; what ends in a mark.
    """
    apart = unicodedata.normalize("NFD", chars).split("\0")
    whole = unicodedata.normalize("NFC", chars).split("\0")
    pairs = [parts for one, parts in zip(whole, apart, strict=True) if len(one) < len(parts)]
    marks = set(filter(unicodedata.combining, {parts[-1] for parts in apart if parts}))
    trails = {one for one, parts in zip(whole, apart, strict=True) if parts[-1:] in marks}
    firsts = {unicodedata.normalize("NFC", parts[:-1]) for parts in pairs}
    return marks, {parts[-1] for parts in pairs}, firsts, trails


def _parts(folded: str) -> list[str]:
    return folded.replace("\u2019", "'").split("\0")[1:]


def _codes(found: list[str], forms: dict[str, int]) -> NDArray[np.int64]:
    """The one character of each form, or the number of one of several letters; 0 for others."""
    single = "".join([form if len(form) == 1 else "\0" for form in found])
    codes = np.frombuffer(single.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    codes[codes >= _BEYOND] = 0
    for at, form in enumerate(found):
        if 1 < len(form) <= _FORM_SIZE and ord(max(form)) < _BEYOND:
            codes[at] = _LONGER | forms.setdefault(form, len(forms))
    return codes


class _Edges(NamedTuple):
    """What lines that match templates of an index begin and end with."""

    front: Signs
    back: Signs

    @classmethod
    def of(cls, index: Index) -> Self:
        return cls(reach.fronts(index, FRONT), reach.backs(index, BACK))

    @property
    def words(self) -> set[str]:
        """The words that they ask for besides."""
        return self.front.words | self.back.words


def _words(short: _Edges, long: _Edges) -> dict[str, int]:
    """What lines begin and end with that may be furniture, each with its roles."""
    return _with_roles(
        templates.table().exact,
        (*short.front.free, *short.front.numbered),
        short.front.worded,
        short.back.free,
        short.back.numbered,
        short.back.worded,
        (*long.front.free, *long.front.numbered),
        long.front.worded,
        long.back.free,
        long.back.numbered,
        long.back.worded,
        prompts.openings(),
        prompts.endings(),
    )


def _needles(short: _Edges, long: _Edges) -> dict[str, int]:
    """What stands somewhere in lines that may be furniture, each with its roles."""
    known = templates.table()
    inner = reach.inner(known.short)
    return _with_roles(
        inner.free,
        inner.numbered,
        inner.worded,
        inner.words | short.words,
        known.long.inner,
        long.words,
    )


def _with_roles(*groups: Iterable[str]) -> dict[str, int]:
    roles: dict[str, int] = {}
    for number, group in enumerate(groups):
        for word in group:
            roles[word] = roles.get(word, 0) | 1 << number
    return roles
