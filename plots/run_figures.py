"""Figures of one run: the pipeline's timeline, loss and accuracy against time."""

import pathlib

import matplotlib.pyplot as plt
from matplotlib.patches import Patch

import curves
import reading
import style
import timeline

BAR = 0.74  # height of a row's bars; rows are 1 apart
NARROW = 0.006  # of the time axis: slices that get neither white edge nor hatch
UNSEEN = 0.0001  # of the time axis: slices left out, whose edge alone would make them far longer
DIGIT = 0.0075  # of the time axis: the room for a digit


def draw(folder, out, batches):
    """Draws what the run has; returns the files and what was left out, and why."""
    folder = pathlib.Path(folder)
    files, remarks = [], []
    summary = None
    if (folder / "summary.json").exists():
        summary = reading.read_json(folder / "summary.json")
    else:
        remarks.append("the run has not finished")
    files += _timeline(folder, summary, out, batches, remarks)
    files += _learning(folder, summary, out, remarks)
    return files, remarks


def _note_text(summary):
    if summary is None:
        return "acceptlab; unfinished run"
    data = summary["data_set"] + (" (synthetic)" if summary["synthetic_data"] else "")
    rate = summary["bandwidth_mbit_s"]
    speed = f" at {rate:g} Mbit/s" if rate is not None else ""
    return (f"acceptlab; {summary['method']}; {summary['model']}; {data}; "
            f"network: {summary['network_model']}{speed}; costs: {summary['cost_source']}")


def _clock(summary):
    return (summary or {}).get("clock", "virtual").capitalize()


def _rows(events):
    """Labels of the rows, top down, with their slices: devices first, then a change of the plan,
    then link directions.

    A link's input, label, score and batch-done messages get no row of their own.
    """
    processes, threads = timeline.names(events)
    devices, links = {}, {}
    for event in events:
        if event.get("ph") != "X" or event["cat"] == "wait":
            continue
        pid = event["pid"]
        if processes.get(pid) == "links":
            links.setdefault(event["tid"], []).append(event)
        else:
            devices.setdefault(pid, []).append(event)
    rows = [(processes[pid], devices[pid]) for pid in sorted(devices)]
    link_pid = next((pid for pid, name in processes.items() if name == "links"), None)
    heavy = {tid: slices for tid, slices in links.items()
             if any(s["cat"] in ("activation", "gradient", "move") for s in slices)}
    named = sorted((threads[link_pid, tid], slices) for tid, slices in heavy.items())
    return rows + [(timeline.link_name(name), slices) for name, slices in named]


def _timeline(folder, summary, out, batches, remarks):
    events = reading.read_timeline(folder / "timeline.json")
    chosen = [e for e in events if e.get("ph") != "X" or e["args"]["batch"] < batches]
    rows = _rows(chosen)
    if not rows:
        remarks.append("no timeline: the run recorded none (timeline_batches = 0)")
        return []
    figure, axes = plt.subplots(figsize=(12.5, 1.9 + 0.5 * len(rows)))
    scale, unit = _time_scale(rows)
    end = max((s["ts"] + s["dur"]) / scale for _, slices in rows for s in slices)
    axes.set_xlim(0, end * 1.005)
    used = {}
    for y, (_, slices) in enumerate(rows):
        _draw_row(axes, y, slices, scale, end, used)
    axes.set_yticks(range(len(rows)), [name for name, _ in rows])
    axes.set_ylim(len(rows) - 0.4, -0.6)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    shown = 1 + max(s["args"]["batch"] for _, slices in rows for s in slices)
    axes.set_title(f"Timeline of the first {shown} mini-batches (numbers: mini-batch)", loc="left",
                   pad=30)
    axes.set_xlabel(f"{_clock(summary)} time, {unit}")
    handles = [Patch(facecolor=style.KINDS[k][0], hatch=style.KINDS[k][1], edgecolor="white",
                     linewidth=0.4, label=k) for k in style.KINDS if k in used]
    axes.legend(handles=handles, loc="lower left", bbox_to_anchor=(-0.005, 1.0), ncol=len(handles),
                frameon=False, borderaxespad=0.2, columnspacing=1.5)
    style.note(figure, _note_text(summary))
    figure.tight_layout(rect=(0, 0.03, 1, 1))
    return style.save(figure, out, "timeline")


