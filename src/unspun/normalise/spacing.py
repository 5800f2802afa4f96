"""Line ends. No other white space is touched unless a profile asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from unspun import edits

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig
    from unspun.model import Edit

_LINE_END = re.compile("\r++\n?|[\v\u2028\u2029]+")


def unify_line_ends(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Make every line end a line feed."""
    return edits.sub(_LINE_END, _feeds, text, "normalise", "line-endings")


def _feeds(match: re.Match[str]) -> str:
    ends = match.group()
    return "\n" if ends.endswith("\n") else "\n" * len(ends)
