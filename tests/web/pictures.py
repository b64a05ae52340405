"""Files made in code for tests of evidence: photographs that state a place and a day, texts, a ZIP file."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from PIL import Image, ImageDraw

FACE = (0.1, 0.1, 0.3, 0.4)  # x, y, w, h of what is to be covered, as fractions


def photograph(seed: int = 1, size: tuple[int, int] = (640, 480), stated: bool = True) -> bytes:
    """A JPEG with some features; each seed gives another one.  ``stated``: with EXIF (day, camera, position)."""
    image = Image.new("RGB", size, (200, 205, 210))
    brush = ImageDraw.Draw(image)
    width, height = size
    for n in range(7):
        left, top = (seed * 97 + n * 131) % width, (seed * 57 + n * 89) % height
        brush.rectangle((left, top, left + 90, top + 60), fill=((seed * 40 + n * 30) % 200, (n * 50) % 220, (seed * 90) % 250))
    brush.ellipse((width * 0.15, height * 0.15, width * 0.35, height * 0.45), fill=(230, 180, 150))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=92, exif=_exif() if stated else b"")
    return out.getvalue()


def _exif() -> Any:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "Example", "Model 7"
    exif.get_ifd(0x8769)[0x9003] = "2024:05:01 10:20:30"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (36.0, 12.0, 0.0), "E", (37.0, 9.0, 0.0)
    return exif


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "."), content)
    return out.getvalue()
