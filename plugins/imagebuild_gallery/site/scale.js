// How large the pictures of the grid are; kept for the next time.

import { h, icon } from "./dom.js";

const NAME = "imagebuild-scale";
const LEAST = [150, 195, 250, 340, 520]; // CSS pixels that a card is wide at least
const PHONE = 560; // CSS pixels: below, there are two columns, or one for the largest
const USUAL = 2;

function stored() {
  try {
    const kept = Number(localStorage.getItem(NAME) ?? USUAL);
    return kept in LEAST ? kept : USUAL;
  } catch {
    return USUAL; // a browser that keeps nothing
  }
}

export class Scale {
  constructor(changed) {
    this.changed = changed;
    this.at = stored();
    const plain = (label, sign, key, work) => h("button", { type: "button", class: "plain", "aria-label": label, title: `${label} (${key})`, "aria-keyshortcuts": key, on: { click: work } }, icon(sign));
    this.less = plain("Smaller pictures", "smaller", "-", this.smaller);
    this.more = plain("Larger pictures", "larger", "+", this.larger);
    this.node = h("div", { class: "scale", role: "group", "aria-label": "Size of the pictures" }, this.less, this.more);
    this.draw();
  }

  // Widths of cards, heights of their pictures and labels, and gaps, for a grid so wide.
  look(width) {
    if (width < PHONE) {
      const gap = 12;
      const columns = this.at < USUAL ? 3 : this.at > USUAL ? 1 : 2;
      return { least: Math.floor((width - gap * (columns - 1)) / columns), ratio: columns === 1 ? 0.75 : 1, label: 56, gaps: { x: gap, y: 14 } };
    }
    return { least: LEAST[this.at], ratio: 0.75, label: 56, gaps: { x: 20, y: 22 } };
  }

  larger = () => this.set(this.at + 1);

  smaller = () => this.set(this.at - 1);

  set(at) {
    if (!(at in LEAST)) return;
    this.at = at;
    try {
      localStorage.setItem(NAME, at);
    } catch {
      // then it holds until the page is closed
    }
    this.draw();
    this.changed();
  }

  draw() {
    this.less.setAttribute("aria-disabled", String(this.at === 0));
    this.more.setAttribute("aria-disabled", String(this.at === LEAST.length - 1));
  }
}
