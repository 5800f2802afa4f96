"""Lines and words of a text, counted once for all rules."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

import regex

UNSPACED = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages that write no space between words: rules that count words do not apply."""

_WORD = regex.compile(r"\S+")


class Shape(NamedTuple):
    """What the rules count.

    Attributes:
        text: The text.
        language: Its language without script.
        lines: Lines with something in them, stripped.
        words: Runs of what is no blank; empty where the language writes no spaces.
        paragraphs: Blocks between empty lines, stripped.
    """

    text: str
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
        words = () if base in UNSPACED else tuple(_WORD.findall(text))
        blocks = regex.split(r"\n[^\S\n]*\n", text)
        return cls(text, base, lines, words, tuple(b for b in map(str.strip, blocks) if b))


def repeated(parts: tuple[str, ...]) -> tuple[float, float]:
    """Share of parts that repeat an earlier one, and of their characters.

    >>> repeated(("a", "bb", "a", "a"))
    (0.5, 0.4)
    """
    again = characters = 0
    for part, count in Counter(parts).items():
        again += count - 1
        characters += (count - 1) * len(part)
    return again / max(1, len(parts)), characters / max(1, sum(map(len, parts)))
