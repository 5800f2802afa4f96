"""Lines made of facts about the page alone: dates, reading times, authors."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from unspun import tables
from unspun.chrome.lines import Line, fold
from unspun.chrome.templates import Hit

_MAX_WIDTH = 160
_ASCII_DIGITS = frozenset("0123456789")
_GLUED = re.compile(
    r"(?<=[a-z\u0430-\u044f])(?=[A-Z\u0410-\u042f])"  # 'readDec', 'SmithDec'
    r"|(?<=(?:19|20)\d\d)(?=\d{1,2}\s?min)"  # '20235 min read'
)
_TOKEN = re.compile(r"\d+|[^\W\d_]+(?:['.\u2019-][^\W\d_]+)*|[^\s\w]")
_PUNCTUATION = frozenset(
    ".,:;/|-\u2013\u2014\u00b7\u2022()[]'\u2019\u3001\uff0c\u2219+@&~\u25cf\u200b\u3010\u3011"
)
_YEAR = re.compile(r"(?:1[89]|2[0-5])\d\d$|[\u0660-\u0669\u06f0-\u06f9\u0966-\u096f]{4}$")
_NUMERIC = re.compile(r"\b\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b")
_NAME_WORD = re.compile(r"(?:[^\W\d_]\.?|[^\W\d_]+)(?:[-'\u2019.][^\W\d_]+)*\.?$")
_PARTICLES = frozenset(
    [
        "de",
        "da",
        "do",
        "dos",
        "das",
        "di",
        "del",
        "della",
        "der",
        "den",
        "van",
        "von",
        "bin",
        "ibn",
        "al",
        "el",
        "la",
        "le",
        "ter",
        "ten",
        "af",
        "av",
        "y",
        "e",
        "und",
        "and",
        "&",
        "et",
    ]
)
_MIN_NAME_WORDS, _MAX_NAME_WORDS = 2, 4
_BARS = "|\u00b7\u2022"
_MARKUP = "<{[|#"
_DENSE = "\u3040"  # from here on, scripts without spaces


@dataclass(frozen=True, slots=True)
class _Words:
    date: frozenset[str]
    unit: frozenset[str]
    join: frozenset[str]
    label: frozenset[str]
    by: tuple[str, ...]
    before: frozenset[str]  # the words of those
    dense: re.Pattern[str]
    read: tuple[tuple[str, re.Pattern[str]], ...]


def match(line: Line) -> Hit | None:
    """The line as a byline, date or reading time, if it says nothing else.

    The place of the hit is ``any`` for what only furniture says, ``date`` for what also heads
    letters, diaries and statutes.
    """
    if (
        line.shape.width > _MAX_WIDTH
        or line.body
        or line.text[0] in _MARKUP
        or not _has_digit(line.text)
    ):
        return None
    words = _words()
    text = fold(_GLUED.sub(" ", line.text))
    rest, reading = _without_reading(text, words)
    read = _kinds(rest, words)
    if read is None:
        return None
    kinds, others = read
    if "other" not in kinds:
        others = []
    dated = _is_date(rest, kinds)
    if not (dated or reading):
        return None
    labelled = "label" in kinds
    name = _author(others, line.text)
    if reading and (not others or name):
        return Hit("byline", "any", 0.95 if not name else 0.9, name)
    heading = line.text[-1] in ":\uff1a"  # 'Update at 9 a.m. No boats out:'
    if not dated or (others and (heading or not name)):
        return None
    relative = "date" not in kinds and "unit" in kinds
    return _dated(line.text, others, name, labelled=labelled, relative=relative)


def _has_digit(text: str) -> bool:
    if text.isascii():
        return not _ASCII_DIGITS.isdisjoint(text)
    return any(map(str.isdigit, text))


def _dated(text: str, others: list[str], name: str, *, labelled: bool, relative: bool) -> Hit:
    """What a line of a date, and perhaps a label and a name, is."""
    if not others:
        if labelled:
            return Hit("byline", "any", 0.85)
        return Hit("date", "edge" if relative else "date", 0.8)
    words = _words()
    if others[0] in words.by or " ".join(others[:2]) in words.by:
        return Hit("byline", "any", 0.9, name)
    if labelled:
        return Hit("byline", "any", 0.75, name)
    if any(sign in text for sign in _BARS):
        return Hit("byline", "edge", 0.85, name)
    return Hit("byline", "date", 0.75, name)  # as well 'Port Askel, 3 June'


def name_shaped(text: str) -> bool:
    """Whether a line could be a person's name: two to four capitalised words, nothing else.

    >>> name_shaped("Ana de la Cruz"), name_shaped("How it works")
    (True, False)
    """
    words = text.split()
    if not _MIN_NAME_WORDS <= len(words) <= _MAX_NAME_WORDS + 1 or not words[0][:1].isupper():
        return False
    core = [word for word in words if word not in _PARTICLES]
    return (
        _MIN_NAME_WORDS <= len(core) <= _MAX_NAME_WORDS
        and words[-1] in core
        and all(
            word[0].isupper() and _NAME_WORD.match(word) and not word.isupper() for word in core
        )
    )


def _author(others: list[str], text: str) -> str:
    """The name in the words that are left, folded, if they are one."""
    words = _words()
    names = list(others)
    while names and (names[0] in words.by or " ".join(names[:2]) in words.by):
        names = names[2:] if " ".join(names[:2]) in words.by else names[1:]
    if not names or sum(name not in _PARTICLES for name in names) > _MAX_NAME_WORDS:
        return ""
    lowered = {word.strip(".,;:|()").casefold(): word for word in _GLUED.sub(" ", text).split()}
    for name in names:
        written = lowered.get(name, name)
        if name not in _PARTICLES and written[:1].islower():
            return ""
    return " ".join(names)


def _without_reading(text: str, words: _Words) -> tuple[str, bool]:
    for anchor, pattern in words.read:
        if anchor in text:
            found = pattern.search(text)
            if found:
                return f"{text[: found.start()]} | {text[found.end() :]}", True
    return text, False


def _kinds(text: str, words: _Words) -> tuple[list[str], list[str]] | None:
    """The kind of each token, and the tokens that are neither date nor label nor joint.

    Returns:
        None where there are more of the latter than a name has.
    """
    kinds, others = [], []
    unknown = 0
    for found in _TOKEN.finditer(text):  # most lines are told by their first
        token = found[0]
        if token in _PUNCTUATION:
            continue
        kind = _kind(token, words)
        kinds.append(kind)
        if kind == "other" or token in _PARTICLES:
            others.append(token)
            unknown += token not in _PARTICLES and token not in words.before
            if unknown > _MAX_NAME_WORDS:
                return None
    return kinds, others


def _kind(token: str, words: _Words) -> str:
    if token.isdigit():
        return "year" if _YEAR.match(token) else "number"
    for kind, known in (
        ("date", words.date),
        ("unit", words.unit),
        ("join", words.join),
        ("label", words.label),
    ):
        if token in known:
            return kind
    if token[0] >= _DENSE and words.dense.fullmatch(token):
        return (
            "label"
            if any(label in token for label in words.label if label[0] >= _DENSE)
            else "date"
        )
    return "other"


def _is_date(text: str, kinds: list[str]) -> bool:
    numbers = kinds.count("number") + kinds.count("year")
    if _NUMERIC.search(text) or ("date" in kinds and numbers):
        return True
    return numbers > 0 and kinds.count("unit") > 1 and "other" not in kinds


@cache
def _words() -> _Words:
    kinds: dict[str, list[str]] = {
        "date": [],
        "unit": [],
        "join": [],
        "label": [],
        "by": [],
        "read": [],
    }
    for line in tables.text("chrome_dates.tsv").splitlines():
        if line and not line.startswith("#"):
            kind, _language, words = line.split("\t")
            kinds[kind] += words.split("|")
    read = []
    for template in kinds["read"]:
        literals = [unicodedata.normalize("NFKC", p).strip() for p in template.split("{n}")]
        pattern = r"\s?".join((re.escape(literals[0]), r"\d+(?:-\d+)?", re.escape(literals[1])))
        read.append((max(literals, key=len), re.compile(pattern)))
    dense = {
        word for words in kinds.values() for w in words for word in w.split() if word[0] >= _DENSE
    }
    labels = {word for label in kinds["label"] for word in label.split()}
    return _Words(
        frozenset(kinds["date"]),
        frozenset(word for unit in kinds["unit"] for word in unit.split()),
        frozenset(kinds["join"]),
        frozenset(labels),
        tuple(kinds["by"]),
        frozenset(word for by in kinds["by"] for word in by.split()),
        re.compile(f"(?:{'|'.join(sorted(map(re.escape, dense), key=len, reverse=True))})+"),
        tuple(sorted(read, key=lambda entry: -len(entry[1].pattern))),
    )
