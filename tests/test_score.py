"""Scores are sacrebleu's, to the last digit; counts add up; nothing is zipped away."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF
from sacrebleu.metrics.lib_ter import translation_edit_rate
from sacrebleu.metrics.ter import TER
from sacrebleu.significance import PairedTest

from unspun import kernels
from unspun import scoring as score
from unspun.align import align
from unspun.config import ScoreConfig
from unspun.errors import ConfigError, MismatchError
from unspun.scoring.ter import edits

METRICS: list[tuple[score.Metric, Any]] = [
    (score.Bleu(), BLEU()),
    (score.Bleu(lowercase=True), BLEU(lowercase=True)),
    (score.Bleu(tokenize="zh"), BLEU(tokenize="zh")),
    (score.Bleu(effective_order=True), BLEU(effective_order=True)),
    (score.Bleu(smooth_method="add-k"), BLEU(smooth_method="add-k")),
    (score.Bleu(smooth_method="floor"), BLEU(smooth_method="floor")),
    (score.Chrf(), CHRF()),
    (score.Chrf(word_order=2), CHRF(word_order=2)),
    (
        score.Chrf(2, lowercase=True, whitespace=True, eps_smoothing=True),
        CHRF(word_order=2, lowercase=True, whitespace=True, eps_smoothing=True),
    ),
    (score.Ter(), TER()),
    (score.Ter(case_sensitive=True), TER(case_sensitive=True)),
    (score.Ter(normalized=True, asian_support=True), TER(normalized=True, asian_support=True)),
]
FEW = settings(max_examples=settings().max_examples // 5)  # the oracle is slow
NAMES = [f"{own.name}-{k}" for k, (own, _) in enumerate(METRICS)]

PIECES = st.sampled_from(
    [
        "the",
        "cat",
        "sat",
        "on",
        "Mat",
        ".",
        ",",
        "3.5",
        "-",
        "2-3",
        "'s",
        '"',
        "&amp;",
        "&lt;",
        "<skipped>",
        "-\n",
        "\n",
        " ",
        "  ",
        "中",
        "国。",
        "é",
        "e\u0301",
        "a.b,c",
        "$1,000",
        "\u2028",
    ]
)
TEXT = (
    st.lists(PIECES, max_size=12).map("".join)
    | st.text(max_size=30)
    | st.lists(PIECES, max_size=20).map(" ".join)
)
WORDS = st.lists(st.sampled_from("abcdefgh"), max_size=40)


@pytest.mark.parametrize(("own", "theirs"), METRICS, ids=NAMES)
@FEW
@given(pairs=st.lists(st.tuples(TEXT, TEXT, TEXT), min_size=1, max_size=4))
def test_equal_to_sacrebleu(
    own: score.Metric, theirs: Any, pairs: list[tuple[str, str, str]]
) -> None:
    hyps = [p[0] for p in pairs]
    for refs in ([[p[1] for p in pairs]], [[p[1] for p in pairs], [p[2] for p in pairs]]):
        expected = theirs.corpus_score(hyps, refs)
        counts = score.count(own, hyps, [list(group) for group in zip(*refs, strict=True)])
        assert own.score(score.total(counts).values) == expected.score
        assert own.signature(len(refs)) == str(theirs.get_signature())


@given(WORDS, WORDS)
def test_ter_edits_are_sacrebleus(hyp: list[str], ref: list[str]) -> None:
    assert edits(hyp, ref) == translation_edit_rate(hyp, ref)[0]


@FEW
@given(st.data())
def test_ter_beyond_the_beam(data: st.DataObject) -> None:
    """Blocks moved or added further than the beam is wide."""
    letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
    ref = data.draw(st.lists(letters, min_size=28, max_size=50))
    start, size = data.draw(st.integers(0, 30)), data.draw(st.integers(0, 40))
    block = ref[start : start + size]
    rest = ref[:start] + ref[start + size :]
    place = data.draw(st.integers(0, len(rest)))
    extra = data.draw(st.lists(letters, max_size=30))
    hyp = rest[:place] + block + rest[place:] + extra
    if data.draw(st.booleans()):
        hyp, ref = ref, hyp
    assert edits(hyp, ref) == translation_edit_rate(hyp, ref)[0]


@pytest.mark.parametrize(("hyp", "ref"), [(1, 80), (80, 1), (3, 200), (200, 3), (26, 26), (60, 61)])
def test_ter_of_very_different_lengths(hyp: int, ref: int) -> None:
    ours, theirs = ["x", "y", "z"] * hyp, ["y", "z", "w", "x"] * ref
    ours, theirs = ours[:hyp], theirs[:ref]
    assert edits(ours, theirs) == translation_edit_rate(ours, theirs)[0]


TER_CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "ter.jsonl").read_text("utf-8").splitlines()
]


@pytest.mark.parametrize("case", TER_CASES, ids=[case["label"] for case in TER_CASES])
def test_ter_where_bounds_were_once_wrong(case: dict[str, Any]) -> None:
    """Each word a character; sacrebleu's edits beside them."""
    assert edits(list(case["hyp"]), list(case["ref"])) == case["edits"]


