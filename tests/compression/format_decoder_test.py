#!/usr/bin/env python3
"""Checks that format_decoder.py, written from compression/FORMAT.md alone, reads what the library writes.

    format_decoder_test.py FORMAT_MESSAGES    the program of format_messages.cc

Each message's floats must equal those of the library byte for byte; damaged messages must be refused. Exits with 77 where
all else is right but the messages with zstd were left out, as the zstd tool is not installed.
"""

import shutil
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).parent))
import format_decoder  # noqa: E402


def decoded(message):
    values = format_decoder.decode(message)
    return struct.pack(f"<{len(values)}I", *values)


def is_deflated(message):
    return message[7] & format_decoder.ZSTD


def check_equal(path):
    if decoded(path.read_bytes()) == path.with_suffix(".f32").read_bytes():
        return True
    print(f"{path.name}: the floats differ from the library's")
    return False


def check_refused(message, what):
    try:
        decoded(message)
    except format_decoder.Invalid:
        return True
    print(f"{what} is not refused")
    return False


def check_damaged(path):
    message = path.read_bytes()
    flipped = bytearray(message)
    flipped[len(message) // 2] ^= 1
    return all([check_refused(message[:-1], f"{path.name} cut short"),
                check_refused(message + b"\0", f"{path.name} with a byte more"),
                check_refused(bytes(flipped), f"{path.name} with a bit flipped")])


def check_command(path):
    """As a user runs it: floats on stdout and exit code 0, or 1 and a reason."""
    command = [sys.executable, "-B", format_decoder.__file__, str(path)]
    run = subprocess.run(command, capture_output=True)
    good = run.returncode == 0 and run.stdout == path.with_suffix(".f32").read_bytes()
    path.write_bytes(path.read_bytes()[:-1])
    run = subprocess.run(command, capture_output=True)
    good = good and run.returncode == 1 and run.stderr.startswith(b"invalid:")
    if not good:
        print("the command line does not do what its help says")
    return good


def main(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder], check=True)
        paths = sorted(Path(folder).glob("*.acpt"))
        deflated = [path for path in paths if is_deflated(path.read_bytes())]
        without_tool = shutil.which("zstd") is None
        used = [path for path in paths if not without_tool or path not in deflated]
        good = [check_equal(path) for path in used] + [check_damaged(path) for path in used]
        good.append(check_command(Path(folder) / "suq4.groups.acpt"))
    print(f"{len(used)} of {len(paths)} messages, {len(deflated)} with zstd, {good.count(False)} failures")
    if len(paths) < 100 or len(deflated) < 5:
        print("too few messages: was the program changed?")
        return 1
    if not all(good):
        return 1
    if without_tool:
        print(f"skipped: {len(deflated)} messages with zstd, as the zstd tool is not installed")
        return 77
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
