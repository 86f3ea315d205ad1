// Which pictures are selected. It outlives the grid, so that a look at one of them costs nothing.

import { state } from "./api.js";

const chosen = new Set();
let anchor = null; // from where a range is

export const selection = {
  get size() {
    return chosen.size;
  },

  has: (id) => chosen.has(id),

  // In the order of the spec.
  ids: () => (chosen.size > 1 ? state.order.filter((id) => chosen.has(id)) : [...chosen]),

  // `shown` are the ids of the grid in its order, through which a range goes.
  toggle(id, { range = false, shown = [] } = {}) {
    const [from, to] = [shown.indexOf(anchor), shown.indexOf(id)];
    if (range && from >= 0 && to >= 0) {
      for (const each of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) chosen.add(each);
      return;
    }
    if (!chosen.delete(id)) chosen.add(id);
    anchor = id;
  },

  add(ids) {
    for (const id of ids) chosen.add(id);
  },

  clear() {
    chosen.clear();
    anchor = null;
  },

  // Targets that are no more cannot be selected.
  prune() {
    for (const id of chosen) if (!state.cards.has(id)) chosen.delete(id);
  },
};
