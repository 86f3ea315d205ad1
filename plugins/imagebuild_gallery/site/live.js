// The head of the page: what is being made, what was spent, what is wrong.

import { onChange, state } from "./api.js";
import { fill, h, icon, money } from "./dom.js";
import { showKeys } from "./keys.js";
import { flip, isDark, onTheme } from "./theme.js";
import { bad, toast } from "./toast.js";

const MOST = 5; // problems, and names of what is being made

const top = document.getElementById("top");
const banner = document.getElementById("banner");
const project = h("span", {}, "Gallery");
const watching = h("span", { class: "badge calm", title: "Saves lead to builds" }, icon("eye"), "watching");
const busy = h("span", { class: "busy" });
const spent = h("span", { class: "money" });
const gauge = h("span", { class: "gauge", "aria-hidden": "true" });
const colours = h("button", { type: "button", class: "plain", "aria-keyshortcuts": "t", on: { click: flip } });

// Where a page puts what belongs into the head, such as its search.
export const slot = h("div", { class: "slot" });

watching.hidden = true;
fill(
  top,
  h("a", { class: "home", href: "#/", "aria-label": "All pictures" }, h("img", { src: "/site/mark.svg", alt: "", width: 28, height: 28 }), project),
  watching,
  slot,
  h("div", { class: "progress" }, busy, spent),
  h("div", { class: "tools" }, colours, h("button", { type: "button", class: "plain", "aria-label": "Keys", title: "Keys (?)", "aria-keyshortcuts": "?", on: { click: () => showKeys() } }, icon("keys"))),
);

function drawBusy() {
  const names = [...state.running.keys()];
  busy.hidden = !names.length;
  if (!names.length) return fill(busy);
  const [, first] = [...state.running][0];
  const what = names.length > 1 ? `${names.length} being made` : `${names[0]}${first.kind === "edit" ? `, edit ${first.stage}` : ""}`;
  busy.title = [...names.slice(0, MOST), names.length > MOST ? `and ${names.length - MOST} more` : ""].filter(Boolean).join("\n");
  if (!busy.firstChild) fill(busy, h("span", { class: "spinner", "aria-hidden": "true" }), h("span", { class: "what-is-made" }));
  busy.lastChild.textContent = what;
}

function drawSpent() {
  const cap = state.overview?.cap_usd ?? null;
  spent.hidden = cap === null;
  if (cap === null) return;
  const sum = state.overview.spent_usd ?? 0;
  spent.title = "Spent since this gallery was started, and what may be spent";
  gauge.style.setProperty("--part", cap > 0 ? Math.min(1, sum / cap) : 0);
  gauge.classList.toggle("near", cap > 0 && sum / cap > 0.85);
  fill(spent, `${money(sum)} of ${money(cap)}`, gauge);
}

function draw() {
  project.textContent = state.overview?.project ?? "Gallery";
  watching.hidden = !state.overview?.watching;
  drawBusy();
  drawSpent();
}

const trouble = (...children) => h("div", { class: "trouble" }, icon("alert"), h("div", {}, children));

function away() {
  if (state.barred) return trouble(h("p", {}, h("strong", {}, "The gallery was started anew.")), h("p", {}, "Open the address that the terminal shows; this page can do nothing any more."));
  return trouble(h("p", {}, h("strong", {}, "The server does not answer.")), h("p", {}, "What you see is as it was. The page goes on by itself when it is there again."));
}

function problem({ place, message, hint, excerpt }) {
  return h("div", { class: "problem" }, h("p", {}, place && h("code", {}, place), place && " ", message), excerpt && h("pre", { tabindex: "0", role: "group", "aria-label": "Where" }, excerpt), hint && h("p", { class: "hint" }, hint));
}

function warn() {
  const problems = state.overview?.problems ?? [];
  if (!state.connected) return fill(banner, away());
  const left = problems.length - MOST;
  const shown = problems.slice(0, MOST).map(problem);
  fill(banner, problems.length > 0 && trouble(h("p", {}, h("strong", {}, "The spec is wrong."), " These are the pictures of the last good one."), shown, left > 0 && h("p", {}, `and ${left} more`)));
}

// Of what somebody asked for here, the task itself tells how it went; checks that fail stand on the card.
function failed({ target, kind, message }) {
  const isOurs = [...state.tasks.values()].some((each) => ["queued", "running"].includes(each.state) && each.task.targets.includes(target));
  if (!isOurs && kind !== "check") bad({ message: `${target}: ${message}` });
}

export function start() {
  onTheme(() => {
    fill(colours, icon(isDark() ? "sun" : "moon"));
    colours.setAttribute("aria-label", isDark() ? "Light colours" : "Dark colours");
    colours.title = `${colours.getAttribute("aria-label")} (t)`;
  });
  onChange((what, data) => {
    if (what === "problems" || what === "connection") warn();
    if (what === "notice") toast(data.message, { hint: data.hint });
    else if (what === "failed") failed(data);
    else draw();
  });
}
