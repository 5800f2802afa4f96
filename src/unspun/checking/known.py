"""What a file says about its own names: which characters stand beside which, segment after segment.

Characters that have a name beside them in nearly every segment are its source, and where one is
without the other, something was lost or replaced. Each segment is judged by the others alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from unspun.checking import gazetteer, romanise, sounds
from unspun.checking.lexicon import Lexicon, features
from unspun.checking.sides import LETTERS, Sides

_ALIKE = 0.4  # Dice's coefficient from which characters that sound like a name may be it
_TWICE, _MOSTLY = 2, 0.65  # segments and share from which a reading is a name
_CHARACTERS = 3  # of a name that is learned by its sound
_SEEN = 3  # segments from which on characters have a rendering


@dataclass(frozen=True, slots=True)
class Rendering:
    """What stands beside some characters.

    Attributes:
        words: Names, small.
        seen: Segments with the characters.
        together: Segments that have one of the names, too.
        read: Whether the name reads as the characters do.
    """

    words: frozenset[str]
    seen: int
    together: int
    read: bool = False

    @property
    def share(self) -> float:
        """How many of the other segments have it, where one has not."""
        return self.together / max(1, self.seen - 1)


@dataclass
class Known:
    """What a file says about its names.

    Attributes:
        origins: Of each name, the characters that stand beside it, with Dice's coefficient.
        renderings: Of characters, their names.
        counts: Segments of each name.
        heard: Names that sound like something in a segment of theirs.
        read: Names that read as something in a segment of theirs.
    """

    origins: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    renderings: dict[str, Rendering] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)


def learn(sides: Sequence[Sides], lexicon: Lexicon) -> Known:
    """The names of a file, from its segments and the words that translate each other."""
    known = Known()
    for side in sides:
        known.counts.update({name.word.lower() for name in side.names})
        known.heard.update(n.word.lower() for n in side.names if sounds.alike(n.word, side.han))
    of = lexicon.of
    if sides and not sides[0].han_is_source:
        of = _reversed(lexicon)
    for characters, words in of.items():
        if "\u3400" <= characters[0] <= "\u9fff":
            for word, dice in words.items():
                if word in known.counts:
                    known.origins[word][characters] = dice
    _learn_renderings(sides, known)
    _learn_readings(sides, known)
    return known


def _reversed(lexicon: Lexicon) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for feature, words in lexicon.of.items():
        for word, dice in words.items():
            found.setdefault(word, {})[feature] = dice
    return found


def _learn_renderings(sides: Sequence[Sides], known: Known) -> None:
    """Characters that have a name beside them that sounds like them."""
    likely: dict[str, set[str]] = defaultdict(set)
    for word, origins in known.origins.items():
        if romanise.is_pinyin(word) or gazetteer.characters_of(word):
            continue
        for characters, dice in origins.items():
            if len(characters) >= _CHARACTERS and dice >= _ALIKE and sounds.same(word, characters):
                likely[characters].add(word)
    together: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for side in sides:
        for characters in features(side.han) & likely.keys():
            seen[characters] += 1
            together[characters] += any(side.has(word) for word in likely[characters])
    for characters, count in seen.items():
        if count >= _SEEN:
            words = frozenset(likely[characters])
            known.renderings[characters] = Rendering(words, count, together[characters])


def _learn_readings(sides: Sequence[Sides], known: Known) -> None:
    """Characters that were read as names: whole names at once, single words if mostly."""
    whole: dict[str, set[str]] = defaultdict(set)
    single: dict[str, set[str]] = defaultdict(set)
    for side in sides:
        for run in side.runs():
            words = [name.word for name in run]
            for joined in {"".join(words), "".join(reversed(words))}:
                place = romanise.find(joined, side.han) if len(words) in (2, 3) else None
                if place and place[1] - place[0] in (2, 3, 4):
                    whole[side.han[slice(*place)]].update(w.lower() for w in words)
        for name in side.names:
            place = romanise.find(name.word, side.han) if len(name.word) >= LETTERS else None
            if place and place[1] - place[0] > 1:
                known.read.add(name.word.lower())
                single[side.han[slice(*place)]].add(name.word.lower())
    for characters, spellings in (*single.items(), *whole.items()):
        here = [s for s in sides if characters in s.han]
        having = sum(any(s.has(w) for w in spellings) for s in here)
        enough = having >= _TWICE and having >= _MOSTLY * len(here)
        if enough or characters in whole:
            known.renderings[characters] = Rendering(
                frozenset(spellings | single.get(characters, set())), len(here), having, read=True
            )
