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
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚庞樊高严施骆颜柳洪翁申葛"
)
_TITLES = (
    "记者|作者|编辑|主任|书记|教授|主席|部长|局长|院长|县长|市长|省长|所长|处长|会长|队长|校长|经理|总裁|导演"
    "|演员|研究员|专家|律师|医生|院士|委员|先生|女士|居民|村民|站长|厅长|主持人|董事长|场长|干部|学生|分析师"
    "|指挥家|钢琴家|艺术家|作家|歌手|运动员|教练|民警|队员|护士|博士|老师"
)
_SAYS = (
    "说|表示|介绍|称|告诉|透露|坦言|强调|指出|认为|呼吁|回忆|解释|补充|直言|感叹|分析|建议|提到"
    "|谈到|笑着"
)
_NOBODY = (
    "方面|方法|方式|高级|常务|常常|常说|安全|石油|金融|马上|马方|江苏|江西|万元|白天|白宫|常委|高盛|钱包|黄金|高度|高层"
    "|何人|何况|任何|任务|段时|史料|史上|武装|武警|易用|金额|金牌|夏天|夏季|秦代|唐代|宋代|汉代|江边|白色|黑龙|马来|康复"
    "|高校|高考|高速|高温|高铁|高等|高端|洪水|洪灾|申请|严重|严格|施工|施行"
)
_PERSON = re.compile(
    rf"""
      (?:{_TITLES} | [（(] | (?P<open>^|[，。；：、“”《\s！？]))
      (?!{_NOBODY})
      (?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}?)
      (?=(?P<says>{_SAYS})|在|等|、|，|。|）|\)|\s|$)
    """,
    re.VERBOSE,
)
_BYLINE = re.compile(
    r"(?:[（(][^（()）]{0,4}(?:记者|作者|编辑|通讯员)|(?:记者|作者|主演|演员|编辑)[^，。；]{0,3}[：:])([^。；）)]{2,80})"
)
_LISTED = re.compile(
    rf"(?<![\u4e00-\u9fff\w])(?!{_NOBODY})[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?![\u4e00-\u9fff\w-])"
)
_CAPITALISED = re.compile(r"[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*")


def named(han: str) -> Iterator[tuple[Span, str]]:
    """The people that a Chinese text introduces: where, and who.

    >>> list(named("农场的记者李小明表示"))
    [((5, 8), '李小明')]
    """
    found = {m.span("name") for m in _PERSON.finditer(han) if m["open"] is None or m["says"]}
    for line in _BYLINE.finditer(han):
        found.update(m.span() for m in _LISTED.finditer(han, *line.span(1)))
    yield from (((start, end), han[start:end]) for start, end in sorted(found))


def spelt(name: str, latin: str) -> bool:
    """Whether some capitalised word is a part of the name, or sounds like it.

    >>> spelt("李明", "Mr Li said"), spelt("李明", "Mr Wang said")
    (True, False)
    """
    words = [m[0] for m in _CAPITALISED.finditer(latin)]
    if any(romanise.find(GENITIVE.sub("", w), name) for w in words):
        return True
    if any(w in _OTHERWISE.get(name[0], ()) for w in words):
        return True
    others = (w for w in words if not romanise.is_pinyin(w))
    return any(sounds.likeness(w, name) >= _SOUNDS for w in others)


_OTHERWISE = {
    "金": ("Kim", "Gim", "Kam"),
    "朴": ("Park", "Pak", "Bak"),
    "李": ("Lee", "Yi", "Rhee", "Ri", "Ly"),
    "崔": ("Choi", "Choe", "Tsui"),
    "张": ("Chang", "Jang", "Cheung", "Teo"),
    "陈": ("Chan", "Tan", "Tran"),
    "林": ("Lam", "Lim", "Hayashi"),
    "黄": ("Wong", "Hwang", "Huynh", "Hoang", "Ng"),
    "吴": ("Ng", "Ngo", "Woo", "Oh", "Goh"),
    "郑": ("Cheng", "Jung", "Chung", "Jeong", "Tay"),
    "王": ("Wong", "Ong", "Vuong"),
    "范": ("Pham", "Fan"),
    "武": ("Vu", "Vo"),
    "邓": ("Tang", "Dang", "Teng"),
    "何": ("Ho", "Ha"),
    "刘": ("Lau", "Yoo", "Yu", "Liew"),
    "梁": ("Leung", "Yang", "Luong"),
    "杨": ("Yeung", "Yang", "Yeo", "Duong"),
    "谢": ("Tse", "Hsieh", "Cheah"),
    "蔡": ("Tsai", "Choi", "Chua", "Choy"),
    "周": ("Chow", "Chou", "Joo", "Chu"),
    "许": ("Hui", "Hsu", "Heo", "Hur"),
    "徐": ("Chui", "Hsu", "Seo", "Suh"),
    "韩": ("Hon",),
    "江": ("Kong", "Chiang"),
    "邱": ("Yau", "Chiu", "Khoo"),
    "曾": ("Tsang",),
    "叶": ("Yip", "Yeh"),
    "卢": ("Lo", "Roh", "Noh"),
    "罗": ("Lo", "Law"),
    "姜": ("Kang", "Chiang"),
    "尹": ("Yoon", "Yun"),
    "赵": ("Cho", "Jo", "Chiu", "Chao"),
    "马": ("Mah", "Marr"),
    "胡": ("Woo", "Ho"),
}
"""Surnames as Cantonese, Korean and Vietnamese names have them in Latin letters."""


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
