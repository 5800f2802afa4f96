"""`qa`: a translation checked against its source."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, NamedTuple, get_args

import typer

from unspun import bilingual, checking, files, records, sarif
from unspun.bilingual import Bitext, By
from unspun.checking import SEVERITIES, Checked, Languages, Severity
from unspun.cli import show
from unspun.cli.app import FAILED
from unspun.cli.options import Json
from unspun.cli.show import complain
from unspun.errors import ConfigError, InputError, unknown_name

SHOWN = 200  # findings in the table

_SourceLanguage = Annotated[
    str, typer.Option("--source-language", "-s", metavar="LANG", help="BCP 47; else found.")
]
_TargetLanguage = Annotated[
    str, typer.Option("--target-language", "-t", metavar="LANG", help="BCP 47; else found.")
]
_Glossary = Annotated[
    list[Path] | None,
    typer.Option(metavar="TSV", help="Terms: source, tab, rendering, further renderings."),
]
_Rule = Annotated[
    list[str] | None, typer.Option("--rule", help="Only this rule; several if given again.")
]
_NoRule = Annotated[
    list[str] | None, typer.Option("--no-rule", help="Without this rule; several if given again.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(qa)


@dataclass
class _Tally:
    """What was seen, for the table and the status."""

    units: int = 0
    rules: Counter[tuple[str, str]] = field(default_factory=Counter)
    rows: list[list[str]] = field(default_factory=list)
    kept: list[tuple[Path, list[Checked]]] = field(default_factory=list)

    def severities(self) -> Counter[str]:
        found: Counter[str] = Counter()
        for (_, severity), count in self.rules.items():
            found[severity] += count
        return found


class _Wanted(NamedTuple):
    """Which findings are reported."""

    rules: frozenset[str]
    severity: Severity
    sure: float


def qa(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="SOURCE TARGET | FILE", help="Two texts or folders, or TMX, ..."),
    ] = None,
    source_language: _SourceLanguage = "und",
    target_language: _TargetLanguage = "und",
    glossary: _Glossary = None,
    rule: _Rule = None,
    no_rule: _NoRule = None,
    by: Annotated[
        str, typer.Option(help="How two texts are paired: line, document, or auto.")
    ] = "auto",
    system: Annotated[
        str | None, typer.Option(help="The translation of a test set; else all of them.")
    ] = None,
    severity: Annotated[
        str, typer.Option(help="Report from here on: neutral, minor, major, critical.")
    ] = "minor",
    sure: Annotated[
        float, typer.Option(min=0, max=1, help="Report what is at least as sure as this.")
    ] = checking.SURE,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Status 1 for findings as severe.")
    ] = None,
    sarif_file: Annotated[
        Path | None, typer.Option("--sarif", metavar="FILE", help="Write SARIF 2.1.0.")
    ] = None,
    *,
    json: Json = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules.")] = False,
) -> None:
    """Check a translation against its source: numbers, names, markup, terms, what is missing.

    Takes two texts or two folders, a TMX, XLIFF (1.2, 2.0) or TSV file, a folder of such files, or
    a test set as sacrebleu lays it out. Each finding has its place in source and translation, a
    severity and, where one fits, a category of MQM.

    Examples:

        unspun qa source.txt translation.txt

        unspun qa memory.tmx --glossary terms.tsv --fail-on major

        unspun qa job.xliff --no-rule final-mark --sarif qa.sarif

        unspun qa pairs.tsv --json > findings.jsonl
    """
    if rules:
        rows = [[r.name, r.looks_for, ", ".join(r.categories)] for r in checking.RULES]
        show.console.print(show.table(["rule", "looks for", "MQM"], rows))
        return
    if not paths:
        raise typer.BadParameter("name a source and its translation, or a bilingual file")
    least, gate = _severity(severity), _severity(fail_on) if fail_on else None
    wanted, terms = _wanted(rule, no_rule), _terms(glossary or [])
    languages = Languages(source_language, target_language)
    tally = _Tally()
    for bitext in bilingual.open_bitexts(paths, languages, by=_by(by), system=system):
        context = checking.Context(bitext.languages, terms)
        found = _checked(bitext, context, _Wanted(wanted, least, sure), tally)
        tally.kept.append((bitext.path, _told(bitext, found, tally, json=json)))
    if not tally.units:
        raise InputError(f"{', '.join(map(str, paths))}: no segments to check")
    if sarif_file is not None:
        with files.replacing(sarif_file) as file:
            file.write(records.dumps(sarif.log(tally.kept)))
    if not json:
        _print(tally)
    if gate is not None:
        _gate(tally, gate)


def _told(bitext: Bitext, found: Iterator[Checked], tally: _Tally, *, json: bool) -> list[Checked]:
    """Print the findings as they come, or keep rows for the table."""
    kept = []
    for checked in found:
        kept.append(checked)
        if json:
            line = records.dumps({"file": str(bitext.path), **checked.to_dict()})
            sys.stdout.buffer.write(line + b"\n")
        elif len(tally.rows) < SHOWN:
            tally.rows += _rows(bitext, checked)
    return kept


def _checked(
    bitext: Bitext, context: checking.Context, wanted: _Wanted, tally: _Tally
) -> Iterator[Checked]:
    """The units with findings that are severe and sure enough."""
    for unit, findings in checking.check_stream(bitext.units, context, wanted.rules, wanted.sure):
        tally.units += 1
        severe = tuple(checking.at_least(findings, wanted.severity))
        tally.rules.update((f.rule, f.severity) for f in severe)
        if severe:
            yield Checked(unit, severe)


def _rows(bitext: Bitext, checked: Checked) -> list[list[str]]:
    unit = checked.unit
    name = ":".join(n for n in (unit.document or bitext.name, unit.id) if n)
    return [[name, f.rule, f.severity, show.visible(f.message, 100)] for f in checked.findings]


def _print(tally: _Tally) -> None:
    found = sum(tally.rules.values())
    if tally.rows:
        columns = ["segment", "rule", "severity", "finding"]
        show.console.print(show.table(columns, tally.rows[:SHOWN]))
    if found > SHOWN:
        show.console.print(f"and {found - SHOWN} more; --json prints all")
    counts = Counter(rule for rule, _ in tally.rules.elements())
    if counts:
        show.console.print(
            show.table(["rule", "findings"], [[r, str(n)] for r, n in counts.most_common()])
        )
    by_severity = tally.severities()
    parts = [f"{by_severity[s]} {s}" for s in reversed(SEVERITIES) if by_severity[s]]
    show.console.print(f"{tally.units} segments: {', '.join(parts) or 'nothing found'}")


def _gate(tally: _Tally, gate: Severity) -> None:
    severe = SEVERITIES[SEVERITIES.index(gate) :]
    count = sum(n for severity, n in tally.severities().items() if severity in severe)
    if count:
        complain(f"{count} findings are {' or '.join(severe)}")
        raise typer.Exit(FAILED)


def _severity(name: str) -> Severity:
    for known in SEVERITIES:
        if name == known:
            return known
    raise ConfigError(unknown_name("severity", name, SEVERITIES))


def _by(name: str) -> By:
    known: tuple[By, ...] = get_args(By)
    for way in known:
        if name == way:
            return way
    raise ConfigError(unknown_name("way in --by:", name, known))


def _wanted(rule: list[str] | None, no_rule: list[str] | None) -> frozenset[str]:
    return checking.chosen(rule) - (checking.chosen(no_rule) if no_rule else frozenset())


def _terms(paths: list[Path]) -> checking.Terms:
    """The terms of all glossaries; renderings of one term add up."""
    terms: dict[str, tuple[str, ...]] = {}
    for path in paths:
        text = files.read(files.discover([path])[0]).text
        for term, renderings in checking.read_terms(text.splitlines(), str(path)).items():
            terms[term] = tuple(dict.fromkeys((*terms.get(term, ()), *renderings)))
    return terms
