/** The timeline: a row per device and per link direction, a span per operation and message. */
import { categoryAxis, extentOf, grid, numberAxis, xZoom } from "./axes.js";
import { selector } from "./dom.js";
import { echarts } from "./echarts.js";
import { figure } from "./figure.js";
import { withUnit } from "./format.js";
import { dataColour } from "./theme.js";
import { tip, tooltip } from "./tooltip.js";

const ROW = 28;
const FILL = 0.74; // of a row's height
const LEAST_LABELLED = 15; // pixels
const LEAST_SEEN = 0.6; // pixels
// Neighbouring mini-batches differ much; between them the kinds' colours stay tellable.
const BATCH_COLOURS = ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "#F0E442", "#999999"];
// Places in a span: see timeline_block.py.
const [ROW_OF, START, LENGTH, KIND, BATCH, STAGE, BYTES] = [0, 1, 2, 3, 4, 5, 6];

export function timelineFigure(block) {
  let colouring = "kind";
  const ways = [
    { value: "kind", text: "colour: kind" },
    { value: "batch", text: "colour: mini-batch" },
  ];
  const total = block.choices[0].total;
  const drawn = block.choices[0].spans.length;
  const note = drawn < total ? `${block.note} Shown are the first ${drawn} of ${total} spans.` : block.note;
  return figure(
    { ...block, note: `${note} Numbers are mini-batches.` },
    {
      renderer: "canvas",
      canZoom: true,
      series: (choice) => choice.kinds,
      height: (choice) => 76 + ROW * choice.rows.length,
      option: (choice, shown, width) => option(block, choice, shown, width, colouring),
      controls: (redraw) => [
        selector("Colour of the spans", ways, colouring, (value) => {
          colouring = value;
          redraw();
        }),
      ],
    },
  );
}

function option(block, choice, shown, width, colouring) {
  const end = extentOf(choice.spans.map((span) => span[START] + span[LENGTH]))[1];
  const axis = { label: `Time by the ${block.clock} clock`, unit: choice.unit };
  return {
    animation: false,
    grid: grid(true),
    tooltip: tooltip({ trigger: "item", formatter: (item) => describe(choice, choice.spans[item.value[3]]) }),
    xAxis: { ...numberAxis(axis, [0, end], "x"), min: 0, max: end },
    yAxis: { ...categoryAxis(choice.rows, width), splitLine: { show: true, lineStyle: { color: "rgba(128,140,155,0.15)" } } },
    dataZoom: xZoom("weakFilter").map((zoom) => ({ ...zoom, xAxisIndex: 0 })),
    series: shown.map((kind) => spansOf(choice, kind, colouring)),
  };
}

/** The spans of one kind, as [row, begin, end, place in the choice's spans]. */
function spansOf(choice, kind, colouring) {
  const index = choice.kinds.indexOf(kind);
  const colour = dataColour(kind.colour);
  const reached = new Map(); // by row: the right edge of what is drawn so far, pixels
  const data = [];
  choice.spans.forEach((span, place) => {
    if (span[KIND] === index) data.push([span[ROW_OF], span[START], span[START] + span[LENGTH], place]);
  });
  return {
    type: "custom",
    name: kind.name,
    data,
    dimensions: ["row", "begin", "end", "span"],
    encode: { x: [1, 2], y: 0 },
    clip: true,
    renderItem: (params, api) => {
      if (params.dataIndexInside === 0) reached.clear();
      return drawSpan(params, api, choice, colouring === "kind" ? colour : null, reached);
    },
  };
}

/** `colour` is null where the mini-batch decides. */
function drawSpan(params, api, choice, colour, reached) {
  const row = api.value(0);
  const [left, middle] = api.coord([api.value(1), row]);
  const [right] = api.coord([api.value(2), row]);
  const height = api.size([0, 1])[1] * FILL;
  const width = right - left;
  // Of many spans within a pixel one is seen.
  if (width < LEAST_SEEN && right - reached.get(row) < LEAST_SEEN) return null;
  reached.set(row, right);
  const shape = echarts.graphic.clipRectByRect(
    // A gap of half a pixel tells neighbours apart.
    { x: left, y: middle - height / 2, width: Math.max(width > 4 ? width - 0.5 : width, LEAST_SEEN), height },
    params.coordSys,
  );
  if (!shape) return null;
  const batch = choice.spans[api.value(3)][BATCH];
  const fill = colour ?? BATCH_COLOURS[batch % BATCH_COLOURS.length];
  const item = { type: "rect", shape, style: { fill } };
  if (shape.width >= LEAST_LABELLED) {
    item.textContent = { type: "text", style: { text: String(batch), fill: textOn(fill), fontSize: 11 } };
    item.textConfig = { position: "inside" };
  }
  return item;
}

/** Black or white, whichever is read better on a colour. */
function textOn(colour) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(colour.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 130 ? "#000" : "#fff";
}

function describe(choice, span) {
  const rows = [
    { name: "mini-batch", text: String(span[BATCH]) },
    { name: "from", text: withUnit(span[START], choice.unit) },
    { name: "takes", text: withUnit(span[LENGTH], choice.unit) },
  ];
  if (span[STAGE] != null) rows.push({ name: "stage", text: String(span[STAGE]) });
  if (span[BYTES] != null) rows.push({ name: "size", text: withUnit(span[BYTES], "bytes") });
  return tip(`${choice.kinds[span[KIND]].name}, ${choice.rows[span[ROW_OF]]}`, rows);
}
