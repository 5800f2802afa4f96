"""Translate what was left in another language: from passages to edits.

An engine proposes, the checks decide: an answer that lost a number, a name, a link, a placeholder,
markup or a term of the glossary is asked for again with those hidden, and if that does not help
either, the source stays and is tagged with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import NamedTuple

from unspun.config import TranslateConfig
from unspun.model import Edit, Tag, Tagged
from unspun.protocol import Answer, Answers, Translation, Translator, Usage
from unspun.translation import checks, masks
from unspun.translation.passages import passages
from unspun.translation.segments import Segment, fitted, segments

__all__ = ["STAGE", "UNTRANSLATED", "Foreign", "Step", "rule", "translate"]

STAGE = "translate"
UNTRANSLATED = "untranslated"
UNSCORED = 0.5
"""Confidence in an answer of an engine that tells none."""

Foreign = Callable[[Sequence[str], str], list[bool]]
"""Which of the texts are clearly in another language than the one named."""


NOTHING = Usage()
_MARKS = str.maketrans("。，、！？；：（）", ".,,!?;:()")


class Step(NamedTuple):
    """What translation proposes for a text.

    Attributes:
        edits: The translations, in order.
        tags: What was left untranslated, with the reason.
        translation: The account of it.
        usage: What it took.
    """

    edits: tuple[Edit, ...] = ()
    tags: tuple[Tag, ...] = ()
    translation: Translation | None = None
    usage: Usage = NOTHING


class _Verdict(NamedTuple):
    """What became of a segment so far."""

    text: str | None = None
    score: float = 0.0
    reason: str = ""
    final: bool = False


def rule(engine: str, model: str, source: str, target: str) -> str:
    """The rule of an edit: who translated, with what, from and into which language.

    >>> rule("ctranslate2", "0f3a", "zh-Hant", "en")
    'ctranslate2:0f3a:zh-Hant:en'
    """
    return f"{engine}:{model}:{source}:{target}"


def translate(
    text: str,
    tagged: Tagged,
    config: TranslateConfig,
    translator: Translator,
    foreign: Foreign = lambda texts, _: [False] * len(texts),
) -> Step:
    """Propose the translations of a text's residue.

    Args:
        text: The text.
        tagged: Its languages, in its coordinates.
        config: What is translated into which language.
        translator: The engine.
        foreign: Which answers are clearly in another language than the one asked for.

    Raises:
        ConfigError: for settings that the engine cannot be used with.
        ModelError: for an engine that cannot be used.
    """
    cut = segments(text, passages(text, tagged, config))
    by_language: dict[str, list[Segment]] = {}
    for segment in cut:
        by_language.setdefault(segment.language, []).append(segment)
    edits: list[Edit] = []
    tags: list[Tag] = []
    models: dict[str, str] = {}
    usage = Usage()
    for language, group in by_language.items():
        round_ = _Round(config, translator, language, foreign)
        verdicts = round_.run([segment.text for segment in group])
        usage = usage.added(round_.usage)
        if round_.model:
            models[language] = round_.model
        for segment, verdict in zip(group, verdicts, strict=True):
            edit, tag = _proposed(text, segment, verdict, config, translator.name, round_.model)
            edits += [edit] if edit else []
            tags += [tag] if tag else []
    edits.sort(key=lambda e: e.start)
    tags.sort(key=lambda t: t.start)
    return Step(
        tuple(edits),
        tuple(tags),
        Translation(
            config.to,
            translator.name,
            tuple(models.items()),
            tuple(sorted(Counter(s.language for s in cut).items())),
            tuple(sorted(Counter(t.value.split(":")[0] for t in tags).items())),
        ),
        usage,
    )


def _proposed(
    text: str, segment: Segment, verdict: _Verdict, config: TranslateConfig, engine: str, model: str
) -> tuple[Edit | None, Tag | None]:
    """The edit of a translation that is good enough, else a tag that says why there is none."""
    if verdict.text is None:
        return None, _kept(segment, verdict.reason, verdict.score)
    if verdict.score < config.min_confidence:
        return None, _kept(segment, f"confidence: {verdict.score:.2f}", verdict.score)
    spaced = config.to.split("-")[0] not in checks.UNSPACED_LANGUAGES
    after = fitted(text, segment, verdict.text, spaced=spaced)
    if after == segment.text:
        return None, None
    by = rule(engine, model, segment.language, config.to)
    return Edit(segment.start, segment.end, segment.text, after, STAGE, by, verdict.score), None


def _kept(segment: Segment, reason: str, score: float) -> Tag:
    return Tag(UNTRANSLATED, segment.start, segment.end, reason, 1 - min(1.0, score))


class _Round:
    """The segments of one language, through up to three attempts."""

    def __init__(
        self, config: TranslateConfig, translator: Translator, language: str, foreign: Foreign
    ) -> None:
        self.config, self.translator, self.language = config, translator, language
        self.foreign = foreign
        self.model = ""
        self.usage = Usage()

    def run(self, sources: Sequence[str]) -> list[_Verdict]:
        """A verdict for each segment; equal segments are asked for once."""
        distinct = list(dict.fromkeys(sources))
        verdicts = dict.fromkeys(distinct, _Verdict())
        template = self.translator.placeholder(self.language, self.config.to)
        plain = {s: masks.mask(s, template) for s in distinct}
        self._attempt(plain, verdicts)
        hidden = {
            s: masks.mask(s, template, self.translator.glossary, names=True)
            for s in distinct
            if not verdicts[s].final
        }
        self._attempt({s: m for s, m in hidden.items() if m != plain[s]}, verdicts)
        left = {s: m for s, m in hidden.items() if not verdicts[s].final and m.parts}
        self._in_pieces(left, verdicts)
        return [verdicts[s] for s in sources]

    def _attempt(self, asked: dict[str, masks.Masked], verdicts: dict[str, _Verdict]) -> None:
        if not asked:
            return
        answers = self._ask([m.text for m in asked.values()])
        judged = []
        for (source, masked), answer in zip(asked.items(), answers, strict=True):
            text = None if answer.text is None else masks.unmask(answer.text, masked)
            if answer.text is None:
                verdicts[source] = _Verdict(reason=answer.reason or "no answer", final=True)
            elif text is None:
                verdicts[source] = _Verdict(reason="placeholder: lost by the engine")
            else:
                judged.append((source, text, answer.score))
        self._judge(judged, verdicts)

    def _in_pieces(self, asked: dict[str, masks.Masked], verdicts: dict[str, _Verdict]) -> None:
        """Translate what stands between the hidden parts, each by itself."""
        cut = {s: masks.pieces(m) for s, m in asked.items()}
        wanted = list(dict.fromkeys(p for ps in cut.values() for p in ps if _speaks(p)))
        if not wanted:
            return
        answers = dict(zip(wanted, self._ask([p.strip() for p in wanted]), strict=True))
        judged = []
        for source, parts in cut.items():
            got = [answers.get(p) or Answer(self._marks(p), 1.0) for p in parts]
            if all(a.text is not None for a in got):
                texts = [_edged(p, a.text or "") for p, a in zip(parts, got, strict=True)]
                scores = [a.score for a in got if a.score is not None]
                score = min(scores) if scores else None
                judged.append((source, masks.joined(texts, asked[source]), score))
        self._judge(judged, verdicts)

    def _marks(self, piece: str) -> str:
        """What stands between hidden parts and is no word, in the target's punctuation."""
        unspaced = self.config.to.split("-")[0] in checks.UNSPACED_LANGUAGES
        return piece if unspaced else piece.translate(_MARKS)

    def _ask(self, segments_: Sequence[str]) -> Sequence[Answer]:
        answers: Answers = self.translator.translate(segments_, self.language, self.config.to)
        self.model = answers.model
        self.usage = self.usage.added(answers.usage)
        return answers.items

    def _judge(
        self, judged: Sequence[tuple[str, str, float | None]], verdicts: dict[str, _Verdict]
    ) -> None:
        pair = self.language, self.config.to
        elsewhere = self.foreign([text for _, text, _ in judged], self.config.to)
        for (source, text, score), strange in zip(judged, elsewhere, strict=True):
            found = checks.problems(source, text, pair, self.translator.glossary)
            if strange:
                found.append(checks.Problem("untranslated", "the answer is in another language"))
            if found:
                reason = "; ".join(f"{p.kind}: {p.detail}" for p in found)
                verdicts[source] = _Verdict(reason=reason)
            else:
                sure = UNSCORED if score is None else min(1.0, max(0.0, score))
                verdicts[source] = _Verdict(text, sure, final=True)


def _speaks(piece: str) -> bool:
    return any(map(str.isalpha, piece))


def _edged(piece: str, answer: str) -> str:
    """The answer with the white space that stood around the piece."""
    lead = piece[: len(piece) - len(piece.lstrip())]
    tail = piece[len(piece.rstrip()) :] if piece.strip() else ""
    return f"{lead}{answer.strip()}{tail}"
