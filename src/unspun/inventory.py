"""The models that are here: those in the package, and a user's translation models."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Literal, NamedTuple

from unspun import files, tables
from unspun.errors import ModelError
from unspun.translators.folders import OWN, Folder, find

State = Literal["as recorded", "not recorded", "changed"]

_LICENCE = re.compile(r"^licen[cs]e:\s*[\"']?([\w .+-]+)", re.MULTILINE | re.IGNORECASE)
_CARD = 4000  # characters of a model card in which its licence stands


class Entry(NamedTuple):
    """A model.

    Attributes:
        name: Its file or folder.
        purpose: What it is for; of a translation model, its languages.
        origin: What it was made from, or where it was got.
        maker: The script that makes it; the layout of a translation model.
        licence: Under which licence it stands.
        sha256: Of its contents.
        state: Whether that is what was recorded when it was installed.
    """

    name: str
    purpose: str
    origin: str
    maker: str
    licence: str
    sha256: str
    state: State


def packaged() -> list[Entry]:
    """The models of this installation.

    Raises:
        ModelError: if one is missing.
    """
    recorded = _record()
    entries = []
    for line in tables.text("models.tsv").splitlines():
        if line and not line.startswith("#"):
            name, purpose, origin, maker, licence = line.split("\t")
            digest = hashlib.sha256(tables.path(name).read_bytes()).hexdigest()
            state = _state(recorded.get(name), digest)
            entries.append(Entry(name, purpose, origin, maker, licence, digest, state))
    return entries


def _record() -> dict[str, str]:
    """SHA-256 of packaged files as the wheel recorded them; empty for an editable installation."""
    try:
        listed = metadata.distribution("unspun").files or []
    except metadata.PackageNotFoundError:  # pragma: no cover - run from a source tree
        return {}
    found = {}
    for path in listed:
        if path.parent.as_posix() == "unspun/data" and path.hash and path.hash.mode == "sha256":
            padded = path.hash.value + "=" * (-len(path.hash.value) % 4)
            found[path.name] = base64.urlsafe_b64decode(padded).hex()
    return found


def _state(recorded: str | None, digest: str) -> State:
    if recorded is None:
        return "not recorded"
    return "as recorded" if recorded == digest else "changed"


def translators(folder: Path) -> Iterator[Entry]:
    """The translation models of a folder; what is damaged is told as its purpose.

    Raises:
        ModelError: if there is no such folder.
    """
    if not folder.is_dir():
        raise ModelError(f"{folder}: no such folder")
    alone = (folder / "model.bin").is_file() or (folder / "model" / "model.bin").is_file()
    for path in [folder] if alone else sorted(p for p in folder.iterdir() if p.is_dir()):
        try:
            yield from map(_entry, find(path))
        except ModelError as error:
            yield Entry(path.name, f"cannot be used: {error}", "", "", "", "", "changed")


def _entry(found: Folder) -> Entry:
    pair = f"{found.source} to {found.target}" if found.source else "many languages"
    info = found.info
    origin = info.get("origin") or info.get("package_url") or info.get("from_name") or "not told"
    state = _state(info.get("sha256"), found.sha256)
    return Entry(
        found.path.name, pair, str(origin), found.kind, _licence(found), found.sha256, state
    )


def _licence(found: Folder) -> str:
    """The licence that the folder states: in our own file, a licence file, or the model's card."""
    if said := found.info.get("licence") or found.info.get("license"):
        return str(said)
    for card in ("README.md", "README"):
        file = found.path / card
        if file.is_file():
            text = file.read_text(encoding="utf-8", errors="replace")[:_CARD]
            if match := _LICENCE.search(text):
                return match[1].strip()
    return "not told: see where you got it"


def record(folder: Path) -> list[Entry]:
    """Write the hash of each translation model beside it, so that a change is noticed later.

    Raises:
        ModelError: for a folder that holds no model.
        OutputError: where it cannot be written.
    """
    found = list(find(folder))
    if not found:
        raise ModelError(f"{folder}: no translation model there")
    for model in found:
        file = model.path / OWN
        said = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
        said["sha256"] = model.sha256
        with files.replacing(file) as stream:
            stream.write(json.dumps(said, ensure_ascii=False, indent=2).encode() + b"\n")
    return [entry for model in found for entry in translators(model.path)]
