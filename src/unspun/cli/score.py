"""`score`: texts against references, systems against one another, and gates."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from unspun import align, records, scoring
from unspun.cli import show, thresholds
from unspun.cli.app import FAILED
from unspun.cli.compare import paired
from unspun.cli.options import ConfigFile, Json, settings
from unspun.cli.show import complain
from unspun.cli.thresholds import Gate
from unspun.config import ScoreConfig
from unspun.errors import ConfigError, MismatchError, unknown_name
from unspun.scoring import Pair, Scores, SegmentCounts

By = Literal["document", "line", "aligned"]
TWO = 2
FEW = 10  # segments; of fewer, a test says little
WORSE_BELOW = 0.05  # level of the paired test behind --fail-if-worse-than


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be scored, and how it is tested.

    Attributes:
        by: What a segment is.
        test: Of significance.
        config: Which metrics.
        intervals: Whether intervals are asked for.
        segments: Whether the scores of each segment are.
    """

    by: By
    test: scoring.Test
    config: ScoreConfig
    intervals: bool
    segments: bool


@dataclass(frozen=True, slots=True)
class Limits:
    """What makes the command fail: thresholds by metric, and texts that must not be better."""

    under: Mapping[str, float]
    old: Path | None


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
    test: Annotated[
        str, typer.Option(help="Of significance: bootstrap, or (approximate) randomisation.")
    ] = "bootstrap",
    junit: thresholds.JUnit = None,
    config: ConfigFile = None,
    *,
    intervals: Annotated[
        bool, typer.Option("--intervals", help="Bootstrap intervals of the corpus scores.")
    ] = False,
    segments: Annotated[
        bool, typer.Option("--segments", help="The scores of each line, too; with --by line.")
    ] = False,
    github: thresholds.GitHub = False,
    json: Json = False,
) -> None:
    """Score texts against their references: BLEU, chrF and TER just as sacrebleu counts them.

    Two paths are a text and its reference; three and more are a reference and the systems that are
    ranked against it, with groups of systems that do not differ significantly. The corpus is
    scored from the summed counts of all segments. Coverage is the share of the text / of
    the reference that has a partner in the other. Gates ask every system.

    Examples:

        unspun score out/text clean/

        unspun score page.txt reference.txt --json --fail-under bleu=60

        unspun score newstest.ref sys1.txt sys2.txt sys3.txt --by line

        unspun score new/ clean/ --fail-if-worse-than old/ --junit gates.xml
    """
    chosen = settings(config).score
    if metric:
        chosen = replace(chosen, metrics=tuple(metric))
    if len(paths) < TWO:
        raise typer.BadParameter("name a text and its reference", param_hint="HYP REF")
    asked = Asked(_by(by), _test(test), chosen, intervals=intervals, segments=segments)
    fail = Limits(thresholds.parse(fail_under), fail_if_worse_than)
    if segments and (asked.by != "line" or len(paths) > TWO):
        raise typer.BadParameter(
            "segments are shown of two texts, --by line", param_hint="--segments"
        )
    if len(paths) > TWO:
        gates = _rank(paths[1:], [paths[0], *(also or ())], asked, fail, json=json)
    else:
        gates = _score(paths[0], [paths[1], *(also or ())], asked, fail, json=json)
    if not thresholds.report(gates, junit=junit, github=github):
        raise typer.Exit(FAILED)


def _score(
    hyp: Path, references: list[Path], asked: Asked, fail: Limits, *, json: bool
) -> list[Gate]:
    """Print the scores of a text, or of a folder of texts; how its gates came out."""
    pairs = paired(hyp, references)
    scores, segments = _scored(pairs, asked)
    _doubt([pairs])
    record = _record(scores, segments, asked)
    if json:
        sys.stdout.buffer.write(records.dumps(record) + b"\n")
    else:
        _print_scores(record)
    gates = thresholds.gates(scores.corpus, fail.under)
    if fail.old is not None:
        old = _old(fail.old, references, asked, tested=_tested(segments))
        gates += _compared(segments, old, fail.old, asked)
    return gates


