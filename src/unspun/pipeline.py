"""The flow of one document, pure: a decoded document in, a result out.

Stages never import each other; they meet here, and their order is the literal tuple `STAGES`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from unspun import (
    chrome,
    edits,
    extraction,
    flow,
    normalise,
    placement,
    quality,
    restoration,
    rewriting,
    tagging,
    translation,
)
from unspun.config import Config, ExtractConfig, NormaliseConfig, RestoreConfig
from unspun.detect import spun as spun_detector
from unspun.errors import NO_DOCUMENTS_FAULT
from unspun.flow import Result, Setting, Snapshot, Stage
from unspun.model import Document, Ledger, Origin, Spun, Tag, Tagged
from unspun.normalise.spoofs import SPOOF, spoofs
from unspun.protocol import Translator
from unspun.restoration import SUSPICIOUS
from unspun.rewriting import Passage
from unspun.tracing import Projection

__all__ = [
    "ALL",
    "CLEAN",
    "RESTORE",
    "STAGES",
    "TAG",
    "TRANSLATE",
    "Result",
    "Setting",
    "Snapshot",
    "Stage",
    "is_page",
    "process",
    "process_many",
    "shown",
]

SHOWN_EVIDENCE = 20  # findings that an origin names; `Spun.findings` has them all


def _extract(result: Result, setting: Setting) -> Result:
    if not extraction.is_page(result.document, setting.config.extract):
        return result
    step, tags = extraction.extract(result.text)
    result = flow.edited(flow.tagged(result, tags, ()), step)
    return flow.snapped(result, extraction.STAGE)


def is_page(document: Document, config: ExtractConfig) -> bool:
    """Whether a document is an HTML page."""
    return extraction.is_page(document, config)


def shown(document: Document, config: ExtractConfig) -> str:
    """What a reader sees of a document: of a page, its text."""
    if not is_page(document, config):
        return document.text
    return edits.apply(document.text, extraction.extract(document.text)[0])


def _normalise(result: Result, setting: Setting) -> Result:
    shown = normalise.shown(result.text, setting.config.normalise)
    if shown:
        if SPOOF in shown:
            result = flow.tagged(result, spoofs(result.text), result.ledger)
        if shown != {SPOOF}:
            result = _repaired(result, shown - {SPOOF}, setting.config.normalise)
    return flow.snapped(result, "normalise")


def _repaired(result: Result, shown: frozenset[str], config: NormaliseConfig) -> Result:
    """The result after all rules for which its text shows signs."""
    moved = False
    for normaliser in normalise.NORMALISERS:
        idle = normaliser is normalise.SETTLE and not moved
        if idle or not normaliser.asked(shown, config):
            continue
        step = normaliser.propose(result.text, config)
        if step:
            moved = True
            result = flow.edited(result, step)
            shown = normalise.shown(result.text, config)
    return flow.tagged(result, normalise.suspects(result.text, config), result.ledger)


def _strip_chrome(result: Result, setting: Setting) -> Result:
    config = setting.config.chrome
    step, tags = chrome.find(result.text, config, recurring=setting.recurring)
    result = flow.tagged(result, tags, result.ledger)
    if config.enabled:
        result = flow.edited(result, step)
    return flow.snapped(result, "chrome")


def _tag(result: Result, setting: Setting) -> Result:
    return _tag_many([result], setting)[0]


def _tag_many(results: Sequence[Result], setting: Setting) -> list[Result]:
    """Languages of many texts, which are read several times faster together than one by one."""
    given = [result.given("chrome") for result in results]
    texts = [snapshot.text for snapshot in given]
    skips = [
        _furniture(result, snapshot.ledger) if result.tags else ()
        for result, snapshot in zip(results, given, strict=True)
    ]
    ids = [result.document.id for result in results]
    tagged = tagging.tag_many(texts, setting.config.tag, skips=skips, ids=ids, judged=True)
    return list(map(_placed, results, given, tagged))


def _placed(result: Result, given: Snapshot, tagged: Tagged) -> Result:
    """The result with its languages, and where its wording comes from, at raw places."""
    if given.ledger:
        tagged = placement.tagged(tagged, Projection(given.ledger).origin)
    return flow.changed(result, tagged=tagged, tags=result.tags + _residue(tagged))


def _furniture(result: Result, ledger: Ledger) -> list[tuple[int, int]]:
    """What is tagged too, but has no say in the language."""
    now = Projection(ledger).result
    return [now(t.start, t.end) for t in result.tags if t.kind == "chrome"]


def _residue(tagged: Tagged) -> tuple[Tag, ...]:
    """Passages that were left in another language than the document's."""
    if not tagged.origin.evidence:
        return ()
    return tuple(
        Tag(f.kind, f.start, f.end, f.detail, f.score)
        for f in tagged.origin.evidence
        if f.kind == "residue"
    )


