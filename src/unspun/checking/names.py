"""Names between Han characters and Latin letters: by reading, by sound, and by their own file.

A Chinese name in Latin letters is read off the characters (Hanyu Pinyin). Other names are known
from the file itself: characters that stand in segment after segment beside a name are its source,
and where one is without the other, something was lost or replaced. Where neither can be said, no
finding is made: `Oxford` and 牛津 share no sound.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from unspun import tables
from unspun.align import Span
from unspun.checking import gazetteer, numberwords, romanise, sounds
from unspun.checking.findings import Languages, QaFinding, Unit
from unspun.checking.lexicon import Lexicon, features
from unspun.checking.protected import masked
from unspun.lm import LanguageModel, Vocabulary

_NAME = re.compile(r"(?<![\w@#/.])[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*")
_HAN = re.compile(r"[\u3400-\u9fff]")
_GENITIVE = re.compile(r"[’']s?$")
_LETTERS = 4  # of a name that is looked for: shorter ones meet by chance
_SOUNDS = 0.6  # likeness from which a name and a text may be of one name
_KNOWN = 0.55  # Dice from which characters are known to be a name's
_PERHAPS = 0.3
_SURE = 0.85  # Dice from which they are without any likeness of sound
_SEEN = 3  # segments from which on a name is known
_TWICE, _MOSTLY = 2, 0.65  # the same for a name that can be read off the characters
_ALWAYS = 0.7  # share of the segments with the characters that have the name, too


@dataclass(frozen=True, slots=True)
class _Name:
    """A name in Latin letters where it stands."""

    word: str
    span: Span


@dataclass
class _Known:
    """What a file says about its names.

    Attributes:
        origins: Of each name, the characters that stand beside it, with Dice's coefficient.
        renderings: Of characters that nearly always have one, their names.
        read: Of characters that were read as a name somewhere, the names.
        counts: Segments of each name.
        heard: Names that sound like something in a segment of theirs.
    """

    origins: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    renderings: dict[str, set[str]] = field(default_factory=dict)
    read: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    counts: Counter[str] = field(default_factory=Counter)
    heard: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class _Sides:
    """A unit by its scripts: which side has the characters, and which the letters."""

    han: str
    latin: str
    names: tuple[_Name, ...]
    han_is_source: bool

    def runs(self) -> Iterator[list[_Name]]:
        """Names that stand side by side."""
        run: list[_Name] = []
        for name in self.names:
            if run and self.latin[run[-1].span[1] : name.span[0]] != " ":
                yield run
                run = []
            run.append(name)
        if run:
            yield run


def check(
    units: Sequence[Unit], languages: Languages, lexicon: Lexicon
) -> Iterator[tuple[int, QaFinding]]:
    """Findings with the place of their unit."""
    sides = [_sides(unit, languages) for unit in units]
    known = _learn([s for s in sides if s is not None], lexicon)
    for place, side in enumerate(sides):
        if side is None:
            continue
        strange = _strange(side, known)
        lost = list(_lost(side, known))
        yield from ((place, f) for f in _findings(side, strange, lost))


def _sides(unit: Unit, languages: Languages) -> _Sides | None:
    """The sides of a unit; None where it has no Han side and no Latin one."""
    if not unit.source.strip() or not unit.target.strip():
        return None
    source, target = masked(unit.source), masked(unit.target)
    ours, theirs = len(_HAN.findall(source)), len(_HAN.findall(target))
    if ours and theirs * 4 < ours and _read_as_chinese(languages.source):
        return _Sides(source, target, _names(target, languages.target), han_is_source=True)
    if theirs and ours * 4 < theirs and _read_as_chinese(languages.target):
        return _Sides(target, source, _names(source, languages.source), han_is_source=False)
    return None


def _read_as_chinese(language: str) -> bool:
    return language.split("-", maxsplit=1)[0] in {"zh", "und"}


def _names(text: str, language: str) -> tuple[_Name, ...]:
    """Capitalised words that are no ordinary words, months or days."""
    table = numberwords.words(language if numberwords.known(language) else "en")
    found = []
    for match in _NAME.finditer(text):
        word = _GENITIVE.sub("", match[0])
        lower = word.lower()
        if lower in table.months or lower in table.weekdays or _ordinary(word):
            continue
        found.append(_Name(word, (match.start(), match.start() + len(word))))
    return tuple(found)


@lru_cache(maxsize=1)
def _vocabulary() -> Vocabulary:
    return LanguageModel.open(tables.path("english.lm")).vocabulary


def _written_small(word: str) -> bool:
    """Whether English text writes a word small at times."""
    return word in _forms()


@lru_cache(maxsize=1)
def _forms() -> frozenset[str]:
    return frozenset(_vocabulary().forms)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """Words that English text writes small at least as often as with a capital."""
    vocabulary = _vocabulary()
    index = {form: number for number, form in enumerate(vocabulary.forms)}
    return frozenset(
        form
        for form, number in index.items()
        if form.islower()
        and (
            (capital := index.get(form.capitalize())) is None
            or vocabulary.lowered[capital] == number
        )
    )


@lru_cache(maxsize=65_536)
def _ordinary(word: str) -> bool:
    """Whether a word is no name, but for its capital: You’re, Post-War."""
    parts = re.split(r"[-’']", word.lower())
    if word.lower() in _english() or (parts[0] in _english() and "-" not in word):
        return True
    return "-" in word and any(len(p) >= _LETTERS and p in _english() for p in parts)


def _learn(sides: Sequence[_Sides], lexicon: Lexicon) -> _Known:
    known = _Known()
    for side in sides:
        known.counts.update({name.word.lower() for name in side.names})
        known.heard.update(n.word.lower() for n in side.names if sounds.alike(n.word, side.han))
    of = lexicon.of
    if sides and not sides[0].han_is_source:
        of = _reversed(lexicon)
    for characters, words in of.items():
        for word, dice in words.items():
            if word in known.counts and _HAN.match(characters):
                known.origins[word][characters] = dice
    _learn_renderings(sides, known)
    _learn_readings(sides, known)
    return known


def _learn_renderings(sides: Sequence[_Sides], known: _Known) -> None:
    """Characters that nearly always have a name beside them, by Dice's coefficient or by sound."""
    likely: dict[str, set[str]] = defaultdict(set)
    for word, origins in known.origins.items():
        for characters, dice in origins.items():
            alike = len(sounds.skeleton(word)) > 2 and sounds.alike(word, characters)  # noqa: PLR2004
            if len(characters) > 2 and dice >= _KNOWN and alike and _is_own(word):  # noqa: PLR2004
                likely[characters].add(word)
    together: Counter[str] = Counter()
    seen: Counter[str] = Counter()
    for side in sides:
        words = {name.word.lower() for name in side.names}
        for characters in features(side.han) & likely.keys():
            seen[characters] += 1
            together[characters] += not words.isdisjoint(likely[characters])
    for characters, count in seen.items():
        if count >= _SEEN and together[characters] >= _ALWAYS * count:
            known.renderings[characters] = likely[characters]


