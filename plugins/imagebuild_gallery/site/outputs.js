// The files of a target, and which of them a visitor's browser would take.

import { bytes, fill, h, icon, size, thumb } from "./dom.js";

const SCREENS = [
  ["Phone", 390, 844],
  ["Tablet", 768, 1024],
  ["Desktop", 1440, 900],
];
const SLOTS = [
  ["the whole width", 1],
  ["half of it", 1 / 2],
  ["a third of it", 1 / 3],
];
const DENSE = [1, 2, 3];
const ORDER = ["image/avif", "image/webp", "image/jpeg", "image/png", "image/gif", "image/svg+xml"];
const STATES = new Map(Object.entries({ missing: "missing", old: "not up to date", edited: "changed by hand" }));
const LARGEST = 1440;

const widthOf = (file) => Number(file.labels.width) || file.picture.width || 0;
const kind = (picture) => picture.media_type.replace("image/", "").replace("svg+xml", "svg").toUpperCase();

// The best type that browsers show, in the smallest width that fills the place; else the widest there is.
export function taken(files, wanted) {
  const type = ORDER.find((each) => files.some((file) => file.picture.media_type === each));
  const family = files.filter((file) => file.picture.media_type === type).sort((a, b) => widthOf(a) - widthOf(b));
  return family.find((file) => widthOf(file) >= wanted) ?? family[family.length - 1];
}

export class Files {
  constructor() {
    this.dense = 2;
    this.slot = 1;
    this.node = h("section", { class: "panel", "aria-label": "Files" });
  }

  draw(view) {
    const { outputs } = view;
    this.node.hidden = outputs.length === 0;
    const wide = outputs.filter((file) => widthOf(file) && ORDER.includes(file.picture.media_type) && !file.labels.name);
    this.screens = new Set(wide.map(widthOf)).size > 1 ? h("ul", { class: "screens" }) : null;
    fill(this.node, h("h2", {}, outputs.length === 1 ? "File" : `${outputs.length} files`), this.screens && [this.chooser(wide), this.screens], list(outputs));
    if (this.screens) this.show(wide);
  }

  chooser(wide) {
    const again = (values) => {
      Object.assign(this, values);
      this.show(wide);
    };
    const dense = DENSE.map((each) =>
      h("label", {}, h("input", { type: "radio", name: "dense", value: each, checked: each === this.dense, on: { change: () => again({ dense: each }) } }), `${each}×`),
    );
    const slot = h(
      "select",
      { "aria-label": "How much of the page's width the picture takes", on: { change: (event) => again({ slot: Number(event.target.value) }) } },
      SLOTS.map(([name, share]) => h("option", { value: share, selected: share === this.slot }, name)),
    );
    return h("div", { class: "row chooser" }, h("label", { class: "row tight" }, h("span", { class: "quiet" }, "In"), slot), h("fieldset", { class: "row tight" }, h("legend", {}, "Pixel density"), dense));
  }

  show(files) {
    fill(
      this.screens,
      SCREENS.map(([name, width, height]) => {
        const slot = Math.round(width * this.slot);
        const wanted = slot * this.dense;
        const file = taken(files, wanted);
        const stretched = wanted / widthOf(file);
        const screen = h("div", { class: "screen", "aria-hidden": "true" }, thumb(file.picture, { width: 240 }), h("span", { class: "lines" }), h("span", { class: "lines short" }));
        screen.style.setProperty("--share", width / LARGEST);
        screen.style.setProperty("--tall", height / width);
        screen.style.setProperty("--slot", `${100 * this.slot}%`);
        return h(
          "li",
          {},
          screen,
          h("div", {}, h("strong", {}, name), h("span", { class: "quiet" }, ` ${width} px`), h("code", {}, file.path.split("/").pop()), h("small", { class: "quiet money" }, `wants ${wanted} px, takes ${widthOf(file)} px · ${bytes(file.picture.bytes)}`), stretched > 1.05 && h("small", { class: "warn" }, `stretched ${stretched.toFixed(1)}×`)),
        );
      }),
    );
  }
}

function list(files) {
  const row = (file) =>
    h(
      "li",
      { class: file.state },
      icon(file.state === "written" ? "check" : "alert"),
      h("span", {}, h("code", {}, file.path), h("small", { class: "quiet money" }, [kind(file.picture), size(file.picture), bytes(file.picture.bytes)].filter(Boolean).join(" · ")), STATES.has(file.state) && h("small", { class: "bad" }, STATES.get(file.state))),
    );
  return h("ul", { class: "files" }, files.map(row));
}
