"""The short form of `make torture`: the same parts, fewer times."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import torture
import torture_kills
from promises import BrokenPromiseError, content, corpus, run, whole

FEW = 6


def test_killed_runs_go_on(tmp_path: Path) -> None:
    assert f"{FEW} kills" in torture_kills.kills(tmp_path, FEW, seed=3)


def test_families_of_processes_are_killed(tmp_path: Path) -> None:
    assert f"{FEW} kills" in torture_kills.family_kills(tmp_path, FEW, seed=3)


def test_what_is_promised_is_looked_at(tmp_path: Path) -> None:
    """The checks themselves fail where something is missing, torn, twice, or too much."""
    raw, out = corpus(tmp_path / "raw", files=2, rows=2), tmp_path / "out"
    run(raw, out)
    expected = content(out)
    whole(out, expected, "untouched")
    (out / "text/page01.txt").write_text("torn")
    with pytest.raises(BrokenPromiseError, match=r"other bytes in \['text/page01.txt'\]"):
        whole(out, expected, "torn")
    (out / "text/page01.txt").unlink()
    with pytest.raises(BrokenPromiseError, match="missing"):
        whole(out, expected, "lost")
    (out / ".stray").touch()
    with pytest.raises(BrokenPromiseError, match="stray"):
        whole(out, expected, "stray")


def test_truncated_and_flipped_files_are_noticed(tmp_path: Path) -> None:
    assert "40 damaged files" in torture.damaged(tmp_path, 40, seed=3)


def test_damaged_tables_are_noticed(tmp_path: Path) -> None:
    assert "20 damaged tables" in torture.damaged_tables(tmp_path, 20, seed=3)


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("strace"), reason="strace makes the calls fail")
def test_failing_calls_leave_what_was_there(tmp_path: Path) -> None:
    assert "failing call ended" in torture.calls(tmp_path, 1)


@pytest.mark.slow
def test_workers_and_groups_are_killed(tmp_path: Path) -> None:
    assert "kills of the group" in torture_kills.process_kills(tmp_path, 4, seed=3)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_node_of_ray_is_lost(root: Path) -> None:
    command = [sys.executable, str(root / "tools/torture_nodes.py"), "--kills", "1"]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    assert b"the bytes of a local run" in ran.stdout


@pytest.mark.slow
def test_one_percent_of_poison(root: Path) -> None:
    command = [sys.executable, str(root / "tools/torture_poison.py"), "--documents", "400"]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.stdout.startswith(b"400 documents: 396 done, 4 named"), ran.stdout


@pytest.mark.slow
def test_bytes_are_the_same_in_every_way(tmp_path: Path) -> None:
    assert "the same bytes" in torture.same_bytes(tmp_path, ray=False)


def test_few_mutations_of_everything(root: Path) -> None:
    command = [sys.executable, str(root / "tools/torture_fuzz.py"), "--cases", "60"]
    ran = subprocess.run(command, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr[-2000:]
    assert ran.stdout.count(b"60 cases") == 22


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_bytes_are_the_same_with_every_python(tmp_path: Path, root: Path, version: str) -> None:
    """Without the compiled kernels, too: a fresh environment has none."""
    python = shutil.which(f"python{version}")
    if python is None or subprocess.run([python, "-c", "import venv"], check=False).returncode:
        pytest.skip(f"Python {version} is not here")
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    inside = str(tmp_path / "venv" / "bin" / "python")
    for needs in (["-r", str(root / "requirements.lock")], ["zstandard"]):
        if subprocess.run([inside, "-m", "pip", "install", "-q", *needs], check=False).returncode:
            pytest.skip("what it needs cannot be installed here")
    assert "the same bytes" in torture.same_bytes(tmp_path, ray=False, pythons=[inside], seeds=0)


def test_names_that_find_no_room_are_noticed(tmp_path: Path) -> None:
    """The file would be torn behind its head, where `numpy.save` itself says nothing."""
    code = """if True:
        import resource, sys
        from pathlib import Path
        import numpy as np
        from unspun.batches import scans
        from unspun.errors import OutputError
        names = np.zeros(100, scans._NAME)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
        try:
            scans.keep(Path(sys.argv[1]), "key", scans.Scan(), names)
        except OutputError as error:
            print(error)
        """
    command = [sys.executable, "-c", code, str(tmp_path)]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "cannot be written" in ran.stdout
    assert not list(tmp_path.iterdir())
