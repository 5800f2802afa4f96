"""Characters that make a text look like another: flagged, whether or not a rule removes them.

Unicode Technical Standard 39 (mixed-script confusables) and Technical Report 36; the attack with
directional controls is CVE-2021-42574.
"""

from __future__ import annotations

import re

from unspun.model import Tag

SPOOF = "spoof"
"""The kind of the tags; their value says which spoof it is."""

_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]+")
_HIDDEN = re.compile("(?<=[A-Za-z\xc0-\u024f])[\u200b-\u200d\u2060\ufeff]+(?=[A-Za-z\xc0-\u024f])")
_TAGS = re.compile(
    "(?<![\U0001f3f4\U000e0020-\U000e007f])[\U000e0020-\U000e007f]{2,}"
)  # behind a flag they are its name
_LATIN = "A-Za-z\xc0-\u024f"
_OTHER = "\u0370-\u03ff\u0400-\u04ff"
_MIXED = re.compile(f"(?=[{_OTHER}]*[{_LATIN}])(?=[{_LATIN}]*[{_OTHER}])[{_LATIN}{_OTHER}]{{3,}}")
_ALIKE = frozenset(  # Cyrillic and Greek letters that look like Latin ones
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u0501\u051b\u051d\u0410\u0412"
    "\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0425\u0406\u0408\u0405\u03bf\u03bd\u03b1"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
)


def spoofs(text: str) -> list[Tag]:
    r"""Tags for directional controls, hidden characters in words, and letters of another script.

    >>> [tag.value for tag in spoofs("Log in at p\u0430ypal today")]
    ['mixed-script']
    """
    if text.isascii():
        return []
    found = [
        Tag(SPOOF, match.start(), match.end(), value)
        for value, pattern in (("bidi-control", _BIDI), ("hidden", _HIDDEN), ("hidden", _TAGS))
        for match in pattern.finditer(text)
    ]
    found += (
        Tag(SPOOF, match.start(), match.end(), "mixed-script", 0.9)
        for match in _MIXED.finditer(text)
        if all(c in _ALIKE for c in match[0] if "\u0370" <= c <= "\u04ff")
    )
    return sorted(found, key=lambda tag: tag.start)
