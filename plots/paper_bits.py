"""The figure of codecs that the planner chooses for each cut, against fixed ones."""

import json
import re

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import paper_data
import paper_layout
import paper_learning
import reading
import style

CHOSEN = "chosen per cut"
LOOKS = {CHOSEN: (style.GREEN, "P", "solid"), "none / none": (style.BLACK, "o", (0, (5, 2))),
         "fp16 / fp16": (style.ORANGE, "s", (0, (1, 1.2))),
         "mbq8 / suq8": (style.SKY, "^", (0, (4, 1.5, 1, 1.5))),
         "mbq4 / suq8": (style.PURPLE, "X", (0, (5, 2))),
         "mbq4 / suq4": (style.BLUE, "v", "solid"), "mbq2 / suq4": (style.RED, "D", (0, (2.5, 1.2)))}
BITS = (2, 4, 8, 16, 32)
CUT_COLOURS = (style.BLUE, style.ORANGE, style.PURPLE, style.SKY)


def setting_of(row):
    """The name of a point: its codecs where there is one for each direction."""
    choices = [json.loads(row[f"codec.{way}_choices"]) for way in ("forward", "backward")]
    return " / ".join(c[0] for c in choices) if all(len(c) == 1 for c in choices) else CHOSEN


def cuts_of(plan):
    """(forward bits, backward bits) of each cut of a plan such as '0:1..4 (mbq2/suq4) 1:5..20';
    one name stands for both directions, and a cut without any is in full precision."""
    cuts = []
    for stage in re.findall(r"\d+:\d+\.\.\d+(?: \(([^)]*)\))?", plan)[:-1]:
        names = (stage or "none").split("/")
        cuts.append((paper_learning.bits_of(names[0]), paper_learning.bits_of(names[-1])))
    return cuts


def mean_bits(figure, step, row):
    """Over both directions, which carry as many values; None where nothing is cut."""
    columns = ("activation_bits_per_value", "gradient_bits_per_value")
    if any(row[column] == "" for column in columns):
        return None
    return sum(figure.number(step, row, column) for column in columns) / 2


def adaptive_bits(figure, out):
    canvas, grid = plt.subplots(2, 2, figsize=(13.0, 9.0))
    _constant(grid[0], figure)
    text = _changing(grid[1], figure)
    settings = list(dict.fromkeys(setting_of(row) for step in figure.steps
                                  for row in figure.rows(step)))
    looks = style.styles_of(settings, LOOKS)
    handles = [Line2D([], [], label=s, **style.line_style(looks[s])) for s in settings]
    return paper_layout.finish(canvas, figure, out, handles, text)


def _constant(panels, figure):
    """Time and bits against the bandwidth, a line per setting."""
    lines = {}
    for row in figure.rows("constant"):
        lines.setdefault(setting_of(row), []).append(
            (float(row["bandwidth_mbit_s"]), figure.number("constant", row, "time_per_batch_ms"),
             mean_bits(figure, "constant", row)))
    if not lines:
        for axes in panels:
            axes.set_visible(False)
        return
    looks = style.styles_of(list(lines), LOOKS)
    for setting, points in lines.items():
        look = {**style.line_style(looks[setting]), "zorder": 3 if setting == CHOSEN else 2}
        panels[0].plot([p[0] for p in points], [p[1] for p in points], **look)
        cut = [p for p in points if p[2] is not None]
        panels[1].plot([p[0] for p in cut], [p[2] for p in cut], **look)
    for axes in panels:
        axes.set_xscale("log")
        style.plain_log_axis(axes.xaxis, sorted({p[0] for of in lines.values() for p in of}))
        axes.set_xlabel("Bandwidth of the links, Mbit/s")
    panels[0].set_ylim(bottom=0)
    panels[0].set_ylabel("Time per mini-batch, ms")
    panels[0].set_title("Constant links: time", loc="left")
    _bits_axis(panels[1])
    panels[1].set_ylabel("Mean bits a value, both directions")
    panels[1].set_title("Constant links: bits (none where one device trains alone)", loc="left",
                        fontsize=11)


