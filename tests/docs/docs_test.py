#!/usr/bin/env python3
"""Links of all Markdown files lead somewhere, and code that names its file stands in it.

usage: docs_test.py SOURCE_DIR
"""
import pathlib
import re
import sys

LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"^ *// ([\w./]+)$")


def pages(root):
    for top in sorted(root.iterdir()):
        if top.name.startswith((".", "build", "runs")):
            continue
        if top.is_dir():
            yield from sorted(page for page in top.rglob("*.md") if "node_modules" not in page.parts)
        elif top.suffix == ".md":
            yield top


def broken_links(page, text):
    for target in LINK.findall(FENCE.sub("", text)):
        if "://" not in target and not (page.parent / target).exists():
            yield f"links to {target}, which is not there"


def stale_code(root, text):
    for _, block in FENCE.findall(text):
        first, *quoted = block.splitlines()
        named = NAMED.match(first)
        if not named or "/" not in named[1]:
            continue
        file = root / named[1]
        if not file.is_file():
            yield f"quotes {named[1]}, which is not there"
            continue
        # Indentation aside: in a list a block is indented.
        code = [line.strip() for line in file.read_text().splitlines()]
        wanted = [line.strip() for line in quoted]
        if not any(code[i:i + len(wanted)] == wanted for i in range(len(code))):
            yield f"quotes {named[1]}, which does not have these lines: {wanted[0]} ..."


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    count = 0
    problems = []
    for page in pages(root):
        text = page.read_text()
        count += 1
        for problem in [*broken_links(page, text), *stale_code(root, text)]:
            problems.append(f"{page.relative_to(root)}: {problem}")
    print("\n".join(problems) if problems else f"{count} pages are sound")
    return 1 if problems or count < 10 else 0


sys.exit(main())
