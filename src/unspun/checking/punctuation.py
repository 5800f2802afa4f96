"""Marks, quotation and blanks by the conventions of the translation's language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from unspun.align import Span
from unspun.checking.findings import Context, QaFinding, Unit
from unspun.checking.protected import masked
from unspun.checking.residue import script_of

_CATEGORY = "Linguistic conventions/Punctuation"
_PAIRS = {
    "“": "”", "「": "」", "『": "』", "《": "》", "〈": "〉", "【": "】", "«": "»", "(": ")",
    "（": "）", "[": "]", "［": "］", "„": "“”", "»": "«", "”": "”",
}  # fmt: skip
"""What opens, and what may close it: Polish „…”, Danish »…«, Swedish ”…” as well."""
_EITHER = frozenset("»”")  # which open only where a word begins
_CLOSERS = frozenset("”」』》〉】»«)）]］")
_CLOSING = "\"'”’»」』）)]】》〉］ \u00a0\u202f"
_END = {
    **dict.fromkeys(".。．｡।", "."), **dict.fromkeys("?？؟;", "?"), **dict.fromkeys("!！", "!"),
    **dict.fromkeys(":：", ":"), **dict.fromkeys("…⋯", "…"),
}  # fmt: skip
_NAMES = {".": "a full stop", "?": "a question mark", "!": "an exclamation mark", ":": "a colon",
          "…": "an ellipsis", "": "no mark"}  # fmt: skip
_FULL_WIDTH = re.compile(r"[，。、；：？！（）【】《》「」『』％～]")
_HAN = "[\u3400-\u9fff\u3040-\u30ff]"
_HALF_WIDTH = re.compile(rf"(?<={_HAN})[,;:?!](?={_HAN})")
_DOUBLE = re.compile(r"(?<=\S)[ \u00a0]{2,}(?=\S)")
_BEFORE_MARK = re.compile(r"(?<=\w)[ ]+(?=[,.;:!?](?:\s|$))")
_AFTER_COMMA = re.compile(r"(?<=[^\W\d_]{2})[,;](?=[^\W\d_]{2})")
_REPEATED = re.compile(r"\b([^\W\d_]{2,})\s+\1\b", re.IGNORECASE)
_HYPHENS = re.compile(r"(?<=\w)--(?=\w)|(?<=[\w,.”\"’)] )--(?= )|(?<=\w)--(?= )")
_EMOTICON = re.compile(r"[:;]-?[()]$")
_MAY_REPEAT = frozenset(
    """that had very so really ha no bye blah sie die das der nous vous que is in on long far many
    more again never""".split()  # noqa: SIM905 - words read better so
)
_SPACED_MARKS = frozenset({"fr"})  # French puts a blank before double marks


def check(unit: Unit, context: Context) -> Iterator[QaFinding]:
    """Marks and blanks of the translation that its language or its source asks otherwise."""
    if not unit.target.strip() or not unit.source.strip():
        return
    text = masked(unit.target)
    yield from _pairs(unit, text)
    yield from _final(unit)
    yield from _width(text, context)
    yield from _blanks(unit, text, context)
    yield from _repeated(unit, text)
    if "--" not in unit.source:
        for match in _HYPHENS.finditer(text):
            yield _minor("dash", "two hyphens for a dash", match.span(), "—")


def _minor(
    rule: str, message: str, target: Span, expected: str = "", category: str = _CATEGORY
) -> QaFinding:
    return QaFinding(rule, "minor", category, message, None, target, expected, 0.8)


def _pairs(unit: Unit, text: str) -> Iterator[QaFinding]:
    """Brackets and quotation marks that open and do not close, or the reverse."""
    lone = _unpaired(text)
    if lone is None or _unpaired(unit.source) is not None:
        return
    mark = text[lone]
    yield _minor("quotation", f"{mark} has no partner", (lone, lone + 1))


def _unpaired(text: str) -> int | None:
    """Where a mark stands that has no partner; None where all have one."""
    open_: list[int] = []
    for place, mark in enumerate(text):
        if open_ and mark in _PAIRS[text[open_[-1]]]:
            open_.pop()
        elif mark in _PAIRS and (mark not in _EITHER or _begins(text, place)):
            if mark in "([（［" and text[place + 1 : place + 2] in ")]":
                continue
            open_.append(place)
        elif mark in _CLOSERS:
            if mark in ")）" and _numbered(text, place):
                continue
            return place
    if not open_ and text.count('"') % 2 and not re.search(r'\d"', text):
        return text.rindex('"')
    return open_[-1] if open_ else None


def _begins(text: str, place: int) -> bool:
    """Whether a mark stands where a word begins."""
    before, behind = text[place - 1 : place] if place else "", text[place + 1 : place + 2]
    return not before.strip().strip("([„“«»") and bool(behind.strip())


def _numbered(text: str, place: int) -> bool:
    """Whether a closing bracket ends the number of a list's entry: a), 1)."""
    return re.search(r"(?:^|\s)\w{1,3}$", text[max(0, place - 4) : place]) is not None