def _is_own(word: str) -> bool:
    """Whether a word is a name, and one that is not listed."""
    small = _written_small(word)
    return len(word) >= _LETTERS and not small and not gazetteer.characters_of(word)


def _learn_readings(sides: Sequence[_Sides], known: _Known) -> None:
    """Characters that were read as names: whole names at once, single words if always."""
    candidates: dict[str, set[str]] = defaultdict(set)
    for side in sides:
        for run in side.runs():
            words = [name.word for name in run]
            for joined in {"".join(words), "".join(reversed(words))}:
                place = romanise.find(joined, side.han) if len(words) in (2, 3) else None
                if place and place[1] - place[0] in (2, 3, 4):
                    known.read[side.han[slice(*place)]].update(w.lower() for w in words)
        for name in side.names:
            place = romanise.find(name.word, side.han) if len(name.word) >= _LETTERS else None
            if place and place[1] - place[0] > 1:
                candidates[side.han[slice(*place)]].add(name.word.lower())
    for characters, spellings in candidates.items():
        here = [s for s in sides if characters in s.han]
        having = sum(
            any(romanise.plain(w) in romanise.plain(s.latin) for w in spellings) for s in here
        )
        if having >= _TWICE and having >= _MOSTLY * len(here):
            known.read[characters].update(spellings)


def _reversed(lexicon: Lexicon) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for feature, words in lexicon.of.items():
        for word, dice in words.items():
            found.setdefault(word, {})[feature] = dice
    return found


