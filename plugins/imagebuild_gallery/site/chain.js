// How a target's picture came to be: its stages in a row, and what is known of each.

import { fill, h, icon, money, size, thumb } from "./dom.js";
import { title } from "./stage.js";
import { difference } from "./words.js";

const VERDICTS = new Map(Object.entries({ cached: "up to date", make: "to be made, for free", buy: "to be bought", frozen: "frozen", blocked: "cannot be made", waiting: "waits" }));

// `page` is {view(), stage, reroll(edit)}.
export function chain(page) {
  const row = h("ol", { class: "chain" });
  const facts = h("div", { class: "stages" });
  const node = h("section", { class: "panel", "aria-label": "How it came to be" }, h("h2", {}, "How it came to be"), row, facts);
  const open = new Map(); // stage → whether its facts are unfolded, where somebody decided

  function draw() {
    const { stages } = page.view();
    const ends = page.stage.mode === "halves" ? page.stage.halves().map((each) => each.index) : [];
    fill(row, stages.map((each, index) => link(each, index, ends.indexOf(index))));
    fill(facts, stages.map(unfolded));
  }

  function link(each, index, end) {
    const name = title(each);
    const shown = page.stage.mode === "picture" && page.stage.chosen?.index === index;
    const small = each.pictures.length
      ? h("button", { type: "button", class: "small", "aria-label": `Show ${name}`, "aria-pressed": String(shown), on: { click: () => page.stage.look({ index, name, picture: each.pictures[0] }) } }, thumb(each.pictures[0], { width: 160 }))
      : h("span", { class: "small nothing" }, icon(each.kind === "describe" ? "pencil" : "gap"));
    return h(
      "li",
      { class: shown ? "shown" : "" },
      index > 0 && h("span", { class: "arrow", "aria-hidden": "true" }, icon("right")),
      h("div", { class: "link" }, small, end >= 0 && h("span", { class: "badge calm end" }, end ? "after" : "before"), h("strong", {}, name), h("span", { class: "quiet" }, [each.cost_usd ? money(each.cost_usd) : null, each.pictures.length > 1 ? `${each.pictures.length} pictures` : size(each.pictures[0])].filter(Boolean).join(" · "))),
    );
  }

  function unfolded(each, index) {
    const isOpen = open.get(index) ?? Boolean(each.prompt || each.reasons.length);
    const about = [each.kind === "step" ? null : each.name, each.model && each.model !== each.name ? each.model : null, each.take > 1 ? `attempt ${each.take}` : null, verdict(each), each.cost_usd ? `cost ${money(each.cost_usd)}` : null];
    const [texts, table] = [words(each).filter(Boolean), options(each)];
    const head = [h("h3", {}, title(each)), h("span", { class: "quiet money" }, about.filter(Boolean).join(" · "))];
    const reasons = each.reasons.length > 0 && h("p", { class: "reasons" }, icon("again"), each.reasons.join("; "));
    const again = each.kind === "edit" && page.view().card.picture && h("div", { class: "row" }, h("button", { type: "button", class: "button", "aria-label": `Reroll from here, edit ${each.stage}`, on: { click: () => page.reroll(each.stage) } }, icon("again"), "Reroll from here"));
    if (!texts.length && !table && !reasons && !again) return h("div", { class: "fact flat" }, head);
    return h(
      "details",
      { class: "fact", open: isOpen, on: { toggle: (event) => open.set(index, event.target.open) } },
      h("summary", {}, head),
      h("div", { class: "inside" }, (texts.length > 0 || reasons || again) && h("div", { class: "texts" }, reasons, texts, again), table),
    );
  }

  return { node, draw };
}

function verdict(each) {
  return each.price ? `a build would pay ${each.price}` : VERDICTS.get(each.verdict) ?? each.verdict;
}

// The prompt as written, as sent and as revised; what is the same is shown once.
function words(each) {
  if (!each.prompt) return [];
  const template = each.written && each.written.trim() !== each.prompt.trim();
  const text = (name, content) => h("div", { class: "words" }, h("h4", {}, name), h("p", { class: "prompt" }, content));
  const revised = each.revised && each.revised.trim() !== each.prompt.trim();
  return [
    template && text("As written", each.written),
    text(template ? "As sent" : "Prompt", each.prompt),
    revised && text("As the service revised it", difference(each.prompt, each.revised)),
  ];
}

const plain = (given) => (typeof given === "string" ? given : JSON.stringify(given));

function options(each) {
  const rows = Object.entries(each.options);
  if (!rows.length && !each.inputs.length) return null;
  return h(
    "table",
    { class: "options" },
    h("caption", {}, rows.length ? "Options" : "Inputs"),
    h(
      "tbody",
      {},
      rows.map(([name, given]) => h("tr", {}, h("th", { scope: "row" }, name || "value"), h("td", {}, plain(given)))),
      each.inputs.length > 0 && h("tr", {}, h("th", { scope: "row" }, "inputs"), h("td", {}, each.inputs.map((name) => h("span", { class: "input" }, name)))),
    ),
  );
}
