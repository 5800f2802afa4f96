"""One self-contained page that shows a run: scores, documents, and every edit with its reason.

>>> page = "".join(render(RunView(title="Two letters"), [DocumentView("a", "abc", "abc")]))
>>> "Content-Security-Policy" in page, "Two letters" in page
(True, True)
"""

from __future__ import annotations

from unspun.report.page import render
from unspun.report.view import (
    METRICS,
    CheckedView,
    DiffView,
    DocumentView,
    Limits,
    MetricView,
    RunView,
    SegmentView,
)

__all__ = [
    "METRICS",
    "CheckedView",
    "DiffView",
    "DocumentView",
    "Limits",
    "MetricView",
    "RunView",
    "SegmentView",
    "render",
]
