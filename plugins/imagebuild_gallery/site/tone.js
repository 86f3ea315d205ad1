// The ground on which a picture lies in its place: a breath of the colour at its own edge.

const SIDE = 8; // pixels to which a picture is reduced
const MOST = 5_000; // pictures that are remembered

const known = new Map(); // address → {colour, clear}
const canvas = document.createElement("canvas");
canvas.width = canvas.height = SIDE;
const brush = canvas.getContext("2d", { willReadFrequently: true });

// What a loaded picture is like: `colour` of its edge, and whether one sees through it anywhere.
export function toneOf(image) {
  const address = image.currentSrc || image.src;
  if (!known.has(address)) {
    if (known.size >= MOST) known.clear();
    known.set(address, look(image));
  }
  return known.get(address);
}

function look(image) {
  brush.clearRect(0, 0, SIDE, SIDE);
  brush.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = brush.getImageData(0, 0, SIDE, SIDE);
  const sum = [0, 0, 0];
  let count = 0;
  for (let at = 0; at < SIDE * SIDE; at++) {
    if (data[4 * at + 3] < 250) return { colour: null, clear: true };
    const [x, y] = [at % SIDE, Math.floor(at / SIDE)];
    if (x && y && x < SIDE - 1 && y < SIDE - 1) continue;
    count++;
    for (const part of [0, 1, 2]) sum[part] += data[4 * at + part];
  }
  return { colour: `rgb(${sum.map((each) => Math.round(each / count)).join(" ")})`, clear: false };
}
