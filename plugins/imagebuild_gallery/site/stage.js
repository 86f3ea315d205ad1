// The big picture of a target's page: alone, before and after, newer beside approved, or as it is being made.

import { state } from "./api.js";
import { button, fill, h, icon, part, partialOf, size } from "./dom.js";
import { slider } from "./slider.js";
import { Lens, lensBar, sheet } from "./zoom.js";

// Tables that texts are looked up in are maps: an object would know "constructor", too.
const KINDS = new Map(Object.entries({ generate: "Generate", edit: "Edit", source: "Source", step: "Step", describe: "Alt text" }));

export const title = (each) => (each.kind === "edit" ? `Edit ${each.stage}` : each.kind === "step" ? each.name : KINDS.get(each.kind) ?? each.kind);

export const elapsed = (since) => `${Math.max(0, Math.round((Date.now() - since) / 1000))} s`;

// `page` is {id, view(), changed()}; `changed` redraws what tells which stages are shown.
export class Stage {
  constructor(page) {
    this.page = page;
    this.mode = "picture"; // or "halves", "newer"
    this.chosen = null; // {digest, index?, name}: what is looked at in place of the finished picture
    this.ends = null; // the two stages of before and after, as indexes
    this.shown = ""; // what is drawn, so that news of other things leave the picture as it is
    this.lens = null;
    this.body = h("div", { class: "body" });
    this.under = h("div", { class: "row under" });
    this.node = h("section", { class: "stage", "aria-label": "Picture" }, this.body, this.under);
  }

  made() {
    return this.page.view().stages.map((each, index) => ({ ...each, index, picture: each.pictures[0] })).filter((each) => each.picture);
  }

  // From the first to the last stage that changed the picture, unless two were chosen.
  halves() {
    const made = this.made();
    if (this.ends) {
      const ends = this.ends.map((index) => made.find((each) => each.index === index));
      if (ends.every(Boolean)) return ends;
      this.ends = null;
    }
    const asked = made.filter((each) => each.kind !== "step");
    const some = asked.length > 1 ? asked : made;
    const [first, last] = [some[0], some[some.length - 1]];
    return first && first.picture.digest !== last.picture.digest ? [first, last] : null;
  }

  picture() {
    if (this.chosen) return this.chosen.picture;
    const made = this.made();
    return this.page.view().card.picture ?? made[made.length - 1]?.picture ?? null;
  }

  // Look at one picture in particular; at the finished one again when it is looked at already.
  look(chosen) {
    const again = chosen && this.chosen?.name === chosen.name && this.mode === "picture";
    this.chosen = again ? null : chosen;
    this.mode = "picture";
    this.page.changed();
  }

  show(mode) {
    this.mode = this.mode === mode ? "picture" : mode;
    this.page.changed();
  }

  draw() {
    const running = state.running.get(this.page.id);
    if (this.mode === "halves" && !this.halves()) this.mode = "picture";
    if (this.mode === "newer" && !this.page.view().waiting) this.mode = "picture";
    if (running?.partial) this.drawPartial(running);
    else if (!running || this.shown !== "partial") this.drawBody(); // between two stages the partial picture stays
    this.drawUnder(running);
  }

  drawPartial(running) {
    this.lens = null;
    if (this.shown !== "partial") {
      this.shown = "partial";
      fill(this.body, h("div", { class: "frame big" }, h("img", { class: "sheet partial" })));
    }
    const image = this.body.querySelector("img");
    image.src = partialOf(running);
    image.alt = `${this.page.id}, not final yet`;
  }

  drawBody() {
    const view = this.page.view();
    const halves = this.halves();
    const picture = this.picture();
    const two =
      this.mode === "newer"
        ? [view.card.picture, view.waiting, ["Approved", "Newer"]]
        : this.mode === "halves"
          ? [halves[0].picture, halves[1].picture, halves.map(title)]
          : null;
    const wanted = two && two[0] ? [this.mode, two[0].digest, two[1].digest, ...two[2]].join(" ") : `picture ${picture?.digest}`;
    if (wanted === this.shown) return;
    this.shown = wanted;
    if (two && two[0]) {
      const { node, panes } = slider(...two);
      fill(this.body, node);
      this.lookInto(panes);
    } else if (picture) {
      const image = sheet(picture, view.card.alt || `The picture ${this.page.id}`);
      const frame = h("div", { class: "frame big", tabindex: "0", role: "group", "aria-label": "Picture: zoom with + and −, or a click" }, image);
      fill(this.body, frame);
      this.lookInto([{ frame, image, picture }]);
    } else {
      this.lens = null;
      fill(this.body, h("div", { class: "frame big none" }, icon("gap"), h("p", {}, "There is no picture yet.")));
    }
  }

  lookInto(panes) {
    this.lens = new Lens(panes, () => this.bar?.draw());
    this.bar = lensBar(this.lens);
    for (const { image } of panes) image.addEventListener("load", this.bar.draw);
  }

  drawUnder(running) {
    const view = this.page.view();
    const halves = this.halves();
    const doing = running && h("span", { class: "making", role: "status" }, h("span", { class: "spinner", "aria-hidden": "true" }), h("span", {}, `${KINDS.get(running.kind) ?? running.kind}${running.kind === "edit" ? ` ${running.stage}` : ""} with ${running.plugin}`), h("span", { class: "quiet", data: { since: running.since }, "aria-hidden": "true" }, elapsed(running.since)));
    const what = this.mode === "picture" && h("span", { class: "what" }, this.chosen && h("strong", {}, this.chosen.name, " "), h("span", { class: "quiet" }, size(this.picture())), this.chosen && button("Back to the result", () => this.look(this.chosen)));
    fill(
      this.under,
      doing || (this.mode === "halves" ? this.endsChooser(halves) : what || h("span")),
      h(
        "div",
        { class: "row" },
        view.waiting && button("Newer beside approved", () => this.show("newer"), { pressed: String(this.mode === "newer") }),
        halves && button("Before and after", () => this.show("halves"), { sign: "halves", key: "c", pressed: String(this.mode === "halves") }),
        this.lens && this.bar.node,
      ),
    );
    if (this.lens) this.bar.draw();
  }

  endsChooser(halves) {
    const made = this.made();
    const choose = (at) =>
      h(
        "select",
        { "aria-label": at ? "After" : "Before", on: { change: (event) => this.choose(at, Number(event.target.value)) } },
        made.map((each) => h("option", { value: each.index, selected: each.index === halves[at].index }, title(each))),
      );
    return h("span", { class: "row ends" }, choose(0), icon("right"), choose(1));
  }

  choose(at, index) {
    const ends = this.halves().map((each) => each.index);
    ends[at] = index;
    this.ends = ends;
    this.page.changed();
    this.under.querySelectorAll("select")[at]?.focus();
  }
}

export const target = (id) => `#/target/${part(id)}`;
