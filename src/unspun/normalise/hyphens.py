"""Hyphens at the ends of lines: of a word that was cut, or of a compound that has one anyway.

The text's own words tell first. Where they do not and the text is English, the language model is
asked which of the two it would rather read there; what it does not know whole is a compound where
it knows both parts. In other languages the hyphen stays.
"""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice

from unspun.lm.packaged import english

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_BEFORE, _BEHIND = re.compile(r"([^\W\d_]+|\d+)-$"), re.compile(r"[^\W\d_]+|\d+")
_SUSPENDED = re.compile(r"(?:and|or|nor|to|und|oder) ")  # 'short- and long-term'
_ASKED = 2000  # words of a text that tell whether it is English
_ENGLISH = 0.85  # share of them that the model knows; some 99% of English, 50% of German
_NEAR = 3  # words on either side that the model reads


class Hyphens:
    """What a text says of the hyphens at the ends of its lines."""

    def __init__(self, text: str) -> None:
        self._text = text

    def cut(self, line: str, after: str) -> tuple[bool, float] | None:
        """Whether a line's hyphen only cuts a word that goes on in the next line, and how sure.

        Nothing where the line ends with no word and hyphen, or the next begins with no word, or
        with one behind which the second half of a compound comes.
        """
        before, behind = _BEFORE.search(line), _BEHIND.match(after)
        if before is None or behind is None:
            return None
        first, second = before[1], behind[0]
        cut = self._in_text(first, second)
        if cut is not None:
            return cut, 0.95
        if _SUSPENDED.match(after) and not _is_known(first + second):
            return None
        if first.isdigit() or second.isdigit():
            return False, 0.95
        if not self._is_english or not second.islower():
            return False, 0.85
        lead = " ".join(line[: before.start()].split(" ")[-_NEAR:])
        tail = " ".join(after[behind.end() :].split(" ")[:_NEAR])
        return self._reads_better_whole(lead, first, second, tail), 0.85

    def _in_text(self, first: str, second: str) -> bool | None:
        """Whether the text has a word without its hyphen; None where it has it in no way."""
        if f"{first}-{second}".lower() in self._words:
            return False
        return True if (first + second).lower() in self._words else None

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(_WORD.findall(self._text.lower()))  # compounds are words of their own

    @cached_property
    def _is_english(self) -> bool:
        words = [match.group() for match in islice(_LETTERS.finditer(self._text), _ASKED)]
        return sum(map(_is_known, words)) >= _ENGLISH * len(words)

    def _reads_better_whole(self, lead: str, first: str, second: str, tail: str) -> bool:
        if not (_is_known(first) and _is_known(second)):
            return True
        if not _is_known(first + second):
            return False
        ways = (f"{lead} {first}{second}{tail}", f"{lead} {first}-{second}{tail}")
        (whole, _), (apart, _) = english().logprobs(ways)
        return whole > apart


def _is_known(word: str) -> bool:
    vocabulary = english().vocabulary
    return not (vocabulary.is_unknown(word) and vocabulary.is_unknown(word.lower()))
