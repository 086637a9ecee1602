"""Looks at a PNG without any library: is there something in it, and is its Arabic drawn as Arabic is written.

Only what the app saves: 8 bits a channel, RGB or RGBA, not interlaced.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

#: How far a pixel's channels must be from the ground's, summed, to count as ink.
INK = 120


@dataclass(frozen=True)
class Picture:
    """The filtered lines of a PNG; `pixels` undoes the filters, which takes a second or two."""

    width: int
    height: int
    channels: int
    lines: tuple[bytes, ...]

    def pixels(self) -> list[bytes]:
        """The colours, line by line."""
        step, above, drawn = self.channels, bytes(self.width * self.channels), []
        for filtered in self.lines:
            above = _unfiltered(filtered[0], bytearray(filtered[1:]), above, step)
            drawn.append(above)
        return drawn


def read(path: Path) -> Picture:
    """Raises ValueError for what is no such PNG."""
    content = path.read_bytes()
    if content[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError(f"{path.name} is no PNG")
    packed, at, size = b"", 8, (0, 0)
    channels = 0
    while at < len(content):
        length, kind = struct.unpack(">I4s", content[at : at + 8])
        body = content[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            *size, depth, colour, _, _, interlaced = struct.unpack(">IIBBBBB", body)
            channels = {2: 3, 6: 4}.get(colour, 0)
            if depth != 8 or not channels or interlaced:
                raise ValueError(f"{path.name} is of another kind than the app's pictures")
        elif kind == b"IDAT":
            packed += body
        at += length + 12
    raw, stride = zlib.decompress(packed), size[0] * channels + 1
    lines = tuple(raw[begin : begin + stride] for begin in range(0, len(raw), stride))
    if len(lines) != size[1]:
        raise ValueError(f"{path.name} ends too early")
    return Picture(size[0], size[1], channels, lines)


def different_lines(picture: Picture) -> int:
    """How many lines of pixels occur: an empty window has one or two, a bar above it a few more."""
    return len(set(picture.lines))


def columns_of_ink(pixels: list[bytes], channels: int, box: tuple[int, int, int, int]) -> int:
    """How many pieces with a gap between them stand side by side in the box (left, top, width, height).

    Letters of an Arabic word are joined, so that it has fewer pieces than letters. Letters without
    their joints, and the boxes for letters that a font lacks, stand apart, one piece each.
    """
    left, top, width, height = box
    rows = [line[left * channels : (left + width) * channels] for line in pixels[top : top + height]]
    ground = Counter(row[at : at + 3] for row in rows for at in range(0, len(row), channels)).most_common(1)[
        0
    ][0]
    pieces, inside = 0, False
    for at in range(0, width * channels, channels):
        inked = any(sum(abs(row[at + each] - ground[each]) for each in range(3)) > INK for row in rows)
        pieces += inked and not inside
        inside = inked
    return pieces


def _unfiltered(kind: int, line: bytearray, above: bytes, step: int) -> bytes:
    if kind == 2:
        return bytes((low + high) & 255 for low, high in zip(line, above, strict=True))
    if kind == 0:
        return bytes(line)
    for at in range(len(line)):
        left = line[at - step] if at >= step else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + above[at]) >> 1
        else:
            corner = above[at - step] if at >= step else 0
            straight = left + above[at] - corner
            guess = min((left, above[at], corner), key=lambda each: abs(straight - each))
        line[at] = (line[at] + guess) & 255
    return bytes(line)
