"""Links, placeholders, tags and Latin names of the source, which the translation must keep."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from unspun.checking.findings import Context, QaFinding, Severity, Unit
from unspun.checking.protected import Token, masked, tokens

_KINDS: dict[str, tuple[str, Severity, str]] = {
    "link": ("link", "major", "Design and markup/Link"),
    "mail": ("link", "major", "Design and markup/Link"),
    "handle": ("link", "minor", "Design and markup/Link"),
    "placeholder": ("placeholder", "critical", "Design and markup/Markup tag"),
    "tag": ("tag", "major", "Design and markup/Markup tag"),
}
_TAG = re.compile(r"<(/?)([\w:.-]+).*?(/?)>|<!--", re.DOTALL)
_ID = re.compile(r"""\b(?:id|x|i)\s*=\s*["']?([\w.:-]+)""")
_LINK = re.compile(r"""\b(?:href|src)\s*=\s*["']?([^"'\s>]+)""")
_LATIN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9][A-Za-z0-9]*(?:[-.&'’+_/][A-Za-z0-9]+)*\+*")
_HAN_OR_KANA = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0400-\u04ff\u0600-\u06ff]")
_PLAIN = str.maketrans("", "", "-‑–.'’&+_/ ")


def check(unit: Unit, _context: Context) -> Iterator[QaFinding]:
    """Tokens that one side has more often than the other."""
    ours, theirs = tokens(unit.source), tokens(unit.target)
    if ours or theirs:
        for kinds in (("link", "mail", "handle"), ("placeholder",), ("tag",)):
            yield from _compare(
                [t for t in ours if t.kind in kinds], [t for t in theirs if t.kind in kinds]
            )
        yield from _nesting(theirs, ours)


def _key(token: Token) -> str:
    """What has to be the same: of a tag its name and number, else all."""
    if token.kind != "tag":
        return token.text.lower() if token.kind in ("mail", "handle") else token.text
    tag = _TAG.match(token.text)
    if tag is None or tag[2] is None:
        return token.text
    number, link = _ID.search(token.text), _LINK.search(token.text)
    more = "".join(f" {found[1]}" for found in (number, link) if found)
    return f"<{tag[1]}{tag[2].lower()}{more}>"


def _compare(ours: Sequence[Token], theirs: Sequence[Token]) -> Iterator[QaFinding]:
    left = Counter(map(_key, ours)) - Counter(map(_key, theirs))
    right = Counter(map(_key, theirs)) - Counter(map(_key, ours))
    lost, new = list(_last(ours, left)), list(_last(theirs, right))
    for k in range(max(len(lost), len(new))):
        mine = lost[k] if k < len(lost) else None
        other = new[k] if k < len(new) else None
        if mine is None and other is not None and other.kind == "handle":
            continue
        yield _finding(mine, other)


def _last(found: Sequence[Token], surplus: Counter[str]) -> Iterator[Token]:
    """The tokens beyond what the other side has, the last of each."""
    count = Counter(surplus)
    chosen = []
    for token in reversed(found):
        if count[_key(token)] > 0:
            count[_key(token)] -= 1
            chosen.append(token)
    return reversed(chosen)


def _finding(ours: Token | None, theirs: Token | None) -> QaFinding:
    token = ours or theirs
    assert token is not None  # noqa: S101 - one of the two is there
    rule, severity, category = _KINDS[token.kind]
    if ours and theirs:
        message = f"{ours.text} became {theirs.text}"
    elif ours:
        message = f"{ours.text} is not in the translation"
    else:
        message = f"{token.text} is not in the source"
    return QaFinding(
        rule,
        severity,
        category,
        message,
        ours.span if ours else None,
        theirs.span if theirs else None,
        ours.text if ours else "",
    )


def _nesting(theirs: Sequence[Token], ours: Sequence[Token]) -> Iterator[QaFinding]:
    """A tag that closes before it opens, where the source's tags nest."""
    bad = _crossed(theirs)
    if bad is not None and _crossed(ours) is None:
        yield QaFinding(
            "tag",
            "major",
            "Design and markup/Markup tag",
            f"{bad.text} closes what is not open",
            None,
            bad.span,
        )


def _crossed(found: Sequence[Token]) -> Token | None:
    open_: list[str] = []
    for token in found:
        tag = _TAG.match(token.text) if token.kind == "tag" else None
        if tag is None or tag[2] is None or tag[3]:
            continue
        if not tag[1]:
            open_.append(tag[2].lower())
        elif tag[2].lower() in open_:
            while open_.pop() != tag[2].lower():
                pass
        else:
            return token
    return None


def check_latin(unit: Unit, _context: Context) -> Iterator[QaFinding]:
    """Names and codes in Latin letters that stand in the source and not in the translation.

    A source in another script has them because they have no form in it. Between two languages in
    Latin letters only codes of letters and digits are held to.
    """
    source, target = masked(unit.source), masked(unit.target)
    foreign = bool(_HAN_OR_KANA.search(source))
    plain = target.translate(_PLAIN).casefold()
    for match in _LATIN.finditer(source):
        word = match[0]
        if not _is_name(word, foreign=foreign) or word.translate(_PLAIN).casefold() in plain:
            continue
        if _spelt_out(word, target) or _in_parts(word, plain):
            continue
        yield QaFinding(
            "name",
            "major" if any(map(str.isupper, word)) else "minor",
            "Accuracy/Mistranslation",
            f"{word} is not in the translation",
            match.span(),
            None,
            word,
            score=0.7,
        )


def _in_parts(word: str, plain: str) -> bool:
    """Whether a word of letters and digits stands in the translation in parts: APEC2020."""
    parts = re.findall(r"[A-Za-z]{3,}|\d{4,}", word)
    return len(parts) > 1 and all(part.casefold() in plain for part in parts)


def _is_name(word: str, *, foreign: bool) -> bool:
    letters = any(map(str.isalpha, word))
    digits = any(map(str.isdigit, word))
    if not letters or word.lower() in _UNITS:
        return False
    if digits:
        return not _MEASURE.fullmatch(word)
    return foreign and len(word) > 1


_MEASURE = re.compile(r"\d+(?:\.\d+)?(?:[a-z]{1,3}|[A-Z]{1,3}[a-z]?|st|nd|rd|th)|\d+s", re.ASCII)
_UNITS = frozenset(
    [
        "km",
        "cm",
        "mm",
        "kg",
        "mg",
        "ml",
        "kw",
        "mw",
        "kwh",
        "am",
        "pm",
        "no",
        "vs",
        "hz",
        "khz",
        "mhz",
        "ghz",
        "mb",
        "gb",
        "tb",
    ]
)


def _spelt_out(word: str, target: str) -> bool:
    """Whether an acronym stands in the translation in full: WHO, World Health Organization."""
    if not (word.isupper() and word.isalpha() and len(word) > 1):
        return False
    initials = "".join(w[0] for w in re.findall(r"[^\W\d_]+", target)).casefold()
    content = "".join(
        w[0] for w in re.findall(r"[^\W\d_]+", target) if w.lower() not in _LITTLE
    ).casefold()
    return word.casefold() in initials or word.casefold() in content


_LITTLE = frozenset({"of", "the", "and", "for", "in", "on", "to", "de", "la", "du", "und", "der"})
