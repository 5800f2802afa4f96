"""Engines at servers, against a real one: slow, broken, rate-limiting, and never told on."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

import tiny_model
from translation_server import SENTENCES, Service, serving
from unspun import inventory, pipeline, tables, translators
from unspun.config import Config
from unspun.errors import ConfigError, ModelError
from unspun.model import Document
from unspun.pipeline import Result
from unspun.translators import codes
from unspun.translators.cache import Cache

SECRET = "k3y-of-nobody-8c1f"  # noqa: S105 - nobody's
MAYOR, WAIT, FERRY, BRIDGE = SENTENCES
TEXT = f"{MAYOR}{WAIT}{FERRY}"
ENGLISH = " ".join(SENTENCES[s] for s in (MAYOR, WAIT, FERRY))


@pytest.fixture
def service() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("LIBRETRANSLATE", "DEEPL", "OPENAI"):
        monkeypatch.setenv(f"{name}_API_KEY", SECRET)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


def config(service: Service, engine: str, **more: object) -> Config:
    values: dict[str, object] = {
        "to": "en", "engine": engine, "url": service.url, "cache": "", "timeout": 0.5, "retries": 2
    }  # fmt: skip
    if engine == "openai":
        values["models"] = ["toy-lm"]
    return Config.from_dict({"translate": {**values, **more}})


def flow(text: str, chosen: Config) -> Result:
    engine = translators.open_engine(chosen.translate)
    return pipeline.process(
        Document("x", text), chosen, stages=pipeline.TRANSLATE, translator=engine
    )


ENGINES = ["libretranslate", "deepl", "openai"]


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_translates(service: Service, engine: str) -> None:
    result = flow(TEXT, config(service, engine))
    assert result.text == ENGLISH
    assert {e.confidence for e in result.ledger} == {0.5}  # none of them tells how sure it is
    model = "toy-lm" if engine == "openai" else service.url.removeprefix("http://")
    assert result.ledger[0].rule == f"{engine}:{model}:zh-Hans:en"
    assert result.usage.requests == (2 if engine == "libretranslate" else 1)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(
    "moods", [["429"], ["500", "503"], ["drop"], ["nonsense"], ["short"], ["slow"], ["after 0"]]
)
def test_trouble_that_passes_is_waited_out(service: Service, engine: str, moods: list[str]) -> None:
    service.moods.extend(moods)
    result = flow(TEXT, config(service, engine))
    assert result.text == ENGLISH
    assert not service.moods


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("mood", ["500", "drop", "short", "after 900"])
def test_trouble_that_stays_leaves_the_source(service: Service, engine: str, mood: str) -> None:
    service.moods.extend([mood] * 40)
    result = flow(TEXT, config(service, engine, retries=0, batch=50))
    assert result.text == TEXT
    assert all(t.value.startswith("engine: ") for t in result.tags)
    assert len(result.tags) == 3


@pytest.mark.parametrize("mood", ["500", "nonsense", "drop"])
def test_a_server_that_is_gone_stops_the_work(service: Service, mood: str) -> None:
    service.moods.extend([mood] * 40)
    chosen = config(service, "deepl", retries=0, batch=1)
    with pytest.raises(ModelError, match="3 times in a row"):
        flow(TEXT + BRIDGE, chosen)


@pytest.mark.parametrize(
    ("mood", "error", "says"),
    [
        ("401", ConfigError, "refuses the key"),
        ("403", ConfigError, "refuses the key"),
        ("404", ConfigError, "no such service"),
        ("456", ModelError, "quota"),
    ],
)
def test_what_waiting_cannot_mend_is_said_at_once(
    service: Service, mood: str, error: type[Exception], says: str
) -> None:
    service.moods.append(mood)
    with pytest.raises(error, match=says) as caught:
        flow(TEXT, config(service, "deepl"))
    assert SECRET not in str(caught.value)
    assert len(service.seen) == 1


def test_nobody_at_the_address(service: Service) -> None:
    chosen = config(service, "deepl", url="http://127.0.0.1:9", retries=0, batch=1)
    with pytest.raises(ModelError, match="no connection"):
        flow(TEXT, chosen)
    with pytest.raises(ConfigError, match="no address"):
        flow(TEXT, config(service, "deepl", url="nonsense", retries=0))


def test_retry_after_is_kept(service: Service) -> None:
    service.moods.append("after 1")
    flow(TEXT, config(service, "deepl"))
    assert service.times[1] - service.times[0] >= 1.0


def test_a_batch_that_is_too_large_is_halved(service: Service) -> None:
    service.moods.append("413")
    result = flow(TEXT, config(service, "deepl"))
    assert result.text == ENGLISH
    assert [len(b["text"]) for b in service.bodies("/v2/translate")] == [3, 1, 2]


def test_batches_are_as_large_as_asked(service: Service) -> None:
    flow(TEXT, config(service, "deepl", batch=2))
    assert [len(b["text"]) for b in service.bodies("/v2/translate")] == [2, 1]


def test_a_rate_is_kept(service: Service) -> None:
    flow(TEXT, config(service, "deepl", batch=1, rate=4.0))
    assert len(service.times) == 3
    assert service.times[2] - service.times[0] > 0.35


def test_processes_keep_a_rate_together(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from unspun.translators.cache import Cache; "
        "cache = Cache(Path(sys.argv[1])); print(*[cache.turn('s', 10.0) for _ in range(3)])"
    )
    cache = Cache(tmp_path / "turns.sqlite")
    cache.check()
    command = [sys.executable, "-c", code, str(cache.path)]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(2)]
    waits = sorted(float(w) for p in started for w in p.communicate()[0].split())
    assert len(waits) == 6
    assert all(b - a > 5 for a, b in pairwise(waits))


def test_placeholders_go_to_deepl_as_xml(service: Service) -> None:
    text = "请打开 https://example.org/a?b=1&c=2 读 R&D <报告>，居民等了三天。"
    service.moods.append("well")
    flow(text, config(service, "deepl"))
    [body, *_] = service.bodies("/v2/translate")
    assert body["tag_handling"] == "xml"
    assert body["text"][0].startswith('请打开 <x id="0"/> 读 R&amp;D &lt;报告&gt;')
    assert (body["source_lang"], body["target_lang"]) == ("ZH", "EN-US")


def test_a_glossary_goes_to_a_language_model(service: Service, tmp_path: Path) -> None:
    terms = tmp_path / "terms.tsv"
    terms.write_text("市长\tmayor\n灯塔\tlighthouse\n", encoding="utf-8")
    result = flow(TEXT, config(service, "openai", glossary=str(terms)))
    prompt = service.bodies("/chat/completions")[0]["messages"][0]["content"]
    assert "市长 = mayor" in prompt
    assert "灯塔" not in prompt  # no segment has it
    assert result.text == ENGLISH


@pytest.mark.parametrize("mood", ["fenced", "chatty"])
def test_the_habits_of_language_models(service: Service, mood: str) -> None:
    service.moods.append(mood)
    result = flow(TEXT, config(service, "openai"))
    assert result.text == ENGLISH
    assert len(service.seen) == (1 if mood == "fenced" else 2)


def test_tokens_and_cost_are_counted(service: Service) -> None:
    usage = flow(TEXT, config(service, "openai", price_in=2.0, price_out=10.0)).usage
    assert (usage.tokens_in, usage.tokens_out, usage.segments) == (40, 10, 3)
    assert usage.cost == pytest.approx(40 * 2e-6 + 10 * 1e-5)
    usage = flow(TEXT, config(service, "deepl", price_in=20.0)).usage
    assert usage.characters == 2 * len(ENGLISH.replace(". The", ".The"))  # as the server bills
    assert usage.cost == pytest.approx(usage.characters * 2e-5)


def test_nothing_is_asked_twice(service: Service, tmp_path: Path) -> None:
    chosen = config(service, "deepl", cache=str(tmp_path / "c" / "answers.sqlite"))
    first = flow(TEXT, chosen)
    again = flow(TEXT + BRIDGE, chosen)
    assert again.text.startswith(first.text)
    assert [b["text"] for b in service.bodies("/v2/translate")] == [[MAYOR, WAIT, FERRY], [BRIDGE]]
    assert (again.usage.cached, again.usage.segments) == (3, 1)
    other = config(service, "openai", cache=str(tmp_path / "c" / "answers.sqlite"))
    assert flow(TEXT, other).usage.cached == 0
    assert (tmp_path / "c" / "answers.sqlite").stat().st_mode & 0o077 == 0


def test_failures_are_not_kept(service: Service, tmp_path: Path) -> None:
    chosen = config(service, "deepl", cache=str(tmp_path / "answers.sqlite"), retries=0)
    service.moods.append("500")
    assert flow(TEXT, chosen).text == TEXT
    assert flow(TEXT, chosen).text == ENGLISH


def test_a_cache_that_breaks_costs_no_document(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "answers.sqlite"
    chosen = config(service, "deepl", cache=str(path))
    engine = translators.open_engine(chosen.translate)
    with sqlite3.connect(path) as connection:
        connection.execute("drop table answers")
    result = pipeline.process(
        Document("x", TEXT), chosen, stages=pipeline.TRANSLATE, translator=engine
    )
    assert result.text == ENGLISH


def test_what_is_no_cache_is_refused(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, and somebody wants it back\n" * 30, encoding="utf-8")
    with pytest.raises(ConfigError, match="cannot be used as a cache"):
        flow(TEXT, config(service, "deepl", cache=str(path)))
    assert path.read_text(encoding="utf-8").startswith("not a database")


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"engine": "libretranslate", "url": ""}, "--url"),
        ({"engine": "openai", "models": []}, "--model NAME"),
        ({"engine": "deepl", "key_file": "no/such/file"}, "cannot be read"),
        ({"engine": "deepl", "key_env": "NO_SUCH_VARIABLE"}, "wants a key"),
    ],
)
def test_what_is_missing_is_said(service: Service, values: dict[str, str], says: str) -> None:
    with pytest.raises(ConfigError, match=says):
        flow(TEXT, config(service, **values))


def test_a_key_from_a_file(service: Service, tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{SECRET}-file\n", encoding="utf-8")
    flow(TEXT, config(service, "deepl", key_file=str(tmp_path / "key")))
    assert service.seen[0][1]["authorization"] == f"DeepL-Auth-Key {SECRET}-file"


@pytest.mark.parametrize(
    ("engine", "moods"),
    [
        ("deepl", []),
        ("libretranslate", ["401"]),
        ("openai", ["500", "400", "422"]),
        ("deepl", ["nonsense", "402"]),
    ],
)
def test_a_key_is_never_shown(
    service: Service, tmp_path: Path, engine: str, moods: list[str]
) -> None:
    service.moods.extend(moods)
    raw = tmp_path / "raw"
    raw.mkdir()
    (raw / "page.txt").write_text(TEXT, encoding="utf-8")
    settings = tmp_path / "settings.toml"
    settings.write_text("[translate]\nretries = 1\ntimeout = 2.0\n", encoding="utf-8")
    model = ["--translate-model", "toy-lm"] if engine == "openai" else []
    done = subprocess.run(
        [
            sys.executable, "-m", "unspun", "run", str(raw), "--out", str(tmp_path / "out"),
            "--translate-to", "en", "--translate-engine", engine, "--translate-url", service.url,
            *model, "--config", str(settings), "--workers", "1",
        ],
        capture_output=True,
        check=False,
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path / "kept")},
    )  # fmt: skip
    assert any(SECRET in json.dumps(seen) for seen in service.seen)  # it was used
    written = [f for f in tmp_path.rglob("*") if f.is_file()]
    shown = [done.stdout, done.stderr, *(f.read_bytes() for f in written)]
    assert not any(SECRET.encode() in data for data in shown)
    if not moods:
        assert done.returncode == 0
        assert (tmp_path / "out/text/page.txt").read_text(encoding="utf-8") == ENGLISH
        assert any(f.name == "translations.sqlite" for f in written)


@pytest.mark.parametrize(
    ("tag", "known", "code"),
    [
        ("zh-Hant", ["en", "zh-Hans", "zh-Hant"], "zh-Hant"),
        ("zh-Hant", ["en", "zt", "zh"], "zt"),
        ("zh-Hans", ["en", "zh"], "zh"),
        ("pt-BR", ["pt"], "pt"),
        ("xx", ["en"], None),
    ],
)
def test_languages_as_servers_spell_them(tag: str, known: list[str], code: str | None) -> None:
    assert codes.spelled(tag, known) == code


def models(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "unspun", "models", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, **environment},
    )


def test_models_tell_where_they_come_from(tmp_path: Path) -> None:
    told = {entry.name: entry for entry in inventory.packaged()}
    assert all(e.purpose and e.origin and e.maker and e.licence for e in told.values())
    shipped = {name for name in tables.digests() if name.endswith((".lm", ".channel", ".npz"))}
    assert shipped <= told.keys()
    done = models(UNSPUN_MODELS=str(tmp_path / "none"))
    assert done.returncode == 0
    assert "opus-mt-zh-en" in done.stdout
    assert "CC BY-NC 4.0" in done.stdout


def test_a_changed_translation_model_is_noticed(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "toy-zh-en")
    (folder / "README.md").write_text("---\nlicense: cc-by-4.0\n---\n", encoding="utf-8")
    [before] = inventory.translators(tmp_path)
    assert (before.purpose, before.licence) == ("zh to en", "cc-by-4.0")
    assert before.state == "not recorded"
    [recorded] = inventory.record(tmp_path)
    assert recorded.state == "as recorded"
    with (folder / "model.bin").open("ab") as file:
        file.write(b"\0")
    done = models(tmp_path, "--json")
    assert done.returncode == 1
    last = json.loads(done.stdout.splitlines()[-1])
    assert (last["kind"], last["state"]) == ("translation", "changed")
    values = {"to": "en", "models": [str(folder)]}
    with pytest.raises(ModelError, match="not the model that was recorded"):
        flow(TEXT, Config.from_dict({"translate": values}))


def test_a_damaged_model_is_listed_with_what_is_wrong(tmp_path: Path) -> None:
    folder = tiny_model.build(tmp_path / "toy-zh-en")
    (folder / "source.spm").unlink()
    [entry] = inventory.translators(tmp_path)
    assert "no SentencePiece model" in entry.purpose
    assert models(tmp_path).returncode == 1
