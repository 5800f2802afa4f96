"""The language model: tokens, estimates against a textbook, the file, the shipped model."""

from __future__ import annotations

import json
import math
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from hashlib import sha1
from itertools import pairwise
from pathlib import Path
from time import perf_counter

import numpy as np
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from unspun import tables
from unspun.errors import ModelError
from unspun.lm import LanguageModel, Vocabulary, fuse, sentence_initial, tokenise
from unspun.lm.build import costs, quantise, to_bytes
from unspun.lm.estimate import Grams, estimate
from unspun.lm.mixture import mix_models
from unspun.lm.prune import prune
from unspun.lm.vocabulary import SPECIAL, lowered_ids, plain_form
from unspun.lm.words import words_of

SHIPPED = "english.lm"
TRAINER = Path(__file__).parent.parent / "tools" / "train_lm.py"

# Sentences of our own: a small world in which most things happen more than once.
CORPUS = [
    "the cat sat on the mat .",
    "the cat sat on the chair .",
    "the dog sat on the mat .",
    "a dog saw the cat on the mat .",
    "a cat saw the dog on the chair .",
    "the dog saw a cat .",
    "the cat saw a dog .",
    "on the mat the cat slept .",
    "on the chair the dog slept .",
    "the cat slept on the mat .",
]


def vocabulary_of(sentences: Sequence[str]) -> Vocabulary:
    counts = Counter(word for sentence in sentences for word in sentence.split())
    forms = [*SPECIAL, *sorted(counts)]
    return Vocabulary(forms, lowered_ids(forms, np.array([counts[f] for f in forms])))


def corpus_ids(sentences: Sequence[str], vocabulary: Vocabulary) -> tuple[np.ndarray, np.ndarray]:
    ids, documents = [], []
    for number, sentence in enumerate(sentences):
        for word in ("<s>", *sentence.split()):
            ids.append(0 if word == "<s>" else vocabulary.id_of(word))
            documents.append(number)
    return np.array(ids, dtype=np.int32), np.array(documents, dtype=np.int32)


def build(sentences: Sequence[str], order: int, min_count: int = 1) -> LanguageModel:
    vocabulary = vocabulary_of(sentences)
    model = estimate(*corpus_ids(sentences, vocabulary), len(vocabulary), order, min_count)
    return opened(model, vocabulary)


def opened(model: list[Grams], vocabulary: Vocabulary) -> LanguageModel:
    return LanguageModel(np.frombuffer(to_bytes(model, vocabulary, {}), dtype=np.uint8))


class Textbook:
    """Interpolated modified Kneser-Ney as Chen and Goodman write it, over dictionaries."""

    def __init__(self, sentences: Sequence[Sequence[int]], order: int, size: int) -> None:
        self.size = size
        self.counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(order + 1)]
        for sentence in sentences:
            for n in range(1, order + 1):
                for end in range(n, len(sentence) + 1):
                    gram = tuple(sentence[end - n : end])
                    if gram[-1] != 0:
                        self.counts[n][gram] += 1
        for n in range(1, order):
            left: Counter[tuple[int, ...]] = Counter()
            for gram in self.counts[n + 1]:
                left[gram[1:]] += 1
            opening = {g: c for g, c in self.counts[n].items() if g[0] == 0}
            self.counts[n] = Counter({**left, **opening})
        self.discounts = [self.discount(Counter(c.values())) for c in self.counts]
        self.followers: list[dict[tuple[int, ...], list[int]]] = []
        for counts in self.counts:
            followers: dict[tuple[int, ...], list[int]] = defaultdict(list)
            for gram, count in counts.items():
                followers[gram[:-1]].append(count)
            self.followers.append(followers)

    @staticmethod
    def discount(of: Counter[int]) -> list[float]:
        if not all(of[n] for n in (1, 2, 3, 4)):
            return [0.0, 0.5, 0.5, 0.5]
        y = of[1] / (of[1] + 2 * of[2])
        raw = [0.0] + [n - (n + 1) * y * of[n + 1] / of[n] for n in (1, 2, 3)]
        return [min(max(d, 0.0), float(n)) for n, d in enumerate(raw)]

    def p(self, gram: tuple[int, ...]) -> float:
        if not gram:
            return 1 / (self.size - 1)
        n = len(gram)
        followers = self.followers[n].get(gram[:-1])
        if not followers:
            return self.p(gram[1:])
        discount = self.discounts[n]
        total = sum(followers)
        share = sum(discount[min(c, 3)] for c in followers) / total
        count = self.counts[n].get(gram, 0)
        own = max(count - discount[min(count, 3)], 0.0) / total
        return own + share * self.p(gram[1:])


