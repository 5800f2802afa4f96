"""What a translation must keep of its source; an answer that fails is not used."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unspun.translation import masks
from unspun.translation.protocol import Term

UNSPACED_LANGUAGES = frozenset({"zh", "ja", "th", "lo", "km", "my", "yue"})
_DENSE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]|[\U00020000-\U0003ffff]")
_LETTER = re.compile(r"[^\W\d_]")
_LEFT = 0.3  # share of letters in the source's script from which an answer is none
_LENGTHS = 0.25, 4.0  # ratio of lengths, a dense letter counted as _WEIGHT, beyond which it is none
_WEIGHT = 3.0  # letters of an alphabet that say as much as one character: UDHR's lengths
_SHORT = 12  # weighted letters below which the ratio says nothing
_LOOP = re.compile(r"(\b[\w' ]{2,40}?\b)(?:[\s,.;:-]+\1){3,}", re.IGNORECASE)
_MARKED = re.compile(r"(?<![A-Za-z0-9])(?=[A-Za-z0-9.&+-]*[A-Z0-9])[A-Za-z][A-Za-z0-9&+-]*[A-Za-z0-9]")
_AMOUNT = re.compile(
    r"""
    (?P<figure> \d+(?:[.,]\d+)* )
    \s*(?P<scale> 万亿 | 萬億 | 兆 | 十亿 | 十億 | 亿 | 億 | 千万 | 千萬 | 百万 | 百萬 | 万 | 萬 | 千
      | (?:trillion|billion|million|thousand|bn|mn|tn)\b | [mk](?![A-Za-z]) )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SCALES = {
    "万亿": 1e12, "萬億": 1e12, "兆": 1e12, "十亿": 1e9, "十億": 1e9, "亿": 1e8, "億": 1e8,
    "千万": 1e7, "千萬": 1e7, "百万": 1e6, "百萬": 1e6, "万": 1e4, "萬": 1e4, "千": 1e3,
    "trillion": 1e12, "tn": 1e12, "billion": 1e9, "bn": 1e9, "million": 1e6, "mn": 1e6, "m": 1e6,
    "thousand": 1e3, "k": 1e3,
}  # fmt: skip
_SMALL = {
    1: "one|first|a|an|single", 2: "two|second|both|twice|half", 3: "three|third|triple|thrice",
    4: "four|fourth|quarter", 5: "five|fifth", 6: "six|sixth", 7: "seven|seventh",
    8: "eight|eighth", 9: "nine|ninth", 10: "ten|tenth", 11: "eleven|eleventh|november",
    12: "twelve|twelfth|december|dozen",
}  # fmt: skip
_MONTHS = (
    "january february march april may june july august september october november december"
).split()
_WIDE = {0xFF10 + n: str(n) for n in range(10)} | {0xFF0E: ".", 0xFF0C: ",", 0xFF05: "%"}


class Problem(NamedTuple):
    """What a translation lost.

    Attributes:
        kind: Such as ``number``.
        detail: What exactly.
    """

    kind: str
    detail: str


def problems(source: str, answer: str, target: str, terms: Sequence[Term] = ()) -> list[Problem]:
    """What is wrong with an answer.

    Args:
        source: The segment.
        answer: Its translation.
        target: BCP 47 tag of the translation.
        terms: The glossary.

    >>> [p.kind for p in problems("营收为174亿元。", "Revenue was 1.74 billion yuan.", "en")]
    ['number']
    >>> problems("营收为17.4亿元。", "Revenue was 1.74 billion yuan.", "en")
    []
    """
    if not answer.strip():
        return [Problem("empty", "the answer is empty")]
    found = [*_untranslated(source, answer, target), *_length(source, answer)]
    found += _numbers(source, answer)
    if not masks.latin(source) and masks.latin(answer):
        found += _names(source, answer)
    found += _fixed(source, answer)
    for term in terms:
        if masks.occurrences(source, term.source) and not masks.occurrences(answer, term.target):
            found.append(Problem("glossary", f"{term.source}: {term.target} is missing"))
    return found


