"""What pictures state: EXIF with its GPS part (JEITA CP-3451), and XMP (ISO 16684-1)."""

from __future__ import annotations

import math
import re
from typing import Any, BinaryIO

from tutela.errors import problem
from tutela.evidence.rules.facts import Notes, Stated, dated, located, one_line, unreadable

#: What a media type may be opened as: never by guessing, so that no reader of rare formats is reached.
FORMATS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("JPEG",), "image/png": ("PNG",), "image/gif": ("GIF",), "image/webp": ("WEBP",), "image/tiff": ("TIFF",),
    "image/bmp": ("BMP",), "image/x-ms-bmp": ("BMP",), "image/jp2": ("JPEG2000",), "image/avif": ("AVIF",),
}
EXIF_PART, GPS_PART = 0x8769, 0x8825
UNTOLD = {"MakerNote", "PrintImageMatching", "ExifOffset", "GPSInfo", "JpegIFOffset", "JpegIFByteCount", "StripOffsets",
          "StripByteCounts", "TileOffsets", "TileByteCounts", "XMLPacket", "ImageResources", "IPTCNAA", "InterColorProfile"}
LARGEST_XMP = 4 << 20
ADOBE = "http://ns.adobe.com/"
SPACES = {"http://purl.org/dc/elements/1.1/": "dc", f"{ADOBE}xap/1.0/": "xmp", f"{ADOBE}photoshop/1.0/": "photoshop",
          f"{ADOBE}exif/1.0/": "exif", f"{ADOBE}tiff/1.0/": "tiff", f"{ADOBE}xap/1.0/rights/": "rights",
          "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "iptc"}
RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_ANGLE = re.compile(r"(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEW])")


def picture(stream: BinaryIO, notes: Notes) -> Stated:
    """Size, and what EXIF and XMP say.  Nothing but the headers is decoded."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # only headers are read here; sizes are judged before anything is decoded (renditions.pictures)
    head = stream.read(16)
    stream.seek(0)
    wanted = [name for names in FORMATS.values() for name in names]
    try:
        image = Image.open(stream, formats=wanted)
    except Exception:
        if head[4:8] == b"ftyp":
            return _heif(stream, notes)
        raise
    with image:
        stated: Stated = {"width": image.width, "height": image.height, "original": {}}
        for read in (_exif, _xmp):
            try:
                read(image, stated, notes)
            except Exception as error:
                notes.append(unreadable(error))
    return stated


def _exif(image: Any, stated: Stated, notes: Notes) -> None:
    _said(image.getexif(), stated, notes)


def _heif(stream: BinaryIO, notes: Notes) -> Stated:
    """A HEIF file: its pictures cannot be decoded, what they state can be read."""
    from PIL import Image

    from tutela.evidence.rules.facts_heif import exif_of

    content, width, height = exif_of(stream)
    stated: Stated = {"width": width or None, "height": height or None, "original": {}}
    if content:
        exif = Image.Exif()
        exif.load(content)
        _said(exif, stated, notes)
    return stated


def _said(exif: Any, stated: Stated, notes: Notes) -> None:
    """What EXIF says."""
    from PIL.ExifTags import GPSTAGS, TAGS

    tags = {TAGS.get(tag, f"Tag{tag}"): exif.get(tag) for tag in list(exif)[:300]}
    tags |= {TAGS.get(tag, f"Tag{tag}"): value for tag, value in list(exif.get_ifd(EXIF_PART).items())[:300]}
    gps = {GPSTAGS.get(tag, f"GPSTag{tag}"): value for tag, value in list(exif.get_ifd(GPS_PART).items())[:60]}
    stated["original"] |= {name: shown for name, value in (tags | gps).items() if name not in UNTOLD and (shown := _shown(value))}
    if "DateTimeOriginal" in tags:
        dated(stated, notes, tags["DateTimeOriginal"])
    make, model = one_line(tags.get("Make", "")), one_line(tags.get("Model", ""))
    stated["camera"] = model if model.lower().startswith(make.lower()) else f"{make} {model}".strip()
    stated["author"], stated["software"] = one_line(tags.get("Artist", "")), one_line(tags.get("Software", ""))
    _position(gps, stated, notes)


def _shown(value: Any) -> str:
    """A tag's value as a line; long binary values are told by their length."""
    if isinstance(value, bytes):
        text = value[8:] if value[:8] in (b"ASCII\0\0\0", b"UNICODE\0") else value
        text = text.rstrip(b"\0 ")
        plain = text.decode("ascii", "ignore")
        return one_line(plain) if len(plain) == len(text) and plain.isprintable() else f"({len(value)} bytes)"
    if isinstance(value, tuple):
        return one_line(" ".join(one_line(part) for part in value[:16]))
    return "" if isinstance(value, dict) else one_line(value)


def _position(gps: dict[str, Any], stated: Stated, notes: Notes) -> None:
    if "GPSLatitude" in gps and "GPSLongitude" in gps:
        located(stated, notes, _degrees(gps["GPSLongitude"], gps.get("GPSLongitudeRef"), "EW"),
                _degrees(gps["GPSLatitude"], gps.get("GPSLatitudeRef"), "NS"))
    if "GPSAltitude" in gps:
        below = gps.get("GPSAltitudeRef") in (1, b"\1", "1")
        _within(stated, notes, "altitude", _number(gps["GPSAltitude"]) * (-1 if below else 1), -12_000, 100_000)
    if "GPSImgDirection" in gps:
        _within(stated, notes, "direction", _number(gps["GPSImgDirection"]), 0, 360)


def _within(stated: Stated, notes: Notes, key: str, value: float, least: float, most: float) -> None:
    """A number of metres or degrees, where it can be one."""
    if math.isfinite(value) and least <= value <= most:
        stated[key] = round(value, 2)
    else:
        notes.append(problem("facts-impossible", what=key, value=value))


def _degrees(parts: Any, letter: Any, letters: str) -> float:
    """Decimal degrees of (degrees, minutes, seconds) and N S E W; NaN where they are not possible."""
    numbers = [_number(part) for part in parts] if isinstance(parts, (tuple, list)) else [_number(parts)]
    sign = {letters[0]: 1.0, letters[1]: -1.0}.get(one_line(letter or "").upper()[:1], math.nan)
    if not 1 <= len(numbers) <= 3 or any(not 0 <= n < 60 for n in numbers[1:]) or numbers[0] < 0:
        return math.nan
    return sign * sum(number / 60**place for place, number in enumerate(numbers))


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return math.nan


def _xmp(image: Any, stated: Stated, notes: Notes) -> None:
    packet = image.info.get("xmp") or image.info.get("XML:com.adobe.xmp")
    if not packet or len(packet) > LARGEST_XMP:
        return
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(packet.strip(b"\0 \n\r\t") if isinstance(packet, bytes) else packet, forbid_dtd=True)
    except DefusedXmlException:
        notes.append(problem("facts-xml-refused", what="XMP"))
        return
    said = dict(_properties(root))
    stated["original"] |= {name: value for name, value in said.items() if name not in stated["original"]}
    for name in ("exif:DateTimeOriginal", "photoshop:DateCreated"):
        if "taken" not in stated and name in said:
            dated(stated, notes, said[name])
    for key, name in (("author", "dc:creator"), ("software", "xmp:CreatorTool"), ("title", "dc:title")):
        stated[key] = stated.get(key) or said.get(name, "")
    x, y = (_angle(said.get(f"exif:GPS{name}"), letters) for name, letters in (("Longitude", "EW"), ("Latitude", "NS")))
    if "x" not in stated and x is not None and y is not None:
        located(stated, notes, x, y)


def _angle(text: str | None, letters: str) -> float | None:
    """XMP writes angles as ``35,42.6N`` or ``35,42,36N``."""
    found = _ANGLE.fullmatch(text or "")
    return None if found is None else _degrees([float(found[1]), float(found[2]), float(found[3] or 0)], found[4], letters)


def _properties(root: Any) -> list[tuple[str, str]]:
    """(prefix:name, value) of the simple properties of all descriptions; lists joined by ``; ``."""
    found: list[tuple[str, str]] = []
    for description in root.iter(f"{RDF}Description"):
        found += [(name, one_line(value)) for key, value in description.attrib.items() if (name := _name(key))]
        for child in description:
            parts = [part.text for part in child.iter(f"{RDF}li") if part.text] or [child.text]
            value = "; ".join(one_line(part) for part in parts[:20] if part and part.strip())
            if value and (name := _name(child.tag)):
                found.append((name, value))
    return found[:200]


def _name(tag: Any) -> str | None:
    space, _, local = str(tag).lstrip("{").partition("}")
    return f"{SPACES[space]}:{local}" if local and space in SPACES else None
