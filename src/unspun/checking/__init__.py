"""What a translation must keep, checked against its source: pure rules, findings with spans."""

from __future__ import annotations

from unspun.checking.documents import SURE, check_stream, check_units
from unspun.checking.findings import (
    SEVERITIES,
    Context,
    Languages,
    QaFinding,
    Severity,
    Terms,
    Unit,
)
from unspun.checking.passages import pair_texts
from unspun.checking.report import Checked, QaReport, at_least
from unspun.checking.rules import RULES, Rule, check, check_unit, chosen
from unspun.checking.terms import read as read_terms

__all__ = [
    "RULES",
    "SEVERITIES",
    "SURE",
    "Checked",
    "Context",
    "Languages",
    "QaFinding",
    "QaReport",
    "Rule",
    "Severity",
    "Terms",
    "Unit",
    "at_least",
    "check",
    "check_stream",
    "check_unit",
    "check_units",
    "chosen",
    "pair_texts",
    "read_terms",
]
