"""The source that a translated page states: its title, author, language and link.

A note that says 'is an English translation of the original Chinese article' says more than that the
page is a translation: what stands around it names the original.
"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from unspun.model import Finding, StatedSource
from unspun.tagging import evidence

_OPEN, _CLOSE = '"“«„「『《', '"”»“」』》'
_QUOTED = regex.compile(rf"[{_OPEN}](?P<title>[^{_OPEN}{_CLOSE}\n]{{3,300}})[{_CLOSE}]\s*[,(]?\s*$")
_LABELLED = regex.compile(
    rf"""
    (?: ^ | [\s(（【\[]) (?: original \s (?:\w+\s)? (?:title|headline)
      | 原文标题 | 原文標題 | 原标题 | 原標題 | 原題
      | originaltitel | titre \s original | título \s original )
    \s* [:：] \s* [{_OPEN}]? (?P<title>[^\n{_CLOSE}]{{2,300}})
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.MULTILINE,
)
_AUTHOR = regex.compile(
    r"""
      \b (?:written|authored|reported) \s by \s
         (?P<name>\p{Lu}[\p{L}.'’-]*(?:\s\p{Lu}[\p{L}.'’-]*){0,4})
    | (?: ^ | \s ) (?:author|作者|原文作者|autor|auteur) \s* [:：] \s* (?P<name>[^\n,，;；。]{2,60})
    """,
    regex.VERBOSE | regex.IGNORECASE | regex.MULTILINE,
)
_NEXT_LABEL = regex.compile(
    r"\s+(?:author|autor|auteur|link|source|published|作者|链接|連結)\s*[:：]", regex.IGNORECASE
)
_LINK = regex.compile(r"https?://[^\s<>\"'”’）」】]+", regex.IGNORECASE)
_BEHIND = 600  # code points around a note in which its original is named
_WORDS = regex.compile(r"[^\p{L}\p{N}]+")


def stated(text: str, findings: Sequence[Finding], language: str | None) -> StatedSource | None:
    """What a text says about the original that it was translated from.

    Args:
        text: The text, page furniture included: notes often stand there.
        findings: What was seen of a translation, in order.
        language: The language of the original, as the findings name it.

    Returns:
        None where no note says that there is an original, or nothing names it.
    """
    notes = [f for f in findings if f.kind == "translation-note"]
    if not notes:
        return None
    start = max(0, notes[0].start - _BEHIND)
    end = min(len(text), notes[-1].end + _BEHIND)
    link = _link(text, notes, end)
    translated = _before(text, notes[0].start)
    title = _title(text, start, end, findings, notes, link)
    found = _AUTHOR.search(text, notes[0].start, end)
    if not (link or translated or title):
        return None
    return StatedSource(
        notes[0].start,
        notes[-1].end,
        language,
        title,
        translated,
        found["name"].strip(" .") if found else "",
        link,
    )


def _before(text: str, note: int) -> str:
    """The quoted title that a note begins with: This article "..." is a translation of."""
    match = _QUOTED.search(text, max(0, text.rfind("\n", 0, note)), note)
    return match["title"].strip() if match else ""


def _link(text: str, notes: Sequence[Finding], end: int) -> str:
    """The first link behind a note, without the stop of its sentence."""
    for note in reversed(notes):
        if match := _LINK.search(text, note.end, end):
            return str(match[0].rstrip(".,;:!?)]"))
    return ""


def _title(
    text: str,
    start: int,
    end: int,
    findings: Sequence[Finding],
    notes: Sequence[Finding],
    link: str,
) -> str:
    """The title in its own language: labelled, left beside the note, or in the link."""
    if match := _LABELLED.search(text, start, end):
        return str(_NEXT_LABEL.split(match["title"])[0].strip())
    left = [
        text[f.start : f.end].strip(f" {_OPEN}{_CLOSE}\n")
        for f in findings
        if f.kind == "residue" and notes[0].start <= f.start < end
    ]
    slug = evidence.unquoted(link.rstrip("/").rsplit("/", 1)[-1]) if "%" in link else ""
    for candidate in left:
        if not slug or _same(candidate, slug):
            return candidate
    return slug.replace("-", " ").strip()


def _same(title: str, slug: str) -> bool:
    """Whether a link's last part is made of a title."""
    one, other = (_WORDS.sub("", part).casefold() for part in (title, slug))
    return bool(one) and (one in other or other in one)
