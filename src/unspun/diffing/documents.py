"""The difference between a document and its reference, from passages down to characters."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

from rapidfuzz.distance import Levenshtein

from unspun.align import Alignment, Segment, align
from unspun.diffing.classes import CLASSES, EditClass, Side, classify
from unspun.diffing.script import OpKind, Script, Step, script
from unspun.diffing.tokens import Span, Tokens, tokenize

_OPENERS = frozenset(".!?…:;\"“‘'«(—–•*。！？")  # after these a capital says nothing


@dataclass(frozen=True, slots=True)
class Op:
    """One step of the script that turns the hypothesis into the reference.

    Attributes:
        op: ``equal``; ``insert`` (the reference has it, the hypothesis lacks it); ``delete`` (the
            hypothesis alone has it); ``replace``; ``move`` (both have it, at other places).
        hyp: Code points of the hypothesis; empty for an insertion.
        ref: Code points of the reference; empty for a deletion.
        class_: The class of the edit; None for ``equal``.
    """

    op: OpKind
    hyp: Span
    ref: Span
    class_: EditClass | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract's fields."""
        return {"op": self.op, "hyp": list(self.hyp), "ref": list(self.ref), "class": self.class_}


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
    counts: Counter[str] = Counter()
    for segment in segments:
        counts.update([op.class_ for op in segment.ops if op.class_ and not _carried(segment, op)])
        counts["reorder"] += segment.kind == "moved"
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
        sides.append(_side(tokens, first, last))
    return classify(*sides)


def _carried(segment: SegmentDiff, op: Op) -> bool:
    """Whether an operation is a piece of a moved segment, which counts once."""
    return segment.kind == "moved" and op.op == "move"


def _segment(hyp: str, ref: str, segment: Segment) -> SegmentDiff:
    ops: tuple[Op, ...]
    if segment.kind == "equal":
        ops = (Op("equal", segment.hyp, segment.ref),)
    elif segment.kind == "inserted":
        ops = (Op("delete", segment.hyp, segment.ref, "deletion"),)
    elif segment.kind == "dropped":
        ops = (Op("insert", segment.hyp, segment.ref, "insertion"),)
    else:
        ops = tuple(_ops(script(hyp, segment.hyp, ref, segment.ref), segment))
    return SegmentDiff(segment.hyp, segment.ref, segment.kind, ops)


def _ops(found: Script, segment: Segment) -> Iterator[Op]:
    """The operations of a changed segment; in a moved one, what is equal has moved."""
    hyp, ref = found.hyp, found.ref
    kept: tuple[OpKind, EditClass | None] = ("equal", None)
    if segment.kind == "moved":
        kept = ("move", "reorder")
    for step in _joined(found.steps):
        if step.op == "equal":
            yield from _equal(hyp, ref, step, kept)
            continue
        place = _span(hyp, step.a, step.b, segment.hyp), _span(ref, step.c, step.d, segment.ref)
        if step.op == "move":
            yield Op("move", *place, "reorder")
        else:
            sides = _side(hyp, step.a, step.b), _side(ref, step.c, step.d)
            yield Op(step.op, *place, classify(*sides))


def _joined(steps: list[Step]) -> Iterator[Step]:
    """The steps, equal ones that follow one another as one."""
    last: Step | None = None
    for step in steps:
        follows = last and last.op == "equal" and (last.b, last.d) == (step.a, step.c)
        if last and follows and step.op == "equal":
            last = Step("equal", last.a, step.b, last.c, step.d)
            continue
        if last:
            yield last
        last = step
    if last:
        yield last


def _span(tokens: Tokens, start: int, end: int, within: Span) -> Span:
    return tokens.span(start, end) if tokens.spans else (within[0], within[0])


def _side(tokens: Tokens, start: int, end: int) -> Side:
    before = tokens.words[start - 1] if start else ""
    opens = not before or before[-1] in _OPENERS
    return Side(tokens.words[start:end], opens)


def _equal(
    hyp: Tokens, ref: Tokens, step: Step, kept: tuple[OpKind, EditClass | None]
) -> Iterator[Op]:
    """Equal words; a space that only one side has between two of them is an edit."""
    places = hyp.span(step.a, step.b), ref.span(step.c, step.d)
    texts = hyp.text[slice(*places[0])], ref.text[slice(*places[1])]
    if texts[0] == texts[1] or texts[0].split() == texts[1].split():
        yield Op(kept[0], *places, kept[1])
        return
    i, j = step.a, step.c
    for k in range(step.a + 1, step.b):
        m = step.c + k - step.a
        ours = hyp.spans[k - 1][1], hyp.spans[k][0]
        theirs = ref.spans[m - 1][1], ref.spans[m][0]
        if (ours[0] < ours[1]) == (theirs[0] < theirs[1]):
            continue
        yield Op(kept[0], hyp.span(i, k), ref.span(j, m), kept[1])
        i, j = k, m
        yield Op("delete" if ours[0] < ours[1] else "insert", ours, theirs, "whitespace")
    yield Op(kept[0], hyp.span(i, step.b), ref.span(j, step.d), kept[1])
