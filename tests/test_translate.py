"""Translation: what is residue, what must survive, and that every translation can be taken back."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tiny_model
import unspun
from strategies import texts
from unspun import batches, decode, edits, pipeline, tagging, translators
from unspun.checking import Terms
from unspun.config import Config, TagConfig, TranslateConfig
from unspun.errors import ConfigError, InputError, ModelError
from unspun.model import Document
from unspun.pipeline import Result
from unspun.protocol import Answer, Answers, Translator, Usage
from unspun.translation import checks, masks
from unspun.translation.passages import passages
from unspun.translation.segments import MOST, Segment, fitted, segments
from unspun.translators import folders
from unspun.workers import Limits

PAGE = """The harbour was closed on Monday, and nobody was told.

市长昨天公布了新计划。他们在2024年花10.5亿元修好旧桥。请打开 https://example.org/a/b 读报告！

Residents waited for three days because of 风暴和雾 in the bay. A name (灯塔委员会) was given.
"""
TRANSLATED = """The harbour was closed on Monday, and nobody was told.

The mayor yesterday announced new plan. They in 2024 spent 10.5 hundred million yuan repaired \
old bridge. Please Open https://example.org/a/b read report!

Residents waited for three days because of the storm and fog in the bay. \
A name (灯塔委员会) was given.
"""


@pytest.fixture(scope="session")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real model of Chinese into English that knows forty words."""
    return tiny_model.build(tmp_path_factory.mktemp("models") / "toy-zh-en")


def config(toy: Path, **more: object) -> Config:
    values = {"to": "en", "models": [str(toy)], **more}
    return Config.from_dict({"translate": values})


def flow(text: str, chosen: Config, engine: Translator | None = None) -> Result:
    engine = engine or translators.open_engine(chosen.translate)
    stages = pipeline.TRANSLATE
    return pipeline.process(Document("x", text), chosen, stages=stages, translator=engine)


class Engine:
    """An engine whose answers a test chooses, to see what becomes of bad ones."""

    name = "test"

    def __init__(self, *answers: str | None, glossary: Terms | None = None) -> None:
        self.answers = answers
        self.glossary: Terms = glossary or {}
        self.asked: list[str] = []

    def placeholder(self, source: str, target: str) -> str:  # noqa: ARG002
        return "⟦{}⟧"

    def translate(
        self,
        segments: Sequence[str],
        source: str,  # noqa: ARG002
        target: str,  # noqa: ARG002
    ) -> Answers:
        items = []
        for segment in segments:
            text = self.answers[min(len(self.asked), len(self.answers) - 1)]
            self.asked.append(segment)
            items.append(Answer(text, reason="engine: mute"))
        return Answers(tuple(items), "0", Usage(1, len(segments)))


def test_residue_is_translated_and_nothing_else(toy: Path) -> None:
    result = flow(PAGE, config(toy))
    assert result.text == TRANSLATED
    assert [e.before for e in result.ledger] == [
        "市长昨天公布了新计划。",
        "他们在2024年花10.5亿元修好旧桥。",
        "请打开 https://example.org/a/b 读报告！",
        "风暴和雾",
    ]
    hash_ = result.translation.models[0][1] if result.translation else ""
    assert {e.rule for e in result.ledger} == {f"ctranslate2:{hash_}:zh-Hans:en"}
    assert {e.stage for e in result.ledger} == {"translate"}
    assert edits.undo(result.text, result.ledger) == PAGE


def test_translated_text_is_left_alone_afterwards(toy: Path) -> None:
    again = flow(TRANSLATED, config(toy))
    assert (again.text, again.ledger) == (TRANSLATED, ())


def test_off_unless_a_language_is_named() -> None:
    assert translators.open_engine(Config().translate) is None
    result = pipeline.process(Document("x", PAGE), Config())
    assert not any(e.stage == "translate" for e in result.ledger)
    assert "translate" not in [s.stage for s in result.snapshots]


