import { element } from "./dom.js";
import { explorer } from "./explorer.js";
import { numberOf, readable } from "./format.js";

const FIRST_ROWS = 100;

/** A table whose columns sort, with its file, and with a figure of columns to choose. */
export function tableBlock(block) {
  const numeric = block.columns.map((_, c) => isNumeric(block.rows, c));
  const body = element("tbody");
  const more = element("button", { type: "button", onclick: () => show(rows.length) });
  let rows = block.rows;
  let sorted = { column: -1, isUp: true };

  function show(count) {
    body.replaceChildren(...rows.slice(0, count).map((row) => tableRow(row, numeric)));
    more.hidden = rows.length <= count;
    more.textContent = `Show all ${rows.length} rows`;
  }

  function sortBy(column) {
    sorted = { column, isUp: sorted.column === column ? !sorted.isUp : true };
    rows = [...block.rows].sort((a, b) => (sorted.isUp ? 1 : -1) * compare(a[column], b[column]));
    heads.forEach((head, c) => head.setAttribute("aria-sort", c === column ? (sorted.isUp ? "ascending" : "descending") : "none"));
    show(Math.max(FIRST_ROWS, body.children.length));
  }

  const heads = block.columns.map((column, c) =>
    element(
      "th",
      { scope: "col", title: `${column.name}: sort`, class: numeric[c] ? "number" : null, tabindex: 0, onclick: () => sortBy(c), onkeydown: (event) => event.key === "Enter" && sortBy(c) },
      column.label,
      element("small", {}, column.unit),
    ),
  );
  show(FIRST_ROWS);
  const table = element("table", { class: "data" }, element("thead", {}, element("tr", {}, ...heads)), body);
  return element(
    "details",
    { class: "block", open: block.open },
    element("summary", {}, element("h3", {}, block.title), ` \u2014 ${block.total} rows`),
    element("div", { class: "scroll" }, table),
    element("div", { class: "controls" }, more, fileLink(block.file)),
    remark(block),
    explorer(block, numeric),
  );
}

export function fileLink(file) {
  return file ? element("a", { href: file.href }, file.name) : null;
}

function remark(block) {
  const cut = block.rows.length < block.total ? `The page holds the first ${block.rows.length} rows; the file has all.` : "";
  const text = [cut, block.note].filter(Boolean).join("\n");
  return text ? element("p", { class: "note" }, text) : null;
}

function tableRow(row, numeric) {
  return element(
    "tr",
    {},
    ...row.map((text, c) => {
      const value = numeric[c] ? numberOf(text) : null;
      return value == null ? element("td", { class: numeric[c] ? "number" : null }, text) : element("td", { class: "number", title: text }, readable(value));
    }),
  );
}

/** Whether a column holds numbers and nothing else, and at least one. */
function isNumeric(rows, column) {
  let found = false;
  for (const row of rows) {
    if (row[column] === "" || row[column] === "nan") continue;
    if (numberOf(row[column]) == null) return false;
    found = true;
  }
  return found;
}

function compare(a, b) {
  const [x, y] = [numberOf(a), numberOf(b)];
  if (x != null && y != null) return x - y;
  if (x != null || y != null) return x != null ? -1 : 1;
  return a.localeCompare(b);
}
