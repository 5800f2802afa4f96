"""A real translation model, small enough to be made where a test wants one.

It is a transformer of one layer whose weights are set by hand, not trained, so that its answers are
known: the decoder looks, at each position, at the same position of the source (positions and words
are one-hot, and cross-attention compares positions), and the projection is a dictionary. So it
translates word by word, through CTranslate2 and SentencePiece as any other model does.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import sentencepiece
from ctranslate2.specs.transformer_spec import TransformerConfig, TransformerSpec

POSITIONS = 160
SPECIAL = ["<unk>", "<s>", "</s>"]
COPIED = "0123456789.,:-%(){}[]/ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

WORDS = {
    "市长": "▁The▁mayor", "委员会": "▁The▁committee", "他们": "▁They", "渡船": "▁the▁ferry",
    "公布": "▁announced", "修好": "▁repaired", "的": "▁of", "了": "", "旧": "▁old", "桥": "▁bridge",
    "新": "▁new", "计划": "▁plan", "报告": "▁report", "在": "▁in▁", "年": "", "花": "▁spent▁",
    "元": "▁yuan", "昨天": "▁yesterday", "星期一": "▁on▁Monday", "港口": "▁harbour",
    "关闭": "▁closed", "因为": "▁because▁of", "风暴": "▁the▁storm", "居民": "▁Residents",
    "等": "▁waited▁for",
    "三": "▁three", "天": "▁days", "打开": "▁Open▁", "网站": "▁the▁website▁", "请": "▁Please",
    "亿": "▁hundred▁million", "灯塔": "▁the▁lighthouse", "和": "▁and", "今年": "▁this▁year",
    "读": "▁read", "雾": "▁fog", "。": ".", "，": ",", "！": "!", " ": "▁",
}  # fmt: skip
"""Chinese words of our own, and what the model makes of them."""


class Size(NamedTuple):
    """How large a network is; what it does is the same."""

    layers: int = 1
    width: int = 0
    inner: int = 0
    vocabulary: int = 0


BASE = Size(6, 512, 2048, 32_000)
"""About that of an OPUS-MT model: Transformer base (Vaswani et al. 2017)."""


def build(
    folder: Path,
    words: Mapping[str, str] | None = None,
    *,
    layout: str = "marian",
    doubts: Mapping[str, float] | None = None,
    size: Size | None = None,
) -> Path:
    """Make a model's folder.

    Args:
        folder: A new folder.
        words: What each word becomes, in SentencePiece's spelling.
        layout: ``marian``, ``nllb`` or ``argos``.
        doubts: Words whose translation is unsure: the factor of their weight in the projection.
        size: Of the network, where it is to cost what a real one costs.
    """
    size = size or Size()
    given = dict(WORDS if words is None else words)
    given |= {c: c for c in COPIED if c not in given}
    model = folder / "model" if layout == "argos" else folder
    model.mkdir(parents=True)
    pieces = _pieces(folder, list(given))
    spelled = {w.replace(" ", "▁"): t for w, t in given.items()}
    codes = ["zho_Hans", "zho_Hant", "eng_Latn"] if layout == "nllb" else []
    source = [*SPECIAL, *codes, *(p for p in spelled if p not in SPECIAL)]
    target = [*SPECIAL, *codes, *dict.fromkeys(spelled.values())]
    if layout == "nllb":  # one vocabulary for all languages
        source = target = list(dict.fromkeys([*source, *target]))
    target = target + [f"<unused{k}>" for k in range(size.vocabulary - len(target))]
    sure = {w.replace(" ", "▁"): v for w, v in (doubts or {}).items()}
    weights = np.zeros((len(target), len(source)), np.float32)
    for k, piece in enumerate(source):
        becomes = spelled.get(piece, piece)
        if becomes in target:
            weights[target.index(becomes), k] = sure.get(piece, 1.0)
    spec = _spec(weights, size)
    spec.register_source_vocabulary(source)
    spec.register_target_vocabulary(target)
    spec.config.add_source_eos = layout == "argos"
    spec.validate()
    spec.save(str(model))
    if layout == "argos":
        pieces.rename(folder / "sentencepiece.model")
        about = {"from_code": "zh", "to_code": "en", "package_version": "1.0"}
        (folder / "metadata.json").write_text(json.dumps(about), encoding="utf-8")
    elif layout == "nllb":
        pieces.rename(folder / "sentencepiece.bpe.model")
    else:
        (folder / "target.spm").write_bytes(pieces.read_bytes())
        pieces.rename(folder / "source.spm")
    return folder


def _pieces(folder: Path, words: list[str]) -> Path:
    """A SentencePiece model that knows the words, trained on a sentence of all of them."""
    prefix = folder / "pieces"
    text = folder / "words.txt"
    text.write_text("\n".join(["".join(words), *words, *words]), encoding="utf-8")
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(prefix),
        model_type="char",
        vocab_size=len(set("".join(words))) + len(words) + 10,
        hard_vocab_limit=False,
        character_coverage=1.0,
        user_defined_symbols=[w for w in words if len(w) > 1],
        add_dummy_prefix=False,
        normalization_rule_name="identity",
        remove_extra_whitespaces=False,
        minloglevel=2,
    )
    text.unlink()
    (folder / "pieces.vocab").unlink()
    return folder / "pieces.model"


def _spec(dictionary: np.ndarray[Any, np.dtype[np.float32]], size: Size) -> TransformerSpec:
    targets, sources = dictionary.shape
    width = max(size.width, sources + POSITIONS)
    inner = max(size.inner, width)
    spec = TransformerSpec.from_config(size.layers, 1)
    spec._config = TransformerConfig()
    encodings = np.eye(POSITIONS, width, sources, np.float32)
    eye, zero = np.eye(width, dtype=np.float32), np.zeros((width, width), np.float32)
    word, place = eye.copy(), eye.copy()
    word[sources:], place[:sources] = 0, 0
    encoder, decoder = spec.encoder, spec.decoder
    for side, table in (
        (encoder, np.eye(sources, width, dtype=np.float32)),
        (decoder, np.zeros((targets, width), np.float32)),
    ):
        side.scale_embeddings = False
        side.position_encodings.encodings = encodings
        _norm(side.layer_norm, width)
        embeddings = side.embeddings[0] if side is encoder else side.embeddings
        embeddings.weight = table
        for layer in side.layer:
            _norm(layer.self_attention.layer_norm, width)
            _linear(layer.self_attention.linear[0], np.concatenate([zero] * 3))
            _linear(layer.self_attention.linear[1], zero)
            _norm(layer.ffn.layer_norm, width)
            _linear(layer.ffn.linear_0, np.zeros((inner, width), np.float32))
            _linear(layer.ffn.linear_1, np.zeros((width, inner), np.float32))
    for number, layer in enumerate(decoder.layer):
        cross = layer.attention
        _norm(cross.layer_norm, width)
        _linear(cross.linear[0], 5 * place)  # ask for the position, sharply
        _linear(cross.linear[1], np.concatenate([place, word]))  # answer with the word there
        _linear(cross.linear[2], zero if number else word)  # the first one's answer is enough
    _linear(decoder.projection, np.pad(dictionary, ((0, 0), (0, width - sources))))
    return spec


def _norm(norm: Any, width: int) -> None:
    norm.gamma, norm.beta = np.ones(width, np.float32), np.zeros(width, np.float32)


def _linear(linear: Any, weight: np.ndarray[Any, Any]) -> None:
    linear.weight, linear.bias = weight, np.zeros(len(weight), np.float32)


__all__ = ["BASE", "WORDS", "Size", "build"]
