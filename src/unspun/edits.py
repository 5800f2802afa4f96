"""Apply, undo, compose and trace edits: the only code that changes text.

A *step* is the edits of one rule, in coordinates of the text that the rule was given. A *ledger* is
the composition of steps, in coordinates of the raw text. Both are ordered and do not overlap.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from rapidfuzz.distance import Levenshtein, Opcode

from unspun import kernels
from unspun.errors import EditError
from unspun.kernels.values import maker
from unspun.model import Edit, Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

_kernel = kernels.load("unspun.kernels._edits", revision=2)
_edit = maker(Edit)
_RUN = re.compile("([^\x00-\x7f]+)")


@cache
def editor() -> Any | None:  # noqa: ANN401 - the kernel's type
    """What applies, traces and finds edits where there is a compiled kernel."""
    return None if _kernel is None else _kernel.Editor(Edit)


def check(text: str, edits: Iterable[Edit]) -> None:
    """Refuse edits that are out of order, overlap, or do not fit the text.

    Raises:
        EditError: naming the first edit that does not fit.
    """
    last = 0
    for edit in edits:
        if not last <= edit.start <= edit.end <= len(text):
            message = f"edit {edit.rule!r} at {edit.start}:{edit.end} is out of order or outside"
            raise EditError(message)
        if text[edit.start : edit.end] != edit.before:
            found = text[edit.start : edit.end]
            message = (
                f"edit {edit.rule!r} at {edit.start}:{edit.end} expects "
                f"{edit.before[:40]!r}, the text has {found[:40]!r}"
            )
            raise EditError(message)
        last = edit.end


def apply(text: str, edits: Sequence[Edit]) -> str:
    """Make the edits.

    Raises:
        EditError: if an edit does not fit the text.

    >>> apply("a cat", (Edit(2, 5, "cat", "dog", "demo", "pet"),))
    'a dog'
    """
    compiled = editor()
    made: str | None = None if compiled is None else compiled.apply(text, edits)
    return apply_plain(text, edits) if made is None else made


def apply_plain(text: str, edits: Sequence[Edit]) -> str:
    """The same without the compiled kernel, which leaves it to this to say what does not fit."""
    check(text, edits)
    pieces: list[str] = []
    at = 0
    for edit in edits:
        pieces += text[at : edit.start], edit.after
        at = edit.end
    pieces.append(text[at:])
    return "".join(pieces)


def invert(edits: Iterable[Edit]) -> Ledger:
    """The edits that take these back, in coordinates of their result."""
    shift = 0
    inverse = []
    for edit in edits:
        start = edit.start + shift
        inverse.append(
            Edit(  # in full: ledgers may be long, and replace() is slow
                start,
                start + len(edit.after),
                edit.after,
                edit.before,
                edit.stage,
                edit.rule,
                edit.confidence,
                edit.history,
            )
        )
        shift += len(edit.after) - len(edit.before)
    return tuple(inverse)


def undo(text: str, edits: Iterable[Edit]) -> str:
    """Give the text back on which the edits were made.

    Raises:
        EditError: if the text is not what the edits made.

    >>> undo("a dog", (Edit(2, 5, "cat", "dog", "demo", "pet"),))
    'a cat'
    """
    made = tuple(edits)
    pieces: list[str] = []
    at = shift = 0
    for edit in made:
        start = edit.start + shift
        end = start + len(edit.after)
        if not at <= start <= end <= len(text) or text[start:end] != edit.after:
            return apply(text, invert(made))  # which says what is wrong
        pieces += text[at:start], edit.before
        at = end
        shift += len(edit.after) - len(edit.before)
    pieces.append(text[at:])
    return "".join(pieces)


def compose(raw: str, ledger: Ledger, step: Sequence[Edit]) -> Ledger:
    """Add a step to a ledger.

    Args:
        raw: The text that the ledger starts from.
        ledger: Edits from ``raw`` to the current text.
        step: Edits on the current text.

    Returns:
        The ledger from ``raw`` to the text after the step. Edits that meet become one, whose
        ``history`` holds both; edits that bring the raw text back are dropped.
    """
    if not ledger:
        return tuple([edit for edit in step if edit.before != edit.after])
    old = list(_results(ledger))
    out: list[Edit] = []
    shift = 0  # current = raw + shift, between the edits
    i = j = 0
    while j < len(step):
        new = step[j]
        while i < len(old) and (old[i].end < new.start or _precedes(old[i], new)):
            out.append(old[i].edit)
            shift += old[i].growth
            i += 1
        j += 1
        if i == len(old) or not _touch(old[i], _Result(new.start, new.end, new)):
            if new.before != new.after:
                out.append(_moved(new, -shift) if shift else new)
            continue
        news, olds = [new], []
        while True:
            if i < len(old) and _touch(old[i], _Result(news[-1].start, news[-1].end, news[-1])):
                olds.append(old[i])
                i += 1
            elif j < len(step) and _touch(olds[-1], _Result(step[j].start, step[j].end, step[j])):
                news.append(step[j])
                j += 1
            else:
                break
        merged = _merge(raw, shift, olds, news)
        if merged.before != merged.after:
            out.append(merged)
        shift += sum(result.growth for result in olds)
    out += (result.edit for result in old[i:])
    return tuple(out)


class _Result(NamedTuple):
    """An edit and the span ``[start, end)`` of the current text that it takes."""

    start: int
    end: int
    edit: Edit

    @property
    def growth(self) -> int:
        return len(self.edit.after) - len(self.edit.before)


def _results(edits: Iterable[Edit]) -> Iterator[_Result]:
    shift = 0
    for edit in edits:
        start = edit.start + shift
        yield _Result(start, start + len(edit.after), edit)
        shift += len(edit.after) - len(edit.before)


def _touch(left: _Result, right: _Result) -> bool:
    """Whether two spans overlap; an empty span also touches at its place."""
    if left.start == left.end or right.start == right.end:
        return left.start <= right.end and right.start <= left.end
    return left.start < right.end and right.start < left.end


def _precedes(old: _Result, new: Edit) -> bool:
    span = _Result(new.start, new.end, new)
    return not _touch(old, span) and (old.start, old.end) < (new.start, new.end)


def _merge(raw: str, shift: int, olds: Sequence[_Result], news: Sequence[Edit]) -> Edit:
    """One edit in raw coordinates for edits of two generations that meet."""
    low = min(olds[0].start, news[0].start)
    high = max(olds[-1].end, news[-1].end)
    start = low - shift
    end = high - shift - sum(result.growth for result in olds)
    before = raw[start:end]
    current = apply(before, [_moved(result.edit, -start) for result in olds])
    after = apply(current, [_moved(edit, -low) for edit in news])
    parts = (*(result.edit for result in olds), *news)
    history = tuple(step for part in parts for step in (part.history or (part,)))
    return Edit(
        start,
        end,
        before,
        after,
        stage=news[-1].stage,
        rule=news[-1].rule,
        confidence=min(part.confidence for part in parts),
        history=history,
    )


def _moved(edit: Edit, by: int) -> Edit:
    """In full, as in `invert`."""
    return Edit(
        edit.start + by,
        edit.end + by,
        edit.before,
        edit.after,
        edit.stage,
        edit.rule,
        edit.confidence,
        edit.history,
    )


def from_diff(
    before: str, after: str, stage: str, rule: str, *, at: int = 0, confidence: float = 1.0
) -> list[Edit]:
    """The edits that a whole-string function made, found by an optimal edit script.

    Args:
        before: The segment that the function was given; keep it short, the cost is its length
            times the number of differences.
        after: What the function made of it.
        stage: Stage to name in the edits.
        rule: Rule to name in the edits.
        at: Where the segment starts in its text.
        confidence: Probability that each edit is right.

    >>> from_diff("na\u00c3\u00afve", "na\u00efve", "normalise", "mojibake", at=10)[0].start
    12
    """
    return [
        Edit(
            at + op.src_start,
            at + op.src_end,
            before[op.src_start : op.src_end],
            after[op.dest_start : op.dest_end],
            stage,
            rule,
            confidence,
        )
        for op in _joined(Levenshtein.opcodes(before, after))
    ]


def from_runs(
    before: str, after: str, stage: str, rule: str, *, at: int = 0, confidence: float = 1.0
) -> list[Edit]:
    """The same, run by run where only runs of characters beyond ASCII changed.

    >>> [e.start for e in from_runs("r\u00f4le na\u00c3\u00afve", "r\u00f4le na\u00efve", "", "")]
    [7]
    """
    compiled, rest = editor(), (stage, rule, confidence, ())
    found: list[Edit] | None = (
        runs_plain(rest, before, after, at)
        if compiled is None
        else compiled.changes(_edit, rest, before, after, at)
    )
    if found is None:
        return from_diff(before, after, stage, rule, at=at, confidence=confidence)
    return found


def runs_plain(rest: tuple[Any, ...], before: str, after: str, at: int) -> list[Edit] | None:
    """The edits of runs without the compiled kernel; None if the texts differ elsewhere, too."""
    old, new = _RUN.split(before), _RUN.split(after)
    if old[::2] != new[::2]:
        return None
    found = []
    for broken, read in zip(old, new, strict=True):
        if broken != read:
            start, was, now = at, broken, read
            if broken[0] == read[0] or broken[-1] == read[-1]:
                head, tail = same_ends(broken, read)
                start += head
                was, now = broken[head : len(broken) - tail], read[head : len(read) - tail]
            found.append(_edit(start, start + len(was), was, now, *rest))
        at += len(broken)
    return found


def common_prefix(one: str, other: str) -> int:
    """How many code points two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def same_ends(before: str, after: str) -> tuple[int, int]:
    """How many code points a change leaves alone at the start, and how many of the rest at the end.

    >>> same_ends("cafes", "cares")
    (2, 2)
    """
    start = common_prefix(before, after)
    return start, common_prefix(before[start:][::-1], after[start:][::-1])


