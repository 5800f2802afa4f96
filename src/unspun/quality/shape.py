"""What the rules of quality count in a text, counted once for all of them.

The compiled kernel and the plain version give the same whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from itertools import starmap
from typing import Any, NamedTuple

from unspun import kernels
from unspun.kernels.portions import portions
from unspun.quality import ngrams, plain
from unspun.quality.characters import BULLETS, ENDS
from unspun.quality.laid import SEED

UNSPACED = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages that write no space between words: rules that count words do not apply."""

_kernel = kernels.load("unspun.quality._counts", revision=7)
_ENOUGH = {spaced: ngrams.least(spaced) for spaced in (False, True)}


class Shape(NamedTuple):
    """What the rules count.

    Attributes:
        language: The text's language without script.
        spaced: Whether it writes spaces between words.
        words: Runs of what is no blank; 0 where no spaces are written.
        word_characters: Their characters.
        alphabetic: Words with a letter.
        stops: Different English stop words among them, where the text is English.
        lines: Lines with something in them, stripped.
        bullets: Lines that begin with a bullet.
        ellipses: Lines that end with an ellipsis.
        ended: Lines that end as a sentence does.
        short: Lines of less than thirty characters.
        feeds: Line feeds.
        lines_again: Lines that repeat an earlier one.
        line_characters: Characters of all lines.
        line_characters_again: Of those that repeat.
        paragraphs: Blocks between empty lines, stripped.
        paragraphs_again: Those that repeat an earlier one.
        symbols: Hashes and ellipses.
        marks: Curly brackets and filler text.
        scripts: Lines that speak of JavaScript.
        damage: Characters that no sound text has.
        units: Words, or characters where no spaces are written.
        unit_characters: Their characters.
        top: Characters in the commonest n-gram, by length (`ngrams`).
        duplicate: Characters in n-grams that come again, by length.
    """

    language: str
    spaced: bool
    words: int
    word_characters: int
    alphabetic: int
    stops: int
    lines: int
    bullets: int
    ellipses: int
    ended: int
    short: int
    feeds: int
    lines_again: int
    line_characters: int
    line_characters_again: int
    paragraphs: int
    paragraphs_again: int
    symbols: int
    marks: int
    scripts: int
    damage: int
    units: int
    unit_characters: int
    top: tuple[int, ...]
    duplicate: tuple[int, ...]

    @classmethod
    def of(cls, text: str, language: str) -> Shape:
        r"""Count a text.

        >>> Shape.of("One two.\n\nThree.", "en").words
        3
        """
        return cls.of_many([(text, language)])[0]

    @classmethod
    def of_many(cls, texts: Sequence[tuple[str, str]]) -> list[Shape]:
        """Count many texts, each with its language; without the compiled kernel sooner together."""
        written = [(text, *_kind(language)) for text, language in texts]
        counter = _counter()
        if counter is not None:
            return list(starmap(counter.count, written))
        return [
            cls(language, spaced, *fields)
            for start, stop in portions([text for text, _ in texts])
            for (_, language, spaced), fields in zip(
                written[start:stop], plain.count_many(written[start:stop]), strict=True
            )
        ]

    @property
    def enough(self) -> bool:
        """Whether there are words enough for a refrain to be a repetition."""
        return self.units >= _ENOUGH[self.spaced]


@lru_cache(maxsize=1 << 8)
def _kind(language: str) -> tuple[str, bool]:
    """A language without script, and whether it writes spaces between words."""
    base = language.split("-", 1)[0]
    return base, base not in UNSPACED


@cache
def _counter() -> Any:  # noqa: ANN401 - the kernel's type
    return None if _kernel is None else _kernel.Counter(Shape, BULLETS, ENDS, SEED)


def share(some: int, every: int) -> float:
    """A share; 0 of nothing."""
    return some / max(1, every)
