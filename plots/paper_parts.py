"""The paper's figures of AccEPT's parts: predictor, adaptation, codec; and of the emulation."""

import statistics

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import fidelity_figures
import paper_data
import paper_layout
import quality_figures
import reading
import style

GROUPS = {"seen": "devices learned from", "unseen": "devices left out",
          "unseen core counts": "other numbers of cores"}
COLOURS = (style.BLUE, style.SKY, style.GREEN, style.PURPLE, style.RED, style.ORANGE, style.BLACK)


def predictor(figure, out):
    canvas, (left, right) = plt.subplots(1, 2, figsize=(14.5, 5.6), width_ratios=[1.9, 1])
    rows = figure.rows("personas", "accuracy.csv")
    predictors = list(dict.fromkeys(row["predictor"] for row in rows))
    colours = dict(zip(predictors, COLOURS))
    width = 0.86 / len(predictors)
    for i, name in enumerate(predictors):
        values = {row["group"]: figure.number("personas", row, "mape_percent", "accuracy.csv")
                  for row in rows if row["predictor"] == name}
        bars = left.bar([x - 0.43 + (i + 0.5) * width for x, g in enumerate(GROUPS) if g in values],
                        [values[g] for g in GROUPS if g in values], width * 0.9,
                        color=colours[name], label=name)
        left.bar_label(bars, fmt="%.1f", fontsize=7.5, padding=2)
    left.set_xticks(range(len(GROUPS)), list(GROUPS.values()))
    left.set_ylabel("Mean error of sub-model times, %")
    left.set_title("Error, all sub-models", loc="left")
    left.grid(axis="x", visible=False)
    _regret(right, figure, colours)
    left.margins(y=0.3)  # for the legend
    left.legend(frameon=False, fontsize=9, ncol=3, loc="upper left")
    return paper_layout.finish(canvas, figure, out,
                               text="MobileNetV2, host personas; right: devices left out")


