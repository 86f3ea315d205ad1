// The words in which two texts differ.

import { h } from "./dom.js";

const MOST = 400; // words of each text, after what is the same at both ends; of more, only that they differ is shown

const split = (text) => text.match(/\S+\s*|^\s+/g) ?? [];
const same = (a, b) => a.trim() === b.trim();

// Nodes of `after`, its new words marked; and before each what is gone from `before`, struck through.
export function difference(before, after) {
  const [a, b] = [split(before), split(after)];
  let start = 0;
  while (start < a.length && start < b.length && same(a[start], b[start])) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && same(a[a.length - 1 - end], b[b.length - 1 - end])) end++;
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end));
  return [b.slice(0, start).join(""), ...middle, b.slice(b.length - end).join("")].filter((each) => each !== "");
}

function between(a, b) {
  if (a.length > MOST || b.length > MOST) return runs([["del", a.join("")], ["ins", b.join("")]]);
  const longest = table(a, b);
  const steps = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && same(a[i], b[j])) {
      steps.push(["", b[j]]);
      i++;
      j++;
    } else if (i < a.length && (j === b.length || longest[i + 1][j] >= longest[i][j + 1])) steps.push(["del", a[i++]]);
    else steps.push(["ins", b[j++]]);
  }
  return runs(steps);
}

// The length of the longest common sequence of words from each pair of places on.
function table(a, b) {
  const rows = Array.from({ length: a.length + 1 }, () => new Uint16Array(b.length + 1));
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) rows[i][j] = same(a[i], b[j]) ? rows[i + 1][j + 1] + 1 : Math.max(rows[i + 1][j], rows[i][j + 1]);
  }
  return rows;
}

// Between two words that stayed, what is gone comes first as one piece, then what is new.
function runs(steps) {
  const nodes = [];
  let gone = "";
  let added = "";
  const close = () => {
    if (gone) nodes.push(h("del", {}, gone.trimEnd()), " ");
    if (added) nodes.push(h("ins", {}, added.trimEnd()), /\s*$/.exec(added)[0]);
    gone = added = "";
  };
  for (const [tag, word] of steps) {
    if (tag === "del") gone += word;
    else if (tag === "ins") added += word;
    else {
      close();
      nodes.push(word);
    }
  }
  close();
  return nodes;
}
