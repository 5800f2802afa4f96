"""Numbers in words: what touches a figure is one, and what stands together is one number.

A spinner spells figures out by half: 'two.0' and '2.zero' were '2.0', and 'two,500' was '2,500'.
Nobody writes a number so, and no table need hold one to tell what it was. And of 'one hundred and
eleven' no part is a figure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_SMALL = """zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen""".split()  # noqa: SIM905 - easier to read
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split()  # noqa: SIM905
_UNITS = "|".join(_SMALL[1:10])
_SPELLED = rf"(?:{'|'.join(_TENS)})(?:[ -](?:{_UNITS}))?|{'|'.join(reversed(_SMALL))}"
_BEFORE_SIGN = re.compile(  # 'one.34 The': a note's number
    rf"(?<![\w.-])(?<!\d,)((?i:{_SPELLED}))(?:\.\d++(?![ \t]+[A-Z])|(?:,\d{{3}})++(?![\d,]*\d))"
)
_BEHIND_POINT = re.compile(  # '2.one' at the beginning of a line: an item
    rf"(?P<item>^[ \t]*+)?(?<![\w.,-])\d[\d,]*+\.(?P<spelled>{_SPELLED})(?![\w-])", re.MULTILINE
)
_TOGETHER = re.compile(
    rf"(?i:\b(?:{_SPELLED})(?:(?: | and )(?:{_SPELLED}|hundred|thousand|million|billion))+\b)"
)
_SCALE = re.compile(r"(?i:[ -](?:thousand|million|billion))+$")  # '11 thousand' is a number as well
_NEAR = 100  # code points of a number in words, about


class Figure(NamedTuple):
    """A figure that is spelled by half.

    Attributes:
        first: Its first code point.
        last: One past its last.
        start: The first code point of the number in words.
        end: One past its last.
        digits: That number in digits.
    """

    first: int
    last: int
    start: int
    end: int
    digits: str


def half_spelled(text: str) -> Iterator[Figure]:
    """Figures of which one side of the decimal point is in words, or the thousands are.

    >>> [figure.digits for figure in half_spelled("Web two.0 grew by 3.zero to $forty one.20")]
    ['2', '41', '0']
    """
    for match in _BEFORE_SIGN.finditer(text):
        yield Figure(*match.span(), *match.span(1), _digits(match[1]))
    for match in _BEHIND_POINT.finditer(text):
        if match["item"] is None:
            yield Figure(*match.span(), *match.span("spelled"), _digits(match["spelled"]))


def is_part_of_number(text: str, start: int, end: int) -> bool:
    """Whether a place is a part of a number in words, and not the figure before 'thousand'.

    >>> [is_part_of_number("one hundred and eleven", *at) for at in ((0, 11), (16, 22), (0, 22))]
    [True, True, False]
    """
    near = max(start - _NEAR, 0)
    line = text.rfind("\n", near, start) + 1
    for match in _TOGETHER.finditer(text, max(line, near), end + _NEAR):
        if match.start() < end and start < match.end():
            scale = _SCALE.search(match.group())
            last = match.start() + scale.start() if scale else match.end()
            return start > match.start() or end < last
    return False


def _digits(spelled: str) -> str:
    tens, _, unit = spelled.lower().replace("-", " ").partition(" ")
    if tens in _SMALL:
        return str(_SMALL.index(tens))
    return str(10 * (_TENS.index(tens) + 2) + (_SMALL.index(unit) if unit else 0))