def _old(path: Path, references: list[Path], asked: Asked, *, tested: bool) -> SegmentCounts:
    """The counts of the texts that must not be better.

    Raises:
        MismatchError: for one segment, which nothing can be said of.
    """
    if not tested:
        raise MismatchError(
            f"{path}: one segment says nothing about significance; score lines (--by line) "
            "or a folder of documents"
        )
    return _scored(paired(path, references), asked)[1]


def _tested(segments: SegmentCounts) -> bool:
    """Whether there are segments enough to test significance, with a word where they are few."""
    count = len(next(iter(segments.values()), ()))
    if 1 < count < FEW:
        complain(f"only {count} segments: tests of significance say little (--by line has more)")
    return count > 1


def _test(name: str) -> scoring.Test:
    if name == "bootstrap":
        return "bootstrap"
    if name == "randomisation":
        return "randomisation"
    raise ConfigError(unknown_name("test in --test:", name, ("bootstrap", "randomisation")))


def _by(name: str) -> By:
    if name == "document":
        return "document"
    if name == "line":
        return "line"
    if name == "aligned":
        return "aligned"
    raise ConfigError(unknown_name("segment in --by:", name, ("document", "line", "aligned")))


def _scored(pairs: Sequence[Pair], asked: Asked) -> tuple[Scores, SegmentCounts]:
    """Scores, and the counts of each segment for tests of significance."""
    if asked.by == "line":
        return scoring.score_lines(pairs, asked.config)
    alignments = [align.align(p.hypothesis, p.references[0]) for p in pairs]
    if asked.by == "aligned":
        scores = scoring.score_aligned(pairs, alignments, asked.config)
    else:
        scores = scoring.score_documents(pairs, asked.config)
        scores = scoring.with_coverage(scores, pairs, [a.coverage for a in alignments])
    names = scores.corpus.keys()
    return scores, {name: [d.counts[name] for d in scores.documents] for name in names}


def _record(scores: Scores, segments: SegmentCounts, asked: Asked) -> dict[str, Any]:
    record = scores.to_dict()
    if asked.intervals:
        record["intervals"] = _intervals(segments)
    if asked.segments:
        columns = [
            [scoring.METRICS[name].score(counts.values) for counts in segments[name]]
            for name in segments
        ]
        record["segments"] = [
            dict(zip(segments, row, strict=True)) for row in zip(*columns, strict=True)
        ]
    return record


def _intervals(segments: SegmentCounts) -> dict[str, Any]:
    found = {name: scoring.interval(scoring.METRICS[name], c) for name, c in segments.items()}
    return {name: {"mean": i.mean, "margin": i.margin} for name, i in found.items()}


def _compared(new: SegmentCounts, old: SegmentCounts, path: Path, asked: Asked) -> list[Gate]:
    """For each metric: not significantly worse than the old texts, by a paired test."""
    gates = []
    for name, counts in new.items():
        metric = scoring.METRICS[name]
        test = scoring.compare(metric, old[name], counts, test=asked.test)
        worse = scoring.is_worse(metric, test.baseline, test.score)
        passed = not (worse and test.p_value < WORSE_BELOW)
        message = (
            f"{name} {test.score:.2f} against {test.baseline:.2f} of {path}, p={test.p_value:.4f}"
        )
        gates.append(Gate(f"{name} not worse than {path}", passed, message))
    return gates


def _coverage(record: Mapping[str, Any]) -> str:
    """How much of the text, and of the reference, has a partner."""
    return f"{record['coverage']['hyp']:.0%} / {record['coverage']['ref']:.0%}"


