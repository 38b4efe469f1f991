/** Figures of stacked bars, a row per category. */
import { categoryAxis, grid, numberAxis } from "./axes.js";
import { figure } from "./figure.js";
import { withUnit } from "./format.js";
import { dataColour } from "./theme.js";
import { tip, tooltip } from "./tooltip.js";

const ROW = 34;

export function barsFigure(block) {
  return figure(block, {
    renderer: "svg",
    canZoom: false,
    series: (choice) => choice.series.map((series) => ({ ...series, on: true })),
    height: (choice) => 70 + ROW * choice.categories.length,
    option: (choice, shown, width) => option(block, choice, shown, width),
  });
}

function option(block, choice, shown, width) {
  return {
    animation: false,
    grid: grid(false),
    tooltip: tooltip({
      trigger: "axis",
      axisPointer: { type: "shadow" },
      formatter: (found) => describe(block, shown, found),
    }),
    xAxis: { ...numberAxis(block.x, [0, 1], "x"), scale: false },
    yAxis: categoryAxis(choice.categories, width),
    series: shown.map((series) => ({
      type: "bar",
      name: series.name,
      stack: "all",
      data: series.values,
      barMaxWidth: 22,
      itemStyle: { color: dataColour(series.colour) },
    })),
  };
}

function describe(block, shown, found) {
  const rows = found
    .filter((item) => item.value != null)
    .map((item) => ({
      name: item.seriesName,
      text: withUnit(item.value, block.x.unit),
      series: shown[item.seriesIndex],
    }));
  return tip(found[0].axisValue, rows);
}
