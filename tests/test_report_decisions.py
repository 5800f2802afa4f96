"""The page over real results: it shows what is stored, and decisions made on it come true."""

from __future__ import annotations

import base64
import io
import json
import re
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support import expected_conditions as expected
from selenium.webdriver.support.ui import WebDriverWait

from browsing import browser, complaints, evaluate
from report_samples import documents, run
from unspun import batches, decisions, edits, reporting, review
from unspun.model import Edit
from unspun.report import DocumentView, RunView, render
from unspun.report.escape import visible
from unspun.store import Store

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SAVED = "decisions.json"
NOT_TEXT = re.compile("[\ud800-\udfff]")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    """Results of the example documents, and of texts that would like to be more than text."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copytree(root / "raw", folder / "raw")
    shutil.copytree(root / "clean", folder / "clean")
    hostile = (
        "</script><script>window.pwned=1</script>\n\nIt\u00e2\u20ac\u2122s <img src=x "
        "onerror=window.pwned=1> here.\u200b\n\nuser\u202etxt.exe \u00c2\u00a342\n"
    )
    (folder / "raw/a<b>&'\"c.txt").write_text(hostile, encoding="utf-8")
    lone = [{"id": "lone</script>", "text": "It\u00e2\u20ac\u2122s \ud83d alone, \u00c2\u00a35."}]
    (folder / "raw/rows.jsonl").write_text(json.dumps(lone[0]) + "\n", encoding="utf-8")
    batches.run(folder / "raw", folder / "clean", folder / "out", workers=0)
    return folder / "out"


@pytest.fixture
def opened(browser: webdriver.Chrome, results: Path) -> Iterator[webdriver.Chrome]:
    browser.set_window_size(1400, 1000)
    browser.get("about:blank")
    browser.get((results / reporting.PAGE).as_uri())
    yield browser
    evaluate(browser, "addEventListener('beforeunload', e => e.stopImmediatePropagation(), true)")
    assert complaints(browser) == []


def visit(browser: webdriver.Chrome, number: int) -> str:
    """Open a document; its name as the page shows it."""
    evaluate(browser, "location.hash = arguments[0]", f"#d{number}")
    wanted = data(browser, number)["id"]
    shown = "return document.getElementById('reader-h').textContent"
    WebDriverWait(browser, 10).until(lambda _: evaluate(browser, shown) == seen(wanted))
    return str(wanted)


def seen(text: str) -> str:
    """What the page shows of a text: unseen characters as their code points."""
    return re.sub(r"\[(U\+[0-9A-F]{4,6})\]", r"\1", str(visible(text)))


def click(browser: webdriver.Chrome, element: WebElement) -> None:
    """With the pointer, where nothing lies above it."""
    evaluate(browser, "arguments[0].scrollIntoView({block: 'center'})", element)
    element.click()


def column(browser: webdriver.Chrome, name: str) -> str:
    script = (
        "return [...document.querySelectorAll(`.texts [data-row] > .${arguments[0]}`)]"
        ".map(c => c.textContent).join('')"
    )
    return str(evaluate(browser, script, name))


def press(browser: webdriver.Chrome, keys: str) -> None:
    for key in keys:
        webdriver.ActionChains(browser).send_keys(key).perform()


def numbered(results: Path) -> list[tuple[int, Any]]:
    return list(enumerate(Store(results)))


def test_what_is_shown_is_what_is_stored(opened: webdriver.Chrome, results: Path) -> None:
    evaluate(opened, "document.querySelector('[name=view][value=side]').click()")
    for number, stored in numbered(results):
        assert visit(opened, number) == stored.document["id"]
        assert column(opened, "raw") == seen(stored.raw_text)
        assert column(opened, "clean") == seen(stored.text)
        if stored.diff:
            assert column(opened, "reference") == seen(stored.diff["text"])
        for k, edit in enumerate(stored.ledger):
            marks = "return [...document.querySelectorAll(`.${arguments[0]} [data-e='${arguments[1]}']`)].map(m => m.textContent).join('')"  # noqa: E501
            assert evaluate(opened, marks, "raw", k) == seen(edit.before)
            assert evaluate(opened, marks, "clean", k) == seen(edit.after)
    assert evaluate(opened, "return window.pwned") is None


def test_list_is_the_ledger(opened: webdriver.Chrome, results: Path) -> None:
    for number, stored in numbered(results):
        if not stored.ledger:
            continue
        visit(opened, number)
        click(opened, opened.find_element(By.XPATH, "//summary[contains(., 'edits as a list')]"))
        script = (
            "return [...document.querySelectorAll('.edits tbody tr')].map(r => "
            "[...r.cells].slice(0, 7).map(c => c.textContent))"
        )
        WebDriverWait(opened, 10).until(
            expected.presence_of_element_located((By.CSS_SELECTOR, ".edits tbody tr"))
        )
        rows = evaluate(opened, script)
        assert len(rows) == min(200, len(stored.ledger))
        for row, edit in zip(rows, stored.ledger, strict=False):
            assert row[0] == f"{edit.start:,}"
            assert row[1:3] == [edit.stage, edit.rule]
            assert row[6] == f"{edit.confidence:.2f}"


def test_overview_is_the_records(opened: webdriver.Chrome, results: Path) -> None:
    script = (
        "return [...document.querySelectorAll('#overview tbody tr')].map(r => "
        "[...r.cells].map(c => c.dataset.v ?? c.textContent))"
    )
    rows = evaluate(opened, script)
    stored = [s.document for s in Store(results)]
    assert [row[0] for row in rows] == [visible(d["id"]) for d in stored]
    for row, document in zip(rows, stored, strict=True):
        assert row[1].split()[0] == document["language"]
        assert float(row[3]) == document["quality"]["score"]
        assert int(row[4]) == sum(document["edits"].values())
        if document.get("scores"):
            assert float(row[5]) == pytest.approx(document["scores"]["raw"]["bleu"], abs=1e-4)
            assert float(row[6]) == pytest.approx(document["scores"]["clean"]["bleu"], abs=1e-4)


def test_gains_are_those_of_the_manifest(opened: webdriver.Chrome, results: Path) -> None:
    told = evaluate(opened, "return document.querySelector('#s-gain-bleu').textContent")
    for stage in Store(results).manifest["corpus"]["stages"]:
        gained = f"{stage['bleu']['gained']:+.1f}".replace("-", "\N{MINUS SIGN}")
        assert f"{stage['stage']}: {gained}," in told
    shown = evaluate(opened, "return document.querySelector('#s-languages').textContent")
    assert "en: " in shown


def saved(browser: webdriver.Chrome, folder: Path) -> Path:
    """Press save, and wait for the file."""
    behaviour = {"behavior": "allow", "downloadPath": str(folder)}
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    click(browser, browser.find_element(By.ID, "save"))
    path = folder / SAVED
    WebDriverWait(browser, 20).until(lambda _: path.exists() and path.stat().st_size)
    return path


@pytest.mark.parametrize("view", ["side", "inline"])
def test_decisions_made_by_keys_and_pointer_come_true(
    opened: webdriver.Chrome, results: Path, tmp_path: Path, view: str
) -> None:
    wanted: dict[str, dict[Edit, str]] = {}
    evaluate(opened, f"document.querySelector('[name=view][value={view}]').click()")
    for number, stored in numbered(results):
        if not stored.ledger:
            continue
        id_ = visit(opened, number)
        mine = wanted.setdefault(id_, {})
        for k, edit in enumerate(stored.ledger[:9]):
            press(opened, "n")
            if NOT_TEXT.search(edit.before):
                press(opened, "r")  # cannot be: nothing happens
            elif k % 3 == 0:
                press(opened, "r")
                mine[edit] = "reject"
            elif k % 3 == 1:
                press(opened, "a")
                mine[edit] = "accept"
            else:
                press(opened, "ru")
        if view == "side":
            kept = [e for e in stored.ledger if mine.get(e) != "reject"]
            assert column(opened, "clean") == seen(edits.apply(stored.raw_text, kept))
    told = opened.find_element(By.ID, "decided").text
    counts = [list(m.values()) for m in wanted.values()]
    accepted, rejected = (sum(c.count(d) for c in counts) for d in ("accept", "reject"))
    assert rejected > 3
    assert told == f"{accepted} accepted, {rejected} rejected"
    path = saved(opened, tmp_path)
    read = decisions.read(path.read_bytes(), SAVED)
    assert read.documents == {
        id_: {decisions.place(e): d for e, d in mine.items()}
        for id_, mine in wanted.items()
        if mine
    }
    done = review.apply(results, path, tmp_path / "new")
    assert (done.accepted, done.rejected) == (accepted, rejected)
    for before, after in zip(Store(results), Store(tmp_path / "new"), strict=True):
        mine = wanted.get(before.document["id"], {})
        assert after.ledger == tuple(e for e in before.ledger if mine.get(e) != "reject")
        assert after.text == edits.apply(before.raw_text, after.ledger)
    opened.get((tmp_path / "new" / reporting.PAGE).as_uri())
    for number, stored in numbered(tmp_path / "new"):
        told = f"Rejected in review: {len(stored.document.get('rejected', ()))}"
        visit(opened, number)
        assert (told in opened.find_element(By.ID, "reader-body").text) == (told[-2:] != " 0")


def test_saved_decisions_can_be_opened_again(
    opened: webdriver.Chrome, results: Path, tmp_path: Path
) -> None:
    number, stored = next((n, s) for n, s in numbered(results) if len(s.ledger) > 3)
    visit(opened, number)
    press(opened, "nrnanr")
    path = saved(opened, tmp_path)
    opened.get("about:blank")
    opened.get((results / reporting.PAGE).as_uri())
    opened.find_element(By.ID, "open").send_keys(str(path))
    told = opened.find_element(By.ID, "decided")
    WebDriverWait(opened, 10).until(lambda _: told.text == "3 decisions opened.")
    visit(opened, number)
    kept = [e for k, e in enumerate(stored.ledger) if k not in (0, 2)]
    assert column(opened, "clean") == seen(edits.apply(stored.raw_text, kept))
    record = json.loads(path.read_bytes())
    for spoilt, answer in (
        (b"{", "damaged"),
        (json.dumps({**record, "fingerprint": "0"}).encode(), "other results"),
        (json.dumps({**record, "kind": "x"}).encode(), "no decisions"),
    ):
        path.write_bytes(spoilt)
        opened.find_element(By.ID, "open").send_keys(str(path))
        WebDriverWait(opened, 10).until(
            expected.text_to_be_present_in_element((By.ID, "decided"), answer)
        )


def test_all_that_is_shown_can_be_decided_at_once(
    opened: webdriver.Chrome, results: Path, tmp_path: Path
) -> None:
    number, stored = next((n, s) for n, s in numbered(results) if len(s.ledger) > 30)
    visit(opened, number)
    evaluate(opened, "document.querySelector('.toolbar summary').click()")
    high = "const i = document.querySelector('[data-range=high]'); i.value = 0.9; i.dispatchEvent(new Event('input'))"  # noqa: E501
    evaluate(opened, high)
    click(opened, opened.find_element(By.XPATH, "//summary[contains(., 'edits as a list')]"))
    click(opened, opened.find_element(By.XPATH, "//button[.='Reject all shown']"))
    read = decisions.read(saved(opened, tmp_path).read_bytes(), SAVED)
    low = {decisions.place(e) for e in stored.ledger if e.confidence <= 0.9}
    assert read.documents[stored.document["id"]].keys() == low
    assert 0 < len(low) < len(stored.ledger)


def shown_edits(browser: webdriver.Chrome) -> set[int]:
    script = "return [...document.querySelectorAll('.clean .mark[data-e]:not(.off)')].map(m => +m.dataset.e)"  # noqa: E501
    return set(evaluate(browser, script))


@pytest.mark.parametrize(("kind", "field"), [("stage", 4), ("class", 7), ("rule", 5)])
def test_filters_hide_what_they_name(opened: webdriver.Chrome, kind: str, field: int) -> None:
    number = max(
        range(evaluate(opened, "return document.querySelectorAll('[id^=data-]').length")),
        key=lambda n: len(data(opened, n)["edits"]),
    )
    visit(opened, number)
    rows = data(opened, number)["edits"]
    assert shown_edits(opened) == set(range(len(rows)))
    box = "const box = document.querySelector(arguments[0]); box.click(); return {...box.dataset}"
    name = evaluate(opened, box, f"input[data-{kind}]")[kind]
    value = name.split(" \u203a ")[-1]
    stage = name.split(" \u203a ")[0] if kind == "rule" else None
    hidden = {k for k, e in enumerate(rows) if e[field] == value and stage in (None, e[4])}
    assert hidden or kind == "class"
    assert shown_edits(opened) == set(range(len(rows))) - hidden


def data(browser: webdriver.Chrome, number: int) -> dict[str, Any]:
    text = evaluate(
        browser, "return document.getElementById(arguments[0]).textContent", f"data-{number}"
    )
    return dict(json.loads(text))


def test_keys_walk_the_edits_and_can_be_switched_off(opened: webdriver.Chrome) -> None:
    number = next(n for n in range(9) if len(data(opened, n)["edits"]) > 3)
    visit(opened, number)
    current = "return document.activeElement.dataset.e"
    press(opened, "nj")
    assert evaluate(opened, current) == "1"
    press(opened, "kp")
    assert evaluate(opened, current) == str(len(data(opened, number)["edits"]) - 1)
    mode = evaluate(opened, "return document.querySelector('[name=view]:checked').value")
    press(opened, "i")
    assert evaluate(opened, "return document.querySelector('[name=view]:checked').value") != mode
    press(opened, "]")
    WebDriverWait(opened, 10).until(
        lambda _: evaluate(opened, "return location.hash") == f"#d{number + 1}"
    )
    press(opened, "[")
    WebDriverWait(opened, 10).until(
        lambda _: evaluate(opened, "return location.hash") == f"#d{number}"
    )
    visit(opened, number)
    evaluate(opened, "document.getElementById('keys-on').click()")
    press(opened, "nr")
    assert opened.find_element(By.ID, "decided").text == "Nothing decided yet"
    evaluate(opened, "document.getElementById('keys-on').click()")
    opened.find_element(By.ID, "find").send_keys("nrj" + Keys.TAB)
    assert opened.find_element(By.ID, "decided").text == "Nothing decided yet"


def test_inline_view_holds_both_texts(opened: webdriver.Chrome, results: Path) -> None:
    evaluate(opened, "document.querySelector('[name=view][value=inline]').click()")
    without = (
        "const all = [...document.querySelectorAll('.texts [data-row] > .inline')].map(c => {"
        "const copy = c.cloneNode(true);"
        "copy.querySelectorAll(arguments[0]).forEach(e => e.remove());"
        "return copy.textContent}); return all.join('')"
    )
    for number, stored in numbered(results):
        visit(opened, number)
        assert evaluate(opened, without, "ins") == seen(stored.raw_text)
        assert evaluate(opened, without, "del") == seen(stored.text)


def printed(browser: webdriver.Chrome) -> str:
    """The text of the page as PDF."""
    made = browser.execute_cdp_cmd("Page.printToPDF", {"printBackground": True})
    pages = PdfReader(io.BytesIO(base64.b64decode(made["data"]))).pages
    return "\n".join(page.extract_text() for page in pages)


def letters(text: str) -> str:
    """The letters of a text; fonts draw some of them as one."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKC", text).lower())