# --- tokens ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("They don't know.", ["They", "don't", "know", "."]),
        ("China’s start-up", ["China", "’s", "start", "-", "up"]),
        ("O'Brien'll go", ["O'Brien", "'ll", "go"]),
        ("raised $2bn (£1.5bn)", ["raised", "$", "2bn", "(", "£", "1.5bn", ")"]),
        ("version 2.0, not two.0", ["version", "2.0", ",", "not", "two", ".", "0"]),
        ("1,200,000 in the 1990s", ["1,200,000", "in", "the", "1990s"]),
        ("the U.S.-led talks at 9 a.m. today",
         ["the", "U.S.", "-", "led", "talks", "at", "9", "a.m.", "today"]),
        ("Mr. Hill met Gen. Roe in Nov. 2020.",
         ["Mr.", "Hill", "met", "Gen.", "Roe", "in", "Nov.", "2020", "."]),
        ("G7 and Rmb3.4bn", ["G7", "and", "Rmb3.4bn"]),
        ("see https://example.org/a?b=c.", ["see", "https://example.org/a?b=c", "."]),
        ("‘wait’ ... or -- no", ["‘", "wait", "’", "...", "or", "--", "no"]),
        ("the boys' 'club'", ["the", "boys", "'", "'", "club", "'"]),
        ("", []),
    ],
)  # fmt: skip
def test_tokens(text: str, words: list[str]) -> None:
    assert tokenise(text).words == words


@given(st.text() | st.text(alphabet="aB.,'’- 1$\n"))
def test_tokens_cover_everything_but_white_space(text: str) -> None:
    tokens = tokenise(text)
    spans = list(zip(tokens.starts, tokens.ends, strict=True))
    assert [text[start:end] for start, end in spans] == tokens.words
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert "".join(tokens.words) == "".join(text.split())
    assert words_of(text) == tokens.words
    assert sentence_initial(tokens.words) == tokens.initial()


@pytest.mark.timeout(10)
@pytest.mark.parametrize("unit", ["a.", "'", "a'", "1,", "-", "http://", "www..", "é", "a1."])
def test_tokens_of_hostile_text_take_linear_time(unit: str) -> None:
    assert "".join(tokenise(unit * 100_000).words) == unit * 100_000


# --- words and ids --------------------------------------------------------------------------


def test_no_figure_of_two_digits_stays_in_a_plain_form() -> None:
    cases = {"7": "7", "12": "00", "2.0": "0.0", "1,250": "0,000", "2019": "<year>",
             "1990s": "<year>s", "17m": "00m", "123456789": "00000", "don’t": "don't",
             "“": '"', "–": "—", "www.example.org": "<url>", "word": "word"}  # fmt: skip
    assert {word: plain_form(word) for word in cases} == cases


def test_case_counts_where_it_tells_something() -> None:
    forms = [*SPECIAL, "the", "The", "London", "london", "may", "May", "."]
    counts = np.array([0] * len(SPECIAL) + [90, 1, 50, 1, 40, 30, 99])
    vocabulary = Vocabulary(forms, lowered_ids(forms, counts))
    words = ["The", "May", "London", ".", "May", "The", "THE", "LONDON"]
    ids = vocabulary.encode(words, initial=True)
    named = [forms[number] for number in ids]
    assert named == ["the", "May", "London", ".", "may", "The", "The", "London"]
    assert [forms[n] for n in vocabulary.encode(["The"], initial=False)] == ["The"]


def test_unknown_words_fall_into_classes() -> None:
    vocabulary = vocabulary_of(CORPUS)
    words = ["the", "zebra", "Zebra", "NASA", "ZX81", "§", "CAT"]
    named = [vocabulary.forms[vocabulary.id_of(word)] for word in words]
    assert named == ["the", "<unk>", "<Unk>", "<UNK>", "<num>", "<mark>", "cat"]
    assert [vocabulary.is_unknown(word) for word in words] == [False, *[True] * 5, False]
    assert vocabulary.encode([]).shape == (0,)


