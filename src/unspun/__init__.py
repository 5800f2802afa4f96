"""unspun: clean, tag, restore, score and diff documents, and take every change back.

>>> import unspun
>>> result = unspun.clean("The cafÃ© reopens on Monday.")
>>> result.text
'The café reopens on Monday.'
>>> [(e.start, e.end, e.before, e.after, e.rule) for e in result.edits]
[(7, 9, 'Ã©', 'é', 'mojibake')]
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from unspun.version import __version__

if TYPE_CHECKING:
    from unspun.api import batch, clean, diff, qa, restore, run, score, tag, translate
    from unspun.batches import Summary
    from unspun.checking import QaFinding, QaReport
    from unspun.config import Config, TranslateConfig
    from unspun.diffing import Diff
    from unspun.errors import (
        ConfigError,
        EditError,
        InputError,
        MismatchError,
        ModelError,
        OutputError,
        UnspunError,
    )
    from unspun.model import (
        Cleaned,
        Document,
        Edit,
        Finding,
        LanguageSpan,
        Origin,
        Processed,
        Quality,
        Restored,
        Spun,
        SubScore,
        Tag,
        Tagged,
        Translated,
    )
    from unspun.scoring import Scores
    from unspun.streaming import Pipeline

__all__ = [
    "Cleaned",
    "Config",
    "ConfigError",
    "Diff",
    "Document",
    "Edit",
    "EditError",
    "Finding",
    "InputError",
    "LanguageSpan",
    "MismatchError",
    "ModelError",
    "Origin",
    "OutputError",
    "Pipeline",
    "Processed",
    "QaFinding",
    "QaReport",
    "Quality",
    "Restored",
    "Scores",
    "Spun",
    "SubScore",
    "Summary",
    "Tag",
    "Tagged",
    "TranslateConfig",
    "Translated",
    "UnspunError",
    "__version__",
    "batch",
    "clean",
    "diff",
    "qa",
    "restore",
    "run",
    "score",
    "tag",
    "translate",
]

_HOMES = {
    "unspun.api": ("batch", "clean", "diff", "qa", "restore", "run", "score", "tag", "translate"),
    "unspun.batches": ("Summary",),
    "unspun.checking": ("QaFinding", "QaReport"),
    "unspun.config": ("Config", "TranslateConfig"),
    "unspun.diffing": ("Diff",),
    "unspun.errors": (
        "ConfigError",
        "EditError",
        "InputError",
        "MismatchError",
        "ModelError",
        "OutputError",
        "UnspunError",
    ),
    "unspun.model": (
        "Cleaned",
        "Document",
        "Edit",
        "Finding",
        "LanguageSpan",
        "Origin",
        "Processed",
        "Quality",
        "Restored",
        "Spun",
        "SubScore",
        "Tag",
        "Tagged",
        "Translated",
    ),
    "unspun.scoring": ("Scores",),
    "unspun.streaming": ("Pipeline",),
}
"""Where the public names are defined: each is imported when it is first asked for (PEP 562)."""
_HOME = {name: home for home, names in _HOMES.items() for name in names}


if not TYPE_CHECKING:  # to a type checker, every name would be one

    def __getattr__(name: str) -> object:
        if name in _HOME:
            value = globals()[name] = getattr(import_module(_HOME[name]), name)
            return value
        module = f"{__name__}.{name}"
        try:  # modules are there without an import of their own, too
            return import_module(module)
        except ModuleNotFoundError as error:
            if error.name != module:
                raise
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
