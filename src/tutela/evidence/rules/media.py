"""What a file is, by its content and never by its name; and what about it asks for care.

Frequent kinds are told here by their first bytes (their own specifications: JFIF, PNG, ISO 14496-12, RIFF, Matroska, PDF, …);
whatever is left is asked of the library ``puremagic``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tutela.errors import declare

declare({
    "media-polyglot": ("{file} can also be read as {value}: a file made to be two things at once.",
                       "It is kept unchanged; look at it through its working copies alone."),
    "media-active": ("{file} is {value}, which can run on a computer.", "It is kept as “other”; never open it outside a closed machine."),
    "media-other-name": ("{file} is {value}, which its name does not say.", "Nothing is to be done; its content decides."),
    "media-form": ("{file} is {value}, and cannot be a {form}.", "Leave the form out: it is told from the content."),
})

HEAD = 4096  # bytes from the beginning that are looked at
TAIL = 66_000  # bytes from the end: where a ZIP's directory may stand (22 bytes and a comment of at most 65,535)

FORMS = ("photograph", "video", "sound", "document", "page", "drawing", "dataset", "other")
ACTIVE = "active"  # programs and scripts
ZIP = "application/zip"


@dataclass(frozen=True, slots=True)
class Media:
    """``type`` the media type, ``form`` one of ``FORMS``; ``noticed`` (code, value) that a person should know."""

    type: str
    form: str
    noticed: tuple[tuple[str, str], ...] = ()


_START: tuple[tuple[bytes, str], ...] = (
    (b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"), (b"GIF87a", "image/gif"), (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"), (b"MM\0*", "image/tiff"), (b"II+\0", "image/tiff"), (b"MM\0+", "image/tiff"), (b"BM", "image/bmp"),
    (b"\0\0\0\x0cjP  \r\n\x87\n", "image/jp2"), (b"8BPS", "image/vnd.adobe.photoshop"),
    (b"%PDF-", "application/pdf"), (b"{\\rtf", "application/rtf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"\x1aE\xdf\xa3", "video/x-matroska"), (b"FLV\x01", "video/x-flv"), (b"\0\0\x01\xba", "video/mpeg"), (b"\0\0\x01\xb3", "video/mpeg"),
    (b"0&\xb2u\x8ef\xcf\x11", "video/x-ms-asf"),
    (b"OggS", "audio/ogg"), (b"fLaC", "audio/flac"), (b"ID3", "audio/mpeg"), (b"#!AMR", "audio/amr"), (b"FORM", "audio/aiff"),
    (b"\xff\xfb", "audio/mpeg"), (b"\xff\xf3", "audio/mpeg"), (b"\xff\xf2", "audio/mpeg"), (b"\xff\xf1", "audio/aac"),
    (b"\xff\xf9", "audio/aac"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"), (b"PAR1", "application/vnd.apache.parquet"),
    (b"Rar!\x1a\x07", "application/vnd.rar"), (b"7z\xbc\xaf'\x1c", "application/x-7z-compressed"), (b"\x1f\x8b", "application/gzip"),
    (b"WARC/", "application/warc"), (b"AC10", "image/vnd.dwg"),
    (b"MZ", "application/vnd.microsoft.portable-executable"), (b"\x7fELF", "application/x-elf"),
    (b"\xfe\xed\xfa\xce", "application/x-mach-binary"), (b"\xfe\xed\xfa\xcf", "application/x-mach-binary"),
    (b"\xce\xfa\xed\xfe", "application/x-mach-binary"), (b"\xcf\xfa\xed\xfe", "application/x-mach-binary"),
    (b"\xca\xfe\xba\xbe", "application/x-mach-binary"), (b"\0asm", "application/wasm"), (b"#!", "text/x-script"),
    (b"L\0\0\0\x01\x14\x02\0", "application/x-ms-shortcut"),
)
_WEAK = {b"BM", b"MZ", b"FORM"}  # letters with which a text may begin too
_RUNS = {"application/vnd.microsoft.portable-executable", "application/x-elf", "application/x-mach-binary", "application/wasm",
         "text/x-script", "application/x-ms-shortcut"}
_RIFF = {b"WEBP": "image/webp", b"AVI ": "video/x-msvideo", b"WAVE": "audio/wav"}
_BRANDS = {b"heic": "image/heic", b"heix": "image/heic", b"mif1": "image/heif", b"msf1": "image/heif", b"avif": "image/avif",
           b"qt  ": "video/quicktime", b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"crx ": "image/x-canon-cr3"}
_ZIPPED = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
)
_MIMETYPE = re.compile(rb"mimetype(application/[a-z0-9.+-]{1,80})")
_DATASETS = {"application/vnd.sqlite3", "application/vnd.apache.parquet", "text/csv", "application/json", "application/geo+json",
             "application/xml", "application/vnd.google-earth.kml+xml", _ZIPPED[1][1], "application/vnd.oasis.opendocument.spreadsheet"}
_DOCUMENTS = {"application/pdf", "application/rtf", "application/x-ole-storage", "text/plain", _ZIPPED[0][1], _ZIPPED[2][1],
              "application/vnd.oasis.opendocument.text", "application/epub+zip", "application/vnd.oasis.opendocument.presentation"}
_MARKUP = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|svg|iframe)\b|<\?php", re.I)
_NAMES = {"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "gif": "image/gif", "webp": "image/webp", "tif": "image/tiff",
          "tiff": "image/tiff", "heic": "image/hei", "pdf": "application/pdf", "mp4": "video/", "mov": "video/", "mp3": "audio/",
          "wav": "audio/", "m4a": "audio/", "html": "text/html", "htm": "text/html", "svg": "image/svg+xml"}


def media_of(name: str, head: bytes, tail: bytes) -> Media:
    """What a file is.  ``head`` its first ``HEAD`` bytes, ``tail`` its last ``TAIL`` (the whole of a shorter file)."""
    kind = _type(head, tail)
    noticed = []
    if kind in _RUNS:
        noticed.append(("media-active", kind))
    elif other := _second(kind, head, tail):
        noticed.append(("media-polyglot", other))
    expected = _NAMES.get(name.rpartition(".")[2].lower())
    if expected and not kind.startswith(expected) and not (expected == "video/" and kind.startswith("audio/")):
        noticed.append(("media-other-name", kind))
    return Media(kind, form_of(kind), tuple(noticed))


def form_of(kind: str) -> str:
    """The form of a media type, where nobody said another."""
    group = kind.partition("/")[0]
    if kind in ("image/svg+xml", "image/vnd.dwg", "image/vnd.adobe.photoshop"):
        return "drawing"
    if kind in ("text/html", "application/xhtml+xml", "application/warc", "multipart/related"):
        return "page"
    if kind in _DATASETS:
        return "dataset"
    if kind in _DOCUMENTS:
        return "document"
    return {"image": "photograph", "video": "video", "audio": "sound"}.get(group, "other")


#: The forms that a person may give to a file of a group; anything may be called “other”.
_FITS = {"image": {"photograph", "drawing", "document"}, "video": {"video", "sound"}, "audio": {"sound"},
         "text": {"document", "page", "dataset"}, "application": {"document", "page", "dataset", "drawing"}}


def may_be(kind: str, form: str) -> bool:
    """Whether a person may call a file of this media type so."""
    if form == "other" or form == form_of(kind):
        return True
    return kind not in _RUNS and form in _FITS.get(kind.partition("/")[0], set())


def _type(head: bytes, tail: bytes) -> str:
    if head[:4] in (b"PK\x03\x04", b"PK\x05\x06"):
        return _zipped(head, tail)
    if head[:4] == b"RIFF" and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    if head[257:262] == b"ustar":
        return "application/x-tar"
    for start, kind in _START:
        if head.startswith(start) and (start not in _WEAK or b"\0" in head[:512]):
            return "video/webm" if kind == "video/x-matroska" and b"webm" in head[:64] else kind
    return _text(head) or _asked(head)


def _zipped(head: bytes, tail: bytes) -> str:
    """Documents that are ZIP files inside: OOXML by its folders, OpenDocument and EPUB by their first member."""
    found = _MIMETYPE.search(head[:200])
    if found:
        return found[1].decode()
    if b"[Content_Types].xml" in head or b"[Content_Types].xml" in tail:
        return next((kind for folder, kind in _ZIPPED if folder in head or folder in tail), ZIP)
    if b"doc.kml" in head[:200]:
        return "application/vnd.google-earth.kmz"
    return ZIP


def _text(head: bytes) -> str | None:
    """Text, and what is written in it; None where it is not text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            start = head[: len(head) // 2 * 2].decode(encoding, "ignore").lstrip()
            break
    else:
        if b"\0" in head or sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head[:512]):
            return None
        start = head.decode("utf-8", "replace").lstrip()
    low = start[:2048].lower()
    if low.startswith(("<!doctype html", "<html")):
        return "text/html"
    if low.startswith(("<?xml", "<svg", "<!doctype svg", "<kml", "<!--")):
        for tag, kind in (("<svg", "image/svg+xml"), ("<kml", "application/vnd.google-earth.kml+xml"), ("<html", "text/html")):
            if tag in low:
                return kind
        return "application/xml" if low.startswith("<?xml") else "text/plain"
    if low.startswith("mime-version:") or "\nmime-version:" in low or low.startswith("from: <saved by"):
        return "multipart/related" if "multipart/related" in low else "message/rfc822"
    if low.startswith(("{", "[")):
        return "application/geo+json" if '"featurecollection"' in low else "application/json"
    if _MARKUP.search(head):
        return "text/html"
    lines = [line for line in start.splitlines()[:5] if line][:4]
    if len(lines) > 1 and any(len({line.count(mark) for line in lines}) == 1 and mark in lines[0] for mark in ",;\t"):
        return "text/csv"
    return "text/plain"


def _asked(head: bytes) -> str:
    """What the library makes of it."""
    import puremagic

    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return "application/octet-stream"
    best = next((one.mime_type for one in found if one.mime_type and one.confidence >= 0.3), "")
    return best if re.fullmatch(r"[a-z]+/[a-z0-9.+-]{1,100}", best) else "application/octet-stream"


def _second(kind: str, head: bytes, tail: bytes) -> str | None:
    """A second thing that the same bytes would be taken for, if any."""
    group = kind.partition("/")[0]
    zipped = head[:2] == b"PK"
    if kind != "application/pdf" and b"%PDF-" in head[:1024] and group != "text":
        return "application/pdf"
    if not zipped and tail.rfind(b"PK\x05\x06") >= 0 and group != "text":  # rfind: a third quicker than "in" here
        return ZIP
    if (group in ("image", "audio", "video") and kind != "image/svg+xml" or kind == "application/pdf") and _MARKUP.search(head):
        return "text/html"
    if kind in ("image/svg+xml", "text/html") and head[:2] == b"MZ":
        return "application/vnd.microsoft.portable-executable"
    return None
