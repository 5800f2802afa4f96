"""Chinese or Japanese, simplified or traditional: by the characters themselves."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np

from unspun import tables
from unspun.tagging import compiled, scripts

Counted = tuple[int, int, list[int]]
"""Start and end of a line; its kana, its Han characters, those of each variant of Chinese."""

_KINDS = (scripts.KANA, scripts.HAN, scripts.SIMPLIFIED, scripts.TRADITIONAL)
_KANA_SHARE = 0.1
"""Japanese prose is some 40% to 70% kana; Chinese that quotes a Japanese brand stays below 5%."""
SHINJITAI = (
    "円気広県駅図対発売労応変巻帰庁徴戦払択拠拡挙検権歩歳歴毎済渉渋焼犠畑稲穏粋経絵継続総緑縁縄縦繊聴脳舗荘蔵薬覚"
    "観訳読譲賛転軽辺込逓遅鉄鉱銭録錬関闘陥険隣霊頼顔顕駆騒験髪鶏黒齢団囲圏圧増壊壌実専仮価両乗亜悪桜営衛栄壱隠沢"
    "満摂単捜巣戯効勧巌収渓国会学体来点号当万与党声宝写区医双寿尽属恋担断旧昼条欧残数滞灯炉状独狭画礼称誉践辞随静麦黄"
)
"""Forms of Japan's lists of 1946 to 1981 that Chinese in traditional script does not use."""
_MAINLAND = re.compile(
    "字符|信息|激光|公交|短信|屏幕|字段|打印|激活|批量|算法|查找|界面|命令行|缺省|回收站|源文件|刷新|端口|接口|配置"
    "|令牌|句柄|高亮|文件名|布局|插件|域名|添加|示例|重做|博客|比特|搜索|硬件|固件|控件|文本|渲染|交互|截屏|剪切"
    "|通配符|不支持|口令|打包|解包|全局|定制|土豆|布什|里根|悉尼|沙特|迪拜|日志|云端|特征|象征|默[认写]|卡片|几[乎十百千天个]"
    "|[好十]几|[用由基大小等位至在介低高便易属]于|于是|[这那哪心家夜屋城]里|[划么坏听]|(?<![皇太王天母影])后(?![妃冠])"
    "|[合且]并|并[且不非行列]|[其多剩]余|采[用取集访样]|[“”]"
)
_TAIWAN = re.compile(
    "程式|伺服器|字串|字元|新增|位元|列印|登入|登出|最佳化|巨集|回呼|介面|部落格|函式|元件|支援|存取|命令列|影片|解析度"
    "|物件|位址|使用者|套件|硬碟|光碟|磁碟|滑鼠|封包|相依|停用|主控台|移除|逾[期時]|晶片|雷射|字型|剪下|快取|全域|相容"
    "|起司|洋芋|便當|杜拜|布希|雪梨|捷克|部份|外掛|至此|(?<![顯卓昭原名論編合土巨])著(?![作名者述書])|[「『]"
)
"""What the mainland and Taiwan call by different names, or put between different marks, in
characters that both of them have."""


class HanLine(NamedTuple):
    """What a line of Han text, kana or both is.

    Attributes:
        start: First character.
        end: One past the last.
        language: BCP 47 tag.
        script: ISO 15924 code.
        votes: Characters for the variant, less those against it; for Japanese, its kana.
    """

    start: int
    end: int
    language: str
    script: str
    votes: int


def lines(text: str, start: int, end: int) -> list[HanLine]:
    """Tell apart the lines of a stretch of Han characters and kana, which is ``[start, end)``."""
    return stretches(text, [(start, end)])[0]


def stretches(text: str, ranges: Sequence[tuple[int, int]]) -> list[list[HanLine]]:
    """The lines of several stretches of one text; what one leaves open, its neighbours decide.

    Args:
        text: The text.
        ranges: Start and end of each stretch, in order; what is between them is in other scripts.
    """
    reader = compiled.reader()
    count = counts_plain if reader is None else reader.han
    counted: list[list[Counted]] = [count(text, start, end) for start, end in ranges]
    every = list(chain.from_iterable(counted))
    for begin, stop, line in every:
        if line[1] and line[2] == line[3]:
            _by_words(text[begin:stop], line)
    total = _sum(every)
    others = _others(text, every, total[2:]) if len(every) > 1 else {}
    found = []
    for part in counted:
        read = [_line(text, line, others.get(line[0], ()), total) for line in part]
        found.append(_merge(read) if len(read) > 1 else read)
    return found


