"""Bytes of picture files, written straight from their formats' texts."""

from __future__ import annotations

import struct
import zlib

import numpy as np


def idx(array):
    """An IDX file of bytes."""
    array = np.asarray(array, np.uint8)
    head = struct.pack(f">{array.ndim}I", *array.shape)
    return bytes([0, 0, 8, array.ndim]) + head + array.tobytes()


def chunk(what, body):
    """A part of a PNG."""
    return struct.pack(">I", len(body)) + what + body + struct.pack(">I", zlib.crc32(what + body))


def png(array, filters=(0, 1, 2, 3, 4), depth=8, interlaced=0):
    """A PNG of (height, width, channels) with these filters in turn, straight from the text."""
    height, width, channels = array.shape
    padded = np.zeros((height + 1, width + 1, channels), int)
    padded[1:, 1:] = array
    lines = b""
    for y in range(height):
        kind = filters[y % len(filters)]
        lines += bytes([kind])
        for x in range(width):
            for c in range(channels):
                a, b, d = padded[y + 1, x, c], padded[y, x + 1, c], padded[y, x, c]
                p = a + b - d
                guess = min((abs(p - v), i, v) for i, v in enumerate((a, b, d)))[2]
                less = (0, a, b, (a + b) // 2, guess)[kind]
                lines += bytes([(padded[y + 1, x + 1, c] - less) % 256])
    colour = {1: 0, 2: 4, 3: 2, 4: 6}[channels]
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    packed = zlib.compress(lines)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"tEXt", b"some words")
        + chunk(b"IDAT", packed[:5])
        + chunk(b"IDAT", packed[5:])
        + chunk(b"IEND", b"")
    )
