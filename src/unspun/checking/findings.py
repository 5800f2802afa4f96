"""What a check looks at and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from unspun.align import Span

Severity = Literal["neutral", "minor", "major", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""The levels of MQM, from the mildest on: Lommel et al. 2014, https://themqm.org."""

UNKNOWN = "und"

Terms = Mapping[str, tuple[str, ...]]
"""Terms of the source language, each with the renderings that are allowed."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A segment of the source with its translation.

    Attributes:
        source: The text as the author wrote it; empty where the translation added a passage.
        target: Its translation; empty where a passage was left out.
        id: The caller's name for it, such as a line number or the id of an XLIFF unit.
        document: The document that it belongs to.
        line: The line of the file that it begins on, from 1; 0 where it has none.
    """

    source: str
    target: str
    id: str = ""
    document: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Languages:
    """The languages of a translation, BCP 47; ``und`` where nobody knows."""

    source: str = UNKNOWN
    target: str = UNKNOWN


@dataclass(frozen=True, slots=True)
class QaFinding:
    """What a rule found in a translation.

    Attributes:
        rule: The rule's name, such as ``number``.
        severity: MQM's level.
        category: MQM's error type, such as ``Accuracy/Omission``; empty where none fits.
        message: What is wrong, in one sentence.
        source: The code points of the source that it is about; None where there are none.
        target: The same of the translation.
        expected: What would have been right, where that can be said.
        score: How sure the rule is, 0 to 1.
    """

    rule: str
    severity: Severity
    category: str
    message: str
    source: Span | None = None
    target: Span | None = None
    expected: str = ""
    score: float = 1.0


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know beside the unit.

    Attributes:
        languages: Of source and translation.
        terms: The glossary.
    """

    languages: Languages = field(default_factory=Languages)
    terms: Terms = field(default_factory=dict)
