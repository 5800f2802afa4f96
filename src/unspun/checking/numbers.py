"""Numbers, dates, percentages and money: each side states what the other states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import lru_cache

from unspun.align import Span
from unspun.checking import hanquantities, measures, numberwords, wordquantities, written
from unspun.checking.findings import Context, QaFinding, Unit
from unspun.checking.protected import masked
from unspun.checking.quantities import WIDE, Quantity, agree, shown, spread

_HAN_LANGUAGES = frozenset({"zh", "ja", "yue", "wuu", "ko"})


def check(unit: Unit, context: Context) -> Iterator[QaFinding]:
    """Numbers of one side that the other does not state.

    A number without partner on either side is one change; alone it is missing or added.
    """
    ours = quantities(unit.source, context.languages.source)
    theirs = quantities(unit.target, context.languages.target)
    missing = [
        q
        for q in ours
        if _demands(q, unit.source, unit.target, context.languages.target)
        and not _stated(q, theirs, unit)
    ]
    added = [
        q
        for q in theirs
        if _demands(q, unit.target, unit.source, context.languages.source)
        and not _explained(q, ours, unit)
    ]
    details = [q for q in added if _completes(q, ours, theirs, unit)]
    for quantity, partner in _partners(missing, [q for q in added if q not in details]):
        yield _finding(unit, quantity, partner)
    for quantity in details:
        yield _detail(unit, quantity)
    yield from _units(ours, theirs, unit)
    if context.languages.target.split("-")[0] == "en":
        yield from _ungrouped(ours, theirs, unit)


@lru_cache(maxsize=4096)
def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """The quantities of a text in order, by the conventions of its language.

    >>> [int(q.values[0]) for q in quantities("１．２万人", "zh")]
    [12000]
    """
    plain = masked(text.translate(WIDE))
    found = list(written.in_digits(plain))
    taken = [(q.start, q.end) for q in found]
    rest = _blanked(plain, taken)
    reader = (
        hanquantities.read(rest) if is_han(rest, language) else wordquantities.read(rest, language)
    )
    found += reader
    return tuple(spread(found, plain))


def _demands(quantity: Quantity, text: str, other: str, language: str) -> bool:
    """Whether a quantity must be on the other side, and would be found there.

    Where the number words of its language are not known, words and small numbers may be spelt.
    """
    if not quantity.firm or knows(language) or is_han(other, language):
        return quantity.firm
    digits = any(map(str.isdigit, text[quantity.start : quantity.end]))
    return digits and quantity.kind != "weekday" and quantity.values[0] > _SPELT


_SPELT = 12  # up to here numbers are usually spelt


def is_han(text: str, language: str) -> bool:
    """Whether a text counts in Han characters: by its language, else by its script.

    >>> is_han("三十五人", "und"), is_han("35 people", "zh")
    (True, True)
    """
    if language.split("-", maxsplit=1)[0] in _HAN_LANGUAGES:
        return True
    return language == "und" and bool(_HAN.search(text))


_HAN = re.compile(r"[\u3400-\u9fff\u3040-\u30ff]")


def _blanked(text: str, spans: Sequence[Span]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _stated(quantity: Quantity, others: Sequence[Quantity], unit: Unit) -> bool:
    if any(agree(quantity, other) for other in others):
        return True
    return any(_converted(quantity, other, unit) for other in others)


def _explained(quantity: Quantity, others: Sequence[Quantity], unit: Unit) -> bool:
    if any(agree(other, quantity) for other in others):
        return True
    return any(_converted(other, quantity, unit) for other in others)


def _converted(ours: Quantity, theirs: Quantity, unit: Unit) -> bool:
    """Whether a value is the other in another unit: 15亩, 1 hectare."""
    here = measures.behind(unit.source, ours.start, ours.end)
    if here is None:
        return False
    there = measures.behind(unit.target, theirs.start, theirs.end)
    return there is not None and measures.same(here, ours.values[0], there, theirs.values[0])


def _partners(
    missing: list[Quantity], added: list[Quantity]
) -> Iterator[tuple[Quantity | None, Quantity | None]]:
    """Pair what is missing with what is new, of the same kind first, in order."""
    left = list(added)
    alone: list[Quantity] = []
    for quantity in missing:
        partner = next((q for q in left if q.kind == quantity.kind), None)
        if partner is None:
            alone.append(quantity)
        else:
            left.remove(partner)
            yield quantity, partner
    for quantity in alone:
        yield quantity, left.pop(0) if left else None
    for partner in left:
        yield None, partner


def _completes(
    quantity: Quantity, ours: Sequence[Quantity], theirs: Sequence[Quantity], unit: Unit
) -> bool:
    """Whether a month or year only completes a date: 26日, July 26."""
    if quantity.kind not in ("month", "year"):
        return False
    if any(q.kind == quantity.kind for q in ours):  # the source says it, and otherwise
        return False
    dated = [q for q in theirs if q is not quantity and _explained(q, ours, unit)]
    return any(
        max(q.start, quantity.start) - min(q.end, quantity.end) <= _BESIDE
        and q.kind in ("number", "ordinal", "day", "month")
        for q in dated
    )


_BESIDE = 8


def _detail(unit: Unit, theirs: Quantity) -> QaFinding:
    said = unit.target[theirs.start : theirs.end]
    message = f"{said} completes a date that the source leaves open"
    return QaFinding(
        "date-detail", "neutral", "Accuracy/Addition", message, None, (theirs.start, theirs.end)
    )


def _finding(unit: Unit, ours: Quantity | None, theirs: Quantity | None) -> QaFinding:
    source = (ours.start, ours.end) if ours else None
    target = (theirs.start, theirs.end) if theirs else None
    rule, category = "number", "Accuracy/Mistranslation"
    if ours and theirs:
        said, meant = unit.target[slice(*(target or ()))], unit.source[slice(*(source or ()))]
        if set(ours.values) & _misread(said):
            return QaFinding(
                "number-format",
                "minor",
                "Locale conventions/Number format",
                f"{said} is not how the language writes {meant} ({shown(ours)})",
                source,
                target,
                shown(ours),
                score=0.8,
            )
        message = f"{meant} ({shown(ours)}) became {said} ({shown(theirs)})"
        return QaFinding(rule, "major", category, message, source, target, shown(ours))
    if ours:
        message = f"{unit.source[ours.start : ours.end]} ({shown(ours)}) is not in the translation"
        score = _missing_score(unit, ours)
        return QaFinding(
            rule, "major", "Accuracy/Omission", message, source, None, shown(ours), score
        )
    assert theirs is not None  # noqa: S101 - one of the two is there
    message = f"{unit.target[theirs.start : theirs.end]} ({shown(theirs)}) is not in the source"
    return QaFinding(rule, "major", "Accuracy/Addition", message, None, target, "", 0.7)


def _missing_score(unit: Unit, ours: Quantity) -> float:
    """How sure it is that a number was lost: words say what few things are, and which day."""
    if ours.values[0] == 1 or _IS_LISTED.match(unit.source[: ours.end + 2]):
        return 0.4  # 1家公司, "a company"; the number of a list's entry
    spelt = not any(map(str.isdigit, unit.source[ours.start : ours.end]))
    few = ours.values[0] <= _FEW
    if (spelt or _IS_EACH.match(unit.source, ours.start)) and few and ours.kind == "number":
        return 0.4
    days = ("day", "number", "weekday")
    if ours.kind in days and ours.values[0] <= _DAYS and _DAY.search(unit.target):
        return 0.4
    return 0.8


_FEW, _DAYS = 5, 31
_IS_LISTED = re.compile(r"\s*\d{1,2}(?:[.、，,)）:：]|\s(?=[\u3400-\u9fff]))")
_IS_EACH = re.compile(r"1(?:美元|欧元|英镑)兑")
_DAY = re.compile(r"(?i)\b(?:(?:next|following|same) day|yesterday|tomorrow|today)\b")


def _misread(text: str) -> set[Fraction]:
    """What digits would mean by the other convention of decimal signs."""
    match = re.match(r"\d+(?:[.,]\d+)+", text)
    if match is None or not re.search(r"[.,]", match[0]):
        return set()
    swapped = match[0].translate({ord("."): ",", ord(","): "."}).replace(",", "")
    return {Fraction(swapped)} if swapped.count(".") < 2 else set()  # noqa: PLR2004


def _ungrouped(
    ours: Sequence[Quantity], theirs: Sequence[Quantity], unit: Unit
) -> Iterator[QaFinding]:
    """Long numbers that English groups by thousands: 25万 as 250000, not 250,000."""
    for quantity in theirs:
        said = unit.target[quantity.start : quantity.end]
        if not _LONG.fullmatch(said) or not any(q.scaled and agree(q, quantity) for q in ours):
            continue
        yield QaFinding(
            "number-format",
            "minor",
            "Locale conventions/Number format",
            f"{said} is not grouped by thousands",
            None,
            (quantity.start, quantity.end),
            f"{int(said):,}",
            score=0.8,
        )


_LONG = re.compile(r"\d{5,}")


def _units(ours: Sequence[Quantity], theirs: Sequence[Quantity], unit: Unit) -> Iterator[QaFinding]:
    """The same value as a percentage here and not there, or in another currency."""
    for quantity in ours:
        same = [q for q in theirs if agree(quantity, q)]
        if not same or not quantity.firm:
            continue
        if quantity.kind == "percent" and not any(q.kind in _SHARES for q in same):
            yield _unit_finding(unit, quantity, same[0], "is no percentage any more")
        elif quantity.money and all(q.money and not q.money & quantity.money for q in same):
            yield _unit_finding(unit, quantity, same[0], "is in another currency")
        elif _in_other_unit(quantity, same, unit):
            yield _unit_finding(unit, quantity, same[0], "is in another unit")
        elif _at_other_half(quantity, same, unit):
            yield _unit_finding(unit, quantity, same[0], "is in the other half of the day")
    for quantity in theirs:
        same = [q for q in ours if agree(q, quantity)]
        if not same or quantity.kind != "percent" or not quantity.firm:
            continue
        if same[0].firm and all(q.kind == "number" for q in same):
            yield _unit_finding(unit, same[0], quantity, "became a percentage")


def _in_other_unit(ours: Quantity, same: Sequence[Quantity], unit: Unit) -> bool:
    """Whether every equal number counts another unit of the same kind: 3米, 3 feet."""
    here = measures.behind(unit.source, ours.start, ours.end)
    if here is None or ours.kind not in ("number", "time"):
        return False
    there = [measures.behind(unit.target, q.start, q.end) for q in same]
    return all(
        m is not None
        and measures.differ(here, m)
        and not measures.same(here, ours.values[0], m, q.values[0])
        for m, q in zip(there, same, strict=True)
    )


def _at_other_half(ours: Quantity, same: Sequence[Quantity], unit: Unit) -> bool:
    """Whether a time of day is said to be in the morning here and in the evening there."""
    here = _half(unit.source, ours)
    return bool(here) and all({here, _half(unit.target, q)} == {"am", "pm"} for q in same)


def _half(text: str, time: Quantity) -> str:
    """Half of the day that a time says it is in; empty where it leaves it open."""
    if time.kind != "time" or time.values[0] % 12 < 1:
        return ""
    if time.values[0] > 12:  # noqa: PLR2004
        return "pm"
    beside = text[max(0, time.start - 3) : time.start] + text[time.start : time.end + 5]
    return "am" if _MORNING.search(beside) else ""


_MORNING = re.compile(r"上午|凌晨|早上|清晨|(?i:\ba\.?m\b)|\d\s?[Aa]\.?[Mm]\b")
_SHARES = frozenset({"percent", "fraction"})


def _unit_finding(unit: Unit, ours: Quantity, theirs: Quantity, what: str) -> QaFinding:
    text = unit.source[ours.start : ours.end]
    return QaFinding(
        "unit",
        "major",
        "Accuracy/Mistranslation",
        f"{text} ({shown(ours)}) {what}",
        (ours.start, ours.end),
        (theirs.start, theirs.end),
        shown(ours),
        score=0.7,
    )


def knows(language: str) -> bool:
    """Whether number words of a language are known, so that spelt numbers are found."""
    return language.split("-", maxsplit=1)[0] in _HAN_LANGUAGES or numberwords.known(language)
