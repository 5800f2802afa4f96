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

LINK = regex.compile(
    r"""
    (?: (?: https? | ftp ) :// | \b www\. ) [!-~]*[\w/]      # a link, less its last full stop
    | (?<![\w.+-]) [\w.+-]{1,64} @ [\w-]{1,64} (?: \.[\w-]{1,64} )+   # an address
    """,
    regex.VERBOSE | regex.ASCII,
)

OPENING = frozenset("\"'([{<«‹“„‘‚¿¡「『《〈【（［｛〔@#$€£")
"""What belongs to the word that follows it."""


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


def code_points(text: str) -> NDArray[np.uint32]:
    """The text as an array of code points, lone surrogates included."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def links(text: str) -> list[tuple[int, int]]:
    """Links and mail addresses, in order."""
    if "://" not in text and "www." not in text and "@" not in text:
        return []
    return [m.span() for m in LINK.finditer(text)]