def test_ter_at_the_limit_of_candidates() -> None:
    """Few distinct words give more than 1,000 shifts to try; sacrebleu stops there."""
    ref = ["a", "b", "c", "a", "b"] * 8
    hyp = ["b", "a", "a", "c", "b", "c"] * 7
    assert edits(hyp, ref) == translation_edit_rate(hyp, ref)[0]


def wmt(shared: Path, year: str) -> tuple[dict[str, dict[str, float]], dict[str, Path], Path]:
    folder = shared / "data" / "mt" / f"wmt{year}_zhen"
    if not folder.is_dir():
        pytest.skip("the published WMT scores are not here")
    published: dict[str, dict[str, float]] = {}
    lines = (folder / "published_automatic_scores.tsv").read_text("utf-8").splitlines()[1:]
    for line in lines:
        _, system, _, _, metric, value = line.split("\t")
        published.setdefault(system, {})[metric] = float(value)
    paths = {
        path.name.split(".hyp.")[1].removesuffix(".en"): path for path in folder.glob("*.hyp.*.en")
    }
    return published, paths, next(folder.glob("*.ref.*.en"))


@pytest.mark.parametrize(("year", "ref"), [("21", "A"), ("23", "refA")])
def test_published_scores(shared: Path, year: str, ref: str) -> None:
    """Full-precision BLEU and chrF as WMT published them, for the first systems of each year."""
    published, paths, ref_path = wmt(shared, year)
    references = [[line] for line in ref_path.read_text("utf-8").split("\n")[:-1]]
    checked = 0
    for name, path in sorted(paths.items())[:2]:
        hyps = path.read_text("utf-8").split("\n")[:-1]
        for metric, own in (("bleu", score.Bleu()), ("chrf", score.Chrf())):
            expected = published.get(name, {}).get(f"{metric}-{ref}")
            if expected is not None:
                counts = score.count(own, hyps, references)
                assert own.score(score.total(counts).values) == expected, (name, metric)
                checked += 1
    assert checked >= 2


RAW_BLEU = {  # whole documents, sacrebleu's defaults
    "abacus-newsletter": 95.2,
    "zh-translated": 75.1,
    "ft-spun": 43.0,
    "scmp-blacklist": 91.7,
    "bt-funding": 98.8,
}


def test_whole_documents(shared: Path) -> None:
    pairs = [
        (
            name,
            (shared / "corpus" / "raw" / f"{name}.txt").read_text("utf-8"),
            name,
            (shared / "corpus" / "clean" / f"{name}.txt").read_text("utf-8"),
        )
        for name in RAW_BLEU
    ]
    scores = score.score_documents(pairs)
    assert {d.id: round(d.scores["bleu"], 1) for d in scores.documents} == RAW_BLEU
    reference = BLEU().corpus_score([p[1] for p in pairs], [[p[3] for p in pairs]]).score
    assert scores.corpus["bleu"] == reference


def test_contract() -> None:
    record = score.score_documents([("a", "one two", "b", "one two three")]).to_dict()
    assert list(record) == ["corpus", "signatures", "documents"]
    assert list(record["corpus"]) == ["bleu", "chrf", "ter"]
    assert list(record["documents"][0]) == ["id", "reference", "bleu", "chrf", "ter"]
    assert record["documents"][0]["ter"] == pytest.approx(100 / 3)
    assert record["signatures"]["bleu"].startswith("nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp")


