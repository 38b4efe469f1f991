"""The parts of a report as plain data, which the page draws. What they hold is written to JSON, so
every number is finite or None, and every text is shown as it is, never as HTML."""

import math
import os
import urllib.parse

import palette

MOST_ROWS = 2000  # of a table within the page; its file has all
MOST_POINTS = 4000  # of a line

# Unit by the end of a column's name, the longest that fits.
_UNITS = {
    "_ms": "ms", "_s": "s", "_us": "\u00b5s", "_ns": "ns", "_percent": "%", "_bytes": "bytes",
    "_mbit_s": "Mbit/s", "_mbps": "Mbit/s", "_nats": "nats", "_db": "dB", "_updates": "updates",
    "_per_s": "per s", "_ns_per_value": "ns per value", "_ms_per_batch": "ms per batch",
    "_percent_of_batch": "% of a batch",
}


def label_and_unit(name):
    """"time_per_batch_ms" is ("time per batch", "ms"); without a known unit it is ""."""
    ends = [end for end in _UNITS if name.endswith(end) and len(name) > len(end)]
    end = max(ends, key=len, default="")
    return name[: len(name) - len(end)].replace("_", " "), _UNITS.get(end, "")


def href(path, base):
    """A link from the folder `base`, where the report lies, to a file."""
    relative = os.path.relpath(path, base)
    return urllib.parse.quote(os.fsencode(relative))


def file_link(path, base):
    return {"name": path.name, "href": href(path, base)}


def finite(value):
    """The number, or None where it is none."""
    return value if isinstance(value, (int, float)) and math.isfinite(value) else None


def facts(title, pairs):
    """Texts by name; pairs without a text are left out."""
    rows = [[name, str(text)] for name, text in pairs if text not in (None, "")]
    return {"kind": "facts", "title": title, "rows": rows}


def text(title, content, link=None):
    """A text in a fixed-width font."""
    return {"kind": "text", "title": title, "text": content, "file": link}


def table(title, columns, rows, link=None, note="", plot=None, is_open=True):
    """Rows are lists of texts, as the file has them. `plot`, names of columns {x, y, by}: what the
    page draws of it before anyone chooses columns."""
    named = []
    for name in columns:
        label, unit = label_and_unit(name)
        named.append({"name": name, "label": label, "unit": unit})
    return {"kind": "table", "title": title, "columns": named, "rows": rows[:MOST_ROWS],
            "total": len(rows), "file": link, "note": note, "plot": plot, "open": is_open}


def table_of_file(source, base, **more):
    """A reading.Table with a link to its file."""
    rows = [[row[column] for column in source.columns] for row in source.rows]
    note = "\n".join(source.comments)
    return table(source.path.name, source.columns, rows, file_link(source.path, base), note, **more)


def table_of_objects(title, objects, **more):
    """A table from JSON objects: a column per key, in order of appearance."""
    columns = list(dict.fromkeys(key for item in objects for key in item))
    rows = [[_plain(item.get(column)) for column in columns] for item in objects]
    return table(title, columns, rows, **more)


def _plain(value):
    return "" if value is None else str(value)


def axis(label, unit="", is_log=False):
    return {"label": label, "unit": unit, "log": is_log}


def line(name, points, look=(palette.BLUE, "o", "solid"), markers=True, is_on=True):
    """A line of a chart; of very many points every n-th is kept, and the last."""
    step = -(-len(points) // MOST_POINTS) or 1
    kept = points[::step]
    if points and kept[-1] != points[-1]:
        kept.append(points[-1])
    colour, marker, dashes = look
    return {"name": name, "colour": colour, "marker": marker if markers else None,
            "dashes": None if dashes == "solid" else list(dashes[1]), "on": is_on,
            "points": [[finite(x), finite(y)] for x, y in kept], "step": step}


def bar(name, values, colour):
    """One value per category of the chart."""
    return {"name": name, "colour": colour, "values": [finite(value) for value in values]}


def choice(name, series, categories=None):
    """One of the variants of a chart that the reader switches between."""
    return {"name": name, "series": series, "categories": categories}


def chart(title, x, y, choices, note=""):
    """Lines over two axes. None where nothing is to be drawn."""
    choices = [c for c in choices if any(s["points"] for s in c["series"])]
    if not choices:
        return None
    return {"kind": "lines", "title": title, "x": x, "y": y, "choices": choices, "note": note}


def bars(title, x, choices, note=""):
    """Stacked bars, a row per category."""
    choices = [c for c in choices if c["categories"]]
    if not choices:
        return None
    for variant in choices:
        variant["series"] = [s for s in variant["series"] if any(s["values"])]
    return {"kind": "bars", "title": title, "x": x, "choices": choices, "note": note}


def readme(path, base):
    """A folder's README, with what its links are relative to."""
    folder = href(path.parent, base)
    return {"kind": "readme", "title": path.name, "base": folder + "/",
            "text": path.read_text(encoding="utf-8", errors="replace")}


def section(title, folder, base, parts, warnings=(), tiles=()):
    """What the report says of one folder, with links to its files but for reports; parts that are
    None are left out."""
    files = sorted(p for p in folder.iterdir() if p.is_file() and not p.name.startswith(".")
                   and p.suffix not in (".html", ".partial"))
    return {"title": title, "warnings": list(warnings), "tiles": list(tiles),
            "blocks": [part for part in parts if part is not None],
            "files": [file_link(path, base) for path in files]}
