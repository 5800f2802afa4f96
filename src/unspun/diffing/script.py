"""From two lists of tokens to the operations between them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import ne
from typing import Literal, NamedTuple

from rapidfuzz.distance import Levenshtein

from unspun.align.windows import Run, equal_runs, windowed
from unspun.diffing.tokens import Span, Tokens, chunks, ends, is_mark, stripped, tokenize
from unspun.diffing.words import has_number, misspelt, same_lemma

_BASE = 0xE000  # words become characters beyond the surrogates, which are none
_LARGE = 4 << 20  # words times words from which rapidfuzz halves the problem
_LONG = 65  # words that both have then
_NEAR = 1_000  # edits that it looks for first then: few texts as long differ everywhere
_REFINED = 400  # pairs of tokens in a changed passage that are looked at one by one
_MOVED_LETTERS = 4  # a run of words that short proves no move
_SWAPPED = 3  # unless it moved past no more words than these
_MOVES_TRIED = 2_000  # pairs of deletion and insertion in a segment that are compared


OpKind = Literal["equal", "insert", "delete", "replace", "move"]


class Step(NamedTuple):
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
    ours, theirs = Tokens(hyp, [], []), Tokens(ref, [], [])
    steps: list[Step] = []
    for equal, here, there in _passages(hyp, hyp_span, ref, ref_span):
        i, j = len(ours.words), len(theirs.words)
        if equal:
            ours.add(hyp[here[0] : here[1]], here)
            theirs.add(ref[there[0] : there[1]], there)
            steps.append(Step("equal", i, i + 1, j, j + 1))
            continue
        old, new = tokenize(hyp, here), tokenize(ref, there)
        ours.extend(old)
        theirs.extend(new)
        if len(old.words) == len(new.words) == 1:
            steps.append(Step("replace", i, i + 1, j, j + 1))
        else:
            steps += [Step(op, i + a, i + b, j + c, j + d) for op, a, b, c, d in _fine(old, new)]
    return Script(ours, theirs, _with_moves(ours.words, theirs.words, steps))


_Passage = tuple[bool, Span, Span]  # whether its words are equal, and where it is on either side


def _passages(hyp: str, hyp_span: Span, ref: str, ref_span: Span) -> Iterator[_Passage]:
    """Equal passages and changed ones in turn.

    What both sides begin and end with is not even split into words.
    """
    last: _Passage | None = None
    for found in _pieces(hyp, hyp_span, ref, ref_span):
        if last and last[0] and found[0]:  # where only white space differs between the two
            last = True, (last[1][0], found[1][1]), (last[2][0], found[2][1])
            continue
        if last:
            yield last
        last = found
    if last:
        yield last


def _pieces(hyp: str, hyp_span: Span, ref: str, ref_span: Span) -> Iterator[_Passage]:
    """The shared beginning, what the words between give, and the shared end."""
    head, tail = ends(hyp[slice(*hyp_span)], ref[slice(*ref_span)])
    (a, b), (c, d) = hyp_span, ref_span
    if head:
        yield True, stripped(hyp, (a, a + head)), stripped(ref, (c, c + head))
    ours, theirs = chunks(hyp, (a + head, b - tail)), chunks(ref, (c + head, d - tail))
    for step in _hunks(ours.words, theirs.words):
        yield step.op == "equal", ours.span(step.a, step.b), theirs.span(step.c, step.d)
    if tail:
        yield True, stripped(hyp, (b - tail, b)), stripped(ref, (d - tail, d))


def _fine(old: Tokens, new: Tokens) -> Iterator[Step]:
    """The steps between the tokens of two passages."""
    for step in _hunks(old.words, new.words):
        if step.op == "equal":
            yield step
        else:
            yield from _refine(old.words, new.words, step)


def _hunks(hyp: Sequence[str], ref: Sequence[str]) -> Iterator[Step]:
    """Equal runs, and the changed passages between them.

    What both sides begin and end with is cut off first: most of it stands there, and the script
    stays the same.
    """
    least = min(len(hyp), len(ref))
    first = _shared(hyp, ref, least)
    last = _shared(reversed(hyp), reversed(ref), least - first)
    i, j, rows, columns = first, first, len(hyp) - last, len(ref) - last
    if first:
        yield Step("equal", 0, first, 0, first)
    for a, b, c, d in runs(hyp[first:rows], ref[first:columns]):
        if first + a > i or first + c > j:
            yield _step(i, first + a, j, first + c)
        i, j = first + b, first + d
        yield Step("equal", first + a, i, first + c, j)
    if i < rows or j < columns:
        yield _step(i, rows, j, columns)
    if last:
        yield Step("equal", rows, len(hyp), columns, len(ref))


def runs(hyp: Sequence[Hashable], ref: Sequence[Hashable], most: int = 1 << 15) -> Iterator[Run]:
    """The equal runs of the shortest script, which may be none.

    Lines of more than ``most`` words are read through a window of as many.
    """
    return windowed(hyp, ref, _optimal, most)


def _optimal(hyp: Sequence[Hashable], ref: Sequence[Hashable]) -> Iterator[Run]:
    known = set(hyp)
    if known.isdisjoint(ref):
        return
    codes = dict(zip(known.union(ref), map(chr, count(_BASE)), strict=False))
    coded = ["".join(map(codes.__getitem__, words)) for words in (hyp, ref)]
    yield from equal_runs(Levenshtein.opcodes(*coded, score_hint=_few_edits(*coded)))


def _few_edits(hyp: str, ref: str) -> int | None:
    """How many edits long texts are apart, if few: they are then found near the diagonal."""
    least = min(len(hyp), len(ref))
    if len(hyp) * len(ref) < _LARGE or least < _LONG:
        return None
    most = least // 8
    edits = Levenshtein.distance(hyp, ref, score_cutoff=most, score_hint=_NEAR)
    return edits if edits <= most else None


def _shared(hyp: Iterable[str], ref: Iterable[str], most: int) -> int:
    """How many words both begin with, up to a number."""
    return min(next(compress(count(), map(ne, hyp, ref)), most), most)


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


_Word = tuple[str, str, bool]  # a word, its folded form, and whether it is but a mark


def _links(hyp: Sequence[str], ref: Sequence[str]) -> list[tuple[int, int]]:
    """The pairs of related words, in order, that are worth most together."""
    ours, theirs = list(map(_word, hyp)), list(map(_word, ref))
    worth = [[_related(a, b) for b in theirs] for a in ours]
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


def related(ours: str, theirs: str) -> int:
    """How closely two words are related; 0 for not."""
    return _related(_word(ours), _word(theirs))


def _word(text: str) -> _Word:
    return text, text.casefold(), is_mark(text)


def _related(ours: _Word, theirs: _Word) -> int:
    (a, a_folded, a_mark), (b, b_folded, b_mark) = ours, theirs
    if a_folded == b_folded:
        return 4
    if a_mark or b_mark:
        return 1 if a_mark and b_mark else 0
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
