// Two at a time, without names, until it is known which people like best.

import { pick, restore } from "./actions.js";
import { getTarget, state } from "./api.js";
import { button, fill, fullSize, h, part } from "./dom.js";
import { target } from "./stage.js";
import { mishap } from "./toast.js";

const MOST = 9;
const NAMES = { wide: ["Left", "Right"], phone: ["Upper", "Lower"] };

// What there is to choose from, as {name, picture, picked, choose}; `choose` is null where there is nothing to pick.
async function field({ id, query }, tell) {
  if (!id) return several([...query.getAll("id"), ...query.getAll("ids")]);
  const view = await getTarget(id);
  const candidates = view.stages[0]?.candidates.filter((each) => each.picture && each.review !== "rejected") ?? [];
  if (candidates.length > 1 && query.get("of") !== "takes") {
    return candidates.slice(0, MOST).map((each) => ({ name: `Candidate ${each.number}`, picture: each.picture, choose: () => pick(id, each.number, undefined, tell), picked: each.picked }));
  }
  const takes = view.history.filter((each) => each.picture && each.standing !== "base");
  return takes.slice(-MOST).map((each) => ({ name: `Picture ${each.number}`, picture: each.picture, choose: () => restore(id, each.digest, tell), picked: each.standing === "live" }));
}

function several(names) {
  const cards = [...new Set(names)].map((name) => state.cards.get(name)).filter((card) => card?.picture);
  return cards.slice(0, MOST).map((card) => ({ name: card.id, picture: card.picture, choose: null, picked: false }));
}

function shuffled(items) {
  const random = crypto.getRandomValues(new Uint32Array(items.length));
  return items.map((item, index) => [random[index], item]).sort((a, b) => a[0] - b[0]).map(([, item]) => item);
}

// Every two once, in an order and on sides that nobody knows.
const allPairs = (players) => shuffled(players.flatMap((a, index) => players.slice(index + 1).map((b) => shuffled([a, b]))));

export async function mount(root, params) {
  const { node: wrong, tell } = mishap();
  const players = await field(params, tell);
  const home = params.id ? target(params.id) : "#/";
  const asked = h("p", { class: "quiet", role: "status" });
  const meter = h("progress", { "aria-label": "Pairs judged" });
  const stage = h("div", { class: "blind", tabindex: "-1" });
  root.append(h("nav", { class: "path", "aria-label": "Where you are" }, h("a", { href: home }, params.id || "Pictures"), h("h1", {}, "Which is better?")), asked, meter, wrong, stage);
  let pairs = [];
  let answers = []; // of each pair so far: 0, 1, or null for a tie

  function begin() {
    pairs = allPairs(players);
    answers = [];
    draw();
  }

  function side(player, index) {
    const name = NAMES[matchMedia("(max-width: 560px)").matches ? "phone" : "wide"][index];
    return h("button", { type: "button", class: "choice", "aria-label": `${name} picture is better`, "aria-keyshortcuts": index ? "ArrowRight" : "ArrowLeft", on: { click: () => answer(index) } }, h("span", { class: "shown" }, h("img", { src: fullSize(player.picture), alt: `${name} picture`, draggable: "false" })), h("span", { class: "which" }, name, h("kbd", { "aria-hidden": "true" }, index ? "→" : "←")));
  }

  function draw() {
    meter.hidden = players.length < 2;
    if (players.length < 2) return fill(stage, h("p", { class: "quiet" }, "There is only one picture here, and nothing to compare it with."), h("p", {}, h("a", { class: "button", href: home }, "Back")));
    meter.max = pairs.length;
    meter.value = answers.length;
    if (answers.length >= pairs.length) return result();
    asked.textContent = `Pair ${answers.length + 1} of ${pairs.length}. Nothing tells which is which.`;
    fill(stage, h("div", { class: "pair" }, pairs[answers.length].map(side)), h("div", { class: "row middle" }, button("No difference", () => answer(null), { key: "↓" }), answers.length > 0 && button("One back", back, { key: "⌫" })));
    for (const { picture } of pairs[answers.length + 1] ?? []) new Image().src = fullSize(picture); // no waiting tells them apart
    stage.querySelector(".choice").focus({ preventScroll: true });
    return true;
  }

  function answer(index) {
    if (answers.length >= pairs.length) return false;
    answers.push(index);
    draw();
    return true;
  }

  function back() {
    if (!answers.length) return false;
    answers.pop();
    draw();
    return true;
  }

  // A win is a point, a tie half of one.
  function ranked() {
    const scores = new Map(players.map((player) => [player, { player, wins: 0, ties: 0 }]));
    pairs.forEach((two, turn) =>
      two.forEach((player, at) => {
        if (answers[turn] === null) scores.get(player).ties += 1;
        else if (answers[turn] === at) scores.get(player).wins += 1;
      }),
    );
    const points = (each) => each.wins + each.ties / 2;
    const sorted = [...scores.values()].sort((a, b) => points(b) - points(a));
    return sorted.map((each) => ({ ...each, place: sorted.findIndex((other) => points(other) === points(each)) + 1 }));
  }

  function result() {
    const places = ranked();
    const first = places.filter((each) => each.place === 1);
    asked.textContent = first.length > 1 ? `That was all. ${first.length} share the first place.` : `That was all. ${first[0].player.name} comes first.`;
    const score = (each) => `${each.wins} ${each.wins === 1 ? "win" : "wins"} of ${players.length - 1}${each.ties ? `, ${each.ties} ${each.ties === 1 ? "tie" : "ties"}` : ""}`;
    const choose = ({ player, place }) => player.choose && !player.picked && button("Pick it", async () => (await player.choose()) && (location.hash = home), { kind: place === 1 ? "main" : "" });
    fill(
      stage,
      h("ol", { class: "ranking" }, places.map((each) => h("li", { data: { place: each.place } }, h("span", { class: "small" }, h("img", { src: `/thumb/${each.player.picture.digest}?w=320`, alt: "" })), h("div", {}, h("strong", {}, each.player.name), h("span", { class: "quiet money" }, score(each))), each.player.picked && h("span", { class: "badge calm" }, "picked now"), choose(each)))),
      h("div", { class: "row" }, button("Once more", begin, { sign: "again" }), h("a", { class: "button", href: home }, "Done", h("kbd", { "aria-hidden": "true" }, "Esc"))),
    );
    stage.focus({ preventScroll: true }); // and no button: one press too many would pick
    return true;
  }

  begin();
  return {
    title: "Blind comparison",
    destroy() {},
    keys: { Escape: () => (location.hash = home), ArrowLeft: () => answer(0), ArrowRight: () => answer(1), ArrowDown: () => answer(null), Backspace: back },
  };
}
