"""Small photographs and ZIP files for the tests of evidence, made here."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path


def jpeg(number: int = 0, size: tuple[int, int] = (48, 32)) -> bytes:
    """A small photograph; each number gives another one."""
    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", size, (number * 37 % 256, number * 91 % 256, number // 256 % 256)).save(out, "JPEG", comment=str(number).encode())
    return out.getvalue()


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    """A ZIP file of these members."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in members.items():
            out.writestr(name, content)
    return path


def delivery(folder: Path, count: int = 1, first: int = 0) -> list[Path]:
    """So many photographs in a folder; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = [folder / f"IMG_{number:04}.JPG" for number in range(first, first + count)]
    for number, file in enumerate(files, first):
        file.write_bytes(jpeg(number))
    return files
