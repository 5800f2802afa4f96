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
    else if (child !== null && child !== undefined && child !== false && child !== "") element.append(...seen(String(child), UNSEEN));
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