def counts_plain(text: str, start: int, end: int) -> list[Counted]:
    """Each line with its kana, its Han characters, and those of each variant of Chinese."""
    points = scripts.code_points(text[start:end])
    kinds = scripts.kinds()[points]
    begins = np.concatenate([[0], (points == ord("\n")).nonzero()[0] + 1])
    begins = begins[begins < max(1, len(points))]
    ends = [*begins[1:].tolist(), len(points)]
    masks = [kinds & kind for kind in _KINDS]
    if len(ends) == 1:
        return [(start, end, [int(np.count_nonzero(mask)) for mask in masks])]
    counts = np.stack([np.add.reduceat((mask > 0).astype(np.int64), begins) for mask in masks])
    return [
        (start + begin, start + stop, line)
        for begin, stop, line in zip(begins.tolist(), ends, counts.T.tolist(), strict=True)
    ]


def _by_words(text: str, line: list[int]) -> None:
    """Votes for simplified and traditional by words, where the characters leave it open."""
    line[2] += len(_MAINLAND.findall(text))
    line[3] += len(_TAIWAN.findall(text))


def _sum(counted: Sequence[Counted]) -> list[int]:
    return [sum(column) for column in zip(*(line for _, _, line in counted), strict=True)]


def _others(
    text: str, every: Sequence[Counted], total: Sequence[int]
) -> dict[int, list[Sequence[int]]]:
    """What to ask of an open stretch, by its start: its row of the text, its neighbours, all."""
    row = [0]
    for (_, stop, _), (start, _, _) in pairwise(every):
        row.append(row[-1] + ("\n" in text[stop - 1 : start]))
    hans, hant = ([line[kind] for _, _, line in every] for kind in (2, 3))
    rows = [[0, 0] for _ in range(row[-1] + 1)]
    for number, one, other in zip(row, hans, hant, strict=True):
        rows[number][0] += one
        rows[number][1] += other
    found: dict[int, list[Sequence[int]]] = {}
    for k, (start, _, line) in enumerate(every):
        if line[2] == line[3]:
            near = slice(max(0, k - 1), k + 2)
            found[start] = [rows[row[k]], (sum(hans[near]), sum(hant[near])), total]
    return found


def _line(
    text: str, counted: Counted, others: Sequence[Sequence[int]], total: Sequence[int]
) -> HanLine:
    """What one line is; where it leaves the variant open, the first of the others that does not."""
    start, end, (kana, han, hans, hant) = counted
    if kana and kana >= _KANA_SHARE * (kana + han):
        return HanLine(start, end, "ja", "Jpan", kana)
    if not kana and han:
        within = total[0] >= _KANA_SHARE * (total[0] + total[1])  # a heading of a Japanese text
        if (within or (hans and hant)) and _japanese(text[start:end], alone=not within):
            return HanLine(start, end, "ja", "Jpan", 0 if within else hans + hant)
    if hans == hant:
        hans, hant = next((v for v in others if v[0] != v[1]), (0, 0))
    if hant > hans:
        return HanLine(start, end, "zh-Hant", "Hant", hant - hans)
    return HanLine(start, end, "zh-Hans", "Hans", hans - hant)


def _japanese(text: str, *, alone: bool) -> bool:
    """Whether Han characters without kana can be Japanese; alone, they must show that they are."""
    chinese, new = _forms()
    return not chinese.intersection(text) and not (alone and new.isdisjoint(text))


@lru_cache(maxsize=1)
def _forms() -> tuple[frozenset[str], frozenset[str]]:
    """Characters of one variant that Japanese lacks, and the forms that Japan has made."""
    with np.load(tables.path("tag_han.npz")) as data:
        variants = {*data["hans"].tolist(), *data["hant"].tolist()}
        chinese = variants - set(data["japanese"].tolist())
    return frozenset(map(chr, chinese)), frozenset(SHINJITAI)


def _merge(found: list[HanLine]) -> list[HanLine]:
    merged: list[HanLine] = []
    for line in found:
        if merged and merged[-1].language == line.language:
            last = merged.pop()
            line = HanLine(last.start, *line[1:-1], last.votes + line.votes)  # noqa: PLW2901
        merged.append(line)
    return merged
