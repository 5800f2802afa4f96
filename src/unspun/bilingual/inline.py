"""The text of a segment, its inline tags kept as short ones that a translation must have too.

Native codes (what stands inside `ph`, `bpt`, `ept`, `it`, `ut`) are no text: `<ph id="1"/>` stands
for them. Elements that enclose text (`g`, `pc`) keep both their ends.
"""

from __future__ import annotations

from collections.abc import Mapping

_ENCLOSING = frozenset({"g", "pc"})
_CODES = frozenset({"ph", "bpt", "ept", "it", "ut", "x", "bx", "ex", "sc", "ec"})
_NUMBERS = ("id", "startRef", "x", "i", "rid")


class Inline:
    """Collects the text of one segment."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._inside_code = 0

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An inline element begins."""
        if self._inside_code:
            self._inside_code += 1
        elif name == "cp":
            self._parts.append(_character(attributes.get("hex", "")))
            self._inside_code = 1
        elif name in _CODES:
            self._parts.append(f"<{name}{_number(attributes)}/>")
            self._inside_code = 1
        elif name in _ENCLOSING:
            self._parts.append(f"<{name}{_number(attributes)}>")

    def end(self, name: str) -> None:
        """An inline element ends."""
        if self._inside_code:
            self._inside_code -= 1
        elif name in _ENCLOSING:
            self._parts.append(f"</{name}>")

    def text(self, text: str) -> None:
        """Characters."""
        if not self._inside_code:
            self._parts.append(text)

    def value(self) -> str:
        """The text so far."""
        return "".join(self._parts)


def _number(attributes: Mapping[str, str]) -> str:
    for name in _NUMBERS:
        if name in attributes:
            return f' id="{attributes[name]}"'
    return ""


def _character(code: str) -> str:
    """A character that XML cannot hold (XLIFF 2.0, cp)."""
    try:
        return chr(int(code, 16))
    except (ValueError, OverflowError):
        return "\N{REPLACEMENT CHARACTER}"