def _final(unit: Unit) -> Iterator[QaFinding]:
    ours, theirs = _mark(unit.source), _mark(unit.target)
    if ours == theirs or {ours, theirs} in ({".", "…"}, {"!", "."}):
        return
    end = len(unit.target.rstrip())
    said, meant = _NAMES[theirs], _NAMES[ours]
    yield QaFinding(
        "final-mark",
        "minor",
        _CATEGORY,
        f"the segment ends with {said}, its source with {meant}",
        None,
        (max(0, end - 1), end),
        meant,
        0.6,
    )


def _mark(text: str) -> str:
    """The kind of mark that a text ends with, what closes behind it apart."""
    if _EMOTICON.search(text.rstrip()):
        return ""
    bare = text.rstrip().rstrip(_CLOSING)
    if bare.endswith("..."):
        return "…"
    return _END.get(bare[-1:], "") if bare else ""


def _width(text: str, context: Context) -> Iterator[QaFinding]:
    """Full-width marks in a text in an alphabet, half-width ones between Han characters."""
    han = script_of(text) == "Han" or context.languages.target.split("-")[0] in {"zh", "ja"}
    pattern = _HALF_WIDTH if han else _FULL_WIDTH
    if not han and script_of(text) in {None, "Hangul"}:
        return
    kind = "half-width" if han else "full-width"
    for match in pattern.finditer(text):
        if not han and _beside_han(text, match):
            continue
        message = f"{match[0]} is a {kind} mark"
        yield _minor("width", message, match.span(), category="Locale conventions")


def _beside_han(text: str, match: re.Match[str]) -> bool:
    """Whether a mark belongs to a passage in Han characters."""
    return bool(re.search(_HAN, text[max(0, match.start() - 1) : match.end() + 1]))


def _blanks(unit: Unit, text: str, context: Context) -> Iterator[QaFinding]:
    if "  " in text and "  " not in unit.source:
        for match in _DOUBLE.finditer(unit.target):
            yield _minor("spacing", "two blanks", match.span(), " ")
    if context.languages.target.split("-")[0] in _SPACED_MARKS or script_of(text) == "Han":
        return
    for match in _BEFORE_MARK.finditer(text):
        if unit.target[slice(*match.span())].strip():
            continue  # a placeholder stands there
        yield _minor("spacing", "a blank before a mark", match.span())
    for match in _AFTER_COMMA.finditer(text):
        if match[0] in unit.source and text[match.start() - 3 : match.end() + 3] in unit.source:
            continue
        yield _minor("spacing", f"no blank after {match[0]}", match.span(), f"{match[0]} ")


def _repeated(unit: Unit, text: str) -> Iterator[QaFinding]:
    for match in _REPEATED.finditer(text):
        if match[1].lower() in _MAY_REPEAT or match[0].lower() in unit.source.lower():
            continue
        if match[1][:1].isupper() and match[0].split()[1][:1].isupper():
            continue  # a name: Duran Duran
        yield _minor(
            "repetition",
            f"{match[1]} stands twice",
            match.span(),
            match[1],
            "Linguistic conventions/Textual conventions",
        )
