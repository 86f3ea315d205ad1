// Starts the page and shows what the address after '#' names.

import { load, onChange, state } from "./api.js";
import { fill, h } from "./dom.js";
import { listen, showKeys, use } from "./keys.js";
import { start } from "./live.js";
import { connect } from "./news.js";
import { flip } from "./theme.js";

const view = document.getElementById("view");
const PAGES = { "": "./grid.js", target: "./target.js", compare: "./compare.js", blind: "./blind.js" };

let shown = null;
let turn = 0;

function address() {
  const [path, query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  const [page, ...rest] = path.split("/").map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { page: Object.hasOwn(PAGES, page) ? page : "", params: { id: rest.join("/"), query: new URLSearchParams(query) } };
}

async function show() {
  if (location.hash === "#view") return;
  const mine = ++turn;
  use({}); // the keys of the page before are for its picture alone
  delete view.dataset.ready;
  const isBack = view.dataset.page && view.dataset.page !== "grid" && /^(#\/?)?$/.test(location.hash);
  if (isBack && state.query) history.replaceState(null, "", `#/?${state.query}`);
  const { page, params } = address();
  const { mount } = await import(PAGES[page]);
  if (mine !== turn) return;
  shown?.destroy();
  fill(view);
  if (page === "target") state.looked = params.id;
  view.dataset.page = page || "grid";
  try {
    shown = await mount(view, params, () => mine === turn);
  } catch (error) {
    shown = { destroy() {}, keys: { Escape: () => (location.hash = "#/") }, title: "Gallery" };
    fill(view, h("p", { class: "warn" }, error.message), error.hint && h("p", { class: "quiet" }, error.hint), h("p", {}, h("a", { href: "#/" }, "Back to all pictures")));
  }
  if (mine !== turn) return shown.destroy();
  use(shown.keys);
  view.dataset.ready = `${page || "grid"} ${params.id}`.trim();
  document.title = `${shown.title} – ${state.overview?.project ?? "gallery"}`;
  if (page) {
    window.scrollTo(0, 0);
    view.focus({ preventScroll: true });
  }
}

listen({ "?": showKeys, t: flip, "/": () => document.querySelector("input[type=search]")?.focus() });
start();
connect();
const off = onChange((what) => {
  if (what !== "cards") return;
  off();
  window.addEventListener("hashchange", show);
  show();
});
try {
  await load();
} catch (error) {
  fill(view, h("p", { class: "warn" }, error.message), error.hint && h("p", { class: "quiet" }, error.hint));
}
