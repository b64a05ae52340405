"""What a file says of itself, read as *statements*, never as findings: a camera's clock may be wrong, a tag may be forged.

:func:`facts` gives ``stated`` (docs/records.md, item) and coded notes on what could not be read.  All values as the file has
them stand in ``stated["original"]``; what is impossible (a latitude of 95°) stands there alone.  No input makes it raise.
"""

from __future__ import annotations

import math
import re
from typing import Any, BinaryIO

from tutela.errors import Problem, TutelaError, declare, problem
from tutela.vocabulary.dates import parse

declare({
    "facts-unreadable": ("What this file says of itself could not be read: {reason}.",
                         "Nothing to do: the file is kept as it came; give date and place by hand if you know them."),
    "facts-impossible": ("The file states a {what} that cannot be: {value}.",
                         "Nothing to do: the value stands among the file's own words and is used nowhere."),
    "facts-xml-refused": ("The file's {what} holds constructs by which files attack their readers; it was not read.",
                          "Treat the file with care; it is kept as it came."),
})

READER = 1  # the version of these readers; raised when they read more, so that files can be read again
LONGEST = 300  # characters of one value kept
MOST_TAGS = 200
Stated = dict[str, Any]
Notes = list[Problem]

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = ("text/html", "application/xhtml+xml")
BOXED = ("video/mp4", "video/quicktime", "audio/mp4", "video/x-m4v", "audio/x-m4a", "video/3gpp")  # ISO base media files
_DATE = re.compile(r"\s*(?:D:)?(\d{4})(?:[:\-/.]?(\d\d)(?:[:\-/.]?(\d\d))?)?(?=\D|$|\d{6}|\d{4}(?!\d)|\d\d(?!\d))")


def facts(stream: BinaryIO, media_type: str) -> tuple[Stated, Notes]:
    """Read what the file says of itself.  ``media_type`` is that of its content; the stream is left anywhere.

    Gives ``stated`` with its ``reader`` always, and the notes.  A broken or hostile file costs a note, nothing else.
    """
    notes: Notes = []
    stated: Stated = {}
    try:
        stream.seek(0)
        read = _reader(media_type)
        if read is not None:
            stated = read(stream, notes)
    except Exception as error:  # whatever strangers put into a file
        notes.append(unreadable(error))
    return {**tidy(stated), "reader": READER}, notes


def _reader(media_type: str) -> Any:
    """The reader of a media type; None where there is nothing to read."""
    if media_type.startswith("image/") and media_type != "image/svg+xml":
        from tutela.evidence.rules import facts_pictures

        return facts_pictures.picture
    if media_type in BOXED or media_type.startswith("audio/"):
        from tutela.evidence.rules import facts_recordings

        return facts_recordings.boxed if media_type in BOXED else facts_recordings.sound
    from tutela.evidence.rules import facts_documents

    if media_type in HTML:
        return facts_documents.html
    return {"application/pdf": facts_documents.pdf, DOCX: facts_documents.docx}.get(media_type)


def unreadable(error: BaseException) -> Problem:
    """The note for what a reader stumbled over: the kind of fault, never a path or a piece of the file."""
    return problem("facts-unreadable", reason=type(error).__name__)


def day(text: Any) -> str | None:
    """EDTF of a date as files write it: ``2021:05:03 10:11:12``, ``D:20210503101112+02'00'``, ``2021-05``; None if it is none.

    The day counts, the time and its zone stay in ``original``.  Zeros are the usual way to say unknown: ``2021:00:00`` is 2021.
    """
    found = _DATE.match(str(text))
    if found is None or found[1] == "0000":
        return None
    parts = [found[1]]
    for part in (found[2], found[3]):
        if part in (None, "00"):
            break
        parts.append(part)
    try:
        return parse("-".join(parts)).text
    except TutelaError:
        return None


def dated(stated: Stated, notes: Notes, text: Any, key: str = "taken") -> None:
    """Put a date into ``stated``, or a note if it is written as one and cannot be."""
    found = day(text)
    if found is not None:
        stated.setdefault(key, found)
    elif any(digit in "123456789" for digit in str(text)):
        notes.append(problem("facts-impossible", what="date", value=one_line(text)))


def located(stated: Stated, notes: Notes, x: float, y: float) -> None:
    """Put a position (degrees, WGS 84) into ``stated``; an impossible one, and 0 0 (how devices say they have none), is noted."""
    if not (math.isfinite(x) and math.isfinite(y)) or abs(x) > 180 or abs(y) > 90 or (x == 0 and y == 0):
        notes.append(problem("facts-impossible", what="position", value=f"{y} {x}"))
    else:
        stated.setdefault("x", round(x, 7))
        stated.setdefault("y", round(y, 7))


def one_line(value: Any) -> str:
    """Any value as a short line: bytes by their text, control characters gone."""
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    text = str(value)[: LONGEST * 4].encode("utf-8", "replace").decode()
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST]


def tidy(stated: Stated) -> Stated:
    """Without what is empty; texts in one line, the file's own words bounded in number and length."""
    out: Stated = {}
    for key, value in stated.items():
        if key == "original":
            words = {one_line(k): one_line(v) for k, v in list(value.items())[:MOST_TAGS]}
            value = {k: v for k, v in words.items() if k and v}
        elif isinstance(value, str):
            value = one_line(value)
        elif isinstance(value, float) and not math.isfinite(value):
            continue
        if value not in ("", None, {}):
            out[key] = value
    return out
