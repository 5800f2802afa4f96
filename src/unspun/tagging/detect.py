"""The language of whole texts, for those who need no spans: a sample is enough."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import repeat
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.kernels.values import maker
from unspun.model import LanguageSpan, Origin, Tagged
from unspun.tagging import compiled, confidence, exact, han, scripts, units, words

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
    return [Detected(*what) for what in _whats(texts, config)]


def whole_batch(texts: Sequence[str], config: TagConfig, ids: Sequence[str]) -> list[Tagged]:
    """The tags of each text as a whole: one span, no paragraphs, and nothing of its origin.

    Args:
        texts: At least one.
        config: Its ``method`` is used too.
        ids: The documents' ids.
    """
    whats = _whats(texts, config)
    if config.method == "exact":
        whats = list(map(_checked, texts, whats, repeat(config.seed)))
    return [
        _tagged(
            name,
            language,
            script,
            certain,
            (_span(0, len(text), language, script, certain),) if text else (),
            _UNJUDGED,
            (),
        )
        for text, name, (language, script, certain) in zip(texts, ids, whats, strict=True)
    ]


def _whats(texts: Sequence[str], config: TagConfig) -> list[words.What]:
    """What each text is, by a sample of it."""
    laid = words.lay(_samples(texts), windows=False)
    return list(map(_what, laid, units.name(laid, config), repeat(config.min_letters)))


def _checked(text: str, what: words.What, seed: int) -> words.What:
    """What langdetect says of a text, by the script that was found."""
    language, script, certain = what
    label, certain = exact.checked(text, seed, language, certain)
    return label, script, certain


def _what(laid: words.Words, named: Sequence[units.Unit], least: int) -> words.What:
    """The language of the script that says most."""
    if not named:
        return "und", "Zyyy", 1.0
    unit = named[0] if len(named) == 1 else max(named, key=units.weight)
    if unit.group == scripts.CJK[0]:
        return _han(laid)
    if unit.letters < least and units.too_short(unit, laid):
        return "und", unit.group, 1 - unit.confidence
    return units.what(unit)


def _samples(texts: Sequence[str]) -> list[str]:
    """What is read of each text."""
    reader = compiled.reader()
    if reader is None:
        return list(map(sample_plain, texts))
    return [reader.sample(text, HEAD, PART) for text in texts]


def sample_plain(text: str) -> str:
    """What is read of a text, without the compiled kernel."""
    if len(text) <= HEAD + 3 * PART:
        return text
    middle = len(text) // 2
    return f"{text[:HEAD]}\n{text[middle : middle + PART]}\n{text[-PART:]}"


def _han(laid: words.Words) -> words.What:
    """The commonest variant among a text's lines of Han characters."""
    lines = han.lines(laid.text, 0, len(laid.text))
    sizes: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.language, line.script
        sizes[key] = sizes.get(key, 0) + laid.letters(line.start, line.end)
    language, script = max(sizes, key=lambda key: sizes[key])
    votes = sum(line.votes for line in lines if line.language == language)
    return language, script, confidence.of_votes(votes)
