"""Characters that make a text look like another: flagged, whether or not a rule removes them.

Unicode Technical Standard 39 (mixed-script confusables) and Technical Report 36; the attack with
directional controls is CVE-2021-42574.
"""

from __future__ import annotations

import re
from functools import cache

from unspun.kernels.windows import Scanner, Window, scanner, spread
from unspun.model import Tag

SPOOF = "spoof"
"""The kind of the tags; their value says which spoof it is."""

_LATIN = "A-Za-z\xc0-\u024f"
_OTHER = "\u0370-\u03ff\u0400-\u04ff"
_DIRECTIONS = "\u202a-\u202e\u2066-\u2069"
_NOTHING = "\u200b-\u200d\u2060\ufeff"
_SPELLING = "\U000e0020-\U000e007f"
_BIDI = re.compile(f"[{_DIRECTIONS}]+")
_HIDDEN = re.compile(  # in one word, from the first to the last of them
    f"[{_NOTHING}](?<=[{_LATIN}].)[{_NOTHING}]*(?:[{_LATIN}]+[{_NOTHING}]+)*(?=[{_LATIN}])"
)
_TAGS = re.compile(  # behind a flag: its name
    f"[{_SPELLING}](?<![\U0001f3f4{_SPELLING}].)[{_SPELLING}]+"
)
_MIXED = re.compile(f"(?=[{_OTHER}]*[{_LATIN}])(?=[{_LATIN}]*[{_OTHER}])[{_LATIN}{_OTHER}]{{3,}}")
_UNSEEN = re.compile(f"[{_DIRECTIONS}{_SPELLING}]|[{_NOTHING}](?<=[{_LATIN}].)")
_SECOND_SCRIPT = re.compile(f"[{_OTHER}]")
_MEETING = re.compile(f"[{_LATIN}][{_OTHER}]|[{_OTHER}][{_LATIN}]")
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
    if not _shows(text):
        return []
    unseen = (("bidi-control", _BIDI), ("hidden", _HIDDEN), ("hidden", _TAGS))
    found = [
        Tag(SPOOF, match.start(), match.end(), value)
        for value, pattern in (unseen if _UNSEEN.search(text) else ())
        for match in pattern.finditer(text)
    ]
    found += (
        Tag(SPOOF, match.start(), match.end(), "mixed-script", 0.9)
        for match in (_MIXED.finditer(text) if _meet(text) else ())
        if all(c in _ALIKE for c in match[0] if "\u0370" <= c <= "\u04ff")
    )
    return sorted(found, key=lambda tag: tag.start)


def _shows(text: str) -> bool:
    """Whether a text may have a spoof."""
    compiled = _scanner()
    return shows_plain(text) if compiled is None else compiled.find(text) >= 0


def shows_plain(text: str) -> bool:
    """The same without the compiled kernel."""
    if text.isascii():
        return False
    if _UNSEEN.search(text):
        return True
    return _meet(text)


def _meet(text: str) -> bool:
    """Whether letters of two scripts stand side by side."""
    return bool(_SECOND_SCRIPT.search(text) and _MEETING.search(text))


def windows() -> tuple[Window, ...]:
    """What every text with a spoof has."""
    latin, other = spread(_LATIN), spread(_OTHER)
    return (
        Window(SPOOF, spread(_DIRECTIONS + _SPELLING)),
        Window(SPOOF, spread(_NOTHING), before=latin),
        Window(SPOOF, latin, other),
        Window(SPOOF, other, latin),
    )


@cache
def _scanner() -> Scanner | None:
    return scanner(windows())