def _strange(side: _Sides, known: _Known) -> list[_Name]:
    """Names in Latin letters that have nothing on the other side that they could be."""
    listed = [m for m in gazetteer.mentions(side.latin) if any(_in(n.span, m) for n in side.names)]
    found = [
        _Name(side.latin[m.start : m.end], (m.start, m.end))
        for m in listed
        if not any(characters in side.han for characters in m.characters)
        and not any(o is not m and _in((m.start, m.end), o) and _meant(o, side) for o in listed)
        and not _sounds_or_stands(side.latin[m.start : m.end], side.han)
    ][:1]
    for run in side.runs():
        rest = [name for name in run if not any(_in(name.span, m) for m in listed)]
        if all(_may_be_read(name.word) for name in run) and len(run) > 1 and rest == run:
            if not any(_explained(name, side, known) for name in run):
                span = run[0].span[0], run[-1].span[1]
                found.append(_Name(side.latin[slice(*span)], span))
            continue
        odd = [name for name in rest if _is_strange(name, side, known)]
        found += odd[:1]
    return found


def _sounds_or_stands(text: str, han: str) -> bool:
    return text in han or bool(romanise.find(text, han)) or sounds.alike(text, han)


def _in(span: Span, mention: gazetteer.Mention) -> bool:
    return mention.start <= span[0] and span[1] <= mention.end


def _meant(mention: gazetteer.Mention, side: _Sides) -> bool:
    return any(characters in side.han for characters in mention.characters)


def _may_be_read(word: str) -> bool:
    return romanise.is_syllable(word) or romanise.is_pinyin(word)


def _explained(name: _Name, side: _Sides, known: _Known) -> bool:
    """Whether something on the other side reads, sounds or is known as the name."""
    lower = name.word.lower()
    if lower in side.han.lower() or romanise.find(name.word, side.han):
        return True
    if any(characters in side.han for characters in known.origins.get(lower, {})):
        return True
    parts = [part for part in name.word.split("-") if len(part) >= _LETTERS]
    if len(parts) > 1 or (parts and parts[0] != name.word):
        return any(_explained(_Name(part, name.span), side, known) for part in parts)
    placed = gazetteer.characters_of(lower)
    if placed:
        return any(characters in side.han for characters in placed)
    if _CHINESE.search(lower) and _may_be_read(lower):
        return False
    return sounds.alike(name.word, side.han)


_CHINESE = re.compile(r"^x|[^aeiou]x|^q(?!u[aeiou]?[^aeiou])|zh|ng(?=[^aeiou]|$)|^[a-z]+ian|uo")
"""What words in Pinyin have and others hardly do."""


def _is_strange(name: _Name, side: _Sides, known: _Known) -> bool:
    lower = name.word.lower()
    if len(name.word) < _LETTERS or _explained(name, side, known):
        return False
    if gazetteer.characters_of(lower):
        return True
    if romanise.is_pinyin(name.word):
        return not _written_small(lower)
    if _written_small(lower):
        return False
    if lower in known.heard:
        return sounds.likeness(name.word, side.han) < _DEAF
    surest = max(known.origins.get(lower, {}).values(), default=0.0)
    return surest >= _SURE and known.counts[lower] >= _SEEN


_DEAF = 0.55  # likeness below which a name is none of the text's


def _lost(side: _Sides, known: _Known) -> Iterator[tuple[Span, str]]:
    """Characters of a name whose rendering is not there, with the rendering."""
    latin = romanise.plain(side.latin)
    taken: list[Span] = []
    for start, characters, forms in gazetteer.names_in(side.han):
        taken.append((start, start + len(characters)))
        if _OF_BODY.match(side.han, taken[-1][1]):
            continue
        if not gazetteer.stands(forms, side.latin) and not _read_in(characters, side):
            yield taken[-1], gazetteer.shown(forms)
    candidates = [c for c in known.renderings.keys() | known.read.keys() if c in side.han]
    candidates = [c for c in candidates if f"{c}网" not in side.han]  # a site, not the place
    for characters in sorted(candidates, key=lambda c: (-len(c), c)):
        start = side.han.find(characters)
        span = start, start + len(characters)
        if any(a < span[1] and span[0] < b for a, b in taken):
            continue
        taken.append(span)
        words = known.renderings.get(characters, set()) | known.read.get(characters, set())
        if any(romanise.plain(word) in latin for word in words) or _read_in(characters, side):
            continue
        names = [w for w in words if w in known.counts]
        if names:
            yield span, max(names, key=lambda w: (known.counts[w], w)).capitalize()
    yield from _lost_people(side, known, taken)


