"""The timeline of a run, compact, for the page."""

import palette
import reading
import timeline

HEAVY = ("activation", "gradient", "move")
WAIT = "wait"
MOST_SPANS = 20000
LONG_US = 10e6  # a timeline beyond it is in seconds


def _rank(pid, processes):
    """Devices first, then a change of the plan, then links."""
    return {"repartition": 1, "links": 2}.get(processes.get(pid), 0)


def _rows(slices, processes, threads):
    """Names of the rows, top down, and the row of each (pid, tid).

    A device has one row, a link direction a row per lane. Directions that carry no activation,
    gradient or move come last.
    """
    light = {(s["pid"], s["tid"]) for s in slices}
    light -= {(s["pid"], s["tid"]) for s in slices if s["cat"] in HEAVY}
    keys, names = {}, {}
    for s in slices:
        pid, tid = s["pid"], s["tid"]
        is_link = processes.get(pid) == "links"
        key = (_rank(pid, processes), is_link and (pid, tid) in light, pid,
               threads.get((pid, tid), "") if is_link else "", tid if is_link else 0)
        keys[pid, tid] = key
        names[key] = (timeline.link_name(threads.get((pid, tid), f"link {tid}")) if is_link else
                      processes.get(pid, f"process {pid}"))
    order = {key: row for row, key in enumerate(sorted(names))}
    return [names[key] for key in order], {place: order[key] for place, key in keys.items()}


def choice(name, path, may_be_cut, batches=None):
    """One variant of a timeline: the rows, the kinds of spans with their colours, and the spans as
    [row, start, length, kind, mini-batch, stage or None, bytes or None], times in `unit`. None
    where the file holds no span."""
    events = reading.read_timeline(path, may_be_cut)
    try:
        slices = [e for e in events if e.get("ph") == "X"
                  and (batches is None or e["args"]["batch"] < batches)]
        return _choice(name, slices, *timeline.names(events))
    except (KeyError, TypeError) as error:
        raise reading.BadFolder(f"{path}: an event is not complete ({error})") from error


def _choice(name, slices, processes, threads):
    if not slices:
        return None
    total = len(slices)
    slices = slices[:MOST_SPANS]
    rows, row_of = _rows(slices, processes, threads)
    scale, unit = (1e6, "s") if max(s["ts"] + s["dur"] for s in slices) > LONG_US else (1e3, "ms")
    kinds = [kind for kind in (*palette.KINDS, WAIT)
             if any(_kind(s["cat"]) == kind for s in slices)]
    spans = [[row_of[s["pid"], s["tid"]], s["ts"] / scale, s["dur"] / scale,
              kinds.index(_kind(s["cat"])), s["args"]["batch"], s["args"].get("stage"),
              s["args"].get("bytes")] for s in slices]
    return {"name": name, "rows": rows, "unit": unit, "spans": spans, "total": total,
            "kinds": [{"name": kind, "colour": palette.KINDS.get(kind, ("#DDDDDD", ""))[0],
                       "on": kind != WAIT} for kind in kinds]}


def _kind(category):
    return WAIT if category == WAIT else timeline.kind(category)


def block(choices, clock, note=""):
    """A timeline of which the first with the most rows is shown first."""
    choices = [c for c in choices if c]
    if not choices:
        return None
    rows = [len(c["rows"]) for c in choices]
    return {"kind": "timeline", "title": "Timeline of the pipeline", "clock": clock,
            "choices": choices, "start": rows.index(max(rows)), "note": note}
