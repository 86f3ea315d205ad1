// Light or dark: as the system has it, until somebody chooses.

const NAME = "imagebuild-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const hearers = new Set();

function stored() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null; // a browser that keeps nothing
  }
}

let chosen = stored();

export const isDark = () => (chosen ? chosen === "dark" : system.matches);

function show() {
  if (chosen === "dark" || chosen === "light") document.documentElement.dataset.theme = chosen;
  for (const hear of hearers) hear();
}

export function flip() {
  chosen = isDark() ? "light" : "dark";
  try {
    localStorage.setItem(NAME, chosen);
  } catch {
    // then it holds until the page is closed
  }
  show();
}

export function onTheme(hear) {
  hearers.add(hear);
  hear();
}

system.addEventListener("change", show);
show();
