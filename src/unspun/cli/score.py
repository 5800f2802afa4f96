"""`score`: texts against references, systems against one another, and gates."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from unspun import align, records, scoring
from unspun.cli import show, thresholds
from unspun.cli.app import FAILED, ConfigFile, Json, complain, settings
from unspun.cli.compare import paired
from unspun.cli.thresholds import Gate
from unspun.config import ScoreConfig
from unspun.errors import ConfigError, unknown_name
from unspun.scoring import Pair, Scores, SegmentCounts

By = Literal["document", "line", "aligned"]
TWO = 2
WORSE_BELOW = 0.05  # level of the paired test behind --fail-if-worse-than


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(score)


def score(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="HYP REF | REF SYS1 SYS2...", help="Files or folders."),
    ],
    by: Annotated[
        str, typer.Option(help="What a segment is: document, line, or aligned.")
    ] = "document",
    also: Annotated[
        list[Path] | None,
        typer.Option("--also-ref", metavar="REF", help="A further reference of the same texts."),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="bleu, chrf, chrf++, ter; several if given again.")
    ] = None,
    fail_under: thresholds.FailUnder = None,
    fail_if_worse_than: Annotated[
        Path | None,
        typer.Option(metavar="OLD", help="Status 1 if significantly worse than these (p < .05)."),
    ] = None,
    junit: thresholds.JUnit = None,
    config: ConfigFile = None,
    *,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Bootstrap intervals of the corpus scores.")
    ] = False,
    github: thresholds.GitHub = False,
    json: Json = False,
) -> None:
    """Score texts against their references: BLEU, chrF and TER exactly as sacrebleu counts them.

    Two paths are a text and its reference; three and more are a reference and the systems that are
    ranked against it, with groups of systems that do not differ significantly. The corpus is
    scored from the summed counts of all segments.

    Examples:

        unspun score out/text clean/

        unspun score page.txt reference.txt --json --fail-under bleu=60

        unspun score newstest.ref sys1.txt sys2.txt sys3.txt --by line

        unspun score new/ clean/ --fail-if-worse-than old/ --junit gates.xml
    """
    limits = thresholds.parse(fail_under)
    chosen = settings(config).score
    if metric:
        chosen = replace(chosen, metrics=tuple(metric))
    if len(paths) < TWO:
        raise typer.BadParameter("name a text and its reference", param_hint="HYP REF")
    if len(paths) > TWO:
        _rank(paths[1:], [paths[0], *(also or ())], _by(by), chosen, json=json)
        return
    references = [paths[1], *(also or ())]
    scores, segments = _scored(paired(paths[0], references), _by(by), chosen)
    record = scores.to_dict()
    if intervals:
        record["intervals"] = _intervals(segments)
    if json:
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
    else:
        _print_scores(record)
    gates = thresholds.gates(scores.corpus, limits)
    if fail_if_worse_than is not None:
        old = _scored(paired(fail_if_worse_than, references), _by(by), chosen)[1]
        gates += _compared(segments, old, fail_if_worse_than)
    if not thresholds.report(gates, junit=junit, github=github):
        raise typer.Exit(FAILED)


def _by(name: str) -> By:
    if name == "document":
        return "document"
    if name == "line":
        return "line"
    if name == "aligned":
        return "aligned"
    raise ConfigError(unknown_name("segment in --by:", name, ("document", "line", "aligned")))


def _scored(pairs: Sequence[Pair], by: By, config: ScoreConfig) -> tuple[Scores, SegmentCounts]:
    """Scores, and the counts of each segment for tests of significance."""
    if by == "line":
        return scoring.score_lines(pairs, config)
    if by == "aligned":
        alignments = [align.align(p.hypothesis, p.references[0]) for p in pairs]
        scores = scoring.score_aligned(pairs, alignments, config)
    else:
        scores = scoring.score_documents(pairs, config)
    names = scores.corpus.keys()
    return scores, {name: [d.counts[name] for d in scores.documents] for name in names}


def _intervals(segments: SegmentCounts) -> dict[str, Any]:
    found = {name: scoring.interval(scoring.METRICS[name], c) for name, c in segments.items()}
    return {name: {"mean": i.mean, "margin": i.margin} for name, i in found.items()}


def _compared(new: SegmentCounts, old: SegmentCounts, path: Path) -> list[Gate]:
    """For each metric: not significantly worse than the old texts, by the paired bootstrap."""
    gates = []
    for name, counts in new.items():
        metric = scoring.METRICS[name]
        test = scoring.compare(metric, old[name], counts)
        worse = scoring.is_worse(metric, test.baseline, test.score)
        passed = not (worse and test.p_value < WORSE_BELOW)
        message = (
            f"{name} {test.score:.2f} against {test.baseline:.2f} of {path}, p={test.p_value:.4f}"
        )
        gates.append(Gate(f"{name} not worse than {path}", passed, message))
    return gates


def _print_scores(record: dict[str, Any]) -> None:
    names = list(record["corpus"])
    rows = [[d["id"], *(show.number(d[n]) for n in names)] for d in record["documents"]]
    rows.append(["all", *(show.number(record["corpus"][n]) for n in names)])
    show.console.print(show.table(["document", *names], rows))
    for name, found in record.get("intervals", {}).items():
        line = f"{name}: 95% interval {found['mean']:.1f} ± {found['margin']:.1f}"
        show.console.print(line, markup=False)
    for name, signature in record["signatures"].items():
        show.console.print(f"{name}: {signature}", markup=False, soft_wrap=True)


def _rank(
    systems: list[Path], references: list[Path], by: By, config: ScoreConfig, *, json: bool
) -> None:
    """Rank systems by the first metric, with their groups for each."""
    names = _short(systems)
    pairs = {name: paired(path, references) for name, path in zip(names, systems, strict=True)}
    scored = {name: _scored(known, by, config) for name, known in pairs.items()}
    metrics = list(config.metrics)
    groups = {
        name: scoring.groups(scoring.METRICS[name], {s: c[name] for s, (_, c) in scored.items()})
        for name in metrics
    }
    order = [system for group in groups[metrics[0]] for system in group]
    rank = {
        name: {s: place for place, group in enumerate(groups[name], 1) for s in group}
        for name in metrics
    }
    _doubt(list(pairs.values()))
    if json:
        record = {
            "systems": [
                {
                    "system": s,
                    **scored[s][0].corpus,
                    "groups": {name: rank[name][s] for name in metrics},
                }
                for s in order
            ],
            "signatures": dict(scored[order[0]][0].signatures),
        }
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
        return
    rows = [[s, *(f"{scored[s][0].corpus[n]:.1f} ({rank[n][s]})" for n in metrics)] for s in order]
    show.console.print(show.table(["system", *(f"{n} (group)" for n in metrics)], rows))
    show.console.print(
        "Systems of one group do not differ from its first (paired bootstrap, p < .05)."
    )
    for name, signature in scored[order[0]][0].signatures.items():
        show.console.print(f"{name}: {signature}", markup=False, soft_wrap=True)


def _short(systems: Sequence[Path]) -> list[str]:
    """File names where they tell the systems apart, else whole paths."""
    names = [path.name for path in systems]
    return names if len(set(names)) == len(names) else [str(path) for path in systems]


def _doubt(systems: Sequence[Sequence[Pair]]) -> None:
    """Say where a reference looks worse than what it is to judge."""
    for documents in zip(*systems, strict=True):
        for reference in documents[0].references:
            for reason in scoring.doubts([d.hypothesis for d in documents], reference):
                complain(f"{documents[0].reference}: {reason}")
