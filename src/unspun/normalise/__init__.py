"""Repair of encoding damage, stray characters and line endings.

Each rule is a pure function of the text and the settings that proposes edits in coordinates of the
text it was given. Clean text passes all of them behind one gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from unspun import edits
from unspun.normalise import characters, entities, gate, mojibake, spacing, style, surrogates
from unspun.normalise.mojibake import suspects

if TYPE_CHECKING:
    from unspun.config import NormaliseConfig
    from unspun.model import Edit, Ledger

__all__ = ["NORMALISERS", "Normaliser", "normalise", "suspects"]

Rule = Callable[[str, "NormaliseConfig"], "list[Edit]"]


@dataclass(frozen=True, slots=True)
class Normaliser:
    """A rule of this stage.

    Attributes:
        name: The rule's name in edits and in ``NormaliseConfig.disable``.
        propose: The function behind it.
    """

    name: str
    propose: Rule

    def __call__(self, text: str, config: NormaliseConfig) -> list[Edit]:
        """The edits that the rule makes on the text."""
        if self.name in config.disable or gate.inert(text, config.profile):
            return []
        return self.propose(text, config)


RULES: tuple[Normaliser, ...] = (
    # Pairs first: a low surrogate that has its partner is no escaped byte.
    Normaliser("surrogates", surrogates.join_surrogates),
    # Then escaped bytes, so that everything after sees characters only.
    Normaliser("undecodable-bytes", surrogates.read_bytes),
    # Whole escape sequences, before the rule that would take only their first character.
    Normaliser("terminal-escape", characters.strip_terminal_escapes),
    # Invisible characters that no code page has only hide damage: out of the way first.
    Normaliser("control", characters.strip_controls),
    Normaliser("bom", characters.strip_marks),
    Normaliser("bidi-control", characters.strip_bidi),
    # An entity can hide half of a broken sequence.
    Normaliser("html-entity", entities.unescape_entities),
    # The repair itself; C1 controls are its best clues, so they are read only after it.
    Normaliser("mojibake", mojibake.repair_mojibake),
    Normaliser("c1-control", characters.read_c1),
    # Joiners are bytes of windows-1256, so they may be halves of a broken sequence as well.
    Normaliser("zero-width", characters.strip_zero_width),
    # Line ends last: NEL and LINE SEPARATOR may have been bytes of a broken character.
    Normaliser("line-endings", spacing.unify_line_ends),
    # Style never, unless the profile asks; after all repairs, on what they brought to light.
    Normaliser("style", style.restyle),
)


def normalise(text: str, config: NormaliseConfig) -> Ledger:
    """Apply all rules until none finds anything to do.

    Returns:
        The ledger from ``text`` to the repaired text.
    """
    ledger: Ledger = ()
    current = text
    for _ in range(_ROUNDS):
        before = current
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

NORMALISERS: tuple[Normaliser, ...] = (
    *RULES,
    # One rule's removal can bring together what another repairs: repeat until nothing moves.
    Normaliser("settle", _settle),
)
