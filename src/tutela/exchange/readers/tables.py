"""Where the header of a table is, what its columns are called, and which rows are headings amid the data.

Pure functions over rows of cells (``None`` or blank text = empty); used for text tables and for workbooks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

SAMPLE_ROWS = 60
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_NUMBER = re.compile(r"[-+]?\d{1,15}([.,]\d+)?([eE][-+]?\d+)?")
_DECIMAL = re.compile(r"[-+]?\d+[.,]\d+")
_DATE = re.compile(r"\d{4}-\d{1,2}-\d{1,2}([T ].*)?|\d{1,2}[./]\d{1,2}[./]\d{2,4}")
_WKT = re.compile(r"(MULTI)?(POINT|LINESTRING|POLYGON)\s*Z?\s*\(|GEOMETRYCOLLECTION", re.IGNORECASE)
_CODE = re.compile(r"[\W_]*\w*\d[\w\-./]*")
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))

Merged = Sequence[tuple[tuple[int, int], tuple[int, int]]]


@dataclass
class Layout:
    """``header`` is the index (in the sample) of the row with the column names; data begin at ``start``."""

    header: int
    start: int
    columns: tuple[str, ...]
    titles: list[tuple[int, str]] = field(default_factory=list)  # (index, text) of what stands above
    groups: dict[str, list[str]] = field(default_factory=dict)  # group name -> columns under it
    numbering: int | None = None  # index of a row that only numbers the columns
    unnamed: list[int] = field(default_factory=list)  # 1-based positions
    repeated: list[str] = field(default_factory=list)


class NoHeader(ValueError):
    """The first full row holds values.  ``index`` and ``value`` say which."""

    def __init__(self, index: int, value: str) -> None:
        super().__init__(value)
        self.index, self.value = index, value


def is_empty(cell: Any) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def filled(row: Sequence[Any]) -> int:
    """How many cells hold something."""
    return sum(1 for cell in row if not is_empty(cell))


def clean_name(cell: Any) -> str:
    """A header as a name: one line, no invisible characters, NFC."""
    if cell is None:
        return ""
    text = unicodedata.normalize("NFC", str(cell)).translate(_INVISIBLE)
    return " ".join(text.split())[:200]


def looks_like_value(cell: Any) -> bool:
    """Whether a cell is data (number, date, id, geometry) rather than the name of a column."""
    if isinstance(cell, bool) or isinstance(cell, (int, float, datetime, date, time)):
        return True
    text = str(cell).strip()
    return bool(_NUMBER.fullmatch(text) or _DATE.fullmatch(text) or _UUID.fullmatch(text) or _WKT.match(text))


def _sure_value(cell: Any) -> bool:
    """A value that is never the name of a column."""
    if isinstance(cell, float) and not cell.is_integer() or isinstance(cell, (datetime, date)):
        return True
    text = str(cell).strip()
    return bool(_DECIMAL.fullmatch(text) or _DATE.fullmatch(text) or _UUID.fullmatch(text) or _WKT.match(text))


def _is_year(cell: Any) -> bool:
    return bool(re.fullmatch(r"(1[5-9]|20)\d\d(\.0)?", str(cell).strip()))


def _header_index(rows: Sequence[Sequence[Any]]) -> int:
    fills = [filled(row) for row in rows]
    most = max(fills, default=0)
    if most == 0:
        raise IndexError
    usual = sorted(f for f in fills if f > 1)[len([f for f in fills if f > 1]) // 2] if most > 1 else 1
    least = max(2, round(0.6 * max(usual, 0.75 * most))) if most > 1 else 1
    return next(i for i, count in enumerate(fills) if count >= min(least, most))


def _check_header(rows: Sequence[Sequence[Any]], index: int) -> None:
    header = [(j, cell) for j, cell in enumerate(rows[index]) if not is_empty(cell)]
    values = [(j, cell) for j, cell in header if looks_like_value(cell)]
    for j, cell in values:
        below = [row[j] for row in rows[index + 1:] if j < len(row) and not is_empty(row[j])]
        years_below = below and sum(map(_is_year, below)) > len(below) / 2
        if _sure_value(cell) or (_is_year(cell) and years_below):
            raise NoHeader(index, str(cell))
    plain = [cell for _, cell in values if not _is_year(cell)]
    if len(plain) > 0.3 * len(header) or (values and len(values) == len(header)):
        raise NoHeader(index, str(values[0][1]))


def _is_numbering(row: Sequence[Any], width: int) -> bool:
    cells = [str(c).strip().removesuffix(".0") for c in row[:width] if not is_empty(c)]
    return len(cells) >= 3 and cells == [str(n) for n in range(1, len(cells) + 1)]


def _is_subheader(header: Sequence[Any], row: Sequence[Any], width: int) -> bool:
    """A second header row: names exactly where the first has none (or has the first of a group)."""
    under = [j for j in range(min(width, len(row))) if not is_empty(row[j])]
    bare = [j for j in range(width) if j >= len(header) or is_empty(header[j])]
    if len(under) < 2 or not bare or any(looks_like_value(row[j]) for j in under):
        return False
    groups = {j for j in range(width) if j + 1 in bare}
    return set(bare) <= set(under) <= set(bare) | groups


def _spread(row: Sequence[Any], width: int, index: int, merged: Merged | None) -> list[str]:
    """A row of groups, each name carried to the right: over its merged cells where known, else until the next."""
    carried, current, until = [], "", width
    for j in range(width):
        name = clean_name(row[j]) if j < len(row) else ""
        if name:
            current = name
            until = width if merged is None else next((c1 for (r0, c0), (_, c1) in merged if (r0, c0) == (index, j)), j)
        carried.append(current if j <= until else "")
    return carried


def layout(rows: Sequence[Sequence[Any]], header_at: int | None = None, merged: Merged | None = None) -> Layout:
    """Find the header in the first rows of a table.

    ``merged``: the merged ranges of a sheet as ((first row, first column), (last row, last column)), 0-based.

    :raises NoHeader: when the first full row holds values.  :raises IndexError: when all rows are empty.
    """
    index = header_at if header_at is not None else _header_index(rows)
    if index >= len(rows) or not filled(rows[index]):
        raise IndexError
    if header_at is None:
        _check_header(rows, index)
    header = rows[index]
    later = rows[index + 1:]
    width = max((j + 1 for j, cell in enumerate(header) if not is_empty(cell)), default=0)
    if later:
        lengths = [max((j + 1 for j, cell in enumerate(row) if not is_empty(cell)), default=0) for row in later]
        wide = sorted(lengths)[len(lengths) // 2]
        width = max(width, min(wide, max(len(header), width)))
    names = [clean_name(header[j]) if j < len(header) else "" for j in range(width)]
    found = Layout(index, index + 1, ())
    group_of = [""] * width
    if later and _is_subheader(header, later[0], width):
        tops = _spread(header, width, index, merged)
        below = [clean_name(later[0][j]) if j < len(later[0]) else "" for j in range(width)]
        group_of = [top if low else "" for top, low in zip(tops, below, strict=True)]
        names = [f"{top}: {low}" if low and top else low or top for top, low in zip(tops, below, strict=True)]
        found.start += 1
    above = [i for i in range(index) if filled(rows[i])]
    for i in above:
        if filled(rows[i]) > 1 and not any(group_of):
            group_of = _spread(rows[i], width, i, merged)
        elif filled(rows[i]) > 1:
            group_of = [new or old for new, old in zip(_spread(rows[i], width, i, merged), group_of, strict=True)]
        found.titles.append((i, row_text(rows[i])))
    if found.start < len(rows) and _is_numbering(rows[found.start], width):
        found.numbering = found.start
        found.start += 1
    _name(found, names, group_of)
    return found


def _name(found: Layout, names: list[str], group_of: list[str]) -> None:
    """Give every column its own name: the group tells repeated ones apart, else a number."""
    for j, name in enumerate(names):
        if not name:
            names[j] = f"column {j + 1}"
            found.unnamed.append(j + 1)
    repeated = {n for n in names if names.count(n) > 1}
    found.repeated = sorted(repeated)
    full = [f"{g}: {n}" if n in repeated and g else n for n, g in zip(names, group_of, strict=True)]
    taken: set[str] = set()
    for j, name in enumerate(full):
        unique, number = name, 2
        while unique in taken:
            unique, number = f"{name} ({number})", number + 1
        taken.add(unique)
        full[j] = unique
        if group_of[j]:
            found.groups.setdefault(group_of[j], []).append(unique)
    found.columns = tuple(full)


def row_text(row: Sequence[Any]) -> str:
    """What a row says, on one line, to be shown."""
    return " | ".join(clean_name(c) for c in row if not is_empty(c))[:200]


def is_code(cell: Any) -> bool:
    """Whether a text is shaped like an id."""
    return _CODE.fullmatch(str(cell).strip()) is not None


def sections_possible(rows: Sequence[Sequence[Any]], width: int, codes: frozenset[int]) -> bool:
    """Whether one-cell rows can be told from records: tables of three columns or more, most rows with several cells."""
    full = [row for row in rows if filled(row)]
    return width >= 3 and bool(full) and sum(1 for row in full if section_text(row, codes)) < len(full) * 0.5


def code_columns(rows: Sequence[Sequence[Any]], width: int) -> frozenset[int]:
    """Columns whose cells are mostly codes or numbers (ids): a lone cell of the same look there is a record."""
    found = set()
    full = [row for row in rows if filled(row) > 1]
    for j in range(width):
        cells = [str(row[j]).strip() for row in full if j < len(row) and not is_empty(row[j])]
        if cells and sum(1 for c in cells if _CODE.fullmatch(c)) > len(cells) * 0.8:
            found.add(j)
    return frozenset(found)


def section_text(row: Sequence[Any], codes: frozenset[int]) -> str | None:
    """The text of a heading row: one filled cell, not shaped like the ids of its column; else ``None``."""
    where = [j for j, cell in enumerate(row) if not is_empty(cell)]
    if len(where) != 1:
        return None
    text = clean_name(row[where[0]])
    if where[0] in codes and _CODE.fullmatch(text):
        return None
    return None if looks_like_value(row[where[0]]) else text
