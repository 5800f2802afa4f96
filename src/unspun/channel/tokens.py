"""The words a spinner sees.

A spinner's table matches whole words. What counts as one word was read off pairs of spun and
original text: an apostrophe or a hyphen inside a word belongs to it ("the company's" keeps its
"company", "top-tier" keeps its "top"), a full stop does not ("2.0" becomes "two.0").
"""

from __future__ import annotations

import re

_WORD = re.compile(
    r"""
    \w+ (?: ['\N{RIGHT SINGLE QUOTATION MARK}\-\N{HYPHEN}\N{NON-BREAKING HYPHEN}] \w+ )*
    | [^\w\s]
    """,
    re.VERBOSE,
)
_CURLY = "\N{RIGHT SINGLE QUOTATION MARK}"


def words(text: str) -> list[str]:
    """The words and punctuation marks of a text, curly apostrophes made straight.

    >>> words("The company’s 2.0 start-up.")
    ['The', "company's", '2', '.', '0', 'start-up', '.']
    """
    return _WORD.findall(text.replace(_CURLY, "'"))


def spans(text: str) -> list[tuple[int, int]]:
    """The code-point spans of `words(text)`."""
    return [match.span() for match in _WORD.finditer(text)]


PART = re.compile(r"\w+|[^\w\s]")


def parts(text: str) -> list[str]:
    """The words of a text, cut at apostrophes and hyphens too.

    >>> parts("top-tier")
    ['top', '-', 'tier']
    """
    return PART.findall(text.replace(_CURLY, "'"))


def lower_first(phrase: str) -> str:
    """The phrase with its first character in lower case."""
    return phrase[:1].lower() + phrase[1:]


def upper_first(phrase: str) -> str:
    """The phrase with its first character in upper case.

    >>> upper_first("name of responsibility")
    'Name of responsibility'
    """
    return phrase[:1].upper() + phrase[1:]
