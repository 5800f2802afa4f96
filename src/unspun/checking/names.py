"""Names between Han characters and Latin letters: by reading, by sound, and by their own file.

A Chinese name in Latin letters is read off the characters (Hanyu Pinyin). Foreign ones that are
written by sound are told by their characters, countries, bodies and firms by a list, others from
the file itself. Where none of this says anything, no finding is made: `Oxfam` and 乐施会 share no
sound.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from unspun.align import Span
from unspun.checking import known, losses, people, romanise, sides, strangers
from unspun.checking.findings import Languages, QaFinding, Unit
from unspun.checking.lexicon import Lexicon
from unspun.checking.losses import Lost
from unspun.checking.sides import Name, Sides
from unspun.checking.strangers import Strange

_SCORES = {
    "listed lost": 0.75,
    "listed lost beside another": 0.6,
    "person lost": 0.6,
    "person of two characters lost": 0.3,
    "introduced person lost": 0.7,
    "read lost": 0.65,
    "read of two characters lost": 0.5,
    "ever heard lost": 0.65,
    "heard lost": 0.65,
    "transcribed lost": 0.7,
    "listed strange": 0.7,
    "run strange": 0.95,
    "read strange": 0.8,
    "heard strange": 0.65,
    "unknown strange": 0.25,
    "replaced": 0.85,
}
"""How sure each kind of finding is: about the share of such findings that had an error planted
where they are, in the first half of WMT 2021's test set (`bench/qa.py`)."""


def check(
    units: Sequence[Unit], languages: Languages, lexicon: Lexicon
) -> Iterator[tuple[int, QaFinding]]:
    """Findings with the place of their unit."""
    found = [sides.of(unit, languages) for unit in units]
    learned = known.learn([s for s in found if s is not None], lexicon)
    for place, side in enumerate(found):
        if side is not None:
            strange = strangers.find(side, learned)
            lost = list(losses.find(side, learned, replaced=bool(strange)))
            yield from ((place, f) for f in _findings(side, strange, lost))


def _findings(side: Sides, strange: Sequence[Strange], lost: Sequence[Lost]) -> Iterator[QaFinding]:
    """One finding for each name that was lost, replaced or added."""
    left = list(strange)
    for span, rendering, kind in lost:
        text = side.han[slice(*span)]
        meant = f"{text} ({rendering})" if rendering else text
        other = left.pop(0) if left else None
        if other is not None:
            message = f"{meant} became {other.name.word}"
            yield _finding(side, message, span, other.name.span, rendering, "replaced")
        elif side.han_is_source:
            message = f"{meant} is not in the translation"
            yield _finding(side, message, span, None, rendering, kind)
    for name, kind in left:
        if kind == "misread":
            yield _misread(side, name)
            continue
        where = "source" if side.han_is_source else "translation"
        yield _finding(side, f"{name.word} is not in the {where}", None, name.span, "", kind)


def _misread(side: Sides, name: Name) -> QaFinding:
    """A name that reads as its characters but for one: 潴龙河, Yulong."""
    place = romanise.near(name.word, side.han)
    source, target = (place, name.span) if side.han_is_source else (name.span, place)
    meant = side.han[slice(*place)] if place else ""
    return QaFinding(
        "name-spelling",
        "minor",
        "Accuracy/Mistranslation",
        f"{name.word} is not how {meant} reads" if meant else f"nothing reads as {name.word}",
        source,
        target,
        people.spelling(meant) if meant else "",
        _SCORES["replaced"],
    )


def _finding(
    side: Sides, message: str, han: Span | None, latin: Span | None, expected: str, kind: str
) -> QaFinding:
    source, target = (han, latin) if side.han_is_source else (latin, han)
    category = (
        "Accuracy/Mistranslation"
        if source and target
        else ("Accuracy/Omission" if source else "Accuracy/Addition")
    )
    score = _SCORES[kind]
    return QaFinding("name", "major", category, message, source, target, expected, score)
