"""All rules: what each looks for, and how a segment is put to them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from unspun.checking import numbers, punctuation, residue, terms, tokens
from unspun.checking.findings import Context, Languages, QaFinding, Terms, Unit
from unspun.errors import ConfigError, unknown_name

Check = Callable[[Unit, Context], Iterator[QaFinding]]


class Rule(NamedTuple):
    """A rule that can be switched off by its name.

    Attributes:
        name: Its name.
        looks_for: What it finds, for help and SARIF.
        categories: MQM's error types for it, https://themqm.org.
    """

    name: str
    looks_for: str
    categories: tuple[str, ...]


RULES: tuple[Rule, ...] = (
    Rule(
        "untranslated",
        "a segment or a passage left in the source's language",
        ("Accuracy/Untranslated",),
    ),
    Rule(
        "number",
        "a number, date or time that one side states and the other does not",
        ("Accuracy/Mistranslation", "Accuracy/Omission", "Accuracy/Addition"),
    ),
    Rule(
        "unit",
        "a value that lost its per cent sign or changed its currency, unit or half of the day",
        ("Accuracy/Mistranslation",),
    ),
    Rule(
        "number-format",
        "digits grouped by another language's convention, or not at all",
        ("Locale conventions/Number format",),
    ),
    Rule("date-detail", "a month or year that the source leaves open", ("Accuracy/Addition",)),
    Rule(
        "name",
        "a name or code that the other side does not have",
        ("Accuracy/Mistranslation", "Accuracy/Omission", "Accuracy/Addition"),
    ),
    Rule(
        "name-spelling",
        "a Chinese name in letters that its characters do not read as",
        ("Accuracy/Mistranslation",),
    ),
    Rule("link", "a link, address or handle that changed", ("Design and markup/Link",)),
    Rule(
        "placeholder",
        "a placeholder that was lost, added or changed",
        ("Design and markup/Markup tag",),
    ),
    Rule("tag", "markup that was lost, added or does not nest", ("Design and markup/Markup tag",)),
    Rule(
        "term",
        "a glossary's term without its rendering",
        ("Terminology/Inconsistent with resource",),
    ),
    Rule("omission", "a passage of the source without a translation", ("Accuracy/Omission",)),
    Rule("addition", "a passage of the translation without a source", ("Accuracy/Addition",)),
    Rule(
        "length",
        "a translation much longer or shorter than its source lets expect",
        ("Accuracy/Omission", "Accuracy/Addition"),
    ),
    Rule(
        "inconsistent",
        "a source that is translated otherwise elsewhere",
        ("Terminology/Inconsistent use of terminology",),
    ),
    Rule(
        "same-target",
        "a translation that stands for two different sources",
        ("Accuracy/Mistranslation",),
    ),
    Rule(
        "quotation",
        "a quotation mark or bracket without its partner",
        ("Linguistic conventions/Punctuation",),
    ),
    Rule(
        "final-mark",
        "a segment that ends otherwise than its source",
        ("Linguistic conventions/Punctuation",),
    ),
    Rule("dash", "two hyphens that stand for a dash", ("Linguistic conventions/Punctuation",)),
    Rule(
        "width",
        "marks of the other width: full in an alphabet, half between Han characters",
        ("Linguistic conventions/Punctuation",),
    ),
    Rule(
        "spacing",
        "two blanks, a blank before a mark, none behind it",
        ("Linguistic conventions/Punctuation",),
    ),
    Rule(
        "repetition",
        "a word that stands twice in a row",
        ("Linguistic conventions/Textual conventions",),
    ),
)

_CHECKS: tuple[Check, ...] = (
    residue.check,
    numbers.check,
    tokens.check_latin,
    tokens.check,
    terms.check,
    punctuation.check,
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
    if not unit.source.strip() or not unit.target.strip():
        return tuple(f for f in _one_sided(unit) if f.rule in wanted)
    found = [f for each in _CHECKS for f in each(unit, context) if f.rule in wanted]
    return tuple(sorted(found, key=place_of))


def _one_sided(unit: Unit) -> Iterator[QaFinding]:
    """A passage without a translation, or a translation of nothing."""
    spans = (0, len(unit.source)), (0, len(unit.target))
    if unit.source.strip():
        message = "the passage has no translation"
        yield QaFinding("omission", "critical", "Accuracy/Omission", message, *spans)
    elif unit.target.strip():
        message = "the source has no such passage"
        yield QaFinding("addition", "major", "Accuracy/Addition", message, *spans)


def chosen(rules: Collection[str] | None) -> frozenset[str]:
    """The names of the rules that are asked for, all where none are.

    Raises:
        ConfigError: for a name that is no rule's.
    """
    known = {rule.name for rule in RULES}
    if rules is None:
        return frozenset(known)
    for name in rules:
        if name not in known:
            raise ConfigError(unknown_name("rule", name, known))
    return frozenset(rules)


def place_of(finding: QaFinding) -> tuple[int, int]:
    """What findings are sorted by."""
    far = 1 << 60
    source, target = finding.source, finding.target
    return source[0] if source else far, target[0] if target else far