def _untranslated(source: str, answer: str, target: str) -> Iterator[Problem]:
    dense = target.split("-")[0] in UNSPACED_LANGUAGES | {"ko"}
    letters = len(_LETTER.findall(answer))
    if not dense and len(_DENSE.findall(answer)) > _LEFT * letters:
        yield Problem("untranslated", "the answer is in the script of the source")
    elif _folded(source) == _folded(answer) and len(_LETTER.findall(masks.FIXED.sub("", source))):
        yield Problem("untranslated", "the answer is the source")


def _folded(text: str) -> str:
    return "".join(text.casefold().split())


def _length(source: str, answer: str) -> Iterator[Problem]:
    long, short = _weight(source), _weight(answer)
    if max(long, short) >= _SHORT and not _LENGTHS[0] <= short / max(1.0, long) <= _LENGTHS[1]:
        yield Problem("length", f"{len(answer)} characters for {len(source)}")
    if _LOOP.search(answer) and not _LOOP.search(source):
        yield Problem("repetition", "the answer repeats itself")


def _weight(text: str) -> float:
    dense = len(_DENSE.findall(text))
    return len(_LETTER.findall(text)) + (_WEIGHT - 1) * dense


def _numbers(source: str, answer: str) -> Iterator[Problem]:
    """Each amount of the source must stand in the answer, in any writing."""
    source, answer = masks.FIXED.sub(" ", source), masks.FIXED.sub(" ", answer)
    scaled = bool(_DENSE.search(source) or _DENSE.search(answer))
    left = list(amounts(answer, scaled=scaled))
    words = Counter(re.findall(r"[a-z]+", answer.lower()))
    for values, written in amounts(source, scaled=scaled):
        near = next((k for k, (v, _) in enumerate(left) if _same(v, values)), None)
        if near is not None:
            del left[near]
        elif not any(_in_words(value, words) for value in values):
            yield Problem("number", f"{written} is missing")
    if not re.search(r"[一二三四五六七八九十百千两兩几幾半]", source):
        for _, written in left:
            if len(re.sub(r"\D", "", written)) > 1:
                yield Problem("number", f"{written} is not in the source")


def amounts(text: str, *, scaled: bool = True) -> Iterator[tuple[list[float], str]]:
    """The numbers of a text, each with what it may mean, and how it is written.

    A comma and a stop each part thousands in some languages and decimals in others.
    """
    for match in _AMOUNT.finditer(text.translate(_WIDE)):
        figure = match["figure"]
        plain = [figure.replace(",", ""), figure.replace(".", "").replace(",", ".")]
        scale = _SCALES.get((match["scale"] or "").lower(), 1.0) if scaled else 1.0
        values = [float(p) * scale for p in dict.fromkeys(plain) if p.count(".") < 2]  # noqa: PLR2004
        if values:
            yield values, match[0].strip()


def _same(some: Sequence[float], others: Sequence[float]) -> bool:
    return any(abs(a - b) <= 1e-6 * max(a, b) for a in some for b in others)


def _in_words(value: float, words: Counter[str]) -> bool:
    if value != int(value) or not 1 <= value <= max(_SMALL):
        return False
    names = {*_SMALL[int(value)].split("|"), _MONTHS[int(value) - 1], _MONTHS[int(value) - 1][:3]}
    return any(words[name] for name in names)


def _names(source: str, answer: str) -> Iterator[Problem]:
    """Latin names and codes inside another script stand in the answer as they are."""
    bare = masks.FIXED.sub(" ", source)
    low = answer.casefold()
    for name in dict.fromkeys(_MARKED.findall(bare)):
        if name.casefold() not in low:
            yield Problem("name", f"{name} is missing")


def _fixed(source: str, answer: str) -> Iterator[Problem]:
    """Links, addresses, placeholders and markup: the same ones, as often."""
    had, has = (Counter(masks.FIXED.findall(text)) for text in (source, answer))
    for item, count in (had - has).items():
        yield Problem("placeholder", f"{item} is missing ({count})")
    for item, count in (has - had).items():
        yield Problem("placeholder", f"{item} is not in the source ({count})")
