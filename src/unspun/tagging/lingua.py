"""lingua as a detector to ask, with the extra of that name."""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from unspun.tagging.detectors import Detector


def load(argument: str) -> Detector:
    """Lingua with all its languages, or with those that the argument names: ``en,de,fr``.

    Raises:
        ImportError: without the extra.
        ValueError: for a language that lingua does not know, or fewer than two.
    """
    try:
        lingua = importlib.import_module("lingua")
    except ImportError as error:
        raise ImportError("lingua is not installed: pip install 'unspun[lingua]'") from error
    known = {language.iso_code_639_1.name.lower(): language for language in lingua.Language.all()}
    names = argument.split(",") if argument else list(known)
    if unknown := set(names) - known.keys():
        raise ValueError(f"lingua does not know {', '.join(sorted(unknown))}")
    builder = lingua.LanguageDetectorBuilder.from_languages(*(known[name] for name in names))
    model = builder.build()

    def detect(texts: Sequence[str]) -> list[tuple[str, float]]:
        found = model.compute_language_confidence_values_in_parallel(list(texts))
        best = [values[0] for values in found]
        return [(one.language.iso_code_639_1.name.lower(), one.value) for one in best]

    return detect