def _regret(axes, figure, colours):
    rows = figure.rows("personas", "regret.csv")
    for y, row in enumerate(rows):
        mean, high = (100 * (figure.number("personas", row, column, "regret.csv") - 1)
                      for column in ("mean", "percentile_95"))
        axes.plot([mean, high], [y, y], color=colours[row["predictor"]], linewidth=2)
        axes.plot([mean], [y], marker="o", color=colours[row["predictor"]], markersize=8)
        axes.plot([high], [y], marker="|", color=colours[row["predictor"]], markersize=12,
                  markeredgewidth=2)
    axes.set_yticks(range(len(rows)), [row["predictor"] for row in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(left=0)
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Slower than the best cut, %")
    axes.set_title("The cuts chosen: mean, 95th percentile", loc="left")


def adaptation(figure, out):
    canvas, (left, right) = plt.subplots(1, 2, figsize=(14.0, 5.0), width_ratios=[1, 1.6])
    rows = figure.rows("samples", "adaptation.csv")
    axes_values = [[figure.number("samples", row, column, "adaptation.csv") for row in rows]
                   for column in ("samples", "mape_percent")]
    left.plot(*axes_values, **style.line_style((style.BLUE, "o", "solid")))
    left.set_ylim(0, 1.1 * max(axes_values[1]))
    left.set_xlabel("Times reported by the device while training")
    left.set_ylabel("Mean error of sub-model times, %")
    left.set_title("Devices the predictor has not seen", loc="left")
    text = _slowed_run(right, figure)
    return paper_layout.finish(canvas, figure, out, text=text)


def _slowed_run(axes, figure):
    """Time per mini-batch over time; returns what adapting cost."""
    looks = {"false": ("plan kept", (style.ORANGE, "s", (0, (4, 1.5)))),
             "true": ("units may move", (style.GREEN, "P", "solid"))}
    share = None
    for row in figure.rows("run"):
        name, look = looks[row["adaptation.enabled"]]
        finished = [figure.number("run", r, "finished_ms", "progress.csv")
                    for r in figure.rows("run", "progress.csv") if r["point"] == row["point"]]
        steps = [b - a for a, b in zip(finished, finished[1:])]
        smooth = [statistics.median(steps[max(0, i - 10):i + 1]) for i in range(len(steps))]
        axes.plot([t / 1e3 for t in finished[1:]], smooth, label=name, color=look[0],
                  linestyle=look[2])
        moves = [r for r in figure.rows("run", "repartitions.csv") if r["point"] == row["point"]]
        if moves:
            share = _draw_moves(axes, figure, moves, finished[-1])
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Virtual time, s")
    axes.set_ylabel("Time per mini-batch, ms\n(median of 11)")
    axes.set_title("A worker becomes three times slower after 100 s", loc="left")
    axes.legend(frameon=False, loc="center right")
    return "" if share is None else f"moving units took {share:.2f} % of the run (dotted)"


def _draw_moves(axes, figure, moves, total_ms):
    table = "repartitions.csv"
    spent = sum(figure.number("run", r, "drain_ms", table) + figure.number("run", r, "move_ms", table)
                for r in moves)
    for move in moves:
        axes.axvline(figure.number("run", move, "start_ms", table) / 1e3, color="#777777",
                     linestyle=(0, (1, 1.5)), linewidth=1.2)
    return 100 * spent / total_ms


def codec(figure, out):
    canvas, panels = plt.subplots(1, 3, figsize=(16.0, 5.4), width_ratios=[1, 1, 1.1])
    rows = figure.rows("quality", "codec_quality.csv")
    path = figure.folder / "quality" / "codec_quality.csv"
    for axes, direction in zip(panels, quality_figures.DIRECTIONS):
        chosen = [row for row in rows if row["direction"] == direction]
        if chosen:
            quality_figures.panel(axes, chosen, direction, path)
        else:
            axes.set_visible(False)
    panels[0].set_ylabel("Signal to noise, dB (median over cuts)")
    panels[1].legend(loc="upper left", frameon=False, fontsize=8.5, handlelength=3)
    _speeds(panels[2], figure)
    return paper_layout.finish(canvas, figure, out, text="compression ratio: 32 over bits a value")


def _speeds(axes, figure):
    """Nanoseconds to encode (solid) and to decode (dashed) a value, by bits."""
    codecs = reading.read_json(figure.folder / "speed" / "codecs.json")["codecs"]
    for scheme, look in (("mbq", (style.BLUE, "D")), ("suq", (style.RED, "^")),
                         ("uniform", (style.BLACK, "o"))):
        names = [(k, f"{scheme}{k}") for k in range(1, 9) if f"{scheme}{k}" in codecs]
        for key, dashes in (("encode_ns_per_value", "solid"), ("decode_ns_per_value", (0, (4, 2)))):
            axes.plot([k for k, _ in names], [codecs[name][key] for _, name in names],
                      **style.line_style((*look, dashes)))
    axes.set_ylim(bottom=0)
    axes.set_xlabel("Bits a value")
    axes.set_ylabel("Time, ns a value")
    axes.set_title("Speed on this host, one thread", loc="left")
    handles = [Line2D([], [], label=name, color=colour, marker=marker, markerfacecolor="white")
               for name, colour, marker in (("mbq", style.BLUE, "D"), ("suq", style.RED, "^"),
                                            ("uniform", style.BLACK, "o"))]
    handles += [Line2D([], [], color="#555555", label="encode"),
                Line2D([], [], color="#555555", label="decode", linestyle=(0, (4, 2)))]
    axes.legend(handles=handles, frameon=False, fontsize=8.5, loc="upper left", ncol=2)


def fidelity(figure, out):
    remark = "; of a quick run, but these data are the full ones" if figure.quick else ""
    files, _ = fidelity_figures.draw(figure.folder / figure.steps[0], out, remark)
    return files