def test_several_references() -> None:
    pair = score.Pair("a", "the cat sat", "r", ("a dog ran", "the cat sat"))
    scores = score.score_documents([pair])
    assert scores.corpus["ter"] == 0
    assert scores.signatures["ter"].startswith("nrefs:2")


@pytest.mark.parametrize(
    "pairs",
    [
        [],
        [("a", "x", "r", "x"), ("a", "y", "r", "y")],
        [score.Pair("a", "x", "r", ("x",)), score.Pair("b", "x", "r", ("x", "y"))],
        [score.Pair("a", "x", "r", ())],
    ],
    ids=["none", "twice", "uneven references", "no reference"],
)
def test_mismatches_are_errors(pairs: list[Any]) -> None:
    with pytest.raises(MismatchError):
        score.score_documents(pairs)


def test_two_hypotheses_against_one_reference() -> None:
    with pytest.raises(MismatchError, match="2 hypotheses against 1"):
        score.bleu(["a b c d", "e f g h"], ["a b c d"])


def test_unknown_metric() -> None:
    with pytest.raises(ConfigError, match="did you mean 'bleu'"):
        score.score_documents([("a", "x", "r", "x")], ScoreConfig(metrics=("blue",)))


def test_counts_of_other_metrics_do_not_add() -> None:
    with pytest.raises(MismatchError):
        score.Counts("ter", (1, 2)) + score.Counts("bleu", (1, 2))


@FEW
@given(st.lists(st.tuples(TEXT, TEXT), min_size=2, max_size=6), st.integers(1, 5))
def test_shards_add_up(pairs: list[tuple[str, str]], cut: int) -> None:
    for metric in score.METRICS.values():
        counts = score.count(metric, [p[0] for p in pairs], [[p[1]] for p in pairs])
        cut = min(cut, len(pairs) - 1)
        parts = score.total(counts[:cut]) + score.total(counts[cut:])
        assert parts == score.total(counts)


HYPS = ["the cat sat on the mat", "it rained all day long", "we went home", "a dog barked at me"]
OTHERS = ["the cat is on a mat", "it rained the whole day", "we went home", "dogs bark at me a lot"]
REFS = ["the cat sat on a mat", "it rained all day", "we walked home", "a dog barked at us"]


@pytest.mark.parametrize("kind", ["bs", "ar"])
@pytest.mark.parametrize("metric", ["bleu", "chrf", "ter"])
def test_significance_is_sacrebleus(metric: str, kind: str) -> None:
    hyps, others, refs = HYPS * 3, OTHERS * 3, REFS * 3
    theirs: Any = {"bleu": BLEU(), "chrf": CHRF(), "ter": TER()}[metric]
    samples = 100
    systems: Any = [("base", hyps), ("new", others)]
    _, expected = PairedTest(systems, {metric: theirs}, [refs], kind, n_samples=samples)()
    result: Any = expected[next(name for name in expected if name != "System")][1]
    own = score.METRICS[metric]
    groups = [[ref] for ref in refs]
    compared = score.compare(
        own,
        score.count(own, hyps, groups),
        score.count(own, others, groups),
        test="bootstrap" if kind == "bs" else "randomisation",
        samples=samples,
    )
    assert compared.p_value == result.p_value
    assert compared.score == result.score
    if compared.interval:
        assert compared.interval.mean == pytest.approx(float(result.mean), rel=1e-6)
        assert compared.interval.margin == pytest.approx(float(result.ci), rel=1e-6)


def test_interval_is_sacrebleus() -> None:
    expected: Any = BLEU().corpus_score(HYPS * 5, [REFS * 5], n_bootstrap=200)
    counts = score.count(score.Bleu(), HYPS * 5, [[ref] for ref in REFS * 5])
    found = score.interval(score.Bleu(), counts, samples=200)
    assert found.mean == pytest.approx(expected._mean, rel=1e-9)
    assert found.margin == pytest.approx(expected._ci, rel=1e-9)


