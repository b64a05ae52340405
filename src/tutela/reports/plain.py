"""Other people's text made fit for a page: nothing in it may steer the page, and every character can be shown.

What cannot be shown is written out as its code point, ``[U+6F22]``: visible, and nothing is lost silently.
"""

from __future__ import annotations

import re
from typing import Any

from tutela.reports.fonts import covered

MOST = 1200          # characters of one value on a page; longer ones are cut, and say so
LONG_WORD = 26       # a run without a break longer than this may be broken
_BREAK = "\u200b"

# Bidi embeddings, overrides and isolates: a stray one would turn the rest of the line around.
_STEERING = {point: None for point in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF)}
# Shown by nothing and needed by no font: joiners, marks of direction, breaks.
_SILENT = {0x00AD, 0x034F, 0x061C, *range(0x200B, 0x2010), 0x2060, 0x2068, 0x2069}
_SPACES = re.compile(r"\s+")
_LONG = re.compile(rf"[!-~\u00a1-\u024f]{{{LONG_WORD},}}")
_ASCII = re.compile(r"[ -~]*\Z")


def plain(text: str, most: int = MOST) -> str:
    """One line of harmless text: white space runs become one space, steering characters go, the unshowable is written
    out.
    """
    if len(text) > most:
        text = f"{text[:most]}… ({len(text):,} characters)"
    if not _ASCII.match(text):
        text = text.translate(_STEERING)
        text = "".join(c if _showable(ord(c)) or c.isspace() else _written(c) for c in text)
    elif not text.isprintable():
        text = "".join(c if c.isprintable() or c.isspace() else _written(c) for c in text)
    text = _SPACES.sub(" ", text).strip()
    return _LONG.sub(_breakable, text)


def tidy(value: Any) -> Any:
    """``plain`` for every string (not the keys) inside lists and mappings."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, dict):
        return {key: tidy(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [tidy(inner) for inner in value]
    return value


def _control(point: int) -> bool:
    return point < 0x20 or 0x7F <= point < 0xA0


def _showable(point: int) -> bool:
    return point in _SILENT or (point in covered() and not _control(point))


def _written(character: str) -> str:
    point = ord(character)
    return "" if _control(point) else f"[U+{point:04X}]"


def _breakable(match: re.Match[str]) -> str:
    word = match.group()
    return _BREAK.join(word[at:at + 10] for at in range(0, len(word), 10))
