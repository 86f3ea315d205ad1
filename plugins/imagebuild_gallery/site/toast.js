// Short messages at the edge of the page, read out to who does not see them.

import { append, h, icon } from "./dom.js";

const place = document.getElementById("toasts");
const LONGEST = 6;

export function toast(message, { hint, kind = "", undo } = {}) {
  const close = () => note.remove();
  const note = h("div", { class: `toast ${kind}` }, kind === "bad" ? icon("alert") : null, h("p", {}, message, hint && h("small", {}, hint)));
  if (undo) {
    append(note, [h("button", { type: "button", class: "button", on: { click: () => (close(), undo()) } }, "Undo")]);
  }
  append(note, [h("button", { type: "button", class: "plain", "aria-label": "Dismiss", on: { click: close } }, icon("cross"))]);
  place.append(note);
  while (place.children.length > LONGEST) place.firstChild.remove();
  const leave = () => setTimeout(() => (note.matches(":hover, :focus-within") ? leave() : close()), kind === "bad" ? 20000 : 7000);
  leave(); // but not while somebody is about to press its button
}

// A place for errors beside what was clicked; where it is out of sight, they come as a message as well.
export function mishap() {
  const node = h("div", { class: "mishap", role: "alert" });
  const tell = (error) => {
    node.replaceChildren();
    if (!error) return;
    append(node, [icon("alert"), h("p", {}, error.message, error.hint && h("small", {}, error.hint))]);
    const { top, bottom } = node.getBoundingClientRect();
    if (!node.isConnected || bottom < 0 || top > innerHeight) bad(error);
  };
  return { node, tell };
}

export const bad = (error) => toast(error.message, { hint: error.hint, kind: "bad" });
