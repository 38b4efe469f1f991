"""What the events of a timeline.json mean."""

import palette


def names(events):
    """Names of processes by pid and of threads by (pid, tid)."""
    processes, threads = {}, {}
    for event in events:
        if event.get("name") == "process_name":
            processes[event["pid"]] = event["args"]["name"]
        elif event.get("name") == "thread_name":
            threads[event["pid"], event["tid"]] = event["args"]["name"]
    return processes, threads


def kind(category):
    """The kind of palette.KINDS that a slice belongs to."""
    if category in ("encode", "decode"):
        return "codec"
    return category if category in palette.KINDS else "other message"


def link_name(thread):
    """"device 0 to device 1 (2)" as "link 0 → 1 (2)"."""
    return thread.replace("device ", "link ", 1).replace(" to device ", " \u2192 ")
