"""Sentences in which the page speaks for itself: subscribe, follow, download, support us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from unspun import tables
from unspun.chrome.lines import LONG, Line
from unspun.chrome.templates import Hit

_SENTENCE = re.compile(
    r"[^.!?\u3002\uff01\uff1f\u0964\u061f]+[.!?\u3002\uff01\uff1f\u0964\u061f]*[^\w\s]*\s*"
)
_CLAUSE = r"(?:^|[,;:\u2013\u2014(>|\uff0c\u3001\u060c]\s*|\b(?:please|and|or|to|then|und|et|y|e|en|i|и|й|та|και|bitte|por favor)\s+)"
_SHARE = 0.7  # of the letters must stand in sentences of the page's own
_LONGEST = 4  # sentences


@dataclass(frozen=True, slots=True)
class _Language:
    call: re.Pattern[str]
    objects: tuple[str, ...]
    self: re.Pattern[str]
    lure: re.Pattern[str]


def match(line: Line) -> Hit | None:
    """The line as a prompt, if its sentences call the reader to something of the page's own.

    >>> from unspun.chrome.lines import split
    >>> match(split("Like what you read? Sign up for our weekly newsletter.")[0]).rule
    'prompt'
    >>> match(split("The union urged staff to sign up for the newsletter it sends members.")[0])
    """
    if len(line.text) >= LONG or line.text[:1] in "\"'\u201c\u2018\u201e\u00ab\u300c":
        return None
    text = line.text.casefold().replace("\u2019", "'")
    for language in _languages():
        if any(word in text for word in language.objects):
            confidence = _confidence(text, language)
            if confidence:
                return Hit("prompt", "any", confidence)
    return None


def _confidence(text: str, language: _Language) -> float:
    sentences = _SENTENCE.findall(text)
    if not 0 < len(sentences) <= _LONGEST:
        return 0.0
    calls = [s for s in sentences if _calls(s, language)]
    if not calls or not language.self.search(text):
        return 0.0
    own = calls + [s for s in sentences if s not in calls and _lures(s, language)]
    if sum(map(len, own)) < _SHARE * len(text):
        return 0.0
    return 0.9 if len(calls) > 1 or len(text) < LONG / 2 else 0.8


def _calls(sentence: str, language: _Language) -> bool:
    return bool(language.call.search(sentence)) and any(o in sentence for o in language.objects)


def _lures(sentence: str, language: _Language) -> bool:
    return bool(language.lure.match(sentence) or language.call.match(sentence))


@cache
def _languages() -> tuple[_Language, ...]:
    words: dict[str, dict[str, list[str]]] = {}
    free: set[str] = set()
    for line in tables.text("chrome_prompts.tsv").splitlines():
        if line and not line.startswith("#"):
            kind, name, values = line.split("\t")
            if name.endswith("*"):
                name = name[:-1]
                free.add(name)
            words.setdefault(name, {})[kind] = values.split("|")
    return tuple(_language(kinds, free=name in free) for name, kinds in words.items())


def _language(kinds: dict[str, list[str]], *, free: bool) -> _Language:
    call = _any_of(kinds["call"])
    start = "" if free else _CLAUSE
    spaced = not any(word[0] >= "\u0e00" for word in kinds["call"])
    edge = r"\b" if spaced else ""
    return _Language(
        re.compile(f"{start}{edge}(?:{call}){edge}"),
        tuple(kinds["object"]),
        re.compile(f"{edge}(?:{_any_of(kinds['self'])}){edge}"),
        re.compile(rf"\s*(?:{_any_of(kinds.get('lure', kinds['call']))}){edge}"),
    )


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
