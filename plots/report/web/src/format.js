const MINUS = "\u2212";

/** A number for reading: thousands apart, at most five significant digits after them. */
export function readable(value) {
  if (value == null || Number.isNaN(value)) return "";
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : MINUS + "\u221e";
  if (value === 0) return "0"; // of -0, too
  const size = Math.abs(value);
  const text =
    size < 1e-4 || size >= 1e15
      ? value.toExponential(3)
      : value.toLocaleString("en-US", { maximumSignificantDigits: Math.max(5, whole(size)) });
  return text.replace("-", MINUS);
}

/** Digits before the decimal point. */
function whole(size) {
  return size < 1 ? 1 : Math.floor(Math.log10(size)) + 1;
}

export function withUnit(value, unit) {
  return unit ? `${readable(value)}\u00a0${unit}` : readable(value);
}

/** The name of an axis: its label, and its unit where it has one. */
export function axisName(axis) {
  return axis.unit ? `${axis.label}, ${axis.unit}` : axis.label;
}

/** The number that a field of a table holds, or null: texts and empty fields are none. */
export function numberOf(text) {
  if (text.trim() === "") return null;
  if (/^[+-]?(inf|infinity)$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  const value = Number(text);
  return Number.isNaN(value) ? null : value;
}
