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
from functools import cache, lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, NamedTuple

from unspun import edits
from unspun.encodings import letters
from unspun.encodings.charmaps import (
    BEHIND,
    CHARACTERS,
    LEADS,
    LONGER,
    PAGES,
    PAIRS,
    SEQUENCE,
    CodePage,
    next_spot,
    pages_of,
)
from unspun.kernels.windows import ANY, Scanner, Window, scanner
from unspun.model import Edit, Tag
from unspun.normalise.badness import is_bad
from unspun.normalise.c1 import WINDOWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ftfy import TextFixerConfig

    from unspun.config import NormaliseConfig

_LONGEST = 2000
"""Characters of a line that are repaired together; longer lines are cut at white space."""

_LAYERS = 8
"""Encodings on top of each other that are undone; more than four were never seen."""

_PATIENCE, _PATIENCE_EACH = 500_000, 1
"""Characters that are read in vain, once for each code page, and more for each of the text.

Random bytes take 26 for each character of the text, right text in any language less than one.
"""

_LOST = "\N{REPLACEMENT CHARACTER}"
_BEYOND = re.compile("[^\x00-\x7f]")
_WORD = re.compile("[^ \t\n]+")
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
_SURROGATE = 0xED  # what a half of CESU-8 begins with; other sequences begin with it as well
_ENOUGH = 3  # different sequences that prove a code page without ftfy's detector


def repair_mojibake(text: str, config: NormaliseConfig) -> list[Edit]:
    """Mend the damaged lines; unsure repairs are left to `suspects`."""
    if text.isascii():
        return []
    found: list[Edit] = []
    for start, segment, confidence, mended in _looked_at(text):
        if mended != segment and confidence >= config.min_confidence:
            found += edits.from_runs(
                segment, mended, "normalise", "mojibake", at=start, confidence=confidence
            )
    return found


@lru_cache(maxsize=1)
def _looked_at(text: str) -> list[tuple[int, str, float, str]]:
    """Where each segment starts, what it is, how sure a repair is, and the segment with it.

    No more than some work in vain is done for a text, so that none that is made for it takes long.
    Remembers the last text, for those who ask about it once repaired.
    """
    found = []
    patience = _PATIENCE + _PATIENCE_EACH * len(text)
    enough = patience >= len(PAGES) * len(text)  # whatever the text is
    for start, end in _segments(text):
        segment = text[start:end]
        confidence, mended = _mend(segment)
        found.append((start, segment, confidence, mended))
        patience -= 0 if enough else _effort(mended)
        if patience < 0:
            break
    return found


def _effort(segment: str) -> int:
    """Characters that look broken still, once for each code page."""
    return sum(len(word.text) * word.pages.bit_count() for word in _broken_words(segment))


def suspects(text: str, config: NormaliseConfig) -> list[Tag]:
    """Damage that is not repaired, or was lost: for a person to look at."""
    tags = []
    for start, segment, confidence, mended in _looked_at(text):
        if mended != segment and confidence < config.min_confidence:
            end = start + len(segment)
            tags.append(Tag("encoding-damage", start, end, "unsure", confidence))
            continue
        if _LOST in segment:
            tags += (
                Tag("encoding-damage", start + at, start + at + 1, "lost")
                for at, char in enumerate(segment)
                if char == _LOST
            )
    return tags


def _segments(text: str) -> Iterator[tuple[int, int]]:
    """Lines with a hot spot, long ones in pieces."""
    done = 0
    while (spot := next_spot(text, done)) >= 0:
        start = max(text.rfind("\n", done, spot) + 1, done)
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


@lru_cache(maxsize=1 << 10)
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
    fitting = _pages_by_ends(line)
    if not fitting:
        return 1.0, line
    different = {char for char in set(line) if char > "\x7f"}
    for char in different:
        fitting &= CHARACTERS.get(char, 0)
    if not fitting:
        return 1.0, line
    beyond = len(line) - len(line.encode("ascii", "ignore"))
    found: dict[str, CodePage] = {}
    pages = {page.as_bytes(line): page for page in reversed(list(pages_of(fitting)))}
    for data, page in reversed(pages.items()):
        read = _read_whole(data, beyond)
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


def _pages_by_ends(line: str) -> int:
    """The code pages of which a line begins and ends with a sequence, beyond ASCII."""
    first = _BEYOND.search(line)
    if first is None:
        return 0
    pages = LEADS.get(first[0], 0) & BEHIND.get(line[first.end() : first.end() + 1], 0)
    last = _BEYOND.search(line[::-1]) if pages else None
    return 0 if last is None else pages & BEHIND.get(last[0], 0)


def _read_whole(data: bytes, beyond: int) -> str | None:
    """The text behind bytes that are well-formed UTF-8, if it is text."""
    if b"\xed" in data:
        if sum(map(len, SEQUENCE.findall(data))) != beyond:
            return None
        read = data.decode("utf-8-variants")
    else:
        try:
            read = data.decode()
        except UnicodeDecodeError:
            return None
    sequences = len(read) - (len(data) - beyond)
    odd = len(_ODD.findall(read)) * _FEW_ODD > sequences
    return None if odd or not sequences else read


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


@cache
def _asked(*, inside: bool) -> TextFixerConfig:
    """What is asked of ftfy: lines as a whole, or pieces of them as well."""
    from ftfy import TextFixerConfig  # noqa: PLC0415 - most texts are sound

    return TextFixerConfig(unescape_html=False, decode_inconsistent_utf8=inside, explain=True)