def _detect(result: Result, setting: Setting) -> Result:
    verdict = spun_detector.detect(result.text, setting.config.restore)
    findings, spun = verdict.findings, verdict
    if findings:
        findings = placement.findings(findings, Projection(result.ledger).origin)
        spun = replace(verdict, findings=findings)
    result = flow.changed(result, verdict=verdict, spun=spun)
    if verdict.is_spun and result.tagged is not None:
        strongest = sorted(findings, key=lambda f: -f.score)[:SHOWN_EVIDENCE]
        evidence = tuple(sorted(strongest, key=lambda f: (f.start, f.end)))
        origin = Origin("spun", None, evidence, verdict.score, result.tagged.origin.stated)
        result = flow.changed(result, tagged=replace(result.tagged, origin=origin))
    return result


def _restore(result: Result, setting: Setting) -> Result:
    config = setting.config.restore
    if result.verdict is not None and result.verdict.is_spun and config.enabled:
        step, tags = restoration.restore(result.text, result.verdict, config)
        result = flow.edited(flow.tagged(result, tags, result.ledger), step)
        if step:
            result = _restored_on(result, config)
    return flow.snapped(result, "restore")


_ROUNDS = 8  # of restoring: real texts need one or two


def _restored_on(result: Result, config: RestoreConfig) -> Result:
    """Restored until nothing more is.

    The words that are back make more of the rest sure, or show another family's phrases.
    """
    again = result
    for _ in range(_ROUNDS):
        verdict = spun_detector.detect(again.text, config)
        step, _ = restoration.restore(again.text, verdict, config)
        if not step:
            break
        again = flow.edited(again, step)
    if again is result:
        return result
    known = frozenset(result.ledger)
    later = [edit for edit in again.ledger if edit not in known]
    left = [t for t in again.tags if t.kind != SUSPICIOUS or not placement.touched(t, later)]
    return flow.changed(again, tags=tuple(left))


def _translate(result: Result, setting: Setting) -> Result:
    config, translator = setting.config.translate, setting.translator
    if translator is None or result.tagged is None:
        return result
    now = placement.tagged(result.tagged, Projection(result.ledger).result)

    def foreign(texts: Sequence[str], target: str) -> list[bool]:
        return tagging.elsewhere(texts, target, setting.config.tag)

    step = translation.translate(result.text, now, config, translator, foreign)
    result = flow.edited(flow.tagged(result, step.tags, result.ledger), step.edits)
    result = flow.changed(result, translation=step.translation, usage=step.usage)
    return flow.snapped(result, translation.STAGE)


def _rewrite(result: Result, setting: Setting) -> Result:
    config = setting.config.rewrite
    if setting.rewriter is None:
        return result
    passages = [p for p in _bettered(result) if p.kind in config.what]
    raw, trace = result.document.text, Projection(result.ledger).origin

    def before(start: int, end: int) -> str:
        return raw[slice(*trace(start, end))]

    step = rewriting.rewrite(result.text, passages, config, setting.rewriter, before)
    result = flow.edited(result, step.edits)
    usage = result.usage.added(step.usage)
    return flow.snapped(
        flow.changed(result, rewriting=step.rewriting, usage=usage), rewriting.STAGE
    )


def _bettered(result: Result) -> Iterator[Passage]:
    """What was spun, or translated by machine, in the text as it stands."""
    now = Projection(result.ledger).result
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


def _assess(result: Result, setting: Setting) -> Result:
    return _assess_many([result], setting)[0]


def _assess_many(results: Sequence[Result], setting: Setting) -> list[Result]:
    """Scores of many texts: what is counted in them is counted sooner together than one by one."""
    placed = [(result, _tagged_now(result, setting)) for result in results]
    tagged = [(result, found) for result, found in placed if found]
    shapes = quality.Shape.of_many([(each.text, found.language) for each, found in tagged])
    wanted = setting.config.quality.fluency
    read = [k for k, (_, found) in enumerate(tagged) if wanted and found.language == "en"]
    fluency = dict(zip(read, quality.fluent_many([tagged[k][0].text for k in read]), strict=True))
    assessed = (
        _assessed(result, found, fluency.get(k), shape, setting)
        for k, ((result, found), shape) in enumerate(zip(tagged, shapes, strict=True))
    )
    return [result if found is None else next(assessed) for result, found in placed]


