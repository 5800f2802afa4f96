"""Which passages are residue: text in another language than the one asked for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from unspun.config import TranslateConfig
from unspun.model import LanguageSpan, Tagged

UNSPACED = frozenset({"Hans", "Hant", "Jpan", "Hani", "Kore", "Thai", "Laoo", "Khmr", "Mymr"})
LEAST = 4, 20
"""Letters from which a passage counts: of scripts that write a word in a character, of others."""
SURE = 0.9  # confidence from which a passage in the script of its surroundings counts
_OPENING, _CLOSING = "([（［【", ")]）］】"
_GLOSS = 24  # letters; what stands in brackets and is longer is no gloss


class Passage(NamedTuple):
    """A stretch to translate."""

    start: int
    end: int
    language: str
    confidence: float


def passages(text: str, tagged: Tagged, config: TranslateConfig) -> list[Passage]:
    """Find the residue.

    Args:
        text: The text.
        tagged: Its languages, in its coordinates.
        config: What counts: ``spans`` takes every passage, ``paragraphs`` leaves what stands inside
            a paragraph of the target language, ``documents`` leaves documents in that language.
    """
    if config.what == "documents" and not _foreign(tagged.language, config):
        return []
    found: list[Passage] = []
    for paragraph in tagged.paragraphs:
        if _counts(text, paragraph, tagged, config):
            language = paragraph.language if paragraph.language != "und" else tagged.language
            found.append(Passage(paragraph.start, paragraph.end, language, paragraph.confidence))
        elif config.what != "paragraphs" and not _foreign(paragraph.language, config):
            found += _inside(text, paragraph, tagged.spans, config)
    return found


def _foreign(language: str, config: TranslateConfig) -> bool:
    own = language.split("-", maxsplit=1)[0]
    wanted = {name.split("-")[0] for name in config.languages}
    return own not in ("und", config.to.split("-")[0]) and (not wanted or own in wanted)


def _counts(text: str, span: LanguageSpan, tagged: Tagged, config: TranslateConfig) -> bool:
    """Whether a paragraph is to be translated as a whole."""
    letters = _letters(text, span.start, span.end)
    if span.language == "und":  # a heading too short to tell reads as the document does
        return (
            _foreign(tagged.language, config)
            and letters >= LEAST[0]
            and "://" not in text[span.start : span.end]
        )
    if not _foreign(span.language, config):
        return False
    home = span.language.split("-")[0] == tagged.language.split("-")[0]
    if home and tagged.confidence > SURE:
        return letters > 0
    return _enough(letters, span)


def _enough(letters: int, span: LanguageSpan) -> bool:
    if span.script in UNSPACED:
        return letters >= LEAST[0]
    return letters >= LEAST[1] and span.confidence > SURE


def _inside(
    text: str, paragraph: LanguageSpan, spans: Sequence[LanguageSpan], config: TranslateConfig
) -> Iterator[Passage]:
    """The foreign spans of a paragraph, without glosses such as a name in its own script."""
    for span in spans:
        start, end = max(span.start, paragraph.start), min(span.end, paragraph.end)
        while start < end and text[end - 1].isspace():
            end -= 1
        if start >= end or not _foreign(span.language, config):
            continue
        letters = _letters(text, start, end)
        if _enough(letters, span) and not (letters <= _GLOSS and _bracketed(text, start, end)):
            yield Passage(start, end, span.language, span.confidence)


def _letters(text: str, start: int, end: int) -> int:
    return sum(map(str.isalpha, text[start:end]))


def _bracketed(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 1) : start], text[end : end + 1]
    inside = text[start], text[end - 1]
    opens = (before and before in _OPENING) or inside[0] in _OPENING
    closes = (after and after in _CLOSING) or inside[1] in _CLOSING
    return bool(opens and closes)
