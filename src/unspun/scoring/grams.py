"""N-grams that two texts share; words as characters, so that they are counted as letters are."""

from __future__ import annotations

from collections.abc import Sequence

from unspun import kernels

_kernel = kernels.load("unspun.scoring._grams", revision=1)

_LONGEST = 32  # the kernel's
_SURROGATES = 0xD800  # 0x800 code points that are no characters
_CHARACTERS = 0x110000 - 0x800


def characters(hyp: Sequence[str], ref: Sequence[str]) -> tuple[str, str]:
    """Two lists of words as two strings, a character for each distinct word.

    >>> [len(text) for text in characters(["so", "so"], ["so", "it", "is"])]
    [2, 3]
    """
    codes: dict[str, str] = {}
    for word in (*ref, *hyp):
        if word not in codes:
            code = len(codes)
            codes[word] = chr(code if code < _SURROGATES else code + 0x800)
    return "".join([codes[w] for w in hyp]), "".join([codes[w] for w in ref])


def letters(hyp: str, ref: str, order: int) -> tuple[int, ...] | None:
    """For each length: n-grams of the hypothesis, of the reference, and those that both have.

    None where there is no kernel for it. Where the reference has none, neither has the other.
    """
    if _kernel is None or order > _LONGEST:
        return None
    found: tuple[int, ...] = _kernel.counts(hyp, ref, order)
    return found


def words(hyp: Sequence[str], ref: Sequence[str], order: int) -> tuple[int, ...] | None:
    """The same of words."""
    if _kernel is None or len({*hyp, *ref}) > _CHARACTERS:
        return None
    return letters(*characters(hyp, ref), order)