def _print_scores(record: dict[str, Any]) -> None:
    names = list(record["corpus"])
    rows = [
        [d["id"], *(show.number(d[n]) for n in names), _coverage(d)] for d in record["documents"]
    ]
    rows.append(["all", *(show.number(record["corpus"][n]) for n in names), _coverage(record)])
    show.console.print(show.table(["document", *names, "coverage"], rows))
    if segments := record.get("segments"):
        lines = [
            [str(k), *(show.number(row[n]) for n in names)] for k, row in enumerate(segments, 1)
        ]
        show.console.print(show.table(["line", *names], lines))
    for name, found in record.get("intervals", {}).items():
        line = f"{name}: 95% interval {found['mean']:.1f} ± {found['margin']:.1f}"
        show.console.print(line, markup=False)
    for name, signature in record["signatures"].items():
        show.console.print(f"{name}: {signature}", markup=False, soft_wrap=True)


def _rank(
    systems: list[Path], references: list[Path], asked: Asked, fail: Limits, *, json: bool
) -> list[Gate]:
    """Rank systems by the first metric, with their groups for each; the gates of each system."""
    names = _short(systems)
    if len(set(names)) < len(names):
        raise typer.BadParameter("a system is named twice", param_hint="REF SYS1 SYS2...")
    pairs = {name: paired(path, references) for name, path in zip(names, systems, strict=True)}
    scored = {name: _scored(known, asked) for name, known in pairs.items()}
    counts = {name: segments for name, (_, segments) in scored.items()}
    tested = _tested(next(iter(counts.values())))
    old = None if fail.old is None else _old(fail.old, references, asked, tested=tested)
    _doubt(list(pairs.values()))
    ranked = _ranked(counts, asked, tested=tested)
    rows = [{"system": s, **_record(*scored[s], asked), "groups": ranked[s]} for s in ranked]
    if json:
        sys.stdout.buffer.write(records.dumps(_ranking(rows)) + b"\n")
    else:
        _print_ranking(rows, asked, tested=tested)
    gates = []
    for name, (scores, segments) in scored.items():
        found = thresholds.gates(scores.corpus, fail.under)
        if fail.old is not None and old is not None:
            found += _compared(segments, old, fail.old, asked)
        gates += [Gate(f"{name}: {g.name}", g.passed, f"{name}: {g.message}") for g in found]
    return gates


def _ranked(
    counts: Mapping[str, SegmentCounts], asked: Asked, *, tested: bool
) -> dict[str, dict[str, int]]:
    """The systems, the best by the first metric first, with their group for each metric."""
    ranks: dict[str, dict[str, int]] = {}
    for name in asked.config.metrics:
        metric, segments = scoring.METRICS[name], {s: c[name] for s, c in counts.items()}
        samples = None if tested else 1  # the order alone
        groups = scoring.groups(metric, segments, test=asked.test, samples=samples)
        for place, group in enumerate(groups, 1):
            for system in group:
                ranks.setdefault(system, {})[name] = place
    return ranks


def _ranking(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """The record of a ranking; what is the same for all systems stands once."""
    systems = []
    for row in rows:
        rest = {key: row[key] for key in ("coverage", "intervals", "groups") if key in row}
        systems.append({"system": row["system"], **row["corpus"], **rest})
    return {"systems": systems, "signatures": rows[0]["signatures"]}


def _print_ranking(rows: list[dict[str, Any]], asked: Asked, *, tested: bool) -> None:
    names = list(asked.config.metrics)

    def cell(row: dict[str, Any], name: str) -> str:
        margin = f" ± {row['intervals'][name]['margin']:.1f}" if "intervals" in row else ""
        group = f" ({row['groups'][name]})" if tested else ""
        return show.number(row["corpus"][name]) + margin + group

    heads = [f"{name} (group)" if tested else name for name in names]
    cells = [[row["system"], *(cell(row, name) for name in names), _coverage(row)] for row in rows]
    show.console.print(show.table(["system", *heads, "coverage"], cells))
    if tested:
        test = "bootstrap" if asked.test == "bootstrap" else "approximate randomisation"
        show.console.print(
            f"Systems of one group do not differ from its first (paired {test}, p < .05)."
        )
    for name, signature in rows[0]["signatures"].items():
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
