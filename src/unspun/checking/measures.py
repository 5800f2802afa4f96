"""Units of measurement behind numbers: which amounts are the same, and which only look it.

Factors are exact by definition (International System of Units; international yard and pound of
1959) but for the Chinese market units (1 mu = 2000/3 m2, 1 jin = 1/2 kg, 1 li = 500 m).
"""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

_END = r"(?![^\W_])"  # of a word in letters


class Measure(NamedTuple):
    """A unit of measurement.

    Attributes:
        dimension: What it measures.
        factor: How many base units it has.
        offset: Base units at its zero: degrees Fahrenheit.
    """

    dimension: str
    factor: Fraction
    offset: Fraction = Fraction(0)


_HOURLY = r"(?:\s?/\s?h|h|\s(?:per|an)\s(?:hour|Stunde)|\s?/\s?ч)"
_UNITS: tuple[tuple[str, str, str, str, str], ...] = (
    # dimension, factor, words in letters, Han and Kana, what must stand before the number
    ("speed", "5/18", rf"(?:km|kilomet\w+|км){_HOURLY}|kph", "公里每小时|公里/小时|千米/小时", ""),
    ("speed", "5/18", "", "公里|千米|キロ", "时速|時速|每小时"),
    ("speed", "1397/3125", rf"mph|miles?{_HOURLY}", "英里每小时|英里/小时", ""),
    ("speed", "1397/3125", "", "英里", "时速|每小时"),
    ("area", "1000000", r"sq(?:uare|\.)?\s?(?:km|kilomet\w+)|km[²2]", "平方公里|平方千米", ""),
    ("area", "1", r"sq(?:uare|\.)?\s?(?:m|met\w+)|m[²2]", "平方米|平米|㎡", ""),
    ("area", "2589988", r"sq(?:uare|\.)?\s?mi(?:les?)?", "平方英里", ""),
    ("area", "929/10000", r"sq(?:uare|\.)?\s?(?:ft|foot|feet)", "平方英尺", ""),
    ("area", "10000", r"ha|hectares?|га|гектар\w*|Hektar", "公顷", ""),
    ("area", "40469/10", r"acres?", "英亩", ""),
    ("area", "2000/3", r"mu", "亩|畝", ""),
    ("volume", "1/1000", r"ml|millilit(?:er|re)s?|мл", "毫升", ""),
    ("volume", "1", r"l|lit(?:er|re)s?|литр\w*", "升|リットル", ""),
    ("volume", "1000", r"cubic\smet\w+|m[³3]", "立方米|㎥", ""),
    ("volume", "3785/1000", r"gallons?", "加仑", ""),
    ("length", "1852", r"nautical\smiles?", "海里", ""),
    ("length", "1000", r"km|kilomet\w+|км|километр\w*", "公里|千米|キロメートル", ""),
    ("length", "1/100", r"cm|centimet\w+|см|сантиметр\w*", "厘米|公分|センチ", ""),
    ("length", "1/1000", r"mm|millimet\w+|мм", "毫米|ミリメートル", ""),
    ("length", "1", r"m|met(?:er|re)s?|м|метр\w*", "米(?![其粉饭线老兰])|公尺|メートル", ""),
    ("length", "201168/125", r"miles?", "英里|マイル", ""),
    ("length", "381/1250", r"f(?:ee|oo)t|ft", "英尺", ""),
    ("length", "127/5000", r"inch(?:es)?", "英寸", ""),
    ("length", "1143/1250", r"yards?|yd", "英码", ""),
    ("length", "500", "", "里(?![面程氏斯约])", ""),
    ("mass", "1/1000000", r"mg|milligram\w*|мг", "毫克", ""),
    ("mass", "1", r"kg|kilos?|kilogram\w*|кг|килограмм\w*", "公斤|千克|キログラム", ""),
    ("mass", "1/1000", r"g|gram(?:me)?s?|грамм\w*", "克(?![拉隆])|グラム", ""),
    ("mass", "1000", r"t|tons?|tonnes?|тонн\w*|Tonnen?", "吨|噸|トン", ""),
    ("mass", "45359237/100000000", r"pounds?|lbs?", "磅", ""),
    ("mass", "1/2", "", "斤", ""),
    ("temperature", "1", r"°\s?C|℃|degrees?\sC(?:elsius|entigrade)?", "℃|摄氏度|°C", ""),
    ("temperature", "5/9", r"°\s?F|℉|degrees?\sF(?:ahrenheit)?", "℉|华氏度|°F", ""),
    ("time", "1/60", r"min(?:ute)?s?|минут\w*|Minuten?", "分钟|分鐘|分間", ""),
    ("time", "1", r"hours?|hrs?|час(?:а|ов)?|Stunden?|heures?", "(?:个)?小时|小時|時間", ""),
    ("time", "24", r"days?|Tagen?|jours?|дн(?:я|ей)", "天|日間", ""),
    (
        "time",
        "168",
        r"weeks?|Wochen?|semaines?|недел\w+",
        "(?:个)?星期|周(?![年一二三四五六日岁])|週間",
        "",
    ),
    ("months", "1", r"months?|Monaten?|mois|месяц\w*", "个月|個月|か月|ヶ月|개월", ""),
    ("months", "12", r"years?|Jahren?|ans|лет", "年(?![代月底初末级度中内]|\\d)", ""),
)
_GAP = r"[\s\-\u00a0多余餘来]{0,2}(?:(?:an?|of)\s(?:an?\s)?)?"
_BEFORE = 4  # characters that are looked at before a number


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, Measure], ...]:
    found = []
    for dimension, factor, letters, characters, before in _UNITS:
        words = [rf"(?:{letters}){_END}"] if letters else []
        ways = "|".join([*words, *([characters] if characters else [])])
        offset = Fraction(-160, 9) if factor == "5/9" else Fraction(0)
        unit = Measure(dimension, Fraction(factor), offset)
        lead = re.compile(rf"(?:{before})$") if before else None
        found.append((re.compile(_GAP + f"(?:{ways})", re.IGNORECASE), lead, unit))
    return tuple(found)


