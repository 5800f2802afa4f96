"""The operations between two passages: the words that differ, and what kind of edit each is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, get_args

from unspun import kernels
from unspun.diffing.classes import CLASSES, EditClass, Side, classify
from unspun.diffing.names import opens_as_name
from unspun.diffing.script import OpKind, Script, Step, related, runs, script
from unspun.diffing.tokens import IDEOGRAPHS, MARKS, Span, Tokens
from unspun.diffing.words import ENDINGS, FORMS, HAN_NUMERALS, NUMERALS

OPENERS = ".!?…:;\"“‘'«(—–•*。！？"
"""After these a capital says nothing."""

AROUND = 60
"""Code points before and after an edit that are looked at to tell the language and names."""

_kernel = kernels.load("unspun.diffing._script", revision=2)


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


def operations(
    hyp: str, hyp_span: Span, ref: str, ref_span: Span, *, moved: bool = False
) -> Iterable[Op]:
    """The operations that turn one passage into another, in the order of the hypothesis.

    Args:
        hyp: The hypothesis.
        hyp_span: Its passage.
        ref: The reference.
        ref_span: Its passage.
        moved: Whether the passage stands elsewhere: what is equal has moved then.
    """
    if _kernel is None:
        return plain_operations(hyp, hyp_span, ref, ref_span, moved=moved)
    found: list[Op] = _scripter().operations(hyp, *hyp_span, ref, *ref_span, moved)
    return found


@cache
def _scripter() -> Any:  # noqa: ANN401 - the kernel's type
    """The kernel with the tables that the plain code reads."""
    assert _kernel is not None  # noqa: S101
    return _kernel.Scripter(
        ("".join(MARKS), "".join(IDEOGRAPHS)),
        (FORMS, ENDINGS, NUMERALS, "".join(sorted(HAN_NUMERALS))),
        (OPENERS, AROUND),
        (Op, tuple(Op.__slots__), get_args(OpKind), CLASSES),
        (_classify, opens_as_name, related, runs),
    )


def _classify(*values: Any) -> EditClass:  # noqa: ANN401 - four values a side
    return classify(Side(*values[:4]), Side(*values[4:]))


def plain_operations(
    hyp: str, hyp_span: Span, ref: str, ref_span: Span, *, moved: bool
) -> Iterator[Op]:
    """The same without the kernel."""
    kept: tuple[OpKind, EditClass | None] = ("move", "reorder") if moved else ("equal", None)
    found = script(hyp, hyp_span, ref, ref_span)
    yield from _ops(found, kept, (hyp_span[0], ref_span[0]))


def _ops(
    found: Script, kept: tuple[OpKind, EditClass | None], starts: tuple[int, int]
) -> Iterator[Op]:
    hyp, ref = found.hyp, found.ref
    for step in _joined(found.steps):
        if step.op == "equal":
            yield from _equal(hyp, ref, step, kept)
            continue
        place = _span(hyp, step.a, step.b, starts[0]), _span(ref, step.c, step.d, starts[1])
        if step.op == "move":
            yield Op("move", *place, "reorder")
        else:
            sides = side(hyp, step.a, step.b), side(ref, step.c, step.d)
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


def _span(tokens: Tokens, start: int, end: int, within: int) -> Span:
    return tokens.span(start, end) if tokens.spans else (within, within)


def side(tokens: Tokens, start: int, end: int) -> Side:
    """Some tokens as one side of an edit."""
    before = tokens.words[start - 1] if start else ""
    opens = not before or before[-1] in OPENERS
    first, last = tokens.span(start, end)
    around = tokens.text[max(0, first - AROUND) : first], tokens.text[last : last + AROUND]
    return Side(tokens.words[start:end], opens, *around)


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
