"""Chinese or Japanese, simplified or traditional: by the characters themselves."""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np

from unspun.tagging import compiled, scripts

_KINDS = (scripts.KANA, scripts.HAN, scripts.SIMPLIFIED, scripts.TRADITIONAL)
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


def lines(text: str, start: int, end: int) -> list[HanLine]:
    """Tell apart the lines of a stretch of Han characters and kana, which is ``[start, end)``."""
    reader = compiled.reader()
    counted = (counts_plain if reader is None else reader.han)(text, start, end)
    total = [sum(column) for column in zip(*(each for _, _, each in counted), strict=True)]
    total[2:] = _by_words(text[start:end], total)
    found = []
    for begin, stop, line in counted:
        line[2:] = _by_words(text[begin:stop], line)
        found.append(_line(begin, stop, line, total))
    return _merge(found) if len(found) > 1 else found


def counts_plain(text: str, start: int, end: int) -> list[tuple[int, int, list[int]]]:
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


def _by_words(text: str, counted: list[int]) -> list[int]:
    """Votes for simplified and traditional: by words, where the characters leave it open."""
    hans, hant = counted[2:]
    if hans != hant or not counted[1]:
        return [hans, hant]
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
