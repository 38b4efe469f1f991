/** Draws the report whose data stand in the page (their form: blocks.py). */
import { barsFigure } from "./bars.js";
import { element } from "./dom.js";
import { readable } from "./format.js";
import { linesFigure } from "./lines.js";
import { fileLink, tableBlock } from "./table.js";
import { factsBlock, readmeBlock, textBlock } from "./texts.js";
import { startTheme, switchTheme } from "./theme.js";
import { timelineFigure } from "./timeline.js";

const BLOCKS = {
  bars: barsFigure,
  facts: factsBlock,
  lines: linesFigure,
  readme: readmeBlock,
  table: tableBlock,
  text: textBlock,
  timeline: timelineFigure,
};

function tile({ label, value, unit, text }) {
  const figure =
    text == null
      ? element("dd", {}, readable(value), " ", element("small", {}, unit))
      : element("dd", { class: "words" }, text);
  return element("div", { class: "tile" }, element("dt", {}, label), figure);
}

function section(content, number, isOnly) {
  const { title, warnings, tiles, blocks, files } = content;
  return element(
    "section",
    { id: `section-${number}` },
    isOnly ? null : element("h2", {}, title),
    warnings.length ? element("ul", { class: "warnings" }, ...warnings.map((text) => element("li", {}, text))) : null,
    tiles.length ? element("dl", { class: "tiles" }, ...tiles.map(tile)) : null,
    ...blocks.map((block) => BLOCKS[block.kind](block)),
    element("p", { class: "files" }, "Files: ", ...files.map(fileLink)),
  );
}

function contents(sections) {
  const links = sections.map(({ title }, i) => element("li", {}, element("a", { href: `#section-${i}` }, title)));
  return element("nav", { "aria-label": "Contents" }, element("ul", {}, ...links));
}

const { title, sections } = JSON.parse(document.getElementById("document").textContent);
startTheme();
document.getElementById("report").append(
  element(
    "div",
    { class: "top" },
    element("h1", {}, title),
    element("button", { type: "button", onclick: switchTheme }, "Light / dark"),
  ),
  ...(sections.length > 1 ? [contents(sections)] : []),
  ...sections.map((content, i) => section(content, i, sections.length === 1)),
);
