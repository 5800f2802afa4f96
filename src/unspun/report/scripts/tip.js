// What is told about a mark, beside it.
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
