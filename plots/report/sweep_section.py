"""What a report says of a sweep folder."""

import re

import blocks
import curves
import palette
import reading
import run_section
import table_section
import timeline_block

TIMELINE_BATCHES = 8  # of each point
FAR_APART = 6  # ratio of times


def build(folder, title, base):
    sweep = reading.Sweep(folder)
    source = reading.read_table(folder / "sweep.csv")
    looks = palette.styles_of(list(dict.fromkeys(p.method for p in sweep.points)))
    groups = sweep.groups()
    parts = [_provenance(sweep)]
    if len({p.bandwidth for p in sweep.points if p.bandwidth is not None}) > 1:
        parts += [_times(groups, looks), _speedups(groups, looks)]
    else:
        parts.append(_bars(sweep, looks))
    parts += [_loss(sweep, looks), _accuracy(sweep, looks), _timelines(sweep)]
    parts.append(blocks.table_of_file(source, base))
    for path in table_section.tables_of(folder):
        if path.name != "sweep.csv":
            parts += table_section.of_table(path, base)
    if (folder / "README.md").exists():
        parts.insert(0, blocks.readme(folder / "README.md", base))
    return blocks.section(title, folder, base, parts, _warnings(sweep, source))


def _warnings(sweep, source):
    missing = sum(row["status"] == "missing" for row in source.rows)
    return [text for count, text in (
        (sweep.failed, f"{sweep.failed} points failed; the table says why."),
        (missing, f"{missing} points are missing: the sweep has not finished.")) if count]


def _provenance(sweep):
    """What the first point that is still there says of its run."""
    for point in sweep.points:
        if point.run is not None and (point.run / "manifest.json").exists():
            manifest = run_section.read_object(point.run / "manifest.json")
            return run_section.provenance(manifest, "What was run (its first point)")
    return blocks.facts("What was run", [("setting", "; ".join(
        dict.fromkeys(p.setting for p in sweep.points)))])


def _lines(points, looks, y_of):
    """A line per method over the bandwidths."""
    lines = []
    for method, look in looks.items():
        xy = sorted((p.bandwidth, y_of(p)) for p in points
                    if p.method == method and p.bandwidth is not None and y_of(p) is not None)
        if xy:
            lines.append(blocks.line(method, xy, look))
    return lines


def _over_bandwidth(title, y, groups, lines_of):
    return blocks.chart(title, blocks.axis("Bandwidth of the links", "Mbit/s", is_log=True), y,
                        [blocks.choice(name, lines_of(points)) for name, points in groups.items()])


def _times(groups, looks):
    return _over_bandwidth(
        "Time per mini-batch", blocks.axis("Time per mini-batch", "ms", is_log=True), groups,
        lambda points: _lines(points, looks, lambda p: p.time_ms if p.time_ms else None))


def _speedups(groups, looks):
    return _over_bandwidth(
        "Speed-up over a single device", blocks.axis("Speed-up", "\u00d7"), groups,
        lambda points: _lines(points, looks, curves.speedups(points)))


def _label(point, keys, with_bandwidth=True):
    words = [point.method] + [f"{key} = {point.values[key]}" for key in keys]
    if with_bandwidth and point.bandwidth is not None:
        words.append(f"{point.bandwidth:g} Mbit/s")
    return ", ".join(words)


def _short_label(point, keys, with_method):
    """For the axis, which cuts long names off: words without their keys, as codecs need none."""
    words = [point.method] if with_method or not keys else []
    for key in keys:
        value = re.sub(r'^\["(.*)"\]$', r"\1", point.values[key]).replace('"', "")
        plain = re.fullmatch(r"[-+.\deE]+|true|false", value)
        words.append(f"{key.rsplit('.', 1)[-1]} {value}" if plain else value)
    if point.bandwidth is not None:
        words.append(f"{point.bandwidth:g} Mbit/s")
    return ", ".join(words)


def _bars(sweep, looks):
    """Without two bandwidths: a bar per point, in the colour of its method."""
    names = [_short_label(p, sweep.keys, len(looks) > 1) for p in sweep.points]
    series = [blocks.bar(method, [p.time_ms if p.method == method else None for p in sweep.points],
                         look[0]) for method, look in looks.items()]
    return blocks.bars("Time per mini-batch", blocks.axis("Time per mini-batch", "ms"),
                       [blocks.choice("", series, names)])


def _against_time(title, y, sweep, looks, curve_of, markers):
    """A line per method against time, a choice per bandwidth and value of the other keys."""
    choices, ends = {}, []
    for point in sweep.points:
        rest = [f"{key} = {point.values[key]}" for key in sweep.keys]
        if point.bandwidth is not None:
            rest.insert(0, f"{point.bandwidth:g} Mbit/s")
        curve = curve_of(point)
        if curve:
            ends.append(curve[-1][0])
            choices.setdefault(", ".join(rest), []).append(
                blocks.line(point.method, curve, looks[point.method], markers))
    # With times far apart a linear axis would press the fast methods against its left end.
    is_log = bool(ends) and min(ends) > 0 and max(ends) / min(ends) > FAR_APART
    return blocks.chart(title, blocks.axis("Time since the start of the run", "s", is_log), y,
                        [blocks.choice(name, lines) for name, lines in choices.items()])


def _loss(sweep, looks):
    return _against_time(f"Train loss, mean of the last {curves.SMOOTHED} mini-batches",
                         blocks.axis("Train loss", "nats"), sweep, looks, curves.train_loss, False)


def _accuracy(sweep, looks):
    return _against_time("Test accuracy after each epoch", blocks.axis("Test accuracy", "%"),
                         sweep, looks, curves.test_accuracy, True)


def _timelines(sweep):
    choices = []
    for point in sweep.points:
        if point.run is not None and (point.run / "timeline.json").exists():
            choices.append(timeline_block.choice(_label(point, sweep.keys),
                                                 point.run / "timeline.json", may_be_cut=False,
                                                 batches=TIMELINE_BATCHES))
    return timeline_block.block(choices, "run's",
                                f"The first {TIMELINE_BATCHES} mini-batches of the point.")