def same_words(before: str, after: str) -> tuple[int, int]:
    """How many code points the words take that a change leaves alone, at the start and at the end.

    Words are cut at blanks, and one of either text is always left.

    >>> same_words("the corporate tax", "the company tax")
    (4, 4)
    """
    if " " not in before or " " not in after:
        return 0, 0
    old, new = before.split(" "), after.split(" ")
    most = min(len(old), len(new)) - 1
    head = tail = 0
    while head < most and old[head] == new[head]:
        head += 1
    while tail < most - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return sum(map(len, old[:head])) + head, sum(map(len, old[len(old) - tail :])) + tail


def _joined(opcodes: Iterable[Opcode]) -> Iterator[Opcode]:
    """Runs of differing opcodes as one each."""
    run: Opcode | None = None
    for op in opcodes:
        if op.tag == "equal":
            if run is not None:
                yield run
            run = None
        elif run is None:
            run = op
        else:
            run = Opcode("replace", run.src_start, op.src_end, run.dest_start, op.dest_end)
    if run is not None:
        yield run


def sub(
    pattern: re.Pattern[str],
    replacement: str | Callable[[re.Match[str]], str],
    text: str,
    stage: str,
    rule: str,
    *,
    confidence: float = 1.0,
) -> list[Edit]:
    """The edits of a regular expression; matches that change nothing are left out.

    A string replacement is literal, not a template.
    """
    edits = []
    for match in pattern.finditer(text):
        after = replacement if isinstance(replacement, str) else replacement(match)
        if after != match.group():
            edits.append(
                Edit(match.start(), match.end(), match.group(), after, stage, rule, confidence)
            )
    return edits
