"""What the page needs of the whole batch, gathered in one pass over the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from markupsafe import Markup

from unspun.report.chart import MOST_ROWS, Pair
from unspun.report.detail import Checks, detail, number
from unspun.report.escape import script_json
from unspun.report.view import DocumentView, Limits, MetricView

STAGES = ("normalise", "chrome", "restore", "translate")
"""Stages that have a colour of their own; others share one."""


@dataclass(frozen=True, slots=True)
class Line:
    """A document's line in the overview; ``detail`` names its embedded block, if it has one."""

    view: DocumentView
    detail: int | None
    stages: tuple[tuple[str, int], ...]

    @property
    def edits(self) -> int:
        """How many edits the document has."""
        return sum(count for _, count in self.stages)


@dataclass(slots=True)
class Batch:
    """The documents as the page shows them, and tallies over all of them."""

    lines: list[Line] = field(default_factory=list)
    blocks: list[Markup] = field(default_factory=list)
    quarantined: list[tuple[str, str]] = field(default_factory=list)
    documents: int = 0
    set_aside: int = 0
    scored: int = 0
    edits: Counter[str] = field(default_factory=Counter)
    pairs: dict[str, list[Pair]] = field(default_factory=dict)
    languages: Counter[str] = field(default_factory=Counter)
    sizes: list[int] = field(default_factory=list)
    checks: Checks = field(default_factory=dict)
    qualities: list[float] = field(default_factory=list)

    @property
    def stages(self) -> list[tuple[str, int]]:
        """Edits by stage, the known stages first, in the order of the flow."""
        known = [(name, self.edits[name]) for name in STAGES if name in self.edits]
        return known + sorted((n, c) for n, c in self.edits.items() if n not in STAGES)


def gather(
    documents: Iterable[DocumentView], metrics: tuple[MetricView, ...], limits: Limits
) -> Batch:
    """Read every document once, and keep no more of it than the page will hold."""
    batch = Batch()
    room = limits.details
    for view in documents:
        batch.documents += 1
        stages = Counter(edit.stage for edit in view.edits) or Counter(view.stages)
        batch.edits.update(stages)
        _score(batch, view, metrics)
        quarantined = view.status == "quarantined"
        if quarantined:
            batch.set_aside += 1
            if len(batch.quarantined) < limits.rows:
                batch.quarantined.append((view.id, view.reason))
        else:
            batch.languages[view.language] += 1
            batch.sizes.append(stages.total())
            if view.quality is not None:
                batch.qualities.append(view.quality.score)
        if len(batch.lines) >= limits.rows:
            continue
        index = None
        if room > 0 and not (quarantined and not view.raw):
            block = script_json(detail(view, metrics, limits, batch.checks))
            room -= len(block)
            if room >= 0 or not batch.blocks:
                index = len(batch.blocks)
                batch.blocks.append(block)
        batch.lines.append(Line(_slim(view), index, tuple(stages.items())))
    return batch


def _slim(view: DocumentView) -> DocumentView:
    """The document without its texts, which would fill the memory."""
    return DocumentView(
        view.id,
        reference_id=view.reference_id,
        language=view.language,
        script=view.script,
        confidence=view.confidence,
        origin=view.origin,
        spun=view.spun,
        quality=view.quality,
        before=view.before,
        after=view.after,
        coverage=view.coverage,
        status=view.status,
        reason=view.reason,
    )


def _score(batch: Batch, view: DocumentView, metrics: tuple[MetricView, ...]) -> None:
    batch.scored += bool(view.after)
    for metric in metrics:
        before = number(view.before.get(metric.name))
        after = number(view.after.get(metric.name))
        if before is not None and after is not None:
            kept = batch.pairs.setdefault(metric.name, [])
            label = view.id if len(kept) < MOST_ROWS else ""
            kept.append(Pair(label, before, after))
