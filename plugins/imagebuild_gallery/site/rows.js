// A long list in rows of equal height, of which only those near the window are in the page.

const AROUND = 2; // rows above and below what is seen
const REST = 90; // milliseconds without a scroll until pictures of a fast one are fetched

// `make(id)` makes a card: {node, held, place(), paint(how), rest(), leave(), remove()}; `how(id)` says how it is painted.
export class Rows {
  constructor(space, { make, how, keep }) {
    this.space = space;
    this.make = make;
    this.how = how;
    this.keep = keep; // the id of a card that stays in the page, so that the keyboard is not lost
    this.cards = new Map();
    this.ids = [];
    this.index = new Map();
    this.columns = 1;
    this.cell = { width: 240, height: 240, shot: 180 };
    this.gaps = { x: 20, y: 28 };
    this.before = 0;
    this.waiting = 0;
    this.onScroll = () => {
      if (!this.waiting) this.waiting = requestAnimationFrame(() => this.scrolled());
    };
    addEventListener("scroll", this.onScroll, { passive: true });
  }

  // Shows these, in this order; cards that were there stay the nodes they are.
  set(ids) {
    this.ids = ids;
    this.index = new Map(ids.map((id, at) => [id, at]));
    this.arrange();
  }

  measure(least, ratio, label, gaps) {
    const width = this.space.clientWidth;
    this.gaps = gaps;
    this.columns = Math.max(1, Math.floor((width + gaps.x) / (least + gaps.x)));
    const each = Math.floor((width - gaps.x * (this.columns - 1)) / this.columns);
    const shot = Math.round(each * ratio);
    this.cell = { width: each, shot, height: shot + label };
  }

  get step() {
    return this.cell.height + this.gaps.y;
  }

  top(at) {
    return Math.floor(at / this.columns) * this.step;
  }

  arrange() {
    const rows = Math.ceil(this.ids.length / this.columns);
    this.space.style.height = `${Math.max(0, rows * this.step - this.gaps.y)}px`;
    for (const [id, card] of this.cards) {
      if (this.index.has(id)) this.put(card, id);
      else this.drop(id, card);
    }
    this.draw();
  }

  put(card, id) {
    const at = this.index.get(id);
    const x = (at % this.columns) * (this.cell.width + this.gaps.x);
    card.place(at, this.ids.length, { ...this.cell, x, y: this.top(at) });
  }

  drop(id, card) {
    card.remove();
    this.cards.delete(id);
  }

  seen() {
    const { top } = this.space.getBoundingClientRect();
    const first = Math.max(0, Math.floor(-top / this.step) - AROUND);
    const last = Math.ceil((innerHeight - top) / this.step) + AROUND;
    return this.ids.slice(first * this.columns, Math.max(0, last * this.columns));
  }

  scrolled() {
    this.waiting = 0;
    const far = Math.abs(scrollY - this.before) > innerHeight / 2;
    this.before = scrollY;
    this.draw({ far, past: true });
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      for (const card of this.cards.values()) card.rest();
    }, REST);
  }

  // `far`: faster than anybody looks; `past`: what is no longer seen was scrolled past.
  draw({ far = false, past = false } = {}) {
    const wanted = new Set(this.seen());
    const kept = this.keep();
    if (this.index.has(kept)) wanted.add(kept);
    for (const [id, card] of this.cards) {
      if (wanted.has(id)) continue;
      if (past) card.leave();
      this.drop(id, card);
    }
    for (const id of wanted) if (!this.cards.has(id)) this.add(id, far);
    this.order();
  }

  add(id, far) {
    const card = this.make(id);
    card.held = far;
    this.cards.set(id, card);
    this.put(card, id);
    card.paint(this.how(id));
  }

  // In the page they stand as they are seen, for who reads or tabs through it.
  order() {
    const sorted = [...this.cards].sort(([a], [b]) => this.index.get(a) - this.index.get(b));
    let next = null;
    for (const [, { node }] of sorted.reverse()) {
      if (node.parentNode !== this.space || node.nextSibling !== next) this.insert(node, next);
      next = node;
    }
  }

  insert(node, next) {
    const had = node.contains(document.activeElement) ? document.activeElement : null;
    this.space.insertBefore(node, next);
    had?.focus({ preventScroll: true });
  }

  paint(only = null) {
    for (const [id, card] of this.cards) if (!only || only.has(id)) card.paint(this.how(id));
  }

  destroy() {
    removeEventListener("scroll", this.onScroll);
    cancelAnimationFrame(this.waiting);
    clearTimeout(this.resting);
  }
}
