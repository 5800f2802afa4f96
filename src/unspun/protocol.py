"""What an engine is to the flow: segments in, answers out.

The flow is pure and knows engines by `Translator` alone; the edge makes one (`unspun.translators`)
and hands it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from unspun.checking import Terms


class Answer(NamedTuple):
    """What an engine made of one segment.

    Attributes:
        text: The translation; None where the engine gave none.
        score: Its own probability that the answer is right, 0 to 1; None where it tells none.
        reason: Why there is no translation.
    """

    text: str | None
    score: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """What translating took; summed up by `added`.

    Attributes:
        requests: Calls of the engine; of a server, every attempt.
        segments: Segments that the engine was given.
        cached: Segments that came out of the cache instead.
        characters: Code points that the engine was given, as it bills them.
        tokens_in: Tokens read, where the engine counts them.
        tokens_out: Tokens written, where the engine counts them.
        cost: In the currency of the configured prices.
    """

    requests: int = 0
    segments: int = 0
    cached: int = 0
    characters: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0

    def added(self, other: Usage) -> Usage:
        """The sum of two."""
        return Usage(
            self.requests + other.requests,
            self.segments + other.segments,
            self.cached + other.cached,
            self.characters + other.characters,
            self.tokens_in + other.tokens_in,
            self.tokens_out + other.tokens_out,
            self.cost + other.cost,
        )


class Answers(NamedTuple):
    """The answers to a batch, one for each segment, in their order.

    Attributes:
        items: The answers.
        model: What names the model for good: the start of its files' hash, or its name at a server.
        usage: What it took.
    """

    items: tuple[Answer, ...]
    model: str
    usage: Usage


class Translator(Protocol):
    """An engine.

    It may keep a loaded model between calls, but an answer depends on the arguments alone.
    """

    @property
    def name(self) -> str:
        """The engine, such as ``ctranslate2``."""

    @property
    def glossary(self) -> Terms:
        """The terms that it was given."""

    def placeholder(self, source: str, target: str) -> str:
        """What the engine copies unchanged, with ``{}`` for a number."""

    def translate(self, segments: Sequence[str], source: str, target: str) -> Answers:
        """Translate segments.

        Args:
            segments: Sentences or parts of them.
            source: BCP 47 tag of their language.
            target: BCP 47 tag of the language asked for.

        Raises:
            ConfigError: for settings or a key that no document could be done with.
            ModelError: for an engine that cannot be used at all.
        """


@dataclass(frozen=True, slots=True)
class Translation:
    """What translation did to one document.

    Attributes:
        to: BCP 47 tag of the language asked for.
        engine: The engine.
        models: The model by source language.
        segments: Segments that were found in another language, by that language.
        kept: How many of them were left as they stand, by reason.
    """

    to: str
    engine: str
    models: tuple[tuple[str, str], ...] = ()
    segments: tuple[tuple[str, int], ...] = ()
    kept: tuple[tuple[str, int], ...] = ()
