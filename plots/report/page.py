"""Puts a report's data, the bundled script and the style into one file that needs no network."""

import base64
import hashlib
import html
import json
import os
import pathlib
import re

WEB = pathlib.Path(__file__).resolve().parent / "web"


def render(document):
    """The page, the same text for the same document.

    The data stand in a script element that is not executed, without any character that could end
    it; the policy lets only the bundled script run and nothing be loaded.
    """
    script = _read("bundle/report.js")
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    parts = {"title": html.escape(document["title"]), "style": _read("report.css"),
             "script": script, "digest": digest, "data": _json(document),
             "licences": html.escape(_read("bundle/LICENCES.txt"))}
    return re.sub(r"\{\{([a-z]+)\}\}", lambda match: parts[match[1]], _read("page.html"))


def write(document, path):
    """Writes the page; what was there is replaced only by a whole page."""
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(render(document).encode("utf-8", errors="replace"))
    os.replace(partial, path)


def _json(document):
    """JSON that no HTML parser takes for markup."""
    text = json.dumps(document, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _read(name):
    return (WEB / name).read_text(encoding="utf-8")
