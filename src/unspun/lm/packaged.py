"""The packaged model of English, opened once a process."""

from __future__ import annotations

from functools import cache

from unspun import tables
from unspun.lm.model import LanguageModel

FILE = "english.lm"


@cache
def english() -> LanguageModel:
    """The model; mapped into memory, so worker processes share it.

    Raises:
        ModelError: if the file is missing or damaged.
    """
    return LanguageModel.open(tables.path(FILE))
