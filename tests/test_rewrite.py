"""A language model as a restorer: believed in nothing, checked in everything, off by default."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import texts
from translation_server import Service, serving
from unspun import edits, pipeline, rewriting, translators
from unspun.config import Config, RewriteConfig
from unspun.errors import ConfigError
from unspun.model import Document
from unspun.pipeline import Result
from unspun.protocol import Answer, Answers, Translator, Usage
from unspun.rewriting import Passage
from unspun.rewriting.checks import problem

ROOT = Path(__file__).parents[1]
SECRET = "k3y-of-nobody-77aa"  # noqa: S105 - nobody's
SPUN = (ROOT / "raw/firstfield-spun.txt").read_text(encoding="utf-8")
TRANSLATED = """The council met in the town hall, and it was open to all who live there.

Nobody spoke for the mill. The prices is falling at the same speed as before. It will meet again.

This article is an English translation of the original Chinese article.
"""


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def config(service: Service, **more: object) -> Config:
    values = {"engine": "openai", "models": ["toy-lm"], "url": service.url, "cache": "", **more}
    return Config.from_dict({"rewrite": values})


def flow(text: str, chosen: Config, engine: Translator | None = None) -> Result:
    rewriter = engine or translators.open_rewriter(chosen.rewrite)
    return pipeline.process(Document("x", text), chosen, rewriter=rewriter)


def sentence(result: Result, words: str) -> str:
    """The sentence of a result's text that has the words."""
    place = result.text.index(words)
    start = max(result.text.rfind("\n", 0, place), result.text.rfind(". ", 0, place) + 1) + 1
    ends = [result.text.find(stop, place) for stop in (". ", ".\n")]
    return result.text[start : min(end for end in ends if end > 0) + 1]


def test_a_better_wording_is_taken_and_can_be_taken_back(service: Service) -> None:
    ours = flow(SPUN, Config())
    poor = sentence(ours, "a symbol cannot see")
    service.rewrites[poor] = poor.replace("symbol", "picture")
    result = flow(SPUN, config(service))
    assert result.text == ours.text.replace("a symbol cannot see", "a picture cannot see")
    [edit] = [e for e in result.ledger if e.stage == "rewrite"]
    assert edit.rule == "openai:toy-lm:spun"
    assert edit.after == "picture"
    assert edits.apply(SPUN, result.ledger) == result.text
    assert edits.undo(result.text, result.ledger) == SPUN
    told = [p for b in service.bodies("/chat/completions") for p in asked(b)]
    assert next(p for p in told if p["text"] == poor)["before"] != poor  # the spinner's wording
    assert result.rewriting is not None
    assert result.rewriting.sentences == len(told)
    assert [s.stage for s in result.snapshots][-1] == "rewrite"


def asked(body: dict[str, list[dict[str, str]]]) -> list[dict[str, str]]:
    passages: list[dict[str, str]] = json.loads(body["messages"][-1]["content"])["passages"]
    return passages


@pytest.mark.parametrize(
    ("words", "old", "new", "reason"),
    [
        ("31,000 fields", "31,000", "30,000", "number"),
        ("Grace Mayhew told", "Mayhew", "Mayfield", "name"),
        ("cannot put a box", "a box", "a case", "quotation"),
        ("The test covered only", "has not been revealed", "been revealed not has", "no likelier"),
    ],
)
def test_a_wording_that_breaks_something_is_not_taken(
    service: Service, words: str, old: str, new: str, reason: str
) -> None:
    ours = flow(SPUN, Config())
    poor = sentence(ours, words)
    assert old in poor
    service.rewrites[poor] = poor.replace(old, new)
    result = flow(SPUN, config(service))
    assert result.text == ours.text
    assert result.rewriting is not None
    assert result.rewriting.refused == ((reason, 1),)


def test_machine_translation_is_edited(service: Service) -> None:
    poor = "The prices is falling at the same speed as before."
    service.rewrites[poor] = poor.replace("prices is", "prices are")
    result = flow(TRANSLATED, config(service))
    assert "The prices are falling at the same speed" in result.text
    [edit] = [e for e in result.ledger if e.stage == "rewrite"]
    assert (edit.before, edit.after) == ("is", "are")
    assert edit.rule == "openai:toy-lm:machine-translated"
    assert "The prices is falling" in flow(TRANSLATED, config(service, what=["spun"])).text


def test_clean_text_is_never_sent(service: Service) -> None:
    clean = (ROOT / "clean/kestrel-wire.txt").read_text(encoding="utf-8")
    result = flow(clean, config(service))
    assert result.text == clean
    assert service.seen == []


