"""Figures of a sweep: time per batch and speed-up against bandwidth, learning against time."""

import math
import re

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import curves
import reading
import style

MAX_PANELS = 4


def draw(folder, out):
    """Draws all figures that the sweep allows; returns the files and what was left out, and why."""
    sweep = reading.Sweep(folder)
    files, remarks = [], []
    if sweep.failed:
        remarks.append(f"failed points not drawn: {sweep.failed}")
    groups = sweep.groups()
    for number, (name, points) in enumerate(groups.items()):
        suffix = f"_{number}_{_file_name(name)}" if len(groups) > 1 else ""
        if len({p.bandwidth for p in points if p.bandwidth is not None}) > 1:
            files += _times(points, name, out, suffix)
            files += _speedups(points, name, out, suffix, remarks)
        files += _learning(points, name, out, suffix, remarks)
    if not any(path.name.startswith("time_per_batch") for path in files):
        files += _bars(sweep, out)
    return files, remarks


def _file_name(text):
    return re.sub(r"[^A-Za-z0-9.]+", "-", text).strip("-")[:60]


def _methods(points):
    return list(dict.fromkeys(p.method for p in points))


def _settings_note(points):
    settings = list(dict.fromkeys(p.setting for p in points))
    return "acceptlab; " + (settings[0] if len(settings) == 1 else "several settings")


def _bandwidth_axes(title, group, points, y_label):
    figure, axes = plt.subplots(figsize=(7.6, 5.0))
    axes.set_title(title + (f"\n{group}" if group else ""), loc="left")
    axes.set_xlabel("Bandwidth of the links, Mbit/s")
    axes.set_ylabel(y_label)
    axes.set_xscale("log")
    style.note(figure, _settings_note(points))
    return figure, axes


def _lines(axes, points, y_of):
    """One line per method; y_of gives None where a point has no value."""
    for method, look in style.styles_of(_methods(points)).items():
        xy = sorted((p.bandwidth, y_of(p)) for p in points
                    if p.method == method and p.bandwidth is not None and y_of(p) is not None)
        if xy:
            axes.plot(*zip(*xy), label=method, **style.line_style(look))
    bandwidths = sorted({p.bandwidth for p in points if p.bandwidth is not None})
    style.plain_log_axis(axes.xaxis, style.sparse(bandwidths))


def _finish(figure, axes, out, name):
    axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, title="Method",
                handlelength=3.6, alignment="left")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return style.save(figure, out, name)


def _times(points, group, out, suffix):
    figure, axes = _bandwidth_axes("Time per mini-batch against bandwidth", group, points,
                                   "Time per mini-batch, ms")
    axes.set_yscale("log")
    _lines(axes, points, lambda p: p.time_ms if p.time_ms > 0 else None)
    style.plain_log_axis(axes.yaxis)
    return _finish(figure, axes, out, "time_per_batch" + suffix)


def _speedups(points, group, out, suffix, remarks):
    speedup = curves.speedups(points)
    if all(speedup(p) is None for p in points):
        remarks.append("no speed-up: the sweep has neither the method 'single' nor a baseline")
        return []
    figure, axes = _bandwidth_axes("Speed-up over a single device against bandwidth", group, points,
                                   "Speed-up (above 1: the pipeline is faster)")
    axes.axhspan(0, 1, color="#F4F4F4", zorder=0)
    _lines(axes, points, speedup)
    axes.set_ylim(bottom=0)
    return _finish(figure, axes, out, "speedup" + suffix)


def _bars(sweep, out):
    """Without two bandwidths: a bar per point."""
    labels = [", ".join([p.method] + [f"{k} = {p.values[k]}" for k in sweep.keys])
              for p in sweep.points]
    looks = style.styles_of(_methods(sweep.points))
    figure, axes = plt.subplots(figsize=(7.6, 1.6 + 0.36 * len(labels)))
    bars = axes.barh(range(len(labels)), [p.time_ms for p in sweep.points],
                     color=[looks[p.method][0] for p in sweep.points], height=0.62)
    axes.bar_label(bars, fmt="%.1f", padding=4, fontsize=10)
    axes.margins(x=0.14)
    axes.set_yticks(range(len(labels)), labels)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_title("Time per mini-batch", loc="left")
    axes.set_xlabel("Time per mini-batch, ms")
    style.note(figure, _settings_note(sweep.points))
    figure.tight_layout(rect=(0, 0.05, 1, 1))
    return style.save(figure, out, "time_per_batch")


