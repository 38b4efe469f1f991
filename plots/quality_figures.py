"""Figure of a codec_quality.csv: signal-to-noise ratio against bits, a line per family of codecs."""

import pathlib

import matplotlib.pyplot as plt

import curves
import reading
import style

DIRECTIONS = ("activation", "gradient")


def draw(folder, out):
    """Draws the figure; returns the files and what was left out, and why."""
    path = pathlib.Path(folder) / "codec_quality.csv"
    rows = reading.read_csv(path)
    figure, panels = plt.subplots(1, 2, figsize=(10.4, 5.0), sharey=True)
    for axes, direction in zip(panels, DIRECTIONS):
        chosen = [row for row in rows if row.get("direction") == direction]
        if not chosen:
            raise reading.BadFolder(f"{path}: holds no row with direction {direction}")
        panel(axes, chosen, direction, path)
    panels[0].set_ylabel("Signal to noise, dB (median over cuts)")
    panels[1].legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), frameon=False, title="Codec",
                     handlelength=3.6, alignment="left")
    style.note(figure, "acceptlab; " + "; ".join(reading.comments(path, "tensors")))
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return style.save(figure, out, "codec_quality"), []


def panel(axes, rows, direction, path):
    """A line per family of codecs."""
    cuts = len({row.get("cut_after_unit") for row in rows})
    axes.set_title(f"{direction.capitalize()}s, {cuts} cuts", loc="left")
    axes.set_xlabel("Bits a value, scales included")
    axes.axhline(0, color="#999999", linewidth=1.0)
    families = curves.codec_families(rows, path)
    for family, look in style.CODEC_FAMILIES.items():
        if family in families:
            axes.plot(*zip(*families[family]), label=family, **style.line_style(look))
    axes.set_xticks(range(0, 9))
    axes.set_xlim(left=0.5)
