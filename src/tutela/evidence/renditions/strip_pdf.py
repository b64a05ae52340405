"""PDF written anew without document information, metadata streams, former versions, files and scripts carried inside."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from tutela.errors import TutelaError, problem

#: Entries of any dictionary that carry words about the file, other files, or what runs when it is opened.
DROPPED = ("/Metadata", "/PieceInfo", "/LastModified", "/AA", "/OpenAction", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF",
           "/JS", "/Thumb")


def pdf(stream: BinaryIO) -> Iterator[bytes]:
    from pypdf import PdfReader, PdfWriter
    from pypdf.generic import DictionaryObject

    reader = PdfReader(stream, strict=False)
    if reader.is_encrypted:
        raise TutelaError(problem("strip-broken", reason="it asks for a password"))
    writer = PdfWriter(clone_from=reader)
    for found in list(writer._objects):
        given = found.get_object() if found is not None else None
        if isinstance(given, DictionaryObject):
            for name in DROPPED:
                given.pop(name, None)
            _picture(given)
    yield _written(PdfWriter(clone_from=PdfReader(io.BytesIO(_written(writer)))))  # again, with what nothing names any more left out


def _written(writer: Any) -> bytes:
    writer.metadata = None
    writer._ID = None  # made of the former file
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _picture(given: Any) -> None:
    """A JPEG that stands in the page as the camera made it may carry its own metadata."""
    from tutela.evidence.renditions.strip import stripped

    data = getattr(given, "_data", b"")
    if given.get("/Filter") not in ("/DCTDecode", ["/DCTDecode"]) or not data:
        return
    try:
        with stripped(io.BytesIO(data), "image/jpeg") as clean:
            given._data = clean.read()
    except TutelaError:
        pass  # not a whole JPEG: left as it stands, for a reader to make of it what it could before
