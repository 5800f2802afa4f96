"""`unspun diff` on a terminal: what it shows is the two texts, and nothing steers the terminal."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from strategies import texts
from unspun import diffing
from unspun.cli import differences, show
from unspun.cli.differences import View

HYP = (
    "The ferry leaves at 9 from Saltholm.\n\nNobody is on the quay.\n\nThe fare is back.\n\n"
    "It rains.\n\nThe mill by the river has been quiet since the spring.\n"
)
REF = (
    "The ferry leaves at 10 from Saltholm.\n\nNobody is on the quay.\n\nThe fare is back.\n\n"
    "It rains.\n\nThe mill by the river was quiet since spring.\n"
)
SGR = re.compile(r"\x1b\[[0-9;]*m")


def rendered(view: View, hyp: str = HYP, ref: str = REF, *, context: int = 1, width: int = 140,
             marked: bool = True) -> str:  # fmt: skip
    found = diffing.diff(hyp, ref, id="a", reference="b")
    console = Console(file=io.StringIO(), width=width, color_system=None)
    for piece in differences.rendered(found, hyp, ref, view, context=context, marked=marked):
        console.print(piece)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def blanked(text: str) -> str:
    """A text as far as a passage on the terminal tells it: without white space."""
    return "".join(show.visible(c, 9) for c in text if not c.isspace())


words = st.lists(
    st.sampled_from(
        ["the", "ferry", "Saltholm", "9", "10", "quay", "leaves", "left", ",", ".", "\n\n", "你好"]
    ),
    max_size=24,
).map(" ".join)


@given(st.one_of(words, texts), st.one_of(words, texts))
def test_sides_are_the_texts(hyp: str, ref: str) -> None:
    found = diffing.diff(hyp, ref)
    pairs = [differences.sides(segment, hyp, ref) for segment in found.segments]
    for segment, (left, right) in zip(found.segments, pairs, strict=True):
        assert bare(left.plain) == bare(blanked(hyp[slice(*segment.hyp)]))
        assert bare(right.plain) == bare(blanked(ref[slice(*segment.ref)]))


def bare(text: str) -> str:
    """Without white space and the signs that stand for it, which differ by the operation."""
    return re.sub(r"[\s\u21b5\u21e5\u240d]|<[0-9A-F]{2,}>", "", text)


@given(words, words)
def test_one_line_holds_both(hyp: str, ref: str) -> None:
    found = diffing.diff(hyp, ref)
    for segment in found.segments:
        line = differences.inline(segment, hyp, ref, marked=True).plain
        line = re.sub(r" \u2039[a-z]+\u203a", "", line)
        if any(op.op == "move" for op in segment.ops):
            continue
        without = re.sub(r"\{\+.*?\+\}", "", line)
        assert bare(re.sub(r"\[-(.*?)-\]", r"\1", without)) == bare(hyp[slice(*segment.hyp)])
        without = re.sub(r"\[-.*?-\]", "", line)
        assert bare(re.sub(r"\{\+(.*?)\+\}", r"\1", without)) == bare(ref[slice(*segment.ref)])


CASES = [
    ("number", "It cost 40 pounds.", "It cost 50 pounds.", "It cost [-40-]{+50+} ‹number› pounds."),
    ("nothing", "It rains.", "It rains.", ""),
    ("wrapping", "It rains\nhere.", "It rains here.", ""),
    ("insertion", "It rains.", "It still rains.", "It {+still+} ‹insertion› rains."),
    ("deletion", "It still rains.", "It rains.", "It [-still-] ‹deletion› rains."),
]


@pytest.mark.parametrize(("name", "hyp", "ref", "shown"), CASES, ids=[c[0] for c in CASES])
def test_lines_read_as_expected(name: str, hyp: str, ref: str, shown: str) -> None:
    lines = [line.strip() for line in rendered("inline", hyp, ref).splitlines()[1:]]
    assert "".join(lines) == shown, name


def test_what_is_the_same_is_passed_over() -> None:
    for context, lines in ((0, 3), (1, 1), (9, 0)):
        shown = rendered("inline", context=context)
        assert (f"{lines} passages are the same" in shown) == bool(lines)
        assert "[-9-]{+10+}" in shown


def test_side_by_side_stands_on_one_line() -> None:
    (line,) = [row for row in rendered("side").splitlines() if "leaves" in row]
    assert re.search(
        r"at \[-9-\] from Saltholm\. +The ferry leaves at \{\+10\+\} from .+number", line
    )


def test_a_passage_that_moved_counts_once() -> None:
    first, second = "The ferry for Arn left at ten.", "Nobody saw Ida Holm leave the old mill."
    title, row = [
        line.rstrip()
        for line in rendered("side", f"{second}\n{first}", f"{first}\n{second}").splitlines()
        if "reorder" in line
    ]
    assert title.endswith("(reorder 1)")
    assert row.endswith("reorder")


@pytest.mark.parametrize("view", get_args(View))
@pytest.mark.parametrize("width", [40, 80, 200])
def test_no_line_is_wider_than_the_terminal(view: View, width: int) -> None:
    assert max(map(len, rendered(view, width=width).splitlines())) <= width


def on_terminal(columns: int, *arguments: str | Path, **environment: str) -> str:
    """What a terminal of so many columns is sent."""
    if sys.platform == "win32":
        pytest.skip("terminals of this kind are Unix's")
    import fcntl  # noqa: PLC0415
    import pty  # noqa: PLC0415
    import termios  # noqa: PLC0415

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    known = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "NO_COLOR")}
    with subprocess.Popen(
        [sys.executable, "-m", "unspun", *map(str, arguments)],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs,
        env={**known, "TERM": "xterm-256color", **environment},
    ) as running:  # fmt: skip
        os.close(theirs)
        sent = b""
        with contextlib.suppress(OSError):  # the other end is closed
            while piece := os.read(ours, 1 << 16):
                sent += piece
    os.close(ours)
    assert running.returncode == 0, sent
    return sent.decode()


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    (tmp_path / "hyp.txt").write_text(HYP, encoding="utf-8")
    (tmp_path / "ref.txt").write_text(REF, encoding="utf-8")
    return tmp_path / "hyp.txt", tmp_path / "ref.txt"


def test_wide_terminal_is_side_by_side_in_colour(pair: tuple[Path, Path]) -> None:
    sent = on_terminal(140, "diff", *pair)
    assert "\x1b[1;9;31m9\x1b[0m" in sent
    assert "\x1b[1;32m10\x1b[0m" in sent
    (line,) = [row for row in SGR.sub("", sent).splitlines() if "at 9" in row]
    assert "at 10 from" in line
    assert "[-" not in sent


def test_the_letters_that_differ_stand_out(tmp_path: Path) -> None:
    (tmp_path / "hyp.txt").write_text("It closed the harbor on monday.\n")
    (tmp_path / "ref.txt").write_text("It closed the harbour on Monday.\n")
    sent = on_terminal(140, "diff", tmp_path / "hyp.txt", tmp_path / "ref.txt")
    assert re.search(r"\x1b\[7(;32)?mu\x1b", sent)
    assert re.search(r"\x1b\[[79;31]*7[79;31]*mm\x1b", sent)
    assert "harbour on Monday." in SGR.sub("", sent)


def test_narrow_terminal_and_one_without_colour(pair: tuple[Path, Path]) -> None:
    narrow = SGR.sub("", on_terminal(80, "diff", *pair))
    assert "leaves at 910 ‹number› from" in narrow
    plain = on_terminal(80, "diff", *pair, NO_COLOR="1")
    assert "[-9-]{+10+}" in SGR.sub("", plain)


def test_hostile_text_does_not_steer_the_terminal(shared: Path, tmp_path: Path) -> None:
    lines = (shared / "data/reliability/made/terminal_escapes.jsonl").read_bytes().splitlines()
    nasty = "\n".join(json.loads(line) for line in lines)
    assert "\x1b" in nasty
    (tmp_path / "hyp.txt").write_text(nasty, encoding="utf-8")
    (tmp_path / "ref.txt").write_text(nasty.replace("e", "\x1b[2J"), encoding="utf-8")
    for columns in (80, 140):
        sent = SGR.sub("", on_terminal(columns, "diff", tmp_path / "hyp.txt", tmp_path / "ref.txt"))
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]", sent)


def test_unknown_view_is_wrong_usage(pair: tuple[Path, Path]) -> None:
    command = [sys.executable, "-m", "unspun", "diff", *map(str, pair), "--view", "round"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 2
    assert b"side, inline, table" in done.stderr