def test_print_holds_overview_and_text(opened: webdriver.Chrome, results: Path) -> None:
    number, stored = next(
        (n, s) for n, s in numbered(results) if s.document["id"] == "kestrel-wire"
    )
    visit(opened, number)
    text = letters(printed(opened))
    for document in Store(results):
        assert letters(document.document["id"])[:12] in text
    for paragraph in (p for p in stored.text.split("\n\n") if len(p) > 80):
        assert any(letters(sentence) in text for sentence in paragraph.split(". ")), paragraph
    assert letters("Where the figures come from") in text
    assert letters("Save decisions") not in text


def test_print_is_black_on_white_whatever_the_theme(opened: webdriver.Chrome) -> None:
    evaluate(opened, "document.documentElement.dataset.theme = 'dark'")
    opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        ground = "return getComputedStyle(document.body).backgroundColor"
        assert evaluate(opened, ground) == "rgb(255, 255, 255)"
    finally:
        opened.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


MANY = 1_000
NODES = 6_000


def replaced(raw: str, word: str, better: str) -> list[Edit]:
    return [
        Edit(m.start(), m.end(), word, better, "restore", "channel", 0.9)
        for m in re.finditer(word, raw)
    ]


def test_a_thousand_documents_are_light(browser: webdriver.Chrome, tmp_path: Path) -> None:
    """The browser holds a page of the table and one document, however many there are."""
    line = "The ferry to Saltholm sails at nine, and the quay is full of people who wait. "
    views = []
    for number in range(MANY):
        raw = f"Notice {number}. " + (line + "\n") * 40
        step = replaced(raw, "Saltholm", "Southholm")
        views.append(DocumentView(f"notice-{number:04}", raw, edits.apply(raw, step), tuple(step),
                                  language="en", before={"bleu": 40.0 + number % 50},
                                  after={"bleu": 60.0 + number % 40}))  # fmt: skip
    page = "".join(render(RunView(title="Many"), views))
    size = sum(len(view.raw) for view in views)
    assert len(page.encode()) < 10 * size
    path = tmp_path / "many.html"
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())
    nodes = "return document.querySelectorAll('body *:not(script)').length"
    assert evaluate(browser, nodes) < NODES
    assert evaluate(browser, "return document.querySelector('#shown').textContent").endswith(
        "of 1,000"
    )
    for number in (MANY // 2, MANY - 1):
        assert visit(browser, number) == f"notice-{number:04}"
        assert evaluate(browser, nodes) < NODES
    browser.find_element(By.ID, "find").send_keys("notice-0777")
    WebDriverWait(browser, 10).until(
        lambda _: browser.find_element(By.ID, "shown").text == "Rows 1 to 1 of 1"
    )
    assert complaints(browser) == []


def test_a_long_text_is_shown_in_parts(browser: webdriver.Chrome, tmp_path: Path) -> None:
    line = "The spherical was led by Hedgerow Companions on Could 4, an investor in expertise.\n"
    raw = line * 2_400
    step = replaced(raw, "spherical", "round")
    view = DocumentView("long", raw, edits.apply(raw, step), tuple(step))
    path = tmp_path / "long.html"
    page = "".join(render(RunView(), [view]))
    assert len(page.encode()) < 10 * len(raw)
    path.write_text(page, encoding="utf-8")
    browser.get(path.as_uri())
    evaluate(browser, "document.querySelector('[name=view][value=side]').click()")
    nodes = "return document.querySelectorAll('.texts *').length"
    parts: list[str] = []
    while True:
        assert evaluate(browser, nodes) < NODES
        parts.append(column(browser, "clean"))
        following = browser.find_element(By.XPATH, "//button[.='Next part']")
        if not following.is_enabled():
            break
        click(browser, following)
    assert len(parts) > 1
    whole = "".join(parts)
    assert view.clean.startswith(whole)
    assert len(whole) > 150_000
    press(browser, "n")  # from the start again, in another part
    assert evaluate(browser, "return document.activeElement.dataset.e") == "0"
    press(browser, "p")
    last = int(evaluate(browser, "return document.activeElement.dataset.e"))
    assert last > 1_500
    assert complaints(browser) == []


def test_real_pages_stay_small(results: Path, shared: Path, tmp_path: Path) -> None:
    for name, raw, clean in (
        ("own", None, None),
        ("corpus", shared / "corpus/raw", shared / "corpus/clean"),
    ):
        out = results
        if raw is not None:
            out = tmp_path / name
            batches.run(raw, clean, out, workers=0)
        texts = sum(len(stored.raw_text.encode("utf-8", "replace")) for stored in Store(out))
        assert (out / reporting.PAGE).stat().st_size < 10 * texts + 100_000, name


@pytest.mark.parametrize("name", ["spoof", "terminal_escapes", "csv_formula", "filenames"])
def test_hostile_material_breaks_out_nowhere(
    browser: webdriver.Chrome, shared: Path, tmp_path: Path, name: str
) -> None:
    lines = (shared / f"data/reliability/made/{name}.jsonl").read_bytes().splitlines()
    found = [json.loads(line) for line in lines]
    strings = [text for record in found for text in strings_of(record)]
    assert strings
    views = []
    for text in strings:
        edit = Edit(0, len(text), text, text[::-1] + "!", text or "s", text or "r", 0.5)
        view = DocumentView(text, text, edit.after, (edit,), reference=text, reference_id=text)
        views.append(replace(view, language=text[:8] or "en", encoding=text))
    path = tmp_path / "hostile.html"
    path.write_text("".join(render(RunView(title=strings[0]), views)), encoding="utf-8")
    browser.get(path.as_uri())
    evaluate(browser, "document.querySelector('[name=view][value=side]').click()")
    for number in sorted({0, len(views) // 3, len(views) // 2, len(views) - 1}):
        visit(browser, number)
        press(browser, "nr")
        evaluate(browser, "document.querySelector('[name=view][value=inline]').click()")
        evaluate(browser, "document.querySelector('[name=view][value=side]').click()")
        for side in ("raw", "clean"):  # the clean text shows what was rejected as it was
            shown = evaluate(
                browser, f"return document.querySelector('.texts .{side} .mark').textContent"
            )
            assert shown == seen(views[number].raw)
    foreign = "main img, main iframe, main a[href]:not([href^='#']), main object, main form"
    assert evaluate(browser, "return document.querySelectorAll(arguments[0]).length", foreign) == 0
    assert complaints(browser) == []


def strings_of(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for other in value.values():
            yield from strings_of(other)
    elif isinstance(value, list):
        for other in value:
            yield from strings_of(other)


WIDTHS: dict[str, Callable[[webdriver.Chrome], object]] = {
    "side": lambda b: evaluate(b, "document.querySelector('[value=side]').click()"),
    "inline": lambda b: evaluate(b, "document.querySelector('[value=inline]').click()"),
}


@pytest.mark.parametrize("view", WIDTHS)
@pytest.mark.parametrize("width", [360, 800, 1400])
def test_nothing_is_wider_than_the_screen(
    browser: webdriver.Chrome, tmp_path: Path, width: int, view: str
) -> None:
    path = tmp_path / "report.html"
    path.write_text("".join(render(run(), documents())), encoding="utf-8")
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        browser.get(path.as_uri())
        WIDTHS[view](browser)
        evaluate(browser, "document.querySelectorAll('details').forEach(d => d.open = true)")
        assert evaluate(browser, "return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
