"""Find what a spinner replaced: regions that differ between a text and its spun copy.

The edit script alone cuts phrases apart, because short words match by accident ("a number of"
against "many of"), and because a spinner may keep a word and write others around it ("to use" and
"to make use of") or turn two about ("interest rate" and "rate of interest"). So regions are joined
across single words that are very common or, while they are short, that stand beside words only
added or only left out; each region is widened by one unchanged word on either side, and
`phrases.Lexicon` cuts it into phrase pairs afterwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

Region = tuple[tuple[str, ...], tuple[str, ...], int]
"""Original words, spun words, and the index of the region's first word in the original."""

_SHORT = 5  # words; longer regions cost much to cut, and there are many
_LONGEST_REGION = 24  # words; a longer one is a rewritten or lost passage, not a substitution


def regions(original: Sequence[str], spun: Sequence[str], weak: frozenset[str]) -> Iterator[Region]:
    """Yield the regions in which two word lists differ.

    Args:
        original: Words of the original text.
        spun: Words of its spun copy.
        weak: Words too common to separate two regions when they stand alone between them.

    Yields:
        Regions in order, each with one unchanged word at either end where there is one.
    """
    for start, end, spun_start, spun_end in _joined(original, spun, weak):
        before = 1 if start > 0 and spun_start > 0 else 0
        after = 1 if end < len(original) and spun_end < len(spun) else 0
        left = tuple(original[start - before : end + after])
        right = tuple(spun[spun_start - before : spun_end + after])
        if len(left) <= _LONGEST_REGION and len(right) <= _LONGEST_REGION:
            yield left, right, start - before


def _joined(
    original: Sequence[str], spun: Sequence[str], weak: frozenset[str]
) -> list[tuple[int, int, int, int]]:
    """Changed blocks of the edit script, joined where one word is too little to part them."""
    found: list[tuple[int, int, int, int]] = []
    for op in Levenshtein.opcodes(original, spun):
        if op.tag == "equal":
            continue
        block = (op.src_start, op.src_end, op.dest_start, op.dest_end)
        if found and _weakly_parted(found[-1], block, original, weak):
            block = (found[-1][0], block[1], found[-1][2], block[3])
            found.pop()
        found.append(block)
    return found


def _weakly_parted(
    left: tuple[int, int, int, int],
    right: tuple[int, int, int, int],
    original: Sequence[str],
    weak: frozenset[str],
) -> bool:
    gap = right[0] - left[1]
    return gap == 0 or (gap == 1 and (original[left[1]] in weak or _leaning(left, right)))


def _leaning(left: tuple[int, int, int, int], right: tuple[int, int, int, int]) -> bool:
    """Whether two blocks are short, and one has words on one side only: no pair by itself."""
    short = right[1] - left[0] <= _SHORT and right[3] - left[2] <= _SHORT
    return short and any(start == end or first == last for start, end, first, last in (left, right))
