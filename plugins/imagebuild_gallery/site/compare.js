// Two targets, or two takes of one: side by side, with a line between them, or what differs.

import { getTarget, state } from "./api.js";
import { bytes, fill, h, money, part, size } from "./dom.js";
import { when } from "./history.js";
import { blend, fits, pair, slider } from "./slider.js";
import { target } from "./stage.js";
import { difference } from "./words.js";
import { Lens, lensBar } from "./zoom.js";

const MODES = [
  ["side", "Side by side"],
  ["slider", "Slider"],
  ["difference", "Difference"],
];

const missing = (message) => Object.assign(new Error(message), { hint: "a build may have replaced it" });

// The names of two targets, and of one whose takes are compared: #/compare/A/B, #/compare?a=A&b=B, #/compare/A?a=…&b=…
function named({ id, query }) {
  const ends = [query.get("a"), query.get("b")];
  if (!id) return { ends };
  if (ends[0]) return { id, ends };
  const parts = id.split("/");
  const cuts = parts.map((_, at) => [parts.slice(0, at).join("/"), parts.slice(at).join("/")]);
  return { ends: cuts.find((two) => two.every((each) => state.cards.has(each))) ?? [parts[0], parts.slice(1).join("/")] };
}

async function takes(id, digests) {
  const view = await getTarget(id);
  return digests.map((digest) => {
    const take = view.history.find((each) => each.digest === digest && each.picture);
    if (!take) throw missing("one of the two pictures is not here");
    return { name: `Picture ${take.number}${take.standing === "live" ? " (live)" : ""}`, picture: take.picture, prompt: take.prompt ?? "", facts: { provider: take.provider, model: take.model, take: take.take, candidate: take.candidate, cost: price(take.cost_usd), time: when(take.time), revised: take.revised } };
  });
}

function targets(names) {
  return Promise.all(
    names.map(async (name) => {
      const view = await getTarget(name ?? "");
      if (!view.card.picture) throw missing(`'${name}' has no picture yet`);
      const calls = view.stages.filter((stage) => stage.prompt);
      const last = calls[calls.length - 1];
      const cost = calls.some((stage) => stage.cost_usd !== null) ? calls.reduce((sum, stage) => sum + (stage.cost_usd ?? 0), 0) : null;
      const chain = view.stages.map((stage) => stage.name).join(" → ");
      return { name, picture: view.card.picture, prompt: calls.map((stage) => stage.prompt).join("\n"), facts: { state: view.card.state, review: view.card.review, stages: chain, provider: last?.name, model: last?.model, take: calls[0]?.take, ...flat(calls[0]?.options ?? {}), cost: price(cost), "alt text": view.decorative ? "decorative" : view.card.alt } };
    }),
  );
}

const price = (cost) => (cost ? money(cost) : null); // what was free is as good as what nobody noted
const flat = (options) => Object.fromEntries(Object.entries(options).map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]));

export async function mount(root, params) {
  const { id, ends } = named(params);
  const [a, b] = await (id ? takes(id, ends) : targets(ends));
  const names = [a.name, b.name];
  const home = id ? target(id) : "#/";
  let mode = MODES.some(([name]) => name === params.query.get("mode")) ? params.query.get("mode") : "side";
  let lens = null;
  const stage = h("div", { class: "compared" });
  const modes = h("div", { class: "row modes" });
  root.append(h("nav", { class: "path", "aria-label": "Where you are" }, h("a", { href: home }, id ?? "Pictures"), h("h1", {}, `${a.name} and ${b.name}`)), modes, stage, table(a, b));

  function draw() {
    const near = lens && { scale: lens.scale, x: lens.x, y: lens.y };
    const { node, panes } = mode === "slider" ? slider(a.picture, b.picture, names) : mode === "difference" ? blend(a.picture, b.picture, names) : pair(a.picture, b.picture, names);
    stage.dataset.mode = mode;
    fill(stage, node, mode === "slider" && !fits(a.picture, b.picture) && h("p", { class: "quiet" }, "Their proportions differ, so that they cannot lie upon each other."));
    lens = new Lens(panes, () => bar.draw());
    const bar = lensBar(lens);
    for (const { image } of panes) image.addEventListener("load", bar.draw);
    fill(
      modes,
      h("div", { class: "chips", role: "group", "aria-label": "How to compare" }, MODES.map(([name, label], index) => h("button", { type: "button", class: "chip", "aria-pressed": String(mode === name), "aria-keyshortcuts": index + 1, on: { click: () => choose(name) } }, label, h("kbd", { "aria-hidden": "true" }, index + 1)))),
      bar.node,
    );
    bar.draw();
    if (near?.scale > 1) lens.move(near.scale, near.x, near.y); // as near as it was looked at before
  }

  function choose(name) {
    const had = modes.contains(document.activeElement);
    mode = name;
    draw();
    if (had) modes.querySelector('[aria-pressed="true"]')?.focus();
  }

  draw();
  return {
    title: `${a.name} and ${b.name}`,
    destroy() {},
    keys: {
      Escape: () => (location.hash = home),
      digit: (event, name) => (Number(name) <= MODES.length ? choose(MODES[Number(name) - 1][0]) : false),
      ...Object.fromEntries(["z", "+", "=", "-", "0"].map((key) => [key, () => lens.keys[key]()])),
    },
  };
}

function table(a, b) {
  for (const side of [a, b]) Object.assign(side.facts, { dimensions: size(side.picture), weight: bytes(side.picture.bytes), type: side.picture.media_type });
  const known = [...new Set([...Object.keys(a.facts), ...Object.keys(b.facts)])];
  const value = (side, name) => String((Object.hasOwn(side.facts, name) && side.facts[name]) || "–");
  const rows = known.filter((name) => value(a, name) !== value(b, name));
  const cell = (side, name) => h("td", { class: "money" }, value(side, name));
  const heads = ["Fact", a.name, b.name].map((name) => h("th", { scope: "col" }, name));
  return h(
    "section",
    { class: "panel", "aria-label": "What differs" },
    h("h2", {}, "What differs"),
    a.prompt !== b.prompt && h("div", { class: "words" }, h("h4", {}, `The prompt, from ${a.name} to ${b.name}`), h("p", { class: "prompt" }, difference(a.prompt, b.prompt))),
    rows.length > 0 && h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Facts that differ" }, h("table", {}, h("thead", {}, h("tr", {}, heads)), h("tbody", {}, rows.map((name) => h("tr", {}, h("th", { scope: "row" }, name), cell(a, name), cell(b, name)))))),
    a.prompt === b.prompt && !rows.length && h("p", { class: "quiet" }, "Nothing but the pixels."),
  );
}
