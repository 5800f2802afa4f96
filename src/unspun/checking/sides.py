"""A unit by its scripts: the side in Han characters, the side in Latin letters, and its names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise

from unspun import tables
from unspun.align import Span
from unspun.checking import numberwords, romanise
from unspun.checking.findings import Languages, Unit
from unspun.checking.protected import masked
from unspun.lm import LanguageModel, Vocabulary

LETTERS = 4
"""Letters of a name that is looked for: shorter ones meet by chance."""
_NAME = re.compile(r"(?<![\w@#/.])[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*")
_WORD = re.compile(r"[^\W\d_]+(?:[’'-][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
GENITIVE = re.compile(r"[’']s?$")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Latin letters where it stands."""

    word: str
    span: Span


@dataclass(frozen=True)
class Sides:
    """A unit by its scripts.

    Attributes:
        han: The side in Han characters, links and markup blanked.
        latin: The side in Latin letters, the same.
        unmasked: The latter as it stands.
        names: Its names.
        han_is_source: Whether the characters were translated.
    """

    han: str
    latin: str
    unmasked: str
    names: tuple[Name, ...]
    han_is_source: bool

    def runs(self) -> Iterator[list[Name]]:
        """Names that stand side by side."""
        run: list[Name] = []
        for name in self.names:
            if run and self.latin[run[-1].span[1] : name.span[0]] != " ":
                yield run
                run = []
            run.append(name)
        if run:
            yield run

    @cached_property
    def words(self) -> frozenset[str]:
        """Its words as they are compared, and pairs of them in one: Xi an, xian."""
        plain = [romanise.plain(GENITIVE.sub("", w)) for w in _WORD.findall(self.latin)]
        parts = [romanise.plain(p) for w in _WORD.findall(self.latin) for p in w.split("-")]
        return frozenset([*plain, *parts, *(a + b for a, b in pairwise(plain))])

    def has(self, word: str) -> bool:
        """Whether a word stands in the Latin side; a long one also inside another word."""
        plain = romanise.plain(word)
        return plain in self.words or (
            len(plain) > LETTERS and any(plain in other for other in self.words)
        )

    def ends_as_site(self, span: Span) -> bool:
        """Whether a name is the site's at the end of a headline: - CNN."""
        before, behind = self.latin[: span[0]].rstrip(), self.latin[span[1] :].strip(" .")
        return not behind and before[-1:] in _DASHES


_DASHES = frozenset("-－—–|_")


def of(unit: Unit, languages: Languages) -> Sides | None:
    """The sides of a unit; None where it has no Han side and no Latin one."""
    if not unit.source.strip() or not unit.target.strip():
        return None
    source, target = masked(unit.source), masked(unit.target)
    ours, theirs = len(_HAN.findall(source)), len(_HAN.findall(target))
    if ours and theirs * 4 < ours and _read_as_chinese(languages.source):
        return Sides(source, target, unit.target, _names(target, languages.target), True)  # noqa: FBT003
    if theirs and ours * 4 < theirs and _read_as_chinese(languages.target):
        return Sides(target, source, unit.source, _names(source, languages.source), False)  # noqa: FBT003
    return None


def _read_as_chinese(language: str) -> bool:
    return language.split("-", maxsplit=1)[0] in {"zh", "und"}


def _names(text: str, language: str) -> tuple[Name, ...]:
    """Capitalised words that are no ordinary words, months or days."""
    table = numberwords.words(language if numberwords.known(language) else "en")
    found = []
    for match in _NAME.finditer(text):
        word = GENITIVE.sub("", match[0])
        lower = word.lower()
        if lower in table.months or lower in table.weekdays or _ordinary(word):
            continue
        found.append(Name(word, (match.start(), match.start() + len(word))))
    return tuple(found)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return LanguageModel.open(tables.path("english.lm")).vocabulary


def written_small(word: str) -> bool:
    """Whether English text writes a word small at times."""
    return word in _forms()


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(_vocabulary().forms)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Words that English text writes small at least as often as with a capital."""
    vocabulary = _vocabulary()
    index = {form: number for number, form in enumerate(vocabulary.forms)}
    return frozenset(
        form
        for form, number in index.items()
        if form.islower()
        and (
            (capital := index.get(form.capitalize())) is None
            or vocabulary.lowered[capital] == number
        )
    )


@lru_cache(maxsize=65_536)
def _ordinary(word: str) -> bool:
    """Whether a word is no name, but for its capital: You’re, Post-War."""
    parts = re.split(r"[-’']", word.lower())
    if word.lower() in _english() or (parts[0] in _english() and "-" not in word):
        return True
    return "-" in word and any(len(p) >= LETTERS and p in _english() for p in parts)
