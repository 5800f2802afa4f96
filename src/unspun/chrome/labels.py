"""Lines that are all shape: rules, breadcrumbs, rows of buttons, bare addresses, credits."""

from __future__ import annotations

import re
from functools import lru_cache

from unspun.chrome import templates
from unspun.chrome.lines import Line, fold
from unspun.chrome.templates import Hit

CREDIT = re.compile(
    r"(?:photo|image|picture|photograph|credit|illustration|foto|bild|imagen|immagine|"
    r"\u56fe|\u5716|\u5199\u771f|\u0444\u043e\u0442\u043e)\w*\s*[:/\u00a9\uff1a]"
    r"|getty images|\u00a9\s*\w|/\s*(?:afp|ap|reuters|epa|shutterstock)\b",
    re.IGNORECASE,
)
"""A photo credit at the end of a caption."""

RULE = re.compile(
    r"(?:[-\u2013\u2014_=\u2500\u2501\u2015]\s*){2,}$|[\u2014\u2015\u2500\u00b7\u2022|>/\u00bb]$"
    r"|(?:[*\u00b7\u2022#~]\s*){3,}$|\|$"
)
"""A line that only draws a line."""
DASHES = re.compile(r"(?:[-\u2013\u2014_\u2500\u2501\u2015]\s*){2,}$")
URL = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_LABEL = re.compile(r"([^:|\uff1a>]{3,40})\s*(?:[:\uff1a>|]|\s[\u2013\u2014-]\s)\s*\S")
SIGNS = ">\u203a\u00bb\u2192\u25b8\u25ba/\\\u2039|\u00b7\u2022\uff1e\u276f:\uff1a"
"""One of which a breadcrumb, a pointer or a row of buttons with bars has."""
_CRUMB = re.compile(
    r"\s*(?:>|\u203a|\u00bb|\u2192|\u25b8|\u25ba|/|\\|\u2039|\||\u00b7|\u2022|\uff1e|::|\u276f)\s*"
)
_SPLITS = re.compile(r"[>\u203a\u00bb\u2192\u25b8\u25ba/\\\u2039|\u00b7\u2022\uff1e\u276f]|::")
_HOMES = frozenset(
    [
        "home",
        "homepage",
        "startseite",
        "accueil",
        "inicio",
        "portada",
        "início",
        "home page",
        "главная",
        "головна",
        "首页",
        "首頁",
        "主页",
        "主頁",
        "ホーム",
        "トップ",
        "トップページ",
        "홈",
        "الرئيسية",
        "الصفحة الرئيسية",
        "דף הבית",
        "ראשי",
        "होम",
        "หน้าแรก",
        "trang chủ",
        "beranda",
        "anasayfa",
        "ana sayfa",
        "αρχική",
        "strona główna",
        "domů",
        "hem",
        "forside",
        "etusivu",
        "hjem",
        "news",
        "forum",
        "forums",
        "blog",
        "خانه",
        "صفحه اصلی",
        "index",
        "start",
        "all",
        "prima pagina",
        "sei in",
        "you are here",
        "you are here: home",
        "当前位置",
        "您的位置",
        "您现在的位置",
        "breadcrumb",
    ]
)
_HERE = re.compile(r"^[^:\uff1a>]{2,20}[:\uff1a]\s*(?=\S)")  # 'You are here: '
_POINTERS = frozenset({"read more", "related", "recommended", "watch", "see also", "also read"})
_COUNT = re.compile(
    r"[+(]?(?:\d{1,3}|\d{1,4}(?=\D)|\d{1,3},\d{3})(?:[.,]\d)?\s?(?:[KkMmx%]|min)?[)+]?$"
)
_CLOCK = re.compile(r"(?:VIDEO|Video)?\s?\d{1,2}:\d\d(?::\d\d)?(?:\s?/\s?\d{1,2}:\d\d)?$")
_WHOLE = (
    (RULE, Hit("separator", "shape", 0.8)),
    (URL, Hit("url", "shape", 0.8)),
    (_COUNT, Hit("count", "shape", 0.7)),
    (_CLOCK, Hit("count", "edge", 0.8)),
)
_STARTS = "hHwWV"  # the letters that one of those can begin with
_MAX_CRUMB_WORDS = 5
_MAX_CRUMB_WIDTH = 200
_MAX_CRUMB_END = 25  # words: the last crumb may be the headline
_MAX_BUTTONS, _FEW_BUTTONS = 20, 2
_PAIR = 2
_BUTTON = re.compile(r"[\s|\u00b7\u2022,/]+")


