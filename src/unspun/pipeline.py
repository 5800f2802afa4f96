"""The flow of one document, pure: a decoded document in, a result out.

Stages never import each other; they meet here, and their order is the literal tuple `STAGES`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from unspun import (
    chrome,
    edits,
    extraction,
    normalise,
    placement,
    quality,
    restoration,
    rewriting,
    tagging,
    translation,
)
from unspun.config import Config, ExtractConfig, RestoreConfig
from unspun.detect import spun as spun_detector
from unspun.errors import ConfigError, ModelError
from unspun.kernels.values import changer
from unspun.model import (
    Document,
    Edit,
    Ledger,
    Origin,
    Quality,
    Spun,
    Tag,
    Tagged,
)
from unspun.normalise.spoofs import SPOOF, spoofs
from unspun.protocol import Translation, Translator, Usage
from unspun.rewriting import Passage, Rewriting

SHOWN_EVIDENCE = 20  # findings that an origin names; `Spun.findings` has them all


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
        earlier = Snapshot("decode", self.document.text, ())
        for snapshot in self.snapshots:
            if snapshot.stage == stage:
                break
            earlier = snapshot
        return earlier


_changed = changer(Result)
_judged = changer(Tagged)


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


def _extract(result: Result, setting: Setting) -> Result:
    if not extraction.is_page(result.document, setting.config.extract):
        return result
    step, tags = extraction.extract(result.text)
    result = _edited(_tagged(result, tags, ()), step)
    return _snapped(result, extraction.STAGE)


def is_page(document: Document, config: ExtractConfig) -> bool:
    """Whether a document is an HTML page."""
    return extraction.is_page(document, config)


def shown(document: Document, config: ExtractConfig) -> str:
    """What a reader sees of a document: of a page, its text."""
    if not is_page(document, config):
        return document.text
    return edits.apply(document.text, extraction.extract(document.text)[0])


def _normalise(result: Result, setting: Setting) -> Result:
    config = setting.config.normalise
    shown = normalise.shown(result.text, config)
    if SPOOF in shown:
        result = _tagged(result, spoofs(result.text), result.ledger)
    if shown - {SPOOF}:
        for normaliser in normalise.NORMALISERS:
            result = _edited(result, normaliser(result.text, config))
        suspects = normalise.suspects(result.text, config)
        result = _tagged(result, suspects, result.ledger)
    return _snapped(result, "normalise")


def _strip_chrome(result: Result, setting: Setting) -> Result:
    config = setting.config.chrome
    step, tags = chrome.find(result.text, config, recurring=setting.recurring)
    result = _tagged(result, tags, result.ledger)
    if config.enabled:
        result = _edited(result, step)
    return _snapped(result, "chrome")


def _tag(result: Result, setting: Setting) -> Result:
    return _tag_many([result], setting)[0]


def _tag_many(results: Sequence[Result], setting: Setting) -> list[Result]:
    """Languages of many texts, which are read several times faster together than one by one."""
    given = [result.given("chrome") for result in results]
    now = [edits.Projection(snapshot.ledger) for snapshot in given]
    furniture = [  # it is tagged too, but has no say in the language
        [place.result(t.start, t.end) for t in result.tags if t.kind == "chrome"]
        for result, place in zip(results, now, strict=True)
    ]
    texts = [snapshot.text for snapshot in given]
    ids = [result.document.id for result in results]
    tagged = tagging.tag_many(texts, setting.config.tag, skips=furniture, ids=ids)
    judged = (
        _judged(found, origin=tagging.origin.judge(text, found))
        for found, text in zip(tagged, texts, strict=True)
    )
    placed = [
        placement.tagged(found, place.origin) if snapshot.ledger else found
        for found, place, snapshot in zip(judged, now, given, strict=True)
    ]
    return [
        _changed(result, tagged=found, tags=result.tags + _residue(found))
        for result, found in zip(results, placed, strict=True)
    ]


def _residue(tagged: Tagged) -> tuple[Tag, ...]:
    """Passages that were left in another language than the document's."""
    return tuple(
        Tag(f.kind, f.start, f.end, f.detail, f.score)
        for f in tagged.origin.evidence
        if f.kind == "residue"
    )


