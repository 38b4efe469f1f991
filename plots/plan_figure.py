"""The figure of a plan: what each stage and each link takes of the time of a mini-batch."""

import json
import pathlib
import sys

import matplotlib.pyplot as plt
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

import reading
import style

STAGE, LINK = 0.74, 0.5  # height of a bar; rows are 1 apart
ROW = 0.33  # inches
LONGEST = 20  # characters of a name
COMPUTE = "compute"
LOOKS = {COMPUTE: style.KINDS["forward"], "codec": style.KINDS["codec"],
         "activations": style.KINDS["activation"], "gradients": style.KINDS["gradient"]}


def read(path):
    """The answer of `acceptlab plan --json`; "-" is standard input."""
    if str(path) == "-":
        try:
            plan = json.load(sys.stdin)
        except ValueError as error:
            raise reading.BadFolder(f"standard input: is no JSON ({error})") from error
    else:
        plan = reading.read_json(path)
    if not isinstance(plan, dict) or "feasible" not in plan:
        raise reading.BadFolder(f"{path}: is not an answer of 'acceptlab plan --json'")
    if not plan["feasible"]:
        raise reading.BadFolder(f"{path}: there is no feasible plan: {plan['reason']}")
    return plan


def draw(plan, out):
    """Draws plan.svg and plan.png; returns the files."""
    try:
        return style.save(_figure(plan), out, "plan")
    except KeyError as error:
        raise reading.BadFolder(f"the plan has no key {error}") from error


def draw_file(plan, path):
    """Draws one file, of the kind that its name says; returns it."""
    path = pathlib.Path(path)
    if path.suffix not in (".svg", ".png"):
        raise reading.BadFolder(f"{path}: must end in .svg or .png")
    try:
        return [style.save_file(_figure(plan), path)]
    except KeyError as error:
        raise reading.BadFolder(f"the plan has no key {error}") from error


def _scale(time_us):
    """Microseconds per unit of the axis, and the unit."""
    if time_us < 1e3:
        return 1.0, "\u00b5s"
    return (1e3, "ms") if time_us < 1e7 else (1e6, "s")


def _short(text):
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "\u2026"


def _rows(plan):
    """Top down, stages and the links between them: (label, parts, time, is it the bottleneck).

    A part is (kind, begin, length, lane), all times in microseconds; a lane of None is the whole
    height, 0 and 1 are the halves of a link that sends both ways at once.
    """
    rows = []
    for s, stage in enumerate(plan["stages"]):
        first, last = stage["first_unit"], stage["last_unit"]
        units = f"units {first}..{last}" if first < last else f"unit {first}"
        parts = [(COMPUTE, 0.0, stage["compute_us"], None),
                 ("codec", stage["compute_us"], stage["codec_us"], None)]
        rows.append((f"{_short(stage['device'])}: {units}", parts, stage["total_us"],
                     stage["is_bottleneck"]))
        if s < len(plan["links"]):
            rows.append(_link_row(plan["links"][s], plan["duplex"] == "half"))
    return rows


def _link_row(link, is_half_duplex):
    forward, backward = link["forward_us"], link["backward_us"]
    if is_half_duplex:
        parts = [("activations", 0.0, forward, None), ("gradients", forward, backward, None)]
    else:
        parts = [("activations", 0.0, forward, 0), ("gradients", 0.0, backward, 1)]
    codec = f", {_short(link['codec'])}" if link["codec"] else ""
    return "link" + codec, parts, link["transfer_us"], link["is_bottleneck"]


def _draw_row(axes, y, row, scale):
    label, parts, time, is_bottleneck = row
    height = LINK if label.startswith("link") else STAGE
    for kind, begin, length, lane in parts:
        if length <= 0.0:
            continue
        colour, hatch = LOOKS[kind]
        low = y - height / 2 + (height / 2 if lane == 1 else 0.0)
        axes.broken_barh([(begin / scale, length / scale)],
                         (low, height if lane is None else height / 2), facecolor=colour,
                         hatch=hatch, edgecolor="white", linewidth=0.4)
    if is_bottleneck:
        axes.broken_barh([(0, time / scale)], (y - height / 2, height), facecolor="none",
                         edgecolor=style.RED, linewidth=2.0, zorder=4, clip_on=False)
    # In a column at the right, where no bar or line is.
    axes.annotate(f"{time / scale:.3f}", (1, y), xycoords=("axes fraction", "data"),
                  xytext=(-4, 0), textcoords="offset points", ha="right", va="center", fontsize=9,
                  color=style.RED if is_bottleneck else "black",
                  fontweight="bold" if is_bottleneck else "normal", zorder=5,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6})


def _legend(axes, plan, rows, has_bound):
    used = {kind for _, parts, _, _ in rows for kind, _, length, _ in parts if length > 0.0}
    handles = [Patch(facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.4, label=kind)
               for kind, (colour, hatch) in LOOKS.items() if kind in used]
    handles.append(Patch(facecolor="none", edgecolor=style.RED, linewidth=2.0, label="bottleneck"))
    if has_bound:
        handles.append(Line2D([], [], color=style.BLACK, linestyle=(0, (5, 2)), linewidth=1.3,
                              label="lower bound"))
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.005, 1.0),
                ncol=len(handles), frameon=False, borderaxespad=0.2, columnspacing=1.2,
                handlelength=1.6)


def _title(plan, scale, unit):
    name = pathlib.PurePath(plan["name"]).name
    text = f"{name}: {plan['bottleneck_us'] / scale:.3f} {unit} at the bottleneck"
    if plan["objective"] == "makespan":
        text += (f", makespan {plan['makespan_us'] / scale:.3f} {unit} with "
                 f"{plan['micro_batches']} micro-batches")
    return text


def _figure(plan):
    rows = _rows(plan)
    scale, unit = _scale(plan["bottleneck_us"])
    figure, axes = plt.subplots(figsize=(9.5, 1.75 + ROW * len(rows)))
    for y, row in enumerate(rows):
        _draw_row(axes, y, row, scale)
    # A bound of the makespan is none of what is drawn here.
    has_bound = plan["objective"] == "bottleneck"
    if has_bound:
        axes.axvline(plan["lower_bound_us"] / scale, color=style.BLACK, linestyle=(0, (5, 2)),
                     linewidth=1.3, zorder=3)
    axes.set_xlim(0, 1.14 * max(plan["bottleneck_us"] / scale, 1e-9))
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.set_yticks(range(len(rows)), [label for label, _, _, _ in rows])
    for tick, (label, _, _, is_bottleneck) in zip(axes.get_yticklabels(), rows):
        tick.set_color(style.RED if is_bottleneck else
                       "#555555" if label.startswith("link") else "black")
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel(f"Time per mini-batch, {unit}")
    axes.set_title(_title(plan, scale, unit), loc="left", pad=28)
    _legend(axes, plan, rows, has_bound)
    style.note(figure, f"acceptlab plan; mode: {plan['mode']}; {plan['duplex']} duplex; "
                       f"solver: {plan['solver']}")
    figure.tight_layout(rect=(0, 0.02, 1, 1))
    return figure
