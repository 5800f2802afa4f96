"""Gates for continuous integration: thresholds that decide the status, and who is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated
from xml.etree import ElementTree as ET

import typer

from unspun import files
from unspun.cli import show
from unspun.cli.show import complain
from unspun.errors import ConfigError, unknown_name

HIGHER_IS_BETTER = {"bleu": True, "chrf": True, "chrf++": True, "ter": False}

FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="METRIC=VALUE",
        help="End with status 1 if the corpus is worse than this; for ter, above it.",
    ),
]
JUnit = Annotated[
    Path | None, typer.Option("--junit", metavar="FILE", help="Write the gates as JUnit XML.")
]
GitHub = Annotated[bool, typer.Option("--github", help="Print failed gates as annotations.")]


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition and how it came out.

    Attributes:
        name: What is asked.
        passed: Whether it holds.
        message: What was found.
    """

    name: str
    passed: bool
    message: str


def parse(options: list[str] | None) -> dict[str, float]:
    """The thresholds of ``METRIC=VALUE`` options.

    Raises:
        ConfigError: for an unknown metric or a value that is no number.
    """
    limits = {}
    for option in options or ():
        name, _, value = option.partition("=")
        if name not in HIGHER_IS_BETTER:
            raise ConfigError(unknown_name("metric in --fail-under:", name, HIGHER_IS_BETTER))
        try:
            limits[name] = float(value)
        except ValueError as error:
            raise ConfigError(f"--fail-under {option}: write it as {name}=60") from error
    return limits


def gates(scores: Mapping[str, float], limits: Mapping[str, float]) -> list[Gate]:
    """How each threshold came out."""
    found = []
    for name, limit in limits.items():
        score = scores.get(name)
        if score is None:
            message = f"{name}: nothing was scored, so --fail-under {name}={limit:g} fails"
            passed = False
        else:
            higher = HIGHER_IS_BETTER[name]
            passed = score >= limit if higher else score <= limit
            side = "below" if score < limit else "not below" if higher else "above"
            side = side if higher or not passed else "not above"
            message = f"{name} {score:.2f} is {side} {limit:g}"
        found.append(Gate(f"{name}={limit:g}", passed, message))
    return found


def report(results: Sequence[Gate], *, junit: Path | None = None, github: bool = False) -> bool:
    """Tell how the gates came out.

    Returns:
        Whether all of them hold.
    """
    for gate in results:
        if not gate.passed:
            complain(gate.message)
            if github:
                show.console.print(_annotation(gate.message), markup=False, soft_wrap=True)
    if junit is not None:
        with files.replacing(junit) as file:
            file.write(_junit(results))
    return all(gate.passed for gate in results)


def _annotation(message: str) -> str:
    """An error as GitHub reads it: one line, with what it would take for its own escaped."""
    for char, escaped in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A")):
        message = message.replace(char, escaped)
    return f"::error title=unspun::{message}"


def _junit(results: Sequence[Gate]) -> bytes:
    failures = sum(not gate.passed for gate in results)
    suite = ET.Element(
        "testsuite", name="unspun score", tests=str(len(results)), failures=str(failures)
    )
    for gate in results:
        case = ET.SubElement(suite, "testcase", classname="unspun.score", name=gate.name)
        if not gate.passed:
            ET.SubElement(case, "failure", message=gate.message)
    ET.indent(suite)
    return bytes(ET.tostring(suite, encoding="utf-8", xml_declaration=True)) + b"\n"
