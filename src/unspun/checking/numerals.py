"""Numerals written in Han characters, alone or with digits: 三十五, 1.2万亿, 二〇二一."""

from __future__ import annotations

import re
from fractions import Fraction

DIGITS = {
    "〇": 0, "零": 0, "一": 1, "二": 2, "两": 2, "兩": 2, "三": 3, "四": 4, "五": 5, "六": 6,
    "七": 7, "八": 8, "九": 9,
}  # fmt: skip
SMALL = {"十": 10, "百": 100, "千": 1000, "십": 10, "백": 100, "천": 1000}
LARGE = {
    "万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12,
    "만": 10**4, "억": 10**8, "조": 10**12,
}  # fmt: skip

_D, _M = "".join(DIGITS), "".join([*SMALL, *LARGE])
# 兆 and 千 before a unit belong to it
_MEGA = r"(?!兆[焦瓦赫帕字比]|(?<=[\d万亿])千[米克瓦卡赫])"
_MORE = "多余餘几幾来數数"
NUMERAL = re.compile(
    rf"""
    (?: \d{{1,3}}(?:,\d{{3}})+(?:\.\d+)? | \d+(?:\.\d+)? | {_MEGA}[{_D}{_M}] )
    (?: {_MEGA}[{_D}{_M}]
      | [{_MORE}] (?=[{_M}])                        # 20多万
      | (?<=[{_M}]) (?:\d{{1,3}}(?:,\d{{3}})+|\d+)(?:\.\d+)?   # 3亿5000万
      | (?<=[만억조천]) [ ] \d{{1,4}} (?=[만천백])          # 3만 5천
      | 点 (?=[{_D}]+[{_M}])                          # 三点五亿
    )*
    """,
    re.VERBOSE,
)
_TOKEN = re.compile(rf"\d[\d,]*(?:\.\d+)?|[{_D}{_M}点]")


def values(text: str) -> tuple[Fraction, ...]:
    """What a numeral can mean, its plain reading first.

    >>> [float(v) for v in values("1.2万亿")], [int(v) for v in values("二〇二一")]
    ([1200000000000.0], [2021])
    >>> [int(v) for v in values("一百五")]
    [105, 150]
    >>> [int(v) for v in values("三四十")]
    [30, 40]
    """
    tokens = _TOKEN.findall(text)
    if not tokens:
        return ()
    if text in _PLANS:
        return (Fraction(_PLANS[text]), Fraction(5))
    if len(tokens) > 1 and all(token in DIGITS for token in tokens):
        return _positional(tokens)
    pair = _neighbours(tokens)
    if pair is not None:
        first, second = (_read([*tokens[:pair], *tokens[k:]]) for k in (pair, pair + 1))
        low = _read([*tokens[: pair + 1], *tokens[pair + 2 :]])
        return (low, second) if first != low else (first, second)
    plain = _read(tokens)
    if len(tokens) > 2 and tokens[-1] in DIGITS and tokens[-2] in _HUNDREDS:  # noqa: PLR2004
        scale = {**SMALL, **LARGE}[tokens[-2]]
        digit = DIGITS[tokens[-1]]
        return (plain, plain - digit + Fraction(digit * scale, 10))
    return (plain,)


_PLANS = {"十二五": 12, "十三五": 13, "十四五": 14, "十五五": 15}  # five-year plans
_HUNDREDS = frozenset("百千万萬亿億")


def _positional(tokens: list[str]) -> tuple[Fraction, ...]:
    """Digits in a row: a year or a number read out, or two neighbours (七八个)."""
    digits = [DIGITS[token] for token in tokens]
    number = Fraction(int("".join(map(str, digits))))
    if len(digits) == 2 and digits[1] - digits[0] == 1:  # noqa: PLR2004
        return (Fraction(digits[0]), Fraction(digits[1]), number)
    if len(digits) == 2:  # noqa: PLR2004 - 八一 is the first of August
        return (number, *map(Fraction, digits))
    return (number,)


def _neighbours(tokens: list[str]) -> int | None:
    """Where two digits that follow each other say 'three or four': 三四十."""
    for k in range(len(tokens) - 1):
        a, b = DIGITS.get(tokens[k]), DIGITS.get(tokens[k + 1])
        if a and b and b == a + 1:
            return k
    return None


def _read(tokens: list[str]) -> Fraction:
    total = section = Fraction(0)
    current: Fraction | None = None
    scale = 0
    decimals = 0
    for token in tokens:
        if token == "点":  # noqa: S105 - the decimal point
            decimals = 1
        elif token in DIGITS and decimals:
            current = (current or Fraction(0)) + Fraction(DIGITS[token], 10**decimals)
            decimals += 1
        elif token in DIGITS:
            digit = DIGITS[token]
            current = Fraction(digit) if current is None else current * 10 + digit
        elif token in SMALL:
            section += (Fraction(1) if current is None else current) * SMALL[token]
            current, decimals = None, 0
        elif token in LARGE:
            section += current or 0
            larger = LARGE[token] > scale
            if larger:
                total = (total + section or Fraction(1)) * LARGE[token]
            else:
                total += (section or 1) * LARGE[token]
            scale, section, current, decimals = LARGE[token], Fraction(0), None, 0
        else:
            current = Fraction(token.replace(",", ""))
    return total + section + (current or 0)
