"""TER, the edits that turn a hypothesis into its reference, block shifts included.

Snover et al. 2006, "A study of translation edit rate with targeted human annotation", in the
reading of sacrebleu (`lib_ter.translation_edit_rate`): the same beam, the same order of ties, the
same 1,000 shift candidates. The result is the same number; the way there is shorter. Words become
characters. A shift that no bound lets win is counted but not measured. Where the beam provably
cuts nothing off, rapidfuzz measures what is left; elsewhere only the rows that a shift changes
are filled again, between the rows from the start and the rows from the end. The compiled kernel,
where there is one, searches in the same order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance.Levenshtein import distance as levenshtein
from rapidfuzz.distance.Levenshtein import opcodes
from sacrebleu.metrics.ter import TER

from unspun import kernels
from unspun.scoring.beam import WHOLE, Alignment, Band, Matrix, columns
from unspun.scoring.grams import characters

_kernel = kernels.load("unspun.scoring._ter", revision=1)

_MAX_SHIFT_SIZE = 10  # these three: Tercom's limits as sacrebleu has them
_MAX_SHIFT_DISTANCE = 50
_MAX_CANDIDATES = 1000
_Words = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Ter:
    """TER with sacrebleu's options and defaults.

    Attributes:
        normalized: Tokenise punctuation and unescape entities as Tercom does.
        no_punct: Leave punctuation out.
        asian_support: Split Chinese and Japanese into characters; needs ``normalized``.
        case_sensitive: Tell capitals from small letters.
        name: The metric's name.
    """

    normalized: bool = False
    no_punct: bool = False
    asian_support: bool = False
    case_sensitive: bool = False
    name: str = field(default="ter", init=False)

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[tuple[float, ...]]:
        """Edits against the nearest reference, and mean reference length, of each segment."""
        words, ref_words = self._words()
        counts: list[tuple[float, ...]] = []
        for hypothesis, wanted in zip(hypotheses, references, strict=True):
            hyp = words(hypothesis)
            refs = [ref_words(ref) for ref in wanted]
            best = min(edits(hyp, ref) for ref in refs)
            counts.append((best, sum(map(len, refs)) / len(refs)))
        return counts

    def score(self, counts: Sequence[float]) -> float:
        """Edits in a hundred reference words."""
        edited, length = counts
        if length > 0:
            return 100 * (edited / length)
        return 100.0 if edited > 0 else 0.0

    def signature(self, references: int = 1) -> str:
        """The settings, as sacrebleu prints them."""
        metric = self._metric()
        metric.num_refs = references
        return str(metric.get_signature())

    def _metric(self) -> TER:
        return TER(self.normalized, self.no_punct, self.asian_support, self.case_sensitive)

    def _words(self) -> tuple[_Words, _Words]:
        """How to split a hypothesis, and a reference."""
        if self.normalized or self.no_punct:
            tokenize = self._metric()._preprocess_segment  # noqa: SLF001
            # sacrebleu tokenises references twice, and a second time can split more
            return (
                lambda text: str(tokenize(text)).split(),
                lambda text: str(tokenize(tokenize(text))).split(),
            )
        if self.case_sensitive:
            return str.split, str.split
        return _lower_words, _lower_words


def _lower_words(text: str) -> list[str]:
    return text.rstrip().lower().split()


def edits(hyp: Sequence[str], ref: Sequence[str]) -> int:
    """The number of edits, shifts included, that turn one list of words into another.

    >>> edits("b c a".split(), "a b c".split())
    1
    """
    if not ref or not hyp:
        return len(hyp) or len(ref)
    if hyp == ref:
        return 0
    hyp_text, ref_text = characters(hyp, ref)
    if _kernel is not None:
        found: int = _kernel.edits(hyp_text, ref_text)
        return found
    return plain_edits(hyp_text, ref_text)


def plain_edits(hyp_text: str, ref_text: str) -> int:
    """The same without the kernel, for words that are characters.

    >>> plain_edits("bca", "abc")
    1
    """
    common = sum((Counter(hyp_text) & Counter(ref_text)).values())
    least = max(len(hyp_text), len(ref_text)) - common
    return _Search(hyp_text, ref_text, least).run()


@dataclass(frozen=True, slots=True)
class _Shift:
    """A block of words moved elsewhere: ``text`` after the move, and what that gains."""

    gain: int
    length: int
    start: int
    target: int

    def needs(self, length: int, start: int, target: int) -> int:
        """The gain with which another shift would be preferred: Tercom's order of ties."""
        wins = (length, -start, -target) > (self.length, -self.start, -self.target)
        return self.gain if wins else self.gain + 1


