import { axisName, readable } from "./format.js";
import { colours, isPrinting } from "./theme.js";

const SLIDER = 18; // height of the zoom slider, pixels

/** The look of an axis of numbers. `extent`: least and largest value on it. */
export function numberAxis(axis, extent, place) {
  const { ink, muted, line, grid } = colours();
  const isLog = axis.log && extent[0] > 0;
  return {
    type: isLog ? "log" : "value",
    // A narrow logarithmic axis would have a single power of ten on it.
    logBase: isLog && extent[1] / extent[0] < 300 ? 2 : 10,
    scale: true,
    ...(isLog ? { min: extent[0] / 1.1, max: extent[1] * 1.1 } : {}),
    name: axisName(axis),
    nameLocation: place === "x" ? "middle" : "end",
    nameGap: place === "x" ? 26 : 12,
    nameTextStyle: { color: ink, fontSize: 12, align: place === "x" ? "center" : "left" },
    axisLabel: { color: muted, hideOverlap: true, formatter: readable, ...(isLog ? { showMinLabel: false, showMaxLabel: false } : {}) },
    axisLine: { show: true, lineStyle: { color: line } },
    axisTick: { show: false },
    splitLine: { lineStyle: { color: grid } },
  };
}

/** Rows from top to bottom, their names cut to a third of a narrow page. */
export function categoryAxis(categories, width) {
  const { ink, line } = colours();
  return {
    type: "category",
    data: categories,
    inverse: true,
    axisLabel: { color: ink, interval: 0, width: Math.min(230, width / 3), overflow: "truncate" },
    axisLine: { lineStyle: { color: line } },
    axisTick: { show: false },
  };
}

/** The rectangle of the axes; labels and names of the axes lie within the figure. */
export function grid(hasSlider) {
  return { left: 10, right: 18, top: 14, bottom: hasSlider && !isPrinting() ? SLIDER + 16 : 10, outerBoundsMode: "same" };
}

/** Zoom of the x axis: slider, pinch, Ctrl and wheel, drag with the mouse. */
export function xZoom(filterMode) {
  const { muted, line } = colours();
  const hasMouse = matchMedia("(pointer: fine)").matches;
  const inside = {
    type: "inside",
    filterMode,
    zoomOnMouseWheel: "ctrl",
    moveOnMouseWheel: false,
    // A finger that moves scrolls the page.
    moveOnMouseMove: hasMouse,
    preventDefaultMouseMove: hasMouse,
  };
  if (isPrinting()) return [inside];
  const slider = {
    type: "slider",
    filterMode,
    height: SLIDER,
    bottom: 4,
    left: 14,
    right: 22,
    showDataShadow: false,
    brushSelect: false,
    showDetail: false,
    borderColor: line,
    fillerColor: "rgba(128, 140, 155, 0.18)",
    handleStyle: { color: muted },
    moveHandleSize: 0,
  };
  return [inside, slider];
}

/** Least and largest of some numbers; [0, 1] where there are none. */
export function extentOf(values) {
  let least = Infinity;
  let largest = -Infinity;
  for (const value of values) {
    if (value == null) continue;
    least = Math.min(least, value);
    largest = Math.max(largest, value);
  }
  return least <= largest ? [least, largest] : [0, 1];
}
