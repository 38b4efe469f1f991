"""The paper's figures of learning: accuracy by bits, and time to accuracy."""

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D

import paper_data
import paper_layout
import reading
import style

WITHIN = 0.5  # points below full precision that count as equal
FULL = ("none", "none")
FULL_NAME = "full precision"
LOOKS = {"single device": (style.BLACK, "o", (0, (5, 2))), FULL_NAME: (style.BLUE, "s", "solid")}
SHOWN = 5  # learning curves beside full precision


def bits_of(codec):
    """Bits a value of a codec's name: 4 of mbq4, 32 of none."""
    digits = "".join(c for c in codec if c.isdigit())
    return int(digits) if digits else 32


def cheapest(finals):
    """Of {(forward, backward): Spread} the setting with the fewest bits whose mean is WITHIN points
    of full precision; of as many bits the one with the less in its larger direction."""
    least = finals[FULL].mean - WITHIN
    good = [setting for setting, spread in finals.items() if spread.mean >= least]
    return min(good, key=lambda s: (bits_of(s[0]) + bits_of(s[1]), max(map(bits_of, s)), s))


class Runs:
    """The learning curves of some steps, by forward and backward codec."""

    def __init__(self, figure, *steps):
        self.curves = {}
        for step in steps:
            curves = paper_data.curves(figure, step)
            for row in figure.rows(step):
                setting = (row.get("codec.forward", "none"), row.get("codec.backward", "none"))
                self.curves.setdefault(setting, []).append(
                    [accuracy for _, accuracy in curves[row["point"]]])

    def finals(self):
        return {setting: paper_data.Spread([curve[-1] for curve in curves])
                for setting, curves in self.curves.items()}

    def by_epoch(self, setting):
        """A Spread per epoch."""
        return [paper_data.Spread(values) for values in zip(*self.curves[setting])]


def _name(setting):
    return FULL_NAME if setting == FULL else " / ".join(setting)


def accuracy(figure, out):
    canvas, (left, middle, right) = plt.subplots(1, 3, figsize=(16.0, 5.6),
                                                 width_ratios=[1.15, 1.0, 0.8])
    runs = Runs(figure, "cnn", "cnn_between")
    finals = runs.finals()
    if FULL not in finals:
        raise reading.BadFolder(f"{figure.folder}: has no run in full precision")
    choice = cheapest(finals)
    _heat(canvas, left, finals, choice)
    _curves(middle, runs, figure, choice)
    _narrow(right, Runs(figure, "mobilenetv2").finals())
    seeds = max(spread.count for spread in finals.values())
    text = (f"CNN: {seeds} seed{'s' if seeds > 1 else ''}; cheapest setting within {WITHIN:g} points "
            f"of full precision: {_name(choice)}, {finals[choice].mean:.2f} against "
            f"{finals[FULL].mean:.2f} %")
    return paper_layout.finish(canvas, figure, out, text=text)


def _heat(canvas, axes, finals, choice):
    """A cell per setting: the mean, and how far the seeds lie apart."""
    forwards = sorted({f for f, _ in finals}, key=bits_of, reverse=True)
    backwards = sorted({b for _, b in finals}, key=bits_of, reverse=True)
    losses = [[finals[FULL].mean - finals[(f, b)].mean if (f, b) in finals else float("nan")
               for b in backwards] for f in forwards]
    image = axes.imshow(losses, cmap="cividis_r", vmin=0, vmax=5, aspect="auto")
    for y, f in enumerate(forwards):
        for x, b in enumerate(backwards):
            if (f, b) not in finals:
                continue
            spread = finals[(f, b)]
            range_text = (f"\n{spread.low:.1f}\u2013{spread.high:.1f}" if spread.count > 1 else "")
            axes.text(x, y, f"{spread.mean:.1f}{range_text}", ha="center", va="center", fontsize=8.5,
                      color="white" if losses[y][x] > 2.5 else "black",
                      weight="bold" if (f, b) == choice else "normal")
    x, y = backwards.index(choice[1]), forwards.index(choice[0])
    axes.add_patch(plt.Rectangle((x - 0.5, y - 0.5), 1, 1, fill=False, edgecolor=style.RED,
                                 linewidth=2.5))
    axes.set_xticks(range(len(backwards)), backwards)
    axes.set_yticks(range(len(forwards)), forwards)
    axes.grid(visible=False)
    axes.set_xlabel("Backward codec")
    axes.set_ylabel("Forward codec")
    axes.set_title("CNN: final test accuracy, %; mean and range of seeds", loc="left", fontsize=11)
    canvas.colorbar(image, ax=axes, label="Points below full precision", extend="max", shrink=0.9)


def _curves(axes, runs, figure, choice):
    """Full precision, the cheapest good setting and those around it, and a single device."""
    diagonal = [s for s in runs.curves if s != FULL and bits_of(s[0]) == bits_of(s[1])]
    settings = list(dict.fromkeys([FULL, choice] + diagonal))[:SHOWN + 1]
    lines = {_name(s): runs.by_epoch(s) for s in settings}
    single = Runs(figure, "cnn_single")
    if FULL in single.curves:
        lines["single device"] = single.by_epoch(FULL)
    for name, look in style.styles_of(list(lines), LOOKS).items():
        epochs = range(1, len(lines[name]) + 1)
        axes.plot(epochs, [s.mean for s in lines[name]], label=name, **style.line_style(look))
        axes.fill_between(epochs, [s.low for s in lines[name]], [s.high for s in lines[name]],
                          color=look[0], alpha=0.12, linewidth=0)
    axes.set_xlabel("Epoch (of a part of the images)")
    axes.set_ylabel("Test accuracy, %")
    axes.set_title("CNN: curves, forward / backward", loc="left", fontsize=11)
    axes.legend(frameon=False, fontsize=9, handlelength=3)


