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
        replaced: How many forms of the last document were replaced.
    """

    def __init__(self, channel: Channel) -> None:
        self.replaced = 0
        self.channel = channel
        self.table: dict[str, Alternatives] = defaultdict(list)
        for entry in channel.entries:
            self.table[entry.original].append((entry.spun, math.exp(entry.logp)))
        self.longest = max(phrase.count(" ") + 1 for phrase in self.table)

    def spin(self, paragraphs: list[str], rate: float, seed: str) -> list[str]:
        """The paragraphs of one document, spun.

        Args:
            paragraphs: The original.
            rate: Share of the table's phrases that is replaced.
            seed: Names the draw.
        """
        rng = random.Random(seed)  # noqa: S311  # a simulation
        drawn: dict[str, str | None] = {}
        lines = [self._line(line, rate, rng, drawn) for line in paragraphs]
        self.replaced = sum(spun is not None for spun in drawn.values())
        return lines

    def _line(
        self, line: str, rate: float, rng: random.Random, drawn: dict[str, str | None]
    ) -> str:
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
                if form not in drawn:
                    drawn[form] = _draw(options, rng) if rng.random() < rate else None
                spun = drawn[form]
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
