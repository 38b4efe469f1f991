/**
 * Makes an element. Children are nodes or texts: a text is never read as HTML. An attribute that is
 * a function, named like "onclick", is a listener; true stands for an attribute without value;
 * false, null and undefined for none.
 */
export function element(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") {
      node.addEventListener(name.slice(2), value);
    } else if (value !== false && value != null) {
      node.setAttribute(name, value === true ? "" : value);
    }
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

/** A select of `options`, {value, text}; `onChoice` is called with the value chosen. */
export function selector(label, options, value, onChoice) {
  const node = element(
    "select",
    { "aria-label": label, onchange: () => onChoice(node.value) },
    ...options.map((option) => element("option", { value: option.value }, option.text)),
  );
  node.value = value;
  return node;
}
