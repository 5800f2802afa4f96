"""What a translated page shows to a reader who looks for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import cache

import numpy as np
import regex

from unspun.kernels.windows import WORD, Scanner, Window, scanner
from unspun.model import Finding, LanguageSpan, Tagged
from unspun.tagging import han, scripts, style

LANGUAGES = {
    "chinese": "zh", "mandarin": "zh", "cantonese": "zh", "japanese": "ja", "korean": "ko",
    "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "russian": "ru", "ukrainian": "uk", "polish": "pl", "czech": "cs", "slovak": "sk",
    "dutch": "nl", "swedish": "sv", "danish": "da", "norwegian": "no", "finnish": "fi",
    "estonian": "et", "latvian": "lv", "lithuanian": "lt", "hungarian": "hu", "romanian": "ro",
    "bulgarian": "bg", "serbian": "sr", "croatian": "hr", "slovenian": "sl", "greek": "el",
    "turkish": "tr", "arabic": "ar", "persian": "fa", "farsi": "fa", "hebrew": "he",
    "hindi": "hi", "urdu": "ur", "bengali": "bn", "thai": "th", "vietnamese": "vi",
    "indonesian": "id", "malay": "ms", "english": "en",
    "chinesischen": "zh", "englischen": "en", "russischen": "ru", "französischen": "fr",
    "chinois": "zh", "anglais": "en", "russe": "ru", "allemand": "de",
    "chino": "zh", "inglés": "en", "ruso": "ru", "alemán": "de",
}  # fmt: skip
_NAME = "|".join(sorted(LANGUAGES, key=len, reverse=True))
_TEXT = r"(?:article|text|version|post|page|story|report|document|piece|essay|blog|source)"

_SIGNS = ("translat", "original", "übersetzt", "traduit", "traducido", "本文")
"""One of these is in every note, case folded."""

ENCODED = regex.compile(r"(?:%[0-9A-Fa-f]{2}){3,}+(?:[-_.~]{0,3}(?:%[0-9A-Fa-f]{2})++)*+")
_OCTETS = regex.compile(r"(?:%[0-9A-Fa-f]{2})++")

_LEAST_HAN, _LEAST_LETTERS = 4, 20
_MIXED = 2
_MARKS = {"straight": "'\"", "curly": "’“", "full-width": "，。；：？！（）、「", "guillemets": "«"}
"""The marks of each: without one of them, it need not be looked for."""


_SIGN = max(map(len, _SIGNS))
_AFTER = len("slation from ")  # from a hint on, as much as is asked of
_WITHIN = ("nsla", "rigi", "setz", "adui", "aduc")
"""What is rare and in each of the signs: it is looked for first."""
_INNER = (b"ransla", b"rigina", b"bersetz", b"radu")
"""The same of each sign but its ends, which a folded letter may bring with others."""
_HAN = "本文"
"""The sign without case, of which a text of Latin-1 alone is known at once to be free."""
_LONG_S = "\N{LATIN SMALL LETTER LONG S}"
_CONVENTIONS = (
    Window("straight", "'", before=WORD),
    Window("straight", '"'),
    *(Window(name, _MARKS[name]) for name in ("curly", "full-width", "guillemets")),
)


_NOTED = "note"


@cache
def _signs() -> Scanner | None:
    """The search for all that may show something, in one pass."""
    return scanner([*_hint_windows(), *_CONVENTIONS])


@cache
def _hints() -> Scanner | None:
    return scanner(_hint_windows())


def _hint_windows() -> list[Window]:
    cased = [tuple(map(_cased, part)) for part in _WITHIN]
    hints = [Window(_NOTED, b, c, d, before=a) for a, b, c, d in cased]
    return [*hints, Window(_NOTED, "本", "文")]


def _cased(letter: str) -> str:
    """All that case folding takes for a letter; the long s is the last such for these."""
    return "".join(char for char in map(chr, range(0x180)) if char.casefold() == letter)


_NOTE = rf"""
      \b (?:is|was) \s (?:an?|the) \s (?:\w+\s){{0,3}} translation \s (?:of|from) \s
         (?:the|its|an?) \s (?:original\s)? (?:(?P<language>{_NAME})\s)? (?:original|{_TEXT})\b
    | \b (?:the\s)? original \s (?P<language>{_NAME}) \s {_TEXT} \b
         (?= [^.\n]{{0,20}} (?: \bat\b | \bhere\b | : | https? ) )
    | \b this \s {_TEXT} \s (?:\w+\s){{0,3}} (?:was|is|has\sbeen) \s (?:\w+\s){{0,2}} translated \b
         (?: \s (?:\w+\s){{0,2}} from \s (?:the\s)? (?:original\s)? (?P<language>{_NAME}) )?
    | ^ [^\w\n]* (?:machine[\s-]|automatically\s|auto-)? translated \s
         (?: from \s (?:the\s)? (?:original\s)? (?P<language>{_NAME})
           | by \s (?:google|deepl|baidu|bing|yandex|microsoft|chatgpt|machine) )
    | \b (?:machine|automatic(?:ally)?|google) [\s-] translat(?:ion|ed) \s (?:of|from) \s (?:the\s)?
         (?: (?:original\s)? (?P<language>{_NAME}) \b )?
    | \b aus \s dem \s (?P<language>{_NAME}) \s (?:maschinell\s)? übersetzt \b
    | \b traduit \s (?:automatiquement\s)? (?:du|de\sl[’']) \s? (?P<language>{_NAME}) \b
    | \b traducido \s (?:automáticamente\s)? del \s (?P<language>{_NAME}) \b
    | 本文 (?: 由 | 為 | 为 ) [^\n。]{{0,20}} (?:机器|機器|自动|自動)? [翻编編] [译譯]
    """


@cache
def _original() -> regex.Pattern[str]:
    """What is in a note that has no other sign."""
    return regex.compile(rf"original\s(?:{_NAME})\s", regex.IGNORECASE)


@cache
def _parts() -> tuple[regex.Pattern[str], regex.Pattern[str]]:
    """What is in all notes with *translat*; but one, which begins with the second."""
    return (
        regex.compile(r"translat(?:ion|ed)\s(?:of|from|by)\s", regex.IGNORECASE),
        regex.compile(rf"\bthis\s{_TEXT}\s", regex.IGNORECASE),
    )


@cache
def _note() -> regex.Pattern[str]:
    """Compiled when first needed: it takes a while."""
    return regex.compile(_NOTE, regex.VERBOSE | regex.IGNORECASE | regex.MULTILINE)


def findings(text: str, tagged: Tagged) -> list[Finding]:
    """All that a text shows of a translation."""
    signs = _signs()
    shown = None if signs is None else signs.shown(text)
    return [
        *(notes(text) if shown is None or _NOTED in shown else ()),
        *residue(text, tagged),
        *encoded_links(text, tagged),
        *quotations(text, shown),
    ]


def notes(text: str) -> list[Finding]:
    """Statements that the text is a translation; the detail is the source language, if named."""
    found: list[Finding] = []
    if not _may_note(text):
        return found
    for m in _note().finditer(text):
        language = LANGUAGES.get((m["language"] or "").lower(), "")
        found.append(Finding("translation-note", m.start(), m.end(), 1.0, language))
    return found


def _may_note(text: str) -> bool:
    """Whether a text has what one of the notes cannot be without."""
    near = _near_hints(text)
    folded = near.casefold()
    signs = {sign for sign in _SIGNS if sign in folded}
    if signs - {"translat", "original"}:
        return True
    if "original" in signs and _original().search(text):
        return True
    if "translat" not in signs:
        return False
    translated, this = _parts()
    return translated.search(near) is not None or (
        "translated" in folded and this.search(text) is not None
    )


def _near_hints(text: str) -> str:
    """What stands about the hints: to fold the case of a whole text takes long."""
    hints = _hints()
    if hints is None:
        return text if _hinted(text) else ""
    parts = []
    at = hints.find(text)
    while at >= 0:
        parts.append(text[max(0, at - _SIGN) : at + _AFTER])
        at = hints.find(text, at + 1)
    return "\n".join(parts)


def _hinted(text: str) -> bool:
    """Whether a text has one of the hints, without the compiled kernel.

    Only the long s becomes a letter of theirs with the case, beside those of ASCII.
    """
    if _HAN in text:
        return True
    if _LONG_S in text:
        text = text.replace(_LONG_S, "s")
    octets = text.encode("utf-8", "surrogatepass").lower()
    return any(hint in octets for hint in _INNER)


def residue(text: str, tagged: Tagged) -> list[Finding]:
    """Passages left in another language; the detail is that language."""
    if len(tagged.spans) == 1 and tagged.spans[0].language == tagged.language:
        return []
    return [
        Finding("residue", span.start, span.end, span.confidence, span.language)
        for span in tagged.spans
        if _foreign(span, tagged, text)
    ]


def _foreign(span: LanguageSpan, tagged: Tagged, text: str) -> bool:
    own = tagged.language.split("-")[0]
    if span.language == "und" or span.language.split("-")[0] == own:
        return False
    letters = sum(map(str.isalpha, text[span.start : span.end]))
    if span.script in {"Hans", "Hant", "Jpan", "Kore"}:
        return letters >= _LEAST_HAN
    return letters >= _LEAST_LETTERS and span.confidence > 0.9  # noqa: PLR2004


def encoded_links(text: str, tagged: Tagged) -> list[Finding]:
    """Links whose percent-encoded part is in another script; the detail is what it says."""
    found: list[Finding] = []
    if "%" not in text:
        return found
    for match in ENCODED.finditer(text):
        words = unquoted(match[0])
        language = _script_language(words)
        if language and language.split("-")[0] != tagged.language.split("-")[0]:
            detail = f"{language} {words}"
            found.append(
                Finding("encoded-link", match.start(), match.end(), float(len(words)), detail)
            )
    return found


def unquoted(link: str) -> str:
    """A part of a link with its percent-encoded octets read as UTF-8."""
    return str(_OCTETS.sub(_decoded, link))


def _decoded(octets: regex.Match[str]) -> str:
    return bytes.fromhex(octets[0].replace("%", "")).decode("utf-8", "ignore")


def _script_language(words: str) -> str:
    """The language of the commonest script other than Latin, empty where there is none."""
    table = scripts.load()
    points = scripts.code_points(words)
    groups = table.group[points]
    counts = Counter(table.names[g] for g in groups.tolist() if g)
    counts.pop("Latn", None)
    if not counts:
        return ""
    script = counts.most_common(1)[0][0]
    if script == scripts.CJK[0]:
        return han.lines(words, 0, len(words))[0].language
    return scripts.LANGUAGE_OF_SCRIPT.get(script, {"Cyrl": "ru", "Arab": "ar"}.get(script, ""))


def quotations(text: str, shown: Collection[str] | None = None) -> list[Finding]:
    """Quotation conventions that meet in one text: where each but the commonest first stands.

    Args:
        text: The text.
        shown: The signs that it shows, if they were looked for.
    """
    if shown is None:
        shown = [name for name, chars in _MARKS.items() if any(char in text for char in chars)]
    styles = [name for name in _MARKS if name in shown]
    if len(styles) < _MIXED:
        return []
    every = dict(zip(style.CONVENTIONS, style.conventions(text), strict=True))
    seen = {name: every[name] for name in styles if every[name][0]}
    used = sorted(seen, key=lambda name: -seen[name][0])
    return [
        Finding(
            "mixed-quotation",
            seen[name][1],
            seen[name][2],
            float(seen[name][0]),
            f"{name} beside {used[0]}",
        )
        for name in used[1:]
    ]


def share(findings: list[Finding], length: int) -> float:
    """How much of the text the findings cover, 0 to 1."""
    return float(np.clip(sum(f.end - f.start for f in findings) / max(1, length), 0, 1))
