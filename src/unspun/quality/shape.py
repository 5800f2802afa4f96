"""Lines and words of a text, counted once for all rules."""

from __future__ import annotations

import re
from collections import Counter
from typing import NamedTuple

UNSPACED = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages that write no space between words: rules that count words do not apply."""

_GAP = re.compile(r"\n[^\S\n]*\n")


class Shape(NamedTuple):
    """What the rules count.

    Attributes:
        text: The text.
        lower: The same in lower case.
        language: Its language without script.
        lines: Lines with something in them, stripped.
        words: Runs of what is no blank; empty where the language writes no spaces.
        paragraphs: Blocks between empty lines, stripped.
    """

    text: str
    lower: str
    language: str
    lines: tuple[str, ...]
    words: tuple[str, ...]
    paragraphs: tuple[str, ...]

    @classmethod
    def of(cls, text: str, language: str) -> Shape:
        r"""Count a text.

        >>> Shape.of("One two.\n\nThree.", "en").words
        ('One', 'two.', 'Three.')
        """
        base = language.split("-", 1)[0]
        lines = tuple(line for line in map(str.strip, text.split("\n")) if line)
        words = () if base in UNSPACED else tuple(text.split())
        blocks = tuple(b for b in map(str.strip, _GAP.split(text)) if b)
        return cls(text, text.lower(), base, lines, words, blocks)


def repeated(parts: tuple[str, ...]) -> tuple[float, float]:
    """Share of parts that repeat an earlier one, and of their characters.

    >>> repeated(("a", "bb", "a", "a"))
    (0.5, 0.4)
    """
    if len(set(parts)) == len(parts):
        return 0.0, 0.0
    again = characters = 0
    for part, count in Counter(parts).items():
        again += count - 1
        characters += (count - 1) * len(part)
    return again / max(1, len(parts)), characters / max(1, sum(map(len, parts)))
