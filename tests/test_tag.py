"""Language and script of every span."""

from __future__ import annotations

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time
from typing import Any

import langdetect
import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun.config import TagConfig
from unspun.errors import ModelError
from unspun.model import Tagged
from unspun.tagging import (
    batch,
    blanks,
    detect_many,
    origin,
    profiles,
    scripts,
    supplement,
    tag,
    tag_many,
)

CONFIG = TagConfig()
CASES = [
    orjson.loads(line)
    for line in (Path(__file__).parent / "cases" / "tag.jsonl").read_bytes().splitlines()
]
ENGLISH = "The council met on Tuesday and talked about the new bridge for three hours. "
CHINESE = "市议会星期二开会，讨论了新桥的问题，一共谈了三个小时。"


def spans(text: str, tagged: Tagged) -> list[list[str]]:
    return [[text[s.start : s.end], s.language, s.script] for s in tagged.spans]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_case(case: dict[str, Any]) -> None:
    found = tag(case["text"], CONFIG)
    assert found.language == case["language"]
    assert spans(case["text"], found) == case["spans"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_detection_by_sample_agrees(case: dict[str, Any]) -> None:
    assert detect_many([case["text"]], CONFIG)[0].language == case["language"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_without_spans_a_text_is_one(case: dict[str, Any]) -> None:
    text = case["text"]
    found = tag(text, TagConfig(spans=False), id="whole")
    (detected,) = detect_many([text], CONFIG)
    assert (found.id, found.language, found.script, found.confidence) == ("whole", *detected)
    assert [(s.start, s.end, s.language) for s in found.spans] == (
        [(0, len(text), detected.language)] if text else []
    )
    assert (found.paragraphs, found.origin.evidence) == ((), ())


def test_without_spans_seeded_langdetect_has_its_say() -> None:
    text = "Der Vertrag wurde gestern in Wien unterschrieben."
    found = tag_many([text, "12 345"], TagConfig(method="exact", spans=False))
    assert [tagged.language for tagged in found] == ["de", "und"]


def check(text: str, tagged: Tagged) -> None:
    """What holds for every answer."""
    edges = [0, *(s.end for s in tagged.spans)]
    assert [s.start for s in tagged.spans] == edges[:-1]
    assert edges[-1] == len(text)
    for s in (*tagged.spans, *tagged.paragraphs):
        assert s.start < s.end
        assert 0 <= s.confidence <= 1
    kinds = [(s.language, s.script) for s in tagged.spans]
    assert all(a != b for a, b in pairwise(kinds))
    lines = [(p.start, p.end) for p in tagged.paragraphs]
    assert [text[a:b] for a, b in lines] == [line for line in text.split("\n") if line]


@given(texts)
def test_spans_cover_any_text(text: str) -> None:
    check(text, tag(text, CONFIG))


@given(st.text(alphabet=st.characters(), max_size=60))
def test_spans_cover_any_characters(text: str) -> None:
    check(text, tag(text, CONFIG))


@given(st.lists(texts, min_size=1, max_size=6))
def test_batches_answer_as_one_by_one(many: list[str]) -> None:
    assert tag_many(many, CONFIG) == [tag(text, CONFIG) for text in many]


def test_batches_of_real_sentences_answer_as_one_by_one() -> None:
    many = [case["text"] for case in CASES]
    assert tag_many(many, CONFIG) == [tag(text, CONFIG) for text in many]


def test_origins_in_batches_are_those_of_the_text_alone() -> None:
    sentences = [case["text"] for case in CASES]
    many = [ENGLISH * 30 + "It’s OK, isn't it? ", " ".join(sentences), "\n".join(sentences[:40])]
    alone = [tag(text, CONFIG) for text in many]
    origins = [origin.judge(text, one) for text, one in zip(many, alone, strict=True)]
    assert [one.origin for one in tag_many(many, CONFIG, judged=True)] == origins
    assert len({one.score for one in origins}) == len(many)


@given(
    st.lists(st.sampled_from(["https://a.b/c", "x@y.zz", "www.a.de", ",", " ", "{a=b;}\n", "a"]))
)
def test_blanks_never_overlap(parts: list[str]) -> None:
    text = "".join(parts)
    found = blanks.find(text)
    assert all(end <= start for (_, end), (start, _) in pairwise(found))
    check(text, tag(text, CONFIG))


def test_addresses_within_a_link_are_part_of_it() -> None:
    link = "https://example.org/mail?to=a@example.org,b@example.org"
    assert blanks.find(f"Write: {link} today") == [(7, 7 + len(link))]


def test_links_beside_lines_of_code_take_no_longer_than_their_number() -> None:
    took = []
    for lines in (2_000, 20_000):
        text = "See www.example.org for more.\nfor (i = 0; i < 9; i++) { a[i] = 0; }\n" * lines
        start = process_time()
        assert len(blanks.find(text)) == 2 * lines
        took.append(process_time() - start)
    assert took[1] < 40 * took[0]


def test_what_is_code_does_not_hang_on_the_other_texts() -> None:
    line = ">#>/ un texte assez court [/]"
    assert tag_many([line, "a = 1"], CONFIG)[0] == tag(line, CONFIG)


def test_furniture_is_tagged_but_does_not_count() -> None:
    text = ENGLISH + "\n" + CHINESE * 4
    assert tag(text, CONFIG).language == "zh-Hans"
    found = tag(text, CONFIG, skip=[(len(ENGLISH), len(text))])
    assert found.language == "en"
    assert {s.language for s in found.spans} == {"en", "zh-Hans"}


def test_paragraphs_have_their_own_language() -> None:
    text = f"{ENGLISH}\n\n{CHINESE}\n12 345\n"
    assert [p.language for p in tag(text, CONFIG).paragraphs] == ["en", "zh-Hans", "und"]


def test_short_text_inherits_nothing_from_another_script() -> None:
    found = tag(CHINESE + " OK " + CHINESE, CONFIG)
    assert [s.language for s in found.spans] == ["zh-Hans", "und", "zh-Hans"]


def test_same_answer_every_time() -> None:
    text = " ".join(case["text"] for case in CASES)
    assert tag(text, CONFIG) == tag(text, CONFIG)


@pytest.mark.parametrize("seed", [0, 7])
def test_exact_is_seeded_langdetect(seed: int) -> None:
    langdetect.DetectorFactory.seed = seed
    names = {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant"}
    for case in CASES[:55]:
        label = langdetect.detect(case["text"])
        found = tag(case["text"], TagConfig(method="exact", seed=seed))
        assert found.language == names.get(label, label)


def test_exact_has_no_answer_where_langdetect_raises() -> None:
    assert tag("12 345", TagConfig(method="exact")).language == "und"


def test_evidence_is_the_sum_over_the_profiles() -> None:
    """The packed table says what langdetect's own profiles say, gram by gram."""
    import json  # noqa: PLC0415
    import math  # noqa: PLC0415

    folder = Path(langdetect.__file__).parent / "profiles"
    counts = {n: json.loads((folder / n).read_text("utf-8")) for n in ("de", "fr")}
    laid = batch.read(["xyz und"])
    for name, data in counts.items():
        expected = 0.0
        for gram in ("u", " u", "un", " un", "n", "nd", "und", "d", "d ", "nd "):
            same = [g for g in data["freq"] if g.lower() == gram]
            share = sum(data["freq"][g] / data["n_words"][len(g) - 1] for g in same)
            expected += math.log1p(share / (0.5 / 10_000))
        column = profiles.load().languages["Latn"].index(name)
        assert laid.evidence[1][column] / profiles.STEPS == pytest.approx(expected, abs=0.3)


def test_long_words_do_not_overflow() -> None:
    for letter in "aeё한あ":
        check(letter * 100_000, tag(letter * 100_000, CONFIG))


def test_rows_of_evidence_lie_in_one_line_of_the_cache_each() -> None:
    for weights in (profiles.load().weights, supplement.load().weights):
        assert weights.strides[0] == 64
        assert weights.ctypes.data % 64 == 0


def test_supplement_adds_up_without_overflow() -> None:
    table = supplement.load()
    worst = int(table.weights.max())
    assert worst <= 255
    assert supplement.REACH * 255 + supplement.REACH // 2 * 64 + 60 * 64 < 1 << 16


@pytest.mark.parametrize(
    "unit", ["a", "word ", "字", "a字", "http://a.b ", "x@", "{;", "www.", "\n"]
)
def test_time_is_linear(unit: str) -> None:
    def cost(size: int) -> float:
        text = unit * (size // len(unit))
        start = process_time()
        tag(text, CONFIG)
        return process_time() - start

    cost(1_000)
    assert cost(400_000) < 12 * cost(100_000) + 0.5


def test_script_is_unicodes_own() -> None:
    table = scripts.load()
    for character, name in (
        ("я", "Cyrl"),
        ("ß", "Latn"),
        ("ー", "Hira"),
        ("々", "Hani"),
        ("1", "Zyyy"),
    ):
        assert table.names[table.of[ord(character)]] == name


def test_reliability_material_raises_nothing(shared: Path) -> None:
    count = 0
    for path in sorted((shared / "data" / "reliability").rglob("*")):
        if path.is_file() and path.stat().st_size < 200_000:
            text = path.read_bytes().decode("utf-8", "surrogateescape")
            check(text, tag(text, CONFIG))
            count += 1
    assert count > 100


def test_documents_of_the_corpus(shared: Path) -> None:
    for path in sorted((shared / "corpus").rglob("*.txt")):
        text = path.read_text(encoding="utf-8")
        found = tag(text, CONFIG)
        assert (found.language, found.script) == ("en", "Latn")
        foreign = [
            text[s.start : s.end].strip() for s in found.spans if s.script in {"Hans", "Hant"}
        ]
        variants = [s.language for s in found.spans if s.language not in {"en", "und"}]
        if path.parent.name == "raw" and path.stem == "zh-translated":
            assert variants == ["zh-Hant", "zh-Hans", "zh-Hans"]
            assert foreign[1] == "要查看或添加评论,请登录"
        else:
            assert not foreign


@pytest.mark.parametrize(
    ("part", "least"),
    [("tatoeba_sent", 0.983), ("udhr_para", 0.999), ("leipzig_para400", 0.999), ("udhr_zh", 0.99)],
)
def test_accuracy(shared: Path, part: str, least: float) -> None:
    zstandard = pytest.importorskip("zstandard")
    with (shared / "data" / "langid" / "dev.jsonl.zst").open("rb") as file:
        data = zstandard.ZstdDecompressor().stream_reader(file).read()
    rows = [row for row in map(orjson.loads, data.splitlines()) if row["set"] == part]
    found = [t.language for t in tag_many([row["text"] for row in rows], CONFIG)]
    if part != "udhr_zh":
        found = [name.split("-")[0] for name in found]
    right = sum(a == row["language"] for a, row in zip(found, rows, strict=True))
    assert right / len(rows) >= least


PLUGIN = """
def load(argument):
    sure = float(argument or 0.99)
    return lambda texts: [("vec" if "xe" in text else "und", sure) for text in texts]

def broken(argument):
    return lambda texts: []
"""


@pytest.fixture
def plugin(tmp_path: Path) -> dict[str, str]:
    """An environment in which a package with two detectors is installed."""
    (tmp_path / "venetian.py").write_text(PLUGIN)
    info = tmp_path / "venetian-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: venetian\nVersion: 1.0\n")
    points = "[unspun.detectors]\nvenetian = venetian:load\nbroken = venetian:broken\n"
    (info / "entry_points.txt").write_text(points)
    return {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}


TAG = """
import sys, unspun
from dataclasses import replace
config = unspun.Config()
config = replace(config, tag=replace(config.tag, detector=sys.argv[1], ask_below=1.0))
found = unspun.tag(sys.argv[2], config)
print(found.language, round(found.confidence, 2))
"""


@pytest.mark.parametrize(
    ("detector", "text", "said"),
    [
        ("venetian", "El tozo el xe nda via co so pare", "vec 0.99"),
        ("venetian:0.01", "El tozo el xe nda via co so pare", None),  # less sure than the tables
        ("venetian", "Der Zug nach Wien fährt heute später ab.", None),  # und is no answer
        ("venetian", "駅はどこですか。xexe", None),  # the script says enough
        ("", "El tozo el xe nda via co so pare", None),
    ],
)
def test_another_detector_is_asked(
    plugin: dict[str, str], detector: str, text: str, said: str | None
) -> None:
    command = [sys.executable, "-c", TAG, detector, text]
    answer = subprocess.run(command, env=plugin, capture_output=True, text=True, check=True)
    own = tag(text, TagConfig())
    assert answer.stdout.strip() == (said or f"{own.language} {round(own.confidence, 2)}")


@pytest.mark.parametrize(
    ("detector", "reason"),
    [
        ("venezian", "did you mean 'venetian'"),
        ("broken", "1 texts need as many languages"),
        ("venetian:much", "cannot be used"),
    ],
)
def test_a_detector_that_cannot_be_used_is_named(
    plugin: dict[str, str], detector: str, reason: str
) -> None:
    command = [sys.executable, "-c", TAG, detector, "El tozo el xe nda via co so pare"]
    answer = subprocess.run(command, env=plugin, capture_output=True, text=True, check=False)
    assert answer.returncode == 1
    assert reason in answer.stderr


def test_lingua_is_asked() -> None:
    text = "Zdravím, kde je nádraží?"
    asked = tag(text, TagConfig(detector="lingua:cs,sk,en", ask_below=1.0))
    assert asked.language == "cs"
    with pytest.raises(ModelError, match="does not know xx"):
        tag(text, TagConfig(detector="lingua:cs,xx", ask_below=1.0))
