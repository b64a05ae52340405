"""What leaves goes without what it says of itself: metadata taken out of a file, the picture's own data left bit for bit.

JPEG, PNG, WebP and TIFF are taken apart and put together from the parts a decoder needs (a list of what is kept, never of what is
removed); bytes behind the end of the picture go too.  The way up stays, and the colour profile without its texts.
"""

from __future__ import annotations

import re
import tempfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from tutela.errors import TutelaError, declare, problem
from tutela.evidence.renditions.profiles import bare_profile

declare({
    "strip-unknown": ("Files of the kind {value} cannot be freed of what they say of themselves.",
                      "Hand over a working copy instead, or the original as it is, knowing what it tells."),
    "strip-broken": ("This file could not be freed of what it says of itself: {reason}.",
                     "Hand over a working copy instead, or the original as it is, knowing what it tells."),
})

IN_MEMORY = 32 << 20
LARGEST = 512 << 20
KINDS = ("image/jpeg", "image/png", "image/webp", "image/tiff", "application/pdf")


def stripped(stream: BinaryIO, media_type: str) -> BinaryIO:
    """A new stream, at its beginning, with the same picture or pages and no metadata.  Close it when done.

    Raises ``strip-unknown`` for other kinds than ``KINDS``, ``strip-broken`` where the file is not what it seems.
    """
    from tutela.evidence.renditions import strip_pdf, strip_tiff

    ways = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/tiff": strip_tiff.tiff, "application/pdf": strip_pdf.pdf}
    if media_type not in ways:
        raise TutelaError(problem("strip-unknown", value=media_type))
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > LARGEST:
        raise TutelaError(problem("strip-broken", reason=f"it has more than {LARGEST >> 20} MiB"))
    out = tempfile.SpooledTemporaryFile(IN_MEMORY)
    try:
        for piece in ways[media_type](stream):
            out.write(piece)
    except Exception as error:
        out.close()
        if isinstance(error, TutelaError):
            raise
        raise TutelaError(problem("strip-broken", reason=type(error).__name__)) from error
    out.seek(0)
    return out  # type: ignore[return-value]


def orientation_exif(exif: bytes) -> bytes:
    """EXIF (a TIFF) that says nothing but which way is up; empty where that is as it stands, or cannot be read."""
    little = exif[:2] == b"II"
    order = "little" if little else "big"
    try:
        at = int.from_bytes(exif[4:8], order)
        for entry in range(at + 2, at + 2 + 12 * int.from_bytes(exif[at : at + 2], order), 12):
            if int.from_bytes(exif[entry : entry + 2], order) == 0x0112:
                value = int.from_bytes(exif[entry + 8 : entry + 10], order)
                if 2 <= value <= 8:
                    return b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01" + value.to_bytes(2, "big") + b"\0\0\0\0\0\0"
    except (ValueError, OverflowError):
        pass
    return b""


# ---- JPEG (ITU-T T.81) ----------------------------------------------------------------------------------------------------------

_MARKER = re.compile(rb"\xff(?=[^\x00\xff\xd0-\xd7])")  # the end of a scan's data
_FRAMES = {*range(0xC0, 0xD0)} | {0xDB, 0xDD, 0xDC, 0xDE, 0xDF}  # frames, tables, restart intervals
JFIF = b"\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01\0\x01\0\0"


