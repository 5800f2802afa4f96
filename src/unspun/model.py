"""The frozen values that flow through unspun.

Offsets count Unicode code points of the text they speak about, end exclusive. In everything that
leaves the pipeline that text is the decoded raw document.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

OriginLabel = Literal["original", "machine-translated", "spun"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One replaced span.

    Attributes:
        start: First code point that is replaced.
        end: One past the last; equal to ``start`` for an insertion.
        before: The text at ``[start, end)``.
        after: What stands there now.
        stage: The pipeline stage that proposed it, such as ``normalise``.
        rule: The rule of that stage, such as ``mojibake``.
        confidence: Probability that the edit is right, 0 to 1.
        history: Where edits of several stages met, those edits in order, each in the coordinates
            of the text its stage was given; empty for a plain edit.
    """

    start: int
    end: int
    before: str
    after: str
    stage: str
    rule: str
    confidence: float = 1.0
    history: tuple[Edit, ...] = ()


Ledger = tuple[Edit, ...]
"""All edits of a document: ordered, not overlapping, in coordinates of the raw text."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it came, decoded.

    Attributes:
        id: Its path relative to the input folder, without suffix, or the caller's name for it.
        text: The decoded text. Bytes that do not decode stand as U+DC80 to U+DCFF (PEP 383).
        encoding: The Python codec that gives the raw bytes back (see ``decode.encode``).
        evidence: How the encoding was found: ``bom``, ``utf-8``, ``declared``, ``detected``,
            ``fallback``, or ``text`` where the caller passed a string.
        kind: ``html`` where its name says that it is a page.
    """

    id: str
    text: str
    encoding: str = "utf-8"
    evidence: str = "text"
    kind: Literal["text", "html"] = "text"


@dataclass(frozen=True, slots=True)
class Finding:
    """Evidence for a tag: what was seen where.

    Attributes:
        kind: The kind of evidence, such as ``translation-note``.
        start: First code point.
        end: One past the last.
        score: Strength of the evidence; its unit is the kind's own.
        detail: What a person needs to check it.
    """

    kind: str
    start: int
    end: int
    score: float = 1.0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Tag:
    """A statement about a span: chrome, residue, spun, suspicious, ...

    Attributes:
        kind: What is stated.
        start: First code point.
        end: One past the last.
        value: The statement's value (a rule's name, a language), empty where the kind says all.
        confidence: Probability that it is true, 0 to 1.
    """

    kind: str
    start: int
    end: int
    value: str = ""
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class LanguageSpan:
    """A stretch of text in one language and script.

    Attributes:
        start: First code point.
        end: One past the last.
        language: BCP 47 tag, ``und`` for what is no language.
        script: ISO 15924 code, ``Zyyy`` where no letter tells.
        confidence: Calibrated probability that the language is right, 0 to 1.
    """

    start: int
    end: int
    language: str
    script: str
    confidence: float


