"""Names that two languages form differently: 德国 and Germany, 长江 and Yangtze."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from string import capwords
from typing import NamedTuple

from unspun import tables


class _Entry(NamedTuple):
    """A place or body.

    Attributes:
        characters: Its Chinese names.
        forms: A pattern of its English forms.
        written: The same forms as they are listed, but for those that say little alone.
        shown: The first of them.
        perhaps: Chinese that may be meant as well.
    """

    characters: tuple[str, ...]
    forms: re.Pattern[str]
    written: tuple[str, ...]
    shown: str
    perhaps: tuple[str, ...]


@lru_cache(maxsize=1)
def _entries() -> dict[str, _Entry]:
    """The entries by each of their Chinese names."""
    found: dict[str, _Entry] = {}
    for line in tables.text("gazetteer.tsv").splitlines():
        if line.startswith("#") or not line:
            continue
        names, forms, perhaps = line.split("\t")
        characters = tuple(names.split(","))
        entry = _Entry(
            characters,
            re.compile("|".join(_pattern(form.lstrip("~")) for form in forms.split(","))),
            tuple(form for form in forms.split(",") if not form.startswith("~")),
            forms.split(",")[0].strip("~*"),
            tuple(p for p in perhaps.split(",") if p),
        )
        found.update(dict.fromkeys(characters, entry))
    return found


def _pattern(form: str) -> str:
    """A form as a whole word; short capitals (US, UN) only as such."""
    if form.endswith("*"):
        return rf"(?i:\b{re.escape(form[:-1])}[\w’'-]*)"
    if len(form) <= 3 and form.isalpha():  # noqa: PLR2004
        return rf"\b(?:{form.upper()}|{form.capitalize()})(?![a-z])"
    escaped = re.escape(form).replace("'", "['’]")
    return rf"(?i:\b{escaped}(?!\w))"


@lru_cache(maxsize=1)
def _finder() -> re.Pattern[str]:
    names = sorted(_entries(), key=lambda name: (-len(name), name))
    return re.compile("(?<!精)(?:" + "|".join(map(re.escape, names)) + ")")


def names_in(text: str) -> Iterator[tuple[int, str, str]]:
    """The names of a Chinese text: where, as it stands, and its entry's key."""
    for match in _finder().finditer(text):
        yield match.start(), match[0], _entries()[match[0]].characters[0]


def stands(key: str, text: str) -> bool:
    """Whether an English text has some form of a name.

    >>> stands("德国", "the German chancellor"), stands("德国", "the chancellor")
    (True, False)
    """
    return _entries()[key].forms.search(text) is not None


def times(key: str, text: str) -> int:
    """How often a text has some form of a name."""
    return len(_entries()[key].forms.findall(text))


def shown(key: str) -> str:
    """The form that messages show.

    >>> shown("长江")
    'Yangtze'
    """
    form = _entries()[key].shown
    return form.upper() if len(form) <= _SHORT else capwords(form)


_SHORT = 4  # letters of an acronym


class Mention(NamedTuple):
    """A known name in an English text.

    Attributes:
        start: First code point.
        end: One past the last.
        characters: All Chinese that it may stand for.
    """

    start: int
    end: int
    characters: tuple[str, ...]


def mentions(text: str) -> list[Mention]:
    """The known names of an English text, the longest where several begin.

    >>> [(m.start, m.end, "纽约" in m.characters) for m in mentions("In New York")]
    [(3, 11, True)]
    """
    found: list[Mention] = []
    for word in _CAPITAL.finditer(text):
        for pattern, characters in _by_beginning().get(word[0].lower(), ()):
            match = pattern.match(text, word.start())
            if match:
                found.append(Mention(*match.span(), characters))
    return sorted(found, key=lambda m: (m.start, -m.end))


_CAPITAL = re.compile(r"(?<!\w)[A-Z]\w")


@lru_cache(maxsize=1)
def _by_beginning() -> dict[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]]:
    """Patterns of forms, with the Chinese that they may stand for, by their first two letters."""
    found: dict[str, tuple[tuple[re.Pattern[str], tuple[str, ...]], ...]] = {}
    for entry in _distinct():
        for form in entry.written:
            pair = re.compile(_pattern(form)), (*entry.characters, *entry.perhaps)
            found[form[:2]] = (*found.get(form[:2], ()), pair)
    return found


@lru_cache(maxsize=1)
def _distinct() -> tuple[_Entry, ...]:
    return tuple({entry.characters: entry for entry in _entries().values()}.values())


@lru_cache(maxsize=1024)
def _named(entry: _Entry) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_pattern(form)) for form in entry.written)


@lru_cache(maxsize=16_384)
def characters_of(word: str) -> tuple[str, ...]:
    """All Chinese that an English word may stand for; empty where it is no known name.

    >>> "德" in characters_of("german"), characters_of("table")
    (True, ())
    """
    found: list[str] = []
    forms = word, word.capitalize()
    for entry in _distinct():
        if any(pattern.fullmatch(form) for pattern in _named(entry) for form in forms):
            found += [*entry.characters, *entry.perhaps]
    return tuple(dict.fromkeys(found))