@lru_cache(maxsize=8192)
def behind(text: str, start: int, end: int) -> Measure | None:
    """The unit of the number at a place of a text; None where it has none that is known.

    >>> behind("5 km", 0, 1).factor, behind("5 men", 0, 1)
    (Fraction(1000, 1), None)
    >>> behind("时速350公里", 2, 5).dimension
    'speed'
    """
    for pattern, lead, unit in _patterns():
        if pattern.match(text, end) and (
            lead is None or lead.search(text[max(0, start - _BEFORE) : start].rstrip("约近达超过 "))
        ):
            return unit
    return None


def same(ours: Measure, value: Fraction, theirs: Measure, other: Fraction) -> bool:
    """Whether two values with their units are the same amount, as translators round.

    >>> kilometre, mile = behind("1 km", 0, 1), behind("1 mile", 0, 1)
    >>> same(kilometre, Fraction(10), mile, Fraction(6)), same(kilometre, Fraction(10), mile,
    ... Fraction(10))
    (True, False)
    """
    if ours.dimension != theirs.dimension:
        return False
    meant = (value * ours.factor + ours.offset - theirs.offset) / theirs.factor
    return abs(meant - other) <= abs(meant) * _ROUNDED + min(Fraction(1, 2), abs(meant) / 10)


_ROUNDED = Fraction(3, 100)  # how far a converted value may be rounded


def differ(ours: Measure, theirs: Measure) -> bool:
    """Whether the same number with these units is another amount of the same thing."""
    if ours.dimension != theirs.dimension:
        return False
    return ours.offset != theirs.offset or not _NEAR < ours.factor / theirs.factor < 1 / _NEAR


_NEAR = Fraction(9, 10)