_OF_BODY = re.compile(r".{0,8}?(?:公司|证监会|时间|大臣|大选|网)")
"""Bodies that often go without their country: 英国交通大臣, the transport secretary."""


def _read_in(characters: str, side: _Sides) -> bool:
    """Whether a capitalised word reads as the characters, or as most of them."""
    return any(romanise.find(name.word, characters) for name in side.names)


def _lost_people(side: _Sides, known: _Known, taken: list[Span]) -> Iterator[tuple[Span, str]]:
    """People by their surname and what stands beside it, of whom no part of the name is there."""
    if any(not _explained(name, side, known) for name in side.names):
        return  # 刘德华 is Andy Lau
    for match in _PERSON.finditer(side.han):
        span = match.span("name")
        if any(a < span[1] and span[0] < b for a, b in taken):
            continue
        name = match["name"]
        if len(name) < 2 or _spelt(name, side.latin):  # noqa: PLR2004
            continue
        yield span, _spelling(name)


def _spelt(name: str, latin: str) -> bool:
    """Whether some capitalised word is a part of the name, or sounds like it."""
    words = [m[0] for m in _ANY_NAME.finditer(latin)]
    if any(romanise.find(_GENITIVE.sub("", w), name) for w in words):
        return True
    return any(sounds.likeness(w, name) >= _SOUNDS for w in words)


def _spelling(name: str) -> str:
    parts = [romanise.readings(c)[:1] or ("?",) for c in name]
    return f"{parts[0][0].capitalize()} {''.join(p[0] for p in parts[1:]).capitalize()}"


_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗梁宋郑谢韩唐冯董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘"
    "杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚庞樊"
)
_TITLES = (
    "记者|作者|编辑|主任|书记|教授|主席|部长|局长|院长|县长|市长|省长|所长|处长|会长|队长|校长|经理|总裁|导演"
    "|演员|研究员|专家|律师|医生|院士|委员|先生|女士|居民|村民|站长|厅长|主持人|董事长"
)
_PERSON = re.compile(
    rf"""
      (?:{_TITLES} | [（(] | (?:记者|作者|演员|主演|编辑)[^。；]{{0,60}}[、：:])
      (?!方面|方法|方式|高级|常务|安全|石油|金融|马上|江苏|江西|万元|白天|常委)
      (?P<name>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})
      (?=说|表示|介绍|称|指出|认为|告诉|透露|坦言|强调|在|等|、|，|。|）|\)|\s|$)
    """,
    re.VERBOSE,
)
_ANY_NAME = re.compile(r"[A-Z][^\W\d_]+(?:[’'-][^\W\d_]+)*")


def _findings(
    side: _Sides, strange: Sequence[_Name], lost: Sequence[tuple[Span, str]]
) -> Iterator[QaFinding]:
    """One finding for each name that was lost, replaced or added."""
    left = list(strange)
    for span, rendering in lost:
        text = side.han[slice(*span)]
        other = left.pop(0) if left else None
        if other is not None:
            message = f"{text} ({rendering}) became {other.word}"
            yield _finding(side, message, span, other.span, rendering, 0.8)
        elif side.han_is_source:
            message = f"{text} ({rendering}) is not in the translation"
            yield _finding(side, message, span, None, rendering, 0.6)
    for name in left:
        where = "source" if side.han_is_source else "translation"
        yield _finding(side, f"{name.word} is not in the {where}", None, name.span, "", 0.7)


def _finding(
    side: _Sides, message: str, han: Span | None, latin: Span | None, expected: str, score: float
) -> QaFinding:
    source, target = (han, latin) if side.han_is_source else (latin, han)
    category = (
        "Accuracy/Mistranslation"
        if source and target
        else ("Accuracy/Omission" if source else "Accuracy/Addition")
    )
    return QaFinding("name", "major", category, message, source, target, expected, score)
