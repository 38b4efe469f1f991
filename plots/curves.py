"""Lines of figures and reports, as lists of (x, y), from the tables of runs and sweeps."""

import math
import re
import statistics

import reading

SMOOTHED = 8  # mini-batches in the mean that stands for the train loss


def series(rows, path, time, column, scale=1.0):
    """(time, value) of the rows that have both, finite."""
    pairs = [(reading.number(r, time, path), reading.number(r, column, path)) for r in rows]
    return [(t * scale, y) for t, y in pairs
            if t is not None and y is not None and math.isfinite(y)]


def speedups(points):
    """A function that gives a point's speed-up: against the method "single" at the same bandwidth,
    else against the run's own baseline; None where there is neither."""
    single = {p.bandwidth: p.time_ms for p in points if p.method == "single"}

    def speedup(point):
        base = single.get(point.bandwidth, point.single_ms)
        return base / point.time_ms if base and point.time_ms else None

    return speedup


def trailing_mean(values, count=SMOOTHED):
    """The mean of each value and those before it, `count` in all (at the start: fewer)."""
    windows = (values[max(0, i + 1 - count) : i + 1] for i in range(len(values)))
    return [sum(window) / len(window) for window in windows]


def _numbers(point, table, time, column, scale=1.0):
    """(time in s, value) by time, from a table of the point's run, where there is a value."""
    if point.run is None or not (point.run / table).exists():
        return []
    path = point.run / table
    pairs = [(reading.number(row, time, path), reading.number(row, column, path))
             for row in reading.read_csv(path)]
    return sorted((t * scale, y) for t, y in pairs if t is not None and y is not None)


def train_loss(point):
    """Smoothed, at the end of each mini-batch; a loss that is not finite leaves a gap."""
    pairs = _numbers(point, "progress.csv", "finished_ms", "loss_nats", 1e-3)
    means = trailing_mean([y for _, y in pairs])
    curve = [(t, y if math.isfinite(y) else math.nan) for (t, _), y in zip(pairs, means)]
    return curve if any(math.isfinite(y) for _, y in curve) else []


def test_accuracy(point):
    """At the end of each epoch."""
    pairs = _numbers(point, "epochs.csv", "evaluated_s", "test_accuracy_percent")
    return [(t, y) for t, y in pairs if math.isfinite(y)]


def codec_families(rows, path):
    """(bits a value, dB) by number of bits for every family: medians over the cuts."""
    figures = {}  # family -> bits -> (bits a value, dB) of every cut
    for row in rows:
        name = re.fullmatch(r"([a-z]+)([1-8])(-.*)?", row.get("codec", ""))
        if name:
            of_bits = figures.setdefault(name[1] + (name[3] or ""), {})
            of_bits.setdefault(int(name[2]), []).append(
                (reading.number(row, "bits_per_value", path), reading.number(row, "snr_db", path)))
    return {family: [tuple(map(statistics.median, zip(*of_bits[bits]))) for bits in sorted(of_bits)]
            for family, of_bits in figures.items()}