def test_quality_sees_the_translated_text(toy: Path) -> None:
    chosen = config(toy)
    engine = translators.open_engine(chosen.translate)
    before = pipeline.process(Document("x", PAGE), chosen)
    after = pipeline.process(Document("x", PAGE), chosen, translator=engine)
    assert before.quality is not None
    assert after.quality is not None
    residue = [
        {p.name: p.value for p in r.quality.parts}["residue"] for r in (before, after) if r.quality
    ]
    assert residue[1] < residue[0]
    assert [s.stage for s in after.snapshots][-1] == "translate"


@pytest.mark.parametrize(
    ("what", "translated"),
    [("spans", 4), ("paragraphs", 3), ("documents", 0)],
)
def test_what_is_translated_is_chosen(toy: Path, what: str, translated: int) -> None:
    english = "The bridge has been closed to all traffic since the flood of last winter. " * 3
    result = flow(f"{english}\n\n{PAGE}", config(toy, what=what))
    assert len(result.ledger) == translated


def test_languages_not_asked_for_stay(toy: Path) -> None:
    assert flow(PAGE, config(toy, languages=["ja"])).ledger == ()
    assert len(flow(PAGE, config(toy, languages=["zh"])).ledger) == 4


RESIDUE = [
    ("They met at the old mill (灯塔委员会) and left.", []),
    ("The sign said 出口 in red.", []),
    ("Der Vertrag wurde gestern in Wien unterschrieben.", ["de"]),
    ("Voilà.", ["fr"]),
    ("The town council met.\n\n今年渡船关闭了。\n\nIt rained all day long.", ["zh"]),
    ("The town council met, 今年渡船关闭了, and it rained all day long.", ["zh"]),
    ("", []),
    ("1234 5678\n\n***", []),
]


@pytest.mark.parametrize(("text", "languages"), RESIDUE)
def test_what_counts_as_residue(text: str, languages: list[str]) -> None:
    chosen = TranslateConfig(to="en")
    found = passages(text, tagging.tag(text, TagConfig()), chosen)
    assert [p.language.split("-")[0] for p in found] == languages


def test_long_passages_are_cut_and_nothing_is_lost() -> None:
    text = "今年渡船关闭了，" * 200 + "因为风暴。"
    chosen = TranslateConfig(to="en")
    cut = segments(text, passages(text, tagging.tag(text, TagConfig()), chosen))
    assert all(len(s.text) <= MOST for s in cut)
    assert "".join(s.text for s in cut) == text


@pytest.mark.parametrize(
    ("text", "hidden", "shown"),
    [
        ("打开 https://example.org/a 吧", 1, "打开 ⟦0⟧ 吧"),
        ("<b>新</b>计划", 2, "⟦0⟧新⟦1⟧计划"),
        ("{name}你好，%s和${x}", 3, "⟦0⟧你好，⟦1⟧和⟦2⟧"),
        ("写信给 a.b@example.org。", 1, "写信给 ⟦0⟧。"),
        ("没有别的", 0, "没有别的"),
        ("涨了5%，到30", 0, "涨了5%，到30"),
    ],
)
def test_what_no_engine_may_touch_is_hidden(text: str, hidden: int, shown: str) -> None:
    masked = masks.mask(text, "⟦{}⟧")
    assert (masked.text, len(masked.parts)) == (shown, hidden)
    assert masks.unmask(masked.text, masked) == text


@pytest.mark.parametrize("template", ["⟦{}⟧", "{{{}}}", '<x id="{}"/>', "X{}X", "__{}__"])
@given(text=texts)
def test_hiding_and_putting_back_is_the_identity(template: str, text: str) -> None:
    masked = masks.mask(text, template, {"登录": ("登录",)}, names=True)
    if template.format(0)[:1] not in text and "X" not in text and "_" not in text:
        assert masks.unmask(masked.text, masked) == text
    assert masks.joined(masks.pieces(masked), masked).replace(" ", "") == text.replace(" ", "") or (
        template.format(0)[:1] in text or "X" in text or "_" in text
    )


