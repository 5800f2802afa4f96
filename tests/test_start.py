"""What starts soon imports little: nothing that its answer does without."""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer
from typer.main import get_group

import unspun.cli
from unspun.cli.app import COMMANDS, imported

IMPORTED = (
    "import sys\n"
    "from unspun.cli import app\n"
    "try: app(sys.argv[1:])\n"
    "except SystemExit as end: assert not end.code\n"
    "print(*sys.modules, file=sys.stderr)\n"
)
TABLES = ("numpy", "regex", "rapidfuzz", "orjson")
OTHERS_WORK = ("ftfy", "sacrebleu", "jinja2", "langdetect", "ctranslate2")
STAGES = ("unspun.pipeline", "unspun.batches")
ROOMS = ("unspun.scoring", "unspun.checking", "unspun.report", "unspun.batches.job")


def modules(code: str, *arguments: str) -> set[str]:
    """What a fresh process has imported in the end."""
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8")
    return set(done.stderr.split())


@pytest.mark.parametrize("asked", ["--version", "--help"])
def test_what_says_who_it_is_imports_no_stage(asked: str) -> None:
    assert not modules(IMPORTED, asked) & {*TABLES, *OTHERS_WORK, *STAGES, *ROOMS}


def test_one_stage_imports_nothing_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_text("The ferry left the harbour at noon.\n", encoding="utf-8")
    found = modules(IMPORTED, "clean", str(path))
    assert found >= {*TABLES, *STAGES}
    assert not found & {*OTHERS_WORK, *ROOMS}
    path.write_text("The cafÃ© is open.\n", encoding="utf-8")
    assert "ftfy" in modules(IMPORTED, "clean", str(path))


@pytest.mark.parametrize(
    ("statement", "home", "other"),
    [
        ("import unspun", "unspun.version", "unspun.config"),
        ("from unspun import Config", "unspun.config", "unspun.model"),
        ("from unspun import UnspunError", "unspun.errors", "unspun.config"),
        ("from unspun import Document", "unspun.model", "numpy"),
    ],
)
def test_a_public_name_imports_its_home_alone(statement: str, home: str, other: str) -> None:
    found = modules(f"import sys; {statement}; print(*sys.modules, file=sys.stderr)")
    assert home in found
    assert other not in found


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_listed_as_it_describes_itself(name: str) -> None:
    assert imported(name).help.splitlines()[0] == COMMANDS[name].summary


def test_every_command_is_listed() -> None:
    registered: dict[str, str] = {}
    for _, name, _ in pkgutil.iter_modules(unspun.cli.__path__):
        part = typer.Typer()
        getattr(import_module(f"unspun.cli.{name}"), "register", lambda _: None)(part)
        registered |= dict.fromkeys(get_group(part).commands, name)
    assert registered == {name: listed.module for name, listed in COMMANDS.items()}
