// One table of keys for all pages; each page takes those that it has work for.

import { ask, h } from "./dom.js";

export const KEYS = [
  ["← ↑ → ↓", "move in the grid"],
  ["Enter", "open the picture"],
  ["Esc", "back to the grid, or out of a dialog"],
  ["j  k", "next and previous picture"],
  ["1 – 9", "pick that candidate"],
  ["a", "approve"],
  ["d", "reject"],
  ["r", "another attempt: shows its price, and again or Enter buys it"],
  ["n", "let the newer picture go live"],
  ["f", "freeze, or no longer"],
  ["x", "select"],
  ["Shift x", "select everything that is shown"],
  ["c", "compare two selected pictures, or the stages of one; then 1 – 3 choose how"],
  ["b", "compare blindly; then ← → choose, ↓ is a tie, ⌫ goes back"],
  ["z", "fit, or each pixel of the picture one of the page"],
  ["+  −  0", "nearer, further, fit; in the grid: larger and smaller pictures"],
  ["/", "search"],
  ["t", "light or dark"],
  ["?", "these keys"],
];

const HELD = /^(Arrow.*|Page.*|[jk+=-])$/; // keys that do their work again and again while they are held down

let current = {};

// The work of the page that is shown, by key.
export function use(keys) {
  current = keys;
}

export function showKeys() {
  return ask(
    "Keys",
    () => h("dl", { class: "keys" }, KEYS.map(([key, does]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, does)])),
    { label: "Close" },
  );
}

export function listen(always) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const at = event.target;
    const typing = at instanceof HTMLElement && (at.isContentEditable || /^(TEXTAREA|SELECT)$/.test(at.tagName));
    const field = at instanceof HTMLInputElement && !["checkbox", "button"].includes(at.type);
    if (typing || field) {
      if (event.key === "Escape") at.blur();
      if (!(field && at.type === "range" && !event.key.startsWith("Arrow"))) return;
    }
    if (event.repeat && !HELD.test(event.key)) return;
    const letter = /^[a-z]$/i.test(event.key); // in either case: caps lock is no reason to do nothing
    const name = letter ? `${event.shiftKey ? "Shift " : ""}${event.key.toLowerCase()}` : event.key;
    const work = current[name] ?? (/^[1-9]$/.test(name) ? current.digit : undefined) ?? always[name];
    if (!work) return;
    if (work(event, name) !== false) event.preventDefault();
  });
}
