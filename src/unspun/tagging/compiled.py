"""The compiled reader of words, with the tables that the plain version reads as well."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from unspun import kernels
from unspun.tagging import profiles, scripts, style, switches

_kernel = kernels.load("unspun.tagging._words", revision=9)


@lru_cache(maxsize=1)
def reader() -> Any | None:  # noqa: ANN401 - an extension is not typed
    """The compiled reader; None where the plain version must do."""
    if _kernel is None:
        return None
    table, known = profiles.load(), scripts.load()
    columns = np.zeros(256, np.uint8)
    for script, languages in table.languages.items():
        columns[known.number(script)] = len(languages)
    return _kernel.Reader(
        table.letters,
        known.group,
        table.code,
        table.pair,
        table.triple,
        table.back,
        table.weights,
        scripts.kinds(),
        switches.MARKS,
        columns,
        scripts.CODE,
        switches.PRICES,
        switches.GAIN,
        style.shared(),
    )
