"""How all figures look: a palette that colour-blind readers tell apart, with markers and dashes so
that a grey print does too; files that are the same bytes for the same input."""

import pathlib

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt  # noqa: E402  (the backend comes first)
from matplotlib.ticker import FuncFormatter  # noqa: E402

# Okabe and Ito, "Color Universal Design" (2008).
BLACK, ORANGE, SKY, GREEN, YELLOW, BLUE, RED, PURPLE = (
    "#000000", "#E69F00", "#56B4E9", "#009E73", "#F0E442", "#0072B2", "#D55E00", "#CC79A7")

# The same method looks the same in every figure; others take what is left, in order.
_KNOWN = {
    "single": (BLACK, "o", (0, (5, 2))),
    "even": (ORANGE, "s", (0, (1, 1.2))),
    "pipedream": (SKY, "^", (0, (4, 1.5, 1, 1.5))),
    "ftpipehd": (RED, "D", (0, (2.5, 1.2))),
    "ftpipehd+codec": (BLUE, "v", "solid"),
}
_OTHERS = [(GREEN, "P", "solid"), (PURPLE, "X", (0, (5, 2))), (RED, "<", (0, (1, 1.2))),
           (ORANGE, ">", "solid"), (SKY, "h", (0, (2.5, 1.2))), (BLACK, "*", "solid")]

# Okabe-Ito hues, light ones where text stands on them; the hatch tells them apart in grey.
KINDS = {
    "forward": ("#56B4E9", ""),
    "backward": ("#0072B2", ""),
    "update": ("#000000", ""),
    "codec": ("#E69F00", "////"),
    "activation": ("#8AD1BA", ""),
    "gradient": ("#009E73", ""),
    "drain": ("#F0E442", "...."),
    "move": ("#CC79A7", ""),
    "other message": ("#BBBBBB", ""),
}


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


def styles_of(methods):
    """Colour, marker and dashes per method."""
    others = iter(_OTHERS * (1 + len(methods) // len(_OTHERS)))
    return {m: _KNOWN[m] if m in _KNOWN else next(others) for m in methods}


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
