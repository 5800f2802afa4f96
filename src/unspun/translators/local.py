"""Local models through CTranslate2: nothing leaves the machine.

A model is loaded when the first sentence in its language comes, in the process where it comes; what
the object carries to worker processes is its settings alone. A batch is translated within one
document, so answers do not depend on the number of workers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from unspun.config import TranslateConfig
from unspun.errors import ConfigError, ModelError
from unspun.extras import need
from unspun.protocol import Answer, Answers, Usage
from unspun.translators import codes
from unspun.translators.folders import Folder
from unspun.workers.limits import unmetered

if TYPE_CHECKING:
    from unspun.checking import Terms

MOST_TOKENS = 500
"""Longer sentences are refused: Marian models know 512 positions."""
_GROWTH = 3, 20  # tokens of an answer at most: times those of the sentence, and more
_TOKENS_A_BATCH = 2048
_PLACEHOLDERS = ("⟦{}⟧", "{{{}}}", "[{}]", "<{}>", "__{}__", "({})", "X{}X")
_SPECIAL = frozenset({"</s>", "<s>", "<pad>", "<unk>"})


class _Loaded(NamedTuple):
    engine: Any
    source: Any
    target: Any


@dataclass
class Local:
    """Models of local folders, the first that fits a pair of languages."""

    folders: tuple[Folder, ...]
    config: TranslateConfig
    glossary: Terms = field(default_factory=dict)
    name: str = "ctranslate2"
    _loaded: dict[Path, _Loaded] = field(default_factory=dict, repr=False)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_loaded": {}}

    def placeholder(self, source: str, target: str) -> str:
        """The first placeholder that the model can read."""
        folder = self._folder(source, target)
        if folder is None:
            return _PLACEHOLDERS[0]
        pieces = self._load(folder).source
        unknown = pieces.unk_id()
        for template in _PLACEHOLDERS:
            ids = pieces.encode(template.format(1))
            if unknown not in ids and pieces.decode(ids) == template.format(1):
                return template
        return _PLACEHOLDERS[-1]

    def identity(self, source: str, target: str) -> str:
        """The model's hash, and how it is asked."""
        folder = self._folder(source, target)
        return f"{folder.sha256 if folder else ''} {self.config.beam}"

    def translate(self, segments: Sequence[str], source: str, target: str) -> Answers:
        """Translate segments; without an answer for languages that no model knows."""
        folder = self._folder(source, target)
        if folder is None:
            reason = f"engine: no model translates {source} into {target}"
            return Answers(tuple(Answer(None, reason=reason) for _ in segments), "", Usage())
        loaded = self._load(folder)
        head, prefix = _languages(folder, source, target)
        tokens = [[*head, *loaded.source.encode(s, out_type=str)] for s in segments]
        fits = [len(t) <= MOST_TOKENS for t in tokens]
        asked = [t + ["</s>"] * folder.eos for t, fit in zip(tokens, fits, strict=True) if fit]
        try:
            made = iter(self._run(loaded, asked, prefix))
        except (RuntimeError, ValueError) as error:
            raise ModelError(f"{folder.path}: the model failed ({error})") from error
        long = Answer(None, reason=f"engine: longer than {MOST_TOKENS} tokens")
        usage = Usage(1, len(segments), 0, sum(map(len, segments)), sum(map(len, asked)))
        answers = tuple(next(made) if fit else long for fit in fits)
        return Answers(answers, folder.sha256[:12], usage)

    def _run(self, loaded: _Loaded, asked: list[list[str]], prefix: list[str]) -> list[Answer]:
        if not asked:
            return []
        most = _GROWTH[0] * max(map(len, asked)) + _GROWTH[1]
        results = loaded.engine.translate_batch(
            asked,
            target_prefix=[prefix] * len(asked) if prefix else None,
            beam_size=self.config.beam,
            max_batch_size=_TOKENS_A_BATCH,
            batch_type="tokens",
            max_input_length=0,
            max_decoding_length=most,
            return_scores=True,
        )
        answers = []
        for result in results:
            pieces = result.hypotheses[0]
            if len(pieces) >= most:
                answers.append(Answer(None, reason="engine: did not come to an end"))
                continue
            if "<unk>" in pieces:
                answers.append(Answer(None, reason="engine: a word that the model cannot write"))
                continue
            words = [p for p in pieces[len(prefix) :] if p not in _SPECIAL]
            text = loaded.target.decode(words).replace("▁", " ")  # of pieces that it does not know
            answers.append(Answer(text.strip(), round(math.exp(result.scores[0]), 4)))
        return answers

    def _folder(self, source: str, target: str) -> Folder | None:
        fitting = [f for f in self.folders if f.translates(source, target)]
        return min(fitting, key=lambda f: not f.source, default=None)  # made for the pair first

    def _load(self, folder: Folder) -> _Loaded:
        if folder.path not in self._loaded:
            if folder.info.get("sha256", folder.sha256) != folder.sha256:
                raise ModelError(f"{folder.path}: is not the model that was recorded; see 'models'")
            ctranslate2 = need("ctranslate2", "the engine ctranslate2", "translate")
            sentencepiece = need("sentencepiece", "the engine ctranslate2", "translate")
            with unmetered():
                try:
                    engine = ctranslate2.Translator(
                        str(folder.model), device=self.config.device, inter_threads=1
                    )
                    source, target = (
                        sentencepiece.SentencePieceProcessor(model_file=str(p))
                        for p in folder.pieces
                    )
                except (RuntimeError, ValueError, OSError) as error:
                    raise ModelError(f"{folder.path}: cannot be loaded ({error})") from error
            self._loaded[folder.path] = _Loaded(engine, source, target)
        return self._loaded[folder.path]


def _languages(folder: Folder, source: str, target: str) -> tuple[list[str], list[str]]:
    """What stands before the sentence and before its translation, to tell the languages."""
    if folder.kind == "nllb":
        one, two = codes.flores(source), codes.flores(target)
        if one is None or two is None:
            raise ConfigError(f"NLLB has no code for {target if one else source!r}")
        return [one], [two]
    if folder.kind == "m2m":
        return [f"__{codes.primary(source)}__"], [f"__{codes.primary(target)}__"]
    if folder.kind == "madlad":
        return [f"<2{codes.primary(target)}>"], []
    prefix = folder.info.get("target_prefix") or ""
    return [], [str(prefix)] if prefix else []
