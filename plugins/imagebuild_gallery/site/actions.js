// What people do: each is the call of the command of the same name.

import { finished, getPrice, state } from "./api.js";
import { ask, button, h, money, part } from "./dom.js";
import { bad, toast } from "./toast.js";

const named = (ids) => (ids.length === 1 ? ids[0] : `${ids.length} pictures`);

const LONGEST = 10_000; // characters of names in one request: the server takes addresses of 16 kB
const DONE = { approve: "approved", reject: "rejected", reroll: "made anew", build: "built" };

// So many names as go into one request, after one another.
function batches(ids) {
  const found = [[]];
  let length = 0;
  for (const id of ids) {
    length += part(id).length + 4;
    if (length > LONGEST && found[found.length - 1].length) {
      found.push([]);
      length = part(id).length + 4;
    }
    found[found.length - 1].push(id);
  }
  return found;
}

// `tell` shows an error at the place that was clicked, and takes null when there is none any more. `caps` are what the
// batches of a purchase may cost.
async function attempt(task, { undo, tell, caps = [] } = {}) {
  tell?.(null);
  try {
    let done;
    const several = batches(task.targets);
    for (const [at, targets] of several.entries()) done = await finished({ ...task, targets, max_cost: caps[at] });
    const message = several.length > 1 ? `${named(task.targets)}: ${DONE[task.kind] ?? (task.frozen ? "frozen" : "no longer frozen")}` : done.message;
    toast(message, { hint: done.hint, undo: undo && (() => attempt(undo)) });
    return true;
  } catch (error) {
    (tell ?? bad)(error);
    return false;
  }
}

// A choice between two is taken back by the other one; that nothing was chosen before is not.
function review(kind, other, was, ids, tell) {
  const isBack = ids.every((id) => state.cards.get(id)?.review === was && !state.cards.get(id).newer);
  return attempt({ kind, targets: ids }, { undo: isBack && { kind: other, targets: ids }, tell });
}

export const approve = (ids, tell) => review("approve", "reject", "rejected", ids, tell);
export const reject = (ids, tell) => review("reject", "approve", "approved", ids, tell);
export const rejectCandidate = (id, number, tell) => attempt({ kind: "reject", targets: [id], candidate: number }, { tell });
export const reviewAlt = (id, kind, tell) => attempt({ kind, targets: [id], alt: true }, { tell });
export const goLive = (id, tell) => attempt({ kind: "pick", targets: [id] }, { tell });
export const restore = (id, picture, tell) => attempt({ kind: "restore", targets: [id], picture }, { tell });

export const pick = (id, number, before, tell) =>
  attempt({ kind: "pick", targets: [id], candidate: number }, { undo: before && { kind: "pick", targets: [id], candidate: before }, tell });

export const freeze = (ids, frozen, tell) =>
  attempt({ kind: "freeze", targets: ids, frozen }, { undo: { kind: "freeze", targets: ids, frozen: !frozen }, tell });

// The price is shown first, and only what was shown is bought. `before` is the digest of the picture there was.
export async function reroll(ids, { edit, before, tell } = {}) {
  const title = edit ? `Another attempt at ${named(ids)}, from edit ${edit} on` : `Another attempt at ${named(ids)}`;
  return purchase("reroll", ids, title, "Buy another attempt", { edit, before, tell });
}

export async function build(ids, tell) {
  return purchase("build", ids, `Build ${named(ids)}`, "Build", { tell });
}

let asking = false; // a second press must not ask a second time

async function purchase(kind, ids, title, label, { edit, before, tell }) {
  if (asking) return false;
  asking = true;
  tell?.(null);
  const prices = [];
  try {
    for (const some of batches(ids)) prices.push(await getPrice(kind, some, edit));
  } catch (error) {
    (tell ?? bad)(error);
    return false;
  } finally {
    asking = false;
  }
  const price = sum(prices);
  const isFree = price.text === "free";
  const agreed = await ask(title, () => told(price, isFree), {
    yes: (answer) => {
      if (!price.affordable) return null;
      const yes = button(isFree ? "Make it" : `${label} for ${price.text}`, () => answer(true), { key: "r", kind: "main" });
      yes.autofocus = true;
      return yes;
    },
  });
  if (!agreed) return false;
  const undo = before ? { kind: "restore", targets: ids, picture: before } : undefined;
  return attempt({ kind, targets: ids, edit }, { undo, tell, caps: prices.map((each) => each.cost.high) });
}

// What is left of the cap, null where nothing may be bought at all.
function room() {
  const cap = state.overview?.cap_usd ?? null;
  return cap === null ? null : Math.max(0, cap - (state.overview.spent_usd ?? 0));
}

function sum(prices) {
  if (prices.length === 1) return prices[0];
  const add = (name) => prices.reduce((total, each) => total + (each.cost[name] ?? 0), 0);
  const [low, high, unknown] = [add("low"), add("high"), add("unknown")];
  const known = low === high ? money(high) : `${money(low)}–${money(high)}`;
  const affordable = prices.every((each) => each.affordable) && (high === 0 || high <= (room() ?? 0));
  return { text: unknown ? "unknown" : high ? known : "free", affordable, calls: prices.reduce((total, each) => total + each.calls, 0) };
}

function told(price, isFree) {
  const left = room();
  return h(
    "div",
    { class: "price" },
    h("p", { class: "amount" }, isFree ? "Free" : price.text),
    h("p", { class: "quiet" }, isFree ? "It is made on this machine." : `${price.calls} ${price.calls === 1 ? "call" : "calls"} to the provider.`),
    !isFree && left !== null && h("p", { class: "quiet" }, `${money(left)} of the cap of ${money(state.overview.cap_usd)} are left.`),
    !price.affordable && h("p", { class: "warn" }, left === null ? "Nothing may be bought here. Start the gallery with --max-cost USD." : "The cap has no room for it. Start the gallery with a higher --max-cost."),
  );
}