def _detect(result: Result, setting: Setting) -> Result:
    verdict = spun_detector.detect(result.text, setting.config.restore)
    findings = placement.findings(verdict.findings, edits.Projection(result.ledger).origin)
    result = _changed(result, verdict=verdict, spun=replace(verdict, findings=findings))
    if verdict.is_spun and result.tagged is not None:
        strongest = sorted(findings, key=lambda f: -f.score)[:SHOWN_EVIDENCE]
        evidence = tuple(sorted(strongest, key=lambda f: (f.start, f.end)))
        origin = Origin("spun", None, evidence, verdict.score, result.tagged.origin.stated)
        result = _changed(result, tagged=replace(result.tagged, origin=origin))
    return result


def _restore(result: Result, setting: Setting) -> Result:
    config = setting.config.restore
    if result.verdict is not None and config.enabled:
        step, tags = restoration.restore(result.text, result.verdict, config)
        result = _edited(_tagged(result, tags, result.ledger), step)
    return _snapped(result, "restore")


def _translate(result: Result, setting: Setting) -> Result:
    config, translator = setting.config.translate, setting.translator
    if translator is None or result.tagged is None:
        return result
    now = placement.tagged(result.tagged, edits.Projection(result.ledger).result)

    def foreign(texts: Sequence[str], target: str) -> list[bool]:
        return tagging.elsewhere(texts, target, setting.config.tag)

    step = translation.translate(result.text, now, config, translator, foreign)
    result = _edited(_tagged(result, step.tags, result.ledger), step.edits)
    result = _changed(result, translation=step.translation, usage=step.usage)
    return _snapped(result, translation.STAGE)


def _rewrite(result: Result, setting: Setting) -> Result:
    config = setting.config.rewrite
    if setting.rewriter is None:
        return result
    passages = [p for p in _bettered(result) if p.kind in config.what]
    raw, trace = result.document.text, edits.Projection(result.ledger).origin

    def before(start: int, end: int) -> str:
        return raw[slice(*trace(start, end))]

    step = rewriting.rewrite(result.text, passages, config, setting.rewriter, before)
    result = _edited(result, step.edits)
    usage = result.usage.added(step.usage)
    return _snapped(_changed(result, rewriting=step.rewriting, usage=usage), rewriting.STAGE)


def _bettered(result: Result) -> Iterator[Passage]:
    """What was spun, or translated by machine, in the text as it stands."""
    now = edits.Projection(result.ledger).result
    for tag in result.tags:
        if tag.kind == "spun":
            yield Passage(*now(tag.start, tag.end), "spun")
    tagged = result.tagged
    if tagged is not None and tagged.origin.label == "machine-translated":
        for span in tagged.spans:
            if span.language == "en":
                yield Passage(*now(span.start, span.end), "machine-translated")
    for edit in result.ledger:
        if edit.stage == translation.STAGE and edit.rule.endswith(":en"):
            yield Passage(*now(edit.start, edit.end), "machine-translated")


_FAULTS = {"chrome", "encoding-damage"}
"""The kinds of tags that say something of quality."""


def _assess(result: Result, setting: Setting) -> Result:
    if result.tagged is None:
        return result
    now = edits.Projection(result.ledger)
    tagged = placement.tagged(result.tagged, now.result) if result.ledger else result.tagged
    if any(edit.stage == translation.STAGE for edit in result.ledger):
        tagged = tagging.tag(result.text, setting.config.tag)  # its languages are others now
    faults = (placement.placed(tag, now.result) for tag in result.tags if tag.kind in _FAULTS)
    left = [tag for tag in faults if tag.start < tag.end]
    assessed = quality.assess(
        result.text,
        tagged,
        spun=_left_spun(result, setting.config.restore),
        chrome=[tag for tag in left if tag.kind == "chrome"],
        damage=[tag for tag in left if tag.kind == "encoding-damage"],
        fluency=quality.fluent(result.text) if tagged.language == "en" else None,
    )
    return _changed(result, quality=assessed)


STAGES = (
    Stage("extract", _extract),  # first: markup is no text
    Stage("normalise", _normalise),  # mojibake is no word, and every later stage reads words
    Stage("chrome", _strip_chrome),  # before restoration: menus are neither prose nor spun
    Stage("tag", _tag, _tag_many),  # after chrome, whose spans it tags but does not count
    Stage("detect", _detect),  # on prose alone: furniture would dilute the evidence
    Stage("restore", _restore),  # needs sound words and the verdict
    Stage("translate", _translate),  # after restoration: what it writes is no spinner's
    Stage("rewrite", _rewrite),  # last to change text: it betters what the two before it made
    Stage("assess", _assess),  # the score of what is left when all is done
)