@pytest.mark.parametrize(
    ("answer", "restored"),
    [
        ("Open ⟦0⟧ now", "Open {a} now"),
        ("Open ⟦ 0 ⟧ now", "Open {a} now"),
        ("Open now", None),
        ("Open ⟦0⟧ ⟦0⟧ now", None),
        ("Open ⟦0⟧ ⟦7⟧ now", None),
    ],
)
def test_a_placeholder_must_come_back_once(answer: str, restored: str | None) -> None:
    assert masks.unmask(answer, masks.mask("打开{a}吧", "⟦{}⟧")) == restored


BAD = [
    ("营收为174亿元。", "Revenue was 1.74 billion yuan.", "number"),
    ("今年有30人。", "This year there were people.", "number"),
    ("他们打开了 https://example.org/a 。", "They opened https://example.org/b .", "link"),
    ("你好，{name}！", "Hello!", "placeholder"),
    ("<b>新</b>计划", "<b>new plan", "tag"),
    ("OpenAI公布了新计划。", "They announced a new plan.", "name"),
    ("市长公布了新计划。", "市长公布了新计划。", "untranslated"),
    ("市长公布了新计划。", "   ", "empty"),
    ("市长公布了新计划。", "The plan. " * 40, "repetition"),
    ("市长公布了新计划和报告，居民等了三天。", "Yes.", "length"),
    ("灯塔修好了。", "The light is repaired.", "term"),
]
GOOD = [
    ("营收为17.4亿元。", "Revenue was 1.74 billion yuan."),
    ("2021年3月5日开放。", "It opened on 5 March 2021."),
    ("今年有3人。", "There were three people this year."),
    ("OpenAI公布了GPT-4。", "OpenAI announced GPT-4."),
    ("灯塔修好了。", "The lighthouse was repaired."),
    ("<b>新</b>计划", "<b>New</b> plan"),
    ("你好，{name}！", "Hello, {name}!"),
]
TERMS: Terms = {"灯塔": ("lighthouse",)}


@pytest.mark.parametrize(("source", "answer", "kind"), BAD)
def test_what_a_bad_answer_is_refused_for(source: str, answer: str, kind: str) -> None:
    assert kind in [p.kind for p in checks.problems(source, answer, ("zh-Hans", "en"), TERMS)]


@pytest.mark.parametrize(("source", "answer"), GOOD)
def test_good_answers_pass(source: str, answer: str) -> None:
    assert checks.problems(source, answer, ("zh-Hans", "en"), TERMS) == []


def test_a_failed_check_keeps_the_source_and_says_why() -> None:
    engine = Engine("They spent 12 yuan.")
    result = flow("他们今年花了30元修好旧桥。", Config(translate=TranslateConfig(to="en")), engine)
    assert result.text == "他们今年花了30元修好旧桥。"
    [tag] = [t for t in result.tags if t.kind == "untranslated"]
    assert (tag.start, tag.end) == (0, len(result.text))
    assert tag.value.startswith("number: ")
    assert result.translation is not None
    assert result.translation.kept == (("number", 1),)


def test_a_second_attempt_hides_what_the_first_one_lost() -> None:
    engine = Engine("They repaired the bridge for 12 yuan.", "They repaired it for ⟦0⟧ yuan.")
    result = flow("他们今年花了30元修好旧桥。", Config(translate=TranslateConfig(to="en")), engine)
    assert result.text == "They repaired it for 30 yuan."
    assert engine.asked == ["他们今年花了30元修好旧桥。", "他们今年花了⟦0⟧元修好旧桥。"]


def test_a_lost_placeholder_leads_to_pieces() -> None:
    engine = Engine("Lost it", "Please send it to", "before Monday.")
    source = "请在星期一以前寄给 a@example.org 委员会的人。"
    result = flow(source, Config(translate=TranslateConfig(to="en")), engine)
    assert result.text == "Please send it to a@example.org before Monday."


def test_a_term_of_the_glossary_gets_its_rendering() -> None:
    engine = Engine("The light is closed.", "⟦0⟧ is closed.", glossary={"灯塔": ("Old Light",)})
    result = flow("灯塔今年关闭了。", Config(translate=TranslateConfig(to="en")), engine)
    assert result.text == "Old Light is closed."


