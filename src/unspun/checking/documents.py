"""Units of a whole file: each by itself, then what only their company tells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice

from unspun.checking import consistency, lengths, names, omissions
from unspun.checking.findings import Context, QaFinding, Unit
from unspun.checking.lexicon import learn
from unspun.checking.rules import check_unit, chosen, place_of

CHUNK = 5_000
"""Units that are compared with one another at a time."""
SURE = 0.6
"""How sure a finding has to be, if nobody says otherwise."""


def check_units(
    units: Sequence[Unit],
    context: Context,
    rules: Collection[str] | None = None,
    sure: float = SURE,
) -> list[tuple[QaFinding, ...]]:
    """The findings of every unit, in order.

    Args:
        units: The segments of a file.
        context: Languages and glossary.
        rules: Names of the rules to put them to; all where none are given.
        sure: The least score of a finding, 0 to 1: more is fewer findings and fewer false ones.

    Raises:
        ConfigError: for a rule that does not exist.
    """
    wanted = chosen(rules)
    found = [list(check_unit(unit, context, wanted)) for unit in units]
    if not wanted.isdisjoint(("inconsistent", "same-target")):
        for place, finding in consistency.check(units):
            found[place].append(finding)
    sizes = lengths.model(units)
    if not wanted.isdisjoint(("omission", "addition", "name", "name-spelling")):
        lexicon = learn([(unit.source, unit.target) for unit in units])
        for place, finding in names.check(units, context.languages, lexicon):
            found[place].append(finding)
        for place, finding in omissions.check(units, context.languages, sizes, lexicon):
            found[place].append(finding)
    if "length" in wanted:
        for place, finding in lengths.check(units, sizes).items():
            found[place].append(finding)
    return [
        tuple(sorted((f for f in all_ if f.rule in wanted and f.score >= sure), key=place_of))
        for all_ in found
    ]


def check_stream(
    units: Iterable[Unit],
    context: Context,
    rules: Collection[str] | None = None,
    sure: float = SURE,
) -> Iterator[tuple[Unit, tuple[QaFinding, ...]]]:
    """The same for as many units as there are, compared within chunks of a file.

    Raises:
        ConfigError: for a rule that does not exist.
    """
    wanted = chosen(rules)
    source = iter(units)
    while chunk := list(islice(source, CHUNK)):
        yield from zip(chunk, check_units(chunk, context, wanted, sure), strict=True)
