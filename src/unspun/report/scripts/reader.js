// One document: what is known about it, its texts, and the way through its edits.
let reader = null;
let filters = null;
let decisions = null;

function open(index, move) {
  const data = read(index);
  if (!data) return;
  hideTip();
  reader = new Reader(data, index);
  $("reader").hidden = false;
  $("reader-h").replaceChildren(...seen(data.id, UNSEEN));
  $("reader-body").replaceChildren(...reader.build());
  for (const [id, to] of [["previous-document", index - 1], ["next-document", index + 1]]) {
    $(id).disabled = !$(`data-${to}`);
    $(id).onclick = () => { location.hash = `d${to}`; };
  }
  for (const row of overviewRows) {
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
  constructor(data, index) {
    this.data = data;
    this.index = index;
    this.current = -1;
    this.texts = new Texts(data, filters, (edit) => decisions.of(index, edit));
    this.texts.buttons = (edit) => this.buttons(edit);
    this.texts.reached = (edit) => this.reach(edit);
  }

  build() {
    const d = this.data;
    const notes = d.left_out.map((sentence) => h("p", { class: "note" }, sentence));
    this.list = this.editList();
    const parts = [this.facts(), ...notes, this.cards(), h("div", { class: "toolbar" }, filters.build(d), this.views()), this.bar(),
      this.texts.element, this.texts.pager, this.list];
    this.texts.draw();
    this.reach(-1);
    return parts.filter(Boolean);
  }

  /** What the filters or the view changed. */
  refresh(redraw) {
    if (redraw) this.texts.draw();
    else this.texts.paint();
    this.list.fill?.();
    this.reach(this.current);
    hideTip();
  }

  facts() {
    const d = this.data;
    const fact = (name, value) => value && h("div", {}, h("dt", {}, name), h("dd", {}, value));
    const origin = d.origin.label && d.origin.label + (d.origin.source ? ` from ${d.origin.source}` : "") + ` (${pretty(d.origin.score, 2)})`;
    return h("dl", { class: "facts" },
      fact("Language", `${d.language} ${d.script}` + (d.confidence ? ` (${pretty(d.confidence, 2)})` : "")),
      fact("Origin", origin),
      fact("Stated source", d.origin.stated),
      fact("Translated", d.translated),
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
      const parts = d.quality.parts.map((part) => (Array.isArray(part) ? part : [part, 1, 0, false]));
      const flagged = parts.filter((part) => part[3]).length;
      const checked = parts.map(([check, ...rest]) => [...decisions.run.checks[check], ...rest]);
      const rows = checked.map(([name, threshold, score, value, flag]) => h("tr", {},
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
    if (d.checked.length) {
      const severe = d.checked.filter(([severity]) => severity === "major" || severity === "critical").length;
      const items = d.checked.map((finding) => this.checked(finding));
      cards.push(this.folded(`Translation QA: ${count(items.length)} ${items.length === 1 ? "finding" : "findings"}, ${count(severe)} major or critical`, h("ul", {}, items), items.length <= 8));
    }
    const foreign = d.languages.filter(([language]) => language !== d.language && language !== "und");
    if (foreign.length) {
      const rows = foreign.slice(0, 200).map(([language, script, sure, start, end]) => h("tr", {}, h("th", { scope: "row" }, language), h("td", {}, script),
        h("td", { class: "n" }, pretty(sure, 2)), h("td", { class: "n" }, `${count(start)}\u2013${count(end)}`)));
      cards.push(this.folded(`Other languages: ${count(foreign.length)} ${foreign.length === 1 ? "passage" : "passages"}`,
        this.grid(["Language", "Script", "Confidence", "Raw text at"], rows), foreign.length <= 8));
    }
    if (d.rejected.length) {
      const items = d.rejected.map(([start, , before, after, stage, rule]) => h("li", {}, h("b", {}, `${stage} \u203a ${rule}`), " ", h("span", { class: "quiet" }, `at ${count(start)}`),
        h("div", {}, ...quoted(before, 160), " \u2192 ", ...quoted(after, 160))));
      cards.push(this.folded(`Rejected in review: ${count(items.length)}`, h("ul", {}, items), items.length <= 8));
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

  checked([severity, rule, category, message, score, start, meant, said, row]) {
    const go = row >= 0 && h("button", { type: "button", class: "button", onclick: () => this.texts.flash(row), "aria-label": `Show ${rule} at ${start}` }, "Show");
    return h("li", {}, h("b", {}, `${severity}: ${rule}`), " ", h("span", { class: "quiet" }, [category, pretty(score, 2), `at ${count(start)}`].filter(Boolean).join(", ")), " ", go || "",
      h("div", {}, message), meant ? h("div", {}, "\u201c", ...quoted(meant, 160), "\u201d", said ? " \u2192 \u201c" : "", ...(said ? quoted(said, 160) : []), said ? "\u201d" : "") : "");
  }

  finding([source, kind, start, end, score, told, excerpt, row]) {
    const go = row >= 0 && excerpt && h("button", { type: "button", class: "button", onclick: () => this.texts.flash(row), "aria-label": `Show ${kind} at ${start}` }, "Show");
    return h("li", {}, h("b", {}, kind), " ", h("span", { class: "quiet" }, `${source}, ${pretty(score, 2)}, at ${count(start)}\u2013${count(end)}`), " ", go || "",
      told ? h("div", {}, told) : "", excerpt ? h("div", {}, "\u201c", ...quoted(excerpt, 160), "\u201d") : "");
  }


  /** How the texts stand: beside one another or in one line; on a phone one column at a time. */
  views() {
    const radio = (group, name, label, checked, act) => h("label", {}, h("input", { type: "radio", name: group, value: name, checked, onchange: act }), label);
    const to = (mode) => () => { filters.mode = mode; this.refresh(true); this.columns.hidden = mode !== "side"; };
    const names = this.data.compared ? ["raw", "clean", "reference"] : ["raw", "clean"];
    const column = (name) => radio("column", name, name, name === "clean", () => { this.texts.element.dataset.column = name; hideTip(); });
    this.columns = h("fieldset", { class: "filters columns", hidden: filters.mode !== "side" }, h("legend", {}, "Text"), names.map(column));
    return h("div", { class: "filters" }, h("fieldset", { class: "filters" }, h("legend", {}, "View"),
      radio("view", "side", "side by side", filters.mode === "side", to("side")), radio("view", "inline", "in one line", filters.mode === "inline", to("inline"))), this.columns);
  }

  /** The way through the edits, and the decision on the one that was reached. */
  bar() {
    const button = (label, act, key) => h("button", { type: "button", class: "button", onclick: act, "aria-keyshortcuts": key }, label);
    this.where = h("span", { class: "quiet", role: "status" });
    this.verdicts = h("span", { class: "steps" });
    if (!this.data.edits.length) return h("div", { class: "steps sticky" }, this.where);
    return h("div", { class: "steps sticky" }, button("Previous edit", () => this.step(-1), "p"), button("Next edit", () => this.step(1), "n"), this.verdicts, this.where);
  }

  buttons(edit) {
    const now = decisions.of(this.index, edit);
    const button = (label, verdict, key) => h("button", { type: "button", class: `button verdict ${verdict}`, "aria-pressed": String(now === verdict), "aria-keyshortcuts": key,
      disabled: verdict === "reject" && LONE.test(this.data.edits[edit][2]),
      onclick: () => this.decide(edit, now === verdict ? null : verdict) }, label);
    return [button("Accept", "accept", "a"), button("Reject", "reject", "r")];
  }

  decide(edit, verdict) {
    if (verdict === "reject" && LONE.test(this.data.edits[edit][2])) return;
    const focused = this.texts.element.contains(document.activeElement);
    const pressed = this.verdicts.contains(document.activeElement) && document.activeElement.classList[2];
    decisions.set(this.index, edit, verdict);
    hideTip();
    this.texts.redraw(edit);
    this.list.fill?.();
    this.reach(edit);
    tellReview();
    if (focused) this.texts.find(edit)?.focus({ preventScroll: true });
    if (pressed) this.verdicts.querySelector(`.${pressed}`).focus();
  }

  shown() {
    return this.data.edits.map((_, k) => k).filter((k) => this.texts.rowOf.has(k) && filters.shows(this.data.edits[k], decisions.of(this.index, k)));
  }

  decideAll(verdict) {
    for (const edit of this.shown()) if (verdict !== "reject" || !LONE.test(this.data.edits[edit][2])) decisions.set(this.index, edit, verdict);
    this.refresh(true);
    tellReview();
  }

  /** To the next edit that the filters show; from the last to the first. */
  step(by) {
    const edits = this.shown();
    if (!edits.length) { this.where.textContent = "No edit is shown"; return; }
    const after = edits.findIndex((edit) => edit > this.current);
    const before = edits.findLastIndex((edit) => edit < this.current);
    const to = by > 0 ? (after < 0 ? 0 : after) : (before < 0 ? edits.length - 1 : before);
    this.current = edits[to];
    const mark = this.texts.find(this.current);
    if (mark) this.texts.go(mark, "center");
    this.reach(this.current);
  }

  reach(edit) {
    this.current = edit;
    const edits = this.shown();
    const at = edits.indexOf(edit);
    this.where.textContent = !this.data.edits.length ? "Nothing was changed" : at < 0 ? `${count(edits.length)} edits are shown` : `Edit ${count(at + 1)} of ${count(edits.length)}`;
    this.verdicts.replaceChildren(...(edit >= 0 ? this.buttons(edit) : []));
  }

  /** The same edits as a list: for reading in order, for search, for print. */
  editList() {
    const edits = this.data.edits;
    if (!edits.length) return h("span");
    const rows = h("tbody");
    const more = h("button", { type: "button", class: "button" }, "Show more");
    let most = 200;
    const row = (edit) => {
      const [start, , before, after, stage, rule, confidence, kind] = edits[edit];
      return h("tr", { "data-edit": edit }, h("td", { class: "n" }, count(start)), h("td", {}, h("span", { class: `mark m-${slug(stage)}` }, stage)), h("td", {}, rule), h("td", {}, kind),
        h("td", {}, quoted(before, 200)), h("td", {}, quoted(after, 200)), h("td", { class: "n" }, pretty(confidence, 2)), h("td", {}, h("span", { class: "steps" }, this.buttons(edit))));
    };
    const head = ["At", "Stage", "Rule", "Class", "Was", "Is", "Confidence", "Decision"].map((name) => h("th", { scope: "col" }, name));
    const all = (label, verdict) => h("button", { type: "button", class: "button", onclick: () => this.decideAll(verdict) }, label);
    const list = this.folded(`All ${count(edits.length)} edits as a list`, h("div", {},
      h("p", { class: "steps" }, all("Accept all shown", "accept"), all("Reject all shown", "reject"), all("Clear all shown", null)),
      h("div", { class: "wide-table" }, h("table", { class: "edits" }, h("thead", {}, h("tr", {}, head)), rows)), more), false);
    list.fill = () => {
      if (!list.open) return;
      const wanted = this.shown();
      rows.replaceChildren(...wanted.slice(0, most).map(row));
      more.hidden = wanted.length <= most;
    };
    more.addEventListener("click", () => { most += 200; list.fill(); });
    list.addEventListener("toggle", list.fill);
    return list;
  }
}
