/** Blocks of texts: facts, files as they are, and READMEs. */
import MarkdownIt from "markdown-it";

import { element } from "./dom.js";
import { fileLink } from "./table.js";

export function factsBlock(block) {
  const pairs = block.rows.map(([name, text]) => element("div", {}, element("dt", {}, name), element("dd", {}, text)));
  return element(
    "details",
    { class: "block", open: block.rows.length < 30 },
    element("summary", {}, element("h3", {}, block.title)),
    element("dl", { class: "facts" }, ...pairs),
  );
}

export function textBlock(block) {
  return element(
    "details",
    { class: "block" },
    element("summary", {}, element("h3", {}, block.title)),
    fileLink(block.file),
    element("pre", {}, block.text),
  );
}

// HTML in a README stays text, as markdown-it does by default; pictures would have to be loaded.
const markdown = new MarkdownIt({ html: false });
markdown.renderer.rules.image = (tokens, i) => `<em>${markdown.utils.escapeHtml(tokens[i].content)}</em>`;
markdown.renderer.rules.link_open = (tokens, i, options, env, self) => {
  const target = tokens[i].attrGet("href");
  if (!/^([a-z][a-z0-9+.-]*:|[/#])/i.test(target)) tokens[i].attrSet("href", env.base + target);
  return self.renderToken(tokens, i, options);
};

export function readmeBlock(block) {
  const content = element("div", { class: "readme" });
  content.innerHTML = markdown.render(block.text, { base: block.base });
  return element(
    "details",
    { class: "block" },
    element("summary", {}, element("h3", {}, block.title)),
    content,
  );
}
