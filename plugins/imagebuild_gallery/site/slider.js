// Two pictures upon each other, and a line between them to move; side by side where they have other proportions.

import { h, icon } from "./dom.js";
import { proportioned, sheet } from "./zoom.js";

const REACH = 28; // pixels from the line within which a pointer takes hold of it

const ratio = (picture) => (picture.width && picture.height ? picture.width / picture.height : null);

export function fits(before, after) {
  const [a, b] = [ratio(before), ratio(after)];
  return a !== null && b !== null && Math.abs(a / b - 1) < 0.02;
}

// All that show two pictures give {node, panes}, panes being what a lens takes.
export function slider(before, after, names = ["Before", "After"]) {
  if (!fits(before, after)) return pair(before, after, names);
  const wider = before.width > after.width ? before : after;
  const [under, over] = [sheet(after, names[1]), sheet(before, names[0])];
  const range = h("input", { type: "range", min: 0, max: 100, value: 50, step: 1, "aria-label": `Line between ${names[0]} and ${names[1]}`, on: { input: () => move(Number(range.value)) } });
  const node = h(
    "figure",
    { class: "slider frame" },
    under,
    h("div", { class: "upper" }, over),
    h("span", { class: "line", "aria-hidden": "true" }, h("span", { class: "grip" }, icon("left"), icon("right"))),
    h("figcaption", { class: "from" }, names[0]),
    h("figcaption", { class: "to" }, names[1]),
    range,
  );
  proportioned(node, wider);

  function move(value) {
    const at = Math.min(100, Math.max(0, value));
    node.style.setProperty("--at", `${at}%`);
    range.value = at;
    range.setAttribute("aria-valuetext", `${Math.round(at)} % ${names[0]}, ${Math.round(100 - at)} % ${names[1]}`);
  }

  const place = (event) => ((event.clientX - node.getBoundingClientRect().left) / node.clientWidth) * 100;
  let held = null;
  node.addEventListener("pointerdown", (event) => {
    const away = (Math.abs(place(event) - Number(range.value)) / 100) * node.clientWidth;
    if (event.button || held !== null || (node.classList.contains("near") && away > REACH)) return;
    event.stopImmediatePropagation(); // the lens does not move with the line
    held = event.pointerId;
    node.setPointerCapture(held);
    range.focus({ preventScroll: true });
    event.preventDefault();
    move(place(event));
  });
  node.addEventListener("pointermove", (event) => event.pointerId === held && move(place(event)));
  for (const end of ["pointerup", "pointercancel"]) node.addEventListener(end, (event) => event.pointerId === held && (held = null));
  move(50);
  return { node, panes: [pane(node, under, after, wider), pane(node, over, before, wider)] };
}

// Both are shown in the size of the wider one, and their pixels are counted by it.
const pane = (frame, image, picture, wider) => ({ frame, image, picture: { ...picture, width: wider.width } });

export function pair(before, after, names) {
  const panes = [before, after].map((picture, index) => {
    const image = sheet(picture, names[index]);
    return { frame: h("div", { class: "frame", tabindex: "0", role: "group", "aria-label": `${names[index]}: zoom with + and −` }, image), image, picture };
  });
  const side = ({ frame }, index) => h("figure", { class: "side" }, frame, h("figcaption", {}, names[index]));
  return { node: h("div", { class: "pair" }, panes.map(side)), panes };
}

export function blend(before, after, names) {
  const [a, b] = [sheet(before, `Where ${names[0]} and ${names[1]} differ`), sheet(after, "")];
  const frame = h("div", { class: "blend frame", tabindex: "0", role: "group", "aria-label": "Difference: zoom with + and −" }, a, b);
  const wider = before.width > after.width ? before : after;
  for (const image of [a, b]) proportioned(image, wider);
  return { node: h("figure", { class: "blended" }, frame, h("figcaption", { class: "quiet" }, "Black is where both are the same.")), panes: [pane(frame, a, before, wider), pane(frame, b, after, wider)] };
}
