"""Decisions on edits: what was rejected is taken back everywhere, or nothing is done at all."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strategies import steps, texts
from unspun import batches, decisions, edits, review
from unspun.errors import InputError, OutputError
from unspun.model import Edit, Ledger
from unspun.store import LedgerFormat, Store

LINE = "The mill by the river has been quiet since the spring, and nobody in Tarn knows why.\n"
BROKEN = "It\u00e2\u20ac\u2122s said that the wheel broke, and the \u00c2\u00a342 fare with it.\n"
PAGE = f"""<!doctype html><html><head><title>The mill</title></head><body><nav>Home</nav><article>
<h1>The mill</h1><p>{LINE * 3}</p><p>{LINE}{BROKEN}</p></article></body></html>
"""
Change = Callable[[dict[str, Any]], object]


def digests(folder: Path) -> dict[str, str]:
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


def made(folder: Path, ledger_format: LedgerFormat = "jsonl") -> Path:
    """Results with files, records, bytes that do not decode, quarantine and references."""
    raw, clean = folder / "raw", folder / "clean"
    raw.mkdir()
    clean.mkdir()
    for number in range(4):
        text = BROKEN * number + LINE + BROKEN
        (raw / f"{number}.txt").write_text(text, encoding="utf-8")
        right = text.encode("cp1252", "ignore").decode("utf-8", "ignore")
        (clean / f"{number}.txt").write_text(right, encoding="utf-8")
    (raw / "bytes.txt").write_bytes(LINE.encode() + b"Caf\xe9 and \xff\xfe or \xed\xa0\xbd.\r\n")
    (raw / "nothing.txt").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(200))
    (raw / "page.html").write_text(PAGE, encoding="utf-8")
    (clean / "page.html").write_text(LINE.strip() + "\n", encoding="utf-8")
    rows = [{"id": f"row{n}", "text": BROKEN * n + "a lone \ud83d here."} for n in range(3)]
    lines = [json.dumps(row) for row in rows] + ["{broken"]
    (raw / "rows.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    batches.run(raw, clean, folder / "out", ledger_format=ledger_format, workers=0)
    return folder / "out"


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("results"))


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with Parquet."""
    return made(tmp_path_factory.mktemp("tables"), "parquet")


def decided(edit: Edit, decision: str) -> dict[str, Any]:
    named = {key: getattr(edit, key) for key in ("start", "end", "before", "after")}
    return {**named, "decision": decision}


def written(path: Path, out: Path, choices: Iterable[tuple[str, Edit, str]]) -> Path:
    """A file of decisions as the page writes it."""
    documents: dict[str, list[dict[str, Any]]] = {}
    for id_, edit, decision in choices:
        documents.setdefault(id_, []).append(decided(edit, decision))
    record = {
        "schema": 1,
        "kind": "unspun decisions",
        "fingerprint": Store(out).manifest["fingerprint"],
        "documents": [{"id": id_, "edits": rows} for id_, rows in documents.items()],
    }
    path.write_text(json.dumps(record), encoding="ascii")
    return path


def everything(out: Path) -> list[tuple[str, Edit]]:
    """All edits but those of bytes that are no text, which cannot be rejected."""
    return [
        (stored.document["id"], edit)
        for stored in Store(out)
        for edit in stored.ledger
        if is_text(edit.before)
    ]


def is_text(text: str) -> bool:
    return not any("\ud800" <= c <= "\udfff" for c in text)


