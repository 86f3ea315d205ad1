// Builds the page out of nodes and texts. Nothing here, nor anywhere else, makes markup from a text.

const SVG = "http://www.w3.org/2000/svg";

const PATHS = {
  check: "M4 12.5l5 5L20 6.5",
  cross: "M6 6l12 12M18 6L6 18",
  again: "M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6",
  star: "M12 4l2.4 5.2 5.6.7-4.1 3.9 1.1 5.6L12 16.6l-5 2.8 1.1-5.6L4 9.9l5.6-.7z",
  snow: "M12 3v18M4.2 7.5l15.6 9M19.8 7.5l-15.6 9",
  clock: "M12 7v5l3.5 2M21 12a9 9 0 1 1-18 0 9 9 0 0 1 18 0z",
  gap: "M4 6h16v12H4zM4 6l16 12M20 6L4 18",
  pencil: "M4 20l1-4L16 5l3 3L8 19z",
  coin: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v10M14.8 9.3c-.6-.9-1.6-1.3-2.8-1.3-1.6 0-2.700.7-2.700 1.900 0 2.800 5.600 1.400 5.600 4.200 0 1.200-1.200 1.900-2.900 1.900-1.300 0-2.400-.5-3-1.500",
  alert: "M12 4l9 16H3zM12 10v4M12 17v.5",
  left: "M15 5l-7 7 7 7",
  right: "M9 5l7 7-7 7",
  moon: "M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M18.400 5.600L17 7M7 17l-1.400 1.400",
  keys: "M3 7h18v10H3zM7 11h.01M11 11h.01M15 11h.01M8 14h8",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zM15.500 15.500L21 21",
  halves: "M12 4v16M4 5h16v14H4z",
  eye: "M3 12s3.500-6 9-6 9 6 9 6-3.500 6-9 6-9-6-9-6zM12 14.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z",
  larger: "M12 5v14M5 12h14",
  smaller: "M5 12h14",
};

export function h(tag, props, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") node.className = value;
    else if (name === "text") node.textContent = value;
    else if (name === "on") for (const [event, work] of Object.entries(value)) node.addEventListener(event, work);
    else if (name === "data") for (const [key, text] of Object.entries(value)) node.dataset[key] = text;
    else if (name === "style") for (const [key, text] of Object.entries(value)) node.style.setProperty(key, text);
    else node.setAttribute(name, value === true ? "" : value);
  }
  append(node, children);
  return node;
}

export function append(node, children) {
  for (const child of [children].flat(Infinity)) {
    if (child === undefined || child === null || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function fill(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", PATHS[name] ?? PATHS.alert);
  svg.append(path);
  return svg;
}

const WIDTHS = [160, 320, 640, 1280];

// Where the small version of a picture is for a place `width` CSS pixels wide.
export function thumbOf(picture, width) {
  const wanted = width * Math.min(window.devicePixelRatio || 1, 2);
  return `/thumb/${picture.digest}?w=${WIDTHS.find((each) => each >= wanted) ?? WIDTHS[WIDTHS.length - 1]}`;
}

export function thumb(picture, { width = 320, alt = "", eager = false } = {}) {
  const image = h("img", { src: thumbOf(picture, width), alt, decoding: "async", draggable: "false" });
  if (!eager) image.loading = "lazy";
  if (picture.width && picture.height) {
    image.width = picture.width;
    image.height = picture.height;
  }
  image.addEventListener("error", () => image.classList.add("lost"), { once: true });
  return image;
}

// A text as part of an address; half a character, which has none, becomes the sign for it.
export const part = (text) => encodeURIComponent(String(text).replace(/[\ud800-\udfff]/gu, "\ufffd"));

export const fullSize = (picture) => `/picture/${picture.digest}`;

export const partialOf = (running) => `/partial/${part(running.partial)}?n=${running.number}`;

export function button(label, work, { sign, key, kind = "", title, pressed, disabled } = {}) {
  return h(
    "button",
    { type: "button", class: `button ${kind}`, title, "aria-pressed": pressed, disabled, on: { click: work }, "aria-keyshortcuts": key },
    sign && icon(sign),
    h("span", {}, label),
    key && h("kbd", { "aria-hidden": "true" }, key),
  );
}

// A dialog that takes the keyboard until it is answered; resolves to what `answer` was called with, or null.
// `yes` makes the button that agrees, if there is one. The key of a button presses it, but not by being held down: one
// that asks for the price must not go on to pay it.
export function ask(title, build, { label = "Cancel", yes = () => null } = {}) {
  return new Promise((resolve) => {
    const done = (value) => {
      dialog.close();
      dialog.remove();
      resolve(value);
    };
    const pressed = (event) => {
      const named = [...dialog.querySelectorAll("button")].find((each) => each.getAttribute("aria-keyshortcuts") === event.key);
      if (!named || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      named.click();
    };
    const dialog = h("dialog", { "aria-label": title, on: { keydown: pressed, cancel: (event) => (event.preventDefault(), done(null)) } });
    append(dialog, [h("h2", {}, title), build(done), h("div", { class: "row end" }, button(label, () => done(null), { key: "Esc" }), yes(done))]);
    document.body.append(dialog);
    dialog.showModal();
    dialog.scrollTop = 0; // a button at its end has the keyboard
  });
}

export function money(amount) {
  if (amount === null || amount === undefined) return "unknown";
  if (amount === 0) return "$0";
  const places = amount < 0.1 ? 3 : 2;
  return `$${amount.toFixed(places).replace(/(\.\d\d)0$/, "$1")}`;
}

export function bytes(count) {
  if (!count) return "";
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${Math.round(count / 1000)} kB` : `${(count / 1e6).toFixed(1)} MB`;
}

export const size = (picture) => (picture?.width && picture?.height ? `${picture.width} × ${picture.height}` : "");