CLEAN = ("extract", "normalise", "chrome", "tag", "assess")
TAG = ("extract", "normalise", "chrome", "tag", "detect")
RESTORE = ("extract", "detect", "restore", "rewrite")
TRANSLATE = ("extract", "normalise", "tag", "translate")
ALL = tuple(stage.name for stage in STAGES)


def process(
    document: Document,
    config: Config | None = None,
    *,
    stages: Collection[str] = ALL,
    recurring: Collection[str] = frozenset(),
    translator: Translator | None = None,
    rewriter: Translator | None = None,
) -> Result:
    """Take a document through the flow.

    Args:
        document: The decoded document.
        config: Settings; the defaults if none are given.
        stages: Names of the stages to run; their order is that of `STAGES` in any case.
        recurring: Lines that recur across the documents of the batch.
        translator: The engine that translates; nothing is translated without one.
        rewriter: The engine that betters wordings; none are without one.
    """
    setting = Setting(config or Config(), recurring, translator, rewriter)
    result = Result(document, document.text)
    for stage in STAGES:
        if stage.name in stages:
            result = stage.run(result, setting)
    return result


def process_many(
    documents: Sequence[Document],
    config: Config | None = None,
    *,
    stages: Collection[str] = ALL,
    recurring: Collection[str] = frozenset(),
    translator: Translator | None = None,
    rewriter: Translator | None = None,
) -> list[Result | Exception]:
    """Take many documents through the flow: as `process` one by one, but faster.

    Args:
        documents: The decoded documents; all are held in memory.
        config: Settings; the defaults if none are given.
        stages: Names of the stages to run.
        recurring: Lines that recur across the documents of the batch.
        translator: The engine that translates; nothing is translated without one.
        rewriter: The engine that betters wordings; none are without one.

    Returns:
        For each document its result, or what went wrong with it.

    Raises:
        ConfigError: for settings that no document could be done with.
        ModelError: for a model that cannot be used.
    """
    setting = Setting(config or Config(), recurring, translator, rewriter)
    flow: list[Result | Exception] = [Result(document, document.text) for document in documents]
    for stage in STAGES:
        if stage.name in stages:
            going = [k for k, item in enumerate(flow) if isinstance(item, Result)]
            given = [item for item in flow if isinstance(item, Result)]
            for k, item in zip(going, _staged(stage, given, setting), strict=True):
                flow[k] = item
    return flow


def _staged(
    stage: Stage, results: Sequence[Result], setting: Setting
) -> Sequence[Result | Exception]:
    """The results after a stage; one that makes the stage fail takes only itself along."""
    if stage.run_many is not None:
        try:
            return stage.run_many(results, setting)
        except (ConfigError, ModelError, MemoryError):
            raise
        except Exception:  # noqa: BLE001 - one of them is the culprit, which is found below
            return [_apart(stage, result, setting) for result in results]
    return [_apart(stage, result, setting) for result in results]


def _apart(stage: Stage, result: Result, setting: Setting) -> Result | Exception:
    try:
        return stage.run(result, setting)
    except (ConfigError, ModelError, MemoryError):
        raise  # no document's fault
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the others along
        return error


def _left_spun(result: Result, config: RestoreConfig) -> Spun | None:
    """The verdict on what restoration left: its share of the phrases that were found."""
    verdict = result.verdict
    if verdict is None or not verdict.is_spun or not config.enabled:
        return verdict
    left = sum(tag.kind == restoration.SUSPICIOUS for tag in result.tags)
    made = sum(edit.stage == restoration.STAGE for edit in result.ledger)
    score = verdict.score * left / max(1, left + made)
    return replace(verdict, score=score, is_spun=score >= config.threshold)


def _edited(result: Result, step: Sequence[Edit]) -> Result:
    """The result with one more step in its ledger."""
    if not step:
        return result
    return _changed(
        result,
        text=edits.apply(result.text, step),
        ledger=edits.compose(result.document.text, result.ledger, step),
    )


def _tagged(result: Result, tags: Collection[Tag], ledger: Ledger) -> Result:
    """The result with more tags, moved to raw places."""
    if not tags:
        return result
    origin = edits.Projection(ledger).origin
    return _changed(result, tags=result.tags + tuple(placement.placed(t, origin) for t in tags))


def _snapped(result: Result, stage: str) -> Result:
    snapshot = Snapshot(stage, result.text, result.ledger)
    return _changed(result, snapshots=(*result.snapshots, snapshot))
