"""What a translation must keep of its source; an answer that fails is not used.

Numbers, names, links, placeholders, markup and glossary terms are the business of
`unspun.checking`; here stands what only an engine does wrong: loops, runaways, silence.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from unspun.checking import Terms

UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
_REFUSED = ("major", "critical")
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")
_LENGTHS = 0.2, 5.0  # ratio of lengths, a dense letter counted as _WEIGHT, beyond which it is none
_WEIGHT = 3.0  # letters of an alphabet that say as much as one character: UDHR's lengths
_SHORT = 12  # weighted letters below which the ratio says nothing
_SURROGATE = re.compile("[\ud800-\udfff]")
_LOOP = re.compile(r"(\b[\w' ]{2,40}?\b)(?:[\s,.;:-]+\1\b){3,}", re.IGNORECASE)


class Problem(NamedTuple):
    """What a translation lost.

    Attributes:
        kind: Such as ``number``.
        detail: What exactly.
    """

    kind: str
    detail: str


def problems(
    source: str, answer: str, languages: tuple[str, str], terms: Terms | None = None
) -> list[Problem]:
    """What is wrong with an answer.

    Args:
        source: The segment.
        answer: Its translation.
        languages: BCP 47 tags of the two.
        terms: The glossary.

    >>> pair = ("zh-Hans", "en")
    >>> [p.kind for p in problems("营收为174亿元。", "Revenue was 1.74 billion yuan.", pair)]
    ['number']
    >>> problems("营收为17.4亿元。", "Revenue was 1.74 billion yuan.", pair)
    []
    """
    if not answer.strip():
        return [Problem("empty", "the answer is empty")]
    if _SURROGATE.search(answer):
        return [Problem("characters", "the answer holds halves of characters")]
    from unspun import checking  # noqa: PLC0415 - few texts are translated

    found = checking.check(
        source, answer, source_language=languages[0], target_language=languages[1], glossary=terms
    )
    kept = [Problem(f.rule, f.message) for f in found if f.severity in _REFUSED]
    long, short = _weight(source), _weight(answer)
    if max(long, short) >= _SHORT and not _LENGTHS[0] <= short / max(1.0, long) <= _LENGTHS[1]:
        kept.append(Problem("length", f"{len(answer)} characters for {len(source)}"))
    if _LOOP.search(answer) and not _LOOP.search(source):
        kept.append(Problem("repetition", "the answer repeats itself"))
    return kept


def _weight(text: str) -> float:
    return len(_LETTER.findall(text)) + (_WEIGHT - 1) * len(_DENSE.findall(text))