def test_groups() -> None:
    metric = score.Chrf()
    refs = [[ref] for ref in REFS * 10]
    systems = {
        "noise": score.count(metric, ["xyz qqq"] * 40, refs),
        "good": score.count(metric, HYPS * 10, refs),
        "same": score.count(metric, HYPS * 10, refs),
    }
    assert score.groups(metric, systems, samples=100) == (("good", "same"), ("noise",))


def test_attribution_adds_up() -> None:
    stages = [("raw", "teh cat sat. Advert"), ("chrome", "teh cat sat."), ("spell", "the cat sat.")]
    gains = score.attribute(stages, "the cat sat.")
    assert [gain.stage for gain in gains] == ["raw", "chrome", "spell"]
    assert gains[0].gained["chrf"] == 0
    assert gains[1].gained["chrf"] > 0
    assert gains[2].gained["ter"] < 0
    whole = sum(gain.gained["chrf"] for gain in gains) + gains[0].scores["chrf"]
    assert whole == pytest.approx(100)
    before, after = [g.counts["chrf"] for g in gains[:2]]
    assert score.gain_interval(score.Chrf(), [before] * 3, [after] * 3, samples=50).score > 0


def test_aligned_scores_show_their_coverage() -> None:
    ref = "The harbour was closed for a day. Two ships waited outside. The storm passed at night."
    hyp = "The harbour was closed for a day. The storm passed at night."
    pair = score.Pair("a", hyp, "r", (ref,))
    scores = score.score_aligned([pair], [align(hyp, ref)])
    document = scores.documents[0].to_dict()
    assert document["ter"] == 0
    assert document["coverage"]["hyp"] == 1
    assert document["coverage"]["ref"] == pytest.approx(0.66, abs=0.05)


@pytest.mark.parametrize(
    ("hyps", "ref", "reasons"),
    [
        (["A sound text of six words."], "A sound text of seven words.", 0),
        (["A sound text of six words."], "A so", 1),
        (["Ein schöner Tag."], "Ein schÃ¶ner Tag.", 1),
        (
            [
                "the minister spoke to the press",
                "the minister spoke to press",
                "the minister spoke to the media",
            ],
            "cows graze on green hills all day",
            1,
        ),
    ],
    ids=["sound", "cut off", "mojibake", "consensus"],
)
def test_doubts(hyps: list[str], ref: str, reasons: int) -> None:
    assert len(score.doubts(hyps, ref)) == reasons


@pytest.mark.skipif("unspun.scoring._grams" not in kernels.loaded(), reason="no compiled kernel")
@settings(deadline=None)
@given(
    st.lists(st.tuples(st.text(max_size=40), st.text(max_size=40)), min_size=1, max_size=4),
    st.integers(1, 8),
)
@example([("", ""), ("a", ""), ("", "a")], 6)
@example([("ab" * 300, "ba" * 200), ("\0\0a", "\0a\0"), ("\ud800a\U0010ffff", "a\U0010ffff")], 6)
@example([("".join(map(chr, range(0x100, 0x900))), "".join(map(chr, range(0x200, 0x700))))], 6)
def test_letters_are_counted_alike(pairs: list[tuple[str, str]], order: int) -> None:
    metric = score.Chrf(char_order=order, whitespace=True)
    sides = [left for left, _ in pairs], [right for _, right in pairs]
    counted = metric.statistics(sides[0], [[right] for right in sides[1]])
    assert counted == metric.plain_characters(*sides)


def test_long_n_grams_are_counted_without_the_kernel() -> None:
    assert score.Chrf(char_order=40).statistics(["a" * 50], [["a" * 45]])[0][-3:] == (11, 6, 6)


@settings(deadline=None)
@given(*[st.lists(st.sampled_from(["a", "b", "c", "d", "\ud800"]), max_size=40)] * 2)
def test_words_are_counted_alike(hyp: list[str], ref: list[str]) -> None:
    metric = score.Bleu(tokenize="none")
    counted = metric.statistics([" ".join(hyp)], [[" ".join(ref)]])[0]
    assert list(counted[2:6]) == metric.plain_correct(hyp, [ref])
