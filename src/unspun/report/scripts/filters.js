// Which edits and differences are shown; the choice stays from document to document.
const NARROW = "(max-width: 48rem)";

class Filters {
  constructor(changed) {
    this.changed = changed;
    this.mode = matchMedia(NARROW).matches ? "inline" : "side";
    this.hidden = { stage: new Set(), class: new Set(), rule: new Set() };
    this.low = 0;
    this.high = 1;
    this.on = { differences: true, languages: true, changed: false, undecided: false };
    this.keys = true;
  }

  /** Whether an edit is shown, given what was decided on it. */
  shows(edit, verdict) {
    const { stage, rule, class: classes } = this.hidden;
    return !stage.has(edit[4]) && !rule.has(`${edit[4]} \u203a ${edit[5]}`) && !classes.has(edit[7])
      && edit[6] >= this.low && edit[6] <= this.high && !(this.on.undecided && verdict);
  }

  showsDifference(difference) {
    return this.on.differences && !this.hidden.class.has(difference[1]);
  }

  /** The controls for one document. */
  build(data) {
    const tally = (values) => [...values.reduce((sum, value) => sum.set(value, (sum.get(value) || 0) + 1), new Map())];
    const stages = tally(data.edits.map((edit) => edit[4]));
    const rules = tally(data.edits.map((edit) => `${edit[4]} \u203a ${edit[5]}`)).sort();
    const classes = tally([...data.edits.map((edit) => edit[7]), ...data.differences.map((difference) => difference[1])].filter(Boolean)).sort();
    const foreign = data.languages.some(([language]) => language !== data.language && language !== "und");
    const top = h("fieldset", { class: "filters" }, h("legend", {}, "Show"),
      stages.map(([stage, n]) => this.choice("stage", stage, n, h("span", { class: `mark m-${slug(stage)}` }, stage))),
      data.differences.length ? this.toggle("differences", h("span", { class: "m-difference" }, "differences from the reference"), data.differences.length) : "",
      foreign ? this.toggle("languages", h("span", { class: "foreign" }, "other languages")) : "",
      this.toggle("changed", "only what changed"),
      data.edits.length ? this.toggle("undecided", "only undecided") : "");
    const more = h("div", { class: "more" },
      classes.length ? h("fieldset", { class: "filters" }, h("legend", {}, "Class"), classes.map(([name, n]) => this.choice("class", name, n, name))) : "",
      rules.length ? h("fieldset", { class: "filters" }, h("legend", {}, "Rule"), rules.map(([name, n]) => this.choice("rule", name, n, name))) : "",
      data.edits.length ? this.confidence() : "");
    return [top, classes.length || rules.length ? h("details", { open: this.unfolded, ontoggle: (event) => { this.unfolded = event.target.open; } },
      h("summary", {}, "By class, rule and confidence"), more) : ""];
  }

  choice(kind, name, n, label) {
    const flip = (event) => { this.hidden[kind][event.target.checked ? "delete" : "add"](name); this.changed(); };
    return h("label", {}, h("input", { type: "checkbox", checked: !this.hidden[kind].has(name), [`data-${kind}`]: name, onchange: flip }), label,
      h("span", { class: "quiet" }, count(n)));
  }

  toggle(key, label, n) {
    const flip = (event) => { this.on[key] = event.target.checked; this.changed(); };
    return h("label", {}, h("input", { type: "checkbox", checked: this.on[key], "data-key": key, onchange: flip }), label,
      n ? h("span", { class: "quiet" }, count(n)) : "");
  }

  confidence() {
    const range = (key, name) => {
      const shown = h("output", {}, this[key].toFixed(2));
      const input = h("input", { type: "range", min: 0, max: 1, step: 0.01, value: this[key], "data-range": key,
        oninput: () => { this[key] = Number(input.value); shown.textContent = this[key].toFixed(2); this.changed(); } });
      return h("label", {}, name, input, shown);
    };
    return h("fieldset", { class: "filters" }, h("legend", {}, "Confidence"), range("low", "from"), range("high", "to"));
  }
}
