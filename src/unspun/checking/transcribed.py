"""Foreign names written in Han characters by their sound: 博索纳罗, 坎帕尼亚.

Transcription uses few characters, and hardly any of them make words with one another. So a run of
them is a name even in a text that has it once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.align import Span

_TELLING = (
    "埃茨迪蒂厄菲弗戈哈赫霍伽柯莱勒莉琳鲁玛莫姆娜涅珀萨塞莎斯丝塔瓦娃韦沃娅耶伊兹孜逊甫尔姬戛索纳罗尼克特拉维"
    "诺蒙德奥坎帕佩洛夫翰詹泽扎"
)
"""Characters of transcription that stand in little else, or in little else beside one another."""
_OTHER = (
    "阿艾巴贝伯博布达戴丹登丁杜顿多恩法费芬佛福格哥古汉基吉加贾杰捷金卡凯康考科肯孔库夸奎赖兰朗劳雷里利列林隆"
    "卢路伦吕马迈麦曼芒梅门米密缅敏明默木穆南内嫩宁纽努欧派潘庞彭蓬皮朴普奇齐恰钱强乔切丘让热日荣瑞撒赛桑森沙"
    "山尚绍舍申圣施什石史舒朔思松苏所泰坦汤唐陶藤提廷通图托万旺威温文翁乌武伍西希锡夏香肖小谢辛休雪雅亚扬叶英"
    "尤于约云宰赞朱佐龙克"
)
_RUN = re.compile(rf"[{_TELLING}{_OTHER}·]{{3,14}}")
_LEAST = 3  # characters; shorter names are written like other words
_SHARE = 0.5  # telling ones among them


def runs(han: str) -> Iterator[tuple[Span, str]]:
    """The foreign names of a Chinese text that are written by sound.

    >>> [name for _, name in runs("总统博索纳罗在科珀斯克里斯蒂说，塔里木河很长")]
    ['博索纳罗', '科珀斯克里斯蒂']
    """
    for match in _RUN.finditer(han):
        text = match[0].strip("·")
        start = match.start() + match[0].index(text)
        parts = [c for c in text if c != "·"]
        telling = sum(c in _TELLING for c in parts)
        if len(parts) >= _LEAST and telling > 1 and telling >= _SHARE * len(parts):
            yield (start, start + len(text)), text


def sounding(han: str) -> str:
    """The passages of a Chinese text that may be foreign names, the rest blank.

    >>> sounding("他说刘易斯在这里")
    '  刘易斯  里'
    """
    return "".join(c if c in _MAY else " " for c in han)


_MAY = frozenset(_TELLING + _OTHER + "·刘李易安本华曼平坡堡吴何默罕迦波比加拿太帝皇珊黛")
