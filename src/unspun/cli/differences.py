"""A difference on the terminal: side by side where it is wide, else in one line, or as a table."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from rich import box
from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from unspun.cli import show
from unspun.diffing import Diff, Op, SegmentDiff, characters

View = Literal["side", "inline", "table"]
SIDE_FROM = 120  # columns of a terminal
MOST = 200  # rows of a table
_GONE, _CAME, _MOVED, _SAME = "red strike", "green", "magenta", "dim"
_WEIGHTY = ("number", "entity")  # classes that change what is said
_FINE = ("spelling", "inflection", "case", "punctuation")  # of which letters tell more than words
_BLANK = re.compile(r"\s+")


def fitting(console: Console) -> View:
    """The view that fits: a table in a pipe, where programs read it."""
    if not console.is_terminal:
        return "table"
    return "side" if console.width >= SIDE_FROM else "inline"


def rendered(
    found: Diff, hyp: str, ref: str, view: View, *, context: int = 1, marked: bool = False
) -> Iterator[RenderableType]:
    """A difference, ready to be printed.

    Args:
        found: The difference.
        hyp: The text.
        ref: Its reference.
        view: How it is shown.
        context: Passages that are the same, shown around each that is not.
        marked: Whether signs tell what went and what came, as ``[-old-]`` and ``{+new+}``, where
            colours cannot.
    """
    yield _title(found)
    if view == "table":
        yield from _table(found, hyp, ref)
    elif view == "side":
        yield from _side(found, hyp, ref, context, marked=marked)
    else:
        yield from _inline(found, hyp, ref, context, marked=marked)


def _title(found: Diff) -> Text:
    count = sum(found.classes.values())
    title = Text(f"{show.visible(found.id)} against {show.visible(found.reference)}", style="bold")
    classes = sorted(found.classes.items(), key=lambda item: (-item[1], item[0]))
    named = ", ".join(f"{name} {number}" for name, number in classes)
    told = f": {count} differences" + (f" ({named})" if named else "")
    return title.append(told, style="not bold")


def _table(found: Diff, hyp: str, ref: str) -> Iterator[RenderableType]:
    ops = [op for segment in found.segments for op in segment.ops if op.op != "equal"]
    rows = [
        [
            f"{op.hyp[0]}:{op.hyp[1]}",
            op.class_ or op.op,
            show.visible(hyp[slice(*op.hyp)]),
            show.visible(ref[slice(*op.ref)]),
        ]
        for op in ops[:MOST]
    ]
    if rows:
        yield show.table(["place", "class", "text", "reference"], rows)
    if len(ops) > len(rows):
        yield Text(f"and {len(ops) - len(rows)} more; --json prints all")


def _side(
    found: Diff, hyp: str, ref: str, context: int, *, marked: bool
) -> Iterator[RenderableType]:
    made = Table(box=box.SIMPLE_HEAD, expand=True, leading=1, pad_edge=False)
    made.add_column("text", ratio=5, overflow="fold")
    made.add_column("reference", ratio=5, overflow="fold")
    made.add_column("class", ratio=1, min_width=11, overflow="fold")
    for segment in _around(found.segments, context):
        if isinstance(segment, int):
            made.add_row(_skipped(segment), "", "")
            continue
        classes = Counter(segment.classes())
        named = [name if n == 1 else f"{name} {n}" for name, n in classes.items()]
        made.add_row(*sides(segment, hyp, ref, marked=marked), Text("\n".join(named)))
    yield made


def _inline(
    found: Diff, hyp: str, ref: str, context: int, *, marked: bool
) -> Iterator[RenderableType]:
    for segment in _around(found.segments, context):
        yield Text("")
        yield (
            _skipped(segment)
            if isinstance(segment, int)
            else inline(segment, hyp, ref, marked=marked)
        )
    yield Text("")


def _skipped(count: int) -> Text:
    return Text(f"… {count} passages are the same", style=_SAME)


def _around(segments: Sequence[SegmentDiff], context: int) -> Iterator[SegmentDiff | int]:
    """The segments that differ, with some around them, and how many were passed over between."""
    differ = [k for k, s in enumerate(segments) if any(op.op != "equal" for op in s.ops)]
    wanted = {k + d for k in differ for d in range(-context, context + 1)}
    skipped = 0
    for k, segment in enumerate(segments):
        if k not in wanted:
            skipped += 1
            continue
        if skipped:
            yield skipped
        skipped = 0
        yield segment
    if skipped and differ:
        yield skipped


def sides(segment: SegmentDiff, hyp: str, ref: str, *, marked: bool = False) -> tuple[Text, Text]:
    """The two sides of a segment, each in its own order."""
    quiet = all(op.op == "equal" for op in segment.ops)
    both = [_both(op, hyp, ref, marked=marked) for op in segment.ops]
    left = [(op.hyp, piece) for op, (piece, _) in zip(segment.ops, both, strict=True)]
    right = [(op.ref, piece) for op, (_, piece) in zip(segment.ops, both, strict=True)]
    return _joined(left, hyp, quiet=quiet), _joined(sorted(right, key=_start), ref, quiet=quiet)


def inline(segment: SegmentDiff, hyp: str, ref: str, *, marked: bool = False) -> Text:
    """A segment in one line: what goes, what comes, and the class behind it."""
    quiet = all(op.op == "equal" for op in segment.ops)
    pieces = []
    for op in segment.ops:
        piece, came = _both(op, hyp, ref, marked=marked)
        if op.op in ("replace", "insert"):
            piece += came
        if op.op != "equal":
            piece.append(f" ‹{op.class_ or op.op}›", style="dim")
        pieces.append((op.hyp, piece))
    return _joined(pieces, hyp, quiet=quiet, apart=True)


Piece = tuple[tuple[int, int], Text]


def _start(piece: Piece) -> tuple[int, int]:
    return piece[0]


def _joined(pieces: Iterable[Piece], text: str, *, quiet: bool, apart: bool = False) -> Text:
    """The pieces with a blank wherever their text has white space between them."""
    made = Text(style=_SAME if quiet else "")
    at: int | None = None
    for (start, end), piece in pieces:
        if not piece.plain:
            continue
        lone = start == end and apart
        labelled = apart and made.plain.endswith("›") and piece.plain[0].isalnum()
        if at is not None and (text[at:start] or lone or labelled):
            made.append(" ")
        made.append_text(piece)
        at = end
    return made


def _both(op: Op, hyp: str, ref: str, *, marked: bool) -> tuple[Text, Text]:
    """The text of one operation on either side, the letters that differ of a word in reverse."""
    ours, theirs = hyp[slice(*op.hyp)], ref[slice(*op.ref)]
    pieces = _piece(op, ours, "hyp", marked=marked), _piece(op, theirs, "ref", marked=marked)
    told = op.op == "replace" and op.class_ in _FINE and not marked
    if told and (pieces[0].plain, pieces[1].plain) == (ours, theirs):
        for fine in characters(ours, theirs):
            if fine.op != "equal":
                pieces[0].stylize("reverse", *fine.hyp)
                pieces[1].stylize("reverse", *fine.ref)
    return pieces


def _piece(op: Op, text: str, side: str, *, marked: bool) -> Text:
    """The text of one operation: what is equal as it reads, what differs to the character."""
    if op.op == "equal":
        return Text(show.visible(_BLANK.sub(" ", text), limit=len(text) * 8))
    shown = show.visible(text, limit=len(text) * 8)
    if not shown:
        return Text("")
    if op.op == "move":
        return Text(f"[>{shown}<]" if marked else shown, style=_MOVED)
    signs = ("[-", "-]") if side == "hyp" else ("{+", "+}")
    style = _GONE if side == "hyp" else _CAME
    weight = " bold" if op.class_ in _WEIGHTY else ""
    return Text(f"{signs[0]}{shown}{signs[1]}" if marked else shown, style=style + weight)
