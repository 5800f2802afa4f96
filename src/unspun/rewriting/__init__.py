"""Let a language model better what was spun or translated by machine: from passages to edits.

A model proposes a wording of one sentence; nothing of it is believed. A proposal must keep the
sentence's numbers, names, quotations and links, its length and most of its words, and the language
model of clean English must find it likelier than what the built-in restorer made. Else the sentence
stays as it stands.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from unspun.align import sentences
from unspun.config import RewriteConfig
from unspun.edits import same_words
from unspun.lm import english
from unspun.lm.words import words_of
from unspun.model import Edit
from unspun.protocol import Answer, Translator, Usage
from unspun.rewriting import checks

__all__ = ["STAGE", "Passage", "Rewriting", "Step", "likelihood", "rewrite"]

STAGE = "rewrite"
NOTHING = Usage()
_LEAST = 5  # words of a sentence that is worth asking for
_SURE = 0.95  # confidence in an engine that tells none is never more


class Passage(NamedTuple):
    """A stretch to better.

    Attributes:
        start: First code point.
        end: One past the last.
        kind: ``spun`` or ``machine-translated``.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What rewriting did to one document.

    Attributes:
        engine: The engine.
        model: Its model.
        sentences: Sentences that it was asked for.
        refused: Its proposals that were not taken, by reason.
    """

    engine: str
    model: str
    sentences: int
    refused: tuple[tuple[str, int], ...] = ()


class Step(NamedTuple):
    """What rewriting proposes for a text."""

    edits: tuple[Edit, ...] = ()
    rewriting: Rewriting | None = None
    usage: Usage = NOTHING


class _Sentence(NamedTuple):
    start: int
    end: int
    text: str
    before: str  # as it stood before the built-in restorer


def likelihood(text: str) -> float:
    """Nats a word that the language model of clean English gives a text.

    >>> likelihood("The board said it had not decided.") > likelihood("The said not had it board.")
    True
    """
    return english().logprob(text) / max(1, len(words_of(text)))


def rewrite(
    text: str,
    passages: Sequence[Passage],
    config: RewriteConfig,
    rewriter: Translator,
    origin: Callable[[int, int], str],
) -> Step:
    """Propose better wordings.

    Args:
        text: The text as it stands, restored and translated as far as that went.
        passages: What was spun or translated by machine, in its coordinates.
        config: How much likelier a wording must be.
        rewriter: The engine; its source language is the kind of a passage.
        origin: What stood in the place of a span before anything was restored.

    Raises:
        ConfigError: for settings or a key that the engine cannot be used with.
        ModelError: for an engine that cannot be used.
    """
    edits: list[Edit] = []
    refused: Counter[str] = Counter()
    usage, model, asked = Usage(), "", 0
    for kind in sorted({p.kind for p in passages}):
        found = _sentences(text, [p for p in passages if p.kind == kind], origin)
        if not found:
            continue
        told = [json.dumps({"text": s.text, "before": s.before}, ensure_ascii=False) for s in found]
        answers = rewriter.translate(told, kind, "en")
        usage, model, asked = usage.added(answers.usage), answers.model, asked + len(found)
        for sentence, answer in zip(found, answers.items, strict=True):
            edit, reason = _judged(sentence, answer, config, f"{rewriter.name}:{model}:{kind}")
            if edit is not None:
                edits.append(edit)
            elif reason:
                refused[reason] += 1
    edits.sort(key=lambda e: e.start)
    told_of = Rewriting(rewriter.name, model, asked, tuple(sorted(refused.items())))
    return Step(tuple(_apart(edits)), told_of if asked else None, usage)


def _sentences(
    text: str, passages: Sequence[Passage], origin: Callable[[int, int], str]
) -> list[_Sentence]:
    """The sentences of passages, whole and once each."""
    found: dict[tuple[int, int], _Sentence] = {}
    for passage in passages:
        start = text.rfind("\n", 0, passage.start) + 1
        while start < passage.end:
            end = text.find("\n", start)
            end = len(text) if end < 0 else end
            for a, b in sentences(text, (start, end)):
                inside = a < passage.end and passage.start < b
                if inside and len(words_of(text[a:b])) >= _LEAST:
                    found[a, b] = _Sentence(a, b, text[a:b], origin(a, b))
            start = end + 1
    return [found[place] for place in sorted(found)]


def _judged(
    sentence: _Sentence, answer: Answer, config: RewriteConfig, rule: str
) -> tuple[Edit | None, str]:
    """The edit of a proposal that is good enough, else why it is not taken."""
    if answer.text is None:
        return None, "no answer"
    after = " ".join(answer.text.split())
    if after == sentence.text:
        return None, ""
    if reason := checks.problem(sentence.text, after):
        return None, reason
    gain = likelihood(after) - likelihood(sentence.text)
    if gain < config.min_gain:
        return None, "no likelier"
    confidence = min(_SURE, 1 / (1 + math.exp(-gain * len(words_of(after)))))
    return _trimmed(sentence, after, rule, confidence), ""


def _trimmed(sentence: _Sentence, after: str, rule: str, confidence: float) -> Edit:
    """The edit of the words that differ; what is the same at both ends is not touched."""
    head, tail = same_words(sentence.text, after)
    end = len(sentence.text) - tail
    return Edit(
        sentence.start + head,
        sentence.start + end,
        sentence.text[head:end],
        after[head : len(after) - tail],
        STAGE,
        rule,
        confidence,
    )


def _apart(edits: Sequence[Edit]) -> list[Edit]:
    """Edits that do not overlap: a sentence that is spun and translated is bettered once."""
    kept: list[Edit] = []
    for edit in edits:
        if not kept or edit.start >= kept[-1].end:
            kept.append(edit)
    return kept
