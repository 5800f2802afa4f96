"""A simulated spinner: puts clean text through a learned table, at any rate of replacement.

It works as the commonest spinner of news does: the longest phrases first, each form of a
document replaced throughout by one alternative or not at all, lower case and capitals apart.
"""

from __future__ import annotations

import math
import random
from collections import defaultdict

from unspun.channel import tokens
from unspun.channel.index import unjoined
from unspun.channel.model import Channel

Alternatives = list[tuple[str, float]]


class Spinner:
    """A table ready to spin.

    Attributes:
        drawn: What each form of the last document was replaced by; None if it was left.
    """

    def __init__(self, channel: Channel) -> None:
        self.drawn: dict[str, str | None] = {}
        self.channel = channel
        self.table: dict[str, Alternatives] = defaultdict(list)
        for entry in channel.entries:
            self.table[entry.original].append((entry.spun, math.exp(entry.logp)))
        self.longest = max(phrase.count(" ") + 1 for phrase in self.table)

    @property
    def written(self) -> frozenset[str]:
        """What was written into the last document, for one form each."""
        return frozenset(spun for spun in self.drawn.values() if spun is not None)

    @property
    def replaced(self) -> int:
        """How many forms of the last document were replaced."""
        return sum(spun is not None for spun in self.drawn.values())

    def spin(self, paragraphs: list[str], rate: float, seed: str) -> list[str]:
        """The paragraphs of one document, spun.

        Args:
            paragraphs: The original.
            rate: Share of the table's phrases that is replaced.
            seed: Names the draw.
        """
        rng = random.Random(seed)  # noqa: S311  # a simulation
        self.drawn = {}
        return [self._line(line, rate, rng) for line in paragraphs]

    def _line(self, line: str, rate: float, rng: random.Random) -> str:
        words, spans = tokens.words(line), tokens.spans(line)
        taken = [False] * len(words)
        edits: list[tuple[int, int, str]] = []
        for size in range(self.longest, 0, -1):
            for at in range(len(words) - size + 1):
                if any(taken[at : at + size]):
                    continue
                form = " ".join(words[at : at + size])
                options = self._options(form)
                if not options:
                    continue
                taken[at : at + size] = [True] * size
                if form not in self.drawn:
                    self.drawn[form] = _draw(options, rng) if rng.random() < rate else None
                spun = self.drawn[form]
                if spun is not None:
                    edits.append((spans[at][0], spans[at + size - 1][1], unjoined(spun)))
        for start, end, spun in sorted(edits, reverse=True):
            line = line[:start] + spun + line[end:]
        return line

    def _options(self, form: str) -> Alternatives:
        if form in self.table:
            return self.table[form]
        if form[:1].isupper() and tokens.lower_first(form) in self.table:
            low = self.table[tokens.lower_first(form)]
            return [(tokens.upper_first(spun), weight) for spun, weight in low]
        return []


def _draw(options: Alternatives, rng: random.Random) -> str:
    names, weights = zip(*options, strict=True)
    return str(rng.choices(names, weights)[0])
