// Every picture that a target had, the latest first.

import { restore } from "./actions.js";
import { fill, h, icon, money, part, thumb } from "./dom.js";
import { mishap } from "./toast.js";

const STANDINGS = new Map(Object.entries({ live: ["live", "good"], base: ["before the edits", ""], waiting: ["waits", "cool"], candidate: ["candidate", ""], "": ["earlier", ""] }));

export function when(time) {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : date.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
}

// `page` is {id, view(), stage}.
export function past(page) {
  const { node: wrong, tell } = mishap();
  const head = h("div", { class: "row" });
  const list = h("ol", { class: "history" });
  const node = h("section", { class: "panel", "aria-label": "History" }, head, wrong, list);

  function draw() {
    const all = [...page.view().history].reverse();
    node.hidden = all.length < 2;
    if (node.hidden) return;
    const live = all.find((each) => each.standing === "live");
    const here = all.filter((each) => each.picture && each.standing !== "base");
    fill(head, h("h2", {}, "History"), here.length > 1 && h("a", { class: "button", href: `#/blind/${part(page.id)}?of=takes` }, "Compare takes blindly"));
    const at = list.scrollLeft;
    fill(list, all.map((each) => entry(each, live)));
    list.scrollLeft = at;
  }

  function entry(each, live) {
    const name = `Picture ${each.number}`;
    const [stands, kind] = STANDINGS.get(each.standing) ?? [each.standing, ""];
    const shown = page.stage.mode === "picture" && page.stage.chosen?.name === name;
    const back = each.picture && !["live", "base", "waiting"].includes(each.standing);
    return h(
      "li",
      {},
      each.picture
        ? h("button", { type: "button", class: "small", "aria-label": `Enlarge picture ${each.number} of the history`, "aria-pressed": String(shown), on: { click: () => page.stage.look({ name, picture: each.picture }) } }, thumb(each.picture, { width: 200 }))
        : h("span", { class: "small nothing", title: "Its bytes are not here any more" }, icon("gap")),
      h("div", { class: "row tight" }, h("strong", {}, name), h("span", { class: `badge ${kind}` }, stands), each.review === "rejected" && h("span", { class: "badge bad" }, "rejected")),
      h("p", { class: "quiet money" }, h("time", { datetime: each.time }, when(each.time)), h("br"), [each.adopted ? "adopted" : each.provider, `take ${each.take}`, each.candidate > 1 ? `candidate ${each.candidate}` : null, each.cost_usd ? money(each.cost_usd) : null].filter(Boolean).join(" · ")),
      h(
        "div",
        { class: "row tight" },
        back && h("button", { type: "button", class: "button", "aria-label": `Bring back picture ${each.number}`, on: { click: () => restore(page.id, each.digest, tell) } }, "Bring back"),
        live?.picture && each.picture && each.digest !== live.digest && h("a", { class: "button", "aria-label": `Compare with now: picture ${each.number}`, href: `#/compare/${part(page.id)}?a=${each.digest}&b=${live.digest}` }, "Compare with now"),
      ),
    );
  }

  return { node, draw };
}
