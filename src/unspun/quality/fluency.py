"""How fluent English text is, by the language model that restoration stands on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, islice

from unspun.lm import english

PART = 400
"""Code points that are read at a quarter of the text and at three quarters."""
LEAST = 40
"""Words below which nothing is said."""
_MIDDLE, _SLOPE = -7.0, 2.9
"""Nats a word where a text is as likely fluent as not, and how fast that turns.

Of 100 documents, 96 have: edited English -6.1 to -3.9, translations by machine -7.1 to -4.4,
synonym-spun news -7.0 to -5.1, the words of edited English in random order -8.5 to -7.2
(`python bench/fluency.py SHARED`).
"""


def of(text: str) -> tuple[float, float] | None:
    """The fluency of an English text, 0 to 1, and its log-likelihood in nats a word.

    Returns:
        None where the text is too short.
    """
    return of_many([text])[0]


def of_many(texts: Sequence[str]) -> list[tuple[float, float] | None]:
    """What `of` says of each of many texts, which are read sooner together."""
    parts = [_parts(text) if len(text) >= LEAST else [] for text in texts]
    if not any(parts):
        return [None] * len(texts)  # the model need not be there
    read = iter(english().logprobs(list(chain.from_iterable(parts))))
    return [_of(list(islice(read, len(each)))) for each in parts]


def _of(read: Sequence[tuple[float, int]]) -> tuple[float, float] | None:
    """The fluency of a text, of whose parts log-likelihood and words are given."""
    count = sum(words for _, words in read)
    if count < LEAST:
        return None
    value = sum(said for said, _ in read) / count
    return 1 / (1 + math.exp(min(_SLOPE * (_MIDDLE - value), 30.0))), value


def _parts(text: str) -> list[str]:
    """Two pieces cut at blanks, or all of a short text."""
    if len(text) <= 2 * PART:
        return [text]
    found = []
    for quarter in (1, 3):
        middle = quarter * len(text) // 4
        start = text.find(" ", middle - PART // 2, middle) + 1
        end = text.rfind(" ", middle, middle + PART // 2)
        found.append(text[start or middle - PART // 2 : end if end > 0 else middle + PART // 2])
    return found
