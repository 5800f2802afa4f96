"""The difference between a document and its reference, from passages down to characters."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, cast

from rapidfuzz.distance import Levenshtein

from unspun.align import Alignment, Segment, align
from unspun.diffing.classes import CLASSES, EditClass, classify
from unspun.diffing.operations import Op, operations, side
from unspun.diffing.script import OpKind
from unspun.diffing.tokens import Span, tokenize


@dataclass(frozen=True, slots=True)
class SegmentDiff:
    """The script of one aligned segment.

    Attributes:
        hyp: Its code points of the hypothesis.
        ref: Its code points of the reference.
        kind: As the alignment has it: equal, changed, moved, inserted or dropped.
        ops: The script, in the order of the hypothesis. White space between operations is none
            of them: where text is wrapped is no edit.
    """

    hyp: Span
    ref: Span
    kind: str
    ops: tuple[Op, ...]

    def classes(self) -> list[EditClass]:
        """The class of each edit; that the segment moved is one edit, however many words did."""
        if self.kind != "moved":
            return [op.class_ for op in self.ops if op.class_]
        return ["reorder", *(op.class_ for op in self.ops if op.class_ and op.op != "move")]

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract's fields."""
        return {
            "hyp": list(self.hyp),
            "ref": list(self.ref),
            "kind": self.kind,
            "ops": [op.to_dict() for op in self.ops],
        }


@dataclass(frozen=True, slots=True)
class Diff:
    """The difference between a document and its reference.

    Attributes:
        id: The document's id.
        reference: The reference's id.
        segments: In the order of the hypothesis.
        classes: How many edits there are of each class; a moved segment is one reordering.
        coverage: Shares of hypothesis and reference that the alignment pairs.
    """

    id: str
    reference: str
    segments: tuple[SegmentDiff, ...]
    classes: Mapping[str, int]
    coverage: tuple[float, float]

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract."""
        return {
            "id": self.id,
            "reference": self.reference,
            "segments": [segment.to_dict() for segment in self.segments],
            "classes": dict(self.classes),
            "coverage": {"hyp": self.coverage[0], "ref": self.coverage[1]},
        }


def diff(
    hyp: str,
    ref: str,
    alignment: Alignment | None = None,
    *,
    id: str = "",  # noqa: A002
    reference: str = "",
) -> Diff:
    """Compare a document with its reference.

    Args:
        hyp: The document.
        ref: The reference.
        alignment: Their alignment, where it is known already.
        id: The document's id.
        reference: The reference's id.

    >>> [(op.op, op.class_) for op in diff("He go home.", "He goes home.").segments[0].ops]
    [('equal', None), ('replace', 'inflection'), ('equal', None)]
    """
    alignment = alignment or align(hyp, ref)
    segments = tuple(_segment(hyp, ref, segment) for segment in alignment.segments)
    counts = Counter(chain.from_iterable(segment.classes() for segment in segments))
    classes: dict[str, int] = {name: counts[name] for name in CLASSES if counts[name]}
    return Diff(id, reference, segments, classes, alignment.coverage)


def characters(hyp: str, ref: str) -> tuple[Op, ...]:
    """The script between two short texts, character by character; offsets within them."""
    return tuple(
        Op(cast(OpKind, op.tag), (op.src_start, op.src_end), (op.dest_start, op.dest_end))
        for op in Levenshtein.opcodes(hyp, ref)
    )


def classify_span(hyp: str, hyp_span: Span, ref: str, ref_span: Span) -> EditClass:
    """The class of one edit, given by its code points in two texts.

    >>> classify_span("I saw 3 men.", (6, 7), "I saw 4 men.", (6, 7))
    'number'
    """
    sides = []
    for text, (start, end) in ((hyp, hyp_span), (ref, ref_span)):
        tokens = tokenize(text, (0, len(text)))
        first = bisect_left(tokens.spans, start, key=lambda span: span[0])
        last = bisect_left(tokens.spans, max(start, end), key=lambda span: span[0])
        sides.append(side(tokens, first, last))
    return classify(*sides)


def _segment(hyp: str, ref: str, segment: Segment) -> SegmentDiff:
    ops: tuple[Op, ...]
    if segment.kind == "equal":
        ops = (Op("equal", segment.hyp, segment.ref),)
    elif segment.kind == "inserted":
        ops = (Op("delete", segment.hyp, segment.ref, "deletion"),)
    elif segment.kind == "dropped":
        ops = (Op("insert", segment.hyp, segment.ref, "insertion"),)
    else:
        moved = segment.kind == "moved"
        ops = tuple(operations(hyp, segment.hyp, ref, segment.ref, moved=moved))
    return SegmentDiff(segment.hyp, segment.ref, segment.kind, ops)
