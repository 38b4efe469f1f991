import { element } from "./dom.js";
import { symbol } from "./legend.js";
import { colours } from "./theme.js";

/** What all tooltips have in common. Their content is made of nodes: texts are never HTML. */
export function tooltip(more) {
  const { card, ink, line } = colours();
  return {
    confine: true,
    transitionDuration: 0,
    backgroundColor: card,
    borderColor: line,
    textStyle: { color: ink },
    ...more,
  };
}

/** A headline and rows of {name, text, series}; a row with a series shows its symbol. */
export function tip(headline, rows) {
  const lines = rows.map((row) =>
    element("tr", {}, element("td", {}, row.series ? symbol(row.series) : null, " ", row.name), element("td", {}, row.text)),
  );
  return element("div", { class: "tip" }, element("strong", {}, headline), element("table", {}, element("tbody", {}, ...lines)));
}
