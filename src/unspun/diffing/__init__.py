"""The difference between a document and its reference, with the class of every edit."""

from __future__ import annotations

from unspun.diffing.classes import CLASSES, EditClass
from unspun.diffing.documents import Diff, SegmentDiff, characters, classify_span, diff
from unspun.diffing.operations import Op

__all__ = [
    "CLASSES",
    "Diff",
    "EditClass",
    "Op",
    "SegmentDiff",
    "characters",
    "classify_span",
    "diff",
]
