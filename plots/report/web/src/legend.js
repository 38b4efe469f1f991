/** The small pictures of a legend, drawn as the lines and bars of a plot are. */
import { dataColour } from "./theme.js";

const NAMESPACE = "http://www.w3.org/2000/svg";

/** Markers of matplotlib, as Python names them, by the symbols of ECharts nearest to them. */
const SYMBOLS = {
  o: "circle",
  s: "rect",
  "^": "triangle",
  D: "diamond",
  v: "path://M0 0 L10 0 L5 9 Z",
  P: "path://M4 0 H6 V4 H10 V6 H6 V10 H4 V6 H0 V4 H4 Z",
  X: "path://M0 2 L2 0 L5 3 L8 0 L10 2 L7 5 L10 8 L8 10 L5 7 L2 10 L0 8 L3 5 Z",
  "<": "path://M10 0 L0 5 L10 10 Z",
  ">": "path://M0 0 L10 5 L0 10 Z",
  h: "path://M5 0 L10 2.5 L10 7.5 L5 10 L0 7.5 L0 2.5 Z",
  "*": "path://M5 0 L6.2 3.6 L10 3.6 L7 6 L8 10 L5 7.6 L2 10 L3 6 L0 3.6 L3.8 3.6 Z",
};

export function markerSymbol(marker) {
  return SYMBOLS[marker] ?? "none";
}

/** Dashes of matplotlib, in widths of the line, as ECharts takes them, in pixels. */
export function dashes(series) {
  return series.dashes ? series.dashes.map((length) => 2 * length) : "solid";
}

/** A piece of the line, or a patch of the colour, of a legend's entry. */
export function symbol(series) {
  const isLine = "dashes" in series;
  const picture = svg("svg", { width: isLine ? 26 : 12, height: 12, "aria-hidden": "true" });
  const colour = dataColour(series.colour);
  if (!isLine) {
    picture.append(svg("rect", { width: 12, height: 12, rx: 2, fill: colour }));
    return picture;
  }
  const pattern = series.dashes ? dashes(series).join(" ") : "none";
  picture.append(svg("line", { x1: 0, x2: 26, y1: 6, y2: 6, stroke: colour, "stroke-width": 2.5, "stroke-dasharray": pattern }));
  return picture;
}

function svg(tag, attributes) {
  const node = document.createElementNS(NAMESPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  return node;
}
