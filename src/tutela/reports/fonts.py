"""The fonts that travel with the program, and which characters they can show.

PDF/A forbids characters without a glyph, so we must know before typesetting.  The character maps are read from the
font files themselves: the ``cmap`` table, formats 4 and 12, as the OpenType specification describes them.
"""

from __future__ import annotations

import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "fonts"


@lru_cache(maxsize=1)
def typst_fonts() -> Any:
    """Only our own fonts, so that a document looks the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FOLDER)])


@lru_cache(maxsize=1)
def covered() -> frozenset[int]:
    """Every code point that at least one regular font has a glyph for."""
    points: set[int] = set()
    for path in sorted(FOLDER.glob("*_400Regular.ttf")):
        points |= characters(path.read_bytes())
    return frozenset(points)


def characters(font: bytes) -> set[int]:
    """The code points a TrueType font maps to a glyph."""
    table = _table(font, b"cmap")
    points: set[int] = set()
    for number in range(struct.unpack_from(">H", table, 2)[0]):
        platform, _encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * number)
        if platform not in (0, 3):
            continue
        kind = struct.unpack_from(">H", table, offset)[0]
        if kind == 4:
            points |= _format_4(table, offset)
        elif kind == 12:
            points |= _format_12(table, offset)
    return points


def _table(font: bytes, tag: bytes) -> bytes:
    for number in range(struct.unpack_from(">H", font, 4)[0]):
        name, _sum, offset, length = struct.unpack_from(">4sLLL", font, 12 + 16 * number)
        if name == tag:
            return font[offset:offset + length]
    raise ValueError(f"no {tag!r} table")


def _format_4(table: bytes, offset: int) -> set[int]:
    """Segments of the basic plane; a glyph index of 0 means "none"."""
    double = struct.unpack_from(">H", table, offset + 6)[0]
    count = double // 2
    ends = struct.unpack_from(f">{count}H", table, offset + 14)
    starts = struct.unpack_from(f">{count}H", table, offset + 16 + double)
    deltas = struct.unpack_from(f">{count}H", table, offset + 16 + 2 * double)
    at = offset + 16 + 3 * double
    ranges = struct.unpack_from(f">{count}H", table, at)
    points = set()
    for index in range(count):
        for point in range(starts[index], min(ends[index], 0xFFFE) + 1):
            glyph = point
            if ranges[index]:
                glyph = struct.unpack_from(">H", table, at + 2 * index + ranges[index] + 2 * (point - starts[index]))[0]
                if not glyph:
                    continue
            if (glyph + deltas[index]) & 0xFFFF:
                points.add(point)
    return points


def _format_12(table: bytes, offset: int) -> set[int]:
    points: set[int] = set()
    for group in range(struct.unpack_from(">L", table, offset + 12)[0]):
        first, last, glyph = struct.unpack_from(">LLL", table, offset + 16 + 12 * group)
        points.update(range(first if glyph else first + 1, last + 1))
    return points
