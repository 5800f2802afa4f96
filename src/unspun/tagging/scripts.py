"""Scripts of characters, from Unicode's own Script property (UAX #24)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from unspun import tables

CJK = ("Hani", "Hira", "Kana", "Bopo")
"""One writing system's scripts: Japanese mixes them in a word, so they make one run."""

LANGUAGE_OF_SCRIPT = {
    "Grek": "el", "Hebr": "he", "Beng": "bn", "Gujr": "gu", "Guru": "pa", "Taml": "ta",
    "Telu": "te", "Knda": "kn", "Mlym": "ml", "Thai": "th", "Hang": "ko", "Armn": "hy",
    "Geor": "ka", "Ethi": "am", "Khmr": "km", "Laoo": "lo", "Mymr": "my", "Sinh": "si",
    "Tibt": "bo", "Orya": "or", "Mong": "mn", "Thaa": "dv", "Cher": "chr", "Cans": "iu",
    "Syrc": "syr", "Nkoo": "nqo", "Tfng": "zgh", "Java": "jv", "Bali": "ban", "Sund": "su",
    "Olck": "sat", "Vaii": "vai", "Yiii": "ii", "Adlm": "ff", "Copt": "cop", "Goth": "got",
    "Lana": "nod", "Talu": "khb", "Tale": "tdd", "Mtei": "mni", "Lepc": "lep", "Limb": "lif",
}  # fmt: skip
"""The language that a script is mostly used for, where one is (CLDR, likely subtags)."""

_LINK = regex.compile(r"[!-~]*[\w/]", regex.ASCII)
_HOST = regex.compile(r"[\w-]{1,64}(?:\.[\w-]{1,64})+", regex.ASCII)
_MAILBOX = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+-")
_MAILBOX_LONGEST = 64  # RFC 5321, section 4.5.3.1.1
_SCHEMES = ("https", "http", "ftp")

OPENING = frozenset("\"'([{<«‹“„‘‚¿¡「『《〈【（［｛〔@#$€£")
"""What belongs to the word that follows it."""


CODE = np.zeros(128, np.uint8)
"""For each code point below 128: 1 for a mark of code, 2 for one that prose does not have."""
CODE[[ord(char) for char in "()[]_/\\|&$#*+^~"]] = 1
CODE[[ord(char) for char in "{};=<>"]] = 2

KANA, HAN, SIMPLIFIED, TRADITIONAL = 1, 2, 4, 8


class Scripts(NamedTuple):
    """A code point's script by table.

    Attributes:
        of: Script number of each code point; 0 for common and inherited characters.
        group: The same with the scripts of ``CJK`` as one.
        names: ISO 15924 code of each number.
    """

    of: NDArray[np.uint8]
    group: NDArray[np.uint8]
    names: tuple[str, ...]

    def number(self, name: str) -> int:
        """The number of a script.

        >>> load().names[load().of[ord("я")]]
        'Cyrl'
        """
        return self.names.index(name)


@lru_cache(maxsize=1)
def load() -> Scripts:
    """The packaged script property, expanded to one entry a code point."""
    with np.load(tables.path("tag_scripts.npz")) as data:
        starts, scripts = data["starts"], data["scripts"]
        names = tuple(map(str, data["names"]))
    lengths = np.diff(starts, append=np.uint32(0x110000))
    of = np.repeat(scripts, lengths)
    group = of.copy()
    for name in CJK[1:]:
        group[of == names.index(name)] = names.index(CJK[0])
    return Scripts(of, group, names)


@lru_cache(maxsize=1)
def kinds() -> NDArray[np.uint8]:
    """For each code point: kana, Han, written in one variant of Chinese alone."""
    known = load()
    table = np.zeros(len(known.of), np.uint8)
    table[(known.of == known.number("Hira")) | (known.of == known.number("Kana"))] = KANA
    table[known.of == known.number("Hani")] = HAN
    with np.load(tables.path("tag_han.npz")) as data:
        table[data["hans"]] |= SIMPLIFIED
        table[data["hant"]] |= TRADITIONAL
    return table


def code_points(text: str) -> NDArray[np.uint32]:
    """The text as an array of code points, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def links(text: str) -> list[tuple[int, int]]:
    """Links and mail addresses, in order.

    >>> links("See https://example.org/a. Or write to me@example.org!")
    [(4, 25), (39, 53)]
    """
    found: list[tuple[int, int]] = []
    for mark, begin in (("://", _scheme), ("www.", _bare), ("@", _mailbox)):
        pattern = _HOST if mark == "@" else _LINK
        at = text.find(mark)
        while at >= 0:
            start = begin(text, at)
            match = pattern.match(text, at + len(mark)) if start is not None else None
            if start is not None and match:
                found.append((start, match.end()))
            at = text.find(mark, match.end() if match else at + len(mark))
    kept: list[tuple[int, int]] = []
    for link in sorted(found):
        if not kept or link[0] >= kept[-1][1]:  # else it is part of the one before
            kept.append(link)
    return kept


def _scheme(text: str, at: int) -> int | None:
    """Where the link begins whose scheme ends here."""
    return next(
        (at - len(s) for s in _SCHEMES if text[max(0, at - len(s)) : at].lower() == s), None
    )


def _bare(text: str, at: int) -> int | None:
    return None if at and (text[at - 1].isalnum() or text[at - 1] == "/") else at


def _mailbox(text: str, at: int) -> int | None:
    start = at
    while start > 0 and at - start < _MAILBOX_LONGEST and text[start - 1] in _MAILBOX:
        start -= 1
    return start if start < at else None
