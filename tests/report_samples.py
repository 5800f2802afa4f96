"""Documents for the report's tests, in our own words, with every kind of thing that it shows."""

from __future__ import annotations

import re
from dataclasses import replace

from rapidfuzz.distance import Levenshtein

from unspun import edits
from unspun.model import (
    Edit,
    Finding,
    LanguageSpan,
    Ledger,
    Origin,
    Quality,
    Spun,
    SubScore,
    Tag,
)
from unspun.report import DiffView, DocumentView, RunView, SegmentView

Change = tuple[str, str, str, str, float]

NOTICE = """Harbour Post
You are here: Home > Ferries
The night ferry to Saltholm will not sail in March. The operator, Brightwater Lines, says that \
the hull of the \u00e2\u20ac\u02dcCormorant\u00e2\u20ac\u2122 needs \
new plates.

Subscribe to our newsletter

Passengers with tickets may travel on the day boat, or ask for the \u00c2\u00a342 fare \
back until 9 May.\u200b

Advertisement

A caf\u00c3\u00a9 on the quay stays open for those who wait.
3 min read
"""
NOTICE_CHANGES: list[Change] = [
    ("\u00e2\u20ac\u02dc", "\u2018", "normalise", "mojibake", 0.99),
    ("\u00e2\u20ac\u2122", "\u2019", "normalise", "mojibake", 0.99),
    ("\u00c2\u00a3", "\u00a3", "normalise", "mojibake", 0.97),
    ("\u200b", "", "normalise", "zero-width", 1.0),
    ("\u00c3\u00a9", "\u00e9", "normalise", "mojibake", 0.99),
    ("Harbour Post\n", "", "chrome", "masthead", 0.71),
    ("You are here: Home > Ferries\n", "", "chrome", "breadcrumb", 0.98),
    ("Subscribe to our newsletter\n\n", "", "chrome", "newsletter", 0.96),
    ("Advertisement\n\n", "", "chrome", "advertisement", 0.99),
    ("3 min read\n", "", "chrome", "read-time", 0.93),
]
NOTICE_REFERENCE = """The night ferry to Saltholm will not sail in March. The operator, \
Brightwater Lines, says that the hull of the \u2018Cormorant\u2019 needs new plates.

Passengers with tickets may travel on the day boat, or ask for the \u00a342 fare back until 19 May.

A caf\u00e9 on the quay stays open for those who are waiting.
"""

ORCHARD = """Orchard Robots raises cash for its apple pickers

The beginning-up Orchard Robots stated on Could 4 that it has secured $12 million in contemporary \
cash. The spherical was led by Hedgerow Companions, an investor in farm expertise.

Its machines decide fruit by night time with comfortable palms, and have been examined in two \
valleys final yr. "We would like each apple to be picked on the proper day," stated the chief \
govt.
"""
ORCHARD_CHANGES: list[Change] = [
    ("beginning-up", "start-up", "restore", "channel", 0.97),
    ("stated on", "said on", "restore", "channel", 0.99),
    ("Could 4", "May 4", "restore", "number", 0.95),
    ("contemporary cash", "fresh money", "restore", "channel", 0.83),
    ("spherical", "round", "restore", "channel", 0.99),
    ("Companions", "Partners", "restore", "name", 0.88),
    ("expertise", "technology", "restore", "channel", 0.94),
    ("decide fruit", "pick fruit", "restore", "channel", 0.86),
    ("night time", "night", "restore", "insertion", 0.92),
    ("comfortable palms", "soft hands", "restore", "channel", 0.9),
    ("examined", "tested", "restore", "channel", 0.78),
    ("final yr", "last year", "restore", "channel", 0.99),
    ("would like each", "want every", "restore", "channel", 0.81),
    ("proper day", "right day", "restore", "channel", 0.77),
    ("stated the chief govt", "said the chief executive", "restore", "channel", 0.99),
]
ORCHARD_REFERENCE = """Orchard Robots raises money for its apple pickers

The start-up Orchard Robots said on May 4 that it has secured $12 million in fresh money. The \
round was led by Hedgerow Partners, an investor in farm technology.

Its machines pick fruit at night with soft hands, and were tested in two valleys last year. "We \
want every apple to be picked on the right day," said the chief executive.
"""

TEA = """The tea house Morning Cloud opened its hundredth shop on Monday.

The founder says the taste of the people is decided the success of the brand.

\u539f\u6587\uff1a\u6668\u96f2\u8336\u98a8\u958b\u8a2d\u7b2c\u4e00\u767e\u5bb6\u5206\u5e97
"""
TEA_CHANGES: list[Change] = [
    ("is decided the success", "decides the success", "translate", "post-edit", 0.64),
    (
        "\u539f\u6587\uff1a\u6668\u96f2\u8336\u98a8\u958b\u8a2d\u7b2c\u4e00\u767e\u5bb6\u5206\u5e97\n",
        "",
        "chrome",
        "residue",
        0.9,
    ),
]
TEA_REFERENCE = """The tea house Morning Cloud opened its hundredth shop on Monday.

Its founder says that people's taste decides whether the brand succeeds.

The company was started in a market hall.
"""


def ledger(raw: str, changes: list[Change]) -> Ledger:
    """The ledger of changes made one after the other."""
    text = raw
    result: Ledger = ()
    for before, after, stage, rule, confidence in changes:
        at = text.index(before)
        step = [Edit(at, at + len(before), before, after, stage, rule, confidence)]
        text = edits.apply(text, step)
        result = edits.compose(raw, result, step)
    return result