@dataclass(frozen=True, slots=True)
class StatedSource:
    """The original that a translated page names.

    Attributes:
        start: First code point of the note that states it.
        end: One past the last note.
        language: BCP 47 tag of the original, if it is named.
        title: Its title in its own language; empty where it is not told.
        translated: Its title as the page translates it.
        author: Who wrote it.
        link: Where it stands.
    """

    start: int
    end: int
    language: str | None = None
    title: str = ""
    translated: str = ""
    author: str = ""
    link: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document's wording comes from, with the evidence.

    Attributes:
        label: ``original``, ``machine-translated`` or ``spun``.
        source_language: BCP 47 tag of the language it was translated from, if known.
        evidence: Findings that a person can check.
        score: Probability of the label, 0 to 1.
        stated: The original that the document itself names.
    """

    label: OriginLabel = "original"
    source_language: str | None = None
    evidence: tuple[Finding, ...] = ()
    score: float = 1.0
    stated: StatedSource | None = None


@dataclass(frozen=True, slots=True)
class Tagged:
    """Language, script and origin of a document.

    Attributes:
        id: The document's id.
        language: BCP 47 tag of the document.
        script: ISO 15924 code of the document.
        confidence: Calibrated probability of ``language``, 0 to 1.
        spans: Every stretch of one language and script, in order, covering the text.
        origin: Original, machine-translated or spun.
        paragraphs: The same statement for each paragraph.
    """

    id: str
    language: str
    script: str
    confidence: float
    spans: tuple[LanguageSpan, ...]
    origin: Origin = field(default_factory=Origin)
    paragraphs: tuple[LanguageSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class SubScore:
    """One part of the quality score.

    Attributes:
        name: What was measured.
        score: 0 (worst) to 1 (nothing to find fault with).
        value: The measured value behind it.
        threshold: The value from which the rule flags.
        flagged: Whether it does.
    """

    name: str
    score: float
    value: float
    threshold: float
    flagged: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """How good a text looks without a reference, explained.

    Attributes:
        score: 0 to 1, from the sub-scores.
        parts: The sub-scores. Rules flag; nothing is dropped.
    """

    score: float
    parts: tuple[SubScore, ...] = ()


@dataclass(frozen=True, slots=True)
class Spun:
    """Whether a text is spun.

    Attributes:
        score: Calibrated probability, 0 to 1.
        is_spun: The decision at the configured threshold.
        family: The spinner family that explains it best, if spun.
        findings: The evidence: passages and odd phrases.
    """

    score: float
    is_spun: bool
    family: str | None = None
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document repaired and freed from page furniture.

    Attributes:
        id: The document's id.
        text: The clean text.
        language: BCP 47 tag of the document.
        edits: The ledger, in coordinates of the decoded raw text.
        quality: The score without a reference.
    """

    id: str
    text: str
    language: str
    edits: Ledger
    quality: Quality


@dataclass(frozen=True, slots=True)
class Restored:
    """A document with its own words back.

    Attributes:
        id: The document's id.
        text: The restored text.
        spun: The decision, with its score and evidence.
        edits: The ledger of restorations.
    """

    id: str
    text: str
    spun: Spun
    edits: Ledger


@dataclass(frozen=True, slots=True)
class Translated:
    """A document whose passages in another language were translated.

    Attributes:
        id: The document's id.
        text: The text with the translations.
        language: BCP 47 tag of the document as it came.
        edits: The ledger; the rule of a translation names engine, model and languages.
        tags: Passages that were left as they stand, with the reason.
    """

    id: str
    text: str
    language: str
    edits: Ledger
    tags: tuple[Tag, ...] = ()


@dataclass(frozen=True, slots=True)
class Processed:
    """A document that went through the flow, or was held back.

    Attributes:
        id: The document's id.
        status: ``done`` or ``quarantined``.
        reason: Why it could not be done; None if it was.
        text: The clean text; None if quarantined.
        language: BCP 47 tag of the document.
        script: ISO 15924 code of the document.
        confidence: Calibrated probability of ``language``, 0 to 1.
        origin: Original, machine-translated or spun; None where its stage did not run.
        spun: The decision on spun text; None where its stage did not run.
        quality: The score without a reference; None where its stage did not run.
        edits: The ledger, in coordinates of the decoded raw text.
        tags: Statements about spans of the decoded raw text.
        spans: Its languages, in coordinates of the decoded raw text.
        encoding: The codec of the raw bytes (see ``decode.encode``).
    """

    id: str
    status: Literal["done", "quarantined"] = "done"
    reason: str | None = None
    text: str | None = None
    language: str = "und"
    script: str = "Zyyy"
    confidence: float = 0.0
    origin: Origin | None = None
    spun: Spun | None = None
    quality: Quality | None = None
    edits: Ledger = ()
    tags: tuple[Tag, ...] = ()
    spans: tuple[LanguageSpan, ...] = ()
    encoding: str = "utf-8"
