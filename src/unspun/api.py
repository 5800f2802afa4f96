"""The verbs of the command line, on strings."""

from __future__ import annotations

from unspun import pipeline
from unspun.config import Config
from unspun.errors import UnspunError
from unspun.model import Cleaned, Document, Quality, Restored, Spun, Tagged


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
