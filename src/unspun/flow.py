"""A document on its way through the stages: what each of them is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from unspun import edits, placement
from unspun.config import Config
from unspun.kernels.values import changer, maker
from unspun.model import Document, Edit, Ledger, Quality, Spun, Tag, Tagged
from unspun.protocol import Translation, Translator, Usage
from unspun.rewriting import Rewriting
from unspun.tracing import Projection


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The text as a stage left it.

    Attributes:
        stage: The stage's name.
        text: The text after it.
        ledger: All edits from the raw text to that text.
    """

    stage: str
    text: str
    ledger: Ledger


@dataclass(frozen=True, slots=True)
class Result:
    """All that the pipeline says about one document. Offsets are those of the raw text.

    Attributes:
        document: The document as it came.
        text: The text as it stands now; after the last stage, the clean text.
        ledger: All edits from raw to ``text``.
        tags: Statements about spans: chrome, encoding damage, suspicious wording.
        tagged: Language, script and origin.
        spun: Whether it is spun.
        verdict: The same, with places in the text that was judged: what the restorer works from.
        translation: What was translated, by which engine.
        rewriting: What was bettered, by which engine.
        usage: What engines took; no part of what a document is.
        quality: The score without a reference.
        snapshots: The text after each stage that changes text.
    """

    document: Document
    text: str
    ledger: Ledger = ()
    tags: tuple[Tag, ...] = ()
    tagged: Tagged | None = None
    spun: Spun | None = None
    verdict: Spun | None = None
    translation: Translation | None = None
    rewriting: Rewriting | None = None
    usage: Usage = field(default_factory=Usage)
    quality: Quality | None = None
    snapshots: tuple[Snapshot, ...] = ()

    def given(self, stage: str) -> Snapshot:
        """The text that a stage was given."""
        earlier = None
        for snapshot in self.snapshots:
            if snapshot.stage == stage:
                break
            earlier = snapshot
        return earlier or Snapshot("decode", self.document.text, ())


changed = changer(Result)
"""The result with other fields."""

_result, _snapshot = maker(Result), maker(Snapshot)
_NO_USAGE = Usage()


def begun(document: Document) -> Result:
    """The result before the first stage."""
    nothing = (None,) * 5  # from `tagged` to `rewriting`
    return _result(document, document.text, (), (), *nothing, _NO_USAGE, None, ())


class Setting(NamedTuple):
    """What stages know besides the document: configuration, what its batch told, an engine."""

    config: Config
    recurring: Collection[str] = frozenset()
    translator: Translator | None = None
    rewriter: Translator | None = None


class Stage(NamedTuple):
    """One step of the flow."""

    name: str
    run: Callable[[Result, Setting], Result]
    run_many: Callable[[Sequence[Result], Setting], Sequence[Result]] | None = None


def edited(result: Result, step: Sequence[Edit]) -> Result:
    """The result with one more step in its ledger."""
    if not step:
        return result
    return changed(
        result,
        text=edits.apply(result.text, step),
        ledger=edits.compose(result.document.text, result.ledger, step),
    )


def tagged(result: Result, tags: Collection[Tag], ledger: Ledger) -> Result:
    """The result with more tags, moved to raw places."""
    if not tags:
        return result
    origin = Projection(ledger).origin
    return changed(result, tags=result.tags + tuple(placement.placed(t, origin) for t in tags))


def snapped(result: Result, stage: str) -> Result:
    """The result with its text as a stage leaves it kept."""
    snapshot = _snapshot(stage, result.text, result.ledger)
    return changed(result, snapshots=(*result.snapshots, snapshot))