def _by_ftfy(line: str, *, bad: bool) -> tuple[float, str]:
    """The line as a whole, as ftfy reads it."""
    if not bad:
        return 1.0, line
    from ftfy import fix_encoding_and_explain  # noqa: PLC0415 - most texts are sound

    result = fix_encoding_and_explain(line, _asked(inside=False))
    plan = result.explanation or []
    if any(step == ("decode", "windows-1252") for step in plan) or ("encode" not in dict(plan)):
        return 1.0, line  # C1 controls are the next rule's
    return 0.95, result.text


def _by_ftfy_inside(line: str, *, bad: bool) -> tuple[float, str]:
    """Pieces of the line, as ftfy finds them."""
    if not bad:
        return 1.0, line
    from ftfy import fix_encoding  # noqa: PLC0415 - most texts are sound

    mended = fix_encoding(line, _asked(inside=True))
    return 0.9, line if mended == line.translate(WINDOWS) else mended


def _by_word(line: str, *, bad: bool) -> tuple[float, str]:
    """Sequences in words that are likelier when they are read, of the code page with most gain."""
    reads: dict[str, tuple[float, float]] = {}
    words = list(_broken_words(line))
    every = reduce(or_, (word.pages for word in words), 0)
    for number, page in enumerate(PAGES):
        if not every >> number & 1:
            continue
        mine = [word for word in words if word.pages >> number & 1]
        if sum(word.bits for word in mine) < _PROOF:
            continue  # were all of it gained, it would not be enough
        changes = [
            _Change(word.start, word.start + len(word.text), *reading)
            for word in mine
            if (reading := _reading(word.text, number, word.bits)) is not None
        ]
        sure = [change for change in changes if change.gain > _LEAST * change.sequences]
        gain = sum(change.gain for change in sure)
        single = bad and len(sure) < _ENOUGH_WORDS
        if gain >= (_PROOF_OF_ONE if single else _PROOF):
            # If the page is certain, then all words that can be read so.
            made = changes if gain > _CERTAIN else sure
            reads.setdefault(_with_words(line, made), (gain, page.price))
    return (0.9, _likeliest(reads)) if reads else (1.0, line)


class _Word(NamedTuple):
    start: int
    text: str
    pages: int  # of which it may have a sequence, one bit each
    bits: float


def _broken_words(line: str) -> Iterator[_Word]:
    """Words that may have a sequence of some code page."""
    compiled = _scanner()
    for start, word, pages in _words(line) if compiled is None else _words_by(compiled, line):
        yield _Word(start, word, pages, letters.least_bits(word))


def _words(line: str) -> Iterator[tuple[int, str, int]]:
    for match in _WORD.finditer(line):
        pages = _pages_in(match[0])
        if pages:
            yield match.start(), match[0], pages


def _words_by(compiled: Scanner, line: str) -> Iterator[tuple[int, str, int]]:
    """The same by the kernel."""
    for start, stop, signs in compiled.words(line):
        yield start, line[start:stop], _pages_of(signs)


@cache
def _scanner() -> Scanner | None:
    """Looks for the first two or three characters of a sequence; the signs are code pages."""
    windows: dict[tuple[str, str, str], int] = {}
    for number, page in enumerate(PAGES):
        behind = page.table[0x80:0xC0]
        two = page.table[0xC2:0xE0], behind, ANY
        more = page.table[0xE0:0xF5], behind, behind
        for sets in two, more:
            windows[sets] = windows.get(sets, 0) | 1 << number
    return scanner([Window(str(pages), *sets) for sets, pages in windows.items()])


@cache
def _pages_of(signs: frozenset[str]) -> int:
    return reduce(or_, map(int, signs))


@lru_cache(maxsize=1 << 12)
def _pages_in(word: str) -> int:
    """The code pages of which a word may have a sequence, without the compiled kernel."""
    found = 0
    if not word.isascii():
        behind = [BEHIND.get(char, 0) for char in word]
        for k, pair in enumerate(behind):
            if pair and k:
                more = behind[k + 1] if k + 1 < len(behind) else 0
                found |= pair & (PAIRS.get(word[k - 1], 0) | LONGER.get(word[k - 1], 0) & more)
    return found


class _Change(NamedTuple):
    start: int
    end: int
    after: str
    gain: float
    sequences: int


@lru_cache(maxsize=1 << 12)
def _reading(word: str, page: int, bits: float) -> tuple[str, float, int] | None:
    """A word with its sequences read, what that gains, and how many they are.

    Args:
        word: The word.
        page: The number of a code page.
        bits: How surprising the word is as it stands.
    """
    pieces: list[str] = []
    done = count = 0
    for match in SEQUENCE.finditer(PAGES[page].as_bytes(word)):
        pieces += word[done : match.start()], _decode(match.group())
        done = match.end()
        count += 1
    if not count:
        return None
    read = "".join((*pieces, word[done:]))
    if _ODD.search(read):
        return None
    gain = bits - letters.least_bits(read)
    return (read, gain, count) if gain > -_LOSS else None


def _with_words(line: str, changes: list[_Change]) -> str:
    pieces: list[str] = []
    at = 0
    for change in changes:
        pieces += line[at : change.start], change.after
        at = change.end
    return "".join((*pieces, line[at:]))


def _decode(sequence: bytes) -> str:
    return sequence.decode("utf-8-variants" if sequence[0] == _SURROGATE else "utf-8")
