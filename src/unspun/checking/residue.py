"""What was left in the source's language: whole segments, and passages in its script."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from unspun.align import Span
from unspun.checking.findings import Context, QaFinding, Severity, Unit
from unspun.checking.protected import masked

_SCRIPT_OF = {
    "zh": "Han", "ja": "Han", "yue": "Han", "ko": "Hangul", "ru": "Cyrillic", "uk": "Cyrillic",
    "bg": "Cyrillic", "sr": "Cyrillic", "mk": "Cyrillic", "be": "Cyrillic", "kk": "Cyrillic",
    "el": "Greek", "he": "Hebrew", "ar": "Arabic", "fa": "Arabic", "ur": "Arabic",
    "hi": "Devanagari",
    "mr": "Devanagari", "ne": "Devanagari", "bn": "Bengali", "ta": "Tamil", "te": "Telugu",
    "th": "Thai", "ka": "Georgian", "hy": "Armenian", "am": "Ethiopic", "km": "Khmer",
    "my": "Myanmar",
}  # fmt: skip
_RUN = {
    script: regex.compile(rf"\p{{{script}}}(?:[\p{{{script}}}\p{{M}}\p{{P}}\s\d]*\p{{{script}}})?")
    for script in {*_SCRIPT_OF.values(), "Latin"}
}
_KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")
_WORD = regex.compile(r"\p{L}+")
_LONG_RUN = 6  # words in a row that no translation shares with its source by chance
_FOREIGN_SHARE = 0.6
_MOST_KEPT = 4  # Han characters up to which an insertion may be meant: a name, a title


def check(unit: Unit, context: Context) -> Iterator[QaFinding]:
    """A segment that equals its source, or passages that were not translated."""
    source, target = unit.source.strip(), unit.target.strip()
    if not source or not target:
        return
    ours, theirs = script_of(source), script_of(target)
    if source == target:
        if _needs_translation(source, context):
            whole = (0, len(unit.target))
            yield _finding(unit, whole, "the segment is not translated", "major", 1.0)
        return
    expected = _SCRIPT_OF.get(context.languages.target.split("-")[0])
    if ours not in (None, "Latin", expected):
        yield from _foreign(unit, str(ours), theirs)
    elif ours == theirs and ours is not None:
        yield from _copied(unit)


def script_of(text: str) -> str | None:
    """The script that most letters of a text are in; None where there are none.

    >>> script_of("北京 2008"), script_of("Beijing 2008"), script_of("2008")
    ('Han', 'Latin', None)
    """
    if text.isascii():
        return "Latin" if any(map(str.isalpha, text)) else None
    counts = {name: len(_LETTERS[name].findall(text)) for name in _LETTERS}
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] else None


_LETTERS = {name: regex.compile(rf"\p{{{name}}}") for name in sorted(_RUN)}


def _needs_translation(text: str, context: Context) -> bool:
    """Whether a text has words that differ from language to language."""
    script = script_of(masked(text))
    if script is None:
        return False
    languages = context.languages
    if script != "Latin":
        return _SCRIPT_OF.get(languages.target.split("-")[0]) != script or (
            languages.source.split("-")[0] != languages.target.split("-")[0]
            and len(_LETTERS[script].findall(text)) > _MOST_KEPT
        )
    plain = [w for w in _WORD.findall(masked(text)) if w.islower() and len(w) > 1]
    return len(plain) > 2  # noqa: PLR2004 - names and titles stay as they are


def _foreign(unit: Unit, script: str, whole: str | None) -> Iterator[QaFinding]:
    """Passages in the source's script in a translation whose language has another."""
    text = masked(unit.target)
    letters = len(_WORD.findall(text)) and sum(map(len, _WORD.findall(text)))
    for run in _RUN[script].finditer(text):
        if script == "Han" and _KANA.search(text):
            continue
        count = len(_LETTERS[script].findall(run[0]))
        if whole == script and count >= _FOREIGN_SHARE * letters:
            message = "the segment is not translated"
            yield _finding(unit, run.span(), message, "major", 1.0)
            return
        kept = _glossed(text, run.start(), run.end())
        severity: Severity = "neutral" if kept else "minor" if count == 1 else "major"
        message = f"{run[0]} is left untranslated"
        yield _finding(unit, run.span(), message, severity, 0.5 if kept else 0.9)


def _glossed(text: str, start: int, end: int) -> bool:
    """Whether a passage stands in brackets or quotation marks, where it may be meant."""
    return text[:start].rstrip()[-1:] in {"(", "（", "[", "“", "‘", '"'} and (
        text[end:].lstrip()[:1] in {")", "）", "]", "”", "’", '"', ",", ";"}
    )


def _copied(unit: Unit) -> Iterator[QaFinding]:
    """Words of the source in a row that stand in the translation as they were."""
    ours = [m[0] for m in _WORD.finditer(masked(unit.source))]
    theirs = list(_WORD.finditer(masked(unit.target)))
    if len(ours) < _LONG_RUN or len(theirs) < _LONG_RUN:
        return
    known = {tuple(ours[k : k + _LONG_RUN]) for k in range(len(ours) - _LONG_RUN + 1)}
    k = 0
    while k + _LONG_RUN <= len(theirs):
        if tuple(m[0] for m in theirs[k : k + _LONG_RUN]) not in known:
            k += 1
            continue
        last = k + _LONG_RUN
        while last < len(theirs) and tuple(m[0] for m in theirs[last - 5 : last + 1]) in known:
            last += 1
        words = [m[0] for m in theirs[k:last]]
        if sum(w.islower() for w in words) * 2 > len(words):  # else a title or a list of names
            span = theirs[k].start(), theirs[last - 1].end()
            message = f"{unit.target[slice(*span)]} is left untranslated"
            yield _finding(unit, span, message, "major", 0.9)
        k = last


def _finding(unit: Unit, target: Span, message: str, severity: Severity, score: float) -> QaFinding:
    whole = message.startswith("the segment")
    source = (0, len(unit.source)) if whole else _where(unit, *target)
    category = "Accuracy/Untranslated"
    return QaFinding("untranslated", severity, category, message, source, target, score=score)


def _where(unit: Unit, start: int, end: int) -> Span | None:
    """Where the source has the same words."""
    at = unit.source.find(unit.target[start:end])
    return (at, at + end - start) if at >= 0 else None