def _narrow(axes, finals):
    if not finals:
        axes.set_visible(False)
        return
    axes.set_title("MobileNetV2, narrow: one seed", loc="left", fontsize=11)
    names = [_name(s) for s in finals]
    bars = axes.barh(range(len(finals)), [s.mean for s in finals.values()], 0.6, color=style.BLUE)
    axes.bar_label(bars, fmt="%.1f", padding=3, fontsize=9)
    axes.set_yticks(range(len(names)), names, fontsize=9)
    axes.invert_yaxis()
    axes.grid(axis="y", visible=False)
    axes.set_xlabel("Final test accuracy, %")
    axes.margins(x=0.15)



def reached(curve, target):
    """When a curve first has the accuracy, at the end of an epoch; None where it never has."""
    return next((seconds for seconds, accuracy in curve if accuracy >= target), None)


class Race:
    """The curves of a step by method at one bandwidth."""

    def __init__(self, figure, step, mbit_s):
        self.mbit_s = mbit_s
        self.runs = {}
        curves = paper_data.curves(figure, step)
        for row in figure.rows(step):
            if float(row["bandwidth_mbit_s"]) == mbit_s:
                self.runs.setdefault(row["method"], []).append(curves[row["point"]])

    def target(self):
        """What all runs of FTPipeHD reach, less WITHIN points."""
        return min(curve[-1][1] for curve in self.runs["ftpipehd"]) - WITHIN

    def times(self, method):
        """A Spread of the seconds to the target; None where a seed does not get there."""
        found = [reached(curve, self.target()) for curve in self.runs[method]]
        return None if None in found else paper_data.Spread(found)

    def factor(self):
        """How many times sooner AccEPT is there than FTPipeHD; None where one is never there."""
        ours, theirs = self.times("accept"), self.times("ftpipehd")
        return theirs.mean / ours.mean if ours and theirs else None

    def speed(self):
        """How many times shorter AccEPT's epochs are than FTPipeHD's, whatever they teach."""
        ours, theirs = (paper_data.Spread([curve[-1][0] / len(curve) for curve in self.runs[m]]).mean
                        for m in ("accept", "ftpipehd"))
        return theirs / ours


def races_of(figure, step):
    bandwidths = sorted({float(row["bandwidth_mbit_s"]) for row in figure.rows(step)})
    return [Race(figure, step, mbit_s) for mbit_s in bandwidths]


LABELS = {"vit": "Vision transformer, six equal devices", "cnn": "CNN, three equal devices"}


def time_to_accuracy(figure, out):
    races = {step: races_of(figure, step) for step in figure.steps if figure.rows(step)}
    columns = max(len(of) for of in races.values())
    canvas, grid = plt.subplots(len(races), columns, squeeze=False, sharey="row",
                                figsize=(max(8.0, 1.5 + 4.3 * columns), 1.5 + 3.5 * len(races)))
    methods = list(dict.fromkeys(m for of in races.values() for race in of for m in race.runs))
    looks = style.styles_of(methods)
    best = None
    for r, (step, of) in enumerate(races.items()):
        for c, race in enumerate(of):
            _race(grid[r][c], race, looks, LABELS.get(step, step))
            factor = race.factor()
            if factor and (best is None or factor > best[0]):
                best = (factor, race.mbit_s, LABELS.get(step, step))
        for axes in grid[r][len(of):]:
            axes.set_visible(False)
        grid[r][0].set_ylabel("Test accuracy, %")
    for axes in grid[-1]:
        axes.set_xlabel("Virtual training time, s")
    handles = [Line2D([], [], label=m, **style.line_style(looks[m])) for m in methods]
    text = ("dotted: what FTPipeHD ends with in all seeds, less "
            f"{WITHIN:g} points; factors: time to it, FTPipeHD over AccEPT")
    if best:
        text += f"; largest: {best[0]:.2f} at {best[1]:g} Mbit/s ({best[2]})"
    return paper_layout.finish(canvas, figure, out, handles, text)


def _race(axes, race, looks, label):
    for method, runs in race.runs.items():
        look = style.line_style(looks[method])
        for curve in runs:
            axes.plot(*zip(*curve), **look, alpha=1.0 if len(runs) == 1 else 0.75)
    axes.set_xscale("log")
    style.plain_log_axis(axes.xaxis)
    axes.axhline(race.target(), color="#777777", linestyle=(0, (1, 1.5)), linewidth=1.3)
    factor = race.factor()
    title = f"{label}, {race.mbit_s:g} Mbit/s"
    title += f"\n{factor:.2f} times sooner" if factor else "\nnot reached"
    title += f"; epochs {race.speed():.2f} times shorter"
    axes.set_title(title, loc="left", fontsize=10.5)
