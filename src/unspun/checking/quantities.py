"""The numbers that a text states, whatever script and convention they are written in.

A quantity has all values that it can mean: `80年代` is 80 and 1980, `下午3点` 3 and 15. Two
quantities agree where they share one. Only firm ones must be found on the other side: `一起` and
"one of them" state no number, and `数百` is "hundreds" or "many".
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

Kind = Literal[
    "number", "percent", "ordinal", "fraction", "year", "month", "day", "weekday", "time"
]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in a text.

    Attributes:
        start: First code point.
        end: One past the last.
        kind: What it counts.
        values: What it can mean, the plain reading first.
        firm: Whether the other side must state it, too.
        money: Currencies that it can be in, ISO 4217; empty where it is no money.
        scaled: Whether it is written with a word such as million or 亿, so may be rounded.
    """

    start: int
    end: int
    kind: Kind
    values: tuple[Fraction, ...]
    firm: bool = True
    money: frozenset[str] = frozenset()
    scaled: bool = False


WIDE = {ord(c) + 0xFEE0: c for c in "0123456789.,%:-/$"} | {
    ord("٪"): "%",
    ord("．"): ".",
    ord("٫"): ".",
    ord("٬"): ",",
}
WIDE |= {ord("٫"): ".", ord("٬"): ","}  # Arabic
"""Full-width forms of what numbers are written with; one code point each, so spans stay."""

_DOLLARS = frozenset({"USD", "HKD", "CAD", "AUD", "TWD", "SGD", "NZD", "MOP"})
CURRENCIES: dict[str, frozenset[str]] = {
    **dict.fromkeys(
        ("元", "人民币", "块", "yuan", "rmb", "cny", "renminbi", "юаней"),
        frozenset({"CNY"}),
    ),
    **dict.fromkeys(("美元", "美金", "us$", "usd", "us dollars"), frozenset({"USD"})),
    **dict.fromkeys(("$", "dollar", "dollars", "долл", "доллар", "доллара", "долларов"), _DOLLARS),
    **dict.fromkeys(("港元", "港币", "hk$", "hkd"), frozenset({"HKD"})),
    **dict.fromkeys(("台币", "新台币", "nt$", "twd"), frozenset({"TWD"})),
    **dict.fromkeys(("欧元", "€", "euro", "euros", "eur", "евро"), frozenset({"EUR"})),
    **dict.fromkeys(("英镑", "£", "pound", "pounds", "gbp"), frozenset({"GBP"})),
    **dict.fromkeys(("日元", "円", "yen", "jpy"), frozenset({"JPY"})),
    **dict.fromkeys(("¥", "￥"), frozenset({"CNY", "JPY"})),
    **dict.fromkeys(
        ("卢布", "₽", "ruble", "rubles", "roubles", "rub"),
        frozenset({"RUB"}),
    ),
    **dict.fromkeys(("руб", "рубль", "рубля", "рублей"), frozenset({"RUB"})),
    **dict.fromkeys(("卢比", "₹", "rupee", "rupees", "inr"), frozenset({"INR", "PKR", "LKR"})),
    **dict.fromkeys(("韩元", "₩", "won", "krw"), frozenset({"KRW"})),
}


def literal(text: str, decimal: str) -> tuple[Fraction, ...]:
    """What digits with separators mean, by the language's decimal sign, its own reading first.

    >>> [float(v) for v in literal("1.234,5", ",")], [float(v) for v in literal("1.234", ",")]
    ([1234.5], [1234.0, 1.234])
    >>> [float(v) for v in literal("1.234", ".")]
    [1.234, 1234.0]
    """
    plain = text.translate(_NO_BLANKS)
    signs = [c for c in plain if c in ".,"]
    if not signs:
        return (Fraction(plain),)
    if len(set(signs)) > 1:  # the last one is the decimal sign
        last = signs[-1]
        return (Fraction(plain.replace("." if last == "," else ",", "").replace(last, ".")),)
    sign = signs[0]
    whole = Fraction(plain.replace(sign, ""))
    grouped = all(len(part) == _GROUP for part in plain.split(sign)[1:])
    if len(signs) > 1:
        return (whole,)
    pointed = Fraction(plain.replace(sign, "."))
    if not grouped:
        return (pointed,)
    return (pointed, whole) if sign == decimal else (whole, pointed)


