"""Findings as SARIF 2.1.0 (OASIS, 2020), which code hosts and editors read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

from unspun.checking import RULES, Checked, QaFinding
from unspun.verification import Verified
from unspun.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_PLACES = {rule.name: place for place, rule in enumerate(RULES)}
_LEVELS = {"neutral": "note", "minor": "warning", "major": "error", "critical": "error"}


def log(files: Iterable[tuple[Path, Iterable[Checked]]]) -> dict[str, Any]:
    """The log of a run: the rules, and a result for each finding.

    Args:
        files: The translations that were checked, each with its units.
    """
    return _log(
        _result(path, checked, finding)
        for path, units in files
        for checked in units
        for finding in checked.findings
    )


def log_of_run(documents: Iterable[tuple[str, str, Iterable[Verified]]]) -> dict[str, Any]:
    """The log of what a run found: places are those of the raw documents.

    Args:
        documents: Of each document its path, its raw text and its findings.
    """
    return _log(
        _result_of_run(path, text, item) for path, text, found in documents for item in found
    )


def _log(results: Iterable[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": _driver()},
                "columnKind": "unicodeCodePoints",
                "results": list(results),
            }
        ],
    }


def _driver() -> dict[str, Any]:
    return {
        "name": "unspun",
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [
            {
                "id": rule.name,
                "shortDescription": {"text": rule.looks_for},
                "properties": {"tags": [f"MQM: {category}" for category in rule.categories]},
            }
            for rule in RULES
        ],
    }


def _result(path: Path, checked: Checked, finding: QaFinding) -> dict[str, Any]:
    unit = checked.unit
    names = [name for name in (unit.document, unit.id) if name]
    location: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(path.as_posix())},
            "region": {"startLine": max(1, unit.line), "snippet": {"text": unit.target}},
        }
    }
    if names:
        location["logicalLocations"] = [{"fullyQualifiedName": "/".join(names)}]
    return _found(finding, location, unit.source)


def _result_of_run(path: str, text: str, item: Verified) -> dict[str, Any]:
    start, end = item.finding.source or item.passage
    region = {
        "startLine": text.count("\n", 0, start) + 1,
        "charOffset": start,
        "charLength": end - start,
        "snippet": {"text": text[start:end]},
    }
    place = {"artifactLocation": {"uri": quote(path)}, "region": region}
    return _found(item.finding, {"physicalLocation": place}, text[slice(*item.passage)])


def _found(finding: QaFinding, location: dict[str, Any], source: str) -> dict[str, Any]:
    return {
        "ruleId": finding.rule,
        "ruleIndex": _PLACES[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message},
        "locations": [location],
        "properties": {
            "severity": finding.severity,
            "category": finding.category,
            "source": source,
            "sourceSpan": list(finding.source) if finding.source else None,
            "targetSpan": list(finding.target) if finding.target else None,
            "expected": finding.expected,
        },
    }
