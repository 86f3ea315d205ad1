// What the page knows of the project, and how it asks the server.

import { part } from "./dom.js";

export const token = document.querySelector('meta[name="imagebuild-token"]').content;

export const state = {
  overview: null, // without its targets
  order: [], // ids in the order of the spec
  cards: new Map(),
  tasks: new Map(),
  running: new Map(), // target → {kind, plugin, stage, candidate, since, partial, number}: what was begun last
  building: false,
  connected: true,
  barred: false, // there is a server, but it does not know this page
  shown: [], // ids as the grid shows them, for stepping from one to the next
  query: "", // how the grid was narrowed last
  looked: null, // the target that was looked at last
};

const hearers = new Set();

export function onChange(hear) {
  hearers.add(hear);
  return () => hearers.delete(hear);
}

// `what` is "cards", "tasks" or "running", with a Set of ids or null for all; "problems" or "connection"; or "notice" or
// "failed", with what was told.
export function changed(what, ids = null) {
  for (const hear of [...hearers]) hear(what, ids);
}

export class Refused extends Error {
  constructor(status, error) {
    super(error.message);
    this.status = status;
    this.hint = error.hint;
  }
}

export async function ask(path, options = {}) {
  let answer;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, { message: "the gallery's server does not answer", hint: "it may have been stopped" });
  }
  const body = await answer.json().catch(() => ({ error: { message: `the server answered ${answer.status}` } }));
  if (!answer.ok) throw new Refused(answer.status, body.error ?? { message: `the server answered ${answer.status}` });
  return body;
}

export const getTarget = (id) => ask(`/api/target?id=${part(id)}`);

export function getPrice(kind, targets, edit) {
  const query = new URLSearchParams([["kind", kind], ...targets.map((id) => ["id", id])]);
  if (edit) query.set("edit", edit);
  return ask(`/api/price?${query}`);
}

export const submit = (task) =>
  ask("/api/tasks", {
    method: "POST",
    headers: { "content-type": "application/json", "x-imagebuild-token": token },
    body: JSON.stringify(task),
  });

const waiting = new Map(); // task id → resolve

// Resolves when a task is done, with its state; rejects when it failed.
export async function finished(task) {
  const begun = await submit(task);
  const known = isEnded(begun) ? begun : state.tasks.get(begun.id);
  const ended = isEnded(known) ? known : await new Promise((resolve) => waiting.set(begun.id, resolve));
  if (ended.state === "failed") throw new Refused(409, { message: ended.message, hint: ended.hint });
  return ended;
}

const isEnded = (task) => task && (task.state === "done" || task.state === "failed");

function take(overview) {
  const { targets, ...rest } = overview;
  state.overview = rest;
  return targets;
}

let slow = 0; // milliseconds that a look at everything took last time

export async function load() {
  const began = performance.now();
  const targets = take(await ask("/api/overview"));
  state.order = targets.map((card) => card.id);
  state.cards = new Map(targets.map((card) => [card.id, card]));
  changed("cards");
  changed("problems");
  slow = performance.now() - began;
}

const MANY = 50; // targets; of more all are asked for at once
let stale = new Set();
let everything = false;
let timer = 0;

// Several changes in a row are one look.
export function look(ids) {
  if (ids === null) everything = true;
  else for (const id of ids) stale.add(id);
  if (timer) return;
  const all = everything || stale.size > MANY;
  timer = setTimeout(refresh, all ? Math.max(40, 3 * slow) : 40);
}

async function refresh() {
  timer = 0;
  const ids = [...stale];
  const all = everything || ids.length > MANY || !state.overview;
  stale = new Set();
  everything = false;
  try {
    if (all) return await load();
    const query = new URLSearchParams(ids.map((id) => ["id", id]));
    const cards = take(await ask(`/api/targets?${query}`));
    if (cards.length !== ids.length || cards.some((card) => !state.cards.has(card.id))) return await load();
    for (const card of cards) state.cards.set(card.id, card);
    changed("cards", new Set(ids));
  } catch (error) {
    if (error.status !== 0) console.warn(error.message);
  }
}

export function noteTask(task) {
  state.tasks.set(task.id, task);
  if (isEnded(task)) {
    waiting.get(task.id)?.(task);
    waiting.delete(task.id);
  }
  changed("tasks");
}
