// The texts of one document: beside one another or in one line, with every change marked.
const PIECES = 4000; // in the document at a time; a longer text is shown in parts

class Texts {
  constructor(data, filters, verdict) {
    Object.assign(this, { data, filters, verdict });
    this.rowOf = new Map(); // edit -> row
    this.parts = [[0, 0]]; // rows from, to
    let weight = 0;
    data.rows.forEach(([, ...cells], index) => {
      const pieces = cells.reduce((sum, cell) => sum + cell.length, 4);
      if (weight && weight + pieces > PIECES) { this.parts.push([index, index]); weight = 0; }
      weight += pieces;
      this.parts[this.parts.length - 1][1] = index + 1;
      for (const piece of cells.slice(0, 2).flat()) if (typeof piece !== "string" && piece[1] >= 0) this.rowOf.set(piece[1], index);
    });
    this.part = 0;
    this.element = h("div", { role: "table", "aria-label": `Texts of ${data.id}`, "data-column": "clean" });
    this.pager = h("div", { class: "steps parts", hidden: this.parts.length < 2 });
    this.listen();
  }

  get names() {
    if (this.filters.mode === "inline") return ["inline"];
    return this.data.compared ? ["raw", "clean", "reference"] : ["raw", "clean"];
  }

  /** Build the rows of the part that is shown; all of them for print. */
  draw(all = false) {
    const names = this.names;
    const [first, last] = all ? [0, this.data.rows.length] : this.parts[this.part];
    this.element.className = `texts columns-${names.length}`;
    const titles = { inline: "Raw and clean in one" };
    const heads = names.map((name) => h("div", { role: "columnheader", class: name }, titles[name] || name[0].toUpperCase() + name.slice(1)));
    const rows = [h("div", { role: "row", class: "row head" }, heads)];
    for (let index = first; index < last; index++) rows.push(this.row(index));
    this.element.replaceChildren(...rows);
    this.drawPager();
    this.paint();
  }

  drawPager() {
    const to = (part) => () => { this.part = part; this.draw(); this.element.scrollIntoView(); };
    const button = (label, part) => h("button", { type: "button", class: "button", disabled: !this.parts[part], onclick: to(part) }, label);
    this.pager.replaceChildren(button("Previous part", this.part - 1), button("Next part", this.part + 1),
      h("span", { class: "quiet" }, `Part ${count(this.part + 1)} of ${count(this.parts.length)} of this text`));
  }

  row(index) {
    const cells = this.data.rows[index].slice(1);
    const lang = this.data.language === "und" ? null : this.data.language;
    return h("div", { role: "row", class: "row", "data-row": index }, this.names.map((name, k) => {
      const nodes = name === "inline" ? this.merged(cells) : name === "clean" ? this.decided(cells[1]) : cells[k].map((piece) => this.piece(piece));
      const has = nodes.some((node) => (typeof node === "string" ? node : node.textContent) !== "");
      return h("div", { role: "cell", class: has ? name : `${name} none`, lang, dir: "auto" }, nodes);
    }));
  }

  /** The clean text as it will be: what was rejected stands as it was. */
  decided(pieces) {
    const back = new Set();
    const nodes = [];
    for (const piece of pieces) {
      const edit = typeof piece === "string" ? -1 : piece[1];
      if (edit < 0 || this.verdict(edit) !== "reject") nodes.push(this.piece(piece));
      else if (!back.has(edit)) {
        back.add(edit);
        nodes.push(this.piece([this.data.edits[edit][2], edit]));
      }
    }
    return nodes;
  }

  /** Raw and clean in one line: what went, then what came. */
  merged([raw, clean]) {
    const gone = new Map();
    for (const piece of raw) if (typeof piece !== "string" && piece[1] >= 0 && piece[0] !== "") gone.set(piece[1], [...(gone.get(piece[1]) || []), piece]);
    const seenEdits = new Set();
    const nodes = [];
    for (const piece of clean) {
      const edit = typeof piece === "string" ? -1 : piece[1];
      if (edit < 0) { nodes.push(this.piece(piece)); continue; }
      const back = this.verdict(edit) === "reject";
      if (!seenEdits.has(edit)) for (const other of gone.get(edit) || []) nodes.push(this.piece(other, back ? "span" : "del"));
      if (!back && piece[0] !== "") nodes.push(this.piece(piece, "ins"));
      if (back && !gone.has(edit) && !seenEdits.has(edit)) nodes.push(this.piece(["", edit]));
      seenEdits.add(edit);
    }
    return nodes;
  }

