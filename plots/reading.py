"""Reads the folders that acceptlab writes (schema: results/README.md)."""

import csv
import itertools
import json
import pathlib


class BadFolder(Exception):
    """A folder that holds no results, or damaged ones; the message names the file."""


class Table:
    """A CSV file: its columns in order, its rows as dictionaries by column, and the comment lines
    ("# ...") in front."""

    def __init__(self, path, columns, rows, comment_lines):
        self.path = path
        self.columns = columns
        self.rows = rows
        self.comments = comment_lines


def read_table(path, may_be_cut=False):
    """A whole table. If it may be cut, a last line without an end is dropped, and an empty file is
    a table without columns; else both are refused."""
    text = _read_text(path)
    whole = text[: text.rfind("\n") + 1]
    if not may_be_cut and whole != text:
        raise BadFolder(f"{path}: is cut off: its last line has no end")
    lines = whole.splitlines(keepends=True)
    comment_lines = list(itertools.takewhile(_is_comment, lines))
    reader = csv.DictReader(lines[len(comment_lines):], strict=True)
    try:
        rows = list(reader)
    except csv.Error as error:
        raise BadFolder(f"{path}: line {len(comment_lines) + reader.line_num}: {error}") from error
    columns = list(reader.fieldnames or [])
    if not columns and not may_be_cut:
        raise BadFolder(f"{path}: is empty")
    if len(set(columns)) != len(columns):
        raise BadFolder(f"{path}: has two columns of one name")
    for number, row in enumerate(rows, start=1):
        if None in row or None in row.values():
            raise BadFolder(f"{path}: record {number} has another number of fields than the header")
    return Table(path, columns, rows, [line[1:].strip() for line in comment_lines])


def read_csv(path):
    """Rows of a table as dictionaries by column; a last line cut off by a kill is dropped."""
    return read_table(path, may_be_cut=True).rows


def _read_text(path):
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadFolder(f"{path}: cannot be read ({error})") from error


def _is_comment(line):
    return line.startswith("#")


def comments(path, key):
    """What the comment lines "# KEY: ..." in front of a table say."""
    with open(path, encoding="utf-8") as file:
        lines = list(itertools.takewhile(_is_comment, file))
    return [line[len(f"# {key}: "):].strip() for line in lines if line.startswith(f"# {key}: ")]


def read_json(path):
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadFolder(f"{path}: cannot be read ({error})") from error


def read_timeline(path, may_be_cut=True):
    """Events of a Chrome trace; the format allows an array without its closing bracket, which is
    how a trace looks that was cut off."""
    text = _read_text(path)
    for attempt in (text, text.rstrip().rstrip(",") + "]")[: 2 if may_be_cut else 1]:
        try:
            events = json.loads(attempt)
        except ValueError:
            continue
        if isinstance(events, list) and all(isinstance(event, dict) for event in events):
            return events
    raise BadFolder(f"{path}: is not a trace of events" + ("" if may_be_cut else ", or is cut off"))


def number(row, column, path):
    """The number in a column; None where the field is empty."""
    if column not in row:
        raise BadFolder(f"{path}: has no column '{column}'")
    if row[column] == "":
        return None
    try:
        return float(row[column])
    except ValueError as error:
        raise BadFolder(f"{path}: column '{column}': '{row[column]}' is no number") from error


class Point:
    """A finished point of a sweep."""

    def __init__(self, row, keys, folder, path):
        self.method = row["method"]
        self.bandwidth = number(row, "bandwidth_mbit_s", path)
        self.time_ms = number(row, "time_per_batch_ms", path)
        self.single_ms = number(row, "single_device_ms", path)
        self.setting = "; ".join(label + row[column] for label, column in
                                 (("", "data_set"), ("network: ", "network_model"),
                                  ("costs: ", "cost_source")) if row.get(column))
        self.values = {key: row[key] for key in keys}
        self.run = folder / row["run"] if row.get("run") else None


class Sweep:
    """The finished points of a sweep, and which of its keys are neither method nor bandwidth."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        path = self.folder / "sweep.csv"
        rows = read_csv(path)
        columns = list(rows[0]) if rows else []
        for column in ("status", "method", "bandwidth_mbit_s", "time_per_batch_ms"):
            if rows and column not in columns:
                raise BadFolder(f"{path}: has no column '{column}'")
        finished = [row for row in rows if row["status"] == "ok"]
        if not finished:
            raise BadFolder(f"{path}: holds no finished point")
        keys = columns[columns.index("status") + 1 : columns.index("method")]
        self.failed = sum(row["status"].startswith("failed") for row in rows)
        self.points = [Point(row, keys, self.folder, path) for row in finished]
        self.keys = [key for key in keys if self._varies(key) and not self._follows_bandwidth(key)]

    def _varies(self, key):
        return len({point.values[key] for point in self.points}) > 1

    def _follows_bandwidth(self, key):
        """Whether a bandwidth has one value of this key: then the key is just its other name."""
        values = {}
        for point in self.points:
            values.setdefault(point.bandwidth, set()).add(point.values[key])
        if None in values:
            return False
        return len(values) > 1 and all(len(v) == 1 for v in values.values())

    def groups(self):
        """The points by the values of the remaining keys, in order of appearance."""
        groups = {}
        for point in self.points:
            name = ", ".join(f"{key} = {point.values[key]}" for key in self.keys)
            groups.setdefault(name, []).append(point)
        return groups
