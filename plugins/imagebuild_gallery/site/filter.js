// Which targets the grid shows, and in which order. It is kept in the address.

import { state } from "./api.js";
import { fill, h, icon } from "./dom.js";

const RANK = { missing: 0, stale: 1, draft: 2, fresh: 3, frozen: 4 };

const STATES = [
  ["all", "All", () => true],
  ["unreviewed", "To review", (card) => card.review === "unreviewed" || card.newer],
  ["stale", "Stale", (card) => card.state === "stale"],
  ["missing", "Missing", (card) => card.state === "missing"],
  ["draft", "Drafts", (card) => card.state === "draft"],
  ["waits", "To be bought", (card) => card.waits !== null],
  ["failing", "Failing checks", (card) => card.failing.length > 0],
  ["fresh", "Fresh", (card) => card.state === "fresh" || card.state === "frozen"],
  ["approved", "Approved", (card) => card.review === "approved" && !card.newer],
  ["rejected", "Rejected", (card) => card.review === "rejected"],
  ["frozen", "Frozen", (card) => card.frozen],
  ["noalt", "No alt text", (card) => card.alt === null],
];

const SORTS = [
  ["spec", "Spec order"],
  ["name", "By name"],
  ["state", "By state"],
];

const NAMES = new Intl.Collator("en", { numeric: true });
const text = (card) => `${card.id}\n${card.prompt}\n${card.alt ?? ""}\n${card.tags.join(" ")}`.toLowerCase();
const texts = new WeakMap(); // card → what is searched

function textOf(card) {
  if (!texts.has(card)) texts.set(card, text(card));
  return texts.get(card);
}

export class Filter {
  constructor(query, changed) {
    this.state = query.get("state") ?? "all";
    this.tag = query.get("tag") ?? "";
    this.words = query.get("q") ?? "";
    this.sort = SORTS.some(([name]) => name === query.get("sort")) ? query.get("sort") : "spec";
    this.changed = changed;
    state.query = this.query;
    this.search = h("input", { type: "search", placeholder: "Search", spellcheck: "false", "aria-label": "Search names, prompts, alt texts and tags", "aria-keyshortcuts": "/", value: this.words, on: { input: () => this.set({ words: this.search.value }) } });
    this.find = h("label", { class: "search" }, icon("search"), this.search, h("kbd", { "aria-hidden": "true" }, "/"));
    this.chips = new Map(STATES.map(([name, label]) => [name, this.chip(name, label)]));
    this.tags = h("select", { "aria-label": "Tag", on: { change: () => this.set({ tag: this.tags.value }) } });
    this.sorts = h("select", { "aria-label": "Order", on: { change: () => this.set({ sort: this.sorts.value }) } }, SORTS.map(([value, label]) => h("option", { value, selected: value === this.sort }, label)));
    this.node = h("div", { class: "filters" }, h("div", { class: "chips", role: "group", "aria-label": "Show" }, [...this.chips.values()].map(({ node }) => node)), h("div", { class: "orders" }, this.tags, this.sorts));
    this.count();
  }

  chip(name, label) {
    const count = h("span", { class: "count" });
    const node = h("button", { type: "button", class: "chip", data: { state: name }, on: { click: () => this.set({ state: name }) } }, label, " ", count);
    return { node, count };
  }

  get query() {
    const given = { state: this.state === "all" ? "" : this.state, tag: this.tag, q: this.words, sort: this.sort === "spec" ? "" : this.sort };
    return new URLSearchParams(Object.entries(given).filter(([, value]) => value)).toString();
  }

  get isNarrow() {
    return this.state !== "all" || Boolean(this.tag || this.words.trim());
  }

  set(values) {
    Object.assign(this, values);
    if (this.search.value !== this.words) this.search.value = this.words;
    state.query = this.query;
    history.replaceState(null, "", this.query ? `#/?${this.query}` : "#/");
    this.draw();
    this.changed();
  }

  // How many there are of each; for whenever cards have changed.
  count() {
    const cards = [...state.cards.values()];
    for (const [name, , holds] of STATES) {
      const { node, count } = this.chips.get(name);
      const number = cards.reduce((sum, card) => sum + (holds(card) ? 1 : 0), 0);
      count.textContent = number;
      node.dataset.count = number;
    }
    const tags = [...new Set(cards.flatMap((card) => card.tags))].sort(NAMES.compare);
    if (this.tag && !tags.includes(this.tag)) tags.push(this.tag);
    const now = tags.join("\n");
    if (now !== this.known) fill(this.tags, h("option", { value: "" }, "All tags"), tags.map((tag) => h("option", { value: tag }, tag)));
    this.known = now;
    this.tags.hidden = tags.length === 0;
    this.draw();
  }

  draw() {
    for (const [name, { node }] of this.chips) {
      node.setAttribute("aria-pressed", String(this.state === name));
      node.hidden = node.dataset.count === "0" && name !== "all" && name !== this.state;
    }
    this.tags.value = this.tag;
  }

  ids() {
    const holds = STATES.find(([name]) => name === this.state)?.[2] ?? (() => true);
    const words = this.words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = state.order.filter((id) => {
      const card = state.cards.get(id);
      if (!card || !holds(card) || (this.tag && !card.tags.includes(this.tag))) return false;
      return !words.length || words.every((word) => textOf(card).includes(word));
    });
    if (this.sort === "name") found.sort(NAMES.compare);
    if (this.sort === "state") found.sort((a, b) => RANK[state.cards.get(a).state] - RANK[state.cards.get(b).state]);
    return found;
  }
}
