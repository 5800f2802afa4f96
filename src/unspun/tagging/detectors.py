"""Other detectors of language, plugged in: they are asked where the tables are unsure.

A detector is a callable that takes texts and returns, for each, a BCP 47 tag and the probability
that it is right. A package offers one as an entry point of the group `GROUP`: a function that takes
what follows the colon of ``TagConfig.detector`` (a path, say) and returns the callable.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import entry_points

from unspun.errors import ConfigError, ModelError, unknown_name

GROUP = "unspun.detectors"

Detector = Callable[[Sequence[str]], Sequence[tuple[str, float]]]
"""Texts in; for each the language, ``und`` if none, and the probability that it is right."""


@lru_cache(maxsize=8)
def load(setting: str) -> Detector:
    """The detector of a name, or of ``name:argument``.

    Raises:
        ConfigError: if no installed package offers it.
        ModelError: if it cannot be made.
    """
    name, _, argument = setting.partition(":")
    known = {point.name: point for point in entry_points(group=GROUP)}
    if name not in known:
        raise ConfigError(unknown_name("detector", name, known))
    try:
        detector: Detector = known[name].load()(argument)
    except Exception as error:
        raise ModelError(f"detector {name!r} cannot be used: {error}") from error
    return detector


def ask(setting: str, texts: Sequence[str]) -> list[tuple[str, float]]:
    """What a detector says of texts.

    Raises:
        ConfigError: if no installed package offers it.
        ModelError: if it fails, or its answers are not of the kind that was asked for.
    """
    try:
        answers = [(str(tag), float(certain)) for tag, certain in load(setting)(texts)]
    except (ConfigError, ModelError):
        raise
    except Exception as error:
        raise ModelError(f"detector {setting!r} failed: {error}") from error
    if len(answers) != len(texts) or not all(0.0 <= certain <= 1.0 for _, certain in answers):
        raise ModelError(
            f"detector {setting!r}: {len(texts)} texts need as many languages with a probability "
            "from 0 to 1"
        )
    return answers