def _tagged_now(result: Result, setting: Setting) -> Tagged | None:
    """The languages of the text as it stands, if they were found."""
    if result.tagged is None:
        return None
    if result.translation and any(edit.stage == translation.STAGE for edit in result.ledger):
        return tagging.tag(result.text, setting.config.tag)  # its languages are others now
    if not result.ledger:
        return result.tagged
    return placement.tagged(result.tagged, Projection(result.ledger).result)


def _assessed(
    result: Result,
    tagged: Tagged,
    fluency: tuple[float, float] | None,
    shape: quality.Shape,
    setting: Setting,
) -> Result:
    """The result with its score."""
    assessed = quality.assess(
        result.text,
        tagged,
        spun=_left_spun(result, setting.config.restore),
        chrome=_left("chrome", result) if result.tags else (),
        damage=_left("encoding-damage", result) if result.tags else (),
        fluency=fluency,
        shape=shape,
    )
    return flow.changed(result, quality=assessed)


def _left(kind: str, result: Result) -> list[Tag]:
    """What was tagged as of a kind and is still in the text, at its place there."""
    now = Projection(result.ledger).result
    tags = [placement.placed(tag, now) for tag in result.tags if tag.kind == kind]
    return [tag for tag in tags if tag.start < tag.end]


STAGES = (
    Stage("extract", _extract),  # first: markup is no text
    Stage("normalise", _normalise),  # mojibake is no word, and every later stage reads words
    Stage("chrome", _strip_chrome),  # before restoration: menus are neither prose nor spun
    Stage("tag", _tag, _tag_many),  # after chrome, whose spans it tags but does not count
    Stage("detect", _detect),  # on prose alone: furniture would dilute the evidence
    Stage("restore", _restore),  # needs sound words and the verdict
    Stage("translate", _translate),  # after restoration: what it writes is no spinner's
    Stage("rewrite", _rewrite),  # last to change text: it betters what the two before it made
    Stage("assess", _assess, _assess_many),  # the score of what is left when all is done
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
    result = flow.begun(document)
    for stage in STAGES:
        if stage.name in stages:
            result = stage.run(result, setting)
    return result


def process_many(
    documents: Sequence[Document | Exception],
    config: Config | None = None,
    *,
    stages: Collection[str] = ALL,
    recurring: Collection[str] = frozenset(),
    translator: Translator | None = None,
    rewriter: Translator | None = None,
) -> list[Result | Exception]:
    """Take many documents through the flow: as `process` one by one, but faster.

    Args:
        documents: The decoded documents, or why they could not be had; all are held in memory.
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
    found: list[Result | Exception] = [
        item if isinstance(item, Exception) else flow.begun(item) for item in documents
    ]
    for stage in STAGES:
        if stage.name in stages:
            found = _staged(stage, found, setting)
    return found


def _staged(
    stage: Stage, found: list[Result | Exception], setting: Setting
) -> list[Result | Exception]:
    """The results after a stage; what failed before passes by."""
    going = [item for item in found if isinstance(item, Result)]
    made = _made(stage, going, setting)
    if len(going) == len(found):
        return list(made)
    after = iter(made)
    return [next(after) if isinstance(item, Result) else item for item in found]


def _made(
    stage: Stage, results: Sequence[Result], setting: Setting
) -> Sequence[Result | Exception]:
    """The results after a stage; one that makes the stage fail takes only itself along."""
    if stage.run_many is not None:
        try:
            return stage.run_many(results, setting)
        except NO_DOCUMENTS_FAULT:
            raise
        except Exception:  # noqa: BLE001 - one of them is the culprit, which is found below
            return [_apart(stage, result, setting) for result in results]
    return [_apart(stage, result, setting) for result in results]


def _apart(stage: Stage, result: Result, setting: Setting) -> Result | Exception:
    try:
        return stage.run(result, setting)
    except NO_DOCUMENTS_FAULT:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of ours must not take the others along
        return error


def _left_spun(result: Result, config: RestoreConfig) -> Spun | None:
    """The verdict on what restoration left: its share of the phrases that were found."""
    verdict = result.verdict
    if verdict is None or not verdict.is_spun or not config.enabled:
        return verdict
    left = sum(tag.kind == SUSPICIOUS for tag in result.tags)
    made = sum(edit.stage == restoration.STAGE for edit in result.ledger)
    score = verdict.score * left / max(1, left + made)
    return replace(verdict, score=score, is_spun=score >= config.threshold)
