"""From two lists of tokens to the operations between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from rapidfuzz.distance import Levenshtein

from unspun.diffing.tokens import Span, Tokens, chunks, is_mark, tokenize
from unspun.diffing.words import has_number, misspelt, same_lemma

_BASE = 0xE000  # words become characters beyond the surrogates, which are none
_REFINED = 400  # pairs of tokens in a changed passage that are looked at one by one
_MOVED_LETTERS = 4  # a run of words that short proves no move
_SWAPPED = 3  # unless it moved past no more words than these
_MOVES_TRIED = 2_000  # pairs of deletion and insertion in a segment that are compared


OpKind = Literal["equal", "insert", "delete", "replace", "move"]


@dataclass(frozen=True, slots=True)
class Step:
    """Hypothesis tokens ``[a, b)`` become reference tokens ``[c, d)``."""

    op: OpKind
    a: int
    b: int
    c: int
    d: int


@dataclass(frozen=True, slots=True)
class Script:
    """How one passage becomes another.

    Attributes:
        hyp: The tokens of the passage; a run of equal words is one token.
        ref: The tokens of the other.
        steps: The steps, in the order of the passage.
    """

    hyp: Tokens
    ref: Tokens
    steps: list[Step]


def script(hyp: str, hyp_span: Span, ref: str, ref_span: Span) -> Script:
    """The shortest word script, changed passages refined, words that moved shown as moved.

    Between white space first, which is fast, and then within what differs.
    """
    chunked = chunks(hyp, hyp_span), chunks(ref, ref_span)
    ours, theirs = Tokens(hyp, [], []), Tokens(ref, [], [])
    steps: list[Step] = []
    for step in _hunks(chunked[0].words, chunked[1].words):
        i, j = len(ours.words), len(theirs.words)
        spans = chunked[0].span(step.a, step.b), chunked[1].span(step.c, step.d)
        if step.op == "equal":
            ours.add(hyp[slice(*spans[0])], spans[0])
            theirs.add(ref[slice(*spans[1])], spans[1])
            steps.append(Step("equal", i, i + 1, j, j + 1))
        else:
            ours.extend(tokenize(hyp, spans[0]))
            theirs.extend(tokenize(ref, spans[1]))
            steps += [
                Step(s.op, i + s.a, i + s.b, j + s.c, j + s.d)
                for s in _fine(ours.words[i:], theirs.words[j:])
            ]
    return Script(ours, theirs, _with_moves(ours.words, theirs.words, steps))


def _fine(hyp: Sequence[str], ref: Sequence[str]) -> Iterator[Step]:
    """The steps between two lists of tokens."""
    for step in _hunks(hyp, ref):
        if step.op == "equal":
            yield step
        else:
            yield from _refine(hyp, ref, step)


def _hunks(hyp: Sequence[str], ref: Sequence[str]) -> Iterator[Step]:
    """Equal runs, and the changed passages between them."""
    codes = {w: chr(k + _BASE) for k, w in enumerate(dict.fromkeys(chain(hyp, ref)))}
    coded = ["".join(map(codes.__getitem__, words)) for words in (hyp, ref)]
    i = j = 0
    for op in Levenshtein.opcodes(*coded):
        if op.tag != "equal":
            continue
        if op.src_start > i or op.dest_start > j:
            yield _step(i, op.src_start, j, op.dest_start)
        i, j = op.src_end, op.dest_end
        yield Step("equal", op.src_start, i, op.dest_start, j)
    if i < len(hyp) or j < len(ref):
        yield _step(i, len(hyp), j, len(ref))


def _step(a: int, b: int, c: int, d: int) -> Step:
    return Step("replace" if a < b and c < d else "delete" if a < b else "insert", a, b, c, d)


def _refine(hyp: Sequence[str], ref: Sequence[str], hunk: Step) -> Iterator[Step]:
    """Pair the related words of a changed passage; what is between them stays a passage."""
    rows, columns = hunk.b - hunk.a, hunk.d - hunk.c
    i, j = hunk.a, hunk.c
    if rows + columns > 2 and rows and columns and rows * columns <= _REFINED:  # noqa: PLR2004
        for a, c in _links(hyp[hunk.a : hunk.b], ref[hunk.c : hunk.d]):
            if hunk.a + a > i or hunk.c + c > j:
                yield _step(i, hunk.a + a, j, hunk.c + c)
            i, j = hunk.a + a + 1, hunk.c + c + 1
            same = hyp[i - 1] == ref[j - 1]
            yield Step("equal" if same else "replace", i - 1, i, j - 1, j)
    if i < hunk.b or j < hunk.d:
        yield _step(i, hunk.b, j, hunk.d)


def _links(hyp: Sequence[str], ref: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of related words, in order, that are worth most together."""
    worth = [[_related(a, b) for b in ref] for a in hyp]
    best = [[0] * (len(ref) + 1) for _ in range(len(hyp) + 1)]
    for i in range(len(hyp) - 1, -1, -1):
        for j in range(len(ref) - 1, -1, -1):
            paired = worth[i][j] + best[i + 1][j + 1] if worth[i][j] else 0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    links = []
    i = j = 0
    while i < len(hyp) and j < len(ref):
        if worth[i][j] and best[i][j] == worth[i][j] + best[i + 1][j + 1]:
            links.append((i, j))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            i += 1
        else:
            j += 1
    return links