def segments(clean: str, reference: str) -> tuple[SegmentView, ...]:
    """Paragraphs paired in order, with the differences of their words."""
    pairs = zip(_paragraphs(clean), _paragraphs(reference), strict=False)
    return tuple(SegmentView(hyp, ref, _ops(clean, hyp, reference, ref)) for hyp, ref in pairs)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"[^\n]+", text)]


def _ops(
    clean: str, hyp: tuple[int, int], reference: str, ref: tuple[int, int]
) -> tuple[DiffView, ...]:
    ours = [(m.start(), m.end(), m.group()) for m in re.finditer(r"\S+", clean[slice(*hyp)])]
    theirs = [(m.start(), m.end(), m.group()) for m in re.finditer(r"\S+", reference[slice(*ref)])]
    found = []
    for op in Levenshtein.opcodes([w for _, _, w in ours], [w for _, _, w in theirs]):
        if op.tag != "equal":
            left = _span(ours, op.src_start, op.src_end, hyp[0])
            right = _span(theirs, op.dest_start, op.dest_end, ref[0])
            found.append(DiffView(op.tag, left, right, "lexical"))
    return tuple(found)


def _span(words: list[tuple[int, int, str]], first: int, last: int, base: int) -> tuple[int, int]:
    if first == last:
        at = words[first - 1][1] if first else 0
        return base + at, base + at
    return base + words[first][0], base + words[last - 1][1]


def document(name: str, raw: str, changes: list[Change], reference: str | None) -> DocumentView:
    """A document with its ledger, alignment and the plain facts."""
    made = ledger(raw, changes)
    clean = edits.apply(raw, made)
    return DocumentView(
        name,
        raw,
        clean,
        made,
        reference=reference,
        reference_id=name if reference else None,
        segments=segments(clean, reference) if reference else (),
        language="en",
        script="Latn",
        confidence=0.99,
        encoding="utf-8",
    )


def documents() -> list[DocumentView]:
    """Three documents with references, one without, one in quarantine."""
    notice = document("letters/harbour-notice", NOTICE, NOTICE_CHANGES, NOTICE_REFERENCE)
    orchard = document(
        "news/orchard-robots-raises-cash", ORCHARD, ORCHARD_CHANGES, ORCHARD_REFERENCE
    )
    tea = document("news/tea-house", TEA, TEA_CHANGES, TEA_REFERENCE)
    at = TEA.index("\u539f")
    odd = ORCHARD.index("comfortable palms")
    return [
        _with(
            notice,
            origin=Origin("original", None, (), 0.98),
            quality=_quality(0.93),
            before={"bleu": 71.204, "chrf": 84.1, "ter": 31.4},
            after={"bleu": 91.31, "chrf": 96.6, "ter": 6.2},
            trail=(
                ("normalise", {"bleu": 78.9, "chrf": 86.3, "ter": 28.0}),
                ("chrome", {"bleu": 91.31, "chrf": 96.6, "ter": 6.2}),
            ),
            coverage=1.0,
        ),
        _with(
            orchard,
            origin=Origin("spun", None, (), 0.99),
            spun=Spun(
                0.99,
                is_spun=True,
                family="thesaurus",
                findings=(Finding("odd-phrase", odd, odd + 17, 6.2, "soft hands"),),
            ),
            quality=_quality(0.88),
            before={"bleu": 38.5, "chrf": 61.9, "ter": 41.0},
            after={"bleu": 90.2, "chrf": 93.4, "ter": 5.5},
            coverage=1.0,
        ),
        _with(
            tea,
            origin=Origin(
                "machine-translated",
                "zh-Hant",
                (Finding("translation-note", at, at + 3, 1.0, "a note in Chinese"),),
                0.91,
            ),
            spans=(
                LanguageSpan(0, at, "en", "Latn", 0.99),
                LanguageSpan(at, len(TEA) - 1, "zh-Hant", "Hant", 0.97),
            ),
            tags=(Tag("residue", at, len(TEA) - 1, "zh-Hant", 0.97),),
            quality=_quality(0.52, flagged=True),
            before={"bleu": 44.0, "chrf": 58.8, "ter": 44.7},
            after={"bleu": 43.2, "chrf": 62.0, "ter": 47.1},
            coverage=0.67,
        ),
        _with(
            document("notes/no-reference", "Nothing is wrong here.\n", [], None),
            quality=_quality(1),
        ),
        DocumentView("scans/broken", status="quarantined", reason="not text: a PNG image"),
    ]


def _quality(score: float, *, flagged: bool = False) -> Quality:
    parts = (
        SubScore("encoding", 1.0, 0.0, 0.001, flagged=False),
        SubScore("one language", score, 0.21, 0.1, flagged=flagged),
        SubScore("furniture", 0.97, 0.02, 0.2, flagged=False),
    )
    return Quality(score, parts)


def _with(view: DocumentView, **values: object) -> DocumentView:
    return replace(view, **values)  # type: ignore[arg-type]


def run() -> RunView:
    """The run of those documents."""
    return RunView(
        title="Harbour and orchard",
        version="0.1.0",
        before={"bleu": 52.1, "chrf": 67.4, "ter": 38.9},
        after={"bleu": 76.4, "chrf": 85.2, "ter": 18.0},
        coverage=0.91,
        signatures={
            "bleu": "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0",
            "chrf": "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no|version:2.6.0",
            "ter": "nrefs:1|case:lc|tok:tercom|norm:no|punct:yes|asian:no|version:2.6.0",
        },
        fingerprint="5f1d0c9b2a77",
        settings={"profile": "conservative", "ftfy": "6.3.1", "langdetect": "1.0.9"},
        command="unspun run raw --reference clean",
    )
