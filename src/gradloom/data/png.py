"""Small strict readers of pictures: PNG (8 bits, not interlaced, no palette) and PGM.

PNG after the W3C's specification: chunks with checksums, zlib, five filters.
"""

from __future__ import annotations

import re
import struct
import zlib
from math import prod

import numpy as np

from gradloom.core.errors import UserError
from gradloom.layers.shapes import Array

_MAGIC = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 4: 2, 6: 4}
_MOST = 4_000_000  # numbers of one picture
_HEAD = re.compile(rb"P([25])(?:\s|#[^\n]*\n)+(\d{1,6})(?:\s|#[^\n]*\n)+(\d{1,6})"
                   rb"(?:\s|#[^\n]*\n)+(\d{1,6})\s")  # fmt: skip


def decode_picture(data: bytes, name: str) -> Array:
    """The numbers (channels, height, width) of a PNG or PGM file, uint8; raises UserError."""
    if data.startswith(_MAGIC):
        return _png(data, name)
    if data[:2] in (b"P2", b"P5"):
        return _pgm(data, name)
    raise UserError(f"{name} is neither a PNG nor a PGM picture.")


def _parts(data: bytes, name: str) -> tuple[bytes, bytes]:
    """The head of a PNG and its packed lines."""
    packed, head, at, what = [], b"", len(_MAGIC), b""
    while what != b"IEND":
        length = int.from_bytes(data[at : at + 4], "big")
        if at + 12 + length > len(data):
            raise UserError(f"{name} is cut short: its last part is missing.")
        what, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + length]
        at += 12 + length
        if zlib.crc32(what + body) != int.from_bytes(data[at - 4 : at], "big"):
            raise UserError(f"{name} is damaged: a checksum is wrong.")
        if what == b"IHDR":
            head = body
        elif what == b"IDAT":
            packed.append(body)
    return head, b"".join(packed)


def _png(data: bytes, name: str) -> Array:
    head, packed = _parts(data, name)
    if len(head) != 13:
        raise UserError(f"{name} is damaged: it does not say how large it is.")
    width, height, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", head)
    if depth != 8 or colour not in _CHANNELS or interlaced:
        kind = "a palette" if colour == 3 else "interlacing" if interlaced else f"{depth} bits"
        raise UserError(
            f"{name} uses {kind}; save it as PNG with 8 bits of grey or colour, not interlaced."
        )
    shape = (height, width, _CHANNELS[colour])
    if not 0 < prod(shape) <= _MOST:
        raise UserError(f"{name} is too large ({width} × {height}) or empty.")
    count = height * (width * shape[2] + 1)
    opener = zlib.decompressobj()
    try:
        lines = opener.decompress(packed, count + 1)
    except zlib.error:
        raise UserError(f"{name} is damaged: it can't be unpacked.") from None
    if len(lines) != count:
        raise UserError(f"{name} is damaged: it holds more or fewer numbers than it says.")
    rows = np.frombuffer(lines, np.uint8).reshape(height, -1)
    return _unfiltered(rows, shape, name).transpose(2, 0, 1)


def _unfiltered(rows: Array, shape: tuple[int, int, int], name: str) -> Array:
    height, width, channels = shape
    out = np.zeros((height + 1, width + 1, channels), np.uint8)  # a row above, a cell to the left
    for y in range(height):
        kind, line = int(rows[y, 0]), rows[y, 1:].reshape(width, channels)
        above, here = out[y], out[y + 1]
        if kind == 0:
            here[1:] = line
        elif kind == 1:
            here[1:] = np.cumsum(line, axis=0, dtype=np.uint8)
        elif kind == 2:
            here[1:] = line + above[1:]
        elif kind == 3:
            for x in range(width):
                mean = (here[x].astype(np.int16) + above[x + 1]) // 2
                here[x + 1] = (line[x] + mean) & 255
        elif kind == 4:
            _paeth(line.tolist(), above.tolist(), here)
        else:
            raise UserError(f"{name} is damaged: it has an unknown filter ({kind}).")
    return out[1:, 1:]


def _paeth(line: list[list[int]], above: list[list[int]], here: Array) -> None:
    left = [0] * len(line[0])
    for x, cells in enumerate(line):
        corner, up = above[x], above[x + 1]
        now = []
        for c, value in enumerate(cells):
            a, b, d = left[c], up[c], corner[c]
            p = a + b - d
            pa, pb, pc = abs(p - a), abs(p - b), abs(p - d)
            guess = a if pa <= pb and pa <= pc else b if pb <= pc else d
            now.append((value + guess) & 255)
        here[x + 1] = left = now


def _pgm(data: bytes, name: str) -> Array:
    head = _HEAD.match(data[:2000])
    if head is None:
        raise UserError(f"{name} is damaged: its head is no PGM's.")
    width, height, most = (int(head[i]) for i in (2, 3, 4))
    if not 0 < width * height <= _MOST or not 0 < most <= 255:
        raise UserError(f"{name} is too large or has more than 8 bits a cell.")
    if head[1] == b"5":
        values = np.frombuffer(data[head.end() :], np.uint8)
    else:
        words = data[head.end() :].split()
        if not all(word.isdigit() and len(word) < 4 for word in words):
            raise UserError(f"{name} is damaged: something in it is no number of a cell.")
        values = np.array([int(word) for word in words])
    if len(values) != width * height or (len(values) and values.max() > most):
        raise UserError(f"{name} is damaged: it needs {width * height} cells of 0 to {most}.")
    return values.astype(np.uint8).reshape(1, height, width)
