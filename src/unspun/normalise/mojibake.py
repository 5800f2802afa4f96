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
from bisect import bisect
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

import ftfy
from ftfy import bad_codecs

from unspun import edits
from unspun.encodings import letters
from unspun.encodings.charmaps import PAGES, SEQUENCE, SPOT, CodePage, next_spot, pairs
from unspun.model import Edit, Tag
from unspun.normalise import gate
from unspun.normalise.badness import is_bad
from unspun.normalise.c1 import WINDOWS

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
_RUN = re.compile("[^\x00-\x7f]+")
_PAIR = re.compile("(?=([^\x00-\x7f]{2}))")
_BLANK = re.compile("[ \t\n]")
_PROOF = 18.0  # bits that a repair must gain where ftfy sees nothing wrong
_LEAST = 8.0  # bits that each sequence in a word must gain
_ENOUGH_WORDS = 2  # broken ones beside right ones
_PROOF_OF_ONE = 25.0  # bits that a single one must gain; below it is left to ftfy's judgement
_CLOSE = 16.0  # bits between readings that the language of the line decides
_LOSS = 6.0  # bits that a word may lose when its code page is certain
_CERTAIN = 50.0  # bits from which a code page is certain
_ODD = re.compile(  # characters that a repair hardly ever brings to light
    "[\u017f-\u019f\u01a2-\u01ae\u01b1-\u01cc\u0305\u0307\u030b\u030d-\u031a\u031c-\u0322\u0324-\u0326\u0329-\u036f"
    "\u01dd-\u0217\u021c-\u02b9\u02bd-\u02c5\u0370-\u0383\u0460-\u0489\u0500-\u0530"
    "\u058b-\u05af\u0700-\u08ff\u0f00-\u0fff\u1400-\u18ff\u1980-\u1cff\u2c00-\u2e7f\ua000-\uabff"
    "\ue000-\uf8ff\ufdd0-\ufdef\U00010000-\U0001f0ff\U00030000-\U0010ffff]"
)
_FEW_ODD = 3  # one in so many may be odd
_ENOUGH = 3  # different sequences that prove a code page without ftfy's detector


def repair_mojibake(text: str, config: NormaliseConfig) -> list[Edit]:
    """Mend the damaged lines; unsure repairs are left to `suspects`."""
    if text.isascii():
        return []
    found: list[Edit] = []
    for start, end in _segments(text):
        segment = text[start:end]
        confidence, mended = _mend(segment)
        if mended != segment and confidence >= config.min_confidence:
            found += _changes(segment, mended, start, confidence)
    return found


def _changes(before: str, after: str, at: int, confidence: float) -> list[Edit]:
    """The edits between two texts: run by run where only characters beyond ASCII changed."""
    if _RUN.sub("\0", before) != _RUN.sub("\0", after):
        return edits.from_diff(before, after, "normalise", "mojibake", at=at, confidence=confidence)
    found = []
    for match, read in zip(_RUN.finditer(before), _RUN.findall(after), strict=True):
        broken = match.group()
        if broken == read:
            continue
        start = end = 0
        shorter = min(len(broken), len(read))
        while start < shorter and broken[start] == read[start]:
            start += 1
        while end < shorter - start and broken[-1 - end] == read[-1 - end]:
            end += 1
        place = at + match.start() + start
        old, new = broken[start : len(broken) - end], read[start : len(read) - end]
        found.append(Edit(place, place + len(old), old, new, "normalise", "mojibake", confidence))
    return found


