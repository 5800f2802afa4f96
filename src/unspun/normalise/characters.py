"""Single characters that no reader sees: controls, marks, zero-width and directional characters."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun import edits
from unspun.model import Edit

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig

_TERMINAL = re.compile(  # ECMA-48: control sequences, operating system commands, the short ones
    "\x1b(?:"
    r"\[[0-?]{0,64}[ -/]{0,8}[@-~]"
    "|\\][^\x07\x1b\n]{0,2048}(?:\x07|\x1b\\\\)"
    r"|[ -/]{1,4}[0-~]"
    "|[=>78cDEHMNOZ]"
    ")"
)
_CONTROL = re.compile(  # Unicode Technical Report 20 lists them as unsuitable for text
    "[\x00-\x08\x0e-\x1f\x7f"
    "\u206a-\u206f"  # deprecated shaping controls
    "\ufff9-\ufffc]+"  # interlinear annotation, object replacement
)
MARK = "\ufeff"
TAGS = "\U000e0000-\U000e007f"
BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_MARK = re.compile(f"{MARK}+")
_TAGS = re.compile(f"[{TAGS}]+")
_BIDI = re.compile(f"[{BIDI}]+")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
PLAIN = "\\s!-@\\[-`{-~\xa0-\xbf\u2010-\u2027\u2030-\u205eA-Za-z\xc0-\u058f\u1e00-\u1fff"
"""Beside these a joiner or a zero-width space does nothing: Latin, Greek, Cyrillic."""
NOTHING = "\u200b-\u200d\u2060"
"""Joiners and spaces without width."""
_ZERO_WIDTH = re.compile(f"[{NOTHING}](?<![^{PLAIN}].)[{NOTHING}]*(?![^{PLAIN}])", re.DOTALL)
_LATIN = re.compile("[A-Za-z\xc0-\u024f]")


def strip_terminal_escapes(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Remove terminal escape sequences (colours, titles, cursor movement)."""
    if "\x1b" not in text:
        return []
    return edits.sub(_TERMINAL, "", text, "normalise", "terminal-escape")


def strip_controls(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Remove control characters that text has no use for; tab, line and form feed stay."""
    return edits.sub(_CONTROL, "", text, "normalise", "control")


def strip_marks(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Remove byte order marks, at the start and inside."""
    if "\ufeff" not in text:
        return []
    return edits.sub(_MARK, "", text, "normalise", "bom")


def strip_zero_width(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Remove zero-width characters where the script around them has no use for them."""
    if text.isascii():
        return []
    unneeded = [m for m in _ZERO_WIDTH.finditer(text) if not _joins(m)]
    unneeded += (m for m in _TAGS.finditer(text) if text[m.start() - 1 : m.start()] != _FLAG)
    found = [
        Edit(match.start(), match.end(), match.group(), "", "normalise", "zero-width", 0.95)
        for match in unneeded
    ]
    return sorted(found, key=lambda edit: edit.start)


_FLAG = "\N{WAVING BLACK FLAG}"  # tags behind it spell the flag of a region


def _joins(match: re.Match[str]) -> bool:
    """Whether joiners stand between Latin letters: against ligatures, in German and English."""
    before, after = (
        match.string[match.start() - 1 : match.start()],
        match.string[match.end() : match.end() + 1],
    )
    joiners = set(match.group()) <= {"\u200c", "\u200d"}
    return bool(joiners and _LATIN.match(before) and _LATIN.match(after))


def strip_bidi(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Remove directional controls from lines without a right-to-left letter."""
    if text.isascii():
        return []
    found: list[Edit] = []
    end, needed = -1, False
    for match in _BIDI.finditer(text):
        if match.start() >= end:
            start = text.rfind("\n", 0, match.start()) + 1
            end = text.find("\n", match.end()) % (len(text) + 1)
            needed = _RIGHT_TO_LEFT.search(text, start, end) is not None
        if not needed:
            found.append(
                Edit(
                    match.start(), match.end(), match.group(), "", "normalise", "bidi-control", 0.9
                )
            )
    return found