def _panels(points):
    """At most MAX_PANELS bandwidths, evenly over those there are."""
    bandwidths = sorted({p.bandwidth for p in points if p.bandwidth is not None})
    if not bandwidths:
        return [None]
    count = min(MAX_PANELS, len(bandwidths))
    if count == 1:
        return bandwidths
    return [bandwidths[round(i * (len(bandwidths) - 1) / (count - 1))] for i in range(count)]


def _learning(points, group, out, suffix, remarks):
    """Train loss and test accuracy against time, a column of panels per bandwidth."""
    rows = []  # label of the axis, height, curve per point, whether only its end has a marker
    for label, height, curve_of, end_only in (
            (f"Train loss, nats\n(mean of last {curves.SMOOTHED} mini-batches)", 3.2,
             curves.train_loss, True),
            ("Test accuracy, %", 2.4, curves.test_accuracy, False)):
        found = [curve_of(p) for p in points]
        if any(found):
            rows.append((label, height, found, end_only))
    if not rows:
        remarks.append("no learning curves: no point computed a loss")
        return []
    panels = _panels(points)
    looks = style.styles_of(_methods(points))
    heights = [row[1] for row in rows]
    height = 1.7 + sum(heights)
    figure, grid = plt.subplots(len(rows), len(panels), squeeze=False, sharex="col", sharey="row",
                                figsize=(max(7.6, 1.2 + 3.1 * len(panels)), height),
                                height_ratios=heights)
    drawn = set()
    for c, bandwidth in enumerate(panels):
        chosen = [i for i, p in enumerate(points) if p.bandwidth == bandwidth]
        drawn |= _learning_column(grid[:, c], [points[i].method for i in chosen],
                                  [([row[2][i] for i in chosen], row[3]) for row in rows], looks)
        if bandwidth is not None:
            grid[0][c].set_title(f"{bandwidth:g} Mbit/s", loc="left")
    for r, row in enumerate(rows):
        grid[r][0].set_ylabel(row[0])
    for axes in grid[-1]:
        axes.set_xlabel(_time_label(points))
    figure.text(0.012, 1 - 0.1 / height, "Learning against time" + (f" ({group})" if group else ""),
                ha="left", va="top", fontsize=12.5)
    # One entry per method, whichever panel shows it.
    handles = [Line2D([], [], label=m, **style.line_style(looks[m])) for m in looks if m in drawn]
    per_line = max(1, int(figure.get_figwidth() / 1.5))
    lines = math.ceil(len(handles) / per_line)
    figure.legend(handles=handles, loc="upper left", ncol=per_line,
                  bbox_to_anchor=(0.005, 1 - 0.33 / height), frameon=False, handlelength=3.2,
                  columnspacing=1.4)
    style.note(figure, _settings_note(points))
    figure.tight_layout(rect=(0, 0.03, 1, 1 - (0.45 + 0.22 * lines) / height))
    return style.save(figure, out, "learning" + suffix)


def _time_label(points):
    clock = "virtual"
    for point in points:
        if point.run is not None and (point.run / "summary.json").exists():
            clock = reading.read_json(point.run / "summary.json").get("clock", clock)
            break
    return f"{clock.capitalize()} time, s"


def _learning_column(column_axes, methods, rows, looks):
    """Draws a bandwidth's panels; returns the methods that have a curve there."""
    drawn, ends = set(), []
    for axes, (found, end_only) in zip(column_axes, rows):
        for method, curve in zip(methods, found):
            if not curve:
                continue
            last = max(i for i, (_, y) in enumerate(curve) if math.isfinite(y))
            axes.plot(*zip(*curve), markevery=[last] if end_only else None,
                      **style.line_style(looks[method]))
            drawn.add(method)
            ends.append(curve[-1][0])
    # With times far apart a linear axis would press the fast methods against the left edge.
    if ends and min(ends) > 0 and max(ends) / min(ends) > 6:
        column_axes[0].set_xscale("log")
        style.plain_log_axis(column_axes[0].xaxis)
    elif ends:
        column_axes[0].set_xlim(left=0)
    return drawn
