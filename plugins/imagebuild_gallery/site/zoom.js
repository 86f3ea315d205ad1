// A look at pictures from nearer: by wheel, pinch, drag and keys. Several panes move together.

import { fullSize, h } from "./dom.js";

const NEAREST = 8; // times the fitted size, or four times the picture's own pixels
const GRAINS = 3; // from so many pixels of the page for one of the picture on, they are shown as squares
const DRAG = 4; // pixels that a pointer may move and still be a click

// A picture as it fits into its place: first a light version of it, all its pixels once it is looked at from nearer.
export function sheet(picture, alt) {
  const image = h("img", { class: "sheet", src: `/thumb/${picture.digest}?w=1280`, alt, draggable: "false", decoding: "async" });
  image.addEventListener("error", () => image.classList.add("lost"), { once: true });
  return proportioned(image, picture);
}

// Gives a node the proportions of a picture, and its size at most.
export function proportioned(node, picture) {
  const { width, height } = picture;
  node.style.setProperty("--wide", width || 1280);
  node.style.setProperty("--ratio", width && height ? width / height : 1.5);
  return node;
}

// `panes` are {frame, image, picture}; pictures may share a frame. `changed` hears of every move.
export class Lens {
  constructor(panes, changed = () => {}) {
    this.panes = panes;
    this.changed = changed;
    this.scale = 1;
    this.x = 0; // of the picture's middle from that of its frame, in widths of the fitted picture
    this.y = 0;
    this.pointers = new Map();
    for (const frame of new Set(panes.map((pane) => pane.frame))) this.listen(frame);
  }

  // The scale at which one pixel of the picture is one of the page.
  get whole() {
    const { image, picture } = this.panes[0];
    const wide = picture.width || image.naturalWidth;
    return wide && image.offsetWidth ? wide / image.offsetWidth : 1;
  }

  get percent() {
    return Math.round((100 * this.scale) / this.whole);
  }

  get near() {
    return this.scale > 1;
  }

  fit = () => this.move(1, 0, 0);

  toggle = (at) => (this.near ? this.fit() : this.zoom(this.whole > 1.05 ? this.whole : 2, at));

  closer = () => this.zoom(this.scale * 1.4);

  further = () => this.zoom(this.scale / 1.4);

  // What lies under `at`, in pixels from the middle of the frame, stays there.
  zoom(wanted, at = [0, 0], pane = this.panes[0]) {
    const scale = Math.min(Math.max(NEAREST, 4 * this.whole), Math.max(1, wanted));
    const [x, y] = [at[0] / pane.image.offsetWidth, at[1] / pane.image.offsetHeight];
    const by = scale / this.scale;
    this.move(scale, x - (x - this.x) * by, y - (y - this.y) * by);
  }

  pan(right, down) {
    const { image } = this.panes[0];
    this.move(this.scale, this.x + right / image.offsetWidth, this.y + down / image.offsetHeight);
  }

  move(scale, x, y) {
    const { frame, image } = this.panes[0];
    const room = (picture, place) => (picture ? Math.max(0, (picture * scale - place) / 2 / picture) : 0);
    const within = (value, most) => Math.min(most, Math.max(-most, value));
    this.scale = scale < 1.01 ? 1 : scale;
    this.x = this.near ? within(x, room(image.offsetWidth, frame.clientWidth)) : 0;
    this.y = this.near ? within(y, room(image.offsetHeight, frame.clientHeight)) : 0;
    for (const pane of this.panes) this.show(pane);
    this.changed();
  }

  show({ frame, image, picture }) {
    frame.classList.toggle("near", this.near);
    image.classList.toggle("grains", this.scale / this.whole >= GRAINS);
    const moved = `translate(${this.x * image.offsetWidth}px, ${this.y * image.offsetHeight}px) scale(${this.scale})`;
    image.style.transform = this.near ? moved : "";
    if (this.near && !image.dataset.full) {
      image.dataset.full = "asked";
      const all = new Image();
      all.src = fullSize(picture);
      all.decode().then(
        () => (image.src = all.src),
        () => (image.dataset.full = "lost"),
      );
    }
  }

  listen(frame) {
    const pane = this.panes.find((each) => each.frame === frame);
    const from = (event) => {
      const box = frame.getBoundingClientRect();
      return [event.clientX - box.left - box.width / 2, event.clientY - box.top - box.height / 2];
    };
    frame.addEventListener(
      "wheel",
      (event) => {
        const pinch = event.ctrlKey || event.metaKey;
        if (!pinch && !this.near && !frame.contains(document.activeElement)) return; // the page scrolls
        if (!this.near && event.deltaY > 0) return;
        event.preventDefault();
        const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 18 : 1;
        this.zoom(this.scale * Math.exp(-event.deltaY * lines * (pinch ? 0.008 : 0.002)), from(event), pane);
      },
      { passive: false },
    );
    frame.addEventListener("pointerdown", (event) => this.press(frame, event));
    frame.addEventListener("pointermove", (event) => this.drag(pane, event, from));
    for (const end of ["pointerup", "pointercancel"]) frame.addEventListener(end, (event) => this.release(event, from));
    frame.addEventListener("keydown", (event) => this.key(event));
  }

  press(frame, event) {
    if (event.button || event.target.closest("button, input, a")) return;
    this.pointers.set(event.pointerId, { at: [event.clientX, event.clientY], moved: 0 });
    frame.setPointerCapture(event.pointerId);
  }

  drag(pane, event, from) {
    const held = this.pointers.get(event.pointerId);
    if (!held) return;
    const [right, down] = [event.clientX - held.at[0], event.clientY - held.at[1]];
    const others = [...this.pointers].filter(([id]) => id !== event.pointerId).map(([, each]) => each.at);
    if (others.length) {
      const apart = (at) => Math.hypot(at[0] - others[0][0], at[1] - others[0][1]) || 1;
      this.zoom((this.scale * apart([event.clientX, event.clientY])) / apart(held.at), from(event), pane);
    } else if (this.near) this.pan(right, down);
    held.moved += Math.hypot(right, down) + (others.length ? DRAG : 0);
    held.at = [event.clientX, event.clientY];
  }

  release(event, from) {
    const held = this.pointers.get(event.pointerId);
    this.pointers.delete(event.pointerId);
    if (held && event.type === "pointerup" && held.moved < DRAG && !this.pointers.size) this.toggle(from(event));
  }

  key(event) {
    const ways = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
    if (!this.near || !(event.key in ways) || event.target.matches("input")) return;
    event.preventDefault();
    this.pan(...ways[event.key]);
  }

  // Keys for the page that shows it.
  keys = { z: () => this.toggle(), "+": this.closer, "=": this.closer, "-": this.further, 0: this.fit };
}

// The buttons for a lens; `draw` says how near it is now.
export function lensBar(lens) {
  const said = h("output", { class: "percent", "aria-label": "Zoom" });
  const plain = (text, label, work) => h("button", { type: "button", class: "plain", "aria-label": label, on: { click: work } }, text);
  const flip = h("button", { type: "button", class: "button", "aria-keyshortcuts": "z", on: { click: () => lens.toggle() } });
  const node = h("div", { class: "lens-bar", role: "group", "aria-label": "Zoom" }, plain("−", "Further", lens.further), said, plain("+", "Closer", lens.closer), flip);
  const draw = () => {
    said.textContent = `${lens.percent} %`;
    flip.replaceChildren(h("span", {}, lens.near ? "Fit" : lens.whole > 1.05 ? "100 %" : "200 %"), h("kbd", { "aria-hidden": "true" }, "z"));
  };
  return { node, draw };
}
