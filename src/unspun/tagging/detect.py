"""The language of whole texts, for those who need no spans: a sample is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.kernels.values import maker
from unspun.model import LanguageSpan, Origin, Tagged
from unspun.tagging import confidence, exact, han, scripts, units, words

HEAD, PART = 500, 250
"""Characters read of a long text: its head, its middle, its end. A thousand decide a document."""


_span, _tagged = maker(LanguageSpan), maker(Tagged)
_UNJUDGED = Origin()


class Detected(NamedTuple):
    """The language of a text.

    Attributes:
        language: BCP 47 tag.
        script: ISO 15924 code.
        confidence: Calibrated probability that the language is right.
    """

    language: str
    script: str
    confidence: float


def detect_batch(texts: Sequence[str], config: TagConfig) -> list[Detected]:
    """The language of each text.

    Args:
        texts: At least one.
        config: Its ``min_letters`` is used, and its ``detector``.
    """
    laid = words.lay([_sample(text) for text in texts], windows=False)
    named = units.name(laid, config)
    return [_detected(one, found, config) for one, found in zip(laid, named, strict=True)]


def whole_batch(texts: Sequence[str], config: TagConfig, ids: Sequence[str]) -> list[Tagged]:
    """The tags of each text as a whole: one span, no paragraphs, and nothing of its origin.

    Args:
        texts: At least one.
        config: Its ``method`` is used too.
        ids: The documents' ids.
    """
    found = []
    for text, name, read in zip(texts, ids, detect_batch(texts, config), strict=True):
        language, script, certain = read
        if config.method == "exact":
            language, certain = exact.checked(text, config.seed, language, certain)
        spans = (_span(0, len(text), language, script, certain),) if text else ()
        found.append(_tagged(name, language, script, certain, spans, _UNJUDGED, ()))
    return found


def _detected(laid: words.Words, named: Sequence[units.Unit], config: TagConfig) -> Detected:
    """The language of the script that says most."""
    if not named:
        return Detected("und", "Zyyy", 1.0)
    names = scripts.load().names
    groups = [names[total[0]] for total in laid.totals]
    unit, group = named[0], groups[0]
    if len(named) > 1:
        unit, group = max(zip(named, groups, strict=True), key=lambda found: units.weight(*found))
    if group == scripts.CJK[0]:
        return _han(laid)
    if units.too_short(unit, laid, config.min_letters):
        return Detected("und", group, 1 - unit.confidence)
    return Detected(unit.language, "Kore" if group == "Hang" else group, unit.confidence)


def _sample(text: str) -> str:
    if len(text) <= HEAD + 3 * PART:
        return text
    middle = len(text) // 2
    return f"{text[:HEAD]}\n{text[middle : middle + PART]}\n{text[-PART:]}"


def _han(laid: words.Words) -> Detected:
    """The commonest variant among a text's lines of Han characters."""
    lines = han.lines(laid.text, 0, len(laid.text))
    sizes: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.language, line.script
        sizes[key] = sizes.get(key, 0) + laid.letters(line.start, line.end)
    language, script = max(sizes, key=lambda key: sizes[key])
    votes = sum(line.votes for line in lines if line.language == language)
    return Detected(language, script, confidence.of_votes(votes))
