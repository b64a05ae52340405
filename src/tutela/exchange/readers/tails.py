"""Rows that stand below the data: totals, and what follows them (who made the list, and when)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tutela.vocabulary.folding import fold

from . import tables
from .source import Row, Source

WORDS = frozenset(map(fold, (
    "total", "totals", "grand total", "sum", "всього", "усього", "разом", "всего", "итого", "المجموع", "مجموع",
    "الإجمالي", "إجمالي", "جمع", "جمع کل", "toplam", "genel toplam",
    "cəmi", "gesamt", "summe", "insgesamt", "ընդամենը")))
FILLED = 3  # cells at most
LEAST_WIDTH = 4  # of a table: in a narrower one three cells are a record
LEAST_WIDTH_FOOT = 6
LONGEST = 20  # rows


def is_total(row: Sequence[Any]) -> bool:
    """Whether a row begins with a word for 'total' (perhaps with its number), and holds but numbers besides."""
    cells = [cell for cell in row if not tables.is_empty(cell)]
    if not 0 < len(cells) <= FILLED or not isinstance(cells[0], str) or len(cells[0]) > 60:
        return False
    words = [word for word in fold(cells[0]).split() if not word.isdecimal()]
    return " ".join(words) in WORDS and all(any(c.isdigit() for c in str(cell)[:60]) for cell in cells[1:])


def _is_foot(row: Sequence[Any], codes: frozenset[int]) -> bool:
    """Whether a row below a total looks like a signature or a date: one or two cells, the first of them words."""
    if tables.filled(row) > 2 or len(row) < LEAST_WIDTH_FOOT:
        return False
    first = next((j for j, cell in enumerate(row) if not tables.is_empty(cell)), 0)
    return isinstance(row[first], str) and not tables.looks_like_value(row[first]) and \
        not (first in codes and tables.is_code(row[first]))


def without_tail(source: Source, rows: Iterator[Row], codes: frozenset[int], blank: str | None) -> Iterator[Row]:
    """The rows without totals at the end; a total with records below it is no end, and all are given.

    ``blank`` is what an empty cell holds.
    """
    width = len(source.columns)
    spare = width - FILLED
    held: list[Row] = []
    for row in rows:
        if not held and (spare < 1 or row[1].count(blank) < spare):
            yield row
        elif len(held) < LONGEST and (is_total(row[1]) or held and _is_foot(row[1], codes)):
            held.append(row)
        else:
            yield from held
            held.clear()
            yield row
    for number, cells, _ in held:
        if is_total(cells):
            source.warn("total-row-skipped", row=number, value=tables.row_text(cells))
        else:
            source.warn("footer-skipped", row=number, value=tables.row_text(cells))
