"""Duplicates: all that are planted are found, nothing else is, whoever looks."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import unspun
from unspun.config import Config
from unspun.duplicates import Duplicate, Index, shingles
from unspun.duplicates.clusters import Clusters
from unspun.duplicates.shingles import similarity
from unspun.errors import ConfigError, InputError

WORDS = [f"{a}{b}" for a in ("mill", "wheel", "river", "stone", "flour") for b in range(200)]
SENTENCE = (
    "The mill by the river has been quiet since the spring, and nobody in Tarn knows why it is."
)


def text(seed: int, words: int = 200) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=words))


def changed(given_: str, share: float, seed: int = 0) -> str:
    draw = random.Random(seed)
    words = given_.split()
    for place in draw.sample(range(len(words)), int(share * len(words))):
        words[place] = f"other{draw.random()}"
    return " ".join(words)


def found(texts: list[str], threshold: float = 0.8) -> list[Duplicate | None]:
    with Index(threshold=threshold) as index:
        clusters = Clusters(index)
        for number, one in enumerate(texts):
            clusters.add(str(number), one)
        return list(clusters.found())


def test_planted_duplicates_are_found_and_nothing_else() -> None:
    originals = [text(seed) for seed in range(60)]
    near = [changed(one, 0.03, seed) for seed, one in enumerate(originals[:30])]
    far = [changed(one, 0.4, seed) for seed, one in enumerate(originals[30:])]
    result = found(originals + near + far + originals[:5])
    assert all(d is not None and d.kind == "near" for d in result[60:90])
    assert [d.of for d in result[60:90] if d] == [str(n) for n in range(30)]
    assert result[90:120] == [None] * 30
    assert [(d.kind, d.of, d.similarity) for d in result[120:] if d] == [
        ("exact", str(n), 1.0) for n in range(5)
    ]
    assert [d and d.kind for d in result[:30]] == ["first"] * 30


@pytest.mark.parametrize(
    ("left", "right", "alike"),
    [
        (SENTENCE, SENTENCE.upper(), True),
        (SENTENCE, SENTENCE.replace(" ", "\n  ").replace(",", " -"), True),
        (SENTENCE, SENTENCE.replace("spring", "autumn").replace("Tarn", "Mell"), False),
        ("", "", True),
        ("One.", "One!", False),
        (
            "磨坊自春天以来一直很安静镇上的人都不知道为什么",
            "磨坊自春天以来一直很安静镇上的人都不知道原因",
            True,
        ),
        ("磨坊自春天以来一直很安静", "火车今天不开往不来梅因为下雪", False),
    ],
)
def test_what_is_alike(left: str, right: str, alike: bool) -> None:  # noqa: FBT001
    assert (found([left, right], 0.7)[1] is not None) == alike


@given(st.lists(st.text(max_size=60), max_size=6))
def test_similarity_is_checked_exactly(texts: list[str]) -> None:
    for one, duplicate in zip(texts, found(texts, 0.6), strict=True):
        if duplicate is not None and duplicate.of is not None:
            other = texts[int(duplicate.of)]
            alike = similarity(shingles(one), shingles(other))
            assert duplicate.similarity == (1.0 if one == other else round(alike, 4))
            assert one == other or alike >= 0.6


def test_clusters_hold_what_repeats_through_others() -> None:
    first = text(1)
    second = changed(first, 0.025, 1)
    third = changed(second, 0.025, 2)
    result = found([text(9), third, text(8), first, second])
    assert [d.cluster if d else None for d in result] == [None, "1", None, "1", "1"]


def test_shingles_are_the_same_in_every_process() -> None:
    code = (
        "import sys; from unspun.duplicates import shingles; "
        "sys.stdout.buffer.write(shingles(sys.argv[1]).tobytes())"
    )
    for seed in ("0", "7"):
        done = subprocess.run(
            [sys.executable, "-c", code, SENTENCE],
            env={"PYTHONPATH": str(Path(unspun.__file__).parents[1]), "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        )
        assert np.array_equal(np.frombuffer(done.stdout, np.uint64), shingles(SENTENCE))


def test_an_index_remembers_only_what_it_is_told_to(tmp_path: Path) -> None:
    path = tmp_path / "seen.index"
    with Index(path) as index:
        index.add("a", text(1))
        index.keep()
        index.add("b", text(2))
    with Index(path) as index:
        assert index.add("c", text(2))[1] == []
        (match,) = index.add("d", changed(text(1), 0.02))[1]
        assert (match.id, match.kind) == ("a", "near")
    assert path.read_bytes().startswith(b"SQLite format 3\x00")


@pytest.mark.parametrize("data", [b"no index at all" * 100, b"\x80\x04pickle"])
def test_other_files_are_no_index(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "seen.index"
    path.write_bytes(data)
    with pytest.raises(InputError, match="no index of duplicates"):
        Index(path)
    assert path.read_bytes() == data


def test_thresholds_have_a_range() -> None:
    for wrong in (0.5, 1.1):
        with pytest.raises(ConfigError, match=r"0\.6 to 1"):
            Index(threshold=wrong)


def test_results_say_what_repeats_whoever_made_them(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    story = "\n\n".join(f"{SENTENCE} It was the {n} time that it stopped so." for n in range(9))
    (raw / "a.txt").write_text(story, encoding="utf-8")
    (raw / "b.txt").write_text(story.replace("the 3 time", "the third time"), encoding="utf-8")
    lines = [{"id": "c", "text": story}, {"id": "d", "text": "Der Zug nach Bremen fährt nicht."}]
    (raw / "e.jsonl").write_text("".join(json.dumps(x) + "\n" for x in lines), encoding="utf-8")
    config = Config.from_dict({"duplicates": {"enabled": True}})
    for workers in (0, 2):
        summary = unspun.run(raw, out=tmp_path / f"{workers}", config=config, workers=workers)
        kinds = [d["duplicate"] and d["duplicate"]["kind"] for d in summary.documents]
        assert kinds == ["first", "near", "exact", None]
        assert summary.manifest["counts"]["duplicates"] == {"exact": 1, "near": 1}
    names = ["documents.jsonl", "text.jsonl", "report.html"]
    for name in names[:2]:
        assert (tmp_path / "0" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_the_command_compares_with_what_was_seen(tmp_path: Path) -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "unspun", "duplicates", *arguments],
            cwd=tmp_path,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    (tmp_path / "a.txt").write_text(text(1), encoding="utf-8")
    (tmp_path / "b.txt").write_text(changed(text(1), 0.02), encoding="utf-8")
    assert "no such index" in command("a.txt", "--index", "seen").stderr
    assert command("a.txt", "--index", "seen", "--update").returncode == 0
    (said,) = map(json.loads, command("b.txt", "--index", "seen", "--json").stdout.splitlines())
    assert (said["id"], said["of"], said["cluster"], said["kind"]) == ("b", "a", "a", "near")
    assert "near" in command("a.txt", "b.txt").stdout
