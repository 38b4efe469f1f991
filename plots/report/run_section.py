"""What a report says of a run folder (its files: results/README.md)."""

import blocks
import curves
import palette
import reading
import timeline_block

TABLES = ("epochs.csv", "repartitions.csv", "links.csv", "progress.csv", "batches.csv")
SHORT = ("epochs.csv", "repartitions.csv")  # of these, those that are unfolded
LISTS = (("stages", "Stages, per mini-batch"), ("cuts", "Cuts, per mini-batch"),
         ("links", "Link directions"), ("repartitions", "Changes of the plan"))
TILES = (("time_per_batch_ms", "Time per mini-batch"), ("samples_per_s", "Samples"),
         ("speedup_over_single", "Speed-up over the best device alone"),
         ("bubble_percent", "Stages idle"),
         ("prediction_error_percent", "Plan's time against the measured one"),
         ("test_accuracy_percent", "Test accuracy"))


def build(folder, title, base):
    manifest = read_object(folder / "manifest.json")
    is_finished = manifest.get("finished") is True
    summary = None
    if is_finished or (folder / "summary.json").exists():
        summary = read_object(folder / "summary.json")
    lists = {key: objects(summary, key, folder) for key, _ in LISTS} if summary else {}
    tables = {name: reading.read_table(folder / name, may_be_cut=not is_finished)
              for name in TABLES if is_finished or (folder / name).exists()}
    parts = [provenance(manifest), _timeline(folder, manifest, is_finished)]
    if summary:
        parts.append(_times(lists["stages"], lists["links"]))
    parts += _learning(tables, manifest) + [_intervals(tables)]
    parts += [blocks.table_of_objects(name, lists[key]) for key, name in LISTS if lists.get(key)]
    parts += [blocks.table_of_file(t, base, is_open=name in SHORT)
              for name, t in tables.items() if t.columns and t.rows]
    parts += [_all_figures(summary)] if summary else []
    parts.append(_scenario(folder, base))
    return blocks.section(title, folder, base, parts, _warnings(summary, tables),
                          tiles(summary) if summary else [])


def read_object(path):
    """A JSON file that holds an object."""
    content = reading.read_json(path)
    if not isinstance(content, dict):
        raise reading.BadFolder(f"{path}: holds no JSON object")
    return content


