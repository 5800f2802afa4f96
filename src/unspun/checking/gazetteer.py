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
    forms: str
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
            "|".join(_pattern(form.lstrip("~")) for form in forms.split(",")),
            tuple(form for form in forms.split(",") if form and not form.startswith("~")),
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


@lru_cache(maxsize=8192)
def _compiled(pattern: str) -> re.Pattern[str]:
    """A pattern, compiled when it is first asked for: most never are."""
    return re.compile(pattern)


@lru_cache(maxsize=1)
def _by_character() -> tuple[re.Pattern[str], dict[str, tuple[str, ...]]]:
    """The characters that names begin with, and the names of each, the longest first."""
    found: dict[str, list[str]] = {}
    for name in sorted(_entries(), key=lambda name: (-len(name), name)):
        found.setdefault(name[0], []).append(name)
    first = re.compile(f"[{re.escape(''.join(sorted(found)))}]")
    return first, {character: tuple(names) for character, names in found.items()}


def names_in(text: str) -> Iterator[tuple[int, str, str]]:
    """The names of a Chinese text: where, as it stands, and its entry's key.

    An entry without forms is a word that has a name in it by chance, and hides it.

    >>> list(names_in("发展中国家")), list(names_in("在中国"))
    ([], [(1, '中国', '中国')])
    """
    first, names = _by_character()
    end = 0
    for match in first.finditer(text):
        start = match.start()
        name = next((n for n in names[match[0]] if text.startswith(n, start)), "")
        if start < end or not name:
            continue
        end = start + len(name)
        entry = _entries()[name]
        if entry.shown:
            yield start, name, entry.characters[0]


def stands(key: str, text: str) -> bool:
    """Whether an English text has some form of a name.

    >>> stands("德国", "the German chancellor"), stands("德国", "the chancellor")
    (True, False)
    """
    return _compiled(_entries()[key].forms).search(text) is not None


def times(key: str, text: str) -> int:
    """How often a text has some form of a name."""
    return len(_compiled(_entries()[key].forms).findall(text))


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
            match = _compiled(pattern).match(text, word.start())
            if match:
                found.append(Mention(*match.span(), characters))
    return sorted(found, key=lambda m: (m.start, -m.end))


_CAPITAL = re.compile(r"(?<!\w)[A-Z]\w")


@lru_cache(maxsize=1)
def _by_beginning() -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
    """Patterns of forms, with the Chinese that they may stand for, by their first two letters."""
    found: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
    for entry in {entry.characters: entry for entry in _entries().values()}.values():
        for form in entry.written:
            pair = _pattern(form), (*entry.characters, *entry.perhaps)
            found.setdefault(form[:2], []).append(pair)
    return {beginning: tuple(pairs) for beginning, pairs in found.items()}


@lru_cache(maxsize=16_384)
def characters_of(word: str) -> tuple[str, ...]:
    """All Chinese that an English word may stand for; empty where it is no known name.

    >>> "德" in characters_of("german"), characters_of("table")
    (True, ())
    """
    found: list[str] = []
    forms = word, word.capitalize()
    for pattern, characters in _by_beginning().get(word[:2].lower(), ()):
        if any(_compiled(pattern).fullmatch(form) for form in forms):
            found += characters
    return tuple(dict.fromkeys(found))