@pytest.mark.parametrize("answer", [None, "", "灯塔今年关闭了。", "\n", "??"])
def test_an_engine_that_says_nothing_changes_nothing(answer: str | None) -> None:
    result = flow("灯塔今年关闭了。", Config(translate=TranslateConfig(to="en")), Engine(answer))
    assert result.text == "灯塔今年关闭了。"
    assert [t.kind for t in result.tags] == ["untranslated"]


def test_an_answer_in_a_third_language_is_refused() -> None:
    german = "Der Vertrag wurde gestern in Wien unterschrieben, wie der Minister mitteilte."
    result = flow(
        "灯塔委员会今年公布了新的计划和报告。",
        Config(translate=TranslateConfig(to="en")),
        Engine(german),
    )
    assert result.ledger == ()
    assert "another language" in result.tags[0].value


def test_doubtful_translations_are_left(tmp_path: Path) -> None:
    shy = tiny_model.build(tmp_path / "shy-zh-en", doubts={"桥": 0.1})
    text = "他们修好旧桥。居民等了三天。"
    assert flow(text, config(shy, min_confidence=0.0)).text.startswith("They repaired old bridge.")
    result = flow(text, config(shy, min_confidence=0.9))
    assert result.text == "他们修好旧桥。Residents waited for three days."
    assert result.tags[0].value.startswith("confidence: 0.")


@pytest.mark.parametrize(
    ("text", "place", "answer", "after"),
    [
        ("甲乙。丙丁。", (0, 3), "One.", "One. "),
        ("甲乙。 丙丁。", (0, 3), "One.", "One."),
        ("the 甲乙 in", (4, 6), "one", "one"),
        ("the甲乙in", (3, 5), "one", " one "),
        ("(甲乙)", (1, 3), "one", "one"),
        ("甲乙。\n丙丁。", (0, 3), "One.", "One."),
    ],
)
def test_blanks_between_words_and_not_between_characters(
    text: str, place: tuple[int, int], answer: str, after: str
) -> None:
    segment = Segment(*place, text[slice(*place)], "zh", 1.0)
    assert fitted(text, segment, answer, spaced=True) == after


words = st.lists(
    st.sampled_from([*tiny_model.WORDS, "30", "\n\n", "{a}", "The ferry was late again. "]),
    max_size=25,
).map("".join)


@settings(max_examples=60)
@given(text=st.one_of(words, texts, st.tuples(words, texts).map("".join)))
def test_laws_hold_with_translation(toy: Path, text: str) -> None:
    chosen = config(toy)
    engine = translators.open_engine(chosen.translate)
    raw = text.encode("utf-8", "surrogatepass")
    try:
        document = decode.decode(raw, id="x")
    except InputError:
        return  # not text
    result = pipeline.process(document, chosen, translator=engine)
    edits.check(document.text, result.ledger)
    assert edits.apply(document.text, result.ledger) == result.text
    rewound = edits.undo(result.text, result.ledger)
    assert decode.encode(rewound, document.encoding) == raw
    assert pipeline.process(document, chosen, translator=engine) == result
    for tag in result.tags:
        assert 0 <= tag.start <= tag.end <= len(document.text)
    if result.translation is not None:
        made = sum(n for _, n in result.translation.segments)
        kept = sum(n for _, n in result.translation.kept)
        assert 0 <= kept <= made


@given(text=words, answers=st.lists(st.one_of(st.none(), texts), min_size=1, max_size=5))
def test_laws_hold_whatever_an_engine_says(text: str, answers: list[str | None]) -> None:
    chosen = Config(translate=TranslateConfig(to="en", min_confidence=0.0))
    result = flow(text, chosen, Engine(*answers))
    assert edits.apply(text, result.ledger) == result.text
    assert edits.undo(result.text, result.ledger) == text
    result.text.encode("utf-8", "surrogateescape")


@pytest.mark.parametrize("layout", ["marian", "nllb", "argos"])
def test_every_layout_of_a_folder_is_read(tmp_path: Path, layout: str) -> None:
    folder = tiny_model.build(tmp_path / "toy-zh-en", layout=layout)
    assert flow("居民等了三天。", config(folder)).text == "Residents waited for three days."


