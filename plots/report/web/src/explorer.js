/** A figure of two columns of a table, and a third to tell lines apart, chosen by the reader. */
import { element, selector } from "./dom.js";
import { numberOf } from "./format.js";
import { linesFigure } from "./lines.js";

const MOST_LINES = 24;
const COLOURS = ["#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000"];
const MARKERS = ["o", "s", "^", "D", "v", "P", "X"];
const NARROW_RATIO = 30; // from this ratio of largest to least on, an axis starts logarithmic

/** The figure, or null where the table has not two columns of numbers. Drawn when first opened. */
export function explorer(block, numeric) {
  const numbers = block.columns.map((_, c) => c).filter((c) => numeric[c]);
  if (numbers.length < 2) return null;
  const indexOf = (name) => block.columns.findIndex((column) => column.name === name);
  const start = block.plot;
  const chosen = start
    ? { x: indexOf(start.x), y: indexOf(start.y), by: indexOf(start.by) }
    : { x: numbers[0], y: numbers[1], by: -1 };

  const place = element("div");
  const draw = () => place.replaceChildren(linesFigure(specOf(block, chosen)));
  const option = (c) => ({ value: c, text: block.columns[c].name });
  const pick = (label, key, options) =>
    element("label", {}, `${label} `, selector(label, options, chosen[key], (value) => {
      chosen[key] = Number(value);
      draw();
    }));
  const all = block.columns.map((_, c) => option(c));
  let isDrawn = false;
  const node = element(
    "details",
    {
      ontoggle: () => {
        if (node.open && !isDrawn) draw();
        isDrawn = true;
      },
    },
    element("summary", {}, "Draw columns of this table"),
    element(
      "div",
      { class: "controls" },
      pick("x", "x", numbers.map(option)),
      pick("y", "y", numbers.map(option)),
      pick("a line per", "by", [{ value: -1, text: "(nothing)" }, ...all]),
    ),
    place,
  );
  node.open = Boolean(start);
  return node;
}

function specOf(block, { x, y, by }) {
  const groups = new Map();
  for (const row of block.rows) {
    const point = [numberOf(row[x]), numberOf(row[y])];
    if (!point.every(Number.isFinite)) continue;
    const name = by < 0 ? block.columns[y].label : [row[by], block.columns[by].unit].join(" ").trim();
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(point);
  }
  const lines = [...groups].slice(0, MOST_LINES);
  const series = lines.map(([name, points], i) => ({
    name,
    colour: COLOURS[i % COLOURS.length],
    marker: MARKERS[i % MARKERS.length],
    dashes: null,
    on: true,
    points: points.sort((a, b) => a[0] - b[0]),
  }));
  const left = groups.size - lines.length;
  return {
    title: `${block.columns[y].label} against ${block.columns[x].label}`,
    x: axisOf(block.columns[x], series, 0),
    y: axisOf(block.columns[y], series, 1),
    choices: [{ name: "", series }],
    scatter: series.some((line) => line.points.some((point, i) => i > 0 && point[0] === line.points[i - 1][0])),
    note: left > 0 ? `${left} further values of ${block.columns[by].name} are left out.` : "",
  };
}

function axisOf(column, series, place) {
  const values = series.flatMap((line) => line.points.map((point) => point[place]));
  const [least, largest] = [Math.min(...values), Math.max(...values)];
  return { label: column.label, unit: column.unit, log: least > 0 && largest / least > NARROW_RATIO };
}