def objects(summary, key, folder):
    """A list of objects of summary.json."""
    found = summary.get(key, [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise reading.BadFolder(f"{folder / 'summary.json'}: '{key}' is no list of objects")
    return found


def provenance(manifest, title="What was run"):
    """Every text and number of a manifest, unknown keys too."""
    pairs = []
    for key, value in manifest.items():
        if isinstance(value, dict):
            value = ", ".join(f"{name}: {text}" for name, text in value.items())
        if isinstance(value, bool):
            value = "yes" if value else "no"
        if isinstance(value, list) or key in ("format", "version"):
            continue
        label, unit = blocks.label_and_unit(key)
        pairs.append((f"{label}, {unit}" if unit else label, value))
    return blocks.facts(title, pairs)


def tiles(summary):
    """The figures that stand in front."""
    found = []
    for key, label in TILES:
        value = summary.get(key)
        if isinstance(value, (int, float)):
            unit = "\u00d7" if key == "speedup_over_single" else blocks.label_and_unit(key)[1]
            found.append({"label": label, "value": value, "unit": unit})
    bottleneck = summary.get("bottleneck")
    if isinstance(bottleneck, dict) and bottleneck.get("name"):
        found.append({"label": "Bottleneck", "text": bottleneck["name"]})
    return found


def _warnings(summary, tables):
    if summary is None:
        return ["This run has not finished: it is shown as far as it came."]
    warnings = summary.get("warnings", [])
    warnings = [str(text) for text in (warnings if isinstance(warnings, list) else [warnings])]
    rows = len(tables["progress.csv"].rows) if "progress.csv" in tables else 0
    if "batches" in summary and rows != summary["batches"]:
        warnings.append(f"progress.csv has {rows} mini-batches, summary.json counts "
                        f"{summary['batches']}.")
    return warnings


def _timeline(folder, manifest, is_finished):
    path = folder / "timeline.json"
    if not is_finished and not path.exists():
        return None
    shown = manifest.get("timeline_batches")
    return timeline_block.block(
        [timeline_block.choice("", path, may_be_cut=not is_finished)],
        manifest.get("clock", "virtual"),
        f"The first {shown} mini-batches at most, of the first epoch.")


def _times(stages, links):
    """What stages and link directions do per mini-batch."""
    names = []
    for stage in stages:
        owner = f"device {stage.get('device')}"
        if stage.get("device_name"):
            owner += f" ({stage['device_name']})"
        names.append(f"{owner}: units {stage.get('first_unit')}..{stage.get('last_unit')}")
    names += [f"link {link.get('from_device')} \u2192 {link.get('to_device')}" for link in links]
    kinds = (("compute_ms", "compute", palette.KINDS["forward"][0]),
             ("codec_ms", "codec", palette.KINDS["codec"][0]),
             ("update_ms", "update", palette.BLACK), ("wait_ms", "wait", "#DDDDDD"))
    series = [blocks.bar(name, [s.get(key) for s in stages] + [None] * len(links), colour)
              for key, name, colour in kinds]
    series.append(blocks.bar("sending", [None] * len(stages) + [k.get("busy_ms") for k in links],
                             palette.KINDS["gradient"][0]))
    return blocks.bars("Where the time of a mini-batch goes", blocks.axis("Time", "ms"),
                       [blocks.choice("", series, names)],
                       "The longest bar without its waiting is the bottleneck.")


def _learning(tables, manifest):
    """Loss and accuracy against time."""
    if not {"epochs.csv", "progress.csv"} <= tables.keys():
        return []
    epochs, progress = tables["epochs.csv"], tables["progress.csv"]
    x = blocks.axis(f"{str(manifest.get('clock', 'virtual')).capitalize()} time", "s")
    charts = []
    for title, unit, column in (("Loss", "nats", "loss_nats"),
                                ("Accuracy", "%", "accuracy_percent")):
        lines = [("train, each mini-batch",
                  curves.series(progress.rows, progress.path, "finished_ms", column, 1e-3),
                  (palette.SKY, "o", "solid"), False),
                 ("train, mean of the epoch",
                  curves.series(epochs.rows, epochs.path, "trained_s", "train_" + column),
                  (palette.BLUE, "o", (0, (4, 1.5))), True),
                 ("test", curves.series(epochs.rows, epochs.path, "evaluated_s", "test_" + column),
                  (palette.RED, "D", "solid"), True)]
        series = [blocks.line(name, points, look, markers)
                  for name, points, look, markers in lines if points]
        charts.append(blocks.chart(title, x, blocks.axis(title, unit), [blocks.choice("", series)]))
    return charts


def _intervals(tables):
    """The time from one mini-batch's finish to the next, by the order of finishing."""
    if "progress.csv" not in tables:
        return None
    progress = tables["progress.csv"]
    finished = [(row.get("epoch"), reading.number(row, "finished_ms", progress.path))
                for row in progress.rows]
    points = [(number, time - before) for number, ((last, before), (epoch, time))
              in enumerate(zip(finished, finished[1:]), start=2)
              if last == epoch and before is not None and time is not None]
    return blocks.chart("Time per mini-batch during the run", blocks.axis("Mini-batch of the run"),
                        blocks.axis("Time since the one before finished", "ms"),
                        [blocks.choice("", [blocks.line("time", points, markers=False)])],
                        "Not across the ends of epochs.")


def _all_figures(summary):
    """Every single figure of summary.json, whatever its name."""
    pairs = []
    for key, value in summary.items():
        if not isinstance(value, (list, dict)):
            label, unit = blocks.label_and_unit(key)
            pairs.append((f"{label}, {unit}" if unit else label, value))
    return blocks.facts("All figures of the run", pairs)


def _scenario(folder, base):
    path = folder / "scenario.resolved.toml"
    if not path.exists():
        return None
    return blocks.text("All settings", path.read_text(encoding="utf-8", errors="replace"),
                       blocks.file_link(path, base))
