"""Chinese or Japanese, simplified or traditional: by the characters themselves."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unspun import tables
from unspun.tagging import scripts

_SIMPLIFIED, _TRADITIONAL, _JAPANESE = 1, 2, 3
_KANA_SHARE = 0.1
"""Japanese prose is some 40% to 70% kana; Chinese that quotes a Japanese brand stays below 5%."""
_MAINLAND = re.compile(
    "字符|信息|激光|公交|短信|屏幕|字段|打印|激活|批量|算法|查找|界面|命令行|缺省|回收站|源文件|刷新|端口"
    "|接口|配置|令牌|句柄|高亮|文件名|布局|插件|域名|添加|示例|重做|博客|比特|搜索"
)
_TAIWAN = re.compile(
    "程式|伺服器|字串|字元|新增|位元|列印|登入|登出|最佳化|巨集|回呼|介面|部落格|函式|元件|支援|存取|命令列"
    "|影片|解析度|物件|位址|使用者|套件|硬碟|光碟|磁碟|滑鼠|封包|相依|停用|主控台|移除|逾期"
)
"""What the mainland and Taiwan call by different names, in characters that both of them use."""


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


@lru_cache(maxsize=1)
def variants() -> NDArray[np.uint8]:
    """For each code point below U+A000: 1 simplified, 2 traditional, 3 Japanese only."""
    table = np.zeros(0xA000, np.uint8)
    with np.load(tables.path("tag_han.npz")) as data:
        table[data["hans"]] = _SIMPLIFIED
        table[data["hant"]] = _TRADITIONAL
        table[data["japanese"]] = _JAPANESE
    return table


def lines(points: NDArray[np.uint32], start: int, end: int) -> list[HanLine]:
    """Tell apart the lines of a stretch of Han characters and kana, which is ``[start, end)``."""
    part = points[start:end]
    script = scripts.load().of[part]
    number = scripts.load().number
    kana = (script == number("Hira")) | (script == number("Kana"))
    han = script == number("Hani")
    variant = variants()[np.minimum(part, np.uint32(0x9FFF))]
    masks = (kana, han, variant == _SIMPLIFIED, variant == _TRADITIONAL)
    begins = np.concatenate([[0], (part == ord("\n")).nonzero()[0] + 1])
    begins = begins[begins < max(1, len(part))]
    ends = [*begins[1:].tolist(), len(part)]
    if len(ends) == 1:
        counted = [[int(np.count_nonzero(mask)) for mask in masks]]
    else:
        counts = np.stack([np.add.reduceat(mask.astype(np.int64), begins) for mask in masks])
        counted = counts.T.tolist()
    total = [sum(column) for column in zip(*counted, strict=True)]
    total[2:] = _by_words(part, total)
    found = []
    for begin, stop, line in zip(begins.tolist(), ends, counted, strict=True):
        line[2:] = _by_words(part[begin:stop], line)
        found.append(_line(start + begin, start + stop, line, total))
    return _merge(found) if len(found) > 1 else found


def _by_words(points: NDArray[np.uint32], counted: list[int]) -> list[int]:
    """Votes for simplified and traditional: by words, where the characters leave it open."""
    hans, hant = counted[2:]
    if hans != hant or not counted[1]:
        return [hans, hant]
    text = "".join(map(chr, points.tolist()))
    return [hans + len(_MAINLAND.findall(text)), hant + len(_TAIWAN.findall(text))]


def _line(start: int, end: int, line: list[int], total: list[int]) -> HanLine:
    kana, han, hans, hant = line
    within = total[0] >= _KANA_SHARE * (total[0] + total[1])
    if kana >= _KANA_SHARE * max(1, kana + han) and kana:
        return HanLine(start, end, "ja", "Jpan", kana)
    if not kana and within and not hans:
        return HanLine(start, end, "ja", "Jpan", 0)  # a heading of a Japanese text
    if hans == hant:
        hans, hant = total[2], total[3]
    if hant > hans:
        return HanLine(start, end, "zh-Hant", "Hant", hant - hans)
    return HanLine(start, end, "zh-Hans", "Hans", hans - hant)


def _merge(found: list[HanLine]) -> list[HanLine]:
    merged: list[HanLine] = []
    for line in found:
        if merged and merged[-1].language == line.language:
            last = merged.pop()
            merged.append(line._replace(start=last.start, votes=last.votes + line.votes))
        else:
            merged.append(line)
    return merged