_GROUP = 3
_NO_BLANKS = dict.fromkeys(map(ord, " \u00a0\u202f\u2009'’"))


def twelve_hours(hours: Fraction) -> tuple[Fraction, ...]:
    """A time of day on both clocks.

    >>> [int(t) for t in twelve_hours(Fraction(15))]
    [15, 3]
    """
    other = hours - 12 if hours >= _NOON else hours + 12
    return (hours, other) if hours != _NOON else (hours, other, Fraction(24))


_NOON = 12


def agree(ours: Quantity, theirs: Quantity) -> bool:
    """Whether a quantity of the source and one of its translation can mean the same.

    A translation may round: 3,456万 is "34.6 million". The source's own round number is not
    known any better.
    """
    if (ours.kind == "weekday") != (theirs.kind == "weekday"):
        return False
    if not set(ours.values).isdisjoint(theirs.values):
        return True
    return theirs.scaled and _rounds(ours.values[0], theirs.values[0])


def _rounds(fine: Fraction, coarse: Fraction) -> bool:
    """Whether a number is another one rounded: half a per cent away at most, with fewer digits."""
    largest = max(abs(fine), abs(coarse))
    if largest < _ROUNDABLE or abs(fine - coarse) > largest / 200:
        return False
    return _digits(coarse) < _digits(fine)


def _digits(value: Fraction) -> int:
    """The digits of a number without the zeros at its end."""
    return len(str(abs(value.numerator)).rstrip("0"))


_ROUNDABLE = 10_000


def shown(quantity: Quantity) -> str:
    """The plain reading, for a message.

    >>> shown(Quantity(0, 4, "percent", (Fraction(21, 2),)))
    '10.5%'
    """
    value = quantity.values[0]
    if value.denominator == 1:
        text = f"{value.numerator:,}" if quantity.kind != "year" else str(value.numerator)
    else:
        text = f"{float(value):,.6g}" if quantity.kind != "fraction" else str(value)
    return text + ("%" if quantity.kind == "percent" else "")


def spread(found: Iterable[Quantity], text: str) -> list[Quantity]:
    """Let both ends of a range share what is written once: 3-5 million, 30至40万, 2019-20.

    >>> pair = [Quantity(0, 1, "number", (Fraction(3),)),
    ...         Quantity(2, 11, "number", (Fraction(5_000_000),), scaled=True)]
    >>> [int(v) for v in spread(pair, "3-5 million")[0].values]
    [3, 3000000]
    """
    quantities = sorted(found, key=lambda q: (q.start, q.end))
    for k in range(len(quantities) - 1):
        low, high = quantities[k], quantities[k + 1]
        if text[low.end : high.start].strip().lower() not in _RANGES:
            continue
        factor = _factor(high) if not low.scaled else Fraction(1)
        values = low.values + tuple(v * factor for v in low.values if factor != 1)
        kind = high.kind if low.kind == "number" and high.kind == "percent" else low.kind
        quantities[k] = Quantity(
            low.start, low.end, kind, values, low.firm, low.money or high.money, low.scaled
        )
        first, last = low.values[0], high.values[0]
        if _FIRST_YEAR <= first <= _LAST_YEAR and last < 100:  # noqa: PLR2004 - 2019-20
            century = first - first % 100
            quantities[k + 1] = Quantity(
                high.start, high.end, high.kind, (*high.values, century + last), high.firm
            )
    return quantities


def _factor(quantity: Quantity) -> Fraction:
    """The scale that a quantity is written with: 5 million has a million."""
    if not quantity.scaled:
        return Fraction(1)
    value = quantity.values[0]
    for power in (12, 9, 8, 6, 4, 3, 2):
        if value >= 10**power:
            return Fraction(10**power)
    return Fraction(1)


_FIRST_YEAR, _LAST_YEAR = 1000, 2100
_RANGES = frozenset(
    {"-", "–", "—", "~", "～", "至", "到", "to", "and", "or", "－", "bis", "à", "或"}
)
