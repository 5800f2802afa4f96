"""How much of their wording two paragraphs share."""

from __future__ import annotations

from typing import NamedTuple

from rapidfuzz.distance import LCSseq

from unspun import kernels

_kernel = kernels.load("unspun.align._likeness", revision=1)


class Likeness(NamedTuple):
    """What two texts have in common.

    Attributes:
        common: Words that both have, in one order: the longest common subsequence.
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
    return Likeness(LCSseq.similarity(ours, theirs), len(ours), len(theirs))
