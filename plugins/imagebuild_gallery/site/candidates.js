// What there is to choose from: the candidates of a call, and a newer picture beside the approved one.

import { goLive, pick, rejectCandidate } from "./actions.js";
import { button, fill, h, icon, money, part, size, thumb } from "./dom.js";
import { mishap } from "./toast.js";

// `page` is {id, view(), stage}.
export function candidates(page) {
  const { node: wrong, tell } = mishap();
  const head = h("div", { class: "row" });
  const list = h("ul", { class: "tiles candidates" });
  const node = h("section", { class: "panel", "aria-label": "Candidates" }, head, wrong, list);

  const field = () => page.view().stages[0]?.candidates ?? [];

  function draw() {
    const all = field();
    node.hidden = all.length < 2;
    if (node.hidden) return;
    fill(head, h("h2", {}, `${all.length} candidates`), h("a", { class: "button", href: `#/blind/${part(page.id)}`, "aria-keyshortcuts": "b" }, "Compare blindly", h("kbd", { "aria-hidden": "true" }, "b")));
    fill(list, all.map(tile));
  }

  function tile(each) {
    const gone = each.review === "rejected";
    const name = `Candidate ${each.number}`;
    const shown = page.stage.mode === "picture" && page.stage.chosen?.name === name;
    return h(
      "li",
      { class: `${each.picked ? "picked" : ""} ${gone ? "rejected" : ""}` },
      h("button", { type: "button", class: "small", "aria-label": `Enlarge candidate ${each.number}`, "aria-pressed": String(shown), disabled: !each.picture, on: { click: () => page.stage.look({ name, picture: each.picture }) } }, each.picture ? thumb(each.picture, { width: 300, eager: true }) : icon("gap")),
      h(
        "div",
        { class: "row" },
        h("span", { class: "what" }, h("kbd", { "aria-hidden": "true" }, each.number), each.picked ? h("strong", { class: "good" }, icon("check"), "picked") : gone ? h("span", { class: "bad" }, "rejected") : null, each.cost_usd ? h("small", { class: "quiet money" }, money(each.cost_usd)) : null),
        h(
          "span",
          { class: "row tight" },
          !each.picked && each.picture && h("button", { type: "button", class: "button", "aria-label": `Pick candidate ${each.number}`, on: { click: () => choose(each.number) } }, "Pick"),
          !gone && h("button", { type: "button", class: "plain", "aria-label": `Reject candidate ${each.number}`, title: "Reject", on: { click: () => rejectCandidate(page.id, each.number, tell) } }, icon("cross")),
        ),
      ),
    );
  }

  function choose(number) {
    const wanted = field().find((each) => each.number === number);
    if (!wanted?.picture || wanted.picked) return false;
    if (page.stage.chosen?.name.startsWith("Candidate")) page.stage.look(null);
    pick(page.id, number, field().find((each) => each.picked)?.number, tell);
    return true;
  }

  return { node, draw, choose };
}

export function newer(page) {
  const { node: wrong, tell } = mishap();
  const list = h("ul", { class: "tiles two" });
  const head = h("div", { class: "row" });
  const node = h("section", { class: "panel", "aria-label": "A newer picture" }, head, wrong, list);
  const live = () => (page.view().waiting ? goLive(page.id, tell) : false);

  function draw() {
    const { waiting, card } = page.view();
    node.hidden = !waiting || !card.picture;
    if (node.hidden) return;
    fill(head, h("h2", {}, "A newer picture waits"), button("Go live", live, { sign: "star", key: "n", kind: "main" }));
    fill(
      list,
      [
        ["Approved", card.picture, "live now"],
        ["Newer", waiting, "waits"],
      ].map(([name, picture, stands]) =>
        h(
          "li",
          {},
          h("button", { type: "button", class: "small", "aria-label": `Enlarge the ${name.toLowerCase()} picture`, "aria-pressed": String(page.stage.mode === "picture" && page.stage.chosen?.name === name), on: { click: () => page.stage.look({ name, picture }) } }, thumb(picture, { width: 480, eager: true })),
          h("div", { class: "row" }, h("span", { class: "what" }, h("strong", {}, name), h("small", { class: "quiet" }, `${stands} · ${size(picture)}`))),
        ),
      ),
    );
  }

  return { node, draw, live };
}
