"""What a workbook shows otherwise than it stores: cells merged downwards, and fractions shown as per cent."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from . import tables

Span = tuple[int, int, Any]  # first and last row (0-based) and the value for all of them


def marked(rows: bytearray | None, number: int) -> bool:
    """Whether row ``number`` (1-based) is in a set of rows kept as bits."""
    return rows is not None and number >> 3 < len(rows) and bool(rows[number >> 3] & 1 << (number & 7))


def as_percent(cell: Any) -> Any:
    """0.4 → '40%', as the sheet shows it; what is no number stays."""
    if isinstance(cell, bool) or not isinstance(cell, (int, float)):
        return cell
    text = f"{cell * 100:.6f}".rstrip("0").rstrip(".")
    return f"{'0' if text == '-0' else text}%"


def percent_columns(rows: Sequence[Sequence[Any]], start: int, width: int,
                    percents: Mapping[int, bytearray]) -> dict[int, int]:
    """Column (0-based) → how many of its numbers under the header are shown as per cent."""
    found: dict[int, int] = {}
    for column, bits in sorted(percents.items()):
        if column > width:
            continue
        cells = ((number, row[column - 1]) for number, row in enumerate(rows[start:], start + 1) if column <= len(row))
        count = sum(1 for number, cell in cells if marked(bits, number) and as_percent(cell) is not cell)
        if count:
            found[column - 1] = count
    return found


class Downwards:
    """Ranges merged over several rows of data: what their first cell says holds for every row of them.

    ``columns`` gives how many ranges there are in a column (0-based), ``whole`` how many were one column wide: of a
    wider range only the first column is filled.  Ranges that reach out of the header or overlap are left alone.
    """

    def __init__(self, merged: tables.Merged, start: int, width: int) -> None:
        self.places: dict[int, list[tuple[int, int]]] = {}
        self.columns: dict[int, int] = {}
        self.whole = 0
        self.spans: dict[int, tuple[list[int], list[Span]]] = {}
        self._wide = {(c0, r0): c1 > c0 for (r0, c0), (r1, c1) in merged if r1 > r0 and r0 >= start and c0 < width}
        for (r0, c0), (r1, _) in merged:
            if (c0, r0) in self._wide and r1 > r0:
                self.places.setdefault(c0, []).append((r0, r1))

    def take(self, value_at: Any) -> None:
        """Fetch the values: ``value_at(row, column)``, both 0-based, gives ``None`` for nothing worth repeating."""
        for column, places in sorted(self.places.items()):
            spans: list[Span] = []
            for first, last in sorted(places):
                if spans and first <= spans[-1][1]:
                    continue
                if (value := value_at(first, column)) is not None:
                    spans.append((first, last, value))
                    self.whole += not self._wide[column, first]
            if spans:
                self.columns[column] = len(spans)
                self.spans[column] = ([s[0] for s in spans], spans)

    def fill(self, index: int, row: list[Any]) -> None:
        """Put the values into the empty cells of the row at ``index`` (0-based)."""
        for column, (firsts, spans) in self.spans.items():
            at = bisect_right(firsts, index) - 1
            if at >= 0 and index <= spans[at][1] and row[column] is None:
                row[column] = spans[at][2]
