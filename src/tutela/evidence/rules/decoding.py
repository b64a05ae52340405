"""Bytes of unknown encoding as text."""

from __future__ import annotations

import re

MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_\-]{2,30})", re.IGNORECASE)
SAMPLE = 64 * 1024


def decoded(content: bytes) -> str:
    """The text: by its byte order mark, as UTF-8, as the page itself says, or as its letters suggest.  Never raises."""
    for mark, encoding in MARKS:
        if content.startswith(mark):
            return content[len(mark):].decode(encoding, "replace")
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start > len(content) - 4 and error.reason == "unexpected end of data":
            return content.decode("utf-8", "replace")  # cut within a letter
    named = _CHARSET.search(content[:2048])
    if named is not None:
        try:
            return content.decode(named[1].decode("ascii"), "replace")
        except (LookupError, UnicodeError):
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(content[:SAMPLE]).best()
    return content.decode(best.encoding if best is not None else "latin-1", "replace")
