/**
 * A figure of the page: title, choice of variants, legend whose entries are switched on and off,
 * buttons to zoom, and a plot. What is plotted is up to a drawing:
 *
 *   renderer        "svg" or "canvas"
 *   canZoom         whether the x axis is zoomed
 *   series(choice)  entries of the legend: {name, colour, on}, and marker and dashes of a line
 *   height(choice, width)
 *   option(choice, shown, width)   the ECharts option; shown: the series that are switched on
 *   controls(redraw)               more elements beside the buttons (may be missing)
 *
 * A block has choices, {name, ...}, and may say which of them is shown first: start.
 */
import { element, selector } from "./dom.js";
import { echarts } from "./echarts.js";
import { symbol } from "./legend.js";
import { isPrinting, onThemeChange } from "./theme.js";

const PRINTED_WIDTH = 680; // CSS pixels, within A4 and Letter
const ZOOM_STEP = 0.5;

/** Figures are drawn once they come near the window, or all before printing. */
const waiting = new Map();
const observer = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (entry.isIntersecting) start(entry.target);
    }
  },
  { rootMargin: "400px" },
);

function start(node) {
  observer.unobserve(node);
  const draw = waiting.get(node);
  waiting.delete(node);
  draw?.();
}

addEventListener("beforeprint", () => {
  for (const node of [...waiting.keys()]) {
    if (node.clientWidth > 0) start(node); // else in a part that is folded
  }
});

export function figure(block, drawing) {
  return new Figure(block, drawing).node;
}

class Figure {
  constructor(block, drawing) {
    this.block = block;
    this.drawing = drawing;
    this.hidden = new Set(); // names of series
    this.chart = null; // until it is drawn
    this.plot = element("div", { class: "plot", role: "img", "aria-label": block.title });
    this.legend = element("div", { class: "legend", role: "group", "aria-label": "Shown" });
    this.chosen = element("span", { class: "chosen note" }); // for print
    this.node = this.frame();
    this.choose(block.start ?? 0);
    waiting.set(this.plot, () => this.start());
    observer.observe(this.plot);
    onThemeChange(() => this.redraw());
  }

  frame() {
    const { block, drawing } = this;
    const bar = element(
      "div",
      { class: "bar" },
      element("h3", {}, block.title),
      element("div", { class: "controls" }, this.chosen, this.variants(), ...(drawing.controls?.(() => this.redraw()) ?? []), ...this.zoomButtons()),
    );
    const note = block.note ? element("p", { class: "note" }, block.note) : null;
    return element("section", { class: "block figure" }, bar, this.legend, this.plot, note);
  }

  variants() {
    const { choices, start, title } = this.block;
    if (choices.length < 2) return null;
    const options = choices.map((choice, index) => ({ value: index, text: choice.name }));
    return selector(`Variant of ${title}`, options, start ?? 0, (index) => this.choose(index));
  }

  zoomButtons() {
    if (!this.drawing.canZoom) return [];
    const button = (text, title, onclick) => element("button", { type: "button", title, "aria-label": title, onclick }, text);
    return [
      button("+", "Zoom in", () => this.zoomBy(ZOOM_STEP)),
      button("\u2212", "Zoom out", () => this.zoomBy(1 / ZOOM_STEP)),
      button("Whole", "Show the whole axis", () => this.draw()),
    ];
  }

  choose(index) {
    this.choice = this.block.choices[index];
    this.chosen.textContent = this.choice.name;
    this.hidden.clear();
    for (const series of this.drawing.series(this.choice)) {
      if (!series.on) this.hidden.add(series.name);
    }
    this.draw();
  }

  toggle(name) {
    if (!this.hidden.delete(name)) this.hidden.add(name);
    const place = [...this.legend.children].indexOf(document.activeElement);
    this.redraw();
    this.legend.children[place]?.focus();
  }

  drawLegend() {
    const entry = (series) => {
      const attributes = {
        type: "button",
        "aria-pressed": String(!this.hidden.has(series.name)),
        onclick: () => this.toggle(series.name),
      };
      return element("button", attributes, symbol(series), series.name);
    };
    this.legend.replaceChildren(...this.drawing.series(this.choice).map(entry));
  }

  start() {
    const { plot, drawing } = this;
    this.chart = echarts.init(plot, null, { renderer: drawing.renderer, width: plot.clientWidth, height: 10 });
    this.draw();
    new ResizeObserver(() => {
      if (!isPrinting() && plot.clientWidth !== this.chart.getWidth()) this.redraw();
    }).observe(plot);
  }

  /** Draws all anew, the whole of the x axis. */
  draw() {
    const { plot, chart, choice, drawing } = this;
    this.drawLegend();
    const width = isPrinting() ? PRINTED_WIDTH : plot.clientWidth || innerWidth;
    const height = drawing.height(choice, width);
    plot.style.height = `${height}px`; // before it is drawn, too, so that nothing jumps then
    if (!chart) return;
    chart.resize({ width, height });
    const shown = drawing.series(choice).filter((series) => !this.hidden.has(series.name));
    chart.setOption(drawing.option(choice, shown, width), { notMerge: true });
  }

  /** Draws all anew, the part of the x axis that is shown. */
  redraw() {
    const zoom = this.zoom();
    this.draw();
    if (zoom) this.zoomTo(zoom.start, zoom.end);
  }

  /** Start and end of the part of the x axis that is shown, in percent; null where there is none. */
  zoom() {
    const zoom = this.chart?.getOption()?.dataZoom?.[0];
    return zoom ? { start: zoom.start, end: zoom.end } : null;
  }

  zoomTo(start, end) {
    this.chart.dispatchAction({ type: "dataZoom", dataZoomIndex: 0, start, end });
  }

  zoomBy(factor) {
    const zoom = this.zoom();
    if (!zoom) return;
    const half = Math.min(50, ((zoom.end - zoom.start) / 2) * factor);
    const middle = Math.min(100 - half, Math.max(half, (zoom.start + zoom.end) / 2));
    this.zoomTo(middle - half, middle + half);
  }
}
