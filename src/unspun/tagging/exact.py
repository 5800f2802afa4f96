"""The label that seeded langdetect gives, for those who must reproduce it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_NAMES = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "unknown": "und"}


def language(text: str, seed: int) -> str:
    """The label of langdetect as a BCP 47 tag; 'und' where it finds no feature.

    >>> language("Die Sitzung wurde auf morgen verschoben.", 0), language("12345", 0)
    ('de', 'und')
    """
    from langdetect.lang_detect_exception import (  # noqa: PLC0415 - few ask for its labels
        LangDetectException,
    )

    detector = _factory(seed).create()
    detector.append(text)
    try:
        label = str(detector.detect())
    except LangDetectException:
        return "und"
    return _NAMES.get(label, label)


def checked(text: str, seed: int, told: str, confidence: float) -> tuple[str, float]:
    """Langdetect's label, and how sure it is beside the language and confidence of the tables."""
    label = language(text, seed)
    # where the tables say otherwise, langdetect is as likely right as wrong
    return label, confidence if label == told else 0.5


@lru_cache(maxsize=4)
def _factory(seed: int) -> Any:  # noqa: ANN401 - langdetect is not typed
    from langdetect.detector_factory import (  # noqa: PLC0415 - as above
        PROFILES_DIRECTORY,
        DetectorFactory,
    )

    factory = DetectorFactory()
    factory.load_profile(PROFILES_DIRECTORY)
    factory.seed = seed
    return factory
