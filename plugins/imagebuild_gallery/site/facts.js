// What is known of a target beside its pictures: alt text, checks, variant, files, its place in the spec.

import { reviewAlt } from "./actions.js";
import { badge } from "./badge.js";
import { button, fill, h, icon } from "./dom.js";
import { Files } from "./outputs.js";
import { mishap } from "./toast.js";

const ALT = {
  missing: ["alert", "missing", "warn"],
  decorative: ["check", "decorative", ""],
  generated: ["pencil", "generated", "cool"],
  written: ["check", "written", "good"],
};
const REVIEWS = new Map(Object.entries({ approved: ["star", "approved", "good"], rejected: ["cross", "rejected", "bad"] }));
const UNREVIEWED = ["clock", "unreviewed", ""];
const CHECKS = new Map(Object.entries({ passed: ["check", "passed"], failed: ["cross", "failed"] }));
const OPEN = ["clock", "not known yet"];

// `page` is {id, view()}.
export function facts(page) {
  const files = new Files();
  const { node: wrong, tell } = mishap();
  const text = h("section", { class: "panel alt", "aria-label": "Alt text" });
  const checks = h("section", { class: "panel", "aria-label": "Checks" });
  const variant = h("section", { class: "panel", "aria-label": "Variant" });
  const place = h("p", { class: "quiet place" });
  const node = h("aside", { class: "facts", "aria-label": "Facts" }, text, checks, variant, files.node, place);

  function draw() {
    const view = page.view();
    drawText(view);
    drawChecks(view.checks);
    const axes = Object.entries(view.card.axes);
    variant.hidden = axes.length === 0;
    fill(variant, h("h2", {}, "Variant"), h("dl", { class: "table" }, axes.map(([name, value]) => [h("dt", {}, name), h("dd", {}, String(value))])));
    files.draw(view);
    fill(place, view.spec_place && ["In the spec at ", h("code", {}, view.spec_place)]);
  }

  function drawText(view) {
    const { alt } = view.card;
    const is = view.decorative ? "decorative" : !alt ? "missing" : view.alt_generated ? "generated" : "written";
    const advice = view.decorative ? "It is left out on purpose: alt is empty in the spec." : view.alt_generated ? "The next build writes it." : "Write one in the spec, as alt: …";
    fill(
      text,
      h("div", { class: "row" }, h("h2", {}, "Alt text"), h("span", { class: "row tight" }, badge(ALT[is]), view.alt_review && badge(REVIEWS.get(view.alt_review) ?? UNREVIEWED))),
      alt ? h("p", { class: "text" }, alt) : h("p", { class: "quiet" }, advice),
      wrong,
      view.alt_review && h("div", { class: "row" }, view.alt_review !== "approved" && button("Approve text", () => reviewAlt(page.id, "approve", tell), { sign: "star" }), view.alt_review !== "rejected" && button("Reject text", () => reviewAlt(page.id, "reject", tell), { sign: "cross" })),
    );
  }

  function drawChecks(all) {
    checks.hidden = all.length === 0;
    const row = (check) => {
      const [sign, word] = CHECKS.get(check.state) ?? OPEN;
      const given = Object.entries(check.options).map(([name, value]) => `${name && name !== "value" ? `${name} ` : ""}${typeof value === "string" ? value : JSON.stringify(value)}`);
      return h("li", { class: check.state }, icon(sign), h("span", {}, h("strong", {}, check.name), " ", word, given.length > 0 && h("small", { class: "quiet" }, given.join(", ")), check.text && h("small", {}, check.text)));
    };
    fill(checks, h("h2", {}, "Checks"), h("ul", { class: "checks" }, all.map(row)));
  }

  return { node, draw };
}
