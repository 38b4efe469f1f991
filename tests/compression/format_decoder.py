#!/usr/bin/env python3
"""A decoder of the wire format, written from compression/FORMAT.md alone.

    format_decoder.py MESSAGE.acpt            the values as little-endian float32 on stdout
    format_decoder.py --header MESSAGE.acpt   the header (checked with length and checksum, not the body) as `name value`

Exits with 0, with 1 after `invalid: <reason>`, with 77 after `unsupported: <reason>` (the zstd tool is not installed), or
with 2 for wrong arguments and files that cannot be read. Where the page leaves a choice, a comment here says what is taken.
"""

import math
import struct
import subprocess
import sys
from collections import namedtuple

NONE, FP16, UNIFORM, SUQ, MBQ = range(5)
OFFSET, ZERO_MASK, ZSTD, ONE_RANGE = 1, 2, 4, 8
BLOCK, LANES = 512, 16


class Invalid(Exception):
    """The message breaks a rule of the page."""


class Unsupported(Exception):
    """This machine lacks what the message needs."""


def need(condition, reason):
    if not condition:
        raise Invalid(reason)


def ceil_div(a, b):
    return -(-a // b)


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def crc_entry(value):
    for _ in range(8):
        value = (value >> 1) ^ (0x82F63B78 if value & 1 else 0)
    return value


CRC_TABLE = [crc_entry(byte) for byte in range(256)]


# The header.

Header = namedtuple("Header", "version scheme bits flags dtype rank group coded body dims values")


def parse_header(message):
    need(len(message) >= 36, "shorter than a header and a checksum")
    magic, version, scheme, bits, flags, dtype, rank, zero, group, coded, body = struct.unpack("<4s6BHIQQ", message[:32])
    need(magic == b"ACPT", "magic")
    need(version == 1, "version")
    need(zero == 0, "bytes 10 and 11 are not 0")
    need(rank <= 8, "rank")
    need(len(message) == 32 + 4 * rank + body + 4, "length of the message")
    dims = struct.unpack(f"<{rank}I", message[32:32 + 4 * rank])
    return Header(version, scheme, bits, flags, dtype, rank, group, coded, body, dims, math.prod(dims))


def check_header(h):
    plain = {NONE: 32, FP16: 16}
    need(h.scheme <= MBQ, "scheme")
    need(h.dtype <= 1, "dtype")
    need(h.bits == plain[h.scheme] if h.scheme in plain else 1 <= h.bits <= 8, "bits")
    need(h.flags < 16, "unknown flag")
    need(not h.flags & OFFSET or h.scheme == MBQ, "flag offset with this scheme")
    need(not h.flags & ONE_RANGE or h.scheme in (UNIFORM, SUQ), "flag one range with this scheme")
    need(h.group == 0 if h.scheme in plain else 8 <= h.group <= 2**20 and h.group % 8 == 0, "group")
    need(h.coded <= h.values if h.flags & ZERO_MASK else h.coded == h.values, "number of coded values")


def read_header(message):
    """The header of a message whose header, length and checksum are right."""
    header = parse_header(message)
    check_header(header)
    need(struct.pack("<I", crc32c(message[:-4])) == message[-4:], "checksum")
    return header


# The body: one zstd frame or plain; mask | scales | codes.

def zstd_frame_bytes(data):
    """Length of the frame data begins with, by RFC 8878: the tool itself would take several frames, or other formats."""
    need(len(data) >= 6 and data[:4] == b"\x28\xb5\x2f\xfd", "no zstd frame")
    descriptor = data[4]
    single = descriptor >> 5 & 1
    at = 5 + (1 - single) + (0, 1, 2, 4)[descriptor & 3] + (single, 2, 4, 8)[descriptor >> 6]
    last = False
    while not last:
        need(at + 3 <= len(data), "zstd frame cut off")
        block = int.from_bytes(data[at:at + 3], "little")
        last = block & 1
        at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
    return at + 4 * (descriptor >> 2 & 1)


def unzstd(data):
    need(zstd_frame_bytes(data) == len(data), "body is not one zstd frame")
    try:
        run = subprocess.run(["zstd", "-d", "-c", "-q"], input=data, capture_output=True)
    except FileNotFoundError:
        raise Unsupported("zstd is not installed") from None
    need(run.returncode == 0, "zstd frame")
    return run.stdout


def split_body(h, body):
    """mask, scales and codes; the header tells the length of each."""
    groups = ceil_div(h.coded, h.group) if h.group else 0
    if h.scheme == MBQ:
        floats = groups * (h.bits + bool(h.flags & OFFSET))
    else:  # one range is there once even where nothing is coded; none and fp16 have no group
        floats = 2 * (1 if h.flags & ONE_RANGE else groups)
    mask_end = ceil_div(h.values, 8) if h.flags & ZERO_MASK else 0
    scales_end = mask_end + 4 * floats
    need(len(body) == scales_end + ceil_div(h.coded * h.bits, 8), "length of the body")
    return body[:mask_end], struct.unpack(f"<{floats}f", body[mask_end:scales_end]), body[scales_end:]


def spread(h, mask, coded):
    """All values: the coded ones where the mask has a 1, else +0."""
    flags = [byte >> bit & 1 for byte in mask for bit in range(8)]
    need(not any(flags[h.values:]), "mask bits behind the last value")
    need(sum(flags) == h.coded, "mask and number of coded values")
    values = iter(coded)
    return [next(values) if flag else 0 for flag in flags[:h.values]]


# Codes.

def bit_fields(data, count, k):
    """count codes of k bits of one stream, least significant bit first, and what is behind them."""
    stream = int.from_bytes(data, "little")
    return [stream >> (j * k) & ((1 << k) - 1) for j in range(count)], stream >> (count * k)


def unpack_block(data, k, planes):
    words = struct.unpack(f"<{LANES * k}I", data)
    codes = [0] * BLOCK
    for lane in range(LANES):
        own = words[lane::LANES]
        if planes:
            codes[lane::LANES] = [sum((word >> j & 1) << w for w, word in enumerate(own)) for j in range(32)]
        else:
            codes[lane::LANES], _ = bit_fields(struct.pack(f"<{k}I", *own), 32, k)
    return codes


def unpack_group(data, count, k, planes):
    codes, size = [], BLOCK * k // 8
    for block in range(count // BLOCK):
        codes += unpack_block(data[block * size:(block + 1) * size], k, planes)
    rest, behind = bit_fields(data[count // BLOCK * size:], count % BLOCK, k)
    need(behind == 0, "bits behind the last code")
    return codes + rest


# Values, as the 32 bits of a float32 (a NaN of scheme none keeps its payload so).

def f32(x):
    """x rounded to float32; right for a double sum or product of two float32, as 53 bits are over 2 * 24 + 1."""
    try:
        return struct.unpack("<f", struct.pack("<f", x))[0]
    except OverflowError:
        raise Invalid("a value leaves float32") from None


def float_bits(x):
    return struct.unpack("<I", struct.pack("<f", x))[0]


def half_bits(half):
    """A binary16 as float32: exact; a NaN keeps sign and payload and becomes quiet, as by IEEE 754."""
    if half & 0x7FFF > 0x7C00:
        return (half & 0x8000) << 16 | 0x7FC00000 | (half & 0x03FF) << 13
    return float_bits(struct.unpack("<e", struct.pack("<H", half))[0])


def mbq_sum(start, alphas, q):
    for i, alpha in enumerate(alphas):
        start = f32(start + alpha if q >> i & 1 else start - alpha)
    return start


def mbq_value(m, alphas, q):
    first = mbq_sum(m, alphas[:4], q)
    return first if len(alphas) <= 4 else f32(first + mbq_sum(0.0, alphas[4:], q >> 4))


def group_value(h, scales):
    """The function from a code of a group to its value."""
    offset = h.flags & OFFSET
    need(all(map(math.isfinite, scales)), "a scale is not finite")
    # -0 is not negative.
    need(all(x >= 0 for x in (scales[offset:] if h.scheme == MBQ else scales[1:])), "a step or alpha is negative")
    if h.scheme != MBQ:
        return lambda q: f32(scales[0] + f32(q * scales[1]))  # low + q * step
    return lambda q: mbq_value(scales[0] if offset else 0.0, scales[offset:], q)


def decode_groups(h, scales, codes):
    per_group = h.bits + (h.flags & OFFSET) if h.scheme == MBQ else 2
    if h.flags & ONE_RANGE:
        group_value(h, scales)  # checked even where nothing is coded
    values = []
    for index, start in enumerate(range(0, h.coded, h.group)):
        count = min(h.group, h.coded - start)
        at = start * h.bits // 8
        q = unpack_group(codes[at:at + ceil_div(count * h.bits, 8)], count, h.bits, h.scheme == MBQ)
        first = 0 if h.flags & ONE_RANGE else index * per_group
        value = group_value(h, scales[first:first + per_group])
        # "No value leaves float32" is taken as: no value of this tensor; codes that do not occur are not tried.
        table = {code: float_bits(value(code)) for code in set(q)}
        values += [table[code] for code in q]
    return values


def decode(message):
    """The header and the values, as bits of float32."""
    h = read_header(message)
    body = message[32 + 4 * h.rank:-4]
    mask, scales, codes = split_body(h, unzstd(body) if h.flags & ZSTD else body)
    if h.scheme == NONE:
        values = struct.unpack(f"<{h.coded}I", codes)
    elif h.scheme == FP16:
        values = [half_bits(half) for half in struct.unpack(f"<{h.coded}H", codes)]
    else:
        values = decode_groups(h, scales, codes)
    return spread(h, mask, values) if h.flags & ZERO_MASK else values


def print_header(header):
    for name, value in header._asdict().items():
        print(name, "x".join(map(str, value)) or "-" if name == "dims" else value)


def main(arguments):
    if len(arguments) not in (1, 2) or (len(arguments) == 2 and arguments[0] != "--header"):
        print("usage: format_decoder.py [--header] MESSAGE.acpt", file=sys.stderr)
        return 2
    try:
        with open(arguments[-1], "rb") as file:
            message = file.read()
        if len(arguments) == 2:
            print_header(read_header(message))
        else:
            values = decode(message)
            sys.stdout.buffer.write(struct.pack(f"<{len(values)}I", *values))
    except Invalid as error:
        print("invalid:", error, file=sys.stderr)
        return 1
    except Unsupported as error:
        print("unsupported:", error, file=sys.stderr)
        return 77
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