class _Search:
    """The greedy search for shifts."""

    def __init__(self, hyp: str, ref: str, least: int) -> None:
        self.hyp, self.ref, self.least = hyp, ref, least
        self.band = Band.of(len(hyp), len(ref))
        self.places = columns(ref)
        self.where: dict[str, list[int]] = {}
        for j, word in enumerate(ref):
            self.where.setdefault(word, []).append(j)
        self.harmless = Band.harmless(len(hyp), len(ref))
        self.checked = 0

    def run(self) -> int:
        """The edits: shifts as long as they help, then the edit distance."""
        shifts = 0
        while True:
            distance = levenshtein(self.hyp, self.ref)
            free = distance <= self.harmless
            if free and distance == self.least:  # no order of these words is nearer
                return shifts + distance
            matrix, alignment = self._matrix(free=free)
            shift = self._best(matrix, alignment)
            if self.checked >= _MAX_CANDIDATES or shift.gain <= 0:
                return shifts + matrix.distance
            shifts += 1
            self.hyp = _shifted(self.hyp, shift.start, shift.length, shift.target)

    def _matrix(self, *, free: bool) -> tuple[Matrix, Alignment]:
        """The matrix, without the beam where it cuts off nothing that counts."""
        matrix = Matrix(self.hyp, self.ref, WHOLE, self.places)
        alignment = matrix.alignment(None if free or self.band.whole else self.band)
        if alignment is None:
            matrix = Matrix(self.hyp, self.ref, self.band, self.places)
            alignment = matrix.alignment()
            assert alignment is not None  # noqa: S101 - the band's own trace stays in the band
        return matrix, alignment

    def _best(self, matrix: Matrix, alignment: Alignment) -> _Shift:
        """The best shift; gain 0 where none helps."""
        measure = _measure(self.hyp, self.ref, matrix, self.band, self.places)
        best = _Shift(0, 0, 0, 0)
        ceiling = matrix.distance - self.least
        before = alignment.before
        for start, j, length in self._pairs(alignment):
            if start <= before[j] - 1 < start + length:
                continue
            previous = -1
            for k in range(j - 1, j + length):
                target = before[k] if k >= 0 else 0
                if target == previous:
                    continue
                previous = target
                self.checked += 1
                need = best.needs(length, start, target) if best.gain else 1
                if need > ceiling or (need > 2 * length and not matrix.banded):
                    continue  # outside the beam's reach, n moved words gain 2 n at most
                distance = measure(start, length, target, matrix.distance - need)
                if matrix.distance - distance >= need:
                    best = _Shift(matrix.distance - distance, length, start, target)
            if self.checked >= _MAX_CANDIDATES:
                break
        return best

    def _pairs(self, alignment: Alignment) -> Iterator[tuple[int, int, int]]:
        """Blocks that hypothesis and reference share and that are wrong in both, in order."""
        hyp, ref = self.hyp, self.ref
        ref_size = len(ref)
        near = max(len(hyp), ref_size) <= _MAX_SHIFT_DISTANCE
        hyp_first = _next_error(alignment.hyp_errors)
        ref_first = _next_error(alignment.ref_errors)
        for start, first in enumerate(hyp_first):
            room = min(_MAX_SHIFT_SIZE, len(hyp) - start)
            if first > room:
                continue
            places = self.where.get(hyp[start], [])
            if not near:
                low = bisect_left(places, start - _MAX_SHIFT_DISTANCE)
                places = places[low : bisect_right(places, start + _MAX_SHIFT_DISTANCE)]
            for j in places:
                length = ref_first[j]
                if length < first:  # noqa: PLR1730 - a call to max costs more than the rest
                    length = first
                if length > room or hyp[start : start + length] != ref[j : j + length]:
                    continue
                yield start, j, length
                longest = min(room, ref_size - j)
                while length < longest and hyp[start + length] == ref[j + length]:
                    length += 1
                    yield start, j, length


