// One target: its picture, how it came to be, what there is to choose from, and everything known of it.

import { approve, build, freeze, reject, reroll } from "./actions.js";
import { getTarget, onChange, state } from "./api.js";
import { badges } from "./badge.js";
import { candidates, newer } from "./candidates.js";
import { chain } from "./chain.js";
import { button, fill, h, icon, part } from "./dom.js";
import { facts } from "./facts.js";
import { past } from "./history.js";
import { Stage, elapsed, target } from "./stage.js";
import { mishap } from "./toast.js";

const MOST_REASONS = 8;

export async function mount(root, { id }) {
  let view = await getTarget(id);
  const { node: wrong, tell } = mishap();
  const page = { id, view: () => view, changed: () => drawLooks(), reroll: again };
  page.stage = new Stage(page);
  const parts = { newer: newer(page), candidates: candidates(page), chain: chain(page), past: past(page), facts: facts(page) };
  const head = h("div", { class: "head" });
  root.append(
    head,
    wrong,
    h("div", { class: "target" }, h("div", { class: "main-column" }, page.stage.node, parts.newer.node, parts.candidates.node, parts.chain.node, parts.past.node), parts.facts.node),
  );

  const card = () => state.cards.get(id) ?? view.card;
  const live = () => view.history.find((each) => each.standing === "live")?.digest;

  function again(edit) {
    return reroll([id], { edit, before: live(), tell });
  }

  function drawHead() {
    const [before, after] = neighbours();
    const now = card();
    const left = now.reasons.length - MOST_REASONS;
    keepFocus(head, () =>
      fill(
        head,
        h("nav", { class: "path", "aria-label": "Where you are" }, h("a", { href: "#/" }, "Pictures"), h("h1", {}, id)),
        h("div", { class: "steps" }, link(before, "left", "Previous picture", "k"), link(after, "right", "Next picture", "j")),
        h("div", { class: "badges" }, badges(now, { all: true }), view.card.tags.map((tag) => h("a", { class: "badge calm", href: `#/?tag=${part(tag)}` }, tag))),
        toolbar(now),
        now.reasons.length > 0 && h("ul", { class: "reasons" }, now.reasons.slice(0, MOST_REASONS).map((reason) => h("li", {}, reason)), left > 0 && h("li", {}, `and ${left} more`)),
      ),
    );
  }

  function toolbar(now) {
    const buyable = now.waits || now.state === "missing";
    return h(
      "div",
      { class: "row actions", role: "toolbar", "aria-label": "What to do with this picture" },
      button("Approve", keys.a, { sign: "star", key: "a", kind: now.review === "approved" || now.newer ? "" : "main" }),
      button("Reject", keys.d, { sign: "cross", key: "d" }),
      button("Reroll", keys.r, { sign: "again", key: "r" }),
      now.newer && button("Go live", keys.n, { sign: "star", key: "n", kind: "main" }),
      buyable && button(now.waits ? `Build for ${now.waits}` : "Build", () => build([id], tell), { sign: "coin" }),
      button(now.frozen ? "Unfreeze" : "Freeze", keys.f, { sign: "snow", key: "f", pressed: String(now.frozen) }),
      working() && h("span", { class: "making quiet", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), working()),
    );
  }

  // What was asked for and is not done yet.
  function working() {
    const under = [...state.tasks.values()].find((each) => ["queued", "running"].includes(each.state) && each.task.targets.includes(id));
    return under ? `${under.task.kind} ${under.state === "queued" ? "waits for its turn" : "under way"}` : "";
  }

  const link = (to, sign, label, key) =>
    h("a", { class: `plain ${to ? "" : "off"}`, href: to ? target(to) : null, "aria-label": label, title: to ? `${label}: ${to}` : null, "aria-disabled": to ? null : "true", role: to ? null : "link", "aria-keyshortcuts": key }, icon(sign));

  function neighbours() {
    const shown = state.shown.includes(id) ? state.shown : state.order;
    const at = shown.indexOf(id);
    return [shown[at - 1], at < 0 ? undefined : shown[at + 1]];
  }

  function go(by) {
    const to = neighbours()[by];
    if (!to) return false;
    location.hash = target(to);
    return true;
  }

  // All that tells which picture is looked at.
  function drawLooks() {
    keepFocus(root, () => {
      page.stage.draw();
      for (const each of [parts.newer, parts.candidates, parts.chain, parts.past]) each.draw();
    });
  }

  function draw() {
    drawHead();
    drawLooks();
    keepFocus(parts.facts.node, parts.facts.draw);
  }

  let turn = 0;

  async function refresh() {
    const mine = ++turn;
    try {
      const fresh = await getTarget(id);
      if (mine !== turn) return;
      view = fresh;
      const { chosen } = page.stage;
      const picture = chosen?.index === undefined ? chosen?.picture : view.stages[chosen.index]?.pictures[0];
      page.stage.chosen = picture ? { ...chosen, picture } : null;
      draw();
    } catch (error) {
      if (error.status) tell(error);
    }
  }

  const off = onChange((what, only) => {
    if (what === "cards" && (only === null || only.has(id))) refresh();
    if (what === "running" && only?.has(id)) keepFocus(root, () => page.stage.draw());
    if (what === "tasks") drawHead();
  });
  const clock = setInterval(() => {
    for (const node of root.querySelectorAll("[data-since]")) node.textContent = elapsed(Number(node.dataset.since));
  }, 1000);

  const lens = (key) => () => (page.stage.lens ? page.stage.lens.keys[key]() : false);
  const sideways = (by) => (event) => (event.target.matches("input, select") ? false : go(by));
  const keys = {
    Escape: () => (page.stage.chosen || page.stage.mode !== "picture" ? page.stage.look(null) : (location.hash = "#/")),
    j: () => go(1),
    k: () => go(0),
    ArrowRight: sideways(1),
    ArrowLeft: sideways(0),
    a: () => approve([id], tell),
    d: () => reject([id], tell),
    r: () => again(),
    n: parts.newer.live,
    f: () => freeze([id], !card().frozen, tell),
    c: () => (page.stage.halves() ? page.stage.show("halves") : false),
    b: () => (location.hash = `#/blind/${part(id)}`),
    digit: (event, name) => parts.candidates.choose(Number(name)),
    ...Object.fromEntries(["z", "+", "=", "-", "0"].map((key) => [key, lens(key)])),
  };
  draw();

  return {
    title: id,
    keys,
    destroy() {
      off();
      clearInterval(clock);
    },
  };
}

// What is drawn anew keeps the keyboard where it was, found again by its name.
function keepFocus(root, redraw) {
  const had = document.activeElement;
  const inside = root.contains(had) && had !== root;
  const name = inside && (had.getAttribute("aria-label") ?? had.textContent);
  redraw();
  if (!inside || root.contains(had)) return;
  const same = [...root.querySelectorAll("button, a, select, input, summary")].find((each) => (each.getAttribute("aria-label") ?? each.textContent) === name);
  (same ?? root.closest("main"))?.focus({ preventScroll: true });
}
