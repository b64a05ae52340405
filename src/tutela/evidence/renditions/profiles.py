"""Colour profiles (ICC.1:2022) without their texts: makers, models, owners and serial numbers stand there too."""

from __future__ import annotations

COLOUR = {b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC", b"kTRC", b"wtpt", b"bkpt", b"chad", b"A2B0", b"A2B1", b"A2B2", b"B2A0",
          b"B2A1", b"B2A2", b"gamt", b"cicp"}
LARGEST = 4 << 20
_NAME = b"profile\0"
_TEXTS = {
    b"desc": b"desc\0\0\0\0" + len(_NAME).to_bytes(4, "big") + _NAME + bytes(12) + bytes(67),
    b"cprt": b"text\0\0\0\0none\0",
}


def bare_profile(profile: bytes) -> bytes:
    """The profile with its colours alone; empty where it is none (the picture then counts as sRGB)."""
    if not 132 <= len(profile) <= LARGEST or profile[36:40] != b"acsp":
        return b""
    count = int.from_bytes(profile[128:132], "big")
    tags = [(name, _TEXTS[name]) for name in (b"desc", b"cprt")]
    if profile[8] >= 4:  # version 4 writes its texts otherwise
        tags = [(name, b"mluc" + bytes(4) + bytes(4) + (12).to_bytes(4, "big")) for name in (b"desc", b"cprt")]
    for at in range(132, 132 + 12 * min(count, 100), 12):
        name = profile[at : at + 4]
        start, size = int.from_bytes(profile[at + 4 : at + 8], "big"), int.from_bytes(profile[at + 8 : at + 12], "big")
        if name in COLOUR and start >= 128 and size and start + size <= len(profile):
            tags.append((name, profile[start : start + size]))
    if len(tags) == 2:
        return b""
    table, body, first = b"", b"", 132 + 12 * len(tags)
    placed: dict[bytes, int] = {}
    for name, value in tags:
        if value not in placed:
            placed[value] = first + len(body)
            body += value + bytes(-len(value) % 4)
        table += name + placed[value].to_bytes(4, "big") + len(value).to_bytes(4, "big")
    return _head(profile, 132 + len(table) + len(body)) + len(tags).to_bytes(4, "big") + table + body


def _head(profile: bytes, size: int) -> bytes:
    """The header without program, day, platform, maker, model, creator and digest."""
    head = bytearray(profile[:128])
    head[0:4] = size.to_bytes(4, "big")
    for start, end in ((4, 8), (24, 36), (40, 44), (48, 56), (80, 128)):
        head[start:end] = bytes(end - start)
    head[24:36] = b"\x07\xd0\0\x01\0\x01\0\0\0\0\0\0"  # a day there must be: 2000-01-01
    return bytes(head)
