// What can be done with all selected pictures at once.

import { approve, build, freeze, reject, reroll } from "./actions.js";
import { state } from "./api.js";
import { button, h } from "./dom.js";
import { selection } from "./selection.js";
import { toast } from "./toast.js";

const cards = () => selection.ids().map((id) => state.cards.get(id)).filter(Boolean);
const names = (some) => some.map((card) => card.id);

// Only what has a picture, in the lock or on the disk, can be approved or rejected.
export function review(work, ids) {
  const some = ids.filter((id) => state.cards.get(id)?.review || state.cards.get(id)?.picture);
  const left = ids.length - some.length;
  if (!some.length) return toast(left === 1 ? "There is no picture yet to judge" : "There are no pictures yet to judge");
  if (left) toast(`${left} without a picture ${left === 1 ? "is" : "are"} left as ${left === 1 ? "it is" : "they are"}`);
  return work(some);
}

export const turnFreeze = (ids) => freeze(ids, !ids.every((id) => state.cards.get(id)?.frozen));

const buyable = (card) => card.waits || card.state === "missing";

// The bar, with the buttons that make sense now. Its nodes stay, so that the keyboard stays with them.
export function bulkBar({ clear, compare, blind }) {
  const count = h("strong", { "aria-live": "polite" });
  const freezing = button("Freeze", () => turnFreeze(selection.ids()), { sign: "snow", key: "f" });
  const word = freezing.querySelector("span");
  const buttons = {
    approve: button("Approve", () => review(approve, selection.ids()), { sign: "star", key: "a", kind: "main" }),
    reject: button("Reject", () => review(reject, selection.ids()), { sign: "cross", key: "d" }),
    reroll: button("Reroll", () => reroll(selection.ids()), { sign: "again", key: "r" }),
    build: button("Build", () => build(names(cards().filter(buyable))), { sign: "coin" }),
    freeze: freezing,
    compare: button("Compare", compare, { sign: "halves", key: "c" }),
    blind: button("Blind", blind, { sign: "eye", key: "b" }),
  };
  const node = h(
    "div",
    { class: "bulk", role: "toolbar", "aria-label": "What to do with the selected pictures" },
    h("div", { class: "bulk-head" }, count, button("Clear", clear, { key: "Esc", kind: "bare" })),
    h("div", { class: "bulk-work" }, Object.values(buttons)),
  );

  function draw() {
    const size = selection.size;
    const had = node.contains(document.activeElement);
    node.hidden = size === 0;
    document.body.classList.toggle("selecting", size > 0);
    if (size) {
      const some = cards();
      count.textContent = `${size} selected`;
      word.textContent = some.every((card) => card.frozen) ? "Unfreeze" : "Freeze";
      buttons.build.hidden = !some.some(buyable);
      buttons.compare.hidden = size !== 2;
      buttons.blind.hidden = size < 2 || size > 12;
    }
    document.documentElement.style.setProperty("--bar", `${node.offsetHeight}px`);
    return had && node.hidden; // the keyboard has to go somewhere else
  }

  return { node, draw };
}
