"""Original, machine-translated or spun: a judgement on a whole document, with its evidence.

Each kind of evidence adds to the log odds; the weights say how much a person would believe it. No
document of one sentence is judged.
"""

from __future__ import annotations

import math
from collections import Counter

from unspun.kernels.values import maker
from unspun.model import Finding, Origin, Spun, Tagged
from unspun.tagging import evidence, provenance, style
from unspun.tagging.words import Words

PRIOR = -2.5
"""Log odds before anything is seen: fewer than eight pages in a hundred."""
WEIGHTS = {"translation-note": 5.0, "residue": 1.5, "encoded-link": 1.5, "mixed-quotation": 0.3}
"""What the first finding of a kind adds to the log odds; a second one adds half as much again."""
STYLE = (-1.5, 6.0)
"""Bounds of what style says: it may convict, but not acquit against a stated note."""
_SENTENCES = 2
LEAST = 10
"""Sentences below which style says nothing."""

_origin = maker(Origin)


def judge(text: str, tagged: Tagged, spun: Spun | None = None, read: Words | None = None) -> Origin:
    """Say where a document's wording comes from.

    Args:
        text: The document, page furniture included: notes and links often stand there.
        tagged: Its languages.
        spun: The verdict on spinning, if there is one; spun wording outweighs the rest.
        read: The words of the text, if they were read.
    """
    findings = evidence.findings(text, tagged)
    written = _style(text, tagged, read)
    if not findings and written <= 0 and (spun is None or not spun.is_spun):
        return _origin("original", None, (), 1 - 1 / (1 + math.exp(-PRIOR - written)), None)
    if written > 0:
        findings.append(Finding("translated-style", 0, len(text), written, "log odds of style"))
    findings.sort(key=lambda f: (f.start, f.end, f.kind))
    named = provenance.stated(text, findings, _source(findings))
    if spun is not None and spun.is_spun:
        return Origin("spun", None, (*spun.findings, *findings), spun.score, named)
    probability = 1 / (1 + math.exp(-_log_odds(findings) - written))
    if probability > 0.5 and _has(text, _SENTENCES):  # noqa: PLR2004 - more likely than not
        return Origin("machine-translated", _source(findings), tuple(findings), probability, named)
    return Origin("original", None, tuple(findings), 1 - probability, named)


def _log_odds(findings: list[Finding]) -> float:
    counts = Counter(f.kind for f in findings)
    return PRIOR + sum(w * (2 - 0.5 ** (counts[k] - 1)) for k, w in WEIGHTS.items() if counts[k])


def _style(text: str, tagged: Tagged, read: Words | None) -> float:
    """What the style of an English document of ten sentences and more says."""
    if tagged.language != "en" or not _has(text, LEAST):
        return 0.0
    return min(max(style.load().log_odds(text, read), STYLE[0]), STYLE[1])


def _has(text: str, sentences: int) -> bool:
    """Whether a text has so many sentences: their ends are one fewer at least."""
    return style.stops(text, sentences - 1) == sentences - 1


def _source(findings: list[Finding]) -> str | None:
    """The language that most evidence names; a variety of Chinese counts as Chinese."""
    votes: Counter[str] = Counter()
    for finding in findings:
        if finding.kind in WEIGHTS and finding.kind != "mixed-quotation" and finding.detail:
            votes[finding.detail.split()[0].split("-")[0]] += 1 + (
                finding.kind == "translation-note"
            )
    return votes.most_common(1)[0][0] if votes else None
