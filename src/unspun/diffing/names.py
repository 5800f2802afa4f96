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
from unspun.lm.packaged import english

# Seldom seen but in foreign names.
_CHARACTERS = (
    "[阿埃艾奥巴贝比波博布茨达丹德迪蒂杜顿多厄恩尔法菲费弗福戈格哈赫霍基吉加贾杰卡凯康柯科克肯库拉莱兰劳勒雷黎里利莉丽"
    "列琳隆卢鲁伦罗洛玛迈曼梅蒙米莫姆穆内娜纳妮尼涅努诺欧帕佩彭皮珀普乔切琼让瑞萨塞桑瑟森莎什史斯丝司索塔泰坦汤特提图托瓦"
    "威韦维温沃乌夏谢辛休雅娅亚耶伊约扎詹泽兹]+"
)
_TRANSCRIBED, _ENDS_TRANSCRIBED = re.compile(_CHARACTERS), re.compile(_CHARACTERS + "$")
_LEAST_RUN = 3  # fewer of them may be a word


def names(
    words: Sequence[str],
    *,
    opens: bool,
    beside: Sequence[str] = (),
    around: tuple[str, str] = ("", ""),
) -> set[str]:
    """The names among words, small letters, without genitives.

    Args:
        words: Words and marks in a row.
        opens: Whether the first of them begins a sentence.
        beside: The other side of the edit.
        around: The text before and after: what follows tells, with the other side, what language
            this is in, and a name may reach beyond the edit.

    >>> sorted(names(["Paris", "Is", "Old"], opens=True)), names(["The", "old"], opens=True)
    (['is', 'old', 'paris'], set())
    """
    found = _of_characters("".join(words), *around)
    for k, word in enumerate(words):
        if word.islower() or not any(map(str.isupper, word)):
            continue
        plain = word in {"I", "A"} or word[:2] in {"I'", "I’"}
        if not plain and k == 0 and opens and not (len(word) > 1 and word.isupper()):
            plain = not opens_as_name(words, beside, around[1])
        if not plain or (len(word) > 1 and word.isupper()):
            found.add(_owner(word.casefold()))
    return found


def _of_characters(text: str, before: str, after: str) -> set[str]:
    """The known names in a text, and the transcribed ones that it has characters of."""
    if text.isascii():
        return set()
    head, tail = _ENDS_TRANSCRIBED.search(before), _TRANSCRIBED.match(after)
    whole = (head[0] if head else "") + text + (tail[0] if tail else "")
    start = len(head[0]) if head else 0
    runs = {
        run[0]
        for run in _TRANSCRIBED.finditer(whole)
        if len(run[0]) >= _LEAST_RUN and run.start() < start + len(text) and run.end() > start
    }
    return runs | {key for _, _, key in names_in(text)}


def opens_as_name(words: Sequence[str], beside: Sequence[str], after: str) -> bool:
    """Whether the first of some words, which begins a sentence with a capital, is a name.

    A word that the model does not know is one if the model knows most others around, for then the
    text is English. Those with a capital are not asked: they may be names themselves.
    """
    word = words[0]
    written = _written(_owner(word))
    if written == "unknown" and word[:1].isupper() and not any(map(str.isdigit, word)):
        others = [*words[1:], *beside, *after.split()]
        around = [_written(other) for other in others if other.isalpha() and other.islower()]
        return 2 * sum(kind != "unknown" for kind in around) > len(around)
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
