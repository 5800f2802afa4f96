"""BLEU, equal to sacrebleu's.

Papineni et al. 2002, "BLEU: a method for automatic evaluation of machine translation"; smoothing
after Chen and Cherry 2014 (W14-3346); formula and tokenisers as in sacrebleu.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sacrebleu.metrics.bleu import BLEU

from unspun.scoring import grams

Words = list[str]
Ngrams = list[Counter[tuple[str, ...]]]

_SPACED = re.compile(r"([\{-\~\[-\` -\&\(-\+\:-\@\/])")  # these four: sacrebleu's TokenizerRegexp
_AFTER_NO_DIGIT = re.compile(r"([^0-9])([\.,])")
_BEFORE_NO_DIGIT = re.compile(r"([\.,])([^0-9])")
_DASH = re.compile(r"([0-9])(-)")
_CACHED_WORDS = 100_000


@dataclass(frozen=True, slots=True)
class Bleu:
    """BLEU with sacrebleu's options and defaults.

    Attributes:
        tokenize: A tokeniser of sacrebleu: ``13a``, ``intl``, ``zh``, ``char``, ``none``, ...
        lowercase: Ignore case.
        effective_order: Leave n-gram orders without any match out of the mean; for sentences.
        smooth_method: ``exp``, ``floor``, ``add-k`` or ``none``.
        smooth_value: The parameter of ``floor`` and ``add-k``; sacrebleu's default where None.
        max_order: The longest n-gram.
        name: The metric's name.
    """

    tokenize: str = "13a"
    lowercase: bool = False
    effective_order: bool = False
    smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp"
    smooth_value: float | None = None
    max_order: int = 4
    name: str = field(default="bleu", init=False)

    def statistics(
        self, hypotheses: Sequence[str], references: Sequence[Sequence[str]]
    ) -> list[tuple[float, ...]]:
        """Lengths, matches and n-grams of each segment, as sacrebleu orders them."""
        words = self._words()
        return [
            self._segment(words(hyp), [words(ref) for ref in refs])
            for hyp, refs in zip(hypotheses, references, strict=True)
        ]

    def _segment(self, hyp: Words, refs: list[Words]) -> tuple[float, ...]:
        closest = min((abs(len(hyp) - len(ref)), len(ref)) for ref in refs)[1]
        found = grams.words(hyp, refs[0], self.max_order) if len(refs) == 1 else None
        correct = self.plain_correct(hyp, refs) if found is None else found[2::3]
        totals = [max(0, len(hyp) - n) for n in range(self.max_order)]
        return (len(hyp), closest, *correct, *totals)

    def plain_correct(self, hyp: Words, refs: list[Words]) -> list[int]:
        """N-grams of each length that some reference has, without the kernel."""
        known = self._ngrams(refs[0])
        for ref in refs[1:]:
            known = [a | b for a, b in zip(known, self._ngrams(ref), strict=True)]
        correct = []
        for ours, theirs in zip(self._ngrams(hyp), known, strict=True):
            shared = ours.keys() & theirs.keys()
            correct.append(sum([min(ours[ngram], theirs[ngram]) for ngram in shared]))
        return correct

    def _ngrams(self, words: Words) -> Ngrams:
        return [
            Counter(zip(*(words[k:] for k in range(n + 1)), strict=False))
            for n in range(self.max_order)
        ]

    def score(self, counts: Sequence[float]) -> float:
        """BLEU of summed counts (sacrebleu `BLEU.compute_bleu`, operation by operation)."""
        order = self.max_order
        hyp_length, ref_length = int(counts[0]), int(counts[1])
        correct, totals = list(counts[2 : 2 + order]), list(counts[2 + order :])
        if not any(correct):
            return 0.0
        precisions, used = self._precisions(correct, totals)
        brevity = 1.0
        if hyp_length < ref_length:
            brevity = math.exp(1 - ref_length / hyp_length) if hyp_length > 0 else 0.0
        return brevity * math.exp(sum(map(_log, precisions[:used])) / used)

    def _precisions(self, correct: list[float], totals: list[float]) -> tuple[list[float], int]:
        value = self.smooth_value
        if value is None:  # 0 where the method takes none
            value = float(BLEU.SMOOTH_DEFAULTS[self.smooth_method] or 0)
        precisions = [0.0] * self.max_order
        used, halving = self.max_order, 1.0
        for n in range(self.max_order):
            if self.smooth_method == "add-k" and n > 0:
                correct[n] += value
                totals[n] += value
            if totals[n] == 0:
                break
            if self.effective_order:
                used = n + 1
            if correct[n]:
                precisions[n] = 100.0 * correct[n] / totals[n]
            elif self.smooth_method == "exp":
                halving *= 2
                precisions[n] = 100.0 / (halving * totals[n])
            elif self.smooth_method == "floor":
                precisions[n] = 100.0 * value / totals[n]
        return precisions, used

    def signature(self, references: int = 1) -> str:
        """The settings, as sacrebleu prints them."""
        metric = self._metric()
        metric.num_refs = references
        return str(metric.get_signature())

    def _metric(self) -> BLEU:
        return BLEU(
            lowercase=self.lowercase,
            tokenize=self.tokenize,
            smooth_method=self.smooth_method,
            smooth_value=self.smooth_value,
            max_ngram_order=self.max_order,
            effective_order=self.effective_order,
        )

    def _words(self) -> Callable[[str], Words]:
        if self.tokenize == "13a":
            tokenize = _Tokenizer13a()
            if not self.lowercase:
                return tokenize
            return lambda text: tokenize(text.lower())
        preprocess = self._metric()._preprocess_segment  # noqa: SLF001
        return lambda text: str(preprocess(text)).split()


class _Tokenizer13a:
    """mteval-v13a, word by word.

    White space bounds every rule of the tokeniser: a rule that looks at a neighbour treats white
    space as "no digit". Words can therefore be split alone, and remembered.
    """

    def __init__(self) -> None:
        self._known: dict[str, Words] = {}

    def __call__(self, text: str) -> Words:
        """The tokens of a segment."""
        line = text.rstrip().replace("<skipped>", "").replace("-\n", "")
        if "&" in line:
            line = line.replace("&quot;", '"').replace("&amp;", "&")
            line = line.replace("&lt;", "<").replace("&gt;", ">")
        known = self._known
        if len(known) > _CACHED_WORDS:
            known.clear()
        tokens: Words = []
        for word in line.split():
            parts = known.get(word)
            if parts is None:
                parts = known[word] = _split_13a(word)
            tokens += parts
        return tokens


def _split_13a(word: str) -> Words:
    if word.isalnum():
        return [word]
    spaced = _SPACED.sub(r" \1 ", f" {word} ")
    spaced = _AFTER_NO_DIGIT.sub(r"\1 \2 ", spaced)
    spaced = _BEFORE_NO_DIGIT.sub(r" \1 \2", spaced)
    return _DASH.sub(r"\1 \2 ", spaced).split()


def _log(number: float) -> float:
    """The logarithm, floored as sacrebleu floors it."""
    return math.log(number) if number else -9999999999.0
