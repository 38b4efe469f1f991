"""What a report says of a folder with tables of any kind: each CSV file as a table, and a chart of
those whose columns are known; of the others the reader chooses the columns to draw."""

import blocks
import curves
import palette
import reading

QUALITY = {"direction", "codec", "bits_per_value", "snr_db"}
# Known columns, the most telling in front: what is drawn of a table before anyone chooses.
X = ("real_ms_per_batch", "real_ms", "bandwidth_mbit_s", "rate_mbps", "bits_per_value",
     "online_samples", "virtual_s", "time_s", "size_bytes", "epoch", "batch")
Y = ("emulated_ms_per_batch", "emulated_ms", "time_per_batch_ms", "speedup_over_single", "snr_db",
     "test_accuracy_percent", "error_percent", "error_warm_percent")
BY = ("method", "predictor", "codec", "device_set", "round_trip_ms", "persona")


def build(folder, title, base):
    parts = []
    if (folder / "README.md").exists():
        parts.append(blocks.readme(folder / "README.md", base))
    for path in tables_of(folder):
        parts += of_table(path, base)
    return blocks.section(title, folder, base, parts)


def of_table(path, base):
    """The blocks of one CSV file."""
    source = reading.read_table(path)
    chart = _quality(source) if QUALITY <= set(source.columns) else None
    return [chart, blocks.table_of_file(source, base, plot=None if chart else _plot(source))]


def tables_of(folder):
    return sorted(path for path in folder.glob("*.csv") if path.is_file())


def _plot(source):
    """The columns that are drawn first, where known ones hold numbers that vary; else None."""
    numbers = [c for c in source.columns if _is_varying_number(source.rows, c)]
    x = next((c for c in X if c in numbers), None)
    y = next((c for c in Y if c in numbers), None)
    if x is None or y is None:
        return None
    return {"x": x, "y": y, "by": next((c for c in BY if c in source.columns), "")}


def _is_varying_number(rows, column):
    texts = {row[column] for row in rows} - {""}
    if len(texts) < 2:
        return False
    try:
        return all(float(text) is not None for text in texts)
    except ValueError:
        return False


def _quality(source):
    """Signal to noise against bits, a line per family of codecs; a choice per direction."""
    choices = []
    for direction in dict.fromkeys(row["direction"] for row in source.rows):
        rows = [row for row in source.rows if row["direction"] == direction]
        families = curves.codec_families(rows, source.path)
        looks = palette.styles_of(list(families), palette.CODEC_FAMILIES)
        choices.append(blocks.choice(direction, [
            blocks.line(family, points, looks[family], is_on=family in palette.CODEC_FAMILIES)
            for family, points in families.items()]))
    return blocks.chart("Signal to noise against bits a value",
                        blocks.axis("Bits a value, scales included"),
                        blocks.axis("Signal to noise", "dB"), choices,
                        "Medians over the cuts. Further families can be switched on.")