def _measure(
    hyp: str, ref: str, matrix: Matrix, band: Band, places: dict[str, int]
) -> Callable[[int, int, int, int], int]:
    """How to find the distance after a shift, or any number above the limit given."""

    def free(start: int, length: int, target: int, limit: int) -> int:
        return levenshtein(_shifted(hyp, start, length, target), ref, score_cutoff=limit)

    if band.whole or (not matrix.banded and matrix.distance <= Band.harmless(len(hyp), len(ref))):
        return free
    harmless = band.harmless(len(hyp), len(ref))
    between = _Between(hyp, ref, matrix, band, places)
    if matrix.banded:
        return between

    def checked(start: int, length: int, target: int, limit: int) -> int:
        distance = free(start, length, target, limit)
        if distance > limit or distance <= harmless:
            return distance
        ops = opcodes(_shifted(hyp, start, length, target), ref)
        path = [(op.src_start, op.dest_start) for op in ops]
        path += [(op.src_end, op.dest_end) for op in ops]
        if band.holds(path, len(ref)):
            return distance
        return between(start, length, target, limit)

    return checked


class _Between:
    """The distance within the beam after a shift, from the rows that the shift changes alone."""

    def __init__(
        self, hyp: str, ref: str, matrix: Matrix, band: Band, places: dict[str, int]
    ) -> None:
        self.hyp, self.ref, self.band, self.places = hyp, ref, band, places
        self.ahead = matrix if matrix.banded else None
        self.behind: Matrix | None = None
        self.tails: dict[int, list[int]] = {}

    def __call__(self, start: int, length: int, target: int, _limit: int) -> int:
        ahead = self._ahead()
        stop = start + length
        end = stop if target < start else target if target > stop else target + length
        end = min(end, len(self.hyp))
        low = min(start, target)
        words = _shifted(self.hyp, start, length, target)
        row = ahead.rows[low]
        for i in range(low, end):
            row = ahead.step(i + 1, row, words[i])
        return min(map(int.__add__, ahead.values(end, row), self._tail(end)))

    def _ahead(self) -> Matrix:
        if self.ahead is None:
            self.ahead = Matrix(self.hyp, self.ref, self.band, self.places)
        return self.ahead

    def _tail(self, row: int) -> list[int]:
        """What it costs to reach the end from each cell of a row."""
        if row not in self.tails:
            if self.behind is None:
                ref = self.ref[::-1]
                band = self.band.reverse(len(ref))
                self.behind = Matrix(self.hyp[::-1], ref, band, columns(ref))
            back = len(self.hyp) - row
            self.tails[row] = self.behind.values(back, self.behind.rows[back])[::-1]
        return self.tails[row]


def _next_error(errors: bytearray) -> list[int]:
    """For each place the size of the shortest block from there that holds an error."""
    found = [0] * len(errors)
    size = len(errors) + _MAX_SHIFT_SIZE + 1  # none up to the end
    for i in range(len(errors) - 1, -1, -1):
        size = 1 if errors[i] else size + 1
        found[i] = size
    return found


def _shifted(words: str, start: int, length: int, target: int) -> str:
    """Move a block of words; a target inside the block pushes it on by the rest."""
    block, end = words[start : start + length], start + length
    if target < start:
        return words[:target] + block + words[target:start] + words[end:]
    if target > end:
        return words[:start] + words[end:target] + block + words[target:]
    return words[:start] + words[end : length + target] + block + words[length + target :]
