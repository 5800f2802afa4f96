"""Lines that are all shape: rules, breadcrumbs, rows of buttons, bare addresses, credits."""

from __future__ import annotations

import re

from unspun.chrome import templates
from unspun.chrome.lines import Line, fold
from unspun.chrome.templates import Hit

CREDIT = re.compile(
    r"(?:photo|image|picture|photograph|credit|illustration|foto|bild|imagen|immagine|"
    r"\u56fe|\u5716|\u5199\u771f|\u0444\u043e\u0442\u043e)\w*\s*[:/\u00a9\uff1a]|getty images|/\s*(?:afp|ap|reuters|epa|shutterstock)\b",
    re.IGNORECASE,
)
"""A photo credit at the end of a caption."""

RULE = re.compile(
    r"(?:[-\u2013\u2014_=\u2500\u2501\u2015]\s*){2,}$|[\u2014\u2015\u2500]$|(?:[*\u00b7\u2022#~]\s*){3,}$|\|$"
)
DASHES = re.compile(r"(?:[-\u2013\u2014_\u2500\u2501\u2015]\s*){2,}$")
URL = re.compile(r"(?:https?://|www\.)\S+$", re.IGNORECASE)
_CRUMB = re.compile(
    r"\s*(?:>|\u203a|\u00bb|\u2192|\u25b8|\u25ba|/|\\|\u2039|\||\u00b7|\u2022|\u00ab|\uff1e|::|\u276f)\s*"
)
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
_MAX_CRUMB_WORDS = 5
_MAX_WIDTH = 200
_BUTTON = re.compile(r"[\s|\u00b7\u2022,/]+")


def match(line: Line) -> Hit | None:
    """The line's kind by shape alone, if it has one."""
    text = line.text
    if RULE.match(text):
        return Hit("separator", "shape", 0.8)
    if URL.match(text):
        return Hit("url", "shape", 0.8)
    if line.shape.width > _MAX_WIDTH:
        return None
    return _breadcrumb(text) or _buttons(line)


def _breadcrumb(text: str) -> Hit | None:
    """'Home > News > Asia': short labels between arrows, the first a home page."""
    parts = [part for part in _CRUMB.split(text) if part]
    if len(parts) < 2 or any(len(part.split()) > _MAX_CRUMB_WORDS for part in parts[:-1]):
        return None
    if len(parts[-1].split()) > 25:
        return None
    first = fold(parts[0])
    arrows = any(sign in text for sign in ">\u203a\u00bb\u2192\u25b8\u25ba\uff1e\u276f")
    if first in _HOMES and (arrows or len(parts) > 2):
        return Hit("breadcrumb", "any", 0.92)
    if arrows and len(parts) > 2 and not text.endswith((">", ";")):
        return Hit("breadcrumb", "edge", 0.85)
    return None


def _buttons(line: Line) -> Hit | None:
    """'Share Tweet Email Print': every word, or every part between bars, is a button."""
    words = [fold(word) for word in _BUTTON.split(line.text) if fold(word)]
    parts = [fold(part) for part in _CRUMB.split(line.text) if fold(part)]
    for pieces in (parts, words):
        if 2 <= len(pieces) <= 20:
            hits = [templates.match(piece) for piece in pieces]
            rules = [hit.rule for hit in hits if hit is not None]
            if len(rules) == len(pieces) and len(set(pieces)) > 1:
                sure = len(pieces) > 2 or any(hit and hit.place == "any" for hit in hits)
                return Hit(rules[0], "any" if sure else "edge", 0.9)
    return None
