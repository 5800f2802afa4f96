"""The language of whole texts, for those who need no spans: a sample is enough."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from unspun.config import TagConfig
from unspun.tagging import batch, confidence, han, scripts, units

HEAD, PART = 500, 250
"""Characters read of a long text: its head, its middle, its end. A thousand decide a document."""


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
    laid = batch.read([_sample(text) for text in texts])
    gathered = units.gather(laid, None, config)
    found = [Detected("und", "Zyyy", 1.0)] * len(texts)
    most = [0] * len(texts)
    names = scripts.load().names
    for key, unit in zip(gathered.key.tolist(), gathered.units, strict=True):
        text, group = key >> 8, names[key & 255]
        weight = units.weight(unit, group)
        if weight <= most[text]:
            continue
        most[text] = weight
        if group == scripts.CJK[0]:
            found[text] = _han(laid, text)
        elif units.too_short(unit, laid, text, config.min_letters):
            found[text] = Detected("und", group, 1 - unit.confidence)
        else:
            script = "Kore" if group == "Hang" else group
            found[text] = Detected(unit.language, script, unit.confidence)
    return found


def _sample(text: str) -> str:
    if len(text) <= HEAD + 3 * PART:
        return text
    middle = len(text) // 2
    return f"{text[:HEAD]}\n{text[middle : middle + PART]}\n{text[-PART:]}"


def _han(laid: batch.Batch, text: int) -> Detected:
    """The commonest variant among a text's lines of Han characters."""
    start, end = int(laid.offsets[text]), int(laid.offsets[text + 1]) - 1
    lines = han.lines(laid.points, start, end)
    sizes: dict[tuple[str, str], int] = {}
    for line in lines:
        key = line.language, line.script
        sizes[key] = sizes.get(key, 0) + int(laid.letters[line.end] - laid.letters[line.start])
    language, script = max(sizes, key=lambda key: sizes[key])
    votes = sum(line.votes for line in lines if line.language == language)
    return Detected(language, script, confidence.of_votes(votes))
