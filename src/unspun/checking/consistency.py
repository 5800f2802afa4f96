"""The same source translated in two ways, and two sources in one."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from unspun.checking.findings import QaFinding, Unit

_WORD = re.compile(r"[^\W_]+")
_LEAST = 2  # letters from which a segment is worth comparing
_SAME = 20  # letters from which two sources hardly mean the same by chance


def check(units: Sequence[Unit]) -> Iterator[tuple[int, QaFinding]]:
    """Findings with the place of their unit."""
    yield from _other_translations(units)
    yield from _same_translations(units)


def _key(text: str) -> str:
    """What has to be the same: the words, whatever their case and the marks between them."""
    return " ".join(_WORD.findall(text.casefold()))


def _other_translations(units: Sequence[Unit]) -> Iterator[tuple[int, QaFinding]]:
    seen: dict[str, Counter[str]] = {}
    for unit in units:
        key = _key(unit.source)
        if len(key) >= _LEAST and unit.target.strip():
            seen.setdefault(key, Counter())[_key(unit.target)] += 1
    wording = {_key(u.target): u.target for u in reversed(units)}
    for place, unit in enumerate(units):
        known = seen.get(_key(unit.source), Counter())
        mine = _key(unit.target)
        if len(known) < 2 or not unit.target.strip():  # noqa: PLR2004
            continue
        usual = max(known, key=lambda k: known[k])  # the first of the most frequent
        if mine == usual:
            continue
        times = known[usual]
        yield (
            place,
            QaFinding(
                "inconsistent",
                "minor",
                "Terminology/Inconsistent use of terminology",
                f"the same source is translated otherwise {times} times"
                if times > 1
                else "the same source is translated otherwise elsewhere",
                (0, len(unit.source)),
                (0, len(unit.target)),
                wording[usual],
                0.8,
            ),
        )


def _same_translations(units: Sequence[Unit]) -> Iterator[tuple[int, QaFinding]]:
    first: dict[str, tuple[str, str]] = {}
    for place, unit in enumerate(units):
        target, source = _key(unit.target), _key(unit.source)
        if len(target) < _SAME or not source:
            continue
        known = first.setdefault(target, (source, unit.id))
        if known[0] == source:
            continue
        yield (
            place,
            QaFinding(
                "same-target",
                "minor",
                "Accuracy/Mistranslation",
                f"another source has the same translation{f' ({known[1]})' if known[1] else ''}",
                (0, len(unit.source)),
                (0, len(unit.target)),
                score=0.6,
            ),
        )
