#!/usr/bin/env python3
"""Draws the figures of a run, a sweep, a validation, a codec_quality folder, the paper's
experiments or a plan as SVG and PNG."""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # the sources may lie in a folder that is not ours to write


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path,
                        help="a run, sweep or validation folder of acceptlab, the "
                             "results of 'acceptlab figures', a folder of "
                             "tools/codec_quality, or "
                             "a file with what 'acceptlab plan --json' prints (-: standard input)")
    parser.add_argument("--out", type=pathlib.Path, metavar="DIR",
                        help="where to write (default: FOLDER/plots, of a plan its folder)")
    parser.add_argument("--picture", type=pathlib.Path, metavar="FILE",
                        help="of a plan: the one .svg or .png file to write")
    parser.add_argument("--batches", type=int, default=8, metavar="N",
                        help="mini-batches in a run's timeline (default: 8)")
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    try:
        import fidelity_figures
        import paper_figures
        import plan_figure
        import quality_figures
        import reading
        import run_figures
        import style
        import sweep_figures
    except ImportError as error:
        print(f"plot.py: {error}; install matplotlib (Debian: python3-matplotlib)", file=sys.stderr)
        return 1
    style.use()
    out = options.out or options.folder / "plots"
    remarks = []
    try:
        if str(options.folder) == "-" or options.folder.is_file():
            plan = plan_figure.read(options.folder)
            files = (plan_figure.draw_file(plan, options.picture) if options.picture else
                     plan_figure.draw(plan, options.out or options.folder.parent))
        elif (options.folder / "sweep.csv").exists():
            files, remarks = sweep_figures.draw(options.folder, out)
        elif (options.folder / "manifest.json").exists():
            files, remarks = run_figures.draw(options.folder, out, options.batches)
        elif (options.folder / "codec_quality.csv").exists():
            files, remarks = quality_figures.draw(options.folder, out)
        elif (options.folder / "fidelity.csv").exists():
            files, remarks = fidelity_figures.draw(options.folder, out)
        elif paper_figures.folders_of(options.folder):
            files, remarks = paper_figures.draw(options.folder, out)
        else:
            raise reading.BadFolder(f"{options.folder}: holds neither a run (manifest.json) "
                                    "nor a sweep (sweep.csv) nor codec_quality.csv nor "
                                    "fidelity.csv nor figures (figure.json)")
    except (reading.BadFolder, OSError) as error:
        print(f"plot.py: {error}", file=sys.stderr)
        return 1
    if not options.picture:  # whoever names the file knows it; standard output may be an answer's
        for path in files:
            print(path)
    for remark in remarks:
        print(f"note: {remark}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
