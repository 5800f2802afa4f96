"""ftfy's detector of mojibake, with the same answers in a fraction of the time.

Its pattern is a long list of alternatives that is tried at every place. All of them have a
character beyond ASCII among their first three, so places without one are passed over. The compiled
kernel looks for the beginnings of all alternatives at once, and only a text that shows one is given
to the pattern.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from unspun.kernels.windows import ANY, BEYOND, Scanner, Window, scanner, spread

_LEAD = 2
"""ASCII characters that an alternative may begin with; a test holds ftfy to that."""

_REMARK = re.compile("^ *#.*$", re.MULTILINE)
_PART = re.compile(
    r"\[(?P<not>\^?)(?P<set>[^\[\]]+)\]|(?P<any>\\[sw]|\.|\^)(?P<maybe>\??)|(?P<char>\S)"
)
_HEX = re.compile(r"\\x([0-9a-f]{2})")
_SPELLED = frozenset("(){}*+?\\$")  # what would need a parser
_ASCII = spread("\x00-\x7f")
_WORDLIKE = "".join(char for char in _ASCII if char.isalnum()) + "_"
_WIDTH = 4  # characters that a window looks at


@cache
def _theirs() -> re.Pattern[str]:
    from ftfy.badness import BADNESS_RE  # noqa: PLC0415 - most texts are sound

    return BADNESS_RE


@cache
def _pattern() -> re.Pattern[str]:
    near = rf"(?=[\x00-\x7f]{{0,{_LEAD}}}[^\x00-\x7f])"
    return re.compile(f"{near}(?:{_theirs().pattern})", _theirs().flags)


def is_bad(text: str) -> bool:
    """Whether a text looks as if it had mojibake: what `ftfy.badness.is_bad` says."""
    compiled = _scanner()
    if compiled is not None and compiled.find(text) < 0:
        return False
    return _pattern().search(text) is not None


@cache
def _scanner() -> Scanner | None:
    try:
        return scanner(windows(_theirs().pattern))
    except ValueError:  # another release of ftfy, whose pattern is of another kind
        return None


def windows(pattern: str) -> list[Window]:
    """Windows of which a text has one, at least, where a pattern of ftfy's kind matches.

    Raises:
        ValueError: for a pattern that is more than alternatives of characters and sets.
    """
    found = []
    for alternative in _REMARK.sub("", pattern).split("|"):
        rows: list[list[str]] = [[]]
        for sets in _parts(alternative):
            rows = [[*row, each] for row in rows for each in sets] if sets else [[]]
        found += [_window(row[:_WIDTH]) for row in rows]
    return found


def _parts(alternative: str) -> Iterator[tuple[str, ...]]:
    """The sets that each character may be of; none at all where what came before may be left."""
    for part in _PART.finditer(alternative):
        chars = _HEX.sub(lambda code: chr(int(code[1], 16)), part["set"] or part["char"] or "")
        if part["any"] == "^" or part["maybe"]:
            yield ()
        elif part["any"]:
            yield (BEYOND, _WORDLIKE) if part["any"] == r"\w" else (ANY,)
        elif part["char"] in _SPELLED or "\\" in chars:
            raise ValueError(f"not a list of characters: {alternative}")
        elif part["not"]:
            yield BEYOND, "".join(set(_ASCII) - set(spread(chars)))
        else:
            yield (spread(chars) if part["set"] else chars,)


def _window(row: list[str]) -> Window:
    while row and row[0] == ANY:
        del row[0]
    if not row:
        raise ValueError("an alternative that anything fits")
    before = row.pop(0) if len(row) == _WIDTH else ANY
    first, second, third = (*row, ANY, ANY)[:3]
    return Window("bad", first, second, third, before)
