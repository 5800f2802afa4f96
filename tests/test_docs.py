"""The documentation runs: every command and every Python example in README.md and docs/."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import unspun

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    page
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    if page.name not in {"CHANGELOG.md", "LICENSE.md"}
)
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SETTINGS = re.compile(r"^```toml\n(.*?)^```$", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)(#[^)]*)?\)")
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE | doctest.IGNORE_EXCEPTION_DETAIL
STATUS = "echo $?"
RUN = ("unspun ", "mkdir ", "cp ")  # what else a page shows, such as pip, is the reader's


class Block(NamedTuple):
    """A fenced block of a page."""

    kind: str
    line: int
    text: str


class Command(NamedTuple):
    """A command of a console block, and what the page says it prints (nothing: not said)."""

    text: str
    output: list[str]


def blocks(page: Path) -> Iterator[Block]:
    text = page.read_text(encoding="utf-8")
    for match in BLOCK.finditer(text):
        yield Block(match[1], text.count("\n", 0, match.start()) + 2, match[2])


def commands(block: str) -> list[Command]:
    found: list[Command] = []
    for line in block.splitlines():
        if line.startswith("$ "):
            found.append(Command(line[2:], []))
        elif line.startswith("> "):
            found[-1] = found[-1]._replace(text=f"{found[-1].text}\n{line[2:]}")
        elif line:
            found[-1].output.append(line.rstrip())
    return found


def printed_as_said(said: Sequence[str], printed: Sequence[str]) -> bool:
    """Whether the lines agree; a line of '...' stands for any number of lines."""
    if not said:
        return not printed
    if said[0] == "...":
        return any(printed_as_said(said[1:], printed[i:]) for i in range(len(printed) + 1))
    return bool(printed) and said[0] == printed[0] and printed_as_said(said[1:], printed[1:])


def test_wildcard_stands_for_any_lines_and_nothing_else() -> None:
    assert printed_as_said(["a", "...", "d"], ["a", "b", "c", "d"])
    assert printed_as_said(["a", "..."], ["a"])
    assert not printed_as_said(["a", "...", "d"], ["a", "b", "c"])
    assert not printed_as_said(["a"], ["a", "b"])


class Shell:
    """A folder with raw/ and clean/ in which the commands of one page run, in order."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.status = 0
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        plain = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
        self.environment = {**os.environ, **plain, "PATH": path}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            ["sh", "-c", command],  # noqa: S607 - the reader's shell
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        self.status = done.returncode
        return done


def console(shell: Shell, block: Block, where: str) -> None:
    asked = commands(block.text)
    for number, command in enumerate(asked):
        if command.text == STATUS:
            assert command.output == [str(shell.status)], f"{where}: status {shell.status}"
            continue
        if not command.text.startswith(RUN):
            continue
        done = shell.run(command.text)
        if number + 1 == len(asked) or asked[number + 1].text != STATUS:
            assert done.returncode == 0, f"{where}: {command.text}\n{done.stderr}"
        if command.output:
            lines = [line.rstrip() for line in (done.stdout + done.stderr).splitlines()]
            printed = [line for line in lines if line]
            assert printed_as_said(command.output, printed), (
                f"{where}: {command.text}\n" + "\n".join(printed)
            )


def python(block: Block, names: dict[str, Any], where: str) -> None:
    if ">>> " not in block.text:
        exec(compile("\n" * (block.line - 1) + block.text, where, "exec"), names)  # noqa: S102
        return
    parsed = doctest.DocTestParser().get_doctest(block.text, names, where, where, block.line - 1)
    problems: list[str] = []
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    result = runner.run(parsed, out=problems.append, clear_globs=False)
    names.update(parsed.globs)
    assert result.failed == 0, "".join(problems)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_example_of_the_page_runs(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in ("raw", "clean"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    monkeypatch.chdir(tmp_path)
    shell = Shell(tmp_path)
    names: dict[str, Any] = {"__name__": "example"}
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.kind == "console":
            console(shell, block, where)
        else:
            python(block, names, where)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_to_files_lead_somewhere(page: Path) -> None:
    for target, _ in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_settings_of_the_page_are_settings(page: Path) -> None:
    for text in SETTINGS.findall(page.read_text(encoding="utf-8")):
        assert unspun.Config.from_dict(tomllib.loads(text)) != unspun.Config(), page.name


def test_the_guide_names_every_setting() -> None:
    guide = (ROOT / "docs/index.md").read_text(encoding="utf-8")
    config = unspun.Config()
    for section in (field.name for field in fields(config)):
        if f"`{section}.*`" not in guide:
            names = [f"`{section}.{field.name}`" for field in fields(getattr(config, section))]
            assert [name for name in names if guide.count(name) != 1] == []


def test_readme_shows_every_command() -> None:
    from typer.main import get_command  # noqa: PLC0415 - the command line alone needs typer

    from unspun.cli import app  # noqa: PLC0415

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    command = get_command(app)
    names = command.list_commands(None)  # type: ignore[attr-defined]
    assert names
    missing = [name for name in names if f"unspun {name}" not in text]
    assert not missing