  piece(piece, name = "span") {
    if (typeof piece === "string") return piece;
    const [text, edit = -1, difference = -1, language = -1] = piece;
    const attributes = { class: "" };
    if (language >= 0) Object.assign(attributes, { lang: this.data.languages[language][0], class: "foreign" });
    if (edit >= 0 || difference >= 0) {
      const stage = edit >= 0 ? ` m-${slug(this.data.edits[edit][4])}` : " m-quiet";
      attributes.class += ` mark${stage}${difference >= 0 ? " m-difference" : ""}${text === "" ? " point" : ""}`;
      Object.assign(attributes, { role: "button", tabindex: -1, "data-e": edit >= 0 ? edit : null, "data-d": difference >= 0 ? difference : null });
      const verdict = edit >= 0 && this.verdict(edit);
      if (verdict) Object.assign(attributes, { class: `${attributes.class} ${verdict}ed`, "aria-roledescription": `${verdict}ed edit` });
      else if (name !== "span") attributes["aria-roledescription"] = name === "del" ? "removed text" : "inserted text";
      if (text.trim() === "") attributes["aria-label"] = text === "" ? "text was here" : "white space";
    }
    return h(name, attributes, text);
  }

  /** Hide and show what the filters say, without building anything anew. */
  paint() {
    const { edits, differences } = this.data;
    this.marks = [...this.element.querySelectorAll(".mark")];
    for (const mark of this.marks) {
      const edit = mark.dataset.e === undefined ? -1 : Number(mark.dataset.e);
      const other = mark.dataset.d === undefined ? null : differences[mark.dataset.d];
      const quiet = !other || !this.filters.showsDifference(other);
      mark.classList.toggle("off", edit >= 0 ? !this.filters.shows(edits[edit], this.verdict(edit)) : quiet);
      mark.classList.toggle("quiet-difference", Boolean(other) && quiet);
    }
    this.element.classList.toggle("no-languages", !this.filters.on.languages);
    for (const row of this.element.querySelectorAll("[data-row]")) {
      const kept = !this.filters.on.changed || row.querySelector(".mark:not(.off), .m-difference:not(.quiet-difference)");
      row.classList.toggle("unchanged-off", !kept);
    }
    const active = this.active();
    if (active.length && !active.some((mark) => mark.tabIndex === 0)) active[0].tabIndex = 0;
  }

  /** Build the row of an edit anew, after a decision. */
  redraw(edit) {
    const row = this.element.querySelector(`[data-row="${this.rowOf.get(edit)}"]`);
    if (row) row.replaceWith(this.row(this.rowOf.get(edit)));
    this.paint();
  }

  /** The mark of an edit in the column that is read, in the part that holds it. */
  find(edit) {
    const row = this.rowOf.get(edit);
    const part = this.parts.findIndex(([first, last]) => first <= row && row < last);
    if (part >= 0 && part !== this.part) { this.part = part; this.draw(); }
    const column = this.filters.mode === "inline" ? "inline" : matchMedia(NARROW).matches && this.element.dataset.column === "raw" ? "raw" : "clean";
    return this.element.querySelector(`.${column} [data-e="${edit}"]`) || this.element.querySelector(`[data-e="${edit}"]`);
  }

  flash(index) {
    const part = this.parts.findIndex(([first, last]) => first <= index && index < last);
    if (part !== this.part) { this.part = part; this.draw(); }
    const row = this.element.querySelector(`[data-row="${index}"]`);
    row.classList.remove("unchanged-off");
    row.scrollIntoView({ block: "center" });
    row.classList.add("flash");
    setTimeout(() => row.classList.remove("flash"), 2000);
  }

  listen() {
    const markOf = (event) => event.target.closest && event.target.closest(".mark:not(.off), .mark.m-difference:not(.quiet-difference)");
    const on = (name, act) => this.element.addEventListener(name, (event) => act(markOf(event), event));
    on("mouseover", (mark) => mark && this.tell(mark));
    on("mouseout", () => this.leave());
    on("focusin", (mark) => { if (mark) { this.rove(mark); this.tell(mark); } });
    on("focusout", () => { this.light(null); hideTip(); });
    on("click", (mark) => { if (mark) { mark.focus({ preventScroll: true }); this.tell(mark); } });
    on("keydown", (mark, event) => mark && this.key(event, mark));
  }