def suspects(text: str, config: NormaliseConfig) -> list[Tag]:
    """Damage that is not repaired, or was lost: for a person to look at."""
    if SPOT not in gate.signs(text, config):
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
    while (spot := next_spot(text, done)) >= 0:
        start = max(text.rfind("\n", 0, spot) + 1, done)
        if spot - start > _LONGEST:
            start = _gap(text, spot - _LONGEST // 2, spot)
        stop = text.find("\n", spot, start + _LONGEST)
        if stop < 0:
            stop = len(text) if len(text) <= start + _LONGEST else -1
        if stop < 0:
            stop = max(_gap(text, start + _LONGEST // 2, start + _LONGEST), spot + 1)
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
        if next_spot(current) < 0:
            break
        bad = is_bad(current)
        for reading in (_whole, _by_ftfy, _by_word, _by_ftfy_inside):
            sure, mended = reading(current, bad=bad)
            if mended != current:
                confidence = min(confidence, sure)
                current = mended
                break
        else:
            break
    return confidence, current


def _whole(line: str, *, bad: bool) -> tuple[float, str]:
    """All characters beyond ASCII are sequences of one code page."""
    beyond = _BEYOND.findall(line)
    different = frozenset(beyond)
    found: dict[str, CodePage] = {}
    for page in PAGES:
        if beyond[0] in page.leads and beyond[-1] in page.behind and different <= page.characters:
            read = _read_whole(page.as_bytes(line), len(beyond))
            if read is not None:
                found.setdefault(read, page)
    if bad and len(found) == 1:
        return 0.99, next(iter(found))
    before = letters.least_bits(line) if found else 0.0
    reads = {}
    for read, page in found.items():
        gain = before - letters.least_bits(read)
        if gain >= _PROOF or (gain > 0 and (bad or len(different) >= _ENOUGH)):
            reads[read] = gain, page.price
    return (0.99 if bad else 0.9, _likeliest(reads)) if reads else (1.0, line)


def _read_whole(data: bytes, beyond: int) -> str | None:
    """The text behind bytes that are well-formed UTF-8, if it is text."""
    found = SEQUENCE.findall(data)
    if not found or sum(map(len, found)) != beyond:
        return None
    read = data.decode("utf-8-variants" if b"\xed" in data else "utf-8")
    odd = len(_ODD.findall(read)) * _FEW_ODD > len(found)
    return None if odd else read


def _likeliest(reads: dict[str, tuple[float, float]]) -> str:
    """The reading with most gain; of those close to it, the one that is one language best.

    Args:
        reads: For each reading its gain, and the price of its code page.
    """
    most = max(gain - price for gain, price in reads.values())
    close = {read: price for read, (gain, price) in reads.items() if gain - price > most - _CLOSE}
    if len(close) > 1:
        languages = letters.languages()
        close = {read: price + letters.bits(read, languages) for read, price in close.items()}
    return min(close, key=lambda read: close[read])


def _by_ftfy(line: str, *, bad: bool) -> tuple[float, str]:
    """The line as a whole, as ftfy reads it."""
    if not bad:
        return 1.0, line
    result = ftfy.fix_encoding_and_explain(line, _WHOLE)
    plan = result.explanation or []
    if any(step == ("decode", "windows-1252") for step in plan) or ("encode" not in dict(plan)):
        return 1.0, line  # C1 controls are the next rule's
    return 0.95, result.text


def _by_ftfy_inside(line: str, *, bad: bool) -> tuple[float, str]:
    """Pieces of the line, as ftfy finds them."""
    if not bad:
        return 1.0, line
    mended = ftfy.fix_encoding(line, _INSIDE)
    return 0.9, line if mended == line.translate(WINDOWS) else mended


def _by_word(line: str, *, bad: bool) -> tuple[float, str]:
    """Sequences in words that are likelier when they are read, of the code page with most gain."""
    reads: dict[str, tuple[float, float]] = {}
    seen = set(_PAIR.findall(line))
    blanks: list[int] | None = None
    for page in PAGES:
        if seen.isdisjoint(pairs(page.name)):
            continue
        data = page.as_bytes(line)
        if not SEQUENCE.search(data):
            continue
        blanks = [match.start() for match in _BLANK.finditer(line)] if blanks is None else blanks
        changes = list(_readings(line, data, blanks))
        sure = [change for change in changes if change.gain > _LEAST * change.sequences]
        gain = sum(change.gain for change in sure)
        single = bad and len(sure) < _ENOUGH_WORDS
        if gain >= (_PROOF_OF_ONE if single else _PROOF):
            # If the page is certain, then all words that can be read so.
            made = changes if gain > _CERTAIN else sure
            reads.setdefault(_with_words(line, made), (gain, page.price))
    return (0.9, _likeliest(reads)) if reads else (1.0, line)


class _Change(NamedTuple):
    start: int
    end: int
    after: str
    gain: float
    sequences: int


def _readings(line: str, data: bytes, blanks: list[int]) -> Iterator[_Change]:
    """Words with sequences, and what reading these would gain."""
    sequences = SEQUENCE.finditer(data)
    for word, group in groupby(sequences, key=lambda match: bisect(blanks, match.start())):
        start = blanks[word - 1] + 1 if word else 0
        end = blanks[word] if word < len(blanks) else len(line)
        pieces: list[str] = []
        done, count = start, 0
        for match in group:
            pieces += line[done : match.start()], _decode(match.group())
            done = match.end()
            count += 1
        read = "".join((*pieces, line[done:end]))
        gain = _word_bits(line[start:end]) - _word_bits(read)
        if gain > -_LOSS and not _ODD.search(read):
            yield _Change(start, end, read, gain, count)


_word_bits = lru_cache(maxsize=1 << 12)(letters.least_bits)


def _with_words(line: str, changes: list[_Change]) -> str:
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += line[at : change.start], change.after
        at = change.end
    return "".join((*pieces, line[at:]))


@lru_cache(maxsize=1 << 12)
def _decode(sequence: bytes) -> str:
    return sequence.decode("utf-8-variants")
