"""Figures of a fidelity.csv: emulated against real time per batch, and where errors come from."""

import pathlib

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import reading
import style

GOALS = (3, 10)  # percent: of the median, of the worst
LOOKS = [(style.RED, "o"), (style.BLUE, "D"), (style.GREEN, "^"), (style.ORANGE, "s"),
         (style.PURPLE, "v"), (style.SKY, "P")]


class Point:
    """A finished point that the host could carry."""

    def __init__(self, row, path):
        self.number = row["point"]
        self.real = reading.number(row, "real_ms_per_batch", path)
        self.emulated = reading.number(row, "emulated_ms_per_batch", path)
        self.error = reading.number(row, "error_percent", path)
        self.bandwidth = reading.number(row, "bandwidth_mbit_s", path)
        varies = row["bandwidth_model"] != "constant"
        self.kind = f"{row['codec']}, cut {row['cut']}" + (", varying" if varies else "")


def draw(folder, out, remark=""):
    """Draws all figures, with a remark at their foot; returns the files and what was left out, and why."""
    path = pathlib.Path(folder) / "fidelity.csv"
    rows = reading.read_csv(path)
    for column in ("status", "carried", "codec", "cut", "bandwidth_model"):
        if rows and column not in rows[0]:
            raise reading.BadFolder(f"{path}: has no column '{column}'")
    points = [Point(row, path) for row in rows
              if row["status"] == "ok" and row["carried"] == "yes"]
    if not points:
        raise reading.BadFolder(f"{path}: holds no finished point that the host could carry")
    remarks = []
    if len(points) < len(rows):
        remarks.append(f"points not drawn (unfinished, or not carried by the host): "
                       f"{len(rows) - len(points)}")
    return _errors(points, out, remark) + _components(folder, points, out, remark), remarks


def _looks(points):
    kinds = list(dict.fromkeys(p.kind for p in points))
    return {kind: LOOKS[i % len(LOOKS)] for i, kind in enumerate(kinds)}


def _errors(points, out, remark):
    looks = _looks(points)
    figure, (left, right) = plt.subplots(1, 2, figsize=(11.6, 5.0))
    times = [p.real for p in points] + [p.emulated for p in points]
    span = (min(times) / 1.2, max(times) * 1.2)
    left.plot(span, span, color="#999999", linewidth=1.0)
    for percent in GOALS:
        right.axhspan(-percent, percent, color="#000000", alpha=0.05, linewidth=0)
    right.axhline(0, color="#999999", linewidth=1.0)
    for p in points:
        colour, marker = looks[p.kind]
        look = {"color": colour, "marker": marker, "markerfacecolor": "white",
                "markeredgewidth": 1.5, "linestyle": "none"}
        left.plot([p.real], [p.emulated], **look)
        right.plot([p.bandwidth], [p.error], **look)
    left.set(xscale="log", yscale="log", xlim=span, ylim=span,
             xlabel="Real time per mini-batch, ms", ylabel="Emulated time per mini-batch, ms")
    right.set(xscale="log", xlabel="Bandwidth of the links (mean), Mbit/s",
              ylabel="Error of the emulated time, %")
    for axis in (left.xaxis, left.yaxis):
        style.plain_log_axis(axis)
    style.plain_log_axis(right.xaxis, style.sparse(sorted({p.bandwidth for p in points})))
    left.set_title("Time per mini-batch, real and emulated", loc="left")
    right.set_title(f"Error (grey: {GOALS[0]} and {GOALS[1]} %)", loc="left")
    handles = [Line2D([], [], label=kind, color=colour, marker=marker, linestyle="none",
                      markerfacecolor="white", markeredgewidth=1.5)
               for kind, (colour, marker) in looks.items()]
    right.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False,
                 title="Codec and cut", alignment="left")
    style.note(figure, f"acceptlab; {len(points)} points, trained for real on one host and emulated "
                       f"with what was recorded there{remark}")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return style.save(figure, out, "fidelity")


def _components(folder, points, out, remark):
    """A row per part and quantity, a dot per point: emulated less real, of the real time per
    mini-batch."""
    path = pathlib.Path(folder) / "fidelity_components.csv"
    drawn = {p.number for p in points}
    shares = {}
    for row in reading.read_csv(path):
        if row.get("point") in drawn:
            name = f"{row.get('part')}: {row.get('quantity')}"
            shares.setdefault(name, []).append(
                reading.number(row, "difference_percent_of_batch", path))
    if not shares:
        return []
    figure, axes = plt.subplots(figsize=(8.6, 1.8 + 0.3 * len(shares)))
    axes.axvline(0, color="#999999", linewidth=1.0)
    for y, values in enumerate(shares.values()):
        axes.plot(values, [y] * len(values), color=style.BLUE, marker="o", linestyle="none",
                  markerfacecolor="none", markersize=5)
        middle = sorted(values)[len(values) // 2]
        axes.plot([middle], [y], color=style.BLACK, marker="|", markersize=14, markeredgewidth=2)
    axes.set_yticks(range(len(shares)), list(shares))
    axes.set_ylim(len(shares) - 0.4, -0.6)
    axes.set_xlabel("Emulated less real, % of the real time per mini-batch")
    axes.set_title("Where errors come from (a dot per point, bars: medians)", loc="left")
    style.note(figure, f"acceptlab; {len(points)} points{remark}")
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return style.save(figure, out, "fidelity_components")