def test_the_hash_is_that_of_the_files(tmp_path: Path) -> None:
    one = folders.read(tiny_model.build(tmp_path / "one-zh-en"))
    same = folders.read(Path(shutil.copytree(tmp_path / "one-zh-en", tmp_path / "two-zh-en")))
    other = folders.read(Path(shutil.copytree(tmp_path / "one-zh-en", tmp_path / "three-zh-en")))
    with (other.path / "model.bin").open("ab") as file:
        file.write(b"\0")
    assert one.sha256 == same.sha256 != other.sha256


def test_a_folder_of_folders_serves_what_fits(tmp_path: Path) -> None:
    tiny_model.build(tmp_path / "toy-zh-en")
    tiny_model.build(tmp_path / "toy-de-en", {"Hallo": "▁Hello"})
    (tmp_path / "notes").mkdir()
    assert flow("居民等了三天。", config(tmp_path)).text == "Residents waited for three days."


def broken(folder: Path, file: str, text: str | None = None) -> Path:
    if text is None:
        (folder / file).unlink()
    else:
        (folder / file).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        ("source.spm", None, "no SentencePiece model"),
        ("model.bin", "nonsense", "cannot be loaded"),
        ("source.spm", "nonsense", "cannot be loaded"),
        ("config.json", "{", "not JSON"),
    ],
)
def test_a_damaged_model_says_what_is_wrong(
    tmp_path: Path, file: str, text: str | None, says: str
) -> None:
    folder = broken(tiny_model.build(tmp_path / "toy-zh-en"), file, text)
    with pytest.raises(ModelError, match=says):
        flow(PAGE, config(folder))


def test_a_model_must_name_its_languages(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "nameless")
    with pytest.raises(ModelError, match=r"unspun\.json"):
        flow(PAGE, config(folder))
    (folder / "unspun.json").write_text('{"source": "zh", "target": "en"}', encoding="utf-8")
    assert flow(PAGE, config(folder)).text == TRANSLATED


def test_what_no_model_can_do_is_said(toy: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"into 'fr'; there are zh-en"):
        translators.open_engine(config(toy, to="fr").translate)
    with pytest.raises(ConfigError, match="no translation model"):
        translators.open_engine(config(tmp_path).translate)
    with pytest.raises(ModelError, match="no folder"):
        translators.open_engine(config(tmp_path / "gone").translate)
    result = flow("渡船は嵐のためきのうから止まっていますと町長は言いました。", config(toy))
    assert result.tags[0].value == "engine: no model translates ja into en"


