"""The quantities of a text in Chinese or Japanese, and in Korean where they are in digits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction

from unspun.checking import numerals
from unspun.checking.quantities import CURRENCIES, Kind, Quantity, twelve_hours

_ASCII = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜|週|禮拜)([一二三四五六日天])(?![期年次家个名位条])|([月火水木金土日])曜日"
)
_WEEKDAYS = {c: 1 + k % 7 for k, c in enumerate("一二三四五六日")} | {"天": 7}
_WEEKDAYS_JA = {c: 1 + k for k, c in enumerate("月火水木金土日")}
_HALF = re.compile(r"一?半")
_HALF_VALUES = (*map(Fraction, (50, 6, 30, 90, 18)), Fraction(1, 2), Fraction(3, 2))
"""半 is a half, 半年 six months, 半小时 thirty minutes."""
_COUNTERS = (
    "个個名位人年天日月周家条條项項次所座种種只隻件张張辆台架艘支场場届部期岁倍元块米吨斤亩里"
    "层層门款股批分秒小公厘毫英美欧日韩港万多余成类段篇本套枚颗株头匹栋间户"
    "组队国省市县村级"
)
_COUNTER = frozenset(_COUNTERS)
_NOT_COUNTED = re.compile(
    r"""
      十分(?!之|钟|鐘) | 千兆 | 十足 | 十字 | 百姓 | 百货 | 百科 | 百分 | 百般 | 百合 | 百度 | 百年
    | 万一 | 万物 | 万能 | 万分 | 万达 | 千万(?=[不别要]) | 千方百计 | 千家万户 | 一千零一夜
    | 三明治 | 三星 | 三亚 | 三峡 | 三农 | 三角 | 三维 | 三观 | 三线 | 三餐 | 四川 | 四处
    | 四周(?!年) | 四肢 | 四季 | 四海 | 四面 | 五角 | 五花 | 五金 | 六安 | 七夕 | 八卦 | 八达
    | 九江 | 九寨 | 九州 | 十堰 | 百色 | 千岛 | 万州 | 万科 | 三番 | 再三 | 两三 | 三三 | 三两
    | 不三不四 | 张三 | 李四 | 一五一十 | 七上八下 | 乱七八糟 | 五颜六色 | 四通八达
    | 千[^\d]万[^\d元人名家户吨] | 十一(?=[国黄长]) | 五四 | 五一 | 万里 | 万众 | 万千
    | 百万(?=富翁) | 亿万 | 一百八十度 | 三七 | 十三香 | 二十四节气 | 三伏 | 三甲
    """,
    re.VERBOSE,
)
_VAGUE_BEFORE = frozenset("数數几幾上成好若")
_VAGUE_AFTER = frozenset("几幾来來")
_PM = re.compile(r"(?:下午|晚上|晚间|傍晚|午后|晚|夜)$")


def read(text: str) -> Iterator[Quantity]:
    """The quantities of a text whose digits are half width.

    >>> [(q.kind, int(q.values[0])) for q in read("2021年3月5日，营收10.5亿元。")]
    [('year', 2021), ('month', 3), ('day', 5), ('number', 1050000000)]
    """
    yield from _weekdays(text)
    for match in _HALF.finditer(text):
        yield Quantity(*match.span(), "fraction", _HALF_VALUES, firm=False)
    idioms = [match.span() for match in _NOT_COUNTED.finditer(text)]
    denominator: tuple[int, Fraction] | None = None
    hour: Fraction | None = None
    for match in numerals.NUMERAL.finditer(text):
        start, end = match.span()
        values = numerals.values(match[0])
        after = text[end : end + 4]
        if after.startswith(("分之", "分の")):
            denominator = (start, values[0])
            continue
        if denominator is not None and start - denominator[0] <= _FRACTION_LONGEST:
            yield _fraction(denominator, start, end, values[0])
            denominator = None
            continue
        if _follows_weekday(text, start) and len(match[0]) == 1:
            continue
        if hour is not None and after.startswith("分") and text[start - 1] in "点时點時":
            yield Quantity(start, end + 1, "number", values, firm=False)
            hour = None
            continue
        found = _plain(text, start, end, values)
        hour = found.values[0] if found.kind == "time" else None
        if not _digits(match[0]) and any(a <= start < b for a, b in idioms):
            found = Quantity(start, end, found.kind, found.values, firm=False)
        yield found


_FRACTION_LONGEST = 10


def _weekdays(text: str) -> Iterator[Quantity]:
    for match in _WEEKDAY.finditer(text):
        day = _WEEKDAYS[match[1]] if match[1] else _WEEKDAYS_JA[match[2]]
        yield Quantity(*match.span(), "weekday", (Fraction(day),))


def _follows_weekday(text: str, start: int) -> bool:
    return text[max(0, start - 2) : start].endswith(("周", "星期", "礼拜", "週", "禮拜"))


def _digits(numeral: str) -> bool:
    return not _DIGITS.isdisjoint(numeral)


def _fraction(denominator: tuple[int, Fraction], start: int, end: int, top: Fraction) -> Quantity:
    """`百分之十` is a percentage, `三分之一` a fraction."""
    place, bottom = denominator
    if bottom == 100:  # noqa: PLR2004
        return Quantity(place, end, "percent", (top,))
    share = top / bottom if bottom else top
    return Quantity(place, end, "fraction", (share, share * 100, 1 - share), firm=start > 0)


def _plain(text: str, start: int, end: int, values: tuple[Fraction, ...]) -> Quantity:
    """A numeral by what stands before and behind it."""
    numeral, value = text[start:end], values[0]
    before, after = text[max(0, start - 4) : start], text[end : end + 4]
    percent = re.match(r"\s?(?:%|个百分点|個百分點|パーセント|퍼센트)", after)
    if percent:
        return Quantity(start, end + percent.end(), "percent", values)
    special = _special(start, end, value, before, after)
    if special is not None:
        return special
    dated = _date(numeral, value, before, after)
    if dated is not None:
        kind, meant = dated
        return Quantity(start, end, kind, (*meant, *values))
    clock = _clock(text, start, end, value)
    if clock is not None:
        return clock
    if before.endswith("第"):
        firm = _digits(numeral) or value > 3  # noqa: PLR2004 - 第三方, 第一 and 第二 have words
        return Quantity(start - 1, end, "ordinal", values, firm)
    vague = before[-1:] in _VAGUE_BEFORE or after[:1] in _VAGUE_AFTER
    firm = _is_firm(numeral, value, before, after) and not (vague and not _digits(numeral))
    money = _money(before, after)
    if after.startswith(("倍", "折")):
        firm = False
    values = (*_by_tail(value, after), *values)
    scaled = not numerals.LARGE.keys().isdisjoint(numeral)
    return Quantity(start, end, "number", values, firm, money, scaled)


def _special(start: int, end: int, value: Fraction, before: str, after: str) -> Quantity | None:
    """Years of an era, quarters, tenths: 令和3年, 三季度, 三成."""
    era = next((first for name, first in _ERAS.items() if before.endswith(name)), 0)
    if era and after.startswith("年"):
        return Quantity(start, end, "year", (value + era, value))
    if after.startswith("季度") and value <= 4:  # noqa: PLR2004
        return Quantity(start, end, "ordinal", (value,))
    if value < 10 and _TENTHS.match(after):  # noqa: PLR2004
        return Quantity(start, end + 1, "percent", (value * 10,), firm=False)
    return None


def _by_tail(value: Fraction, after: str) -> tuple[Fraction, ...]:
    """What a numeral means by what is behind it, the plain reading first where it stays one."""
    if after[:1] == "米" and value.denominator == 1 and _DIGIT_BEHIND.match(after):
        digits = re.findall(r"\d+", after)[0]  # 1米8, 1米75
        return (value + Fraction(int(digits), 10 ** len(digits)),)
    if after.startswith(("倍", "折")):
        return (value, value + 1, value - 1, value * 10, 100 - value * 10)
    if after[:1] in ("k", "K") and after[1:2] not in _ASCII:  # 4K
        return (value, value * 1000)
    if after.startswith(("世纪", "世紀")):
        return (value, (value - 1) * 100)
    if after.startswith(("年代", "后")):
        return (value, 1900 + value) if value < 100 else (value, value % 100)  # noqa: PLR2004
    return ()


_TENTHS = re.compile("成(?![员立都功果为品本就份分长熟绩套交千上百型人语])")
_DIGIT_BEHIND = re.compile(r"米\d{1,2}(?!\d|米)")
_ERAS = {"民国": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
"""Years before the first of an era."""


def _date(
    numeral: str, value: Fraction, before: str, after: str
) -> tuple[Kind, tuple[Fraction, ...]] | None:
    """Year, month or day, with what it means; None for a span of time: 3个月, 20年."""
    whole = value.denominator == 1
    if after.startswith(("年代", "世纪")) or not whole:
        return None
    if after.startswith(("年", "년")):
        return _year(numeral, value)
    if after.startswith(("月", "월")) and 1 <= value <= 12:  # noqa: PLR2004
        return "month", (value,)
    day = after.startswith(("日", "号", "號", "일")) and not after.startswith("日元")
    if day and 1 <= value <= 31 and (_digits(numeral) or before[-1:] == "月"):  # noqa: PLR2004
        return "day", (value,)
    return None


def _year(numeral: str, value: Fraction) -> tuple[Kind, tuple[Fraction, ...]] | None:
    if 1000 <= value <= 2999 and numeral[-1] not in numerals.SMALL:  # noqa: PLR2004
        return "year", (value,)
    if _digits(numeral) and 10 <= value < 100:  # noqa: PLR2004 - 98年 is 1998 or 98 years
        return "number", (value, 1900 + value, 2000 + value)
    return None


def _clock(text: str, start: int, end: int, value: Fraction) -> Quantity | None:
    """`下午3点`, `8时30分`, `三点半`: a time of day."""
    mark = text[end : end + 1]
    if mark not in ("点", "點", "时", "時", "시") or not 0 <= value <= 24:  # noqa: PLR2004
        return None
    behind = text[end + 1 : end + 2]
    if behind and behind in "评击子赞头缀心多代期常候而刻":
        return None
    minutes = numerals.NUMERAL.match(text, end + 1)
    meant = value
    if minutes and text[minutes.end() : minutes.end() + 1] == "分":
        meant += numerals.values(minutes[0])[0] / 60
    elif behind == "半":
        meant += Fraction(1, 2)
    if meant < 12 and _PM.search(text[:start]):  # noqa: PLR2004
        meant += 12
    firm = _digits(text[start:end])
    hundred = value * 100 + (meant - value) % 1 * 60  # 16时, 1600 hours
    meanings = (*twelve_hours(meant), *twelve_hours(value), hundred)
    return Quantity(start, end + 1, "time", meanings, firm)


def _is_firm(numeral: str, value: Fraction, before: str, after: str) -> bool:
    """Whether a plain numeral states a number that a translation must state."""
    if _digits(numeral):
        counted = 1 < value < 10 and after[:1] in "省市县国地方" and before[-1:] > "\u3000"  # noqa: PLR2004
        return not counted and not _in_code(before, after)  # 江苏、浙江、辽宁3省
    if len(numeral) > 1:
        read_out = numerals.DIGITS.keys() >= set(numeral)  # 一一, 八一: rarely a quantity
        return value > 10 and (not read_out or (value > 11 and after[:1] in _COUNTER))  # noqa: PLR2004
    return 3 <= value <= 10 and after[:1] in _COUNTER  # noqa: PLR2004 - 一 and 两 are often articles


def _in_code(before: str, after: str) -> bool:
    """Whether digits are part of a name such as H7N9, COVID-19 or 5G."""
    ends = before.removesuffix("-")[-1:]
    return ends in _ASCII or after[:1] in _ASCII


def _money(before: str, after: str) -> frozenset[str]:
    lead = before.rstrip()
    for sign in ("¥", "￥", "$", "€", "£", "₽", "₹", "₩"):
        if lead.endswith(sign):
            return CURRENCIES[sign]
    for size in (3, 2, 1):
        found = CURRENCIES.get(after.lstrip("多余餘")[:size])
        if found:
            return found
    return frozenset()
