"""Sentences in which the page speaks for itself: subscribe, follow, download, support us."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from unspun import tables
from unspun.chrome.lines import LONG, Line
from unspun.chrome.templates import Hit

_SENTENCE = re.compile(
    r"[^.!?\u3002\uff01\uff1f\u0964\u061f]+[.!?\u3002\uff01\uff1f\u0964\u061f]*[^\w\s]*\s*"
)
QUOTES = "\"'\u201c\u2018\u201e\u00ab\u300c"
"""What opens a quotation: no prompt."""
_START = r"(?:^|(?<=[:\u2013\u2014>|])\s*|\b(?:please|bitte|por favor|s'il vous pla\u00eet)\s+)"
_NEAR = 18  # code points of a sentence's start where scripts without spaces open a call
_AFTER = 80  # code points within which the object follows its call
_LETTERS = re.compile(r"[^\W\d_]+")
_OPENING = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*")
_MARKS = ".,;:!?)\"'"
_GATED = 4  # letters of a first word that are looked up before words are cut
_REMEMBERED = 1 << 13  # ends of lines
_LATE = "\u0370"  # from here on, scripts other than Latin
_SHARE = 0.65  # of the letters must stand in sentences of the page's own
_LONGEST = 4  # sentences


@dataclass(frozen=True, slots=True)
class _Language:
    order: str
    call: re.Pattern[str]
    after_lure: re.Pattern[str]
    self: re.Pattern[str]
    lure: re.Pattern[str]
    calls: tuple[str, ...]
    objects: tuple[str, ...]
    selves: tuple[str, ...]
    openings: tuple[str, ...]


def match(line: Line) -> Hit | None:
    """The line as a prompt, if its sentences call the reader to something of the page's own.

    >>> from unspun.chrome.lines import split
    >>> match(split("Like what you read? Sign up for our weekly newsletter.")[0]).rule
    'prompt'
    >>> match(split("The union urged staff to sign up for the newsletter it sends members.")[0])
    """
    if len(line.text) >= LONG or line.text[:1] in QUOTES:
        return None
    if line.text[-1] in ":\uff1a" or not _promising(line.text):
        return None
    text = line.text.casefold().replace("\u2019", "'")
    for language in _named(text):
        confidence = _confidence(text, language)
        if confidence:
            return Hit("prompt", "any", confidence)
    return None


def _named(text: str) -> list[_Language]:
    """The languages of which an object, a call and a word for the page or the reader is there."""
    chars = set(text)
    named = {
        number
        for firsts, known in _objects()
        if not firsts.isdisjoint(chars)
        for word, numbers in known.items()
        if word in text
        for number in numbers
    }
    return [
        language
        for language in map(languages().__getitem__, sorted(named))
        if any(map(text.__contains__, language.calls))
        and any(map(text.__contains__, language.selves))
    ]


@cache
def _objects() -> list[tuple[frozenset[str], dict[str, list[int]]]]:
    """What calls speak of, each with its languages by number, and the letters one of which it has.

    Words of ASCII come together, since languages share them; others by language.
    """
    groups: dict[int, dict[str, list[int]]] = {}
    for number, language in enumerate(languages()):
        for word in language.objects:
            group = groups.setdefault(-1 if word.isascii() else number, {})
            group.setdefault(word, []).append(number)
    return [(frozenset(word[0] for word in group), group) for group in groups.values()]


@cache
def words() -> dict[str, tuple[int, int, int]]:
    """Every word of prompts with the languages that have it, as bits by number.

    They are given for what is called for, for calls, and for words for the page or the reader.
    """
    found: dict[str, list[int]] = {}
    for number, language in enumerate(languages()):
        for kind, some in enumerate((language.objects, language.calls, language.selves)):
            for word in some:
                found.setdefault(word, [0, 0, 0])[kind] |= 1 << number
    return {word: (bits[0], bits[1], bits[2]) for word, bits in found.items()}


def _promising(text: str) -> bool:
    """Whether a line opens as prompts do, or is of a language whose calls come late."""
    front = text[:_NEAR]
    if not front.isascii() and max(front) >= _LATE:
        return True
    return (_may_open(text[:_GATED]) and _opens(text)) or (_may_end(text[-2:]) and _ends(text))


@lru_cache(_REMEMBERED)
def _may_open(front: str) -> bool:
    """Whether a line with this front may open as prompts do."""
    begins = _LETTERS.match(front.lower()) if front.isascii() else None
    return begins is None or begins[0] in _gates()


def _opens(text: str) -> bool:
    head = text[: 2 * _NEAR]
    words = [piece.rstrip(_MARKS) for piece in head.split(maxsplit=2)[:2]]
    if all(map(_is_plain, words)):
        words = [word.lower() for word in words]
    else:
        head = head.casefold()
        begins = _LETTERS.search(head)
        if not begins or begins[0][:_GATED] not in _gates():
            return False
        words = _OPENING.findall(head.replace("\u2019", "'"))[:2]
    return words[0] in openings() or " ".join(words) in openings()


def _is_plain(word: str) -> bool:
    """Whether what stands between blanks and marks is a word, whatever stands around it."""
    return word.isascii() and word.isalpha()


@lru_cache(_REMEMBERED)
def _may_end(back: str) -> bool:
    """Whether a line with these last two characters may end as prompts do."""
    told = back.isascii() and back[0].isalpha() and not back[-1].isalnum()
    return not told or back[0].lower() in _lasts()


def _ends(text: str) -> bool:
    tail = text[-2 * _NEAR :]
    end = tail.rsplit(maxsplit=1)[-1].rstrip(_MARKS)
    if _is_plain(end) and end.lower() not in _finals():
        return False
    tail = tail.casefold()
    last = tail[-2:-1]
    if not last.isalpha() or tail[-1].isalnum():
        last = next((c for c in reversed(tail) if c.isalnum() and not c.isdecimal()), "")
    if last not in _lasts():
        return False
    words = _OPENING.findall(tail.replace("\u2019", "'"))[-2:]
    return " ".join(words) in endings()


@cache
def _gates() -> frozenset[str]:
    """The first letters of the first word of each."""
    return frozenset(found[0][:_GATED] for found in map(_LETTERS.match, openings()) if found)


@cache
def _finals() -> frozenset[str]:
    """The last word of each ending."""
    return frozenset(ending.split()[-1] for ending in endings())


@cache
def _lasts() -> frozenset[str]:
    """The last letters of the endings."""
    return frozenset(ending[-1] for ending in endings())


def lures(line: Line) -> bool:
    """Whether a short line opens as promotional sentences do."""
    text = line.text.casefold().replace("\u2019", "'")
    return len(text) < LONG / 2 and any(language.lure.match(text) for language in languages())


def _confidence(text: str, language: _Language) -> float:
    sentences = _SENTENCE.findall(text)
    if not 0 < len(sentences) <= _LONGEST or not language.self.search(text):
        return 0.0
    calls = [sentence for sentence in sentences if _calls(sentence, language)]
    lures = [s for s in sentences if s not in calls and language.lure.match(s)]
    if not calls or sum(map(len, calls + lures)) < _SHARE * len(text):
        return 0.0
    return 0.9 if len(text) < LONG / 2 else 0.8


def _calls(sentence: str, language: _Language) -> bool:
    """Whether a clause of the sentence calls for an object."""
    if language.order:
        near = sentence[:_NEAR] if language.order == "*" else sentence[-2 * _NEAR :]
        return bool(language.call.search(near)) and any(
            word in sentence for word in language.objects
        )
    pattern = language.after_lure if language.lure.match(sentence) else language.call
    return any(
        word in sentence[found.end() : found.end() + _AFTER]
        for found in pattern.finditer(sentence)
        for word in language.objects
    )


@cache
def openings() -> frozenset[str]:
    """The first two words of every call and lure."""
    return frozenset(
        " ".join(_OPENING.findall(word)[:2])
        for language in languages()
        for word in language.openings
    )


@cache
def endings() -> frozenset[str]:
    """The last two words of every call that ends its sentence."""
    return frozenset(
        " ".join(_OPENING.findall(word)[-2:])
        for language in languages()
        for word in language.openings
        if language.order == "$"
    )


@cache
def languages() -> tuple[_Language, ...]:
    """The words of prompts by language, read on first use."""
    words: dict[str, dict[str, list[str]]] = {}
    orders: dict[str, str] = {}
    for line in tables.text("chrome_prompts.tsv").splitlines():
        if line and not line.startswith("#"):
            kind, name, values = line.split("\t")
            if name[-1] in "*$":
                order, name = name[-1], name[:-1]
                orders[name] = order
            words.setdefault(name, {})[kind] = values.split("|")
    return tuple(_language(kinds, orders.get(name, "")) for name, kinds in words.items())


def _language(kinds: dict[str, list[str]], order: str) -> _Language:
    calls = _any_of(kinds["call"])
    spaced = not any(word[0] >= "\u0900" for word in kinds["call"])
    edge = r"\b" if spaced else ""
    lures = f"{calls}|{_any_of(kinds['lure'])}" if "lure" in kinds else calls
    return _Language(
        order,
        re.compile(f"{'' if order else _START}{edge}(?:{calls}){edge}"),
        re.compile(
            rf"(?:{_START}|[,;(]\s*|\b(?:and|or|to|und|et|y|e|en|och|i|\u0438|\u0439|\u0442\u0430)\s+){edge}(?:{calls}){edge}"
        ),
        re.compile(f"{edge}(?:{_any_of(kinds['self'])}){edge}"),
        re.compile(rf"\s*(?:{lures}){edge}"),
        tuple(kinds["call"]),
        tuple(kinds["object"]),
        tuple(kinds["self"]),
        (*kinds["call"], *kinds.get("lure", ())),
    )


def _any_of(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))
