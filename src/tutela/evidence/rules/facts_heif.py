"""The EXIF of pictures in HEIF files (ISO/IEC 23008-12; telephones write them), by our own reader of their boxes.

The pictures themselves are not decoded (no free decoder among our wheels), but what they state of day and place is read.
"""

from __future__ import annotations

from typing import BinaryIO

LARGEST = 8 << 20  # bytes of the meta box, and of the EXIF


def exif_of(stream: BinaryIO) -> tuple[bytes, int, int]:
    """(EXIF as a TIFF, width, height); empty and 0 where there is none.  Raises ``ValueError`` and the like on nonsense."""
    meta = _meta(stream)
    boxes = dict(_boxes(meta, 4, len(meta)))
    width = height = 0
    for kind, start in _within(meta, boxes, b"iprp", b"ipco"):
        if kind == b"ispe":
            w, h = int.from_bytes(meta[start + 4 : start + 8], "big"), int.from_bytes(meta[start + 8 : start + 12], "big")
            width, height = max(width, w), max(height, h)  # tiles and previews have sizes too
    wanted = _item(meta, *boxes[b"iinf"]) if b"iinf" in boxes else None
    if wanted is None or b"iloc" not in boxes:
        return b"", width, height
    content = b"".join(_extents(stream, meta, *boxes[b"iloc"], wanted))
    skip = 4 + int.from_bytes(content[:4], "big")
    return content[skip:], width, height


def _meta(stream: BinaryIO) -> bytes:
    at, size = 0, stream.seek(0, 2)
    for _ in range(50):
        stream.seek(at)
        head = stream.read(8)
        length = int.from_bytes(head[:4], "big")
        if len(head) < 8 or length < 8 or at + length > size:
            break
        if head[4:] == b"meta":
            return stream.read(min(length - 8, LARGEST))
        at += length
    return b""


def _boxes(content: bytes, at: int, end: int) -> list[tuple[bytes, tuple[int, int]]]:
    """(type, (start of content, end)) of the boxes that stand side by side."""
    found = []
    while at + 8 <= end and len(found) < 10_000:
        length = int.from_bytes(content[at : at + 4], "big")
        if length < 8 or at + length > end:
            break
        found.append((content[at + 4 : at + 8], (at + 8, at + length)))
        at += length
    return found


def _within(content: bytes, boxes: dict[bytes, tuple[int, int]], *path: bytes) -> list[tuple[bytes, int]]:
    """(type, start of content) of the boxes inside the box at the end of a path."""
    inner: list[tuple[bytes, tuple[int, int]]] = []
    for step in path:
        if step not in boxes:
            return []
        inner = _boxes(content, *boxes[step])
        boxes = dict(inner)
    return [(kind, start) for kind, (start, _) in inner]


def _item(meta: bytes, start: int, end: int) -> int | None:
    """The number of the item of type ``Exif`` (``infe`` boxes, version 2 or 3)."""
    first = start + (6 if meta[start] == 0 else 8)
    for kind, (at, _) in _boxes(meta, first, end):
        if kind == b"infe" and meta[at] in (2, 3):
            width = 2 if meta[at] == 2 else 4
            if meta[at + 6 + width : at + 10 + width] == b"Exif":
                return int.from_bytes(meta[at + 4 : at + 4 + width], "big")
    return None


def _extents(stream: BinaryIO, meta: bytes, start: int, end: int, wanted: int) -> list[bytes]:
    """The pieces of an item, by ``iloc`` (offsets in the file alone)."""
    version, sizes, at = meta[start], meta[start + 4 : start + 6], start + 6
    offset, length, base = sizes[0] >> 4, sizes[0] & 15, sizes[1] >> 4
    index = sizes[1] & 15 if version in (1, 2) else 0
    wide = 4 if version == 2 else 2

    def number(width: int) -> int:
        nonlocal at
        at += width
        if at > end:
            raise ValueError("cut off")
        return int.from_bytes(meta[at - width : at], "big")

    for _ in range(number(wide)):
        item = number(wide)
        method = number(2) & 15 if version in (1, 2) else 0
        number(2)
        origin = number(base)
        pieces = []
        for _ in range(number(2)):
            number(index)
            pieces.append((origin + number(offset), number(length)))
        if item == wanted and method == 0:
            return [_read(stream, place, size) for place, size in pieces[:16]]
    return []


def _read(stream: BinaryIO, place: int, size: int) -> bytes:
    stream.seek(place)
    return stream.read(min(size, LARGEST))
