"""Whether a foreign name and Han characters sound alike: 博索纳罗 and Bolsonaro.

Both become rows of consonant classes, coarse enough for what transcription blurs (b and p, r and l,
n and m at the end), and the best place for the name in the text is found by edit distance.
"""

from __future__ import annotations

import re
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from unspun.checking import romanise

_HAN = re.compile(r"[\u3400-\u9fff·]+")
_LATIN = (
    ("tch", "c"), ("sch", "s"), ("tsch", "c"), ("ch", "c"), ("sh", "s"), ("th", "t"), ("ph", "f"),
    ("ck", "k"), ("gh", "k"), ("kh", "k"), ("zh", "c"), ("dj", "c"), ("ts", "s"), ("tz", "s"),
    ("qu", "k"), ("x", "ks"), ("ng", "n"), ("ge", "c"), ("gi", "c"), ("ce", "s"), ("ci", "s"),
    ("cy", "s"),
)  # fmt: skip
_CLASS = {
    **dict.fromkeys("bp", "P"), **dict.fromkeys("dt", "T"), **dict.fromkeys("gkqc", "K"),
    **dict.fromkeys("jzs", "S"), **dict.fromkeys("rl", "L"), **dict.fromkeys("mn", "N"),
    **dict.fromkeys("fvw", "F"), "h": "H",
}  # fmt: skip
_INITIAL = {
    "b": "P", "p": "P", "d": "T", "t": "T", "g": "K", "k": "K", "j": "S", "q": "S", "x": "S",
    "zh": "S", "ch": "S", "sh": "S", "z": "S", "c": "S", "s": "S", "r": "L", "l": "L", "m": "N",
    "n": "N", "f": "F", "w": "F", "h": "H", "y": "", "": "",
}  # fmt: skip
_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]?)([aeiouv]+)(ng|n|r)?")
_LEAST = 2  # consonants below which nothing can be said


@lru_cache(maxsize=32_768)
def skeleton(word: str) -> str:
    """The consonant classes of a word in Latin letters, as English reads it.

    >>> skeleton("Bolsonaro"), skeleton("Trump")
    ('PLSNL', 'TLNP')
    """
    return skeletons(word)[0]


@lru_cache(maxsize=32_768)
def skeletons(word: str) -> tuple[str, ...]:
    """The same in other readings, too: g as in Gergiev, j as in Juan, ch as in Christ.

    >>> skeletons("Gergiev")
    ('KLSF', 'SLSF')
    """
    text = romanise.plain(word)
    ways = [text, re.sub("g(?=[eiy])", "j", text), re.sub("^j", "h", text)]
    ways += [re.sub("ch", "k", text), re.sub("^ch", "sh", text)]
    return tuple(dict.fromkeys(_classes(way) for way in ways))


def _classes(text: str) -> str:
    for letters, plain in _LATIN:
        text = text.replace(letters, plain)
    classes = [_CLASS.get(c, "") for c in text]
    return _squeezed("".join(classes).replace("H", ""))


def _squeezed(row: str) -> str:
    return re.sub(r"(.)\1+", r"\1", row)


@lru_cache(maxsize=8192)
def _of_character(character: str) -> str:
    readings = romanise.readings(character)
    if not readings:
        return ""
    match = _SYLLABLE.match(readings[0])
    if match is None:
        return ""
    end = "N" if match[3] in ("n", "ng") else "L" if match[3] == "r" else ""
    return (_INITIAL[match[1]] + end).replace("H", "")


@lru_cache(maxsize=65_536)
def likeness(word: str, text: str) -> float:
    """How well a name sounds like some passage of a text, 0 to 1.

    >>> likeness("Bolsonaro", "总统博索纳罗说") > 0.7, likeness("Bolsonaro", "今天天气很好") > 0.6
    (True, False)
    """
    return max(_likeness(wanted, text) for wanted in skeletons(word))


def _likeness(wanted: str, text: str) -> float:
    if len(wanted) < _LEAST:
        return 0.0
    best = 0.0
    for run in _HAN.findall(text):
        rows = _rows(run)
        for start in range(len(rows)):
            if rows[start][:1] != wanted[0]:  # transcription keeps the first consonant
                continue
            row = ""
            for part in rows[start : start + len(wanted) + 3]:
                for sound in part:
                    if row[-1:] != sound:
                        row += sound
                if len(row) >= len(wanted) - 1:
                    share = Levenshtein.normalized_similarity(wanted, row, score_cutoff=best)
                    best = max(best, share)
                if len(row) > len(wanted) + 2:
                    break
    return best


def sound(text: str) -> str:
    """The consonant classes of Han characters.

    >>> sound("塞尔玛") == skeleton("Selma")
    True
    """
    row = "".join(_of_character(c) for c in text if c != "·")
    return _squeezed(row)


@lru_cache(maxsize=8192)
def _rows(run: str) -> tuple[str, ...]:
    return tuple(_of_character(c) for c in run)


def alike(word: str, text: str) -> bool:
    """Whether a name may be one of the text: the fewer its consonants, the surer it has to be.

    >>> alike("Macron", "总统马克龙"), alike("Merkel", "总统马克龙")
    (True, False)
    """
    wanted = skeleton(word)
    return len(wanted) >= _LEAST and likeness(word, text) >= _needed(wanted)


def _needed(wanted: str) -> float:
    size = len(wanted)
    return 1.0 if size <= 2 else 0.74 if size <= 4 else 0.65  # noqa: PLR2004


def same(word: str, characters: str) -> bool:
    """Whether characters sound like a name, all of them.

    >>> same("Macron", "马克龙"), same("Macron", "马克龙说他")
    (True, False)
    """
    heard = sound(characters)
    return any(
        len(wanted) >= _LEAST
        and wanted[0] == heard[:1]
        and Levenshtein.normalized_similarity(wanted, heard) >= _needed(wanted)
        for wanted in skeletons(word)
    )
