"""What the command line says, and how: streams that never fail on a letter, tables, a progress bar."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any, TextIO


def prepare() -> None:
    """A console that cannot show a letter shows its number instead; nothing ends because of one."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(AttributeError, ValueError, OSError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]


def say(text: str = "", file: TextIO | None = None) -> None:
    """One line, to standard output unless told otherwise."""
    print(text, file=file or sys.stdout)


def hint(text: str) -> None:
    """One line that is no result: to standard error."""
    print(text, file=sys.stderr)


def show_json(data: Any) -> None:
    """Data as JSON, letters as they are where the stream knows them all."""
    import json

    encoding = (getattr(sys.stdout, "encoding", None) or "ascii").lower().replace("-", "").replace("_", "")
    print(json.dumps(data, indent=2, ensure_ascii=not encoding.startswith("utf"), default=str))


def width(text: str) -> int:
    """The columns a text takes on a terminal: marks none, wide letters two."""
    import unicodedata

    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) in ("Cf", "Me") else 1 + (unicodedata.east_asian_width(c) in "WF")
               for c in text)


def cut(text: str, most: int) -> str:
    """A text of at most so many letters."""
    return text if len(text) <= most else text[: most - 1] + "…"


def table(headers: Sequence[str], rows: Iterable[Sequence[Any]], right: Iterable[int] = ()) -> list[str]:
    """Lines of a table; the columns numbered in ``right`` are figures, set to the right."""
    figures = set(right)
    cells = [[str(h) for h in headers], *([f"{v:,}" if isinstance(v, int) else str(v) for v in row] for row in rows)]
    widths = [max(width(row[i]) for row in cells) for i in range(len(headers))]
    lines = []
    for row in cells:
        padded = [" " * (widths[i] - width(c)) + c if i in figures else c + " " * (widths[i] - width(c)) for i, c in enumerate(row)]
        lines.append("  ".join(padded).rstrip())
    return lines


class Progress:
    """A bar on standard error, only if that is a terminal.  Call it with what is done, how much, and of how much."""

    def __init__(self, quiet: bool = False) -> None:
        self.shown = not quiet and sys.stderr.isatty()
        self._last = 0.0
        self._drawn = 0

    def __call__(self, doing: str, done: int, total: int | None = None) -> None:
        now = time.monotonic()
        if not self.shown or (now - self._last < 0.1 and done != total):
            return
        self._last = now
        if total:
            filled = min(24, 24 * done // total)
            text = f"{doing}  [{'#' * filled}{'.' * (24 - filled)}] {min(100, 100 * done // total)} %"
        else:
            text = f"{doing}  {done:,}" if done else doing
        self._draw(cut(text, 78))

    def _draw(self, text: str) -> None:
        sys.stderr.write("\r" + text + " " * (self._drawn - len(text)))
        sys.stderr.flush()
        self._drawn = len(text)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *about: object) -> None:
        if self._drawn:
            self._draw("")
            sys.stderr.write("\r")
