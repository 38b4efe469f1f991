"""What `acceptlab figures` leaves of a figure: its description, and the tables of its steps."""

import collections
import statistics

import reading

PAPER_CLAIM = 3.0  # "up to 3x" of AccEPT's abstract; the paper's, not ours


class Figure:
    """A folder of results: figure.json, and a folder per step."""

    def __init__(self, folder):
        self.folder = folder
        path = folder / "figure.json"
        description = reading.read_json(path)
        try:
            self.name = description["name"]
            self.title = description["title"]
            self.quick = description["quick"]
            self.steps = [s["name"] for s in description["steps"] if s["there"]]
            self.absent = {s["name"]: s["note"] for s in description["steps"] if not s["there"]}
        except (KeyError, TypeError) as error:
            raise reading.BadFolder(f"{path}: lacks {error}") from error

    def rows(self, step, table="sweep.csv"):
        """Of a sweep the finished points only; none where the step is not there."""
        path = self.folder / step / table
        if step not in self.steps or not path.exists():
            return []
        return [row for row in reading.read_csv(path) if row.get("status", "ok") == "ok"]

    def number(self, step, row, column, table="sweep.csv"):
        return reading.number(row, column, self.folder / step / table)

    def heading(self):
        return self.title + (" (quick: fewer points, shorter training)" if self.quick else "")

    def origin(self, step=None):
        """A line on where the numbers come from."""
        words = ["acceptlab"]
        for name in [step] if step else self.steps:
            path = self.folder / name / "provenance.json"
            if path.exists():
                provenance = reading.read_json(path)
                words += [f"revision {provenance.get('revision', '?')}",
                          provenance.get("date", "?")[:10]]
                break
        return "; ".join(words + (["quick"] if self.quick else []))


def methods_of(rows):
    return list(dict.fromkeys(row["method"] for row in rows))


def by(rows, *columns):
    """Rows by their values in some columns, in order of appearance."""
    groups = collections.OrderedDict()
    for row in rows:
        groups.setdefault(tuple(row[c] for c in columns), []).append(row)
    return groups


class Spread:
    """Mean, least and most of what the seeds gave."""

    def __init__(self, values):
        self.mean = statistics.mean(values)
        self.low = min(values)
        self.high = max(values)
        self.count = len(values)

    def margins(self):
        return [self.mean - self.low], [self.high - self.mean]


def times(figure, step, extra=()):
    """(method, bandwidth, *extra) -> Spread of the time per mini-batch in ms."""
    groups = by(figure.rows(step), "method", "bandwidth_mbit_s", *extra)
    return {(key[0], float(key[1]), *key[2:]):
            Spread([figure.number(step, row, "time_per_batch_ms") for row in rows])
            for key, rows in groups.items()}


def curves(figure, step):
    """point -> [(training time in s, test accuracy in %)], the time of the tests left out."""
    found = {}
    for row in figure.rows(step, "epochs.csv"):
        curve = found.setdefault(row["point"], [])
        spent = curve[-1][0] if curve else 0.0
        curve.append((spent + figure.number(step, row, "train_s", "epochs.csv"),
                      figure.number(step, row, "test_accuracy_percent", "epochs.csv")))
    return found
