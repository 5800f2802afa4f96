"""All rules: what each looks for, and how a segment is put to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import NamedTuple

from unspun.checking import numbers, residue, terms, tokens
from unspun.checking.findings import Context, Languages, QaFinding, Terms, Unit
from unspun.errors import ConfigError, unknown_name

Check = Callable[[Unit, Context], Iterator[QaFinding]]


class Rule(NamedTuple):
    """A rule that can be switched off by its name.

    Attributes:
        name: Its name.
        looks_for: What it finds, for help and SARIF.
    """

    name: str
    looks_for: str


RULES: tuple[Rule, ...] = (
    Rule("untranslated", "a segment or a passage left in the source's language"),
    Rule("number", "a number, date or time that one side states and the other does not"),
    Rule("unit", "a value that lost its per cent sign or changed its currency"),
    Rule("number-format", "digits grouped by another language's convention"),
    Rule("date-detail", "a month or year that the source leaves open"),
    Rule("name", "a name or code that the other side does not have"),
    Rule("link", "a link, address or handle that changed"),
    Rule("placeholder", "a placeholder that was lost, added or changed"),
    Rule("tag", "markup that was lost, added or does not nest"),
    Rule("term", "a glossary's term without its rendering"),
)

_CHECKS: tuple[Check, ...] = (
    residue.check,
    numbers.check,
    tokens.check_latin,
    tokens.check,
    terms.check,
)
"""In the order in which findings of one place are listed."""


def check(
    source: str,
    target: str,
    *,
    source_language: str = "und",
    target_language: str = "und",
    glossary: Terms | None = None,
    rules: Collection[str] | None = None,
) -> tuple[QaFinding, ...]:
    """What the rules find in one segment and its translation.

    Args:
        source: The segment as the author wrote it.
        target: Its translation.
        source_language: BCP 47; by script where it is not known.
        target_language: The same of the translation.
        glossary: Terms with the renderings that are allowed.
        rules: Names of the rules to put it to; all where none are given.

    Raises:
        ConfigError: for a rule that does not exist.

    >>> [(f.rule, f.expected) for f in check("营收10.5亿元。", "It made 1.5 billion yuan.")]
    [('number', '1,050,000,000')]
    """
    context = Context(Languages(source_language, target_language), glossary or {})
    return check_unit(Unit(source, target), context, rules)


def check_unit(
    unit: Unit, context: Context, rules: Collection[str] | None = None
) -> tuple[QaFinding, ...]:
    """The same for a unit of a document, in the order of the source, then of the translation."""
    wanted = chosen(rules)
    found = [f for each in _CHECKS for f in each(unit, context) if f.rule in wanted]
    return tuple(sorted(found, key=_place))


def chosen(rules: Collection[str] | None) -> Collection[str]:
    """The names of the rules that are asked for, all where none are.

    Raises:
        ConfigError: for a name that is no rule's.
    """
    known: Mapping[str, Rule] = {rule.name: rule for rule in RULES}
    if rules is None:
        return known.keys()
    for name in rules:
        if name not in known:
            raise ConfigError(unknown_name("rule", name, known))
    return frozenset(rules)


def _place(finding: QaFinding) -> tuple[int, int]:
    far = 1 << 60
    source, target = finding.source, finding.target
    return source[0] if source else far, target[0] if target else far
