"""What a translation must keep, checked against its source: pure rules, findings with spans."""

from __future__ import annotations

from unspun.checking.findings import (
    SEVERITIES,
    Context,
    Languages,
    QaFinding,
    Severity,
    Terms,
    Unit,
)
from unspun.checking.rules import RULES, Rule, check, check_unit
from unspun.checking.terms import read as read_terms

__all__ = [
    "RULES",
    "SEVERITIES",
    "Context",
    "Languages",
    "QaFinding",
    "Rule",
    "Severity",
    "Terms",
    "Unit",
    "check",
    "check_unit",
    "read_terms",
]
