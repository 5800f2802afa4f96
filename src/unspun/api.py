"""The verbs of the command line, on strings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from unspun import checking, diffing, pipeline, scoring, translators
from unspun.arrow import batch
from unspun.batches import run
from unspun.bilingual.languages import detect
from unspun.checking import QaReport
from unspun.config import Config
from unspun.diffing import Diff
from unspun.errors import ConfigError, MismatchError, UnspunError
from unspun.model import Cleaned, Document, Quality, Restored, Spun, Tagged, Translated
from unspun.scoring import Scores

__all__ = ["batch", "clean", "diff", "qa", "restore", "run", "score", "tag", "translate"]


def clean(text: str, config: Config | None = None, *, id: str = "") -> Cleaned:  # noqa: A002
    r"""Repair encoding damage and strip page furniture.

    Args:
        text: The text as it came.
        config: Settings; the defaults if none are given.
        id: A name for the document.

    >>> clean("It\u00e2\u20ac\u2122s here.").text
    'It’s here.'
    """
    result = pipeline.process(Document(id, text), config, stages=pipeline.CLEAN)
    language = result.tagged.language if result.tagged else "und"
    return Cleaned(id, result.text, language, result.ledger, result.quality or Quality(1.0))


def tag(text: str, config: Config | None = None, *, id: str = "") -> Tagged:  # noqa: A002
    """Say the language, script and origin of a text and its passages.

    >>> tag("這是一份關於人工智能的報告，內容很長。").language
    'zh-Hant'
    """
    result = pipeline.process(Document(id, text), config, stages=pipeline.TAG)
    if result.tagged is None:  # pragma: no cover - the tag stage always answers
        raise UnspunError("the flow lacks its tag stage")
    return result.tagged


def restore(text: str, config: Config | None = None, *, id: str = "") -> Restored:  # noqa: A002
    """Decide whether a text is spun, and give it its own words back."""
    result = pipeline.process(Document(id, text), config, stages=pipeline.RESTORE)
    return Restored(id, result.text, result.spun or Spun(0.0, is_spun=False), result.ledger)


def translate(text: str, config: Config, *, id: str = "") -> Translated:  # noqa: A002
    """Translate the passages that are in another language.

    Args:
        text: The text as it came.
        config: Settings; those of ``translate`` name the language and the engine.
        id: A name for the document.

    Raises:
        ConfigError: where no language is named, or no engine can be used.
        ModelError: for a model that cannot be used.
    """
    translator = translators.open_engine(config.translate)
    if translator is None:
        raise ConfigError("name the language: Config(translate=TranslateConfig(to='en', ...))")
    document = Document(id, text)
    result = pipeline.process(document, config, stages=pipeline.TRANSLATE, translator=translator)
    language = result.tagged.language if result.tagged else "und"
    return Translated(id, result.text, language, result.ledger, result.tags)


def diff(hyp: str, ref: str) -> Diff:
    """Compare a text with its reference, word by word.

    >>> diff("It cost 40 pounds.", "It cost 50 pounds.").classes
    {'number': 1}
    """
    return diffing.diff(hyp, ref)


def score(
    hyp: str | Sequence[str], ref: str | Sequence[str], config: Config | None = None
) -> Scores:
    """Score texts against their references, each text as one segment.

    Args:
        hyp: A text, or several.
        ref: Its reference, or as many as there are texts.
        config: Settings; the defaults if none are given.

    Raises:
        MismatchError: where texts and references do not pair one to one.

    >>> score("The ferry is late.", "The ferry is late.").corpus["ter"]
    0.0
    """
    texts = [hyp] if isinstance(hyp, str) else list(hyp)
    references = [ref] if isinstance(ref, str) else list(ref)
    if len(texts) != len(references):
        raise MismatchError(f"{len(texts)} texts against {len(references)} references")
    pairs = [
        (str(number), text, str(number), reference)
        for number, (text, reference) in enumerate(zip(texts, references, strict=True))
    ]
    return scoring.score_documents(pairs, (config or Config()).score)


def qa(
    source: str | Sequence[str],
    target: str | Sequence[str],
    *,
    source_language: str = "und",
    target_language: str = "und",
    glossary: Mapping[str, Sequence[str]] | None = None,
    rules: Collection[str] | None = None,
    sure: float = checking.SURE,
) -> QaReport:
    """Check a translation against its source.

    Args:
        source: A text, whose passages are paired with those of its translation, or segments.
        target: Its translation, or as many segments.
        source_language: BCP 47; found where it is not given.
        target_language: The same of the translation.
        glossary: Terms with the renderings that are allowed.
        rules: Names of the rules to check; all where none are given.
        sure: The least score of a finding, 0 to 1.

    Raises:
        MismatchError: where segments do not pair one to one.
        ConfigError: for a rule that does not exist.

    >>> [f.message for f in qa("营收10.5亿元。", "It made 1.5 billion yuan.").findings]
    ['10.5亿 (1,050,000,000) became 1.5 billion (1,500,000,000)']
    """
    ours, theirs = ([t] if isinstance(t, str) else list(t) for t in (source, target))
    if len(ours) != len(theirs):
        raise MismatchError(f"{len(ours)} segments against {len(theirs)} translations")
    units = [checking.Unit(a, b, str(k)) for k, (a, b) in enumerate(zip(ours, theirs, strict=True))]
    languages = detect(units, checking.Languages(source_language, target_language))
    if isinstance(source, str) and "\n" in source.strip() + units[0].target.strip():
        units = checking.pair_texts(source, units[0].target, languages)
    terms = {term: tuple(renderings) for term, renderings in (glossary or {}).items()}
    found = checking.check_units(units, checking.Context(languages, terms), rules, sure)
    return QaReport(
        languages, tuple(checking.Checked(u, f) for u, f in zip(units, found, strict=True))
    )
