"""Rules of corpus builders, each with its value and threshold; they flag and drop nothing.

Gopher: Rae et al. 2021, arXiv 2112.11446, table A1. C4: Raffel et al. 2020, arXiv 1910.10683,
section 2.2. FineWeb: Penedo et al. 2024, arXiv 2406.17557, section 3.6. Rules that count words are
silent where a language writes no spaces; the stop words are English and speak of English alone.
"""

from __future__ import annotations

from itertools import product

from unspun.model import SubScore
from unspun.quality import repetition
from unspun.quality.bounds import LEAST, MOST, Rate, Rule, rate
from unspun.quality.shape import Shape

_SPACED_ENDS = frozenset({"th", "lo", "km", "my", "bo"})
"""Languages that end a sentence with a space."""

_LINES = (
    Rule("gopher-bullets", MOST, 0.9, "bullets", "lines"),
    Rule("gopher-ellipses", MOST, 0.3, "ellipses", "lines"),
    Rule(
        "fineweb-duplicate-line-characters",
        MOST,
        0.1,
        "line_characters_again",
        "line_characters",
    ),
)
_LINE_ENDS = (Rule("fineweb-line-ends", LEAST, 0.12, "ended", "lines"),)
_LISTS = (
    Rule("fineweb-short-lines", MOST, 0.67, "short", "lines"),
    Rule("fineweb-list", MOST, 0.3, "feeds", "words"),
)
_C4 = (Rule("c4-code", MOST, 0, "marks"), Rule("c4-javascript", MOST, 0, "scripts"))
_WORDS = (
    Rule("gopher-words", LEAST, 50, "words"),
    Rule("gopher-words-most", MOST, 100_000, "words"),
    Rule("gopher-word-length", LEAST, 3, "word_characters", "words"),
    Rule("gopher-word-length-most", MOST, 10, "word_characters", "words"),
    Rule("gopher-symbols", MOST, 0.1, "symbols", "words"),
    Rule("gopher-alphabetic", LEAST, 0.8, "alphabetic", "words"),
)
_ENGLISH = (Rule("gopher-stop-words", LEAST, 2, "stops"),)
RULES = (*_LINES, *_LINE_ENDS, *_LISTS, *_C4, *_WORDS, *_ENGLISH)


def _rates(*, enough: bool, ends: bool, words: bool, english: bool) -> Rate:
    """What rates texts that can repeat themselves, end with a mark, have words, are English."""
    return rate(
        (
            *(repetition.RULES if enough else repetition.LINES),
            *_LINES,
            *(_LINE_ENDS if ends else ()),
            *(_LISTS if words else ()),
            *_C4,
            *(_WORDS if words else ()),
            *(_ENGLISH if words and english else ()),
        )
    )


_RATES = {
    (enough, ends, words, english): _rates(enough=enough, ends=ends, words=words, english=english)
    for enough, ends, words, english in product((False, True), repeat=4)
}


def parts(shape: Shape) -> tuple[list[SubScore], list[SubScore]]:
    """Every rule that speaks of the text's language, those of repetition first; the flagged."""
    language = shape.language
    kind = shape.enough, language not in _SPACED_ENDS, shape.words > 0, language == "en"
    return _RATES[kind](shape)
