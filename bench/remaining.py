"""Every difference that is left between a restored page and its reference, with its reason.

    python bench/remaining.py SHARED [SPUN REFERENCE] [--rescorer MODEL]

Without files it takes ``ft-spun.txt`` of SHARED/corpus. A difference is laid against the lattice of
readings of the spun text:

- another original: the reference can be read back, and so can what was taken for likelier;
- kept: the reference can be read back, but the spun words were taken for the original's;
- changed: the spun words were the reference's, and something else was read back;
- out of reach: no reading gives the reference; the phrase is not in the table, or a person
  worded the reference otherwise.
"""

from __future__ import annotations

import argparse
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from rapidfuzz.distance import Levenshtein
from restore import restored

from unspun.channel import tokens
from unspun.channel.lattice import Lattice, build
from unspun.config import RestoreConfig
from unspun.detect import spun as detector

DEEPEST = 30  # readings in a row


class Block(NamedTuple):
    """Words of the spun text, and those of another that stand in their place."""

    start: int
    end: int
    first: int
    last: int


class Arcs:
    """Where the readings of a lattice lead, by their first node."""

    def __init__(self, lattice: Lattice) -> None:
        self._words = lattice.words
        self._from: dict[int, list[tuple[int, list[str]]]] = defaultdict(list)
        known = lattice.index.texts.texts
        rows = lattice.readings
        columns = (rows.start.tolist(), rows.end.tolist(), rows.text.tolist())
        for start, end, text in zip(*columns, strict=True):
            shape = known[text] if text < len(known) else lattice.more[text - len(known)]
            self._from[start].append((end, _cut(shape)))
        for at, word in enumerate(lattice.words.words):
            self._from[at].append((at + 1, _cut(word)))

    def reach(self, start: int, end: int, wanted: list[str]) -> bool:
        """Whether some readings of a stretch of text, in code points, give these words."""
        first = bisect_right(self._words.starts, start) - 1
        last = bisect_left(self._words.ends, end) + 1
        return self._reach(first, last, wanted, DEEPEST)

    def _reach(self, node: int, last: int, wanted: list[str], left: int) -> bool:
        if node >= last or not left:
            return node == last and not wanted
        return any(
            words == wanted[: len(words)] and self._reach(end, last, wanted[len(words) :], left - 1)
            for end, words in self._from[node]
        )


def _cut(text: str) -> list[str]:
    return tokens.parts(text)


def blocks(one: list[str], other: list[str]) -> Iterator[Block]:
    """Where two lists of words differ, with a word that is the same on either side."""
    for op in Levenshtein.opcodes(one, other):
        if op.tag != "equal":
            before, behind = int(op.src_start > 0 < op.dest_start), 1
            yield Block(
                op.src_start - before,
                min(op.src_end + behind, len(one)),
                op.dest_start - before,
                min(op.dest_end + behind, len(other)),
            )


def joined(found: list[Block]) -> list[Block]:
    """Blocks that touch, as one."""
    out: list[Block] = []
    for block in found:
        if out and (block.start < out[-1].end or block.first < out[-1].last):
            last = out.pop()
            block = Block(last.start, block.end, last.first, block.last)  # noqa: PLW2901
        out.append(block)
    return out


def differences(raw: str, out: str, reference: str) -> Iterator[tuple[str, str, str, str]]:
    """The reason of each difference, the spun words, what was made of them, the reference's."""
    lattice = build(raw, detector.load(RestoreConfig(family="thesaurus"))[0].index)
    arcs = Arcs(lattice)
    spun, have, want = _cut(raw), _cut(out), _cut(reference)
    spans = [match.span() for match in tokens.PART.finditer(raw)]
    read = list(blocks(spun, have))
    changed = list(blocks(spun, want))
    for start, end, first, last in joined(sorted([*changed, *_back(read, spun, have, want)])):
        mine = have[_place(read, start, low=True) : _place(read, end, low=False)]
        wanted = want[first:last]
        if mine == wanted:
            continue
        if spun[start:end] == wanted:
            reason = "changed"
        elif not arcs.reach(spans[start][0], spans[end - 1][1], wanted):
            reason = "out of reach"
        else:
            reason = "kept" if spun[start:end] == mine else "another original"
        yield reason, " ".join(spun[start:end]), " ".join(mine), " ".join(wanted)


def _back(read: list[Block], spun: list[str], have: list[str], want: list[str]) -> Iterator[Block]:
    """Blocks of spun words and the reference's where what was made of them differs from it."""
    changed = list(blocks(spun, want))
    for start, end, first, last in read:
        low, high = _place(changed, start, low=True), _place(changed, end, low=False)
        if have[first:last] != want[low:high]:
            yield Block(start, end, low, high)


def _place(found: list[Block], at: int, *, low: bool) -> int:
    """Where a word of the spun text stands in the other one."""
    shift = 0
    for start, end, first, last in found:
        if at <= start:
            break
        if at < end:
            return first if low else last
        shift = last - end
    return at + shift


def main() -> None:
    """Print each difference and how many there are of each reason."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("files", type=Path, nargs="*", help="a spun text and its reference")
    parser.add_argument("--rescorer", default="", help="as `restore.rescorer`")
    options = parser.parse_args()
    corpus = options.shared / "corpus"
    files = options.files or [corpus / "raw/ft-spun.txt", corpus / "clean/ft-spun.txt"]
    raw, reference = (path.read_text(encoding="utf-8") for path in files)
    counts = Counter[str]()
    out, _, _ = restored(raw, RestoreConfig(rescorer=options.rescorer))
    for reason, spun, mine, wanted in differences(raw, out, reference):
        counts[reason] += 1
        print(f"{reason:<17} {spun!r} -> {mine!r}, the reference has {wanted!r}")
    for reason, count in counts.most_common():
        print(f"{count:5} {reason}")


if __name__ == "__main__":
    main()
