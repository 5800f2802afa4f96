"""What the rules of quality count in a text, counted once for all of them.

The compiled kernel and the plain version give the same whole numbers.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import kernels
from unspun.quality import ngrams

UNSPACED = frozenset({"zh", "yue", "wuu", "ja", "th", "lo", "km", "my", "bo", "dz"})
"""Languages that write no space between words: rules that count words do not apply."""

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})
_STOPS = {
    "".join(letters): word
    for word in STOP_WORDS
    for letters in itertools.product(*((c, c.upper()) for c in word))
}
"""Stop words in any case, which no other letters than those of ASCII become."""
ENDS = ".!?\"'”’»…。！？」』）।॥؟۔။።།:;)"
"""Characters that end a sentence, and what closes behind it."""
BULLETS = "•●○■□▪▫※·➤►-*–"

_kernel = kernels.load("unspun.quality._counts", revision=5)
_SEED = hash("unspun") & 0xFFFFFFFFFFFFFFFF  # another one in each process: nobody can aim at it
_GAP = re.compile(r"\n[^\S\n]*\n")
_LETTER = re.compile(r"[^\W\d_]")
_DAMAGE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ue000-\uf8ff\ufffd-\uffff]"
)
_ASCII_DAMAGE = bytes({*range(0x20), 0x7F} - {*b"\t\n\v\f\r"})
_SUSPECT = _ASCII_DAMAGE + b"\xc2\xed\xee\xef"  # with which octets of damage begin in UTF-8
_SHORT_LINE = 30
_CODE, _SCRIPT = (b"{", b"lorem ipsum"), b"javascript"
_LEAST = 30  # words: in less, a refrain is no repetition
_NONE = (0, 0, 0)


class Shape(NamedTuple):
    """What the rules count.

    Attributes:
        language: The text's language without script.
        spaced: Whether it writes spaces between words.
        words: Runs of what is no blank; 0 where no spaces are written.
        word_characters: Their characters.
        alphabetic: Words with a letter.
        stops: Different English stop words among them.
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
        bases = [(text, language.split("-", 1)[0]) for text, language in texts]
        counter = _counter()
        if counter is None:
            return plain_many(bases)
        found = []
        for text, base in bases:
            spaced = base not in UNSPACED
            found.append(cls(base, spaced, *counter.count(text, spaced)))
        return found

    @property
    def enough(self) -> bool:
        """Whether there are words enough for a refrain to be a repetition."""
        return self.units >= _least(self.spaced)


@cache
def _counter() -> Any:  # noqa: ANN401 - the kernel's type
    return None if _kernel is None else _kernel.Counter(BULLETS, ENDS, _SEED)


def share(some: int, every: int) -> float:
    """A share; 0 of nothing."""
    return some / max(1, every)


def plain(text: str, language: str) -> Shape:
    """Count a text without the compiled kernel."""
    return plain_many([(text, language)])[0]


def plain_many(texts: Sequence[tuple[str, str]]) -> list[Shape]:
    """Count many texts, each with its language: their n-grams together."""
    counted = [_counted(text, language) for text, language in texts]
    grams: dict[int, ngrams.Grams] = {}
    for spaced in (True, False):
        some = [
            number
            for number, (fields, units) in enumerate(counted)
            if fields[1] == spaced and len(units.ids) >= _least(spaced)
        ]
        found = ngrams.count([counted[number][1] for number in some], _scale(spaced))
        grams.update(zip(some, found, strict=True))
    none = ngrams.Grams(_NONE, _NONE)
    return [
        Shape._make((*fields, *grams.get(number, none)))
        for number, (fields, _) in enumerate(counted)
    ]


def _counted(text: str, language: str) -> tuple[tuple[Any, ...], ngrams.Units]:
    """All fields but the n-grams, and what these are made of."""
    spaced = language not in UNSPACED
    words = text.split()
    units: Sequence[str] = words if spaced else "".join(words)
    firsts: dict[str, int] = {}
    ids = np.fromiter(map(firsts.setdefault, units, itertools.count()), np.int64, len(units))
    characters = len("".join(units)) if spaced else 0
    fields = (
        language,
        spaced,
        len(units) if spaced else 0,
        characters,
        _alphabetic(firsts, ids) if spaced else 0,
        _stops(firsts) if spaced else 0,
        *_lines(text),
        text.count("#") + text.count("...") + text.count("…"),
        *_marks(text),
        damage(text),
        len(units),
        characters or len(units),
    )
    return fields, ngrams.Units(units, ids)


def _scale(spaced: bool) -> int:  # noqa: FBT001
    return 1 if spaced else 2  # two words of a language are some four characters of Han script


def _least(spaced: bool) -> int:  # noqa: FBT001
    return _LEAST * _scale(spaced)


def _stops(words: dict[str, int]) -> int:
    """Different stop words, in any case."""
    return len({_STOPS[word] for word in _STOPS.keys() & words.keys()})


def _alphabetic(firsts: dict[str, int], ids: NDArray[np.int64]) -> int:
    """Words with a letter, given the different ones and for each word its number: most are so."""
    odd = [word for word in itertools.filterfalse(str.isalpha, firsts) if not word[0].isalpha()]
    none = [firsts[word] for word in odd if not _LETTER.search(word)]
    return len(ids) - (int(np.bincount(ids)[none].sum()) if none else 0)


def _lines(text: str) -> tuple[int, ...]:
    """The counts of lines and paragraphs, in the order of their fields."""
    lines = [line for line in map(str.strip, text.split("\n")) if line]
    blocks = [block for block in map(str.strip, _GAP.split(text)) if block]
    return (
        len(lines),
        sum(line[0] in BULLETS for line in lines),
        sum(line.endswith(("...", "…")) for line in lines),
        sum(line[-1] in ENDS for line in lines),
        sum(len(line) < _SHORT_LINE for line in lines),
        text.count("\n"),
        len(lines) - len(set(lines)),
        sum(map(len, lines)),
        _characters_again(lines),
        len(blocks),
        len(blocks) - len(set(blocks)),
    )


def _characters_again(lines: list[str]) -> int:
    if len(set(lines)) == len(lines):
        return 0
    return sum((count - 1) * len(line) for line, count in Counter(lines).items())


def _marks(text: str) -> tuple[int, int]:
    """Curly brackets and filler text; lines that speak of JavaScript.

    No other letters than those of ASCII become letters of theirs, so that its case is enough.
    """
    lowered = _octets(text).lower()
    scripts = 0
    if _SCRIPT in lowered:
        scripts = sum(_SCRIPT in line for line in lowered.split(b"\n"))
    return sum(map(lowered.count, _CODE)), scripts


def damage(text: str) -> int:
    """Characters that no sound text has."""
    data = _octets(text)
    if text.isascii():
        return len(data) - len(data.translate(None, _ASCII_DAMAGE))
    if len(data.translate(None, _SUSPECT)) == len(data):
        return 0
    return len(_DAMAGE.findall(text))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
