/** Figures of lines, or of points alone, over two axes of numbers. */
import { extentOf, grid, numberAxis, xZoom } from "./axes.js";
import { element } from "./dom.js";
import { figure } from "./figure.js";
import { withUnit } from "./format.js";
import { dashes, markerSymbol } from "./legend.js";
import { colours, dataColour } from "./theme.js";
import { tip, tooltip } from "./tooltip.js";

const HEIGHT = 400;
const HEIGHT_NARROW = 320;

/** `block.scatter`: points without lines. */
export function linesFigure(block) {
  const axes = { x: { ...block.x }, y: { ...block.y } };
  return figure(block, {
    renderer: "svg",
    canZoom: true,
    series: (choice) => choice.series,
    height: (_, width) => (width < 600 ? HEIGHT_NARROW : HEIGHT),
    option: (choice, shown) => option(block, axes, choice.series, shown),
    controls: (redraw) => ["x", "y"].filter((key) => isPositive(block, key)).map((key) => logSwitch(axes[key], key, redraw)),
  });
}

function isPositive(block, key) {
  const place = key === "x" ? 0 : 1;
  return block.choices.every((choice) =>
    choice.series.every((series) => series.points.every((point) => point[place] == null || point[place] > 0)),
  );
}

function logSwitch(axis, key, redraw) {
  const node = element(
    "button",
    {
      type: "button",
      title: `Linear or logarithmic ${key} axis`,
      onclick: () => {
        axis.log = !axis.log;
        name();
        redraw();
      },
    },
    "",
  );
  const name = () => {
    node.textContent = `${key}: ${axis.log ? "log" : "linear"}`;
  };
  name();
  return node;
}

function option(block, axes, all, shown) {
  const at = (place) => extentOf(all.flatMap((series) => series.points.map((point) => point[place])));
  return {
    animation: false,
    grid: grid(true),
    tooltip: tooltip({
      trigger: block.scatter ? "item" : "axis",
      formatter: (found) => describe(block, axes, shown, [found].flat()),
    }),
    xAxis: numberAxis(axes.x, at(0), "x"),
    yAxis: numberAxis(axes.y, at(1), "y"),
    dataZoom: xZoom("filter"),
    series: shown.map((series) => (block.scatter ? points(series) : line(series))),
  };
}

function line(series) {
  const colour = dataColour(series.colour);
  return {
    type: "line",
    name: series.name,
    data: series.points,
    symbol: series.marker ? markerSymbol(series.marker) : "none",
    symbolSize: 7,
    showAllSymbol: true,
    emphasis: { disabled: true },
    // Hollow, so that lines on one another all show.
    itemStyle: { color: colours().card, borderColor: colour, borderWidth: 1.6 },
    lineStyle: { color: colour, width: series.marker ? 2 : 1.4, type: dashes(series) },
  };
}

function points(series) {
  return {
    type: "scatter",
    name: series.name,
    data: series.points,
    symbol: markerSymbol(series.marker),
    symbolSize: 7,
    itemStyle: { color: dataColour(series.colour) },
  };
}

/** What stands at a place of the x axis: a row for each series there, the largest value first. */
function describe(block, axes, shown, found) {
  if (found.length === 0) return "";
  const rows = found
    .filter((item) => item.value[1] != null)
    .sort((a, b) => b.value[1] - a.value[1])
    .map((item) => ({
      name: item.seriesName,
      text: withUnit(item.value[1], axes.y.unit),
      series: shown[item.seriesIndex],
    }));
  return tip(`${axes.x.label}: ${withUnit(found[0].value[0], axes.x.unit)}`, rows);
}
