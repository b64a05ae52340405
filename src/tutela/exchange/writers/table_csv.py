"""CSV: UTF-8 with a byte order mark (a spreadsheet then reads every script), commas, CRLF (RFC 4180), the header in the first line.

A clean table has no room for what it is, so that stands beside it, in ``NAME.csv.meta.json``.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

from tutela.exchange.flat import FLAT_COLUMNS
from tutela.exchange.writers import Item

# What a spreadsheet takes for the start of a formula, full-width forms included (OWASP: CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
_SKIPPED = "' \u00a0\u200b\ufeff"
_SUSPECT = frozenset((*_FORMULA, *_SKIPPED))


class Writer:
    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._out = open(path, "w", encoding="utf-8", errors="replace", newline="", buffering=1 << 20)  # noqa: SIM115
        self._out.write("\ufeff")
        self._csv = csv.writer(self._out, lineterminator="\r\n")
        self._csv.writerow(FLAT_COLUMNS)

    def write(self, items: list[Item]) -> None:
        self._csv.writerows([[guarded(v) if v.__class__ is str and v[:1] in _SUSPECT else v for v in flat.values()] for flat, _ in items])

    def finish(self, about: dict[str, Any]) -> None:
        self._out.close()

    def abandon(self) -> None:
        self._out.close()


def guarded(text: str) -> str:
    """Text that a spreadsheet would run gets a leading apostrophe (and so does text that looks as if it had got one)."""
    return f"'{text}" if text.lstrip(_SKIPPED).startswith(_FORMULA) else text


def unguarded(text: str) -> str:
    """The inverse of :func:`guarded`."""
    return text[1:] if text.startswith("'") and guarded(text[1:]) == text else text
