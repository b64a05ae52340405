"""Pictures made smaller: upright, in sRGB, without metadata, as JPEG.

Why JPEG and not WebP: every program opens it, in thirty years and on any old machine to which a bundle is carried, and writing
it takes less than a tenth of the time (measured on 15 photographs at web size: 25 ms and 312 KiB, against 312 ms and 214 KiB).

Before anything is decoded it is reckoned what that would take: a picture beyond ``MOST_POINTS`` is refused.  JPEG is decoded at a
half, a quarter or an eighth (``draft``), so that genuine ones of hundreds of megapixels stay within the same bounds; where the format
forces the whole picture into memory all the same (progressive, or scanned in parts) the bound is on the whole.
"""

from __future__ import annotations

import io
import math
from typing import Any, BinaryIO

from tutela.errors import Problem, TutelaError, problem
from tutela.evidence.renditions.made import Rendition, broken
from tutela.evidence.rules import likeness
from tutela.evidence.rules.facts_pictures import FORMATS

THUMBNAIL, WEB, REDACTED = 320, 1600, 4000  # pixels of the longer side
MOST_POINTS = 64_000_000  # pixels decoded at once
MOST_SIDE = 100_000
QUALITY = {"thumbnail": 80, "web": 85, "poster": 85, "redacted": 90}
UPRIGHT = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}  # EXIF orientation → Pillow's Transpose


def tool() -> str:
    from PIL import __version__

    return f"Pillow {__version__}"


def copies(stream: BinaryIO, media_type: str, notes: list[Problem]) -> list[Rendition]:
    """Web size and thumbnail of a picture.  Raises ``rendition-broken``, ``rendition-none``, ``rendition-too-large``."""
    try:
        image, parameters = upright(stream, media_type, WEB, notes, shrink=True)
        return [_saved(image, "web", parameters), _thumbnail(image, parameters, None)]
    except Exception as error:
        raise broken("picture", error) from error


def of_pixels(image: Any, use: str, parameters: dict[str, Any], most: int) -> list[Rendition]:
    """A picture in sRGB that was not opened from the original itself (a page, a redaction), with web size and thumbnail of it."""
    whole = _saved(shrunk(image, most), use, parameters)
    made = [whole]
    if use != "web":
        web = _saved(shrunk(image, WEB), "web", {})
        web.of = use
        made.append(web)
    return [*made, _thumbnail(image, {} if use != "web" else parameters, use if use != "web" else None)]


def upright(stream: BinaryIO, media_type: str, most: int, notes: list[Problem], shrink: bool = False) -> tuple[Any, dict[str, Any]]:
    """The picture decoded, turned as it is meant to be seen, opaque, in sRGB; and what was done.

    ``most``: a JPEG is decoded no larger than needed for this many pixels on its longer side; with ``shrink`` every picture has no
    more, and its colours are converted then (which takes as long as all the rest).
    """
    from PIL import Image

    if media_type not in FORMATS:
        raise TutelaError(problem("rendition-none", use="picture", value=media_type))
    Image.MAX_IMAGE_PIXELS = None  # our own bound below says the same with a code
    stream.seek(0)
    image = Image.open(stream, formats=FORMATS[media_type])
    parameters: dict[str, Any] = {}
    if image.format in ("JPEG", "MPO"):
        if not _reads_in_rows(stream, image):
            _bound(image.size)
        factor = min(1.0, most / max(image.size))
        image.draft("L" if image.mode == "L" else "RGB", (math.ceil(image.width * factor), math.ceil(image.height * factor)))
    _bound(image.size)
    profile = image.info.get("icc_profile")
    image.load()
    turn = _orientation(image)  # after loading: Pillow turns a TIFF itself, and then says so no more
    image = _opaque(image)
    image = _srgb(shrunk(image, most) if shrink else image, profile, notes)
    if turn in UPRIGHT:
        image = image.transpose(UPRIGHT[turn])
        parameters["orientation"] = turn
    if profile:
        parameters["profile"] = "sRGB"
    return image, parameters


def _bound(size: tuple[int, int]) -> None:
    if size[0] * size[1] > MOST_POINTS or max(size) > MOST_SIDE:
        raise TutelaError(problem("rendition-too-large", use="picture", value=round(size[0] * size[1] / 1e6)))


def _reads_in_rows(stream: BinaryIO, image: Any) -> bool:
    """Whether a JPEG has one scan with all components, which is decoded row by row."""
    if image.info.get("progressive") or image.info.get("progression"):
        return False
    at = 2
    for _ in range(2000):
        stream.seek(at)
        head = stream.read(5)
        if len(head) < 5 or head[0] != 0xFF:
            return False
        if head[1] == 0xFF:
            at += 1
            continue
        if head[1] == 0xDA:
            return head[4] == len(image.getbands())
        at += 2 + int.from_bytes(head[2:4], "big")
    return False


def _orientation(image: Any) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # broken EXIF: told by the facts
        return 1


def _opaque(image: Any) -> Any:
    """In one of the modes that colours are converted from, on white.

    Sixteen-bit and floating values are stretched from their darkest to their brightest.
    """
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if "A" in image.getbands() or "transparency" in image.info:
        whole = image.convert("RGBA")
        image = Image.new("RGB", whole.size, "white")
        image.paste(whole, mask=whole.getchannel("A"))
    return image if image.mode in ("RGB", "L", "CMYK", "LAB") else image.convert("RGB")


def _srgb(image: Any, profile: bytes | None, notes: list[Problem]) -> Any:
    """RGB in sRGB."""
    if profile:
        try:
            return _converted(image, profile)
        except Exception:
            notes.append(problem("colour-profile-broken"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _converted(image: Any, profile: bytes) -> Any:
    from PIL import ImageCms

    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")


def _eight_bits(image: Any) -> Any:
    image = image.convert("I") if image.mode.startswith("I") else image
    low, high = image.getextrema()
    if not low < high:
        return image.convert("L").point(lambda _: 128)
    scale = 255 / (high - low)
    return image.point(lambda v: v * scale - low * scale).convert("L")


def shrunk(image: Any, most: int) -> Any:
    """A copy with at most ``most`` pixels on its longer side; never larger than it was."""
    from PIL import Image

    factor = most / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _saved(image: Any, use: str, parameters: dict[str, Any]) -> Rendition:
    out = io.BytesIO()
    image.info.clear()  # nothing of the original's own words goes along
    image.save(out, "JPEG", quality=QUALITY[use], optimize=True, subsampling="4:2:0")
    return Rendition(use, "image/jpeg", out.getvalue(), tool(), {**parameters, "quality": QUALITY[use]}, image.width, image.height)


def _thumbnail(image: Any, parameters: dict[str, Any], of: str | None) -> Rendition:
    small = shrunk(image, THUMBNAIL)
    made = _saved(small, "thumbnail", parameters)
    made.likeness = hash_of(small)
    made.of = of
    return made


def hash_of(image: Any) -> str | None:
    """The likeness hash of a picture."""
    from PIL import Image

    grey = image.convert("L").resize((likeness.WIDTH, likeness.HEIGHT), Image.Resampling.BOX)
    return likeness.dhash(list(grey.tobytes()))
