"""How much of their wording two paragraphs share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from unspun import kernels

_kernel = kernels.load("unspun.align._likeness", revision=3)


_ALIKE = 0.5  # share of words in common, in order, that no two different paragraphs reach
_FULL = 0.8  # a paragraph that lost more than the rest of this may lack a sentence
_WORDS = 4  # a shorter paragraph says too little
_NEAR = 8192  # words from its own place, where a partner is looked for in a text of more
_CHUNK = 4096  # words of the longer text that are read against one part of the other


class Likeness(NamedTuple):
    """What two texts have in common.

    Attributes:
        common: Words that both have, in one order: the longest common subsequence. In texts of
            more than 8,192 words, of those that stand about as far into the one as into the other.
        hyp: Words of the one.
        ref: Words of the other.
    """

    common: int
    hyp: int
    ref: int

    @property
    def share(self) -> float:
        """Words in common as a share of the words of both, 0 to 1."""
        return 2 * self.common / max(self.hyp + self.ref, 1)


def likeness(hyp: str, ref: str) -> Likeness:
    """What two texts have in common.

    >>> likeness("so it is here", "so it was here")
    Likeness(common=3, hyp=4, ref=4)
    """
    return plain_likeness(hyp, ref) if _kernel is None else Likeness(*_kernel.shared(hyp, ref))


def plain_likeness(hyp: str, ref: str) -> Likeness:
    """The same without the kernel.

    >>> plain_likeness("a b", "b  a").common
    1
    """
    ours, theirs = hyp.split(), ref.split()
    return Likeness(_common(ours, theirs), len(ours), len(theirs))


def _common(hyp: list[str], ref: list[str]) -> int:
    """The words in common."""
    least = min(len(hyp), len(ref))
    first = next((k for k in range(least) if hyp[k] != ref[k]), least)
    rest = range(1, least - first + 1)
    last = next((k - 1 for k in rest if hyp[-k] != ref[-k]), least - first)
    parts = (side[first : len(side) - last] for side in (hyp, ref))
    short, long = sorted(parts, key=len)
    if len(short) <= _NEAR:
        return first + last + LCSseq.similarity(short, long)
    return first + last + _nearby(short, long)


def _nearby(short: list[str], long: list[str]) -> int:
    """The words in common near the same place of either text (Hyyro 2004, as in the kernel)."""
    state = (1 << len(short)) - 1
    for k in range(0, len(long), _CHUNK):
        words = long[k : k + _CHUNK]
        low = max(0, k * len(short) // len(long) - _NEAR) // 64 * 64
        high = min(len(short), (k + len(words)) * len(short) // len(long) + _NEAR)
        places: dict[str, int] = {}
        for bit, word in enumerate(short[low:high]):
            places[word] = places.get(word, 0) | 1 << bit
        whole = (1 << (high - low)) - 1
        before = part = state >> low & whole
        for word in words:
            met = part & places.get(word, 0)
            part = (part + met | part - met) & whole
        state ^= (before ^ part) << low
    return len(short) - state.bit_count()


def alike(hyp: Sequence[str], ref: Sequence[str], *, from_end: bool = False) -> int:
    """How many paragraphs in a row are nearer to each other than to the next ones.

    Args:
        hyp: Paragraphs of the one text.
        ref: Paragraphs of the other.
        from_end: Whether rows are counted from the last paragraphs on.

    >>> alike(["so it was one", "and then", "x"], ["so it is one", "and then", "x"])
    1
    """
    if _kernel is None:
        return plain_alike(hyp, ref, from_end=from_end)
    found: int = _kernel.alike(hyp, ref, _ALIKE, _WORDS, _FULL, from_end)
    return found


def plain_alike(hyp: Sequence[str], ref: Sequence[str], *, from_end: bool = False) -> int:
    """The same without the kernel."""
    if from_end:
        hyp, ref = hyp[::-1], ref[::-1]
    count = 0
    for ours, theirs in zip(hyp, ref, strict=False):
        found = plain_likeness(ours, theirs)
        sizes = sorted((found.hyp, found.ref))
        if found.share < _ALIKE or sizes[0] < max(_WORDS, _FULL * sizes[1]):
            break
        beside = [plain_likeness(ours, other).share for other in ref[count + 1 : count + 2]]
        beside += [plain_likeness(other, theirs).share for other in hyp[count + 1 : count + 2]]
        if max(beside, default=0.0) >= found.share:
            break
        count += 1
    return count