def _bits_axis(axes):
    axes.set_yscale("log", base=2)
    style.plain_log_axis(axes.yaxis, BITS)
    axes.set_ylim(1.7, 40)


def _changing(panels, figure):
    """What adapting does over time, and what it buys; returns the line that says so."""
    rows = {setting_of(row): row for row in figure.rows("changing")}
    if CHOSEN not in rows:
        for axes in panels:
            axes.set_visible(False)
        return ""
    row = rows[CHOSEN]
    end_s = figure.number("changing", row, "train_s")
    links = json.loads(row["network.steps"])
    _over_time(panels[0], _choices(figure, row, end_s), links, end_s)
    _bought(panels[1], figure, rows)
    return "dashed in the lower left: backward"


def _choices(figure, row, end_s):
    """[(from s, to s, cuts)] of the run."""
    table = "repartitions.csv"
    changes = [r for r in figure.rows("changing", table) if r["point"] == row["point"]]
    if not changes:
        raise reading.BadFolder(f"{figure.folder}: no codec was ever changed")
    times = [figure.number("changing", r, "start_ms", table) / 1e3 for r in changes]
    plans = [changes[0]["plan_before"]] + [r["plan_after"] for r in changes]
    return list(zip([0.0] + times, times + [end_s], map(cuts_of, plans)))


def _over_time(axes, choices, links, end_s):
    """Steps of bits per cut and direction; the bandwidth written on the ground."""
    for i, (start, mbit_s) in enumerate(links):
        to = links[i + 1][0] if i + 1 < len(links) else end_s
        if i % 2:
            axes.axvspan(start, to, color="#EFEFEF", linewidth=0)
        axes.text((start + to) / 2, 47, f"{mbit_s:g} Mbit/s", ha="center", va="center", fontsize=9.5)
    most = max(len(cuts) for _, _, cuts in choices)
    for cut in range(most):
        for way, dashes in enumerate(("solid", (0, (3, 1.5)))):
            x, y = [], []
            for start, to, cuts in choices:
                # Apart by a little, as cuts often have the same bits.
                bits = cuts[cut][way] * (1 + 0.05 * (2 * cut + way)) if cut < len(cuts) else None
                x += [start, to]
                y += [float("nan") if bits is None else bits] * 2
            axes.plot(x, y, color=CUT_COLOURS[cut % len(CUT_COLOURS)], linestyle=dashes)
    _bits_axis(axes)
    axes.set_ylim(1.7, 56)
    axes.set_xlim(0, end_s)
    axes.set_xlabel("Virtual time, s")
    axes.set_ylabel("Bits a value (cuts drawn apart)")
    axes.set_title("Changing links: what each cut uses", loc="left")
    axes.legend(handles=[Line2D([], [], color=CUT_COLOURS[c % len(CUT_COLOURS)], label=f"cut {c + 1}")
                         for c in range(most)], frameon=False, loc="lower right")


def _bought(axes, figure, rows):
    looks = style.styles_of(list(rows), LOOKS)
    for setting, row in rows.items():
        x, y = mean_bits(figure, "changing", row), figure.number("changing", row, "time_per_batch_ms")
        if x is None:
            continue
        axes.plot([x], [y], **{**style.line_style(looks[setting]), "markersize": 9})
        axes.annotate(f"{y:.0f} ms", (x, y), xytext=(0, 9), textcoords="offset points",
                      ha="center", fontsize=9)
    axes.set_xscale("log", base=2)
    style.plain_log_axis(axes.xaxis, BITS)
    axes.set_xlim(1.7, 44)
    axes.set_ylim(0, 1.15 * max(figure.number("changing", row, "time_per_batch_ms")
                                for row in rows.values()))
    axes.set_xlabel("Mean bits a value, both directions")
    axes.set_ylabel("Time per mini-batch, ms")
    axes.set_title("Changing links: time and bits", loc="left")