  /** Leave the tooltip open for a moment, so that the pointer can reach it. */
  leave() {
    clearTimeout(leaving);
    leaving = setTimeout(() => {
      const mark = document.activeElement;
      if (mark && mark.matches(".mark") && this.element.contains(mark) && !tip.hidden) this.tell(mark);
      else { this.light(null); hideTip(); }
    }, 200);
  }

  key(event, mark) {
    const cell = (other) => other.closest("[role=cell]").classList[0];
    const moves = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.key in moves || event.key === "Home" || event.key === "End") {
      const marks = this.active().filter((other) => cell(other) === cell(mark));
      const at = marks.indexOf(mark) + (moves[event.key] || 0);
      const to = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : Math.min(Math.max(at, 0), marks.length - 1);
      this.go(marks[to]);
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      this.tell(mark);
      event.preventDefault();
    }
  }

  /** The marks that can be reached; asking the browser what it shows would make it lay all out. */
  active() {
    const one = this.filters.mode === "side" && matchMedia(NARROW).matches ? this.element.dataset.column : null;
    return this.marks.filter((mark) => (!mark.classList.contains("off") || (mark.classList.contains("m-difference") && !mark.classList.contains("quiet-difference")))
      && (!one || mark.closest("[role=cell]").classList.contains(one)) && !mark.closest(".unchanged-off"));
  }

  rove(mark) {
    for (const other of this.element.querySelectorAll('.mark[tabindex="0"]')) other.tabIndex = -1;
    mark.tabIndex = 0;
    if (mark.dataset.e !== undefined) this.reached(Number(mark.dataset.e));
  }

  go(mark, block = "nearest") {
    mark.scrollIntoView({ block });
    const low = this.element.previousElementSibling.getBoundingClientRect().bottom;
    if (mark.getBoundingClientRect().top < low + 8) scrollBy(0, mark.getBoundingClientRect().top - low - 60);
    mark.focus({ preventScroll: true });
  }

  light(mark) {
    for (const other of this.element.querySelectorAll(".lit")) other.classList.remove("lit");
    if (!mark) return;
    const which = mark.dataset.e !== undefined ? `[data-e="${mark.dataset.e}"]` : `[data-d="${mark.dataset.d}"]`;
    for (const same of this.element.querySelectorAll(which)) same.classList.add("lit");
  }

  tell(mark) {
    this.light(mark);
    const content = [];
    if (mark.dataset.e !== undefined && !mark.classList.contains("off")) content.push(...this.tellEdit(Number(mark.dataset.e)));
    if (mark.dataset.d !== undefined && !mark.classList.contains("quiet-difference")) content.push(...tellDifference(this.data.differences[mark.dataset.d]));
    if (mark.classList.contains("foreign")) content.push(h("p", { class: "quiet" }, `Language: ${mark.lang}`));
    showTip(mark, content);
  }

  tellEdit(edit) {
    const [start, end, before, after, stage, rule, confidence, kind, history] = this.data.edits[edit];
    const terms = (name, value) => [h("dt", {}, name), h("dd", {}, value)];
    const list = h("dl", {}, terms("was", quoted(before)), terms("is", quoted(after)), terms("class", kind), terms("confidence", pretty(confidence, 2)), terms("raw text at", start === end ? count(start) : `${count(start)}\u2013${count(end)}`));
    const parts = [h("p", { class: "what" }, h("span", { class: `mark m-${slug(stage)}` }, stage), h("span", { class: "quiet" }, "\u203a"), rule), list];
    if (history) {
      const steps = history.map(([was, is, by, why, sure]) => h("li", {}, `${by} \u203a ${why}: `, ...quoted(was, 120), " \u2192 ", ...quoted(is, 120), ` (${pretty(sure, 2)})`));
      parts.push(h("div", {}, h("span", { class: "quiet" }, "Steps that met here"), h("ol", {}, steps)));
    }
    parts.push(h("div", { class: "steps" }, this.buttons(edit)));
    return parts;
  }
}

function tellDifference([op, kind, ours, theirs]) {
  const names = { replace: "differs from the reference", insert: "only in the reference", delete: "not in the reference", move: "elsewhere in the reference" };
  return [h("p", { class: "what" }, h("span", { class: "m-difference" }, names[op] || op), kind ? h("span", { class: "quiet" }, kind) : ""),
    h("dl", {}, h("dt", {}, "clean"), h("dd", {}, quoted(ours)), h("dt", {}, "reference"), h("dd", {}, quoted(theirs)))];
}
