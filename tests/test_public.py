"""The public face: small, literal, importable, and as the command line answers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import unspun


def test_star_import_gives_what_is_promised() -> None:
    names: dict[str, object] = {}
    exec("from unspun import *", names)  # noqa: S102
    assert set(unspun.__all__) <= names.keys()
    assert unspun.__all__ == sorted(unspun.__all__)


def test_public_names_are_those_that_type_checkers_are_told() -> None:
    tree = ast.parse(Path(unspun.__file__).read_text(encoding="utf-8"))
    told = {
        node.module: tuple(alias.name for alias in node.names)
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
    }
    assert told == unspun._HOMES
    assert {*unspun._HOME, "__version__"} == set(unspun.__all__) <= set(dir(unspun))
    assert all(getattr(unspun, name) is not None for name in unspun.__all__)


def test_what_is_no_public_name_is_no_attribute() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'cleaned'"):
        unspun.cleaned  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute '_cleaned'"):
        unspun._cleaned  # type: ignore[attr-defined] # noqa: B018
    with pytest.raises(AttributeError, match="has no attribute 'Runs'"):
        unspun.batches.Runs  # type: ignore[attr-defined] # noqa: B018


def test_modules_are_there_without_an_import_of_their_own() -> None:
    code = "import sys, unspun; sys.exit(unspun.arrow.added() is None or unspun.lm.model is None)"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_verbs_stay_functions_whatever_is_imported_later() -> None:
    code = (
        "import unspun, unspun.cli, pkgutil, importlib\n"
        "for module in pkgutil.walk_packages(unspun.__path__, 'unspun.'):\n"
        "    if module.name != 'unspun.__main__': importlib.import_module(module.name)\n"
        "for verb in ('batch', 'clean', 'tag', 'restore', 'diff', 'score', 'run', 'qa'):\n"
        "    assert callable(getattr(unspun, verb)), verb\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_edits_of_a_string_replay_and_undo() -> None:
    raw = "Advertisement\n\nThe cafÃ© on the quay reopens on Monday, its owner said.\n"
    result = unspun.clean(raw, id="notice")
    text = raw
    for edit in reversed(result.edits):
        assert text[edit.start : edit.end] == edit.before
        text = text[: edit.start] + edit.after + text[edit.end :]
    assert text == result.text
    assert result.id == "notice"
    assert result.language == "en"


def test_tag_tells_language_of_a_string() -> None:
    assert unspun.tag("Der Zug nach Bremen fährt heute von Gleis sieben ab.").language == "de"
    assert unspun.tag("").language == "und"


def test_restore_leaves_clean_text_alone() -> None:
    text = "The council voted on Tuesday to repair the old bridge before the winter."
    result = unspun.restore(text)
    assert result.text == text
    assert result.edits == ()
    assert not result.spun.is_spun


def test_score_and_diff_of_strings() -> None:
    assert unspun.score("A dog barked.", "A dog barked.").corpus["chrf"] == 100
    found = unspun.diff("The boat left on 3 May.", "The boat left on 4 May.")
    assert dict(found.classes) == {"number": 1}


def test_texts_and_references_must_pair() -> None:
    with pytest.raises(unspun.MismatchError, match="2 texts against 1"):
        unspun.score(["one", "two"], ["one"])


def test_run_is_the_whole_job(root: Path, tmp_path: Path) -> None:
    summary = unspun.run(root / "raw", root / "clean", tmp_path / "out")
    assert len(summary.documents) == 5
    assert not summary.quarantined
    assert (tmp_path / "out/report.html").is_file()
