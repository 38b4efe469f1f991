#!/usr/bin/env python3
"""Writes a run, a sweep, or a folder of such and of CSV tables as one HTML page."""

import argparse
import pathlib
import sys

sys.dont_write_bytecode = True  # the sources may lie in a folder that is not ours to write
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import page  # noqa: E402  (the folder above is on the path only now)
import reading  # noqa: E402
import run_section  # noqa: E402
import sweep_section  # noqa: E402
import table_section  # noqa: E402

NOT_RESULTS = ("plots", "points", "profiles", "logs", "checkpoints")


def parse(arguments):
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=pathlib.Path,
                        help="a run folder, a sweep folder, or a folder that holds such folders or "
                             "CSV tables, at any depth")
    parser.add_argument("--out", "-o", type=pathlib.Path, metavar="FILE",
                        help="page to write (default: FOLDER/report.html); replaced if it exists")
    return parser.parse_args(arguments)


def document(folder, base):
    """The data of a report of `folder`; its links are relative to the folder `base`."""
    if not folder.is_dir():
        raise reading.BadFolder(f"{folder}: is not a folder")
    sections = _sections(folder, folder, base)
    if not sections:
        raise reading.BadFolder(f"{folder}: holds neither a run (manifest.json) nor a sweep "
                                "(sweep.csv) nor a CSV table, in no folder below it either")
    return {"title": folder.resolve().name, "sections": sections}


def _sections(folder, top, base):
    """A section per folder with results, at any depth, in alphabetical order."""
    title = str(folder.relative_to(top)) if folder != top else folder.resolve().name
    if (folder / "sweep.csv").exists():
        return [sweep_section.build(folder, title, base)]
    if (folder / "manifest.json").exists():
        return [run_section.build(folder, title, base)]
    sections = []
    if table_section.tables_of(folder):
        sections.append(table_section.build(folder, title, base))
    for child in sorted(folder.iterdir()):
        hidden = child.name.startswith(".") or child.name in NOT_RESULTS
        if child.is_dir() and not child.is_symlink() and not hidden:
            sections += _sections(child, top, base)
    return sections


def main(arguments):
    options = parse(arguments)
    out = options.out or options.folder / "report.html"
    try:
        page.write(document(options.folder, out.parent), out)
    except (reading.BadFolder, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        return 1
    print(out)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
