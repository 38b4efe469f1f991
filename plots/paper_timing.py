"""The paper's figures of time per mini-batch: bandwidth sweep, architectures, changing links."""

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import paper_data
import paper_layout
import style

LABELS = {"three_equal": "three equal devices", "slower_1_2_4": "slower by 1, 2 and 4",
          "straggler_10": "one ten times slower", "three_profiles": "three different profiles",
          "six_equal": "six equal devices"}


def bandwidth(figure, out):
    return _grid(figure, out, with_single=True)


def architectures(figure, out):
    return _grid(figure, out, with_single=False)


def _ratios(times, base):
    """(method, bandwidth) -> how many times faster than the base method there."""
    return {key: times[(base, key[1])].mean / spread.mean for key, spread in times.items()
            if (base, key[1]) in times}


def _grid(figure, out, with_single):
    """A column per step: time per mini-batch, speed-up over FTPipeHD, and over a single device."""
    rows = 3 if with_single else 2
    count = len(figure.steps)
    canvas, grid = plt.subplots(rows, count, squeeze=False, sharex="col", sharey="row",
                                figsize=(1.6 + 2.9 * count, 1.6 + 2.5 * rows))
    methods, best = [], None
    for column, step in enumerate(figure.steps):
        times = paper_data.times(figure, step)
        methods += [m for m in paper_data.methods_of(figure.rows(step)) if m not in methods]
        looks = style.styles_of(methods)
        over_ftpipehd = _ratios(times, "ftpipehd")
        _lines(grid[0][column], {key: s.mean for key, s in times.items()}, looks)
        _lines(grid[1][column], over_ftpipehd, looks)
        if with_single:
            _lines(grid[2][column], _ratios(times, "single"), looks)
        grid[0][column].set_title(LABELS.get(step, step), loc="left")
        grid[-1][column].set_xlabel("Bandwidth of the links, Mbit/s")
        for (method, mbit_s), ratio in over_ftpipehd.items():
            if method == "accept" and (best is None or ratio > best[0]):
                best = (ratio, mbit_s, LABELS.get(step, step))
    _finish_rows(grid, with_single)
    looks = style.styles_of(methods)
    handles = [Line2D([], [], label=m, **style.line_style(looks[m])) for m in methods]
    text = ""
    if best:
        text = (f"AccEPT's largest factor over FTPipeHD here: {best[0]:.2f} at {best[1]:g} Mbit/s, "
                f"{best[2]}")
    return paper_layout.finish(canvas, figure, out, handles, text)


def _lines(axes, values, looks):
    axes.set_xscale("log")
    for method, look in looks.items():
        xy = sorted((key[1], y) for key, y in values.items() if key[0] == method)
        if xy:
            axes.plot(*zip(*xy), **style.line_style(look))
    style.plain_log_axis(axes.xaxis, style.sparse(sorted({key[1] for key in values}), 4))


def _finish_rows(grid, with_single):
    grid[0][0].set_yscale("log")
    style.plain_log_axis(grid[0][0].yaxis)
    grid[0][0].set_ylabel("Time per mini-batch, ms")
    grid[1][0].set_ylabel("Speed-up over FTPipeHD")
    if with_single:
        grid[2][0].set_ylabel("Speed-up over one device")
    for axes in grid[1]:
        axes.axhline(1.0, color="#999999", linewidth=1.0)
        axes.axhline(paper_data.PAPER_CLAIM, color="#999999", linewidth=1.0, linestyle=(0, (4, 3)))
        axes.set_ylim(bottom=0)
    grid[1][0].annotate("\u201cup to 3x\u201d: the paper's claim, not ours",
                        (0.03, paper_data.PAPER_CLAIM), xycoords=("axes fraction", "data"),
                        xytext=(0, 3), textcoords="offset points", fontsize=8.5, color="#555555")
    if with_single:
        for axes in grid[2]:
            axes.axhline(1.0, color="#999999", linewidth=1.0)
            axes.set_ylim(bottom=0)


def variable(figure, out):
    """Bars by kind of link and method, with the seeds' spread; with and without moving units."""
    groups = _link_groups(figure)
    moved = _by_link(figure, "repartition", "adaptation.enabled")
    canvas, (left, right) = plt.subplots(
        1, 2, figsize=(14.5, 5.2), width_ratios=[max(2, len(groups)), max(1.2, len(moved) * 0.6)],
        sharey=True)
    methods = list(dict.fromkeys(m for values in groups.values() for m in values))
    looks = style.styles_of(methods)
    _bars(left, groups, {m: looks[m][0] for m in methods}, {m: m for m in methods})
    left.set_ylabel("Time per mini-batch, ms")
    left.set_title("Methods", loc="left")
    _bars(right, moved, {"false": style.ORANGE, "true": style.GREEN},
          {"false": "plan kept", "true": "units may move"})
    right.set_title("AccEPT's plan, kept and adapted", loc="left")
    return paper_layout.finish(canvas, figure, out,
                               text="bars: mean, lines: least and most over seeds")


def _by_link(figure, step, column):
    """Kind of link -> value of the column -> Spread."""
    groups = {}
    for (link, value), rows in paper_data.by(figure.rows(step), "network.bandwidth_model",
                                             column).items():
        groups.setdefault(link, {})[value] = paper_data.Spread(
            [figure.number(step, row, "time_per_batch_ms") for row in rows])
    return groups


def _link_groups(figure):
    groups = _by_link(figure, "models", "method")
    for row in figure.rows("traces"):
        name = row["network.trace"].rsplit("/", 1)[-1].split(".")[0].replace("-driving", "").replace("-", "\n", 1)
        groups.setdefault(name, {})[row["method"]] = paper_data.Spread(
            [figure.number("traces", row, "time_per_batch_ms")])
    return groups


def _bars(axes, groups, colours, labels):
    if not groups:
        axes.set_visible(False)
        return
    width = 0.84 / max(1, len(colours))
    for i, (value, colour) in enumerate(colours.items()):
        for x, of in enumerate(groups.values()):
            if value not in of:
                continue
            axes.bar(x - 0.42 + (i + 0.5) * width, of[value].mean, width * 0.92, color=colour,
                     yerr=of[value].margins() if of[value].count > 1 else None,
                     error_kw={"elinewidth": 1.2, "ecolor": "#555555"},
                     label=labels[value] if x == 0 else None)
    axes.set_xticks(range(len(groups)), [name.replace("_", " ") for name in groups])
    axes.grid(axis="x", visible=False)
    axes.legend(frameon=False, ncol=2, loc="upper left", fontsize=9)
    axes.set_xlim(-0.6, len(groups) - 0.4)
    axes.margins(y=0.22)
