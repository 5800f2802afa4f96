"""Repair of encoding damage, stray characters and line endings.

Each rule is a pure function of the text and the settings that proposes edits in coordinates of the
text it was given. Clean text passes all of them behind one gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unspun import edits
from unspun.encodings.charmaps import SPOT
from unspun.normalise import (
    c1,
    characters,
    entities,
    gate,
    lines,
    lost,
    mojibake,
    pages,
    percent,
    quotes,
    spacing,
    style,
    surrogates,
)
from unspun.normalise.gate import shown
from unspun.normalise.mojibake import suspects

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig
    from unspun.model import Edit, Ledger

__all__ = ["NORMALISERS", "SETTLE", "Normaliser", "interesting", "normalise", "shown", "suspects"]

Rule = Callable[[str, "NormaliseConfig"], "list[Edit]"]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """A rule of this stage.

    Attributes:
        name: The rule's name in edits and in ``NormaliseConfig.disable``.
        propose: The function behind it.
        signs: It finds nothing in a text that shows none of these (see `gate`).
    """

    name: str
    propose: Rule
    signs: frozenset[str]

    def __call__(self, text: str, config: NormaliseConfig) -> list[Edit]:
        """The edits that the rule makes on the text."""
        return self.propose(text, config) if self.asked(gate.signs(text, config), config) else []

    def asked(self, shown: frozenset[str], config: NormaliseConfig) -> bool:
        """Whether it may find something in a text that shows these signs, and is on."""
        return not self.signs.isdisjoint(shown) and self.name not in config.disable


def _rule(name: str, propose: Rule, *signs: str) -> Normaliser:
    return Normaliser(name, propose, frozenset(signs))


RULES: tuple[Normaliser, ...] = (
    # Pairs first: a low surrogate that has its partner is no escaped byte.
    _rule("surrogates", surrogates.join_surrogates, gate.SURROGATE),
    # Then escaped bytes, so that everything after sees characters only.
    _rule("undecodable-bytes", surrogates.read_bytes, gate.SURROGATE),
    # Whole escape sequences, before the rule that would take only their first character.
    _rule("terminal-escape", characters.strip_terminal_escapes, gate.ESCAPE),
    # Invisible characters that no code page has only hide damage: out of the way first.
    _rule("control", characters.strip_controls, gate.CONTROL, gate.ESCAPE),
    _rule("bom", characters.strip_marks, gate.INVISIBLE),
    _rule("bidi-control", characters.strip_bidi, gate.INVISIBLE),
    # An entity can hide half of a broken sequence.
    _rule("html-entity", entities.unescape_entities, gate.ENTITY_SIGN),
    # What is decoded may be broken by itself.
    _rule("percent-encoding", percent.decode_percent, gate.PERCENT),
    # Text of one code page read as another: before a few of its letters pass for broken UTF-8.
    _rule("wrong-code-page", pages.read_again, gate.PAGE),
    # Marks without their last byte: before the next rule makes daggers of them.
    _rule("lost-quote", quotes.close_quotes, gate.QUOTE),
    # The repair itself; C1 controls are its best clues, so they are read only after it.
    _rule("mojibake", mojibake.repair_mojibake, SPOT),
    _rule("c1-control", c1.read_c1, gate.C1),
    # What is lost for good, once all that can be read is read.
    _rule("lost-apostrophe", lost.mend_apostrophes, SPOT, gate.LOST),
    # Joiners are bytes of windows-1256, so they may be halves of a broken sequence as well.
    _rule("zero-width", characters.strip_zero_width, gate.INVISIBLE, gate.JOINER),
    # Line ends last: NEL and LINE SEPARATOR may have been bytes of a broken character.
    _rule("line-endings", spacing.unify_line_ends, gate.LINE_END),
    # Paragraphs after line ends are one kind; before style looks at the ends of lines.
    _rule("unwrap", lines.unwrap, gate.WRAP),
    # Style never, unless the profile asks; after all repairs, on what they brought to light.
    _rule("style", style.restyle, gate.STYLE),
)


def interesting(text: str, config: NormaliseConfig) -> bool:
    """Whether any rule could find anything in a text, or `suspects` could."""
    return bool(gate.signs(text, config))


def normalise(text: str, config: NormaliseConfig) -> Ledger:
    """Apply all rules until none finds anything to do.

    Returns:
        The ledger from ``text`` to the repaired text.
    """
    ledger: Ledger = ()
    current = text
    for _ in range(_ROUNDS):
        before = current
        if not interesting(current, config):
            break
        for rule in RULES:
            step = rule(current, config)
            if step:
                ledger = edits.compose(text, ledger, step)
                current = edits.apply(current, step)
        if current == before:
            break
    return ledger


def _settle(text: str, config: NormaliseConfig) -> list[Edit]:
    return list(normalise(text, config))


_ROUNDS = 32
"""Rounds until stable; three are the most that real text needs, hostile text is cut off here."""

SETTLE = Normaliser("settle", _settle, frozenset().union(*(rule.signs for rule in RULES)))
"""One rule's removal can bring together what another repairs: repeats until nothing moves.

It finds nothing in a text in which none of the rules has."""

NORMALISERS: tuple[Normaliser, ...] = (*RULES, SETTLE)
