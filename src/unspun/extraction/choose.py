"""Which blocks of a page are its text: trafilatura's answer, checked for what it lost.

trafilatura is the best judge of a page that is free to use, but it is known to lose paragraphs and
lists without a word, and all text below 256 nested elements. So its answer is compared with every
block of the page, and prose that it left out where it should not have is put back, and said.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from unspun.errors import InputError
from unspun.extraction.blocks import Block

WORDS = 12  # of a lost block that reads as prose
LONG = 20  # of a lost paragraph beside others, however it ends
IDEOGRAPHS = 40  # the same, in scripts without blanks
LINKED = 0.5  # share of a block in links from which it is a list of links
SHARE = 0.9  # of a block's runs of words that trafilatura has if it kept the block
RUN = 4  # words

_WORD = re.compile(r"[^\W_]+")
_IDEOGRAPH = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff]|[\u0e00-\u0eff]")
_SENTENCE = re.compile(r"""[.!?…。！？。።؟۔।]["'”’»)\]]*\s*$""")
_UNFIT = re.compile("[\x00\ud800-\udfff]")  # what lxml does not take
_LISTED = frozenset({"li", "dd", "dt", "td", "pre"})
_HEADING = re.compile(r"h[1-6]\Z")


class Choice(NamedTuple):
    """The blocks of a page's text.

    Attributes:
        kept: Their numbers, in order.
        lost: Those of them that trafilatura had left out.
    """

    kept: tuple[int, ...]
    lost: frozenset[int]


def choose(source: str, blocks: Sequence[Block]) -> Choice:
    """Choose the blocks of the page's text.

    Raises:
        InputError: if trafilatura is not installed.
    """
    theirs = _kept(blocks, _extracted(source))
    if any(_prose(blocks[k]) for k in theirs):
        ours = theirs | _lost(blocks, theirs)
        ours |= _fragments(blocks, ours)
    else:  # it gave up: all that a reader sees, but for what says that it stands around
        ours = theirs | {k for k, block in enumerate(blocks) if _plain(block)}
        ours = ours or {k for k, block in enumerate(blocks) if block.shown}
    ours |= _headings(blocks, ours)
    return Choice(tuple(sorted(ours)), frozenset(ours - theirs))


def _extracted(source: str) -> str:
    try:
        import trafilatura  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise InputError("HTML needs trafilatura: pip install 'unspun[html]'") from error
    try:
        return trafilatura.extract(_UNFIT.sub("\ufffd", source), include_comments=False) or ""
    except Exception:  # noqa: BLE001 - what defeats it is what the check is for
        return ""


def _kept(blocks: Sequence[Block], extracted: str) -> set[int]:
    """The blocks that trafilatura's text holds."""
    lines = {_key(line) for line in extracted.split("\n")}
    rows = (line for line in extracted.split("\n") if "|" in line)
    lines.update(_key(cell) for row in rows for cell in row.split("|"))
    words = _compared(extracted)
    runs = set(zip(*(words[k:] for k in range(RUN)), strict=False))
    kept = set()
    for number, block in enumerate(blocks):
        whole = all(_key(line) in lines for line in block.text.split("\n") if line)
        if whole or _key(block.text) in lines or _share(block.text, runs) >= SHARE:
            kept.add(number)
    return _without_echoes(blocks, kept)


def _key(line: str) -> str:
    return " ".join(_compared(line)) or "".join(line.split())


def _compared(text: str) -> list[str]:
    """The words by which texts are compared: trafilatura reads what was escaped twice."""
    return _WORD.findall(html.unescape(text).lower())


def _share(text: str, runs: set[tuple[str, ...]]) -> float:
    words = _compared(text)
    if len(words) < 2 * RUN:
        return 0.0
    own = list(zip(*(words[k:] for k in range(RUN)), strict=False))
    return sum(run in runs for run in own) / len(own)


def _without_echoes(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """Of blocks that say the same, those around the text are not meant; nor are links there."""
    inside = {_key(blocks[k].text) for k in kept if _plain(blocks[k])}
    return {
        k
        for k in kept
        if _plain(blocks[k])
        or not (_key(blocks[k].text) in inside or (blocks[k].around and blocks[k].links >= LINKED))
    }


def _plain(block: Block) -> bool:
    """Whether a reader sees it, and nothing says that it stands around the text."""
    return block.shown and not block.around and block.links < LINKED


def _lost(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """Blocks that read as prose and stand where the text stands, but were left out."""
    right = {blocks[k].around for k in kept if _prose(blocks[k])}  # what stands around, does not
    home = {parent for k in kept for parent in blocks[k].parents[-3:]}
    beside = {blocks[k].parents[:-1] for k in kept if blocks[k].tag == "p" and _prose(blocks[k])}
    first, last = min(kept), max(kept)
    within = _amid(blocks, sorted(kept))
    covered = _covers(blocks, kept)
    lost = set()
    for number, block in enumerate(blocks):
        if number in kept or not block.shown or block.links >= LINKED:
            continue
        if block.around and block.around not in right:
            continue
        if _prose(block):
            near = first <= number <= last or bool(home.intersection(block.parents[-3:]))
            if near or not covered:
                lost.add(number)
        elif block.tag == "p" and _words(block) >= LONG and block.parents[:-1] in beside:
            lost.add(number)  # what ends as no sentence does, or in no mark that is known
        elif first < number < last and block.links == 0:
            listed = block.tag in _LISTED and _words(block) > 1
            if listed or block.parents[:-1] in within[number]:
                lost.add(number)
    return lost


def _fragments(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """The rest of kept paragraphs that an icon, a formula or a script parts."""
    paragraphs = {blocks[k].parents for k in kept if blocks[k].tag == "p"}
    return {k for k, b in enumerate(blocks) if b.tag == "p" and b.shown and b.parents in paragraphs}


def _amid(blocks: Sequence[Block], kept: Sequence[int]) -> list[set[tuple[int, ...]]]:
    """For each block, the place of the kept blocks before and behind it, if it is the same."""
    found: list[set[tuple[int, ...]]] = [set() for _ in blocks]
    for before, behind in pairwise(kept):
        place = blocks[before].parents[:-1]
        if place and place == blocks[behind].parents[:-1]:
            for number in range(before + 1, behind):
                found[number].add(place)
    return found


def _covers(blocks: Sequence[Block], kept: set[int]) -> bool:
    """Whether what was kept is most of the page's prose: then the rest is of other stories."""
    total = sum(len(b.text) for b in blocks if b.shown and not b.around and _prose(b))
    return 2 * sum(len(blocks[k].text) for k in kept if _prose(blocks[k])) >= total


def _prose(block: Block) -> bool:
    ideographs = len(_IDEOGRAPH.findall(block.text))
    if ideographs >= IDEOGRAPHS:
        return True
    return _words(block) >= WORDS and bool(_SENTENCE.search(block.text)) and block.links < LINKED


def _words(block: Block) -> int:
    return len(_WORD.findall(block.text))


def _headings(blocks: Sequence[Block], kept: set[int]) -> set[int]:
    """Headings right before a kept block, and the page's title."""
    titles = [k for k, block in enumerate(blocks) if block.tag == "h1" and block.shown]
    first = min(kept, default=0)
    return {
        k
        for k, block in enumerate(blocks)
        if _HEADING.match(block.tag)
        and _plain(block)
        and (k + 1 in kept or (titles == [k] and k < first))
    }
