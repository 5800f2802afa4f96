"""`--fail-under bleu=60`: thresholds that decide the exit status."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

import typer

from unspun.cli.app import complain
from unspun.errors import ConfigError, unknown_name

HIGHER_IS_BETTER = {"bleu": True, "chrf": True, "ter": False}

FailUnder = Annotated[
    list[str] | None,
    typer.Option(
        metavar="METRIC=VALUE",
        help="End with status 1 if the corpus is worse than this; for ter, above it.",
    ),
]


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


def missed(scores: Mapping[str, float], limits: Mapping[str, float]) -> bool:
    """Whether a score misses its threshold; says which."""
    failed = False
    for name, limit in limits.items():
        score = scores.get(name)
        if score is None:
            complain(f"{name}: nothing was scored, so --fail-under {name}={limit:g} fails")
            failed = True
        elif (score < limit) if HIGHER_IS_BETTER[name] else (score > limit):
            side = "below" if HIGHER_IS_BETTER[name] else "above"
            complain(f"{name} {score:.2f} is {side} {limit:g}")
            failed = True
    return failed
