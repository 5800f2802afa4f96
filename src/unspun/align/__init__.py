"""Passages of a document paired with those of its reference, moves and losses included."""

from __future__ import annotations

from unspun.align.documents import Alignment, Segment, align
from unspun.align.monotone import Group
from unspun.align.units import Span, paragraphs, sentences

__all__ = ["Alignment", "Group", "Segment", "Span", "align", "paragraphs", "sentences"]
