"""Which bytes of strangers may go to a browser, and under which headers.

Shown inline are only kinds that a browser paints or plays and never runs.  Everything else is an attachment of no kind
(``application/octet-stream``).  Whatever it is: no guessing of kinds, a policy that allows nothing, a sandbox, never a shared cache.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from tutela.errors import TutelaError, declare, problem
from tutela.evidence.renditions.strip import KINDS, stripped
from tutela.people.rules import Actor

__all__ = ["INLINE", "Served", "headers", "served", "stripped"]

declare({
    "range-impossible": ("The file has no bytes {value}.", "Ask for bytes within its size."),
})

#: Painted or played, never run: media type → ending of the file name.
INLINE = {
    "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "image/gif": "gif", "image/avif": "avif", "text/plain": "txt",
    "video/mp4": "mp4", "video/webm": "webm", "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/ogg": "ogg", "audio/wav": "wav",
    "audio/flac": "flac",
}
#: Endings of what is only handed out to be kept.
ENDINGS = {**INLINE, "image/tiff": "tif", "image/bmp": "bmp", "image/jp2": "jp2", "image/heic": "heic", "image/svg+xml": "svg",
           "application/pdf": "pdf", "text/html": "html", "text/csv": "csv", "video/quicktime": "mov", "application/zip": "zip",
           "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx"}
OPAQUE = "application/octet-stream"
PIECE = 256 * 1024
POLICY = "default-src 'none'; sandbox; frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_NAME = re.compile(r"[^A-Za-z0-9._-]+")


def headers(media_type: str, filename: str = "file", inline: bool = True) -> dict[str, str]:
    """The headers under which bytes of this kind may go to a browser; inline only where the kind allows it."""
    shown = inline and media_type in INLINE
    kind = media_type if media_type in INLINE else OPAQUE
    return {
        "Content-Type": "text/plain; charset=utf-8" if kind == "text/plain" else kind,
        "Content-Disposition": f'{"inline" if shown else "attachment"}; filename="{_NAME.sub("-", filename)[:120] or "file"}"',
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "private, no-cache" if shown else "private, no-store",
    }


@dataclass(slots=True)
class Served:
    """Bytes ready to go: ``size`` of the whole, ``first`` to ``last`` (inclusive) of what was asked for.  Close it, or read it out."""

    stream: BinaryIO
    media_type: str
    headers: dict[str, str]
    filename: str
    size: int
    status: int = 200
    first: int = 0
    last: int = field(default=-1)

    def pieces(self) -> Iterator[bytes]:
        """The bytes asked for, piece by piece; the stream is closed at the end."""
        with self.stream:
            self.stream.seek(self.first)
            left = self.last - self.first + 1
            while left > 0 and (piece := self.stream.read(min(PIECE, left))):
                left -= len(piece)
                yield piece

    def close(self) -> None:
        self.stream.close()


def served(actor: Actor, item_id: str, copy_id: str | None = None, asked: str | None = None, act: str = "exported",
           clean: bool = False) -> Served:
    """A working copy, or with ``copy_id`` None the original (as an attachment; its custody says ``act`` first).

    ``asked`` the ``Range`` header of the request.  An original may go out as ``exported`` (whoever may export evidence) or, to be
    played or looked at on the machine of whoever may open originals, as ``viewed``.  ``clean``: without its metadata
    (:func:`stripped`), whole, and then of course not the original's bytes.  File names say nothing of the content.
    Raises ``record-unknown``, ``not-allowed``, ``range-impossible``, ``strip-…``.
    """
    if copy_id is not None:
        return _copy(actor, item_id, copy_id, asked)
    from tutela.evidence import custody, queries
    from tutela.people.actions import require

    require(actor, "export-evidence" if act == "exported" else "open-original")
    item = queries.visible(actor, item_id)
    ending = ENDINGS.get(item["media_type"], "bin")
    if clean:
        return _clean(actor, item_id, item["media_type"], act, ending)
    span = _span(asked, item["size"])
    stream = custody.open_original(actor, item_id, act, "download" if act == "exported" else "playing")
    name = f"{item_id[:13]}.{ending}"
    return _ready(stream, item["media_type"], item["size"], name, False, span, item["digest"])


def _copy(actor: Actor, item_id: str, copy_id: str, asked: str | None) -> Served:
    from tutela.evidence import copies
    from tutela.store import blobs
    from tutela.store.documents import bare

    copy = copies.found(actor, copy_id)
    if copy["item"] != bare(item_id):
        raise TutelaError(problem("record-unknown", value=copy_id))
    span = _span(asked, copy["size"])
    name = f"{item_id[:13]}-{copy['use']}.{ENDINGS.get(copy['media_type'], 'bin')}"
    return _ready(blobs.open(copy["digest"], copies.folder()), copy["media_type"], copy["size"], name, True, span, copy["digest"])


def _clean(actor: Actor, item_id: str, media_type: str, act: str, ending: str) -> Served:
    from tutela.evidence import custody

    if media_type not in KINDS:
        raise TutelaError(problem("strip-unknown", value=media_type))
    with custody.open_original(actor, item_id, act, "without metadata") as original:
        stream = stripped(original, media_type)
    size = stream.seek(0, 2)
    return _ready(stream, media_type, size, f"{item_id[:13]}-clean.{ending}", False, None, "")


def _ready(stream: BinaryIO, media_type: str, size: int, name: str, inline: bool, span: tuple[int, int] | None, digest: str) -> Served:
    said = headers(media_type, name, inline) | {"Accept-Ranges": "bytes"}
    first, last = span or (0, size - 1)
    if span is not None:
        said["Content-Range"] = f"bytes {first}-{last}/{size}"
    said["Content-Length"] = str(last - first + 1)
    if inline:
        said["ETag"] = f'"{digest[:32]}"'
    return Served(stream, media_type, said, name, size, 206 if span else 200, first, last)


def _span(asked: str | None, size: int) -> tuple[int, int] | None:
    """First and last byte of a ``Range`` header (RFC 9110 §14); None for the whole: no range, several, or one that is none."""
    found = _RANGE.fullmatch((asked or "").strip())
    if found is None or not (found[1] or found[2]):
        return None
    if not found[1]:
        first, last = max(0, size - int(found[2])), size - 1
        if int(found[2]) == 0:
            first = size
    else:
        first, last = int(found[1]), min(int(found[2] or size - 1), size - 1)
        if found[2] and int(found[2]) < first:
            return None
    if first >= size:
        raise TutelaError(problem("range-impossible", value=f"{asked} of {size}"))
    return first, last
