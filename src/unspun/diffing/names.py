"""Which words are names: by their capital, and at the start of a sentence by what is known of them.

A capital there says nothing by itself. The packaged model of English knows which words are written
with one elsewhere, too; a word that it does not know at all counts as a name among words that it
knows. Chinese has no capitals: known places and bodies are names there, and runs of the characters
that foreign names are transcribed with.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal

from unspun.checking.gazetteer import names_in
from unspun.diffing.tokens import is_mark
from unspun.lm.packaged import english

# Seldom seen but in foreign names.
_TRANSCRIBED = re.compile(
    "[阿埃艾奥巴贝比波博布茨达丹德迪蒂杜顿多厄恩尔法菲费弗福戈格哈赫霍基吉加贾杰卡凯康柯科克肯库拉莱兰劳勒雷黎里利莉丽"
    "列琳隆卢鲁伦罗洛玛迈曼梅蒙米莫姆穆内娜纳妮尼涅努诺欧帕佩彭皮珀普乔切琼让瑞萨塞桑瑟森莎什史斯丝司索塔泰坦汤特提图托瓦"
    "威韦维温沃乌夏谢辛休雅娅亚耶伊约扎詹泽兹]{3,}"
)


def names(words: Sequence[str], *, opens: bool, beside: Sequence[str] = ()) -> set[str]:
    """The names among words, small letters, without genitives.

    Args:
        words: Words and marks in a row.
        opens: Whether the first of them begins a sentence.
        beside: The other side of the edit, which tells what language it is in.

    >>> sorted(names(["Paris", "Is", "Old"], opens=True)), names(["The", "old"], opens=True)
    (['is', 'old', 'paris'], set())
    """
    found = _of_characters("".join(words))
    for k, word in enumerate(words):
        if word.islower() or not any(map(str.isupper, word)):
            continue
        plain = word in {"I", "A"} or word[:2] in {"I'", "I’"}
        if not plain and k == 0 and opens and not (len(word) > 1 and word.isupper()):
            plain = not opens_as_name(words, beside)
        if not plain or (len(word) > 1 and word.isupper()):
            found.add(_owner(word.casefold()))
    return found


def _of_characters(text: str) -> set[str]:
    if text.isascii():
        return set()
    return {key for _, _, key in names_in(text)} | set(_TRANSCRIBED.findall(text))


def opens_as_name(words: Sequence[str], beside: Sequence[str]) -> bool:
    """Whether the first of some words, which begins a sentence with a capital, is a name."""
    word = words[0]
    written = _written(_owner(word))
    if written == "unknown":
        around = [_written(other) for other in (*words[1:], *beside) if other[:1].isalpha()]
        return bool(around) and "unknown" not in around and not is_mark(word)
    return written == "name"


@lru_cache(maxsize=4096)
def _written(word: str) -> Literal["name", "word", "unknown"]:
    """How English writes a word within a sentence."""
    vocabulary = english().vocabulary
    form = vocabulary.forms[int(vocabulary.encode([word], initial=True)[0])]
    if form.startswith("<"):
        return "unknown"
    return "name" if form[:1].isupper() else "word"


def _owner(word: str) -> str:
    """A name without its genitive."""
    return word.removesuffix("'s").removesuffix("’s").removesuffix("'").removesuffix("’")
