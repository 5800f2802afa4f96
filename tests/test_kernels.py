"""The compiled kernels answer as the plain code does, and nothing needs them."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from ftfy.badness import BADNESS_RE, is_bad
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from unspun import kernels
from unspun.encodings import letters
from unspun.encodings.charmaps import next_spot, next_spot_plain, windows
from unspun.kernels.windows import BEYOND, WORD, Window, scanner
from unspun.normalise import badness, gate, mojibake, spoofs
from unspun.quality import bounds, plain, repetition, rules, shape
from unspun.scoring.ter import edits, plain_edits

CASES = Path(__file__).parent / "cases"
NAMED = sorted(
    {
        char
        for window in windows()
        for chars in (window.before, window.first, window.second, window.third)
        for char in ("" if chars in (BEYOND, WORD) else chars)
    }
    | set("ab_1 \n?&€é中😀\u200d\ufeff\r\x1b\ud800\udcff")
)
near = st.lists(st.one_of(st.sampled_from(NAMED), st.characters()), max_size=9).map("".join)

compiled = pytest.mark.skipif(
    not kernels.loaded(), reason="no compiled kernel (no compiler when it was installed)"
)


def signs_apart(text: str) -> tuple[frozenset[str], frozenset[str]]:
    scan = gate._scanner()
    assert scan is not None
    return scan.shown(text), gate.plain_signs(text)


SIGNS = [(window.sign, re.compile(window.pattern())) for window in gate._windows()]


@given(st.one_of(near, texts))
def test_the_signs_are_those_of_the_windows(text: str) -> None:
    assert gate.plain_signs(text) == {sign for sign, pattern in SIGNS if pattern.search(text)}


@compiled
@given(st.one_of(near, texts), st.integers(0, 4))
def test_compiled_and_plain_gates_agree(text: str, start: int) -> None:
    both = signs_apart(text)
    assert both[0] == both[1]
    assert next_spot(text, start) == next_spot_plain(text, start)


def test_spoofs_are_seen_by_both_looks() -> None:
    for text in "p\u0430ypal", "a\u202eb", "ab\u200bc", "A\U000e0041\U000e0042", "\u0430\u0440x":
        assert spoofs._shows(text)
        assert spoofs.shows_plain(text)
        assert spoofs.spoofs(text)
    for text in "", "plain", "слово word слово", "naïve λόγος, ça", "中文 abc":
        assert not spoofs._shows(text)
        assert not spoofs.shows_plain(text)


@compiled
@given(st.text(alphabet="aZéаяλ \u202e\u200b\U000e0041\U0001f3f4中", max_size=9))
def test_the_looks_for_spoofs_agree(text: str) -> None:
    assert spoofs._shows(text) == spoofs.shows_plain(text)


@st.composite
def shuffled(draw: st.DrawFn) -> tuple[str, str]:
    """Words as characters, and the same with blocks moved and words replaced."""
    size = draw(st.sampled_from([1, 4, 12, 24, 25, 30, 51, 80]))
    rng = draw(st.randoms(use_true_random=False))
    kinds = draw(st.sampled_from([2, 5, 60]))
    words = [chr(rng.randrange(kinds)) for _ in range(size)]
    hyp = list(words)
    for _ in range(draw(st.integers(0, 4))):
        at, length, place = rng.randrange(size), rng.randrange(15), rng.randrange(size)
        block = hyp[at : at + length]
        del hyp[at : at + length]
        hyp[place:place] = block
    for _ in range(draw(st.integers(0, size // 2))):
        hyp[rng.randrange(len(hyp))] = chr(rng.randrange(60))
    kept = draw(st.sampled_from([size, size, size // 3]))
    more = draw(st.sampled_from([0, 0, 3, 90]))
    return "".join(hyp[: kept + 1] + words[:1] * more), "".join(words)


@compiled
@given(shuffled())
def test_compiled_and_plain_edits_agree(pair: tuple[str, str]) -> None:
    hyp, ref = pair
    assert edits(hyp, ref) == (0 if hyp == ref else plain_edits(hyp, ref))
    assert edits(ref, hyp) == (0 if hyp == ref else plain_edits(ref, hyp))


@compiled
@given(st.one_of(near, texts))
def test_costs_of_letters_agree(text: str) -> None:
    assert letters.least_bits(text) == letters.least_tenths_plain(text) / 10
    plain = letters.tenths_plain(unicodedata.normalize("NFC", " " + text), "ru")
    assert letters.bits(text, ("ru",)) == plain / 10


@compiled
def test_costs_of_letters_agree_for_more_pairs_than_are_remembered() -> None:
    text = "".join(chr(0xA0 + n * 7919 % 400) + chr(0x400 + n % 256) for n in range(80_000))
    for _ in range(2):
        assert letters.least_bits(text) == letters.least_tenths_plain(text) / 10


@compiled
@given(st.lists(near, max_size=4).map(" ".join))
def test_the_words_to_be_read_agree(line: str) -> None:
    scan = mojibake._scanner()
    assert scan is not None
    assert list(mojibake._words_by(scan, line)) == list(mojibake._words(line))


WEIRD = sorted(
    {
        char
        for window in badness.windows(BADNESS_RE.pattern)
        for chars in window[1:]
        for char in chars
    }
)


@compiled
@given(st.lists(st.sampled_from(WEIRD), max_size=6).map("".join))
def test_the_detector_agrees_with_ftfy(text: str) -> None:
    assert badness.is_bad(text) == is_bad(text)


def test_the_pattern_of_ftfy_is_understood() -> None:
    assert len(badness.windows(BADNESS_RE.pattern)) > 30
    for pattern in "(a|b)c", "a+", "a{2}", ".", r"\d":
        with pytest.raises(ValueError, match=r"alternative|list of characters"):
            badness.windows(pattern)


pieces = st.sampled_from(
    ["to", "The", "x.", "yy\n", "\n\n", "\n \x85\n", "- a", "Have", "JavaScript", "lorem ipsum",
     "antidisestablishment", "antidisestablishmen", "préétablissements", "\U0001f600end",
     "K", "...", "end.\n", "17", "…\n", "{", "#", "\u2003", "\x1c", "\ufffd", "中文", "½", "٣",
     "of\x00", "\x00", "b" * 70, "b" * 71, "é" * 40, "é" * 39 + "è", "ŧhe",
     "\U00010074he", "\ud800"]
)  # fmt: skip
refrains = st.tuples(st.lists(pieces, max_size=9).map(" ".join), st.integers(1, 12)).map(
    lambda drawn: drawn[0] * drawn[1]
)


counted = st.one_of(texts, st.lists(st.one_of(pieces, refrains), max_size=9).map(" ".join))


@compiled
@given(counted)
def test_what_the_rules_count_agrees(text: str) -> None:
    for language in "en", "de", "zh-Hans":
        found = shape.Shape.of(text, language)
        assert [found[2:]] == plain.count_many([(text, *found[:2])])


@compiled
@given(st.lists(st.tuples(counted, st.sampled_from(["en", "th"])), min_size=1, max_size=6))
def test_what_the_rules_count_in_a_batch_agrees(batch: list[tuple[str, str]]) -> None:
    found = shape.Shape.of_many(batch)
    kinds = [(text, *one[:2]) for (text, _), one in zip(batch, found, strict=True)]
    assert [one[2:] for one in found] == plain.count_many(kinds)


@compiled
@given(st.lists(st.integers(0, 40), min_size=27, max_size=27), st.sampled_from(["en", "th", "de"]))
def test_what_is_counted_is_rated_alike(counts: list[int], language: str) -> None:
    found = shape.Shape._make(
        (language, True, *counts[:21], tuple(counts[21:24]), tuple(counts[24:]))
    )
    for rule in repetition.RULES + rules.RULES:
        (one,), beyond = bounds.rate([rule])(found)
        assert ([one], beyond) == bounds.plain([rule])(found)
        assert beyond == [one] * one.flagged
        (other,), _ = bounds.plain([rule])(found)
        assert type(one.value) is type(other.value)


@compiled
def test_every_character_counts_as_it_does_in_python() -> None:
    every = "".join(map(chr, range(0x110000)))
    near = every[:0x10000], "a".join(every[:0x10000]), every[:256]
    for text in every, "a".join(every), *near:
        assert [shape.Shape.of(text, "en")[2:]] == plain.count_many([(text, "en", True)])


@compiled
@pytest.mark.parametrize("wide", ["a", "ŋ", "😀"])
def test_what_is_looked_for_is_found_where_blocks_meet(wide: str) -> None:
    sought = "...", "....", "JavaScript", "lorem ipsum", "…", "{", "#", " That ", "\n\n", "oF"
    for at in range(55, 66):
        for what in sought:
            text = wide * at + what + " one two three"
            for some in text, text.replace(wide, " "), f"{text}\n{text}":
                assert [shape.Shape.of(some, "en")[2:]] == plain.count_many([(some, "en", True)])


@compiled
@pytest.mark.parametrize(("letter", "other"), ["ab", "éf", "жд", "字中", "😀😁"])
def test_words_that_differ_in_one_place_are_told_apart(letter: str, other: str) -> None:
    none, behind = ((0, 0, 0), (0, 0, 0)), list(map(str, range(30)))
    for size in range(1, 72):
        word = letter * size
        changed = [word[:at] + other + word[at + 1 :] for at in range(size)]
        for unlike in (*changed, word + letter, word + "\0"):
            apart = " ".join([word, "x", unlike, "x", word, unlike, *behind])
            assert shape.Shape.of(apart, "en")[-2:] == none
        again = " ".join([word, "x", word, "x", *behind])
        assert shape.Shape.of(again, "en")[-2:] == ((2 * size + 2, 0, 0), (0, 0, 0))


@compiled
def test_every_two_and_many_threes_agree() -> None:
    rng = random.Random(6)
    for one in NAMED:
        for two in rng.sample(NAMED, 60):
            text = one + two + rng.choice(NAMED)
            assert next_spot(text) == next_spot_plain(text), ascii(text)
            assert len(set(signs_apart(text))) == 1, ascii(text)


@compiled
def test_the_cases_agree() -> None:
    for file in sorted(CASES.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            for text in filter(lambda value: isinstance(value, str), json.loads(line).values()):
                assert len(set(signs_apart(text))) == 1, ascii(text)


@compiled
def test_long_texts_are_scanned_to_their_end() -> None:
    for filler in "a", "é ", "中", "😀":
        text = filler * 20_000
        assert next_spot(text) == next_spot_plain(text) == -1
        assert next_spot(text + "cafÃ©") == next_spot_plain(text + "cafÃ©") == len(text) + 3


@compiled
def test_windows_look_where_they_are_told() -> None:
    scan = scanner(
        [
            Window("letters", "a", "b", before="x"),
            Window("beyond", "q", BEYOND),
            Window("last", "z", "z", "z"),
            Window("behind a word", "-", before=WORD),
        ]
    )
    assert scan is not None
    for text, signs in {
        "": set(),
        "ab": set(),
        "xab": {"letters"},
        "qq": set(),
        "qé": {"beyond"},
        "q": set(),
        "zz": set(),
        "zzz": {"last"},
        "-": set(),
        "é-": {"behind a word"},
        "😀-": set(),
    }.items():
        assert scan.shown(text) == signs, text


@compiled
def test_wrong_tables_and_arguments_are_refused() -> None:
    from unspun.kernels import _windows  # type: ignore[attr-defined]  # noqa: PLC0415

    with pytest.raises(ValueError, match="do not fit"):
        _windows.Scanner(b"", b"", b"", 0)
    with pytest.raises(ValueError, match="do not fit"):
        _windows.Scanner(b"\xff" * 0x2200, b"\0" * 512, b"\0" * 32, 0)
    scan = _windows.Scanner(b"\0" * 0x2200, b"\0" * 512, b"\0" * 32, 0)
    with pytest.raises(TypeError):
        scan.shown(b"bytes")
    with pytest.raises(ValueError, match="negative"):
        scan.find("text", -1)


def test_a_kernel_of_other_sources_is_not_used() -> None:
    assert kernels.load("unspun.kernels._windows", revision=-1) is None
    assert kernels.load("unspun.kernels._none", revision=1) is None


def answers(pure: str) -> bytes:
    environment = os.environ | {"UNSPUN_PURE": pure}
    text = "".join(
        json.loads(line)["before"] + "\n\n"
        for line in (CASES / "normalise.jsonl").read_text(encoding="utf-8").splitlines()
    )
    command = [sys.executable, "-m", "unspun", "clean", "--json", "-"]
    done = subprocess.run(
        command,
        input=text.encode("utf-8", "surrogatepass"),
        capture_output=True,
        check=True,
        env=environment,
    )
    return done.stdout


def test_plain_python_can_be_asked_for_and_answers_the_same() -> None:
    version = [sys.executable, "-m", "unspun", "--version"]
    environment = os.environ | {"UNSPUN_PURE": "1"}
    said = subprocess.run(version, capture_output=True, check=True, env=environment, text=True)
    assert "plain Python" in said.stdout
    assert answers("0") == answers("1")


@pytest.mark.slow
@pytest.mark.parametrize("compiler", ["cc", "no-such-compiler"])
def test_it_builds_with_a_compiler_and_without(root: Path, tmp_path: Path, compiler: str) -> None:
    setuptools = pytest.importorskip("setuptools", minversion="77")
    if compiler == "cc" and not shutil.which("cc"):
        pytest.skip("no C compiler here")
    assert setuptools
    shutil.copytree(root / "src", tmp_path / "src", ignore=shutil.ignore_patterns("*.so", "data"))
    for name in ("setup.py", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, tmp_path / name)
    command = [sys.executable, "setup.py", "-q", "build_ext", "--inplace"]
    environment = os.environ | {"CC": compiler}
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, env=environment)
    built = list((tmp_path / "src").rglob("_windows*.so"))
    assert len(built) == (compiler == "cc")
