"""People with Chinese names: told by surname and what stands beside it, spelt in Hanyu Pinyin."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.align import Span
from unspun.checking import romanise, sounds
from unspun.checking.sides import GENITIVE

_SOUNDS = 0.6  # likeness from which a word may be one of another spelling: Cheung, 张
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚庞樊"
)
_TITLES = (
    "记者|作者|编辑|主任|书记|教授|主席|部长|局长|院长|县长|市长|省长|所长|处长|会长|队长|校长|经理|总裁|导演"
    "|演员|研究员|专家|律师|医生|院士|委员|先生|女士|居民|村民|站长|厅长|主持人|董事长"
)
_PERSON = re.compile(
    rf"""
      (?:{_TITLES} | [（(] | (?:记者|作者|演员|主演|编辑)[^。；]{{0,60}}[、：:])
      (?!方面|方法|方式|高级|常务|安全|石油|金融|马上|江苏|江西|万元|白天|常委)
      (?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})
      (?=说|表示|介绍|称|指出|认为|告诉|透露|坦言|强调|在|等|、|，|。|）|\)|\s|$)
    """,
    re.VERBOSE,
)
_CAPITALISED = re.compile(r"[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*")


def named(han: str) -> Iterator[tuple[Span, str]]:
    """The people that a Chinese text introduces: where, and who.

    >>> list(named("农场的记者李小明表示"))
    [((5, 8), '李小明')]
    """
    for match in _PERSON.finditer(han):
        yield match.span("name"), match["name"]


def spelt(name: str, latin: str) -> bool:
    """Whether some capitalised word is a part of the name, or sounds like it.

    >>> spelt("李明", "Mr Li said"), spelt("李明", "Mr Wang said")
    (True, False)
    """
    words = [m[0] for m in _CAPITALISED.finditer(latin)]
    if any(romanise.find(GENITIVE.sub("", w), name) for w in words):
        return True
    return any(sounds.likeness(w, name) >= _SOUNDS for w in words)


def spelling(name: str) -> str:
    """A name in Hanyu Pinyin.

    >>> spelling("李小明")
    'Li Xiaoming'
    """
    parts = [romanise.readings(c)[:1] or ("?",) for c in name]
    return f"{parts[0][0].capitalize()} {''.join(p[0] for p in parts[1:]).capitalize()}"


def is_person(characters: str) -> bool:
    """Whether characters look like a person's name: by the surname."""
    return len(characters) in (2, 3) and characters[0] in _SURNAMES
