"""How answers look on a terminal: tables that fit, colours only where they are seen."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from unspun.records import Record

console = Console(highlight=False)
errors_console = Console(stderr=True, highlight=False)

WIDE = 100  # columns from which all metrics fit
MADE_VISIBLE = {ord("\n"): "↵", ord("\t"): "⇥", ord("\r"): "␍", 0xFEFF: "<BOM>", 0x200B: "<ZWSP>"}


def visible(text: str, limit: int = 60) -> str:
    """A text on one line, controls made visible, cut in the middle."""
    shown = "".join(
        c if c.isprintable() else MADE_VISIBLE.get(ord(c), f"<{ord(c):02X}>") for c in text
    )
    if len(shown) <= limit:
        return shown
    half = (limit - 1) // 2
    return f"{shown[:half]}…{shown[-half:]}"


def complain(message: str) -> None:
    """One line on standard error."""
    shown = visible(message, sys.maxsize)  # names and texts of documents cannot steer the terminal
    errors_console.print(f"unspun: {shown}", markup=False, highlight=False, soft_wrap=True)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], *, title: str = "") -> Table:
    """A table: the first column is text, numbers stand right."""
    made = Table(box=box.SIMPLE_HEAD, title=title or None, title_justify="left", pad_edge=False)
    for index, name in enumerate(columns):
        numeric = index > 0 and all(_numeric(row[index]) for row in rows)
        made.add_column(
            name,
            justify="right" if numeric else "left",
            overflow="ellipsis" if index else "fold",
        )
    for row in rows:
        made.add_row(*(Text(visible(cell, sys.maxsize)) for cell in row))
    return made


def _numeric(cell: str) -> bool:
    return not cell or cell[0].isdigit() or cell[0] in "-–+"


def number(value: float | None, digits: int = 1) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def change(before: float | None, after: float | None) -> str:
    """A figure before and after."""
    return "–" if after is None else f"{number(before)} → {number(after)}"


def percent(value: float | None) -> str:
    """A share as per cent."""
    return "–" if value is None else f"{100 * value:.0f}%"


def run_table(documents: Sequence[Record], corpus: Mapping[str, Any]) -> Table:
    """What `unspun run` ends with: a line for each document, the corpus last.

    Columns that do not fit the terminal are left out, the dispensable ones first.
    """
    scored = any(d.get("scores") for d in documents)
    rows = [_run_row(d) for d in documents]
    if scored:
        rows.append({"document": "all", **_score_cells(corpus["scores"])})
    columns = ["document", "lang", "origin", "edits", "quality"]
    columns += ["BLEU", "chrF", "TER", "coverage"] if scored else []
    for dispensable in ("chrF", "quality", "origin", "edits", "coverage"):
        if _width(columns, rows) <= console.width:
            break
        columns.remove(dispensable)
    return table(columns, [[row.get(name, "") for name in columns] for row in rows])


def _width(columns: Sequence[str], rows: Sequence[Mapping[str, str]]) -> int:
    """What a table takes, the gaps of two blanks included."""
    cells = [max(len(name), *(len(row.get(name, "")) for row in rows)) for name in columns]
    return sum(cells) + 3 * len(columns)


def _run_row(document: Record) -> dict[str, str]:
    if document["status"] != "done":
        return {"document": document["id"], "origin": "quarantined"}
    origin = document["origin"] or {"label": "", "source_language": None}
    label = {"machine-translated": "translated"}.get(origin["label"], origin["label"])
    source = f" ({origin['source_language']})" if origin["source_language"] else ""
    return {
        "document": document["id"],
        "lang": document["language"],
        "origin": label + source,
        "edits": str(sum(document["edits"].values())),
        "quality": number(document["quality"]["score"], 2) if document["quality"] else "–",
        "coverage": percent((document.get("coverage") or {}).get("ref")),
        **_score_cells(document.get("scores")),
    }


def gains_table(corpus: Mapping[str, Any]) -> Table:
    """What each stage brought to the corpus, with 95% intervals."""
    labels = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER"}
    shown = [n for n in labels if n in corpus["scores"]["clean"]]
    named = {n: labels[n] for n in shown if n != "chrf" or console.width >= WIDE}
    rows = [
        [
            stage["stage"],
            *(
                f"{stage[n]['gained']:+.1f} [{stage[n]['low']:+.1f}, {stage[n]['high']:+.1f}]"
                for n in named
            ),
        ]
        for stage in corpus["stages"]
    ]
    return table(["points brought by", *named.values()], rows)


def _score_cells(scores: Mapping[str, Mapping[str, float]] | None) -> dict[str, str]:
    labels = {"bleu": "BLEU", "chrf": "chrF", "ter": "TER"}
    raw, clean = (scores["raw"], scores["clean"]) if scores else ({}, {})
    return {label: change(raw.get(name), clean.get(name)) for name, label in labels.items()}
