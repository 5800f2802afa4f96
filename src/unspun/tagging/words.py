"""The words of texts: compiled where it can be, else plain, with the same answers.

A word is a stretch of letters of one script group; a run is a stretch of words of one group. All
places are code points of the text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from unspun.model import LanguageSpan
from unspun.tagging import blanks, compiled, plain

Run = tuple[int, int, int, int, int, int]
"""First word, one past the last, first character, one past the last, script group, unit."""
Total = tuple[int, int, int, int, int]
"""Script group, letters, the best column, its evidence and that of the second, in 1/16 nat."""
What = tuple[str, str, float]
"""Language, script and confidence."""
Make = Callable[[int, int, str, str, float], LanguageSpan]
Skips = Sequence[Sequence[tuple[int, int]]]


class Words(Protocol):
    """The words of one text."""

    @property
    def text(self) -> str:
        """The text."""

    @property
    def blanks(self) -> Sequence[tuple[int, int]]:
        """What is no language though it has letters, in order."""

    @property
    def count(self) -> int:
        """How many words it has."""

    @property
    def runs(self) -> Sequence[Run]:
        """Its runs, in order."""

    @property
    def totals(self) -> Sequence[Total]:
        """What the words of each script group say together, by the group's number: its units."""

    def lines(self) -> Sequence[tuple[int, int, int]]:
        """Start, end and letters of each line that is not empty."""

    def paragraphs(self, make: Make, what: What, other: What, /) -> tuple[LanguageSpan, ...]:
        """Each line that is not empty as one thing: with letters, and without."""

    def letters(self, start: int, end: int, /) -> int:
        """Letters between two characters."""

    def said(self, start: int, end: int, /) -> int:
        """Letters of the words with a say that begin between two characters."""

    def bounds(self, first: int, last: int, /) -> tuple[int, int, int]:
        """First character of a range of words, one past its last, its letters with a say."""

    def turns(self, first: int, last: int, column: int, /) -> list[tuple[int, int, int]]:
        """Stretches of a run in one column, when switches have a price: first word, end, column.

        Asked after `loud`: about the loud windows, the run's own column may be left.
        """

    def weigh(self, end: int, weights: NDArray[np.int8], /) -> tuple[float, int] | None:
        """What the style of the text up to an end weighs; see `style.weighed`."""


def lay(texts: Sequence[str], skips: Skips = (), *, windows: bool = True) -> Sequence[Words]:
    """Read the words of texts, at least one.

    Args:
        texts: Any strings.
        skips: For each text, spans whose words have no say in what the text is; or nothing.
        windows: Whether `loud` will be asked: both are sooner read at once.
    """
    reader = compiled.reader()
    if reader is None:
        return plain.lay(texts, skips)
    return [
        reader.read(text, blanks.find, skips[k] if skips else None, windows)
        for k, text in enumerate(texts)
    ]


def loud(
    laid: Sequence[Words], columns: Sequence[Sequence[int]]
) -> Sequence[Sequence[tuple[int, int]]]:
    """The windows of words that speak far louder for another column than for the main one.

    Args:
        laid: As `lay` gave them, all of them.
        columns: The main column of each unit of each text.

    Returns:
        For each text, the first word of each such window, and its loudest column.
    """
    if compiled.reader() is None:
        return plain.loud(cast("Sequence[plain.Plain]", laid), columns)
    return [
        words.loud(main) for words, main in zip(cast("Sequence[Any]", laid), columns, strict=True)
    ]
