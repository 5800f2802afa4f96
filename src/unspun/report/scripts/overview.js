// The table of documents: found, sorted, a page of rows at a time.
const ROWS = 50; // in the document at a time, however many there are
let overviewRows = [];

function setUpOverview() {
  const table = $("overview");
  const body = table.tBodies[0];
  const all = [...body.rows];
  overviewRows = all;
  let ordered = all;
  const words = new Map(all.map((row) => [row, row.textContent.toLowerCase()]));
  let kept = all;
  let first = 0;

  const show = () => {
    const last = Math.min(first + ROWS, kept.length);
    body.replaceChildren(...kept.slice(first, last));
    $("shown").textContent = kept.length === 0 ? "No row matches" : `Rows ${count(first + 1)} to ${count(last)} of ${count(kept.length)}`;
    $("pager").hidden = kept.length <= ROWS;
    $("back").disabled = first === 0;
    $("on").disabled = last >= kept.length;
  };
  const filter = () => {
    const wanted = $("find").value.trim().toLowerCase().split(/\s+/);
    kept = ordered.filter((row) => wanted.every((word) => words.get(row).includes(word)));
    first = 0;
    show();
  };
  for (const [column, header] of headers(table)) {
    const button = h("button", { type: "button", class: "sort", "aria-label": header.dataset.name }, header.textContent);
    header.replaceChildren(button);
    button.addEventListener("click", () => {
      ordered = sorted(table, all, column, header);
      filter();
    });
  }
  $("find").addEventListener("input", filter);
  $("back").addEventListener("click", () => { first = Math.max(0, first - ROWS); show(); });
  $("on").addEventListener("click", () => { first += ROWS; show(); });
  addEventListener("beforeprint", () => body.replaceChildren(...kept));
  addEventListener("afterprint", show);
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

function sorted(table, rows, column, header) {
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
  return [...rows].sort((a, b) => {
    const [x, y] = [keys.get(a), keys.get(b)];
    if (x === null || y === null) return (x === null) - (y === null); // what has no value comes last
    return sign * (numeric ? x - y : collator.compare(x, y));
  });
}