def _related(a: str, b: str) -> int:
    """How closely two words are related; 0 for not."""
    if a.casefold() == b.casefold():
        return 4
    if is_mark(a) or is_mark(b):
        return 1 if is_mark(a) and is_mark(b) else 0
    if same_lemma(a, b) or (has_number(a) and has_number(b)):
        return 3
    return 2 if misspelt(a, b) else 0


def _with_moves(hyp: Sequence[str], ref: Sequence[str], steps: list[Step]) -> list[Step]:
    """Deleted words that were inserted elsewhere, as moves."""
    deleted = [s for s in steps if s.op == "delete"]
    inserted = [s for s in steps if s.op == "insert"]
    if not deleted or not inserted or len(deleted) * len(inserted) > _MOVES_TRIED:
        return steps
    runs = []
    for gone in deleted:
        for new in inserted:
            size, a, c = _longest_run(hyp[gone.a : gone.b], ref[new.c : new.d])
            words = hyp[gone.a + a : gone.a + a + size]
            letters = sum(len(w) for w in words if not is_mark(w))
            if letters >= _MOVED_LETTERS or (letters and _near(hyp, gone, new)):
                runs.append((-size, gone.a + a, new.c + c))
    moves: list[Step] = []
    for negative, a, c in sorted(runs):
        b, d = a - negative, c - negative
        if all((b <= m.a or m.b <= a) and (d <= m.c or m.d <= c) for m in moves):
            moves.append(Step("move", a, b, c, d))
    return _cut(steps, moves) if moves else steps


def _near(hyp: Sequence[str], gone: Step, new: Step) -> bool:
    """Whether only a few words stand between where words were and where they are."""
    between = hyp[gone.b : new.a] if gone.b <= new.a else hyp[new.a : gone.a]
    return sum(len(run.split()) for run in between) <= _SWAPPED


def _longest_run(hyp: Sequence[str], ref: Sequence[str]) -> tuple[int, int, int]:
    """The longest run of words in both: its size and its two starts."""
    best = (0, 0, 0)
    above = [0] * (len(ref) + 1)
    for i, word in enumerate(hyp):
        row = [0] * (len(ref) + 1)
        for j, other in enumerate(ref):
            if word.casefold() == other.casefold():
                row[j + 1] = above[j] + 1
                if row[j + 1] > best[0]:
                    best = (row[j + 1], i + 1 - row[j + 1], j + 1 - row[j + 1])
        above = row
    return best


def _cut(steps: list[Step], moves: list[Step]) -> list[Step]:
    """The steps without what moved; a move stands where the hypothesis has its words."""
    result: list[Step] = []
    by_start = sorted(moves, key=lambda m: m.a)
    by_target = sorted(moves, key=lambda m: m.c)
    for step in steps:
        at_hyp, at_ref = step.a, step.c
        if step.op == "delete":
            for move in by_start:
                if step.a <= move.a < step.b:
                    result += [Step("delete", at_hyp, move.a, step.c, step.c), move]
                    at_hyp = move.b
        elif step.op == "insert":
            for move in by_target:
                if step.c <= move.c < step.d:
                    result.append(Step("insert", step.a, step.a, at_ref, move.c))
                    at_ref = move.d
        result.append(Step(step.op, at_hyp, step.b, at_ref, step.d))
    return [step for step in result if step.a < step.b or step.c < step.d]
