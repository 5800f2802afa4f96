// What the reader of the page decides on edits, for all documents; `unspun apply` takes the file.
const SCHEMA = 1;
const KIND = "unspun decisions";
const LONE = /\p{Cs}/u; // a byte that did not decode: it cannot stand in a text again

class Decisions {
  constructor(run) {
    this.run = run;
    this.made = new Map(); // document index -> Map(edit index -> "accept" or "reject")
    this.unsaved = false;
    addEventListener("beforeunload", (event) => { if (this.unsaved) event.preventDefault(); });
  }

  of(document, edit) {
    const made = this.made.get(document);
    return (made && made.get(edit)) || null;
  }

  set(document, edit, verdict) {
    if (!this.made.has(document)) this.made.set(document, new Map());
    if (verdict) this.made.get(document).set(edit, verdict);
    else this.made.get(document).delete(edit);
    this.unsaved = true;
  }

  count(verdict) {
    let sum = 0;
    for (const made of this.made.values()) for (const other of made.values()) sum += other === verdict;
    return sum;
  }

  toJSON() {
    const documents = [];
    for (const [index, made] of [...this.made].sort((a, b) => a[0] - b[0])) {
      const data = read(index);
      const edits = [...made].sort((a, b) => a[0] - b[0]).map(([edit, decision]) => {
        const [start, end, before, after] = data.edits[edit];
        return { start, end, before, after, decision };
      });
      if (edits.length) documents.push({ id: data.id, edits });
    }
    return { schema: SCHEMA, kind: KIND, unspun: this.run.version, fingerprint: this.run.fingerprint, documents };
  }

  save() {
    const file = new Blob([JSON.stringify(this, null, 1) + "\n"], { type: "application/json" });
    const link = h("a", { href: URL.createObjectURL(file), download: "decisions.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.unsaved = false;
  }

  /** Take up decisions of a file; says what became of them. */
  open(text) {
    let record;
    try { record = JSON.parse(text); } catch { return "This file is damaged: it holds no JSON."; }
    if (!record || record.kind !== KIND || record.schema !== SCHEMA || !Array.isArray(record.documents)) return "This file holds no decisions that this page can read.";
    if (record.fingerprint !== this.run.fingerprint) return `These decisions were made on other results (${record.fingerprint}).`;
    const wanted = new Map(record.documents.map((document) => [document.id, document.edits]));
    let found = 0;
    let lost = 0;
    for (let index = 0; $(`data-${index}`); index++) {
      const data = read(index);
      const edits = wanted.get(data.id);
      if (!edits) continue;
      wanted.delete(data.id);
      const places = new Map(data.edits.map((edit, k) => [JSON.stringify(edit.slice(0, 4)), k]));
      for (const { start, end, before, after, decision } of edits) {
        const edit = places.get(JSON.stringify([start, end, before, after]));
        if (edit === undefined || !["accept", "reject"].includes(decision)) lost++;
        else { this.set(index, edit, decision); found++; }
      }
    }
    for (const edits of wanted.values()) lost += edits.length;
    this.unsaved = false;
    return `${count(found)} decisions opened` + (lost ? `; ${count(lost)} are on edits that this page does not show` : "") + ".";
  }
}

/** The data of one document, read when it is asked for. */
function read(index) {
  const block = $(`data-${index}`);
  return block && JSON.parse(block.textContent);
}
