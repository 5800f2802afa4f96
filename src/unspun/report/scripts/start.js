// What the page does when it is opened.
function follow(move) {
  const match = /^#d(\d+)$/.exec(location.hash);
  if (match) open(Number(match[1]), move);
}

function tellReview(said = "") {
  const [accepted, rejected] = [decisions.count("accept"), decisions.count("reject")];
  $("decided").textContent = said || (accepted + rejected ? `${count(accepted)} accepted, ${count(rejected)} rejected` : "Nothing decided yet");
  $("save").disabled = accepted + rejected === 0;
}

function setUpReview() {
  $("save").addEventListener("click", () => { decisions.save(); tellReview(); });
  $("open").addEventListener("change", async (event) => {
    const [file] = event.target.files;
    if (!file) return;
    tellReview(decisions.open(await file.text()));
    event.target.value = "";
    reader.refresh(true);
  });
  $("keys-on").addEventListener("change", (event) => { filters.keys = event.target.checked; });
  tellReview();
}

const KEYS = {
  n: () => reader.step(1), j: () => reader.step(1), p: () => reader.step(-1), k: () => reader.step(-1),
  a: () => verdictKey("accept"), r: () => verdictKey("reject"), u: () => verdictKey(null),
  i: () => document.querySelector(`[name=view][value=${filters.mode === "side" ? "inline" : "side"}]`).click(),
  s: () => $("save").click(),
  "[": () => $("previous-document").click(), "]": () => $("next-document").click(),
};

function verdictKey(verdict) {
  if (reader.current >= 0) reader.decide(reader.current, verdict);
}

function pressed(event) {
  if (event.key === "Escape" && !tip.hidden) { reader.texts.light(null); hideTip(); return; }
  const typing = event.target.matches?.("input[type=search], input[type=text], textarea, select");
  if (typing || event.ctrlKey || event.metaKey || event.altKey || !filters.keys || !Object.hasOwn(KEYS, event.key)) return;
  KEYS[event.key]();
  event.preventDefault();
}

setUpTheme();
setUpOverview();
if ($("reader")) {
  filters = new Filters(() => reader.refresh(false));
  decisions = new Decisions(JSON.parse($("run").textContent));
  document.body.append(tip);
  tip.addEventListener("mouseenter", () => clearTimeout(leaving));
  tip.addEventListener("mouseleave", () => reader.texts.leave());
  tip.addEventListener("mousedown", (event) => event.preventDefault()); // the mark keeps the focus
  addEventListener("keydown", pressed);
  addEventListener("scroll", () => { if (tipFor) place(tipFor); }, { passive: true });
  addEventListener("resize", () => { if (tipFor) place(tipFor); });
  addEventListener("hashchange", () => follow(true));
  addEventListener("beforeprint", () => { hideTip(); reader.texts.draw(true); });
  addEventListener("afterprint", () => reader.texts.draw());
  setUpReview();
  if (/^#d\d+$/.test(location.hash)) follow(true);
  else open(0, false);
}