# --- estimates ------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [2, 3, 4])
def test_estimates_equal_the_textbook(order: int) -> None:
    sentences = CORPUS + [f"{a} {b} ." for a in ("the", "a") for b in ("cat", "dog", "mat")]
    lm = build(sentences, order)
    ids = [[0, *(int(i) for i in lm.encode(s.split()))] for s in sentences]
    oracle = Textbook(ids, order, len(lm.vocabulary))
    rng = random.Random(order)
    rows = []
    for _ in range(2000):
        gram = [rng.randrange(len(lm.vocabulary)) for _ in range(order - 1)]
        if rng.random() < 0.8:
            sentence = rng.choice(ids)
            end = rng.randrange(1, len(sentence))
            gram = sentence[max(0, end - order + 1) : end]
        rows.append([-1] * (order - 1 - len(gram)) + gram + [rng.randrange(1, len(lm.vocabulary))])
    expected = [math.log(oracle.p(tuple(i for i in row if i >= 0))) for row in rows]
    got = lm.score(np.array(rows, dtype=np.int32))
    assert np.allclose(got, expected, atol=0.003)  # unigrams are kept in 16 bits


@pytest.mark.parametrize("min_count", [1, 2])
@pytest.mark.parametrize("budget", [1e9, 200.0])
def test_probabilities_sum_to_one_in_every_context(min_count: int, budget: float) -> None:
    vocabulary = vocabulary_of(CORPUS)
    ids, documents = corpus_ids(CORPUS, vocabulary)
    model = estimate(ids, documents, len(vocabulary), 4, min_count)
    lm = opened(prune(model, costs(4), budget), vocabulary)
    for context in [(-1, -1, -1), (-1, -1, 0), *zip(ids, ids[1:], ids[2:], strict=False)]:
        assert total_probability(lm, context) == pytest.approx(1, abs=0.003)


def total_probability(lm: LanguageModel, context: Sequence[int]) -> float:
    words = np.arange(1, len(lm.vocabulary), dtype=np.int32)
    before = np.tile(np.array(context, dtype=np.int32), (len(words), 1))
    scores = lm.score(np.concatenate([before, words[:, None]], axis=1))
    return float(np.exp(scores.astype(np.float64)).sum())


def test_a_mixture_is_the_weighted_mean_of_its_parts() -> None:
    vocabulary = vocabulary_of(CORPUS)
    parts = [
        estimate(*corpus_ids(half, vocabulary), len(vocabulary), 3, 1)
        for half in (CORPUS[:5], CORPUS[5:])
    ]
    one, two, both = (opened(m, vocabulary) for m in (*parts, mix_models(parts, [0.75, 0.25])))
    ids, _ = corpus_ids(CORPUS, vocabulary)
    grams = np.lib.stride_tricks.sliding_window_view(ids, 3)
    grams = grams[(grams[:, 2] != 0) & (grams[:, 1] != 0)]
    mean = 0.75 * np.exp(one.score(grams)) + 0.25 * np.exp(two.score(grams))
    assert np.allclose(np.exp(both.score(grams)), mean, rtol=0.01)
    assert total_probability(both, (-1, int(ids[1]))) == pytest.approx(1, abs=0.003)


def test_pruning_takes_what_matters_least_and_keeps_the_model_closed() -> None:
    vocabulary = vocabulary_of(CORPUS)
    ids, documents = corpus_ids(CORPUS, vocabulary)
    model = estimate(ids, documents, len(vocabulary), 4, 1)
    full = sum(len(grams) for grams in model[1:])
    half = prune(model, [0, 1, 1, 1], full / 2)
    assert 0 < sum(len(grams) for grams in half[1:]) <= full / 2
    for lower, grams in pairwise(half):
        assert grams.context.min(initial=0) >= 0
        assert grams.suffix.min(initial=0) >= 0
        assert max(grams.context.max(initial=0), grams.suffix.max(initial=0)) < len(lower)

    def perplexity(kept: list[Grams]) -> float:
        lm = opened(kept, vocabulary)
        rows = [lm.windows(lm.encode(s.split())) for s in CORPUS]
        return float(np.exp(-lm.score(np.concatenate(rows)).mean()))

    assert perplexity(model) < perplexity(half) < perplexity(prune(model, costs(4), 0))


