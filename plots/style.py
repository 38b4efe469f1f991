"""How all figures look, and how they are written: the same bytes for the same input."""

import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)
from matplotlib.ticker import FuncFormatter  # noqa: E402

from palette import (  # noqa: E402,F401  (the figures take their colours from here)
    BLACK, BLUE, CODEC_FAMILIES, GREEN, KINDS, ORANGE, PURPLE, RED, SKY, YELLOW, styles_of)

_NO_DATE = {".svg": {"Date": None}, ".png": {"Software": None}}


def use():
    matplotlib.rcParams.update({
        "font.family": "DejaVu Sans",
        "font.size": 11,
        "axes.titlesize": 12,
        "axes.labelsize": 11,
        "legend.fontsize": 10,
        "xtick.labelsize": 10,
        "ytick.labelsize": 10,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "axes.axisbelow": True,
        "grid.color": "#E3E3E3",
        "grid.linewidth": 0.8,
        "lines.linewidth": 1.9,
        "lines.markersize": 6,
        "hatch.linewidth": 0.7,
        "savefig.dpi": 160,
        "svg.hashsalt": "acceptlab",
    })


def line_style(style):
    """Keyword arguments of plot(): markers are hollow, so that lines on one another all show."""
    colour, marker, dashes = style
    return {"color": colour, "marker": marker, "linestyle": dashes,
            "markerfacecolor": "white", "markeredgewidth": 1.5}


def plain_log_axis(axis, points=None):
    """Writes 0.5, 20, 1000 on a logarithmic axis instead of powers; ticks at `points` if given."""
    text = FuncFormatter(lambda value, _: f"{value:g}")
    axis.set_major_formatter(text)
    if points is not None:
        axis.set_major_locator(matplotlib.ticker.FixedLocator(points))
        axis.set_minor_locator(matplotlib.ticker.NullLocator())
        return
    low, high = axis.get_view_interval()
    narrow = high / low < 500
    axis.set_major_locator(matplotlib.ticker.LogLocator(
        subs=(1, 2, 5) if narrow else (1,), numticks=20))
    axis.set_minor_formatter(matplotlib.ticker.NullFormatter())


def sparse(points, least_ratio=1.45):
    """Those of the sorted points that leave room for a tick label each on a log axis."""
    kept = []
    for point in points:
        if not kept or point / kept[-1] >= least_ratio:
            kept.append(point)
    return kept


def note(figure, text):
    """A line on where the numbers come from, under the figure."""
    figure.text(0.995, 0.005, text, ha="right", va="bottom", fontsize=8.5, color="#555555")


def save(figure, folder, name):
    """Writes NAME.svg and NAME.png without dates; returns the paths."""
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    paths = [pathlib.Path(folder) / f"{name}{suffix}" for suffix in _NO_DATE]
    for path in paths:
        figure.savefig(path, metadata=_NO_DATE[path.suffix])
    plt.close(figure)
    return paths


def save_file(figure, path):
    """Writes one .svg or .png file without date; returns its path."""
    figure.savefig(path, metadata=_NO_DATE[path.suffix])
    plt.close(figure)
    return path
