"""Translation QA of a document of a run: what was translated in it, or its translation; pure.

A translation that the checks of the stage refused never came into the text; here stands what is
left to say of those that did, what was left untranslated and why, and what a reference in another
language made of the document.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from unspun import checking, tagging, translation
from unspun.align import Span
from unspun.checking import QaFinding, Terms, Unit
from unspun.config import TagConfig
from unspun.model import Edit, Ledger, Tag
from unspun.pipeline import Result
from unspun.tracing import Projection

Side = Literal["clean", "reference"]
_STRANGE = 0.5  # share of a reference that alignment pairs, below which its language is looked at


@dataclass(frozen=True, slots=True)
class Verified:
    """A finding where it stands.

    Attributes:
        finding: What is wrong, ``source`` in the raw text, ``target`` in the text below.
        target: Which text holds the translation.
        passage: The passage of the raw text that was translated.
    """

    finding: QaFinding
    target: Side
    passage: Span


def translated(result: Result, terms: Terms | None = None) -> tuple[Verified, ...]:
    """Findings about what a run translated, in the order of the raw text.

    Args:
        result: The document.
        terms: The glossary that was to be kept to.
    """
    made = [edit for edit in result.ledger if _rule(edit)]
    found = [
        item
        for languages in sorted({_languages(edit) for edit in made})
        for item in _checked(
            [edit for edit in made if _languages(edit) == languages],
            checking.Context(checking.Languages(*languages), terms or {}),
            Projection(result.ledger),
        )
    ]
    found += (_left(tag) for tag in result.tags if tag.kind == translation.UNTRANSLATED)
    return tuple(sorted(found, key=lambda item: item.passage))


def _rule(edit: Edit) -> str:
    """The rule of the translation that an edit is or has in it; empty where there is none."""
    steps = (edit, *edit.history)
    return next((s.rule for s in steps if s.stage == translation.STAGE), "")


def _languages(edit: Edit) -> tuple[str, str]:
    source, target = _rule(edit).rsplit(":", 2)[-2:]
    return source, target


def _checked(
    made: Sequence[Edit], context: checking.Context, projection: Projection
) -> Iterator[Verified]:
    units = [Unit(edit.before, edit.after) for edit in made]
    for edit, findings in zip(made, checking.check_units(units, context), strict=True):
        start = projection.result(edit.start, edit.end)[0]
        for finding in findings:
            if finding.severity != "neutral":
                moved = _moved(finding, edit.start, start)
                yield Verified(moved, "clean", (edit.start, edit.end))


def _moved(finding: QaFinding, source: int, target: int) -> QaFinding:
    ours, theirs = finding.source, finding.target
    return replace(
        finding,
        source=(ours[0] + source, ours[1] + source) if ours else None,
        target=(theirs[0] + target, theirs[1] + target) if theirs else None,
    )


def _left(tag: Tag) -> Verified:
    """A passage whose translation was refused."""
    span = tag.start, tag.end
    message = f"left as it was; {tag.value}" if tag.value else "left as it was"
    finding = QaFinding(
        "untranslated", "major", "Accuracy/Untranslated", message, span, None, "", tag.confidence
    )
    return Verified(finding, "clean", span)


def of_reference(
    result: Result, reference: str, coverage: float, config: TagConfig
) -> tuple[Verified, ...]:
    """Findings about a reference that is a translation of the document.

    Args:
        result: The document.
        reference: Its reference's text.
        coverage: Share of the reference that alignment paired, 0 to 1: where much was paired both
            are in one language, and nothing is looked for.
        config: How languages are told.
    """
    if coverage >= _STRANGE or result.tagged is None or not reference.strip():
        return ()
    languages = checking.Languages(result.tagged.language, tagging.tag(reference, config).language)
    names = {languages.source, languages.target}
    if "und" in names or len({name.split("-")[0] for name in names}) == 1:
        return ()
    return tuple(_paired(result.text, reference, languages, result.ledger))


def _paired(
    text: str, reference: str, languages: checking.Languages, ledger: Ledger
) -> Iterator[Verified]:
    units = checking.pair_texts(text, reference, languages)
    origin = Projection(ledger).origin
    ours = theirs = 0
    for unit, findings in zip(
        units, checking.check_units(units, checking.Context(languages)), strict=True
    ):
        ours, theirs = text.index(unit.source, ours), reference.index(unit.target, theirs)
        passage = origin(ours, ours + len(unit.source))
        for finding in findings:
            if finding.severity != "neutral":
                moved = _moved(finding, ours, theirs)
                source = origin(*moved.source) if moved.source else None
                yield Verified(replace(moved, source=source), "reference", passage)
