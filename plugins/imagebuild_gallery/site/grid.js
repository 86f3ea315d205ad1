// All targets: found, sorted, selected and moved through.

import { approve, goLive, reject, reroll } from "./actions.js";
import { onChange, state } from "./api.js";
import { bulkBar, review, turnFreeze } from "./bulk.js";
import { Card, elapsed } from "./card.js";
import { button, h, icon, part } from "./dom.js";
import { Filter } from "./filter.js";
import { slot } from "./live.js";
import { Rows } from "./rows.js";
import { selection } from "./selection.js";
import { Scale } from "./scale.js";
import { toast } from "./toast.js";

let remembered = { focus: null, scroll: 0 };

export function mount(root, { query }) {
  let ids = [];
  let focused = state.looked ?? remembered.focus;

  const filter = new Filter(query, () => layout());
  const scale = new Scale(() => resized());
  const count = h("p", { class: "quiet", role: "status" });
  const all = button("Select all", everything, { kind: "bare", title: "Select everything that is shown (Shift x)" });
  const reset = button("Show all", () => filter.set({ state: "all", tag: "", words: "" }), { kind: "bare" });
  const space = h("div", { class: "space", role: "list", "aria-label": "Pictures" });
  const nothing = h("div", { class: "empty" });
  const bar = bulkBar({ clear, compare, blind });
  const under = h("div", { class: "row count-row" }, h("div", { class: "count-line" }, count), all, scale.node);
  slot.append(filter.find);
  root.append(filter.node, under, nothing, space, bar.node);

  const rows = new Rows(space, {
    make: (id) => new Card(id, { focus: mark, open: clicked, toggle }),
    how: (id) => ({ selected: selection.has(id), current: id === focused }),
    keep: () => focused,
  });

  function measure() {
    const { least, ratio, label, gaps } = scale.look(space.clientWidth);
    rows.measure(least, ratio, label, gaps);
  }

  function layout() {
    ids = state.shown = filter.ids();
    const total = state.order.length;
    count.textContent = ids.length === total ? `${total} ${total === 1 ? "picture" : "pictures"}` : `${ids.length} of ${total} pictures`;
    all.hidden = !ids.length;
    if (!ids.includes(focused)) focused = ids[0] ?? null;
    nothing.hidden = ids.length > 0;
    space.hidden = !ids.length;
    nothing.replaceChildren(icon(total ? "search" : "gap"), h("p", {}, total ? "Nothing matches." : "The spec has no targets yet."), filter.isNarrow ? reset : "");
    measure();
    rows.set(ids);
    rows.paint();
  }

  function clicked(event, id) {
    if (!event.shiftKey && !(selection.size && (event.ctrlKey || event.metaKey))) return;
    event.preventDefault();
    toggle(id, event.shiftKey);
  }

  function mark(id) {
    if (focused === id) return;
    const before = focused;
    focused = id;
    rows.paint(new Set([before, id]));
  }

  const shotOf = (id) => rows.cards.get(id)?.shot;

  // Under what sticks to the top of the window, and above the bar at its end.
  function reveal(id) {
    const top = rows.top(rows.index.get(id)) + space.getBoundingClientRect().top + scrollY;
    const stuck = [document.getElementById("top"), filter.node].filter((each) => getComputedStyle(each).position === "sticky");
    const head = stuck.reduce((sum, each) => sum + each.offsetHeight, 12);
    const foot = bar.node.offsetHeight + 24;
    if (top - head < scrollY) scrollTo({ top: rows.index.get(id) < rows.columns ? 0 : top - head });
    else if (top + rows.cell.height + foot > scrollY + innerHeight) scrollTo({ top: top + rows.cell.height + foot - innerHeight });
    rows.draw();
  }

  function focusOn(index) {
    const id = ids[Math.max(0, Math.min(ids.length - 1, index))];
    if (!id) return;
    mark(id);
    reveal(id);
    shotOf(id)?.focus({ preventScroll: true });
  }

  // The first key goes to the card that is next in turn; only from there on they move.
  const step = (by) => () => {
    const here = space.contains(document.activeElement);
    focusOn(rows.index.get(focused) + (here ? by() : 0));
  };
  const page = () => rows.columns * Math.max(1, Math.floor(innerHeight / rows.step) - 1);

  function selected() {
    rows.paint();
    if (bar.draw()) shotOf(focused)?.focus({ preventScroll: true });
  }

  function toggle(id, range = false) {
    selection.toggle(id, { range, shown: ids });
    mark(id);
    selected();
  }

  function everything() {
    selection.add(ids);
    selected();
  }

  function clear() {
    selection.clear();
    selected();
  }

  function compare() {
    if (selection.size !== 2) return toast("Select two pictures to compare them");
    const [a, b] = selection.ids();
    location.hash = `#/compare?a=${part(a)}&b=${part(b)}`;
  }

  function blind() {
    if (selection.size < 2) return toast("Select two pictures or more to compare them blindly");
    location.hash = `#/blind?${selection.ids().map((id) => `id=${part(id)}`).join("&")}`;
  }

  const chosen = () => (selection.size ? selection.ids() : focused ? [focused] : []);
  const withIds = (work) => () => {
    const some = chosen();
    if (some.length) work(some);
  };

  function resized() {
    const row = Math.floor(-space.getBoundingClientRect().top / rows.step) * rows.columns;
    measure();
    rows.arrange();
    rows.paint();
    if (row > 0) scrollTo({ top: rows.top(row) + space.getBoundingClientRect().top + scrollY });
    bar.draw();
  }

  const watcher = new ResizeObserver(() => space.clientWidth && space.clientWidth !== watcher.width && ((watcher.width = space.clientWidth), resized()));
  const clock = setInterval(() => {
    for (const card of rows.cards.values()) if (card.making.isConnected) card.seconds.textContent = elapsed(card.since);
  }, 1000);

  const off = onChange((what, only) => {
    if (what === "running") rows.paint(only);
    if (what !== "cards") return;
    selection.prune();
    filter.count();
    const now = filter.ids();
    if (only === null || now.length !== ids.length || now.some((id, at) => id !== ids[at])) layout();
    else rows.paint(only);
    bar.draw();
  });

  layout();
  bar.draw();
  watcher.width = space.clientWidth;
  watcher.observe(root);
  if (focused && (state.looked || remembered.focus)) {
    scrollTo(0, remembered.scroll);
    reveal(focused);
    shotOf(focused)?.focus({ preventScroll: true });
  }
  state.looked = null;

  return {
    title: "Pictures",
    destroy() {
      remembered = { focus: focused, scroll: scrollY };
      rows.destroy();
      watcher.disconnect();
      clearInterval(clock);
      filter.find.remove();
      document.body.classList.remove("selecting");
      document.documentElement.style.setProperty("--bar", "0px");
      off();
    },
    keys: {
      ArrowRight: step(() => 1),
      ArrowLeft: step(() => -1),
      ArrowDown: step(() => rows.columns),
      ArrowUp: step(() => -rows.columns),
      j: step(() => 1),
      k: step(() => -1),
      Home: () => focusOn(0),
      End: () => focusOn(ids.length - 1),
      PageDown: step(page),
      PageUp: step(() => -page()),
      Enter: (event) => (event.target.closest("button, a, select, input") ? false : focused && (location.hash = `#/target/${part(focused)}`)),
      Escape: () => (selection.size ? clear() : false),
      a: withIds((some) => review(approve, some)),
      d: withIds((some) => review(reject, some)),
      r: withIds((some) => reroll(some)),
      f: withIds(turnFreeze),
      n: withIds(([first]) => state.cards.get(first)?.newer && goLive(first)),
      x: () => focused && toggle(focused),
      "Shift x": everything,
      c: compare,
      b: blind,
      "+": scale.larger,
      "=": scale.larger,
      "-": scale.smaller,
    },
  };
}
