"""Input in buckets of three clouds, each served by its emulator: the same results as from a folder.

Those of Amazon and Google come with what tests need; Azure's runs where `npm install --global
azurite` and `pip install adlfs` were done.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import fsspec
import pytest

import unspun
from test_addresses import FAST, content, expected, raw  # noqa: F401 - fixtures

PYTHON = (sys.executable, "-m")
AZURE = (  # the account that every Azurite has, by its documentation
    "DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmE"
    "tlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint={}/devstoreaccount1"
)


class Cloud(NamedTuple):
    """How a cloud is served here.

    Attributes:
        modules: What must be installed to read it.
        command: Serves it, at a port that replaces ``{}``.
        environment: Leads the clients there; ``{}`` is the address of the server.
    """

    modules: tuple[str, ...]
    command: tuple[str, ...]
    environment: dict[str, str]


CLOUDS = {
    "s3": Cloud(
        ("s3fs", "moto"),
        (*PYTHON, "moto.server", "--port", "{}"),
        {
            "AWS_ENDPOINT_URL": "{}",
            "AWS_ACCESS_KEY_ID": "mill",
            "AWS_SECRET_ACCESS_KEY": "mill",
            "AWS_DEFAULT_REGION": "us-east-1",
        },
    ),
    "gs": Cloud(
        ("gcsfs", "gcp_storage_emulator"),
        (*PYTHON, "gcp_storage_emulator", "start", "--in-memory", "--port", "{}"),
        {"STORAGE_EMULATOR_HOST": "{}"},
    ),
    "az": Cloud(
        ("adlfs",),
        (
            *("azurite-blob", "--inMemoryPersistence", "--disableTelemetry"),
            *("--skipApiVersionCheck", "--silent", "--blobPort", "{}"),
        ),
        {"AZURE_STORAGE_CONNECTION_STRING": AZURE},
    ),
}


@contextmanager
def served(cloud: Cloud, log: Path) -> Iterator[str]:
    """The address of an emulator while it runs."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    command = [part.format(port) for part in cloud.command]
    with log.open("wb") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, cwd=log.parent)
    try:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.poll() is None:
            with socket.socket() as asked:
                if asked.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.1)
        else:
            pytest.fail(f"{command[0]} does not answer: {log.read_text()[-500:]}")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="module", params=CLOUDS)
def bucket(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Any]]:
    """The address of an empty bucket, and its file system."""
    cloud = CLOUDS[request.param]
    lacking = [name for name in cloud.modules if find_spec(name) is None]
    lacking += [] if shutil.which(cloud.command[0]) else [cloud.command[0]]
    if lacking:
        pytest.skip(f"without {' and '.join(lacking)}")
    with ExitStack() as stack:
        log = tmp_path_factory.mktemp("clouds") / "log"
        patch = stack.enter_context(pytest.MonkeyPatch.context())
        address = stack.enter_context(served(cloud, log))
        for name, value in cloud.environment.items():
            patch.setenv(name, value.format(address))
        system = fsspec.filesystem(request.param)
        system.mkdir("mill")
        yield f"{request.param}://mill", system


@pytest.mark.timeout(600)  # each hand loads the models for itself
def test_a_bucket_is_a_folder(
    bucket: tuple[str, Any],
    raw: Path,  # noqa: F811
    expected: dict[str, bytes],  # noqa: F811
    tmp_path: Path,
) -> None:
    address, system = bucket
    for file in raw.rglob("*"):
        if file.is_file():
            system.pipe(f"mill/raw/{file.relative_to(raw).as_posix()}", file.read_bytes())
    system.pipe("mill/raw/.hidden/x.txt", b"no")
    given: dict[str, Any] = {"config": FAST, "chunk_bytes": 1000}
    unspun.run(f"{address}/raw", out=tmp_path / "out", workers=2, **given)
    assert content(tmp_path / "out") == expected
    assert (tmp_path / "out/text/sub/b.txt").read_text() == "A train.\n"
    assert (tmp_path / "out/quarantine/broken.txt.gz").stat().st_size > 0
    given["workers"] = 0
    summary = unspun.run(f"{address}/raw/*.jsonl", out=tmp_path / "some", **given)
    assert len(summary.documents) == 60
    summary = unspun.run(f"{address}/raw/sub/b.txt", out=tmp_path / "one", **given)
    assert [document["id"] for document in summary.documents] == ["b"]


def test_an_object_that_changes_is_noticed(bucket: tuple[str, Any], tmp_path: Path) -> None:
    address, system = bucket
    said: list[str] = []
    given: dict[str, Any] = {"out": tmp_path / "out", "config": FAST, "workers": 0}
    system.pipe("mill/changing/a.txt", b"The mill is quiet.\n")
    unspun.run(f"{address}/changing", **given)
    unspun.run(f"{address}/changing", notice=said.append, **given)
    assert "nothing to do" in said[-1]
    system.pipe("mill/changing/a.txt", b"The mill is closed.\n"[:19])
    unspun.run(f"{address}/changing", notice=said.append, **given)
    assert "made from other input" in said[-1]
    assert (tmp_path / "out/text/a.txt").read_text().startswith("The mill is closed")


def test_names_of_objects_stay_in_the_results_folder(
    bucket: tuple[str, Any], tmp_path: Path
) -> None:
    address, system = bucket
    for name in ("con.txt", "a:b.txt", "\u00e9 %#?.txt"):
        system.pipe(f"mill/names/{name}", b"The mill is quiet.\n")
    unspun.run(f"{address}/names", out=tmp_path / "out", config=FAST, workers=0)
    found = [path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.txt")]
    written = ["%63on.txt", "a%3Ab.txt", "\u00e9 %#%3F.txt"]
    assert sorted(found) == sorted(f"out/text/{name}" for name in written)


def test_what_is_not_there_is_said(bucket: tuple[str, Any], tmp_path: Path) -> None:
    address, _ = bucket
    for missing in (f"{address}/nothing", f"{address}-of-another", f"{address}/*.nothing"):
        with pytest.raises(unspun.InputError, match=r"no such|no file fits|cannot be read"):
            unspun.run(missing, out=tmp_path / "out", workers=0)
    assert not list(tmp_path.iterdir())