def test_a_glossary_is_read_and_kept(toy: Path, tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("# ours\n旧桥\tOld Bridge\n", encoding="utf-8")
    result = flow("他们修好旧桥。", config(toy, glossary=str(terms)))
    assert result.text == "They repaired old bridge."  # as the glossary's check ignores case
    terms.write_text("旧桥\tStone Crossing\n", encoding="utf-8")
    assert flow("他们修好旧桥。", config(toy, glossary=str(terms))).text == (
        "They repaired Stone Crossing."
    )
    terms.write_bytes(b"\xff\xfe")
    with pytest.raises(InputError):
        translators.open_engine(config(toy, glossary=str(terms)).translate)


def test_the_verb_on_strings(toy: Path) -> None:
    done = unspun.translate("居民等了三天。", config(toy))
    assert (done.text, done.language) == ("Residents waited for three days.", "zh-Hans")
    with pytest.raises(ConfigError, match="name the language"):
        unspun.translate("居民等了三天。", Config())


def command(*arguments: str | Path | int, input_: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unspun", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        input=input_,
        check=False,
    )


def test_the_command(toy: Path, tmp_path: Path) -> None:
    done = command("translate", "-", "--to", "en", "--model", toy, "--json", input_=PAGE)
    record = json.loads(done.stdout)
    assert record["text"] == TRANSLATED
    assert record["translation"]["segments"] == {"zh-Hans": 4}
    assert record["edits"][0]["before"] == "市长昨天公布了新计划。"
    (tmp_path / "page.txt").write_text("他们花3公里。", encoding="utf-8")
    left = command("translate", tmp_path / "page.txt", "--to", "en", "--model", toy)
    assert (left.returncode, left.stdout) == (0, "他们花3公里。")
    assert "page: 1 of 1 segments left as they were (engine 1); for example " in left.stderr
    gone = command("translate", "-", "--to", "en", "--model", tmp_path / "none", input_=PAGE)
    assert gone.returncode != 0
    assert "'unspun models' tells how" in gone.stderr
    klingon = command("translate", "-", "--to", "tlh", "--model", toy, input_=PAGE)
    assert klingon.returncode == 2
    assert "there are zh-en" in klingon.stderr


def test_without_a_model_the_command_says_how_to_get_one(tmp_path: Path) -> None:
    done = command("translate", "-", "--to", "en", "--model", tmp_path, input_=PAGE)
    assert done.returncode == 2
    assert "unspun models" in done.stderr
    assert done.stdout == ""


def test_without_the_extra_the_command_names_it(toy: Path, tmp_path: Path) -> None:
    script = "import sys; sys.modules['ctranslate2'] = None; from unspun.cli import main; main()"
    page = tmp_path / "page.txt"
    page.write_text(PAGE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", script, "translate", str(page), "--to", "en", "--model", str(toy)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "pip install 'unspun[translate]'" in done.stderr


def test_run_translates_the_same_with_any_number_of_workers(toy: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(4):
        (raw / f"page{number}.txt").write_text(PAGE * (number + 1), encoding="utf-8")
    (tmp_path / "clean").mkdir()
    (tmp_path / "clean" / "page0.txt").write_text(TRANSLATED, encoding="utf-8")
    results = []
    for workers in (1, 3):
        out = tmp_path / f"out{workers}"
        done = command(
            "run", raw, "--reference", tmp_path / "clean", "--out", out, "--workers", workers,
            "--translate-to", "en", "--translate-model", toy,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        results.append(
            {
                f.relative_to(out): f.read_bytes()
                for f in out.rglob("*.*")
                if "manifest" not in f.name
            }
        )
        manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["translation"]["segments"] == {"zh-Hans": 40}
        assert manifest["translation"]["usage"]["segments"] > 0
        gains = {row["stage"]: row["bleu"]["gained"] for row in manifest["corpus"]["stages"]}
        assert gains["translate"] > 20
    assert results[0] == results[1]
    assert results[0][Path("text/page0.txt")].decode() == TRANSLATED
    undone = command("undo", tmp_path / "out1", "page0")
    assert undone.stdout == PAGE


def test_a_model_counts_against_no_documents_memory(toy: Path, tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    for number in range(3):
        (raw / f"{number}.txt").write_text(PAGE, encoding="utf-8")
    summary = batches.run(
        raw, None, tmp_path / "out", config(toy), workers=1, limits=Limits(None, 400)
    )
    assert [d["status"] for d in summary.documents] == ["done"] * 3


def test_the_customers_page_is_translated_and_its_source_kept(shared: Path, tmp_path: Path) -> None:
    page = shared / "corpus/raw/zh-translated.txt"
    text = page.read_text(encoding="utf-8")
    han = sorted({c for c in text if "\u4e00" <= c <= "\u9fff"})
    words = {c: f"▁w{chr(97 + k // 26)}{chr(97 + k % 26)}" for k, c in enumerate(han)}
    model = tiny_model.build(tmp_path / "toy-zh-en", words)
    done = command("translate", page, "--to", "en", "--model", model, "--json")
    record = json.loads(done.stdout)
    assert record["translation"]["segments"] == {"zh-Hans": 2, "zh-Hant": 1}
    assert record["translation"]["kept"] == {}
    assert not set(han) & set(record["text"])
    stated = record["origin"]["stated"]
    assert f'"{stated["title"]}' in text
    assert [t["kind"] for t in record["tags"]].count("residue") == 3
    assert [e["before"] in text for e in record["edits"]] == [True] * len(record["edits"])