def test_off_by_default() -> None:
    assert translators.open_rewriter(Config().rewrite) is None
    with pytest.raises(ConfigError, match="--rewriter-model"):
        translators.open_rewriter(RewriteConfig(engine="openai"))


KEPT = [
    ("The cabinet gave its nod on Monday.", "The cabinet agreed on Monday."),
    ("They spent 40 pounds on it in May.", "They paid 40 pounds for it in May."),
    ("“We are late,” said the master of the ship.", "“We are late,” said the ship's master."),
]
BROKEN = [
    ("He paid 40 pounds to the board.", "He paid 50 pounds to the board.", "number"),
    ("He met Anna Lind at the old mill.", "He met Anna Lund at the old mill.", "name"),
    ("He said “we are late” and left us.", "He said “we were late” and left us.", "quotation"),
    ("See https://example.org/a for all of it.", "See https://example.org/b for all.", "link"),
    ("Write {name} on the second line of it.", "Write it on the second line of it.", "placeholder"),
    ("The ferry left the harbour late today.", "It did.", "length"),
    ("The ferry left the harbour late today.", "Nobody had seen any boat go out since.",
     "another sentence"),
    ("The ferry left the harbour late today.", "The ferry left\nthe harbour late today.", "empty"),
    ("The ferry left the harbour late today.", "", "empty"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), KEPT)
def test_what_a_wording_may_change(before: str, after: str) -> None:
    assert problem(before, after) == ""


@pytest.mark.parametrize(("before", "after", "reason"), BROKEN)
def test_what_a_wording_must_keep(before: str, after: str, reason: str) -> None:
    assert problem(before, after) == reason


class Engine:
    """An engine that says whatever a test draws."""

    name = "test"
    glossary: dict[str, tuple[str, ...]] = {}  # noqa: RUF012 - never written

    def __init__(self, answers: list[str | None]) -> None:
        self.answers = answers

    def placeholder(self, source: str, target: str) -> str:  # noqa: ARG002
        return "{}"

    def translate(self, segments: list[str], source: str, target: str) -> Answers:  # noqa: ARG002
        told = [Answer(self.answers[k % len(self.answers)]) for k in range(len(segments))]
        return Answers(tuple(told), "0", Usage(1))


words = st.lists(
    st.sampled_from(["The", "ferry", "left", "late", "harbour.", "Old", "men", "saw", "it", "40"]),
    max_size=30,
).map(" ".join)


@given(
    text=st.one_of(words, texts),
    answers=st.lists(st.one_of(st.none(), words, texts), min_size=1, max_size=4),
    places=st.lists(st.integers(0, 200), min_size=2, max_size=6),
)
def test_laws_hold_whatever_a_model_says(
    text: str, answers: list[str | None], places: list[int]
) -> None:
    places = sorted(min(p, len(text)) for p in places)
    passages = [Passage(a, b, "spun") for a, b in itertools.pairwise(places)]
    chosen = RewriteConfig(min_gain=-100.0)
    step = rewriting.rewrite(text, passages, chosen, Engine(answers), lambda a, b: text[a:b])  # type: ignore[arg-type]
    edits.check(text, step.edits)
    assert edits.undo(edits.apply(text, step.edits), step.edits) == text


def test_the_command_asks_and_shows_no_key(service: Service, tmp_path: Path) -> None:
    poor = sentence(flow(SPUN, Config()), "a symbol cannot see")
    service.rewrites[poor] = poor.replace("symbol", "picture")
    done = subprocess.run(
        [
            sys.executable, "-m", "unspun", "run", str(ROOT / "raw"),
            "--out", str(tmp_path / "out"),
            "--rewriter", "openai", "--rewriter-model", "toy-lm", "--rewriter-url", service.url,
            "--workers", "1",
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "out/text/firstfield-spun.txt").read_text(encoding="utf-8")
    assert "a picture cannot see" in text
    lines = (tmp_path / "out/documents.jsonl").read_text(encoding="utf-8").splitlines()
    record = next(r for r in map(json.loads, lines) if r["id"] == "firstfield-spun")
    assert record["rewriting"]["model"] == "toy-lm"
    manifest = json.loads((tmp_path / "out/manifest.json").read_text(encoding="utf-8"))
    assert manifest["rewriting"]["usage"]["tokens_in"] > 0
    files = [f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()]
    assert not any(SECRET.encode() in data for data in (done.stdout, done.stderr, *files))
