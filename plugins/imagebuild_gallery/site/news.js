// The line on which the server tells what happens: held, given up while nobody looks, and taken up again.

import { ask, changed, look, noteTask, state, token } from "./api.js";

const under = new Map(); // target → Map of its actions under way, the latest last

// A partial picture does not say of which kind the call is; a target makes one at each of these places.
const placeOf = ({ kind, plugin, stage, candidate }) =>
  ["generate", "edit", undefined].includes(kind) ? `call ${stage} ${candidate}` : `${kind} ${plugin} ${stage} ${candidate}`;

function run(news, data) {
  if (news === "retried") return;
  const { target } = data;
  const place = placeOf(data);
  const actions = under.get(target) ?? new Map();
  under.set(target, actions);
  const known = actions.get(place) ?? { ...data, since: Date.now(), partial: null };
  if (news === "started") actions.set(place, { ...data, since: Date.now(), partial: null });
  else if (news === "partial") actions.set(place, { ...known, partial: data.file, number: data.number, index: data.index });
  else actions.delete(place);
  const latest = [...actions.values()].pop();
  if (latest) state.running.set(target, latest);
  else {
    under.delete(target);
    state.running.delete(target);
  }
  if (news !== "started" && news !== "partial" && data.cost_usd && state.overview) look([target]);
  changed("running", new Set([target]));
  if (news === "failed") changed("failed", data);
}

const PATIENCE = 1_200; // milliseconds without the server until it is said
const LONGEST = 15_000; // milliseconds between two attempts
const AWAY = 60_000; // milliseconds out of sight until the line is given up

let source = null;
let lost = false;
let pause = 1_000;
let soon = 0;

async function settle() {
  look(null);
  for (const task of await ask("/api/tasks")) noteTask(task);
}

// Whether the server is the one that this page is of; another one has another secret, and maybe another page.
async function knowsUs() {
  const answer = await fetch("/", { credentials: "same-origin" });
  state.barred = answer.status === 403;
  if (!answer.ok) return false;
  if ((await answer.text()).includes(token)) return true;
  location.reload();
  return false;
}

function gone() {
  lost = true;
  if (!soon && state.connected) {
    soon = setTimeout(() => {
      state.connected = false;
      changed("connection");
    }, PATIENCE);
  }
}

async function back() {
  clearTimeout(soon);
  soon = 0;
  pause = 1_000;
  if (!lost) return;
  lost = false;
  under.clear(); // how actions ended may have been missed; those that go on tell of themselves again
  state.running.clear();
  changed("running");
  try {
    if (!(await knowsUs())) return;
    state.connected = true;
    changed("connection");
    await settle();
  } catch {
    gone();
  }
}

async function again() {
  pause = Math.min(LONGEST, pause * 1.6);
  try {
    if (await knowsUs()) return connect();
  } catch {
    // it is not there yet
  }
  changed("connection");
  setTimeout(again, pause);
}

export function connect() {
  const line = (source = new EventSource("/api/news"));
  line.addEventListener("open", back);
  line.addEventListener("error", () => {
    gone();
    if (line.readyState !== EventSource.CLOSED || line !== source) return;
    source = null;
    setTimeout(again, pause);
  });
  listen((name, hear) => line.addEventListener(name, (event) => hear(JSON.parse(event.data), Number(event.lastEventId))));
}

// A browser keeps six lines to a server, for all its tabs: one that nobody looks at gives its own away.
let leaving = 0;
document.addEventListener("visibilitychange", () => {
  clearTimeout(leaving);
  if (document.hidden) {
    leaving = setTimeout(() => {
      if (!source) return;
      source.close();
      source = null;
      leaving = -1;
    }, AWAY);
  } else if (leaving === -1) {
    leaving = 0;
    lost = true;
    connect();
  }
});

function listen(on) {
  for (const name of ["started", "retried", "finished", "failed"]) on(name, (data) => run(name, data));
  on("partial", (data, number) => run("partial", { ...data, number }));
  on("targets", (data) => look(data.ids));
  on("task", noteTask);
  on("build", (data) => {
    state.building = data.running;
    if (state.overview) state.overview.spent_usd = data.spent_usd;
    changed("running", new Set());
  });
  on("problems", (data) => {
    if (state.overview) state.overview.problems = data.problems;
    changed("problems");
  });
  on("notice", (data) => changed("notice", data));
}
