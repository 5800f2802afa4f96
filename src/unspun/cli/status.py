"""`status`: how far a run is, and what would be done next."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from unspun import records
from unspun.batches import progress
from unspun.batches.progress import Status
from unspun.cli import show
from unspun.cli.options import Json

OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="The folder of a run's results.")]
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"))
_SAID = {
    "running": "at work",
    "stopped": "stopped; run it again to go on",
    "finished": "finished",
}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(status)


def status(out: OutFolder, *, json: Json = False) -> None:
    """Say how far a run is: documents done, quarantined and to do, rate, time left, last error.

    It reads what the run keeps and disturbs nothing, so it can be asked at any time.

    Examples:

        unspun status out/

        unspun status out/ --json
    """
    found = progress.status(out)
    if json:
        sys.stdout.buffer.write(records.dumps(found.to_dict()) + b"\n")
        return
    for name, value in _lines(found):
        show.console.print(f"{name:<12}{show.visible(value, sys.maxsize)}", markup=False)


def _lines(found: Status) -> list[tuple[str, str]]:
    said = _SAID[found.state]
    phase = {"looking": "first pass", "writing": "putting results together"}.get(found.phase or "")
    lines = [("run", f"{found.title}: {said}" + (f" ({phase})" if phase else ""))]
    if found.documents:
        share = f"{100 * found.done / found.documents:.1f}%"
        lines.append(("documents", f"{found.done:,} of {found.documents:,} done ({share})"))
        lines.append(("quarantined", f"{found.quarantined:,}"))
        lines.append(("to do", f"{found.documents - found.done:,}"))
    if found.chunks:
        lines.append(("chunks", f"{found.chunks_done:,} of {found.chunks:,}"))
    if found.documents_per_second:
        rate = f"{found.documents_per_second:,.1f} documents/s"
        lines.append(("rate", f"{rate}, {found.bytes_per_second / 1e6:,.2f} MB/s"))
    if found.seconds_left is not None:
        lines.append(("time left", _duration(found.seconds_left)))
    if found.last_quarantined:
        last = found.last_quarantined
        lines.append(("last set aside", f"  {last['id']}: {last['reason']}"))
    if found.error:
        lines.append(("ended by", found.error))
    return lines


def _duration(seconds: float) -> str:
    for size, unit in _UNITS:
        if seconds >= size:
            return f"{seconds / size:.1f} {unit}"
    return f"{seconds:.0f} s"