def test_no_passage_of_one_document_is_kept() -> None:
    """What only one document says leaves no n-gram of three words behind, however often said."""
    told_once = "a zebra told nobody why it slept on the mat ."
    sentences = [*CORPUS, " ".join([told_once] * 5)]
    vocabulary = vocabulary_of(sentences)
    ids, documents = corpus_ids(sentences, vocabulary)
    model = estimate(ids, documents, len(vocabulary), 4)
    elsewhere = {
        tuple(words[i : i + n])
        for words in map(str.split, CORPUS)
        for n in (3, 4)
        for i in range(len(words) - n + 1)
    }
    columns: list[list[np.ndarray]] = [[model[0].word]]
    for grams in model[1:]:
        columns.append([*(c[grams.context] for c in columns[-1]), grams.word])
    kept = {
        tuple(vocabulary.forms[i] for i in gram)
        for rows in columns[2:]
        for gram in zip(*rows, strict=True)
    }
    assert kept
    assert {gram for gram in kept if "<s>" not in gram} <= elsewhere


def test_training_twice_gives_equal_bytes() -> None:
    vocabulary = vocabulary_of(CORPUS)
    ids, documents = corpus_ids(CORPUS, vocabulary)
    files = {to_bytes(estimate(ids, documents, len(vocabulary), 3), vocabulary, {"a": 1})
             for _ in range(2)}  # fmt: skip
    assert len(files) == 1


