"""TER, the edits that turn a hypothesis into its reference, block shifts included.

Snover et al. 2006, "A study of translation edit rate with targeted human annotation", in the
reading of sacrebleu (`lib_ter.translation_edit_rate`): the same beam, the same order of ties, the
same 1,000 shift candidates. The result is the same number; the way there is shorter. Words become
characters. A shift that no bound lets win is counted but not measured. Where the beam provably
cuts nothing off, rapidfuzz measures what is left; elsewhere only the rows that a shift changes
are filled again, between the rows from the start and the rows from the end.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance.Levenshtein import distance as levenshtein
from sacrebleu.metrics.ter import TER

from unspun.score.beam import Alignment, Band, Matrix, columns

_MAX_SHIFT_SIZE = 10  # these three: Tercom's limits as sacrebleu has them
_MAX_SHIFT_DISTANCE = 50
_MAX_CANDIDATES = 1000
_SURROGATES = 0xD800  # 0x800 code points that are no characters


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
        words = self._words()
        counts: list[tuple[float, ...]] = []
        for hypothesis, wanted in zip(hypotheses, references, strict=True):
            hyp = words(hypothesis)
            refs = [words(ref) for ref in wanted]
            best = min(edits(hyp, ref) for ref in refs)
            counts.append((best, sum(map(len, refs)) / len(refs)))
        return counts

    def score(self, counts: Sequence[float]) -> float:
        """Edits in a hundred reference words."""
        edited, length = counts
        if length > 0:
            return float(100 * (edited / length))
        return 100.0 if edited > 0 else 0.0

    def signature(self, references: int = 1) -> str:
        """The settings, as sacrebleu prints them."""
        metric = self._metric()
        metric.num_refs = references
        return str(metric.get_signature())

    def _metric(self) -> TER:
        return TER(self.normalized, self.no_punct, self.asian_support, self.case_sensitive)

    def _words(self) -> Callable[[str], list[str]]:
        if self.normalized or self.no_punct:
            tokenize = self._metric()._preprocess_segment  # noqa: SLF001
            return lambda text: str(tokenize(text)).split()
        if self.case_sensitive:
            return str.split
        return lambda text: text.rstrip().lower().split()


def edits(hyp: Sequence[str], ref: Sequence[str]) -> int:
    """The number of edits, shifts included, that turn one list of words into another.

    >>> edits("b c a".split(), "a b c".split())
    1
    """
    if not ref or not hyp:
        return len(hyp) or len(ref)
    if hyp == ref:
        return 0
    hyp_text, ref_text = _characters(hyp, ref)
    least = max(len(hyp), len(ref)) - sum((Counter(hyp_text) & Counter(ref_text)).values())
    distance = levenshtein(hyp_text, ref_text)
    band = Band.of(len(hyp), len(ref))
    if distance == least and (band.whole or distance < band.escape(len(hyp), len(ref))):
        return distance  # no order of these words is nearer
    return _Search(hyp_text, ref_text, least, band).run()


def _characters(hyp: Sequence[str], ref: Sequence[str]) -> tuple[str, str]:
    """Two lists of words as two strings, a character for each distinct word."""
    codes: dict[str, str] = {}
    for word in (*ref, *hyp):
        if word not in codes:
            code = len(codes)
            codes[word] = chr(code if code < _SURROGATES else code + 0x800)
    return "".join([codes[w] for w in hyp]), "".join([codes[w] for w in ref])


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

    def __init__(self, hyp: str, ref: str, least: int, band: Band) -> None:
        self.hyp, self.ref, self.least, self.band = hyp, ref, least, band
        self.places = columns(ref)
        self.where: dict[str, list[int]] = {}
        for j, word in enumerate(ref):
            self.where.setdefault(word, []).append(j)
        self.escape = band.escape(len(hyp), len(ref))
        self.reverse = None if band.whole else band.reverse(len(ref))
        self.checked = 0

    def run(self) -> int:
        """The edits: shifts as long as they help, then the edit distance."""
        shifts = 0
        while True:
            matrix = Matrix(self.hyp, self.ref, self.band, self.places)
            if matrix.distance == self.least:
                return shifts + matrix.distance
            shift = self._best(matrix)
            if self.checked >= _MAX_CANDIDATES or shift.gain <= 0:
                return shifts + matrix.distance
            shifts += 1
            self.hyp = _shifted(self.hyp, shift.start, shift.length, shift.target)

    def _best(self, matrix: Matrix) -> _Shift:
        """The best shift; gain 0 where none helps."""
        measure = self._measure(matrix)
        best = _Shift(0, 0, 0, 0)
        ceiling = matrix.distance - self.least
        alignment = matrix.alignment()
        for start, j, length in self._pairs(alignment):
            before = alignment.before
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
                if need > ceiling or need > 2 * length:
                    continue  # a block of n words cannot gain more than 2 n
                distance = measure(start, length, target, matrix.distance - need)
                if matrix.distance - distance >= need:
                    best = _Shift(matrix.distance - distance, length, start, target)
            if self.checked >= _MAX_CANDIDATES:
                break
        return best

    def _pairs(self, alignment: Alignment) -> Iterator[tuple[int, int, int]]:
        """Blocks that hypothesis and reference share and that are wrong in both, in order."""
        hyp, ref = self.hyp, self.ref
        hyp_first = _next_error(alignment.hyp_errors)
        ref_first = _next_error(alignment.ref_errors)
        for start, first in enumerate(hyp_first):
            if first > _MAX_SHIFT_SIZE:
                continue
            places = self.where.get(hyp[start])
            if not places:
                continue
            low = bisect_left(places, start - _MAX_SHIFT_DISTANCE)
            high = bisect_right(places, start + _MAX_SHIFT_DISTANCE)
            for j in places[low:high]:
                shortest = max(first, ref_first[j])
                longest = min(_MAX_SHIFT_SIZE, len(hyp) - start, len(ref) - j)
                if shortest > longest or hyp[start:start + shortest] != ref[j:j + shortest]:
                    continue
                yield start, j, shortest
                length = shortest
                while length < longest and hyp[start + length] == ref[j + length]:
                    length += 1
                    yield start, j, length

    def _measure(self, matrix: Matrix) -> Callable[[int, int, int, int], int]:
        """How to find the distance after a shift, or any number above the limit given."""
        if matrix.distance < self.escape:
            hyp, ref = self.hyp, self.ref
            return lambda start, length, target, limit: levenshtein(
                _shifted(hyp, start, length, target), ref, score_cutoff=limit
            )
        return self._between(matrix)

    def _between(self, matrix: Matrix) -> Callable[[int, int, int, int], int]:
        """The distance within the beam, from the changed rows alone."""
        hyp, size, reverse = self.hyp, len(self.hyp), self.reverse
        assert reverse is not None  # noqa: S101 - only a band that cuts can be left
        backward = self.ref[::-1]
        behind = Matrix(hyp[::-1], backward, reverse, columns(backward))
        tails: dict[int, list[int]] = {}

        def measure(start: int, length: int, target: int, _limit: int) -> int:
            stop = start + length
            end = stop if target < start else target if target > stop else target + length
            end = min(end, size)
            low = min(start, target)
            words = _shifted(hyp, start, length, target)
            row = matrix.rows[low]
            for i in range(low, end):
                row = matrix.step(i + 1, row, words[i])
            if end not in tails:
                tails[end] = behind.values(size - end, behind.rows[size - end])[::-1]
            return min(map(int.__add__, matrix.values(end, row), tails[end]))

        return measure


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
    block, end = words[start:start + length], start + length
    if target < start:
        return words[:target] + block + words[target:start] + words[end:]
    if target > end:
        return words[:start] + words[end:target] + block + words[target:]
    return words[:start] + words[end:length + target] + block + words[length + target:]