@pytest.mark.parametrize("kind", ["results", "tables"])
def test_rejected_edits_are_gone_and_nothing_else(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    out: Path = request.getfixturevalue(kind)
    draw = random.Random(7)
    choices = [
        (id_, edit, draw.choice(("accept", "reject")))
        for id_, edit in everything(out)
        if draw.random() < 0.7
    ]
    gone = {(id_, edit) for id_, edit, decision in choices if decision == "reject"}
    assert gone
    before = {s.document["id"]: s for s in Store(out)}
    raws = {id_: Store(out).raw_bytes(stored) for id_, stored in before.items()}
    done = review.apply(out, written(tmp_path / "d.json", out, choices), tmp_path / "new")
    assert done.rejected == len(gone)
    assert done.accepted == len(choices) - len(gone)
    store = Store(tmp_path / "new")
    after = {s.document["id"]: s for s in store}
    assert after.keys() == before.keys()
    for id_, stored in after.items():
        assert stored.ledger == tuple(e for e in before[id_].ledger if (id_, e) not in gone)
        assert store.raw_bytes(stored) == raws[id_]  # undo
        if stored.text is not None:
            assert edits.apply(stored.raw_text, stored.ledger) == stored.text  # replay
            assert sum(stored.document["edits"].values()) == len(stored.ledger)
        rejected = [e for other, e in gone if other == id_]
        assert len(stored.document.get("rejected", ())) == len(rejected)
        if not rejected:
            assert stored == before[id_]
    assert sum(store.manifest["counts"]["edits"].values()) == sum(len(s.ledger) for s in store)


def test_all_rejected_is_the_raw_text_and_scores_as_it(results: Path, tmp_path: Path) -> None:
    choices = [(id_, edit, "reject") for id_, edit in everything(results)]
    review.apply(results, written(tmp_path / "d.json", results, choices), tmp_path / "new")
    store = Store(tmp_path / "new")
    assert everything(tmp_path / "new") == []
    assert all(s.text == s.raw_text for s in store if s.text is not None and is_text(s.raw_text))
    for stored in store:
        if stored.document.get("scores") and stored.document["id"] != "page":
            assert stored.document["scores"]["clean"] == stored.document["scores"]["raw"]
    old = Store(results).manifest["corpus"]["scores"]
    assert store.manifest["corpus"]["scores"]["raw"] == old["raw"]
    for stored, before in zip(store, Store(results), strict=True):
        if stored.document.get("scores"):
            assert stored.document["scores"]["raw"] == before.document["scores"]["raw"]
    brought = {s["stage"]: s for s in store.manifest["corpus"]["stages"]}["review"]
    gained = store.manifest["corpus"]["scores"]["clean"]["bleu"] - old["clean"]["bleu"]
    assert brought["bleu"]["gained"] == pytest.approx(gained)


def test_accepting_everything_changes_no_byte_but_the_provenance(
    results: Path, tmp_path: Path
) -> None:
    choices = [(id_, edit, "accept") for id_, edit in everything(results)]
    review.apply(results, written(tmp_path / "d.json", results, choices), tmp_path / "new")
    before, after = digests(results), digests(tmp_path / "new")
    changed = {name for name in before if before[name] != after.get(name)}
    assert changed == {"manifest.json", "report.html"}
    assert before.keys() == after.keys()
    assert Store(tmp_path / "new").manifest["reviews"][0]["accepted"] == len(choices)


def test_in_place_and_in_steps_is_the_same_as_at_once(results: Path, tmp_path: Path) -> None:
    both = [(id_, edit, "reject") for id_, edit in everything(results)][::2]
    once, steps_ = tmp_path / "once", tmp_path / "steps"
    review.apply(results, written(tmp_path / "all.json", results, both), once)
    first = written(tmp_path / "1.json", results, both[::2])
    review.apply(results, first, steps_)
    review.apply(steps_, written(tmp_path / "2.json", steps_, both[1::2]))
    left, right = digests(once), digests(steps_)
    own = {"manifest.json", "report.html"}
    assert {n: d for n, d in left.items() if n not in own} == {
        n: d for n, d in right.items() if n not in own
    }
    one, two = Store(once).manifest, Store(steps_).manifest
    assert one["counts"] == two["counts"]
    assert one["corpus"] == two["corpus"]
    with pytest.raises(InputError, match=r"applied to .* already"):
        review.apply(steps_, first)


def test_a_finished_review_is_not_undone_by_running_again(tmp_path: Path) -> None:
    out = made(tmp_path)
    choices = [(id_, edit, "reject") for id_, edit in everything(out)]
    review.apply(out, written(tmp_path / "d.json", out, choices))
    reviewed = digests(out)
    batches.run(tmp_path / "raw", tmp_path / "clean", out, workers=0)
    assert digests(out) == reviewed
    batches.run(tmp_path / "raw", tmp_path / "clean", out, workers=0, resume=False)
    assert len(everything(out)) == len(choices)


KILLED = """
import os, sys
from pathlib import Path
from unspun import review

left = int(sys.argv[1])
rename = Path.rename

def dying(self, target):
    global left
    if left == 0:
        os._exit(9)
    left -= 1
    return rename(self, target)

Path.rename = dying
review.apply(sys.argv[2], sys.argv[3])
"""


@pytest.mark.parametrize("renames", [0, 1, 2, 6, 9, 12, 14])
def test_a_killed_review_leaves_old_or_new(results: Path, tmp_path: Path, renames: int) -> None:
    out, new = tmp_path / "out", tmp_path / "new"
    shutil.copytree(results, out)
    choices = [(id_, edit, "reject") for id_, edit in everything(results)]
    path = written(tmp_path / "d.json", results, choices)
    review.apply(results, path, new)
    command = [sys.executable, "-c", KILLED, str(renames), str(out), str(path)]
    killed = subprocess.run(command, check=False).returncode
    assert killed in (0, 9)
    try:
        review.apply(out, path)
    except InputError as error:
        assert "already" in str(error)  # noqa: PT017 - either is right
    assert digests(out) == digests(new)


def test_an_unfinished_run_is_left_alone(results: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    shutil.copytree(results, new)
    (new / ".unspun-run/chunks/kept").mkdir(parents=True)
    (new / ".unspun-run/run.json").write_text("{}", encoding="utf-8")
    before = digests(new)
    id_, edit = everything(results)[0]
    path = written(tmp_path / "d.json", results, [(id_, edit, "reject")])
    with pytest.raises(OutputError, match="not finished"):
        review.apply(new, path)
    assert digests(new).items() >= before.items()


def test_page_tells_of_the_review(results: Path, tmp_path: Path) -> None:
    id_, edit = everything(results)[0]
    review.apply(results, written(tmp_path / "d.json", results, [(id_, edit, "reject")]),
                 tmp_path / "new")  # fmt: skip
    page = (tmp_path / "new/report.html").read_text(encoding="utf-8")
    assert "1 edits rejected, 0 accepted" in page
    assert Store(tmp_path / "new").manifest["fingerprint"] in page


def spoil(record: dict[str, Any], **values: Any) -> None:
    record["documents"][0]["edits"][0].update(values)


REFUSED: dict[str, tuple[Change, str]] = {
    "another fingerprint": (lambda r: r.update(fingerprint="0123456789ab"), "made on results"),
    "no fingerprint": (lambda r: r.pop("fingerprint"), "'fingerprint' is missing"),
    "another kind": (lambda r: r.update(kind="shopping list"), "no decisions"),
    "no kind": (lambda r: r.pop("kind"), "no decisions"),
    "another schema": (lambda r: r.update(schema=2), "schema 2"),
    "no documents": (lambda r: r.pop("documents"), "'documents' is missing"),
    "documents of another type": (lambda r: r.update(documents={}), "'documents' is {}"),
    "document without id": (lambda r: r["documents"][0].pop("id"), "'id' is missing"),
    "document that is none": (lambda r: r["documents"].append(7), "'id' is missing"),
    "unknown document": (lambda r: r["documents"][0].update(id="who"), "'who'"),
    "document twice": (lambda r: r["documents"].append(r["documents"][0]), "twice"),
    "edits of another type": (lambda r: r["documents"][0].update(edits=None), "'edits'"),
    "edit elsewhere": (lambda r: spoil(r, start=10_000, end=10_003), "no edit 10000:10003"),
    "edit of another text": (lambda r: spoil(r, before="x"), "no edit"),
    "edit with another result": (lambda r: spoil(r, after="x"), "no edit"),
    "place that is no number": (lambda r: spoil(r, start="1"), "'start' is '1'"),
    "place that is a truth": (lambda r: spoil(r, start=True), "'start' is True"),
    "place that is a fraction": (lambda r: spoil(r, end=1.5), "'end' is 1.5"),
    "text that is none": (lambda r: spoil(r, after=None), "'after' is missing"),
    "unknown decision": (lambda r: spoil(r, decision="maybe"), "accept, reject"),
    "both decisions": (
        lambda r: r["documents"][0]["edits"].append(
            {**r["documents"][0]["edits"][0], "decision": "accept"}
        ),
        "both accepted and rejected",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_decisions_that_do_not_fit_change_nothing(name: str, results: Path, tmp_path: Path) -> None:
    change, message = REFUSED[name]
    choices = [(id_, edit, "reject") for id_, edit in everything(results)]
    path = written(tmp_path / "d.json", results, choices)
    record = json.loads(path.read_bytes())
    change(record)
    path.write_text(json.dumps(record), encoding="utf-8")
    before = digests(results)
    with pytest.raises(InputError, match=message):
        review.apply(results, path)
    with pytest.raises(InputError, match=message):
        review.apply(results, path, tmp_path / "new")
    assert digests(results) == before
    assert not [p for p in tmp_path.rglob("new/*") if not p.name.startswith(".")]


@pytest.mark.parametrize("data", [b"", b"[]", b"{", b"\xff\xfe", b"null", b'{"schema":1', b"7"])
def test_what_is_no_json_object_is_refused(data: bytes) -> None:
    with pytest.raises(InputError, match=r"d\.json"):
        decisions.read(data, "d.json")


@given(st.binary(max_size=60))
def test_any_bytes_are_refused_with_one_error(data: bytes) -> None:
    with pytest.raises(InputError):
        decisions.read(data, "d.json")


def test_duplicates_that_agree_are_one_decision(results: Path, tmp_path: Path) -> None:
    id_, edit = everything(results)[0]
    path = written(tmp_path / "d.json", results, [(id_, edit, "reject")] * 2)
    assert review.apply(results, path, tmp_path / "new").rejected == 1


def test_results_never_land_inside_one_another(results: Path, tmp_path: Path) -> None:
    path = written(tmp_path / "d.json", results, [])
    with pytest.raises(InputError, match="inside one another"):
        review.apply(results, path, results / "new")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match="did not write"):
        review.apply(results, path, tmp_path / "mine")


@given(texts, st.data())
def test_any_part_of_any_ledger_can_go(raw: str, data: st.DataObject) -> None:
    ledger: Ledger = ()
    text = raw
    for _ in range(data.draw(st.integers(0, 3))):
        step = data.draw(steps(text))
        ledger = edits.compose(raw, ledger, step)
        text = edits.apply(text, step)
    verdicts = [
        data.draw(st.sampled_from(["accept", "reject" if is_text(edit.before) else None, None]))
        for edit in ledger
    ]
    chosen = {decisions.place(e): v for e, v in zip(ledger, verdicts, strict=True) if v}
    kept, rejected, accepted = decisions.split("x", ledger, chosen)  # type: ignore[arg-type]
    now = edits.apply(raw, kept)
    assert edits.undo(now, kept) == raw
    assert Counter((*kept, *rejected)) == Counter(ledger)
    assert accepted == sum(chosen.get(decisions.place(e)) == "accept" for e in kept)
    inside = Edit(len(raw) + 1, len(raw) + 1, "", "z", "test", "random")
    with pytest.raises(InputError, match="no edit"):
        decisions.split("x", ledger, {decisions.place(inside): "reject"})


@given(texts, st.data())
def test_taking_one_edit_back_moves_only_its_own_place(raw: str, data: st.DataObject) -> None:
    ledger = edits.compose(raw, (), data.draw(steps(raw)))
    if not ledger:
        return
    k = data.draw(st.integers(0, len(ledger) - 1))
    twins = sum(decisions.place(e) == decisions.place(ledger[k]) for e in ledger) - 1
    if twins or not is_text(ledger[k].before):
        return
    chosen: dict[decisions.Place, decisions.Decision] = {decisions.place(ledger[k]): "reject"}
    kept = decisions.split("x", ledger, chosen).kept
    shifts = [0, *accumulate(len(e.after) - len(e.before) for e in ledger)]
    full, now = edits.apply(raw, ledger), edits.apply(raw, kept)
    at = ledger[k].start + shifts[k]
    assert now[:at] == full[:at]
    assert now[at : at + len(ledger[k].before)] == ledger[k].before
    assert now[at + len(ledger[k].before) :] == full[at + len(ledger[k].after) :]


def test_surrogates_that_meet_are_found_as_a_browser_writes_them() -> None:
    """Two lone surrogates side by side are one character to JavaScript."""
    edit = Edit(0, 2, "\ud83d\udc80", "", "normalise", "undecodable-bytes")
    row = {"start": 0, "end": 2, "before": "\U0001f480", "after": "", "decision": "accept"}
    record = {"schema": 1, "kind": decisions.KIND, "fingerprint": "x",
              "documents": [{"id": "a", "edits": [row]}]}  # fmt: skip
    read = decisions.read(json.dumps(record).encode(), "d.json")
    assert decisions.split("a", (edit,), read.documents["a"]).accepted == 1


def test_bytes_that_are_no_text_stay_out_of_the_text(results: Path, tmp_path: Path) -> None:
    bad = [
        (stored.document["id"], edit, "reject")
        for stored in Store(results)
        for edit in stored.ledger
        if not is_text(edit.before)
    ]
    assert bad
    with pytest.raises(InputError, match="cannot be rejected"):
        review.apply(results, written(tmp_path / "d.json", results, bad), tmp_path / "new")


def unspun(*arguments: str | Path, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "unspun", *map(str, arguments)]
    return subprocess.run(command, input=stdin, capture_output=True, check=False)


def test_command_applies_and_tells(results: Path, tmp_path: Path) -> None:
    choices = [(id_, edit, "reject") for id_, edit in everything(results)]
    path = written(tmp_path / "d.json", results, choices)
    new = tmp_path / "new"
    done = unspun("apply", results, "-", "--out", new, stdin=path.read_bytes())
    assert done.returncode == 0, done.stderr
    assert f"{len(choices)} edits taken back" in done.stdout.decode()
    raw = unspun("undo", new, "bytes").stdout
    assert raw == LINE.encode() + b"Caf\xe9 and \xff\xfe or \xed\xa0\xbd.\r\n"
    again = unspun("apply", new, path)
    assert again.returncode == 2
    assert b"already" in again.stderr
    assert b"Traceback" not in again.stderr