def _time_scale(rows):
    """Microseconds per unit of the axis, and the unit."""
    end = max(s["ts"] + s["dur"] for _, slices in rows for s in slices)
    return (1e6, "s") if end > 10e6 else (1e3, "ms")


def _draw_row(axes, y, slices, scale, end, used):
    slices = sorted((s for s in slices if s["dur"] / scale / end >= UNSEEN), key=lambda s: s["ts"])
    following = [s["ts"] / scale for s in slices[1:]] + [end]
    for s, next_begin in zip(slices, following):
        kind = timeline.kind(s["cat"])
        used[kind] = True
        colour, hatch = style.KINDS[kind]
        begin, width = s["ts"] / scale, s["dur"] / scale
        # A white edge would hide a slice that is hardly wider than it.
        narrow = width / end < NARROW
        axes.broken_barh([(begin, width)], (y - BAR / 2, BAR), facecolor=colour,
                         hatch="" if narrow else hatch, edgecolor=colour if narrow else "white",
                         linewidth=0.7 if narrow else 0.4, zorder=3 if narrow else 2)
        if kind in ("forward", "backward", "activation", "gradient"):
            _draw_number(axes, y, str(s["args"]["batch"]), kind, (begin, width, next_begin), end)


def _draw_number(axes, y, label, kind, place, end):
    """The mini-batch in its slice or, on a link where that is too narrow, in the gap after it."""
    begin, width, next_begin = place
    room = DIGIT * len(label) * end
    if width > room + 0.001 * end:
        colour = "white" if kind in ("backward", "gradient") else "black"
        axes.text(begin + width / 2, y, label, ha="center", va="center", fontsize=9,
                  color=colour, clip_on=True)
    elif kind in ("activation", "gradient") and next_begin - begin - width > room + 0.006 * end:
        axes.text(begin + width + 0.003 * end, y, label, ha="left", va="center", fontsize=9,
                  color="black", clip_on=True)


def _learning(folder, summary, out, remarks):
    epochs_path, progress_path = folder / "epochs.csv", folder / "progress.csv"
    epochs, progress = reading.read_csv(epochs_path), reading.read_csv(progress_path)
    panels = []
    for name, column in (("Loss, nats", "loss_nats"), ("Accuracy, %", "accuracy_percent")):
        lines = [("train, each mini-batch",
                  curves.series(progress, progress_path, "finished_ms", column, 1e-3),
                  {"color": style.SKY, "linewidth": 1.0, "zorder": 1}),
                 ("train, mean of the epoch",
                  curves.series(epochs, epochs_path, "trained_s", "train_" + column),
                  style.line_style((style.BLUE, "o", (0, (4, 1.5))))),
                 ("test", curves.series(epochs, epochs_path, "evaluated_s", "test_" + column),
                  style.line_style((style.RED, "D", "solid")))]
        lines = [line for line in lines if line[1]]
        if lines:
            panels.append((name, lines))
    if not panels:
        remarks.append("no learning curves: the run computed no loss")
        return []
    figure, grid = plt.subplots(1, len(panels), squeeze=False, figsize=(5.4 * len(panels), 4.3))
    for axes, (name, lines) in zip(grid[0], panels):
        for label, series, look in lines:
            axes.plot(*zip(*series), label=label, **look)
        axes.set_title(name.split(",")[0], loc="left")
        axes.set_ylabel(name)
        axes.set_xlabel(f"{_clock(summary)} time since the start, s")
        axes.set_xlim(left=0)
        axes.legend(frameon=False, loc="best", handlelength=3.2)
    style.note(figure, _note_text(summary))
    figure.tight_layout(rect=(0, 0.035, 1, 1), w_pad=3)
    return style.save(figure, out, "learning")
