/** Light or dark: as the system says until the reader chooses; printed pages are light. */

const dark = matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set();
let chosen = null;
let printing = false;

export const isPrinting = () => printing;

/** Calls `listener` whenever what is drawn must be drawn anew. */
export function onThemeChange(listener) {
  listeners.add(listener);
}

export function startTheme() {
  dark.addEventListener("change", apply);
  addEventListener("beforeprint", () => setPrinting(true));
  addEventListener("afterprint", () => setPrinting(false));
  apply();
}

export function switchTheme() {
  chosen = isDark() ? "light" : "dark";
  apply();
}

/** The colours of the page, for what is not styled by CSS. */
export function colours() {
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  return { ink: read("ink"), muted: read("muted"), line: read("line"), grid: read("grid"), card: read("card") };
}

/** A colour of the data as this page shows it: on a dark one black would not be seen, and the grey
 * of what does not matter would stand out. */
export function dataColour(colour) {
  if (colour === "#000000") return colours().ink;
  return colour === "#DDDDDD" ? colours().line : colour;
}

function isDark() {
  return !printing && (chosen ?? (dark.matches ? "dark" : "light")) === "dark";
}

function setPrinting(value) {
  printing = value;
  apply();
}

function apply() {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light";
  for (const listener of listeners) listener();
}