def match(line: Line) -> Hit | None:
    """The line's kind by shape alone, if it has one."""
    text = line.text
    if not text[0].isalpha() or text[0] in _STARTS:
        for pattern, hit in _WHOLE:
            if pattern.match(text):
                return hit
    if line.shape.width > _MAX_CRUMB_WIDTH:
        return None
    crumbs = _breadcrumb(text) if _SPLITS.search(text) else None
    return crumbs or _pointer(line) or _buttons(line)


def _pointer(line: Line) -> Hit | None:
    """'Read also: Some headline', 'Related | Some headline': a label and what it points to."""
    found = _LABEL.match(line.text)
    if found is None or line.shape.final or line.shape.words > _MAX_CRUMB_END:
        return None
    hit = templates.match_key(fold(found.group(1)))
    if hit is None or hit.rule not in ("read-next", "navigation") or hit.name:
        return None
    label = fold(found.group(1))
    words = len(line.text[found.end() - 1 :].split())
    sure = hit.rule == "read-next" and (hit.place == "any" or " " in label)
    sure = sure or (label in _POINTERS and words >= _PAIR + 2)
    return Hit("read-also", "any" if sure else "edge", 0.9)


def _breadcrumb(text: str) -> Hit | None:
    """'Home > News > Asia': short labels between arrows, the first a home page."""
    parts = [part for part in _CRUMB.split(_HERE.sub("", text)) if part]
    if len(parts) < _PAIR or any(len(part.split()) > _MAX_CRUMB_WORDS for part in parts[:-1]):
        return None
    if len(parts[-1].split()) > _MAX_CRUMB_END or "\u00ab" in text or text[-1] in ".!?":
        return None
    first = fold(parts[0])
    arrows = any(sign in text for sign in ">\u2039\u203a\u00bb\u2192\u25b8\u25ba\uff1e\u276f")
    if first in _HOMES and (arrows or len(parts) > _PAIR):
        return Hit("breadcrumb", "any", 0.92)
    if first in _HOMES and "/" in text:
        return Hit("breadcrumb", "edge", 0.85)
    if arrows and len(parts) > _PAIR and not text.endswith((">", ";")):
        return Hit("breadcrumb", "edge", 0.85)
    return None


def _buttons(line: Line) -> Hit | None:
    """'Share Tweet Email Print': every word, or every part between bars, is a button."""
    if "--" in line.text:
        return None
    for splitter in (_CRUMB, _BUTTON) if _SPLITS.search(line.text) else (_BUTTON,):
        parts = splitter.split(line.text, maxsplit=1)
        if len(parts) < _PAIR or not _may_be_button(parts[0]):
            continue
        parts = splitter.split(line.text)
        first = next(filter(None, map(fold, parts)), "")
        if not first or templates.match_key(first) is None:
            continue
        pieces = [key for key in map(fold, parts) if key]
        if not _PAIR <= len(pieces) <= _MAX_BUTTONS or len(set(pieces)) == 1:
            continue
        hits = _all_hits(pieces)
        if hits:
            sure = len(pieces) > _FEW_BUTTONS or any(hit.place == "any" for hit in hits)
            return Hit(hits[0].rule, "any" if sure else "edge", 0.9)
    return None


@lru_cache(1 << 12)  # most lines begin with a word that others begin with
def _may_be_button(piece: str) -> bool:
    """Whether the first part of a row may be one; one of ornament alone may stand before it."""
    key = fold(piece)
    return not key or templates.match_key(key) is not None


def _all_hits(pieces: list[str]) -> list[Hit]:
    """What each piece says; nothing where one says nothing."""
    hits = []
    for piece in pieces:
        hit = templates.match_key(piece)
        if hit is None:
            return []
        hits.append(hit)
    return hits
