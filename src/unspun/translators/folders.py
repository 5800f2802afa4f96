"""Folders of local models: what lies in them, which languages they translate, what hashes them.

Three layouts are read: models converted by CTranslate2 with their SentencePiece files beside
``model.bin`` (OPUS-MT and other Marian models; NLLB, M2M-100 and MADLAD, which know many
languages), and packages of Argos Translate, unpacked. A file ``unspun.json`` beside the model may
say what its folder does not: ``{"source": "zh", "target": "en", "licence": ..., "origin": ...}``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from unspun.errors import ModelError
from unspun.translators import codes

Kind = Literal["marian", "argos", "nllb", "m2m", "madlad"]

_PAIR = re.compile(r"(?:^|[-_.])([a-z]{2,3})[-_]([a-z]{2,3})(?:[-_.]\d[\w.]*|-ct2|-ctranslate2)*$")
_PIECES = ("sentencepiece.model", "sentencepiece.bpe.model", "spm.model", "spiece.model",
           "flores200_sacrebleu_tokenizer_spm.model")  # fmt: skip
_CHUNK = 1 << 20
OWN = "unspun.json"


@dataclass(frozen=True)
class Folder:
    """A model's folder.

    Attributes:
        path: The folder that was named.
        model: Where ``model.bin`` lies.
        kind: How the model is told its languages.
        source: The language it reads, two letters; empty for many.
        target: The language it writes; empty for many.
        pieces: The SentencePiece models of the source and the target.
        eos: Whether a sentence must end with ``</s>``.
        info: What is known of its origin and licence.
    """

    path: Path
    model: Path
    kind: Kind
    source: str
    target: str
    pieces: tuple[Path, Path]
    eos: bool
    info: dict[str, Any]

    def translates(self, source: str, target: str) -> bool:
        """Whether the model is made for this pair."""
        one = not self.source or codes.primary(source) == self.source
        two = not self.target or codes.primary(target) == self.target
        return one and two

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the model's files, names and contents, 64 digits."""
        total = hashlib.sha256()
        files = {self.model / "model.bin", *self.model.glob("*vocabulary.*"), *self.pieces}
        for file in sorted(files, key=lambda f: f.name):
            digest = hashlib.sha256()
            with file.open("rb") as stream:
                while chunk := stream.read(_CHUNK):
                    digest.update(chunk)
            total.update(f"{file.name}\0{digest.hexdigest()}\n".encode())
        return total.hexdigest()


def find(path: Path) -> Iterator[Folder]:
    """The models of a folder: itself, or those in it.

    Raises:
        ModelError: for a folder that is missing, or a model that lacks a file.
    """
    if not path.is_dir():
        how = "'unspun models' tells how to get one"
        raise ModelError(f"{path}: no folder of a translation model{_hint(path)}; {how}")
    if _model(path) is not None:
        yield read(path)
        return
    for sub in sorted(p for p in path.iterdir() if p.is_dir()):
        if _model(sub) is not None:
            yield read(sub)


def _hint(path: Path) -> str:
    if path.suffix == ".argosmodel":
        return f" (an Argos package is a zip file: unpack it, as in 'unzip {path.name}')"
    return ""


def _model(path: Path) -> Path | None:
    return next((p for p in (path, path / "model") if (p / "model.bin").is_file()), None)


def read(path: Path) -> Folder:
    """The model of a folder.

    Raises:
        ModelError: saying what the folder lacks.
    """
    model = _model(path)
    if model is None:
        raise ModelError(f"{path}: no model.bin here; 'unspun models --help' tells how to get one")
    info = _json(path / "metadata.json") | _json(path / OWN)
    words = _vocabulary(model)
    kind = _kind(path, words)
    source, target = ("", "") if kind in ("nllb", "m2m", "madlad") else _pair(path, info)
    config = _json(model / "config.json")
    eos = kind != "argos" and not config.get("add_source_eos", False)
    return Folder(path, model, kind, source, target, _pieces(path, model), eos, info)


def _kind(path: Path, words: frozenset[str]) -> Kind:
    if (path / "metadata.json").is_file():
        return "argos"
    if "eng_Latn" in words:
        return "nllb"
    if "__en__" in words:
        return "m2m"
    return "madlad" if "<2en>" in words else "marian"


def _vocabulary(model: Path) -> frozenset[str]:
    for name in ("shared_vocabulary", "target_vocabulary"):
        for file in (model / f"{name}.json", model / f"{name}.txt"):
            if file.is_file():
                text = file.read_text(encoding="utf-8")
                return frozenset(json.loads(text) if file.suffix == ".json" else text.split("\n"))
    raise ModelError(f"{model}: no vocabulary beside model.bin; convert the model again")


def _pair(path: Path, info: dict[str, Any]) -> tuple[str, str]:
    said = _json(path / "tokenizer_config.json")
    for source, target in (
        (info.get("source"), info.get("target")),
        (info.get("from_code"), info.get("to_code")),
        (said.get("source_lang"), said.get("target_lang")),
    ):
        if _code(source) and _code(target):
            return codes.primary(str(source)), codes.primary(str(target))
    found = _PAIR.search(path.name.lower())
    if found is None:
        raise ModelError(
            f"{path}: does not say which languages it translates; name the folder like "
            f"'opus-mt-zh-en', or write {OWN} into it: "
            '{"source": "zh", "target": "en"}'
        )
    return codes.primary(found[1]), codes.primary(found[2])


def _code(value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(r"[a-z]{2,3}([-_]\w+)?", value) is not None


def _pieces(path: Path, model: Path) -> tuple[Path, Path]:
    for place in (path, model):
        two = place / "source.spm", place / "target.spm"
        if all(p.is_file() for p in two):
            return two
        for name in _PIECES:
            if (place / name).is_file():
                return place / name, place / name
    raise ModelError(
        f"{path}: no SentencePiece model beside model.bin (source.spm and target.spm, or "
        f"{_PIECES[0]}): convert with --copy_files, as 'unspun models --help' shows"
    )


def _json(file: Path) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file}: not JSON ({error})") from error
    return found if isinstance(found, dict) else {}
