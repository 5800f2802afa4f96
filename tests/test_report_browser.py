"""The report in a real browser: it sorts, tells, filters, fits, and nothing hostile runs."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import WebDriverWait

from browsing import browser, complaints, evaluate
from report_samples import documents, run
from unspun.model import Edit
from unspun.report import DocumentView, RunView, render

__all__ = ["browser"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text("".join(render(run(), documents())), encoding="utf-8")
    return path


@pytest.fixture
def opened(browser: webdriver.Chrome, sample: Path) -> Iterator[webdriver.Chrome]:
    browser.set_window_size(1300, 1000)
    browser.get(sample.as_uri())
    yield browser
    assert complaints(browser) == []


def column(browser: webdriver.Chrome, number: int) -> list[str]:
    script = (
        "return [...document.querySelectorAll('#overview tbody tr')]"
        ".map(r => r.cells[arguments[0]].dataset.v || r.cells[arguments[0]].textContent.trim())"
    )
    return list(evaluate(browser, script, number))


def test_table_sorts_by_click_and_by_keyboard(opened: webdriver.Chrome) -> None:
    button = opened.find_element(By.CSS_SELECTOR, "#overview th button[aria-label='Document'], "
                                 "#overview thead th:first-child button")  # fmt: skip
    button.click()
    first = column(opened, 0)
    assert first == sorted(first)
    button = opened.switch_to.active_element
    button.send_keys(Keys.ENTER)
    assert column(opened, 0) == sorted(first, reverse=True)
    assert opened.find_elements(By.CSS_SELECTOR, "#overview th[aria-sort='descending']")


def test_numbers_sort_as_numbers(opened: webdriver.Chrome) -> None:
    edits = next(
        b
        for b in opened.find_elements(By.CSS_SELECTOR, "#overview th button")
        if b.text.startswith("Edits")
    )
    edits.click()
    values = [float(v) for v in column(opened, 4)]
    assert values == sorted(values, reverse=True)


def test_an_edit_tells_rule_confidence_and_original(opened: webdriver.Chrome) -> None:
    mark = opened.find_element(By.CSS_SELECTOR, "#reader .clean .mark[data-e]")
    evaluate(opened, "arguments[0].scrollIntoView({block: 'center'}); arguments[0].focus()", mark)
    tip = opened.find_element(By.ID, "tip")
    WebDriverWait(opened, 5).until(lambda _: tip.is_displayed())
    assert "confidence" in tip.text
    assert mark.get_attribute("aria-describedby") == "tip"
    opened.switch_to.active_element.send_keys(Keys.ESCAPE)
    WebDriverWait(opened, 5).until(lambda _: not tip.is_displayed())


def test_pointer_and_arrow_keys_reach_edits(opened: webdriver.Chrome) -> None:
    mark = opened.find_element(By.CSS_SELECTOR, "#reader .raw .mark[data-e]")
    evaluate(opened, "arguments[0].scrollIntoView({block: 'center'})", mark)
    webdriver.ActionChains(opened).move_to_element(mark).perform()
    tip = opened.find_element(By.ID, "tip")
    WebDriverWait(opened, 5).until(lambda _: tip.is_displayed())
    evaluate(opened, "arguments[0].focus()", mark)
    before = opened.switch_to.active_element
    before.send_keys(Keys.ARROW_RIGHT)
    assert opened.switch_to.active_element != before
    assert "mark" in (opened.switch_to.active_element.get_attribute("class") or "")


def test_a_stage_can_be_hidden(opened: webdriver.Chrome) -> None:
    boxes = opened.find_elements(By.CSS_SELECTOR, "#reader input[data-stage]")
    assert boxes
    boxes[0].click()
    stage = boxes[0].get_attribute("data-stage")
    off = opened.find_elements(By.CSS_SELECTOR, f"#reader .mark.m-{stage}.off")
    on = opened.find_elements(By.CSS_SELECTOR, f"#reader [role=cell] .mark.m-{stage}:not(.off)")
    assert off
    assert not on


def test_theme_changes_and_returns(opened: webdriver.Chrome) -> None:
    script = "return getComputedStyle(document.body).backgroundColor"
    button = opened.find_element(By.ID, "theme")
    seen = {}
    for _ in range(3):
        button.click()
        seen[button.text] = evaluate(opened, script)
    assert len(seen) == 3
    assert seen["Theme: light"] != seen["Theme: dark"]


@pytest.mark.parametrize("view", ["side", "inline"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_has_contrast(opened: webdriver.Chrome, theme: str, view: str) -> None:
    """WCAG 2.2 AA: 4.5 to 1 for the page's text, measured on what the browser computed."""
    evaluate(opened, "document.querySelector(`[name=view][value=${arguments[0]}]`).click()", view)
    evaluate(opened, "document.querySelectorAll('details').forEach(d => { d.open = true })")
    for key in "nanrn":
        webdriver.ActionChains(opened).send_keys(key).perform()
    evaluate(opened, "document.documentElement.dataset.theme = arguments[0]", theme)
    script = """
      const light = c => { const v = c.match(/[\\d.]+/g).slice(0, 3).map(Number).map(x => x / 255)
        .map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
        return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2]; };
      const ground = e => { for (; e; e = e.parentElement) {
        const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$/.test(c) && c !== 'transparent') return c; } return 'rgb(255, 255, 255)'; };
      const poor = [];
      for (const e of document.querySelectorAll('main *')) {
        const own = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
        if (!own || e.closest('svg, [aria-hidden=true]') || e.disabled) continue;
        if (!e.getClientRects().length) continue;
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) poor.push(`${e.className}: ${e.textContent}`);
      }
      return poor;
    """
    assert evaluate(opened, script) == []


