"""HTML entities left in plain text."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from unspun import edits

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig
    from unspun.model import Edit

ENTITY = re.compile(r"&(?:amp;)*((?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,24});)")
"""An entity, however often its sign was escaped; the group is what stands behind the sign."""
_MARKUP = re.compile(r"</?[A-Za-z][^<>\n]{0,200}>|<!--|<!DOCTYPE", re.IGNORECASE)


def has_entity(text: str) -> bool:
    """Whether there is one, between the first character that begins one and the last that ends one.

    >>> has_entity("Q&amp;A"), has_entity("A; B & C"), has_entity("A & B; C")
    (True, False, False)
    """
    first = text.find("&")
    return first >= 0 and ENTITY.search(text, first, text.rfind(";") + 1) is not None


def unescape_entities(text: str, _config: NormaliseConfig) -> list[Edit]:
    """Read entities, unless the text is markup or speaks about it."""
    if "&" not in text or _MARKUP.search(text):
        return []
    return edits.sub(ENTITY, _read, text, "normalise", "html-entity", confidence=0.9)


def _read(match: re.Match[str]) -> str:
    entity = f"&{match[1]}"
    while True:
        read = html.unescape(entity)
        if read.endswith(";") and read != ";" and not ENTITY.fullmatch(read):
            return match.group()  # only its beginning is an entity
        if read == entity or len(read) <= 1:
            return read
        entity = read
