"""Put the page together.

Document text reaches the page in two ways only: through the template engine, which escapes it, and
as JSON in data blocks, which the script turns into text nodes. The content-security policy allows
one style sheet and one script, both named by their hash (CSP level 3), and no network at all;
Trusted Types close the ways by which a script could turn text into markup.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from unspun.report import chart, tallies
from unspun.report.detail import number
from unspun.report.escape import script_json, visible
from unspun.report.summary import STAGES, Batch, gather
from unspun.report.view import DocumentView, Limits, RunView

SCRIPTS = (  # one script in this order, in one scope
    "base.js",
    "overview.js",
    "tip.js",
    "decisions.js",
    "filters.js",
    "texts.js",
    "reader.js",
    "start.js",
)
_CHUNK = 64  # pieces of the template joined into one chunk


def render(
    run: RunView, documents: Iterable[DocumentView], limits: Limits | None = None
) -> Iterator[str]:
    """Write the page.

    Args:
        run: The run as a whole.
        documents: Its documents, read once, in the order of the page.
        limits: How much goes into the page.

    Yields:
        The page in chunks. Each can be encoded as UTF-8, whatever the documents hold.
    """
    limits = limits or Limits()
    batch = gather(documents, run.metrics, limits)
    style, script = _asset("style.css"), _script()
    stream = (
        _environment()
        .get_template("report.html.j2")
        .stream(
            run=run,
            batch=batch,
            panels=_panels(run, batch),
            gains=[made for metric in run.metrics if (made := tallies.gains(metric, run.gains))],
            tallies=_tallies(batch),
            facts=script_json(
                {
                    "version": run.version,
                    "fingerprint": run.fingerprint,
                    "checks": list(batch.checks),
                }
            ),
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 - packaged with the code
            script=Markup(script),  # noqa: S704
        )
    )
    stream.enable_buffering(_CHUNK)
    yield from stream


def _panels(run: RunView, batch: Batch) -> list[chart.Panel]:
    panels = []
    for metric in run.metrics:
        pairs = batch.pairs.get(metric.name, [])
        before, after = run.before.get(metric.name), run.after.get(metric.name)
        if before is not None and after is not None:
            pairs = [chart.Pair("All documents", before, after, whole=True), *pairs]
        if pairs:
            panels.append(chart.panel(metric, pairs))
    return panels


def _tallies(batch: Batch) -> list[tallies.Tally]:
    """Pictures of the batch; one document needs none."""
    if batch.documents - batch.set_aside < tallies.LEAST:
        return []
    return [
        tallies.languages(batch.languages),
        tallies.edits(batch.sizes),
        *([tallies.qualities(batch.qualities)] if batch.qualities else ()),
    ]


def _policy(style: str, script: str) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src '{_digest(style)}'",
            f"script-src '{_digest(script)}'",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _script() -> str:
    """All scripts as one, which sees nothing of the page's names and leaves none."""
    body = "\n".join(_asset(f"scripts/{name}") for name in SCRIPTS)
    return f'"use strict";\n(() => {{\n{body}}})();\n'


@cache
def _asset(name: str) -> str:
    return files("unspun.report").joinpath(name).read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FunctionLoader(lambda name: _asset(f"templates/{name}")),
        autoescape=True,
        finalize=visible,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        number=number,
        score=_score,
        gain=_gain,
        count=_count,
        share=_share,
        slug=_slug,
        short=_short,
    )
    return environment


def _score(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:.1f}"


def _gain(value: float) -> str:
    return f"{value:+.1f}".replace("-", "\N{MINUS SIGN}")


def _count(value: int) -> str:
    return f"{value:,}"


def _share(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:.2f}"


def _slug(stage: str) -> str:
    return stage if stage in STAGES else "other"


def _short(label: str, length: int = 34) -> str:
    """A label that fits its place: the middle goes, both ends tell documents apart."""
    half = (length - 1) // 2
    return (
        label if len(label) <= length else f"{label[:half]}\N{HORIZONTAL ELLIPSIS}{label[-half:]}"
    )
