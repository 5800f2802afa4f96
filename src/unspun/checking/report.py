"""What came out of a check, and how severe it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from unspun.checking.findings import SEVERITIES, Languages, QaFinding, Severity, Unit


@dataclass(frozen=True, slots=True)
class Checked:
    """A unit and what was found in it.

    Attributes:
        unit: The segment and its translation.
        findings: In the order of the source.
    """

    unit: Unit
    findings: tuple[QaFinding, ...]

    def to_dict(self) -> dict[str, Any]:
        """The record of `unspun qa --json`."""
        unit = self.unit
        return {
            "id": unit.id,
            "document": unit.document,
            "line": unit.line,
            "source": unit.source,
            "target": unit.target,
            "findings": [record(finding) for finding in self.findings],
        }


@dataclass(frozen=True, slots=True)
class QaReport:
    """A translation that was checked.

    Attributes:
        languages: Of source and translation.
        units: All units, those without findings, too.
    """

    languages: Languages
    units: tuple[Checked, ...]

    @property
    def findings(self) -> tuple[QaFinding, ...]:
        """All findings, in order."""
        return tuple(f for checked in self.units for f in checked.findings)

    def counts(self) -> Counter[str]:
        """How often each rule found something."""
        return Counter(f.rule for f in self.findings)


def record(finding: QaFinding) -> dict[str, Any]:
    """A finding as plain values; spans are lists or null."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "category": finding.category,
        "message": finding.message,
        "source": list(finding.source) if finding.source else None,
        "target": list(finding.target) if finding.target else None,
        "expected": finding.expected,
        "score": round(finding.score, 3),
    }


def at_least(findings: Iterable[QaFinding], least: Severity) -> Iterator[QaFinding]:
    """The findings that are as severe, or more.

    >>> mild = QaFinding("spacing", "minor", "", "two blanks")
    >>> list(at_least([mild], "major"))
    []
    """
    rank = SEVERITIES.index(least)
    return (f for f in findings if SEVERITIES.index(f.severity) >= rank)