def _jpeg(stream: BinaryIO) -> Iterator[bytes]:
    content = stream.read()
    if content[:2] != b"\xff\xd8":
        raise ValueError("no JPEG")
    kept: list[bytes] = []
    before: list[bytes] = []
    profile: dict[int, bytes] = {}
    at = 2
    while True:
        while content[at : at + 2] == b"\xff\xff":
            at += 1
        if content[at : at + 1] != b"\xff" or at + 4 > len(content) or content[at + 1] == 0xD9:
            break
        marker, end = content[at + 1], at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        body = content[at + 4 : end]
        if marker == 0xE0 and body.startswith(b"JFIF\0"):
            before.insert(0, JFIF)
        elif marker == 0xE1 and body.startswith(b"Exif\0\0") and (exif := orientation_exif(body[6:])):
            before.append(_segment(0xE1, b"Exif\0\0" + exif))
        elif marker == 0xE2 and body.startswith(b"ICC_PROFILE\0") and len(body) > 14:
            profile[body[12]] = body[14:]
        elif marker == 0xEE and body.startswith(b"Adobe"):
            before.append(_segment(0xEE, body[:12]))  # how the colours are kept
        elif marker in _FRAMES or marker == 0xDA:
            if marker == 0xDA:
                found = _MARKER.search(content, end)
                end = found.start() if found else len(content)
            kept.append(content[at:end])
        at = end
    if not any(piece[1] == 0xDA for piece in kept):
        raise ValueError("no picture")
    yield b"\xff\xd8"
    yield from dict.fromkeys(before)
    clean = bare_profile(b"".join(profile[number] for number in sorted(profile))) if profile else b""
    parts = [clean[start : start + 65_000] for start in range(0, len(clean), 65_000)]
    for number, part in enumerate(parts, 1):
        yield _segment(0xE2, b"ICC_PROFILE\0" + bytes((number, len(parts))) + part)
    yield from kept
    yield b"\xff\xd9"


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


# ---- PNG (ISO/IEC 15948) --------------------------------------------------------------------------------------------------------

_CHUNKS = {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"sRGB", b"sBIT", b"bKGD", b"hIST", b"pHYs", b"cICP",
           b"acTL", b"fcTL", b"fdAT"}


def _png(stream: BinaryIO) -> Iterator[bytes]:
    if (head := stream.read(8)) != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG")
    yield head
    kind = b""
    while kind != b"IEND":
        start = stream.read(8)
        size, kind = int.from_bytes(start[:4], "big"), start[4:]
        body = stream.read(size + 4)
        if len(start) < 8 or len(body) != size + 4:
            raise ValueError("cut off")
        if kind in _CHUNKS:
            yield start + body
        elif kind == b"eXIf" and (exif := orientation_exif(body[:-4])):
            yield _chunk(b"eXIf", exif)
        elif kind == b"iCCP":
            name, _, packed = body[:-4].partition(b"\0")
            clean = bare_profile(zlib.decompressobj().decompress(packed[1:], 8 << 20))
            if clean:
                yield _chunk(b"iCCP", b"profile\0\0" + zlib.compress(clean))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")


# ---- WebP (RFC 9649) ------------------------------------------------------------------------------------------------------------

_PARTS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF"}
_HAS_EXIF, _HAS_XMP, _HAS_PROFILE = 0x08, 0x04, 0x20


def _webp(stream: BinaryIO) -> Iterator[bytes]:
    head = stream.read(12)
    if head[:4] != b"RIFF" or head[8:] != b"WEBP":
        raise ValueError("no WebP")
    left, parts, exif, profile = int.from_bytes(head[4:8], "little") - 4, [], b"", b""
    while left >= 8:
        start = stream.read(8)
        kind, size = start[:4], int.from_bytes(start[4:], "little")
        body = stream.read(size + size % 2)
        if len(start) < 8 or len(body) < size:
            raise ValueError("cut off")
        left -= 8 + size + size % 2
        if kind in _PARTS:
            parts.append((kind, body[:size]))
        elif kind == b"EXIF":
            exif = orientation_exif(body[:size].removeprefix(b"Exif\0\0"))
        elif kind == b"ICCP" and (profile := bare_profile(body[:size])):
            parts.append((kind, profile))
    if parts and parts[0][0] == b"VP8X":
        flags = parts[0][1][0] & ~(_HAS_EXIF | _HAS_XMP | _HAS_PROFILE)
        flags |= (_HAS_EXIF if exif else 0) | (_HAS_PROFILE if profile else 0)
        parts[0] = (b"VP8X", bytes((flags,)) + parts[0][1][1:])
        parts += [(b"EXIF", exif)] if exif else []
    whole = b"".join(kind + len(body).to_bytes(4, "little") + body + bytes(len(body) % 2) for kind, body in parts)
    yield b"RIFF" + (len(whole) + 4).to_bytes(4, "little") + b"WEBP" + whole
