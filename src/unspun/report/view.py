"""What the report shows: frozen values, filled by the caller.

Offsets of edits, tags, findings and language spans are those of the raw text; ``DiffView.hyp`` is
in the clean text and ``DiffView.ref`` in the reference.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from unspun.model import Finding, LanguageSpan, Ledger, Origin, Quality, Spun, Tag

Status = Literal["done", "quarantined"]
Scores = Mapping[str, float]
"""Metric name (``bleu``, ``chrf``, ``ter``) to score; empty where there is no reference."""
Interval = tuple[float, float, float]
"""A figure with the lower and upper bound of its 95% interval."""


@dataclass(frozen=True, slots=True)
class MetricView:
    """A metric of the tables and charts.

    Attributes:
        name: Its key in ``Scores``.
        label: What people call it.
        higher_is_better: The direction of improvement.
    """

    name: str
    label: str
    higher_is_better: bool = True


METRICS = (
    MetricView("bleu", "BLEU"),
    MetricView("chrf", "chrF"),
    MetricView("ter", "TER", higher_is_better=False),
)


@dataclass(frozen=True, slots=True)
class DiffView:
    """One operation that turns the clean text into the reference.

    Attributes:
        op: ``replace``, ``insert`` (only in the reference) or ``delete`` (only in the clean text);
            ``equal`` is ignored.
        hyp: Span of the clean text.
        ref: Span of the reference.
        kind: The class of the difference, such as ``number`` or ``punctuation``; may be empty.
    """

    op: str
    hyp: tuple[int, int]
    ref: tuple[int, int]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SegmentView:
    """An aligned pair: a stretch of the clean text and its counterpart in the reference.

    Attributes:
        hyp: Span of the clean text; empty where the reference stands alone.
        ref: Span of the reference; empty where the clean text stands alone.
        ops: What differs.
    """

    hyp: tuple[int, int]
    ref: tuple[int, int]
    ops: tuple[DiffView, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckedView:
    """A finding of translation QA.

    Attributes:
        rule: The rule that found it.
        severity: MQM's level.
        category: MQM's error type; may be empty.
        message: What is wrong.
        source: Span of the raw text.
        target: Span of the text that holds the translation; None where there is none.
        in_reference: Whether that text is the reference, not the clean text.
        score: How sure the rule is, 0 to 1.
    """

    rule: str
    severity: str
    category: str
    message: str
    source: tuple[int, int]
    target: tuple[int, int] | None = None
    in_reference: bool = False
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class DocumentView:
    """All that the report says about one document.

    Attributes:
        id: Its name.
        raw: The decoded raw text.
        clean: The text after the pipeline.
        edits: The ledger from ``raw`` to ``clean``.
        stages: How many edits by stage, of a document whose texts and edits are not given.
        reference: The text it is compared with, if any.
        reference_id: The reference's name.
        segments: The alignment of ``clean`` and ``reference``, with the differences.
        language: BCP 47 tag.
        script: ISO 15924 code.
        confidence: Probability of ``language``, 0 to 1.
        spans: Stretches of one language and script.
        origin: Original, machine-translated or spun, with the evidence.
        spun: The spun score and its evidence.
        translated: What was translated by which engine, in one line; empty for nothing.
        quality: The score without a reference, with its parts.
        tags: Further statements about spans.
        findings: Further evidence.
        checked: What translation QA says of what was translated.
        before: Scores of the raw text against the reference.
        after: Scores of the clean text against the reference.
        trail: Scores after each stage that changed the text, in order: (stage, scores).
        coverage: Share of the segments that alignment paired, 0 to 1.
        rejected: Edits that a reviewer took back.
        encoding: The encoding that was read.
        status: ``done``, or ``quarantined`` with ``reason``.
        reason: Why it is in quarantine.
    """

    id: str
    raw: str = ""
    clean: str = ""
    edits: Ledger = ()
    reference: str | None = None
    reference_id: str | None = None
    segments: tuple[SegmentView, ...] = ()
    language: str = "und"
    script: str = "Zyyy"
    confidence: float = 0.0
    spans: tuple[LanguageSpan, ...] = ()
    origin: Origin | None = None
    spun: Spun | None = None
    translated: str = ""
    quality: Quality | None = None
    tags: tuple[Tag, ...] = ()
    findings: tuple[Finding, ...] = ()
    checked: tuple[CheckedView, ...] = ()
    before: Scores = field(default_factory=dict)
    after: Scores = field(default_factory=dict)
    trail: tuple[tuple[str, Scores], ...] = ()
    coverage: float | None = None
    rejected: Ledger = ()
    encoding: str = ""
    status: Status = "done"
    reason: str = ""
    stages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunView:
    """What the report says about the run as a whole.

    Attributes:
        title: The heading, such as the name of the input folder.
        version: Of unspun.
        created: When, as text; empty leaves it out (two equal runs then give equal pages).
        before: Scores of the whole corpus, raw against reference.
        after: Scores of the whole corpus, clean against reference.
        gains: What each stage brought to the corpus: (stage, metric name to points gained, with
            the lower and upper bound of the 95% interval).
        coverage: Share of all segments that alignment paired, 0 to 1.
        metrics: The metrics, in the order of the tables.
        signatures: Metric name to its signature.
        fingerprint: Names the settings, versions and models behind the figures.
        settings: What the fingerprint stands for: name to value, in order.
        command: The command that was run.
    """

    title: str = "Documents"
    version: str = ""
    created: str = ""
    before: Scores = field(default_factory=dict)
    after: Scores = field(default_factory=dict)
    gains: tuple[tuple[str, Mapping[str, Interval]], ...] = ()
    coverage: float | None = None
    metrics: tuple[MetricView, ...] = METRICS
    signatures: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    settings: Mapping[str, str] = field(default_factory=dict)
    command: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much goes into one page, so that it opens at once; the page says what was left out.

    Attributes:
        rows: Documents in the overview.
        details: Characters of embedded detail of all documents together.
        text: Characters of raw text shown of one document.
        edits: Edits shown of one document.
        passages: Passages in other languages shown of one document.
        findings: Findings shown of one document.
    """

    rows: int = 5_000
    details: int = 32_000_000
    text: int = 200_000
    edits: int = 20_000
    passages: int = 20_000
    findings: int = 200