@pytest.mark.parametrize("width", [390, 768, 1300])
def test_page_never_scrolls_sideways(opened: webdriver.Chrome, width: int) -> None:
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    opened.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    try:
        opened.refresh()
        wide = evaluate(opened, "return document.documentElement.scrollWidth")
        assert wide <= width
    finally:
        opened.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_controls_have_names_and_headings_have_order(opened: webdriver.Chrome) -> None:
    script = """
      const name = e => (e.getAttribute('aria-label') || e.textContent || '').trim()
        || [...(e.labels || [])].map(l => l.textContent).join('').trim();
      return [...document.querySelectorAll('button, input, a, [role=button]')]
        .filter(e => !name(e)).map(e => e.outerHTML.slice(0, 80));
    """
    assert evaluate(opened, script) == []
    levels = evaluate(
        opened, "return [...document.querySelectorAll('h1,h2,h3,h4')].map(e => +e.tagName[1])"
    )
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))


def test_links_open_documents(opened: webdriver.Chrome) -> None:
    link = opened.find_elements(By.CSS_SELECTOR, "#overview tbody a")[1]
    name = link.text
    link.click()
    heading = opened.find_element(By.ID, "reader-h")
    WebDriverWait(opened, 5).until(lambda _: heading.text == name)


def test_nothing_hostile_runs(browser: webdriver.Chrome, tmp_path: Path, shared: Path) -> None:
    made = shared / "data/reliability/made"
    payloads = json.loads((made / "xss_payloads.json").read_text("utf-8"))
    hostile = [p if isinstance(p, str) else json.dumps(p) for p in payloads]
    hostile += [
        "</script><script>window.pwned=1</script>",
        "<img src=x onerror=window.pwned=1>",
        "javascript:window.pwned=1",
    ]
    views = [
        DocumentView(
            text, text, text + "!", (Edit(len(text), len(text), "", "!", text, text, 0.5),),
            reference=text, reference_id=text, language=text[:20] or "en",
        )
        for text in hostile
    ]  # fmt: skip
    path = tmp_path / "hostile.html"
    path.write_text("".join(render(RunView(title=hostile[-1]), views)), encoding="utf-8")
    browser.get(path.as_uri())
    for number in (0, 1, len(views) // 2, len(views) - 1):
        evaluate(browser, "location.hash = arguments[0]", f"#d{number}")
    assert evaluate(browser, "return window.pwned") is None
    assert (
        evaluate(browser, "return document.querySelectorAll('main img, main iframe').length") == 0
    )
    assert complaints(browser) == []
