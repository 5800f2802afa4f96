"""unspun: clean, tag, restore, score and diff documents, and take every change back.

>>> import unspun
>>> result = unspun.clean("The cafÃ© reopens on Monday.")
>>> result.text
'The café reopens on Monday.'
>>> [(e.start, e.end, e.before, e.after, e.rule) for e in result.edits]
[(7, 9, 'Ã©', 'é', 'mojibake')]
"""

from __future__ import annotations

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
from unspun.version import __version__

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