def write_zst(path: Path, lines: Sequence[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(zstandard.compress("".join(line + "\n" for line in lines).encode()))


def test_the_command_trains_leaves_out_what_is_tested_and_repeats_itself(tmp_path: Path) -> None:
    names = [f"story-{number}" for number in range(200)]
    remainders = {name: int(sha1(name.encode(), usedforsecurity=False).hexdigest(), 16) % 20
                  for name in names}  # fmt: skip
    documents = [
        {"doc": name, "rate": 0.96, "spun": [], "original": [f"{word} cat sat on the mat."]}
        for word, held in (("Tested", True), ("Trained", False))
        for name in [next(n for n in names if (remainders[n] < 2) is held)]
    ]
    text = [f"{word} cat sat on the mat." for word in ("Tested", "Trained") for _ in range(9)]
    write_zst(tmp_path / "lm-text/news_a.txt.zst", [*CORPUS, *text])
    write_zst(tmp_path / "lm-text/prose_b.txt.zst", [f"{line} Indeed!" for line in CORPUS])
    write_zst(tmp_path / "spun/parallel-train.jsonl.zst", [json.dumps(d) for d in documents])
    outputs = [tmp_path / "one.lm", tmp_path / "two.lm"]
    for output in outputs:
        command = [sys.executable, str(TRAINER), str(tmp_path), "-o", str(output)]
        options = ["--min-word-count", "1", "--share", "news=0.7", "--share", "prose=0.3"]
        subprocess.run([*command, *options], check=True, capture_output=True)
    assert outputs[0].read_bytes() == outputs[1].read_bytes()
    lm = LanguageModel.open(outputs[0])
    assert not lm.vocabulary.is_unknown("Trained")
    assert lm.vocabulary.is_unknown("Tested")
    assert lm.info["tokens"]["news"] == sum(len(words_of(line)) for line in [*CORPUS, text[-1]])


# --- tables and file ------------------------------------------------------------------------


@given(st.sets(st.integers(0, 2**64 - 1), min_size=1, max_size=300))
def test_fuse_tables_give_back_what_was_put_in(keys: set[int]) -> None:
    array = np.array(sorted(keys), dtype=np.uint64)
    values = np.arange(len(array), dtype=np.uint16)
    shape, (prints, cells) = fuse.build(array, [values], 1)
    mixed = fuse.mix(array, shape.seed)
    one, two, three = fuse.cells_of(mixed, shape)
    assert np.array_equal(prints[one] ^ prints[two] ^ prints[three], fuse.fingerprints(mixed))
    assert np.array_equal(cells[one] ^ cells[two] ^ cells[three], values)


def test_fuse_tables_rarely_take_a_stranger_for_a_key() -> None:
    rng = np.random.default_rng(7)
    keys = rng.integers(0, 2**63, 20_000, dtype=np.uint64)
    shape, (prints,) = fuse.build(keys, [], 1)
    mixed = fuse.mix(rng.integers(2**63, 2**64, 1_000_000, dtype=np.uint64), shape.seed)
    one, two, three = fuse.cells_of(mixed, shape)
    wrong = np.count_nonzero(
        (prints[one] ^ prints[two] ^ prints[three]) == fuse.fingerprints(mixed)
    )
    assert wrong < 40  # one in 65,536 is 15 of them


def test_fuse_tables_refuse_a_key_given_twice() -> None:
    with pytest.raises(ValueError, match="distinct"):
        fuse.build(np.array([5, 5, 5], dtype=np.uint64), [], 1)


@given(st.lists(st.floats(-30, 0, width=32), max_size=600))
def test_quantised_values_stay_in_order_and_zero_stays_zero(values: list[float]) -> None:
    array = np.array(values, dtype=np.float32)
    codes, levels = quantise(array)
    back = levels[codes]
    assert np.all(back[array == 0] == 0)
    assert np.all(np.diff(back[np.argsort(array)][np.sort(array) < 0]) >= -1e-6)
    if len(np.unique(array)) < 100 and len(array) < 256:
        assert np.allclose(back, array, atol=1e-5)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    good = to_bytes(estimate(*corpus_ids(CORPUS, vocabulary_of(CORPUS)), 30, 2, 1),
                    vocabulary_of(CORPUS), {})  # fmt: skip
    cases = [
        ("no language model", b"something else"),
        ("no language model", b""),
        ("no language model", good[:12]),
        ("of version 9", good[:8] + b"\x09" + good[9:]),
        ("damaged", good[:16] + b"?" + good[17:]),
        ("damaged", good[:16] + b"{}" + b" " * 4094 + good[4112:]),
        ("cut short", good[:-200]),
    ]
    for message, data in cases:
        path = tmp_path / "x.lm"
        path.write_bytes(data)
        with pytest.raises(ModelError, match=message):
            LanguageModel.open(path)


def test_scoring_takes_any_shape_of_context() -> None:
    lm = build(CORPUS, 3)
    ids = lm.encode(["the", "cat", "sat"])
    wide = lm.score(np.array([[-1, -1, ids[0]], [-1, ids[0], ids[1]]], dtype=np.int32))
    assert wide[0] == lm.score(ids[:1, None])[0]
    assert wide[1] == lm.score(ids[None, :2])[0]
    assert lm.score(np.empty((0, 3), dtype=np.int32)).shape == (0,)
    assert lm.logprob("") == 0
    assert lm.logprob("the cat sat") == pytest.approx(float(lm.score(lm.windows(ids)).sum()))
    with pytest.raises(ValueError, match="order 3"):
        lm.score(np.zeros((1, 4), dtype=np.int32))


# --- the shipped model ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def shipped() -> LanguageModel:
    return LanguageModel.open(tables.path(SHIPPED))


def test_shipped_model_opens_at_once_and_fits() -> None:
    began = perf_counter()
    lm = LanguageModel.open(tables.path(SHIPPED))
    lm.encode(["the"])
    assert perf_counter() - began < 0.5
    assert tables.path(SHIPPED).stat().st_size <= 34_000_000
    assert lm.order >= 4


def test_shipped_model_sums_to_one(shipped: LanguageModel) -> None:
    texts = ["The company said on", "Hong Kong 's government will", "of the", "Zebras qwx in a"]
    for text in texts:
        ids = shipped.encode(words_of(text), initial=True)
        context = shipped.windows(ids)[-1, 1:].tolist()
        assert total_probability(shipped, context) == pytest.approx(1, abs=0.03)


@pytest.mark.parametrize(
    ("clean", "spun"),
    [
        ("The company said its profits rose last year.",
         "The corporate stated its earnings rose final 12 months."),
        ("Artificial intelligence will change the way people work.",
         "Synthetic intelligence will change the best way folks work."),
        ("The Hang Seng index fell 2 per cent in Hong Kong.",
         "The Dangle Seng index fell 2 per cent in Hong Kong."),
        ("The Bank of Israel raised interest rates on May 15.",
         "The Financial institution of Israel raised rates of interest on Could 15."),
        ("The United States and China held talks during the Cold War.",
         "The US and China held talks through the Chilly Conflict."),
    ],
)  # fmt: skip
def test_shipped_model_prefers_clean_wording(shipped: LanguageModel, clean: str, spun: str) -> None:
    def per_word(text: str) -> float:
        return shipped.logprob(text) / len(words_of(text))

    assert per_word(clean) > per_word(spun) + 0.3


def test_scores_do_not_depend_on_the_batch(shipped: LanguageModel) -> None:
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 5000, (40_000, shipped.order), dtype=np.int32)
    rows[:, 0][rng.random(len(rows)) < 0.3] = -1
    whole = shipped.score(rows)
    parts = np.concatenate([shipped.score(part) for part in np.array_split(rows, 7)])
    assert np.array_equal(whole, parts)
