"""Draws the figures of `acceptlab figures`: of one folder with a figure.json, or of a folder of such."""

import pathlib

import paper_bits
import paper_data
import paper_learning
import paper_parts
import paper_timing
import reading

DRAWERS = {
    "predictor": paper_parts.predictor,
    "adaptation": paper_parts.adaptation,
    "codec": paper_parts.codec,
    "accuracy": paper_learning.accuracy,
    "bandwidth": paper_timing.bandwidth,
    "time_to_accuracy": paper_learning.time_to_accuracy,
    "architectures": paper_timing.architectures,
    "variable": paper_timing.variable,
    "adaptive_bits": paper_bits.adaptive_bits,
    "fidelity": paper_parts.fidelity,
}


def folders_of(folder):
    """Those that hold a figure each: this one, or those in it."""
    if (folder / "figure.json").exists():
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(path.parent for path in folder.glob("*/figure.json"))


def draw(folder, out):
    """Draws all figures; returns the files and what was left out, and why."""
    files, remarks = [], []
    for path in folders_of(pathlib.Path(folder)):
        figure = paper_data.Figure(path)
        remarks += [f"{figure.name}: without {step}: {note}" for step, note in figure.absent.items()]
        if figure.name not in DRAWERS:
            raise reading.BadFolder(f"{path}: no way is known to draw the figure '{figure.name}'")
        if figure.steps:
            files += DRAWERS[figure.name](figure, out)
    return files, remarks
