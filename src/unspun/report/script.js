"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const STAGES = ["normalise", "chrome", "restore", "translate"];
  const slug = (stage) => (STAGES.includes(stage) ? stage : "other");
  const pretty = (value, digits) => (value === null || value === undefined ? "\u2013" : value.toFixed(digits));
  const count = (value) => value.toLocaleString("en");

  // Characters that cannot be seen are shown as their code points; the joiners stay, they shape words.
  const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\ufff9-\ufffb\ufffe\uffff\p{Cs}\u{e0000}-\u{e007f}]/gu;
  const BLANK = /[\u0000-\u0020\u00a0\u2000-\u200f\u202f\u205f\u3000\ufe0e\ufe0f]/gu;

  /** An element with attributes and children; strings become text, never markup. */
  function h(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
    }
    for (const child of children.flat()) {
      if (child instanceof Node) element.append(child);
      else if (child !== null && child !== undefined && child !== "") element.append(...seen(String(child), UNSEEN));
    }
    return element;
  }

  /** Text as nodes, unseen characters as small labels. */
  function seen(text, unseen) {
    const nodes = [];
    let at = 0;
    for (const match of text.matchAll(unseen)) {
      if (match.index > at) nodes.push(text.slice(at, match.index));
      const label = document.createElement("span");
      label.className = "unseen";
      label.textContent = "U+" + match[0].codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
      nodes.push(label);
      at = match.index + match[0].length;
    }
    if (at < text.length) nodes.push(text.slice(at));
    return nodes;
  }

  /** Text in a tooltip or list: short, and visible even where it is nothing but space. */
  function quoted(text, most = 600) {
    if (text === "") return [h("span", { class: "quiet" }, "nothing")];
    const cut = text.length > most ? text.slice(0, most) + "\u2026" : text;
    return text.trim().replace(BLANK, "") === "" ? seen(cut.replace(/\n/g, "\u21b5"), BLANK) : seen(cut.replace(/\n/g, "\u21b5\n"), UNSEEN);
  }

  // ---- theme ----
  function setUpTheme() {
    const names = ["system", "light", "dark"];
    const button = $("theme");
    let now = "system";
    try { now = localStorage.getItem("unspun-theme") || now; } catch { /* storage is off: the toggle still works */ }
    const show = () => {
      if (now === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = now;
      button.querySelector("span").textContent = now;
    };
    button.addEventListener("click", () => {
      now = names[(names.indexOf(now) + 1) % names.length];
      try { localStorage.setItem("unspun-theme", now); } catch { /* as above */ }
      show();
    });
    if (!names.includes(now)) now = "system";
    show();
    button.hidden = false;
  }

  // ---- overview ----
  function setUpOverview() {
    const PAGE = 50;
    const table = $("overview");
    const body = table.tBodies[0];
    const all = [...body.rows];
    const words = new Map(all.map((row) => [row, row.textContent.toLowerCase()]));
    let kept = all;
    let first = 0;

    const show = () => {
      const visible = new Set(kept.slice(first, first + PAGE));
      for (const row of all) row.hidden = !visible.has(row);
      const last = Math.min(first + PAGE, kept.length);
      $("shown").textContent = kept.length === 0 ? "No row matches" : `Rows ${count(first + 1)} to ${count(last)} of ${count(kept.length)}`;
      $("pager").hidden = kept.length <= PAGE;
      $("back").disabled = first === 0;
      $("on").disabled = last >= kept.length;
    };
    const filter = () => {
      const wanted = $("find").value.trim().toLowerCase().split(/\s+/);
      kept = [...body.rows].filter((row) => wanted.every((word) => words.get(row).includes(word)));
      first = 0;
      show();
    };
    for (const [column, header] of headers(table)) {
      const button = h("button", { type: "button", class: "sort", "aria-label": header.dataset.name }, header.textContent);
      header.replaceChildren(button);
      button.addEventListener("click", () => {
        sort(table, all, column, header);
        filter();
      });
    }
    $("find").addEventListener("input", filter);
    $("back").addEventListener("click", () => { first = Math.max(0, first - PAGE); show(); });
    $("on").addEventListener("click", () => { first += PAGE; show(); });
    $("table-tools").hidden = false;
    show();
  }

  /** Each sortable header with its column: the second row of headers stands under the groups. */
  function headers(table) {
    const [top, under] = table.tHead.rows;
    const below = [...under.cells];
    const result = [];
    let column = 0;
    for (const cell of top.cells) {
      const cells = cell.colSpan > 1 ? below.splice(0, cell.colSpan) : [cell];
      for (const one of cells) result.push([column++, one]);
    }
    return result;
  }

  function sort(table, rows, column, header) {
    const now = header.getAttribute("aria-sort");
    const next = now ? (now === "ascending" ? "descending" : "ascending") : header.dataset.first;
    for (const other of table.tHead.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", next);
    const sign = next === "ascending" ? 1 : -1;
    const numeric = header.dataset.kind === "number";
    const collator = new Intl.Collator("en", { numeric: true });
    const key = (row) => {
      const cell = row.cells[column];
      if (!cell) return null;
      if (!numeric) return cell.textContent.trim();
      return cell.dataset.v === "" ? null : Number(cell.dataset.v);
    };
    const keys = new Map(rows.map((row) => [row, key(row)]));
    const ordered = [...rows].sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (x === null || y === null) return (x === null) - (y === null); // what has no value comes last
      return sign * (numeric ? x - y : collator.compare(x, y));
    });
    table.tBodies[0].append(...ordered);
  }

  // ---- tooltip ----
  const tip = h("div", { id: "tip", role: "tooltip", hidden: true });
  let tipFor = null;
  let leaving = 0;

  function showTip(mark, content) {
    clearTimeout(leaving);
    hideTip();
    tipFor = mark;
    tip.replaceChildren(...content);
    tip.hidden = false;
    mark.setAttribute("aria-describedby", "tip");
    place(mark);
  }

  /** Below the mark's first line, or above it where there is no room; the style sheet docks it on phones. */
  function place(mark) {
    tip.style.left = tip.style.top = "";
    if (matchMedia("(max-width: 48rem)").matches) return;
    const at = mark.getClientRects()[0] || mark.getBoundingClientRect();
    const box = tip.getBoundingClientRect();
    const left = Math.min(at.left, document.documentElement.clientWidth - box.width - 12);
    const below = at.bottom + 6 + box.height <= innerHeight || at.top < box.height + 6;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${below ? at.bottom + 6 : at.top - box.height - 6}px`;
  }

  function hideTip() {
    if (tipFor) tipFor.removeAttribute("aria-describedby");
    tipFor = null;
    tip.hidden = true;
  }

  // ---- one document ----
  const body = $("reader-body");
  let reader = null;

  function open(index, move) {
    const block = $(`data-${index}`);
    if (!block) return;
    hideTip();
    reader = new Reader(JSON.parse(block.textContent));
    $("reader").hidden = false;
    $("reader-h").replaceChildren(...seen(reader.data.id, UNSEEN));
    body.replaceChildren(...reader.build());
    reader.filter();
    for (const [id, to] of [["previous-document", index - 1], ["next-document", index + 1]]) {
      $(id).disabled = !$(`data-${to}`);
      $(id).onclick = () => { location.hash = `d${to}`; };
    }
    for (const row of $("overview").tBodies[0].rows) {
      const link = row.querySelector("a");
      const current = Boolean(link) && link.getAttribute("href") === `#d${index}`;
      row.classList.toggle("current", current);
      if (link) current ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current");
    }
    if (move) {
      $("reader").scrollIntoView();
      $("reader-h").focus({ preventScroll: true });
    }
  }

  class Reader {
    constructor(data) {
      this.data = data;
      this.stages = new Map();
      for (const edit of data.edits) this.stages.set(edit[4], (this.stages.get(edit[4]) || 0) + 1);
      this.current = -1;
      this.listed = 0;
    }

    build() {
      const d = this.data;
      const notes = d.left_out.map((sentence) => h("p", { class: "note" }, sentence));
      this.texts = this.buildTexts();
      return [this.facts(), ...notes, this.cards(), this.toolbar(), this.texts, this.editList()].filter(Boolean);
    }

    facts() {
      const d = this.data;
      const fact = (name, value) => value && h("div", {}, h("dt", {}, name), h("dd", {}, value));
      const origin = d.origin.label && d.origin.label + (d.origin.source ? ` from ${d.origin.source}` : "") + ` (${pretty(d.origin.score, 2)})`;
      return h("dl", { class: "facts" },
        fact("Language", `${d.language} ${d.script}` + (d.confidence ? ` (${pretty(d.confidence, 2)})` : "")),
        fact("Origin", origin),
        fact("Spun", d.origin.spun !== null && pretty(d.origin.spun, 2) + (d.origin.family ? `, ${d.origin.family}` : "")),
        fact("Quality", d.quality && pretty(d.quality.score, 2)),
        fact("Encoding", d.encoding),
        fact("Reference", d.reference),
        fact("Coverage", d.coverage !== null && pretty(d.coverage, 2)));
    }

    cards() {
      const d = this.data;
      const cards = [];
      if (d.scores.length) cards.push(this.scoreCard());
      if (d.quality && d.quality.parts.length) {
        const flagged = d.quality.parts.filter((part) => part[4]).length;
        const rows = d.quality.parts.map(([name, score, value, threshold, flag]) => h("tr", {},
          h("th", { scope: "row" }, name), h("td", { class: "n" }, pretty(score, 2)),
          h("td", { class: "n" }, pretty(value, 3)), h("td", { class: "n" }, pretty(threshold, 3)),
          h("td", flag ? { class: "flag" } : {}, flag ? "\u2691 flagged" : "passed")));
        cards.push(this.folded(`Quality ${pretty(d.quality.score, 2)}: ${flagged} of ${d.quality.parts.length} checks flagged`,
          this.grid(["Check", "Score", "Value", "Limit", "Verdict"], rows), flagged > 0));
      }
      if (d.findings.length) {
        const items = d.findings.map((finding) => this.finding(finding));
        cards.push(this.folded(`Findings: ${count(items.length)}`, h("ul", {}, items), items.length <= 8));
      }
      const foreign = d.languages.filter(([language]) => language !== d.language && language !== "und");
      if (foreign.length) {
        const rows = foreign.slice(0, 200).map(([language, script, sure, start, end]) => h("tr", {}, h("th", { scope: "row" }, language), h("td", {}, script),
          h("td", { class: "n" }, pretty(sure, 2)), h("td", { class: "n" }, `${count(start)}\u2013${count(end)}`)));
        cards.push(this.folded(`Other languages: ${count(foreign.length)} ${foreign.length === 1 ? "passage" : "passages"}`,
          this.grid(["Language", "Script", "Confidence", "Raw text at"], rows), foreign.length <= 8));
      }
      return cards.length ? h("div", { class: "cards" }, cards) : null;
    }

    scoreCard() {
      const d = this.data;
      const rows = d.scores.map(([label, higher, before, after, gain]) => {
        const same = gain === null || Math.abs(gain) < 0.05;
        const better = gain > 0 === higher;
        const change = h("span", { class: `change ${same ? "same" : better ? "better" : "worse"}` },
          gain === null ? "" : (gain > 0 ? "+" : gain < 0 ? "\u2212" : "\u00b1") + Math.abs(gain).toFixed(1));
        if (!same) change.append(h("span", { class: "sr" }, better ? " better" : " worse"));
        return h("tr", {}, h("th", { scope: "row" }, label), h("td", { class: "n soft" }, pretty(before, 1)),
          h("td", { class: "n" }, pretty(after, 1)), h("td", { class: "n" }, change));
      });
      const card = h("section", { class: "card", "aria-label": "Scores of this document" },
        h("h3", {}, "Scores against the reference"), this.grid(["Metric", "Raw", "Clean", "Change"], rows));
      if (d.trail.length) {
        const steps = d.trail.map(([stage, ...values]) => h("tr", {}, h("th", { scope: "row" }, `after ${stage}`),
          values.map((value) => h("td", { class: "n" }, pretty(value, 1)))));
        card.append(this.folded("Stage by stage", this.grid(["", ...d.metrics], steps), false, ""));
      }
      return card;
    }

    grid(names, rows) {
      const heads = names.map((name, k) => (name ? h("th", { scope: "col", class: k && name !== "Verdict" ? "n" : null }, name) : h("td")));
      return h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows));
    }

    folded(title, content, isOpen, kind = "card") {
      return h("details", { class: kind, open: isOpen }, h("summary", {}, title), content);
    }

    finding([source, kind, start, end, score, told, excerpt, row]) {
      const go = row >= 0 && excerpt && h("button", { type: "button", class: "button", onclick: () => this.flash(row), "aria-label": `Show ${kind} at ${start}` }, "Show");
      return h("li", {}, h("b", {}, kind), " ", h("span", { class: "quiet" }, `${source}, ${pretty(score, 2)}, at ${count(start)}\u2013${count(end)}`), " ", go || "",
        told ? h("div", {}, told) : "", excerpt ? h("div", {}, "\u201c", ...quoted(excerpt, 160), "\u201d") : "");
    }

    flash(index) {
      const row = this.texts.querySelector(`[data-row="${index}"]`);
      row.classList.remove("unchanged-off");
      row.scrollIntoView({ block: "center" });
      row.classList.add("flash");
      setTimeout(() => row.classList.remove("flash"), 2000);
    }

    toolbar() {
      const d = this.data;
      const box = (label, key, checked = true) => h("label", {}, h("input", { type: "checkbox", checked, "data-key": key, onchange: () => this.filter() }), label);
      const stages = [...this.stages].map(([stage, n]) => h("label", {},
        h("input", { type: "checkbox", checked: true, "data-stage": stage, onchange: () => this.filter() }),
        h("span", { class: `mark m-${slug(stage)}` }, stage), h("span", { class: "quiet" }, count(n))));
      this.least = h("input", { type: "range", min: 0, max: 1, step: 0.01, value: 1, oninput: () => this.filter() });
      this.leastShown = h("output", {}, "1.00");
      const foreign = d.languages.some(([language]) => language !== d.language && language !== "und");
      this.filters = h("fieldset", { class: "filters" }, h("legend", {}, "Show"), stages,
        d.differences.length ? h("label", {}, h("input", { type: "checkbox", checked: true, "data-key": "differences", onchange: () => this.filter() }),
          h("span", { class: "m-difference" }, "differences from the reference"), h("span", { class: "quiet" }, count(d.differences.length))) : "",
        foreign ? box(h("span", { class: "foreign" }, "other languages"), "languages") : "",
        box("only what changed", "changed", false),
        d.edits.length ? h("label", {}, "confidence up to", this.least, this.leastShown) : "");
      this.where = h("span", { class: "quiet", role: "status" });
      const step = (label, by) => h("button", { type: "button", class: "button", onclick: () => this.step(by) }, label);
      const steps = d.edits.length ? h("div", { class: "steps" }, step("Previous edit", -1), step("Next edit", 1), this.where) : "";
      return h("div", { class: "toolbar" }, this.filters, steps, this.columns());
    }

    /** On a phone one column shows at a time. */
    columns() {
      const names = this.data.compared ? ["raw", "clean", "reference"] : ["raw", "clean"];
      const radio = (name) => h("label", {}, h("input", { type: "radio", name: "column", value: name, checked: name === "clean", onchange: () => { this.texts.dataset.column = name; hideTip(); } }), name);
      return h("fieldset", { class: "filters columns" }, h("legend", {}, "Text"), names.map(radio));
    }

    buildTexts() {
      const d = this.data;
      const names = d.compared ? ["raw", "clean", "reference"] : ["raw", "clean"];
      const heads = names.map((name) => h("div", { role: "columnheader", class: name }, name[0].toUpperCase() + name.slice(1)));
      const texts = h("div", { class: d.compared ? "texts" : "texts two", role: "table", "aria-label": `Texts of ${d.id}`, "data-column": "clean" },
        h("div", { role: "row", class: "row head" }, heads));
      const rows = document.createDocumentFragment();
      d.rows.forEach(([, ...cells], index) => rows.append(this.row(cells, index, names)));
      texts.append(rows);
      this.marks = [...texts.querySelectorAll(".mark")];
      if (this.marks[0]) this.marks[0].tabIndex = 0;
      this.listen(texts);
      return texts;
    }

    row(cells, index, names) {
      const lang = this.data.language === "und" ? null : this.data.language;
      const changed = cells.some((pieces) => pieces.some((piece) => typeof piece !== "string" && (piece[1] >= 0 || piece[2] >= 0)));
      return h("div", { role: "row", class: changed ? "row" : "row plain", "data-row": index },
        names.map((name, k) => {
          const has = cells[k].some((piece) => (typeof piece === "string" ? piece : piece[0]) !== "");
          return h("div", { role: "cell", class: has ? name : `${name} none`, lang, dir: "auto" }, cells[k].map((piece) => this.piece(piece)));
        }));
    }

    piece(piece) {
      if (typeof piece === "string") return piece;
      const [text, edit = -1, difference = -1, language = -1] = piece;
      const attributes = { class: "" };
      if (language >= 0) Object.assign(attributes, { lang: this.data.languages[language][0], class: "foreign" });
      if (edit >= 0 || difference >= 0) {
        const stage = edit >= 0 ? ` m-${slug(this.data.edits[edit][4])}` : " m-quiet";
        attributes.class += ` mark${stage}${difference >= 0 ? " m-difference" : ""}${text === "" ? " point" : ""}`;
        Object.assign(attributes, { role: "button", tabindex: -1, "data-e": edit >= 0 ? edit : null, "data-d": difference >= 0 ? difference : null });
        if (text.trim() === "") attributes["aria-label"] = text === "" ? "text was here" : "white space";
      }
      return h("span", attributes, text);
    }

    listen(texts) {
      const markOf = (event) => event.target.closest && event.target.closest(".mark:not(.off), .mark.m-difference:not(.quiet-difference)");
      texts.addEventListener("mouseover", (event) => { const mark = markOf(event); if (mark) this.tell(mark); });
      texts.addEventListener("mouseout", () => this.leave());
      texts.addEventListener("focusin", (event) => { const mark = markOf(event); if (mark) { this.rove(mark); this.tell(mark); } });
      texts.addEventListener("focusout", () => { this.light(null); hideTip(); });
      texts.addEventListener("click", (event) => { const mark = markOf(event); if (mark) { mark.focus({ preventScroll: true }); this.tell(mark); } });
      texts.addEventListener("keydown", (event) => this.key(event, markOf(event)));
    }

    /** Leave the tooltip open for a moment, so that the pointer can reach it. */
    leave() {
      clearTimeout(leaving);
      leaving = setTimeout(() => {
        const mark = document.activeElement;
        if (mark && mark.matches(".mark") && this.texts.contains(mark) && !tip.hidden) this.tell(mark);
        else { this.light(null); hideTip(); }
      }, 200);
    }

    key(event, mark) {
      if (!mark) return;
      const inColumn = () => this.active().filter((other) => other.closest("[role=cell]").classList[0] === mark.closest("[role=cell]").classList[0]);
      const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
      if (event.key in moves || event.key === "Home" || event.key === "End") {
        const marks = inColumn();
        const at = marks.indexOf(mark) + (moves[event.key] || 0);
        const to = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : Math.min(Math.max(at, 0), marks.length - 1);
        this.go(marks[to]);
        event.preventDefault();
      } else if (event.key === "Enter" || event.key === " ") {
        this.tell(mark);
        event.preventDefault();
      }
    }

    active() {
      return this.marks.filter((mark) => (!mark.classList.contains("off") || (mark.classList.contains("m-difference") && !mark.classList.contains("quiet-difference"))) && mark.closest("[role=cell]").offsetParent !== null);
    }

    rove(mark) {
      for (const other of this.texts.querySelectorAll('.mark[tabindex="0"]')) other.tabIndex = -1;
      mark.tabIndex = 0;
      if (mark.dataset.e !== undefined) this.current = Number(mark.dataset.e);
    }

    go(mark) {
      mark.scrollIntoView({ block: "nearest" });
      const low = this.texts.previousElementSibling.getBoundingClientRect().bottom;
      if (mark.getBoundingClientRect().top < low + 8) scrollBy(0, mark.getBoundingClientRect().top - low - 60);
      mark.focus({ preventScroll: true });
    }

    /** To the next edit that the filters show, in the column that is seen. */
    step(by) {
      const column = this.texts.dataset.column === "raw" && matchMedia("(max-width: 48rem)").matches ? "raw" : "clean";
      const marks = [];
      for (const mark of this.active()) {
        if (mark.dataset.e === undefined || mark.classList.contains("off") || !mark.closest(`.${column}`)) continue;
        if (!marks.length || marks[marks.length - 1].dataset.e !== mark.dataset.e) marks.push(mark);
      }
      if (!marks.length) { this.where.textContent = "No edit is shown"; return; }
      let at = marks.findIndex((mark) => Number(mark.dataset.e) >= this.current);
      if (at < 0) at = by > 0 ? -1 : marks.length;
      else if (Number(marks[at].dataset.e) !== this.current && by > 0) at -= 1;
      at = (at + by + marks.length) % marks.length;
      this.go(marks[at]);
      this.where.textContent = `Edit ${count(at + 1)} of ${count(marks.length)}`;
    }

    light(mark) {
      for (const other of this.texts.querySelectorAll(".lit")) other.classList.remove("lit");
      if (!mark) return;
      const which = mark.dataset.e !== undefined ? `[data-e="${mark.dataset.e}"]` : `[data-d="${mark.dataset.d}"]`;
      for (const same of this.texts.querySelectorAll(which)) same.classList.add("lit");
    }

    tell(mark) {
      this.light(mark);
      const content = [];
      if (mark.dataset.e !== undefined && !mark.classList.contains("off")) content.push(...this.tellEdit(this.data.edits[mark.dataset.e]));
      if (mark.dataset.d !== undefined && !mark.classList.contains("quiet-difference")) content.push(...this.tellDifference(this.data.differences[mark.dataset.d]));
      if (mark.classList.contains("foreign")) content.push(h("p", { class: "quiet" }, `Language: ${mark.lang}`));
      showTip(mark, content);
    }

    tellEdit([start, end, before, after, stage, rule, confidence, history]) {
      const terms = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
      const list = h("dl", {}, terms("was", quoted(before)), terms("is", quoted(after)), terms("confidence", pretty(confidence, 2)), terms("raw text at", start === end ? count(start) : `${count(start)}\u2013${count(end)}`));
      const parts = [h("p", { class: "what" }, h("span", { class: `mark m-${slug(stage)}` }, stage), h("span", { class: "quiet" }, "\u203a"), rule), list];
      if (history) {
        const steps = history.map(([was, is, by, why, sure]) => h("li", {}, `${by} \u203a ${why}: `, ...quoted(was, 120), " \u2192 ", ...quoted(is, 120), ` (${pretty(sure, 2)})`));
        parts.push(h("div", {}, h("span", { class: "quiet" }, "Steps that met here"), h("ol", {}, steps)));
      }
      return parts;
    }

    tellDifference([op, kind, ours, theirs]) {
      const names = { replace: "differs from the reference", insert: "only in the reference", delete: "not in the reference" };
      return [h("p", { class: "what" }, h("span", { class: "m-difference" }, names[op] || op), kind ? h("span", { class: "quiet" }, kind) : ""),
        h("dl", {}, h("dt", {}, "clean"), h("dd", {}, quoted(ours)), h("dt", {}, "reference"), h("dd", {}, quoted(theirs)))];
    }

    filter() {
      const on = (key) => { const input = this.filters.querySelector(`[data-key="${key}"]`); return !input || input.checked; };
      const hidden = new Set([...this.filters.querySelectorAll("[data-stage]")].filter((input) => !input.checked).map((input) => input.dataset.stage));
      const most = Number(this.least.value);
      this.leastShown.textContent = most.toFixed(2);
      const differences = on("differences");
      for (const mark of this.marks) {
        const edit = mark.dataset.e === undefined ? null : this.data.edits[mark.dataset.e];
        mark.classList.toggle("off", edit ? hidden.has(edit[4]) || edit[6] > most : !differences);
        mark.classList.toggle("quiet-difference", !differences && mark.dataset.d !== undefined);
      }
      this.texts.classList.toggle("no-languages", !on("languages"));
      const changed = this.filters.querySelector('[data-key="changed"]').checked;
      for (const row of this.texts.querySelectorAll("[data-row]")) {
        const kept = !changed || row.querySelector(".mark:not(.off), .m-difference:not(.quiet-difference)");
        row.classList.toggle("unchanged-off", !kept);
      }
      const active = this.active();
      if (active.length && !active.some((mark) => mark.tabIndex === 0)) this.rove(active[0]);
      hideTip();
    }

    /** The same edits as a list: for reading in order, for search, for print. */
    editList() {
      const edits = this.data.edits;
      if (!edits.length) return null;
      const rows = h("tbody");
      const more = h("button", { type: "button", class: "button" }, "Show more");
      const add = () => {
        for (const [start, , before, after, stage, rule, confidence] of edits.slice(this.listed, this.listed + 200)) {
          rows.append(h("tr", {}, h("td", { class: "n" }, count(start)), h("td", {}, h("span", { class: `mark m-${slug(stage)}` }, stage)), h("td", {}, rule),
            h("td", {}, quoted(before, 200)), h("td", {}, quoted(after, 200)), h("td", { class: "n" }, pretty(confidence, 2))));
        }
        this.listed = Math.min(edits.length, this.listed + 200);
        more.hidden = this.listed >= edits.length;
      };
      more.addEventListener("click", add);
      const head = ["At", "Stage", "Rule", "Was", "Is", "Confidence"].map((name) => h("th", { scope: "col" }, name));
      const list = this.folded(`All ${count(edits.length)} edits as a list`, h("div", {}, h("table", { class: "edits" }, h("thead", {}, h("tr", {}, head)), rows), more), false);
      list.addEventListener("toggle", () => { if (list.open && !this.listed) add(); });
      return list;
    }
  }

  function follow(move) {
    const match = /^#d(\d+)$/.exec(location.hash);
    if (match) open(Number(match[1]), move);
  }

  setUpTheme();
  setUpOverview();
  if ($("reader")) {
    document.body.append(tip);
    tip.addEventListener("mouseenter", () => clearTimeout(leaving));
    tip.addEventListener("mouseleave", () => reader.leave());
    addEventListener("keydown", (event) => { if (event.key === "Escape" && !tip.hidden) { reader.light(null); hideTip(); } });
    addEventListener("scroll", () => { if (tipFor) place(tipFor); }, { passive: true });
    addEventListener("resize", () => { if (tipFor) place(tipFor); });
    addEventListener("hashchange", () => follow(true));
    if (/^#d\d+$/.test(location.hash)) follow(true);
    else open(0, false);
  }
})();
