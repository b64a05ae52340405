"""Files for the tests of evidence, made here: pictures, films, documents, and such as attack their readers."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import Any

SECRET = b"SECRETNAME"
SCRIPT = b"<script>alert(document.domain)</script>"


def picture(width: int = 640, height: int = 480, seed: int = 1) -> Any:
    """A picture with large forms in it, another one for each seed; red in its upper left quarter."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (width, height), (40, 90, 140))
    draw = ImageDraw.Draw(image)
    for step in range(12):
        x, y = (seed * 131 + step * 173) % width, (seed * 71 + step * 97) % height
        draw.ellipse((x, y, x + width // 3, y + height // 4), fill=((step * 61) % 256, (step * 31 + seed * 50) % 256, (step * 17) % 256))
    draw.rectangle((0, 0, width // 4, height // 4), fill=(230, 20, 20))
    return image


def saved(image: Any, kind: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def exif(latitude: Any = ((33, 1), (30, 1), (0, 1)), longitude: Any = ((36, 1), (18, 1), (0, 1)), letters: str = "NE",
         taken: str = "2021:05:03 10:11:12", orientation: int = 1) -> Any:
    """EXIF as a camera writes it: 33°30' N, 36°18' E, 3 May 2021 at 10:11:12 +02:00."""
    from PIL import Image
    from PIL.TiffImagePlugin import IFDRational

    made = Image.Exif()
    made[0x010F], made[0x0110], made[0x0131], made[0x013B] = "Nikon", "D750", "Firmware 1.2", "Secretname Photographer"
    made[0x0112] = orientation
    inner = made.get_ifd(0x8769)
    inner[0x9003], inner[0x9011] = taken, "+02:00"
    gps = made.get_ifd(0x8825)
    gps[1], gps[2] = letters[0], tuple(IFDRational(*part) for part in latitude)
    gps[3], gps[4] = letters[1], tuple(IFDRational(*part) for part in longitude)
    gps[5], gps[6], gps[17] = b"\0", IFDRational(690, 1), IFDRational(4515, 10)  # the direction is impossible: 451.5°
    return made


def xmp(inner: str, head: str = "") -> bytes:
    """An XMP packet; ``inner`` the properties, ``head`` what stands before."""
    return (f'{head}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
            '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:exif="http://ns.adobe.com/exif/1.0/" '
            f'xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/">{inner}</rdf:Description></rdf:RDF></x:xmpmeta>').encode()


ENTITY_BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{"&" + chr(97 + n) + ";"}{("&" + chr(97 + n) + ";") * 9}">' for n in range(9)) + "]>"


def png_of_size(width: int, height: int) -> bytes:
    """A valid PNG of so many points in a small file: all of them white."""
    row = b"\0" + b"\xff" * (3 * width)
    packer, data = zlib.compressobj(1), b""
    for _ in range(height):
        data += packer.compress(row)
    data += packer.flush()

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + chunk(b"IDAT", data)
            + chunk(b"IEND", b""))


def gif_and_script() -> bytes:
    """A picture that is a JavaScript program too: GIF89a/* … */=1;alert(1)."""
    return b"GIF89a/*\x08\x00\x00\x00\x00,\x00\x00\x00\x00/*\x08\x00\x00\x02\x00;*/=1;alert(1)//"


def film(made: int = 3_702_880_272, seconds: int = 42, place: str = "+33.5000+036.3000+690/") -> bytes:
    """A film's boxes without pictures: 3702880272 s after 1904 is 3 May 2021, 10:11:12."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    header = struct.pack(">IIIII", 0, made, made, 1000, seconds * 1000) + bytes(80)
    spot = place.encode()
    user = box(b"udta", box(b"\xa9xyz", struct.pack(">HH", len(spot), 0x15C7) + spot))
    return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"mdat", bytes(2000)) + box(b"moov", box(b"mvhd", header) + user)


def song() -> bytes:
    frame = b"\x03Minaret, call to prayer"
    tag = b"TIT2" + bytes((0, 0, 0, len(frame))) + b"\0\0" + frame
    return b"ID3\x04\0\0" + bytes((0, 0, 0, 10 + len(frame))) + tag + b"\xff\xfb\x90\0" * 100


def docx(text: str = "The dome fell in.", core: str = "", more: dict[str, bytes] | None = None) -> bytes:
    """A small Word document."""
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    parts = {
        "[Content_Types].xml": b"<Types xmlns='http://schemas.openxmlformats.org/package/2006/content-types'/>",
        "word/document.xml": f"<w:document xmlns:w='{word}'><w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>".encode(),
        "docProps/core.xml": (core or "<cp:coreProperties xmlns:cp='c' xmlns:dc='d' xmlns:dcterms='t'><dc:title>Report 7</dc:title>"
                              "<dc:creator>A. Writer</dc:creator><dcterms:created>2021-05-03T10:00:00Z</dcterms:created>"
                              "</cp:coreProperties>").encode(),
        **(more or {}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf(pages: int = 1) -> bytes:
    """A PDF of pictures, with information on its author and a file inside."""
    from pypdf import PdfReader, PdfWriter

    images = [picture(400, 300, seed) for seed in range(1, pages + 1)]
    raw = io.BytesIO(saved(images[0], "PDF", save_all=True, append_images=images[1:]))
    writer = PdfWriter(clone_from=PdfReader(raw))
    writer.add_metadata({"/Author": SECRET.decode(), "/Title": "Condition report", "/CreationDate": "D:20210503101112+02'00'"})
    writer.add_attachment("inside.txt", SECRET)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def page_of(text: str) -> bytes:
    """A PDF with words on its one page."""
    stream = f"BT /F1 24 Tf 72 700 Td ({text}) Tj ET".encode()
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
               b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
               b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream), b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


def taken(folder: Path, content: bytes, name: str = "file.bin", mark: str = "open", **given: Any) -> str:
    """Take one file in as evidence; gives the item's id."""
    from tutela.evidence.intake import Given, take
    from tutela.people.rules import OPERATOR

    path = folder / name
    path.write_bytes(content)
    done = take(OPERATOR, [path], Given(handling={"mark": mark}, **given))
    assert not done.refused, done.refused
    return done.items[0]


def heif(exif_bytes: bytes) -> bytes:
    """The boxes of a telephone's picture, its EXIF in them, without the picture."""

    def box(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", 8 + len(body)) + kind + body

    payload = b"\0\0\0\6Exif\0\0" + exif_bytes
    kinds = enumerate((b"hvc1", b"Exif"), 1)
    infos = b"".join(box(b"infe", b"\2\0\0\0" + struct.pack(">HH", number, 0) + kind + b"\0") for number, kind in kinds)
    sizes = box(b"ipco", box(b"ispe", bytes(4) + struct.pack(">II", 4032, 3024)))
    head = box(b"ftyp", b"heic\0\0\0\0heic")

    def meta(place: int) -> bytes:
        spots = struct.pack(">HHHII", 2, 0, 1, place, len(payload))
        return box(b"meta", bytes(4) + box(b"iinf", bytes(4) + struct.pack(">H", 2) + infos) + box(b"iprp", sizes)
                   + box(b"iloc", bytes(4) + b"\x44\0" + struct.pack(">H", 1) + spots))

    start = len(head) + len(meta(0)) + 8
    return head + meta(start) + box(b"mdat", payload)
