"""UTF-8 that was read with the wrong code page, mended where it is broken and only there.

Three readings are tried on a damaged line, the safest first:

1. every character beyond ASCII belongs to a sequence of one code page: certain;
2. ftfy reads the line as a whole (it also mends lost bytes and spaces that were NO-BREAK SPACE);
3. words that are sequences through and through, beside words that are right.

ftfy's detector (`ftfy.badness`) decides what looks broken; for code pages that it does not know,
three different sequences are asked for.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import ftfy
from ftfy import bad_codecs
from ftfy.badness import is_bad

from unspun import edits
from unspun.encodings.charmaps import HOT, PAGES, SEQUENCE, CodePage
from unspun.model import Edit, Tag

if TYPE_CHECKING:
    from collections.abc import Iterator

    from unspun.config import NormaliseConfig

bad_codecs.ok()  # registers ftfy's sloppy codecs

_WHOLE = ftfy.TextFixerConfig(unescape_html=False, decode_inconsistent_utf8=False, explain=True)
_INSIDE = ftfy.TextFixerConfig(unescape_html=False, explain=True)
_LONGEST = 2000
"""Characters of a line that are repaired together; longer lines are cut at white space."""

_LAYERS = 8
"""Encodings on top of each other that are undone; more than four were never seen."""

_BEYOND = re.compile("[^\x00-\x7f]")
_WORD = re.compile("[^ \t\n]*[^\x00-\x7f][^ \t\n]*")
_ENOUGH = 3  # different sequences that prove a code page without ftfy's detector
_PROOF = 2  # sequences in words beside right ones; a single one is left to ftfy's own judgement
_ODD = re.compile(  # characters that a repair hardly ever brings to light
    "[\u0180-\u01cc\u01dd-\u0217\u021c-\u02b9\u02bd-\u02c5\u0370-\u0383\u0460-\u0489\u0500-\u0530"
    "\u058b-\u05af\u0700-\u08ff\u0f00-\u0fff\u1400-\u18ff\u1980-\u1cff\u2c00-\u2e7f\ua000-\uabff"
    "\ue000-\uf8ff\ufdd0-\ufdef\U00010000-\U0001f0ff\U00030000-\U0010ffff\xad]"
)


class _Change(NamedTuple):
    start: int
    end: int
    after: str
    sequences: int


def repair_mojibake(text: str, config: NormaliseConfig) -> list[Edit]:
    """Mend the damaged lines; unsure repairs are left to `suspects`."""
    if text.isascii():
        return []
    found: list[Edit] = []
    for start, end in _segments(text):
        segment = text[start:end]
        confidence, mended = _mend(segment)
        if mended != segment and confidence >= config.min_confidence:
            found += edits.from_diff(
                segment, mended, "normalise", "mojibake", at=start, confidence=confidence
            )
    return found


def suspects(text: str, config: NormaliseConfig) -> list[Tag]:
    """Damage that is not repaired, or was lost: for a person to look at."""
    if text.isascii():
        return []
    tags = []
    for start, end in _segments(text):
        segment = text[start:end]
        confidence, mended = _mend(segment)
        if mended != segment and confidence < config.min_confidence:
            tags.append(Tag("encoding-damage", start, end, "unsure", confidence))
            continue
        tags += (
            Tag("encoding-damage", start + at, start + at + 1, "lost")
            for at, char in enumerate(segment)
            if char == "\N{REPLACEMENT CHARACTER}"
        )
    return tags


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Lines with a hot spot, long ones in pieces."""
    done = 0
    for spot in HOT.finditer(text):
        if spot.start() < done:
            continue
        start = max(text.rfind("\n", 0, spot.start()) + 1, done)
        if spot.start() - start > _LONGEST:
            start = _gap(text, spot.start() - _LONGEST // 2, spot.start())
        stop = text.find("\n", spot.end(), start + _LONGEST)
        if stop < 0:
            stop = len(text) if len(text) <= start + _LONGEST else -1
        if stop < 0:
            stop = max(_gap(text, start + _LONGEST // 2, start + _LONGEST), spot.end())
        yield start, stop
        done = stop


def _gap(text: str, low: int, high: int) -> int:
    """Behind the last space between two places, else the second place."""
    return (text.rfind(" ", low, high) + 1) or high


def _mend(segment: str) -> tuple[float, str]:
    """The repaired segment, and how sure the repair is."""
    confidence = 1.0
    current = segment
    for _ in range(_LAYERS):
        for reading in (_whole, _by_ftfy, _by_word, _by_ftfy_inside):
            sure, mended = reading(current)
            if mended != current:
                confidence = min(confidence, sure)
                current = mended
                break
        else:
            break
    return confidence, current


def _whole(line: str) -> tuple[float, str]:
    """All characters beyond ASCII are sequences of one code page."""
    beyond = frozenset(_BEYOND.findall(line))
    best, sure, mended = 0.0, 0.0, line
    bad = None
    for page in PAGES:
        if not beyond or not beyond <= page.characters:
            continue
        data = page.as_bytes(line)
        found = SEQUENCE.findall(data)
        if not found or sum(map(len, found)) != len(_BEYOND.findall(data)):
            continue
        read = SEQUENCE.sub(_decode, data)
        weight = len(found) * (1 - _oddity(found, read))
        if weight <= best:
            continue
        bad = is_bad(line) if bad is None else bad
        if bad or (len(set(found)) >= _ENOUGH and weight > len(found) / 2):
            best, sure, mended = weight, 0.99 if bad else 0.9, read
    return sure, mended


def _oddity(found: list[str], read: str) -> float:
    """The share of unlikely characters among those that were read."""
    return len(_ODD.findall(read)) / len(found)


def _decode(match: re.Match[str]) -> str:
    return match.group().encode("latin-1").decode("utf-8-variants")


def _by_ftfy(line: str) -> tuple[float, str]:
    """The line as a whole, as ftfy reads it."""
    if not is_bad(line):
        return 1.0, line
    result = ftfy.fix_encoding_and_explain(line, _WHOLE)
    plan = result.explanation or []
    if any(step == ("decode", "windows-1252") for step in plan) or ("encode" not in dict(plan)):
        return 1.0, line  # C1 controls are the next rule's
    return 0.95, result.text


def _by_ftfy_inside(line: str) -> tuple[float, str]:
    """Pieces of the line, as ftfy finds them."""
    if not is_bad(line):
        return 1.0, line
    return 0.9, ftfy.fix_encoding(line, _INSIDE)


def _by_word(line: str) -> tuple[float, str]:
    """Words that are sequences through and through."""
    if not is_bad(line):
        return 1.0, line
    best: list[_Change] = []
    for page in PAGES:
        changes = _broken_words(line, page)
        if len(changes) > len(best):
            best = changes
    if sum(change.sequences for change in best) < _PROOF:
        return 1.0, line
    pieces: list[str] = []
    at = 0
    for change in best:
        pieces += line[at : change.start], change.after
        at = change.end
    return 0.9, "".join((*pieces, line[at:]))


def _broken_words(line: str, page: CodePage) -> list[_Change]:
    changes = []
    for word in _WORD.finditer(line):
        if not is_bad(word.group()):
            continue
        data = page.as_bytes(word.group())
        found = SEQUENCE.findall(data)
        if found and sum(map(len, found)) == len(_BEYOND.findall(data)):
            read = SEQUENCE.sub(_decode, data)
            if not _ODD.search(read):
                changes.append(_Change(word.start(), word.end(), read, len(found)))
    return changes
