// One target in the grid. Its nodes stay; what is told anew changes only what is different.

import { state } from "./api.js";
import { badges, said } from "./badge.js";
import { fill, h, icon, part, partialOf, size, thumbOf } from "./dom.js";
import { toneOf } from "./tone.js";

export const elapsed = (since) => `${Math.max(0, Math.round((Date.now() - since) / 1000))} s`;

export class Card {
  // `on` is {focus(id), open(event, id), toggle(id, range)}.
  constructor(id, on) {
    this.id = id;
    this.held = false; // pictures wait until the page rests
    this.address = null;
    this.image = null;
    this.seconds = h("span", { "aria-hidden": "true" });
    this.making = h("span", { class: "making" }, h("span", { class: "spinner", "aria-hidden": "true" }), this.seconds);
    this.gap = h("span", { class: "nothing" }, icon("gap"));
    this.shot = h("a", { class: "shot", href: `#/target/${part(id)}`, tabindex: "-1", on: { focus: () => on.focus(id), click: (event) => on.open(event, id) } });
    this.tick = h("button", { type: "button", class: "tick", "aria-label": `Select ${id}`, tabindex: "-1", on: { click: (event) => on.toggle(id, event.shiftKey) } }, icon("check"));
    this.badges = h("div", { class: "badges" });
    this.node = h("div", { class: "card", role: "listitem", data: { id } }, this.shot, this.tick, h("p", { class: "name", title: id }, h("bdi", {}, id)), this.badges);
  }

  place(index, count, { x, y, width, height, shot }) {
    const { style } = this.node;
    style.transform = `translate(${x}px, ${y}px)`;
    style.width = `${width}px`;
    style.height = `${height}px`;
    style.setProperty("--shot", `${shot}px`);
    style.setProperty("--ratio", width / shot);
    this.width = width;
    this.node.setAttribute("aria-posinset", index + 1);
    this.node.setAttribute("aria-setsize", count);
  }

  paint({ selected, current }) {
    const card = state.cards.get(this.id);
    if (!card) return;
    const running = state.running.get(this.id);
    this.node.classList.toggle("selected", selected);
    this.node.classList.toggle("rejected", card.review === "rejected");
    this.tick.setAttribute("aria-pressed", String(selected));
    this.shot.tabIndex = current ? 0 : -1;
    this.shot.setAttribute("aria-label", running ? `${said(card)}, being made` : said(card));
    if (running) this.tell(running);
    else this.making.remove();
    if (this.card !== card) {
      this.card = card;
      const marks = badges(card);
      fill(this.badges, marks.length ? marks : h("span", { class: "quiet size" }, size(card.picture)));
    }
    this.picture = running?.partial ? { address: partialOf(running), partial: true } : card.picture && { address: thumbOf(card.picture, this.width), ...card.picture };
    if (!this.held) this.show();
  }

  tell(running) {
    this.since = running.since;
    this.seconds.textContent = elapsed(this.since);
    if (!this.making.isConnected) this.shot.append(this.making);
  }

  rest() {
    if (!this.held) return;
    this.held = false;
    this.show();
  }

  show() {
    const address = this.picture?.address ?? null;
    if (address === this.address && (this.image || this.gap.isConnected)) return;
    this.address = address;
    if (!address) return this.hang(null);
    const { width, height, partial } = this.picture;
    const image = h("img", { class: partial ? "partial" : null, alt: "", decoding: "async", draggable: "false" });
    if (width && height) {
      image.style.setProperty("--r", width / height);
      image.style.setProperty("--w", `${width}px`);
      image.classList.add("sized");
    }
    image.addEventListener("load", () => this.loaded(image), { once: true });
    image.addEventListener("error", () => this.lost(image), { once: true });
    image.src = address;
    this.coming = image;
    if (!this.image) this.hang(image); // otherwise the old one stays until the new one is there
  }

  hang(image) {
    this.image?.remove();
    this.image = image;
    if (image) this.gap.remove();
    this.shot.prepend(image ?? this.gap);
    if (image) return;
    this.shot.classList.remove("clear");
    this.shot.style.removeProperty("--tone");
  }

  loaded(image) {
    if (image !== this.coming) return;
    if (image !== this.image) this.hang(image);
    image.classList.add("there");
    const { colour, clear } = toneOf(image);
    this.shot.classList.toggle("clear", clear);
    this.shot.style.setProperty("--tone", colour ?? "var(--well)");
  }

  lost(image) {
    if (image !== this.coming || image.classList.contains("partial")) return;
    image.classList.add("lost");
    this.hang(null);
  }

  // It has been scrolled past: what is on its way is not needed any more.
  leave() {
    if (this.coming && !this.coming.complete) this.coming.removeAttribute("src");
    this.remove();
  }

  remove() {
    this.coming = null;
    this.node.remove();
  }
}
