"""What SECURITY.md promises of names, links, files of others, and what is shown."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from unspun import files, tables
from unspun.cli import show
from unspun.model import Document
from unspun.normalise.spoofs import spoofs
from unspun.pipeline import process
from unspun.readers import places
from unspun.store import Store

TEXT = "The mill by the river has been quiet since the spring.\n"
SOURCE = Path(unspun.__file__).parent
PROCESSES = {"cluster.py", "nursery.py", "pool.py", "worker.py"}  # what they pickle is their own


def entries(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*")}


@pytest.mark.parametrize("name", ["../evil.txt", "/evil.txt", "a/../../evil.txt", "", "a\0b"])
def test_stored_names_lead_nowhere_else(tmp_path: Path, name: str) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "a.txt").write_text(TEXT, encoding="utf-8")
    unspun.run(raw, out=tmp_path / "out")
    path = tmp_path / "out/documents.jsonl"
    record = json.loads(path.read_bytes())
    (tmp_path / "evil.txt").write_text("secret", encoding="utf-8")
    path.write_text(json.dumps(record | {"source": name}) + "\n", encoding="utf-8")
    with pytest.raises(unspun.InputError, match="leads out of"):
        list(Store(tmp_path / "out"))
    before = entries(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "unspun", "undo", "out", "--to", "again"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert entries(tmp_path) - {"again"} == before
    assert (tmp_path / "evil.txt").read_text(encoding="utf-8") == "secret"


@pytest.fixture
def hostile() -> Iterator[str]:
    system = fsspec.filesystem("memory")
    for name in ("con.txt", "a:b?.txt", "dot.", "deep/nul", "x\x1by.txt"):
        system.pipe(f"/hostile/{name}", TEXT.encode())
    yield "memory://hostile"
    system.rm("/hostile", recursive=True)


def test_names_of_other_systems_stay_below_the_results(hostile: str, tmp_path: Path) -> None:
    summary = unspun.run(hostile, out=tmp_path / "out", workers=0)
    assert len(summary.documents) == 5
    assert not summary.quarantined
    names = {p.name for p in (tmp_path / "out/text").rglob("*") if p.is_file()}
    assert names == {"%63on.txt", "a%3Ab%3F.txt", "dot%2E", "%6Eul", "x%1By.txt"}


@given(st.text(min_size=1))
def test_no_name_is_special(name: str) -> None:
    plain = places._plain(name.replace("/", "_"))
    assert plain not in (".", "..")
    assert not set(plain) & set('<>:"|?*\\\0/')
    assert plain[-1] not in ". "
    assert not places._DEVICE.fullmatch(plain)


def test_names_that_some_systems_take_for_one_are_kept_apart(tmp_path: Path) -> None:
    accented = unicodedata.normalize("NFC", "café"), unicodedata.normalize("NFD", "café")
    for name in ("Page.txt", "page.txt", "PAGE.html", *(f"{a}.txt" for a in accented)):
        (tmp_path / name).write_text(TEXT, encoding="utf-8")
    found = files.discover([tmp_path])
    if len(found) < 5:
        pytest.skip("this file system takes them for one")
    folded = {unicodedata.normalize("NFC", s.target.as_posix()).casefold() for s in found}
    assert len(folded) == len(found) == 5
    assert {s.target.name for s in found if s.path.name == "PAGE.html"} == {"PAGE.txt"}


def test_names_that_are_no_utf8_go_through(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    try:
        with open(os.fsencode(raw) + b"/caf\xe9.txt", "wb") as file:  # noqa: PTH123 - as bytes
            file.write(TEXT.encode())
    except OSError:
        pytest.skip("this file system refuses the name")
    summary = unspun.run(raw, out=tmp_path / "out")
    assert not summary.quarantined
    assert (tmp_path / "out/text" / os.fsdecode(b"caf\xe9.txt")).read_text("utf-8") == TEXT
    store = Store(tmp_path / "out")
    (stored,) = store
    assert store.raw_bytes(stored) == TEXT.encode()


def test_links_in_raw_and_reference_are_not_followed_out(tmp_path: Path) -> None:
    (tmp_path / "raw").mkdir()
    (tmp_path / "secret.txt").write_text("secret words of somebody else\n", encoding="utf-8")
    (tmp_path / "raw/a.txt").symlink_to("../secret.txt")
    (tmp_path / "raw/b.txt").write_text(TEXT, encoding="utf-8")
    for asked in (tmp_path / "raw", tmp_path / "raw/*.txt"):
        summary = unspun.run(asked, out=tmp_path / "out", resume=False)
        assert [d["id"] for d in summary.quarantined] == ["a"]
        held = [p for p in (tmp_path / "out").rglob("*") if p.is_file()]
        assert not any(b"secret words" in p.read_bytes() for p in held)
        shutil.rmtree(tmp_path / "out")


def test_no_unsafe_loader_is_used() -> None:
    """Pickle serves worker processes of our own making alone; nothing evaluates text."""
    unsafe = {"pickle", "marshal", "shelve", "dill", "joblib", "yaml"}
    for path in SOURCE.rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                names = {(node.module or "").split(".")[0]}
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), path
                continue
            elif isinstance(node, ast.keyword):
                allowed = node.arg != "allow_pickle" or not getattr(node.value, "value", True)
                assert allowed, path
                continue
            else:
                continue
            assert not names & unsafe or path.name in PROCESSES, path


def test_every_packaged_model_has_a_digest() -> None:
    kept = {p.name for p in (SOURCE / "data").iterdir() if p.is_file() and p.suffix != ".py"}
    assert set(tables.digests()) == kept


@given(st.text())
def test_nothing_shown_steers_the_terminal(text: str) -> None:
    shown = show.visible(text, 10_000)
    assert shown.isprintable()
    assert "\x1b" not in show.visible(f"\x1b]0;title\x07{text}")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Pay the invoice \u202etxt.exe\u202c today.", ["bidi-control", "bidi-control"]),
        ("a\u2066b\u2069c", ["bidi-control", "bidi-control"]),
        ("Log in at pay\u200bpal today.", ["hidden"]),
        ("Log in at p\u200ba\u200b\u200by\ufeffpal to\u200bday.", ["hidden", "hidden"]),
        ("pay\u200bpal\u200b today", ["hidden"]),
        ("x\U000e0041\U000e0042y", ["hidden"]),
        ("Log in at p\u0430ypal today.", ["mixed-script"]),
        ("\u0391pple and \u041eracle.", ["mixed-script", "mixed-script"]),
        ("A plain café, naïve and 北京.", []),
        ("Он сказал, что мельница молчит.", []),
        ("می\u200cخواهم", []),
        ("क्\u200dष", []),
        ("👨\u200d👩 and 🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e007f", []),
        ("the α-particle and β-blockers, 5 µm", []),
        ("the IPад of a joke with other letters: Яблоко", []),
        ("עברית \u200f with a mark", []),
    ],
)
def test_spoofs_are_flagged(text: str, said: list[str]) -> None:
    assert [tag.value for tag in spoofs(text)] == said
    result = process(Document("", text), stages=("normalise",))
    assert [tag.value for tag in result.tags if tag.kind == "spoof"] == said
    kept = set(result.text)
    removed = [c for c in text if c not in kept]
    assert all(any(c in edit.before for edit in result.ledger) for c in removed)
