// The words and signs by which a target's state is known: never by colour alone.

import { h, icon } from "./dom.js";

const STATES = {
  fresh: ["check", "fresh", "good"],
  stale: ["again", "stale", "warn"],
  missing: ["gap", "missing", "bad"],
  draft: ["pencil", "draft", "warn"],
  frozen: ["snow", "frozen", "cool"],
};
const REVIEWS = { approved: ["star", "approved", "good"], rejected: ["cross", "rejected", "bad"] };

export function badge([sign, label, kind], title) {
  return h("span", { class: `badge ${kind}`, title }, icon(sign), label);
}

export function badges(card, { all = false } = {}) {
  const found = [];
  if (all || card.state !== "fresh") found.push(badge(STATES[card.state], card.reasons.join("\n")));
  if (card.review in REVIEWS) found.push(badge(REVIEWS[card.review]));
  if (card.newer) found.push(badge(["star", "newer waits", "cool"]));
  if (card.waits) found.push(badge(["coin", card.waits, "warn"], "What a build would pay for it"));
  if (card.failing.length) found.push(badge(["alert", card.failing.join(", "), "bad"], "Checks that it fails"));
  if (card.candidates > 1) found.push(h("span", { class: "badge calm" }, `${card.candidates} candidates`));
  return found;
}

export function said(card) {
  const parts = [card.id, card.state];
  parts.push(card.review === "unreviewed" ? "to review" : card.review);
  if (card.newer) parts.push("a newer picture waits");
  if (card.waits) parts.push(`costs ${card.waits}`);
  if (card.failing.length) parts.push(`fails ${card.failing.join(" and ")}`);
  return parts.filter(Boolean).join(", ");
}
