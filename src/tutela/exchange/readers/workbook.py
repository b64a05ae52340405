"""XLSX, XLSM, XLS and ODS through calamine, after a look at what the file would unfold into."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tutela.errors import TutelaError, problem

from . import mojibake, sheet_repairs, sheet_scan, tables, tails
from .content import Content, check_zip
from .delimited import find_layout, state_layout
from .records import MOST_CELL
from .source import LISTED, Row, Source, unusable

MOST_BYTES = 300 * 1024**2
ERRORS = frozenset({"#REF!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#VALUE!",
                    "#GETTING_DATA", "#SPILL!", "#CALC!"})


@dataclass
class Sheet:
    """One sheet: rows from row 1 and column A, and what its XML said."""

    name: str
    rows: list[list[Any]]
    merged: list[tuple[tuple[int, int], tuple[int, int]]]
    scan: sheet_scan.Scan
    width: int = 0  # of the header
    filled: int = 0  # rows under it
    hidden: bool = False


def open_workbook(content: Content, stated: dict[str, Any], kind: str, *, sheet: str | None = None,
                  header_row: int | None = None) -> Source:
    """A sheet of a workbook as a :class:`Source`; ``kind`` is 'xlsx', 'xls' or 'ods'."""
    data = content.read(MOST_BYTES)
    book = _open(data, content.name, kind)
    visible = {m.name: str(m.visible).endswith(".Visible") and str(m.typ).endswith(".WorkSheet")
               for m in book.sheets_metadata}
    names = [name for name in book.sheet_names if visible.get(name, True)]
    names = names or list(book.sheet_names)
    if sheet is not None and sheet not in book.sheet_names:
        raise unusable("sheet-unknown", content.name, sheet, sheets=", ".join(book.sheet_names))
    chosen = _choose(book, data, kind, [sheet] if sheet is not None else names, content.name, header_row)
    layout = find_layout(chosen.rows, header_row, content.name, chosen.merged, "sheet-none")
    stated.update(sheet=chosen.name, sheets=list(book.sheet_names), merged_ranges=len(chosen.merged), decimal=None)
    reader = _Reader(chosen, layout, kind == "xlsx")
    source = Source(content.path, content.name, kind, layout.columns, False, stated, reader.rows)
    state_layout(source, layout)
    others = [name for name in names if name != chosen.name]
    if sheet is None and others:
        source.warnings.append(problem("sheet-chosen", file=source.name, value=chosen.name,
                                       sheets=", ".join(others)[:1000]))
    _state_sheet(source, chosen, layout)
    _state_repairs(source, reader)
    return source


def _open(data: bytes, name: str, kind: str) -> Any:
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    if kind != "xls":
        check_zip(io.BytesIO(data), name)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheet_scan.check_parts(archive, name)
            if kind == "ods":
                sheet_scan.check_ods(archive, name)
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        raise unusable("file-protected", name) from None
    except (CalamineError, OSError, ValueError) as error:
        raise unusable("file-broken", name, error) from None
    except BaseException as error:  # a panic of the library derives from BaseException
        raise _panic(error, name) from None


def _panic(error: BaseException, name: str) -> BaseException:
    return unusable("file-broken", name, "the workbook's parts contradict each other") \
        if type(error).__name__ == "PanicException" else error


def _load(book: Any, data: bytes, kind: str, sheet: str, name: str) -> Sheet:
    """Scan a sheet, then read it."""
    from python_calamine import CalamineError

    scan = sheet_scan.Scan()
    if kind == "xlsx":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            part = sheet_scan.sheet_parts(archive, name).get(sheet)
            if part:
                scan = sheet_scan.scan_sheet(archive, part, sheet, name, sheet_scan.percent_styles(archive, name))
    try:
        found = book.get_sheet_by_name(sheet)
        rows = found.to_python(skip_empty_area=False)
        merged = list(found.merged_cell_ranges or ())
    except (CalamineError, OSError, ValueError) as error:
        raise unusable("file-broken", name, error) from None
    except BaseException as error:
        raise _panic(error, name) from None
    return Sheet(sheet, rows, merged, scan)


def _choose(book: Any, data: bytes, kind: str, names: list[str], name: str, header_row: int | None) -> Sheet:
    """The sheet with the widest header that has rows; a much wider one without rows is the form still to be filled in.

    Sheets named as examples or with a leading underscore are left aside while others are there.
    """
    plain = [n for n in names if not n.startswith("_") and "example" not in n.lower()] or names
    best: Sheet | None = None
    form: Sheet | None = None
    failed: TutelaError | None = None
    for sheet in plain:
        try:
            found = _load(book, data, kind, sheet, name)
        except TutelaError as error:
            failed = failed or error
            continue
        if len(names) == 1:
            return found
        _measure(found, header_row)
        if found.width and found.filled and (best is None or found.width > best.width * 1.5 or
                                             found.width >= best.width and found.filled > best.filled * 3):
            best = found
        elif found.width and (form is None or found.width > form.width):
            form = found
    if failed and best is None:
        raise failed
    if best is None or (form is not None and form.width > best.width * 2 and not form.filled):
        best = form or best
    if best is None:
        raise unusable("sheet-none", name)
    return best


def _measure(sheet: Sheet, header_row: int | None) -> None:
    try:
        layout = tables.layout(sheet.rows[:tables.SAMPLE_ROWS], None if header_row is None else header_row - 1)
    except tables.NoHeader as found:
        sheet.width, sheet.filled = tables.filled(sheet.rows[found.index]), len(sheet.rows) - found.index
        return
    except (IndexError, StopIteration):
        return
    sheet.width = len(layout.columns) - len(layout.unnamed)
    sheet.filled = sum(1 for row in sheet.rows[layout.start:] if tables.filled(row))


def _state_sheet(source: Source, sheet: Sheet, layout: tables.Layout) -> None:
    if not any(tables.filled(row) for row in sheet.rows[layout.start:]):
        source.warnings.append(problem("table-no-rows", file=source.name))
    for cell in sheet.scan.no_value:
        row, column = sheet_scan.split_place(cell)
        source.warnings.append(problem("formula-without-value", file=source.name, row=row, cell=cell,
                                       column=_column(source, column)))
    for cell, text in sheet.scan.errors:
        row, column = sheet_scan.split_place(cell)
        source.warnings.append(problem("cell-error", file=source.name, row=row, cell=cell, value=text,
                                       column=_column(source, column)))
    if sheet.scan.no_values > LISTED or sheet.scan.error_cells > LISTED:
        source.stated["formulas_without_value"] = sheet.scan.no_values
        source.stated["error_cells"] = sheet.scan.error_cells


def _state_repairs(source: Source, reader: _Reader) -> None:
    filled, whole = reader.downwards.columns, reader.downwards.whole
    if filled:
        names = {source.columns[j]: count for j, count in filled.items()}
        source.stated["merged_filled"] = names
        source.warnings.append(problem("merged-cells-filled", file=source.name, value=sum(filled.values()),
                                       columns=", ".join(names)[:1000]))
    if len(reader.sheet.merged) > whole:
        source.warnings.append(problem("merged-cells", file=source.name, value=len(reader.sheet.merged) - whole))
    if reader.percents:
        source.stated["percent_columns"] = {source.columns[j]: count for j, count in reader.percents.items()}
    for j, count in reader.percents.items():
        source.warnings.append(problem("percent-cells", file=source.name, column=source.columns[j], value=count))


def _column(source: Source, number: int) -> str | None:
    return source.columns[number - 1] if number <= len(source.columns) else None


def plain(cell: Any) -> Any:
    """A cell's value: text and numbers as they are, whole floats as int, dates and times as ISO 8601, blanks None."""
    if isinstance(cell, str):
        return cell if cell.strip() else None
    if isinstance(cell, bool) or isinstance(cell, int):
        return cell
    if isinstance(cell, float):
        return int(cell) if cell.is_integer() and abs(cell) < 2**53 else cell
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    return str(cell) if isinstance(cell, timedelta) else cell


class _Reader:
    def __init__(self, sheet: Sheet, layout: tables.Layout, downwards: bool) -> None:
        self.sheet, self.layout = sheet, layout
        self.width = len(layout.columns)
        data = sheet.rows[layout.start:layout.start + tables.SAMPLE_ROWS]
        self.codes = tables.code_columns(data, self.width)
        self.sections = tables.sections_possible(data, self.width, self.codes)
        self.percents = sheet_repairs.percent_columns(sheet.rows, layout.start, self.width, sheet.scan.percents)
        self.downwards = sheet_repairs.Downwards(sheet.merged if downwards else (), layout.start, self.width)
        self.downwards.take(self._value_at)

    def _value_at(self, index: int, column: int) -> Any:
        """The value of a merged range, ``None`` where it says nothing."""
        if index >= len(self.sheet.rows) or column >= len(self.sheet.rows[index]):
            return None
        cell = self._shown(index + 1, column, plain(self.sheet.rows[index][column]))
        return None if isinstance(cell, str) and (cell in ERRORS or len(cell) > MOST_CELL) else cell

    def _shown(self, number: int, column: int, cell: Any) -> Any:
        """A number as per cent where the sheet shows it so."""
        if column in self.percents and sheet_repairs.marked(self.sheet.scan.percents[column + 1], number):
            return sheet_repairs.as_percent(cell)
        return cell

    def rows(self, source: Source) -> Iterator[Row]:
        return tails.without_tail(source, self._rows(source), self.codes, None)

    def _rows(self, source: Source) -> Iterator[Row]:
        width = self.width
        for number, cells in enumerate(self.sheet.rows[self.layout.start:], self.layout.start + 1):
            row = [plain(cell) for cell in cells[:width]]
            row += [None] * (width - len(row))
            extra = [cell for cell in cells[width:] if not tables.is_empty(cell)]
            if extra:
                source.refuse("row-ragged", number, row + extra, cells=len(cells), expected=width)
                continue
            if not any(cell is not None for cell in row):
                continue
            for j in self.percents:
                row[j] = self._shown(number, j, row[j])
            self.downwards.fill(number - 1, row)
            several = sum(1 for cell in row if cell is not None)
            if several == 1 and self.sections and (text := tables.section_text(row, self.codes)) is not None:
                if tails.is_total(row):
                    source.warn("total-row-skipped", row=number, value=text)
                    continue
                source.sections.append((number, text))
                source.warn("section-skipped", row=number, value=text)
                continue
            if self._sound(source, number, row):
                yield number, row, None

    def _sound(self, source: Source, number: int, row: list[Any]) -> bool:
        for j, cell in enumerate(row):
            if not isinstance(cell, str):
                continue
            if len(cell) > MOST_CELL:
                source.refuse("cell-too-large", number, row, column=source.columns[j], limit=f"{MOST_CELL:,}")
                return False
            if cell in ERRORS:
                row[j] = None
                source.warn("cell-error", row=number, column=source.columns[j], value=cell, cell=f"in column {j + 1}")
            elif not cell.isascii() and mojibake.may_hold(cell) and (was := mojibake.repaired(cell)):
                source.warn("mojibake", row=number, column=source.columns[j], value=cell, repaired=was[:200])
            elif mojibake.lost(cell):
                source.warn("character-lost", row=number, column=source.columns[j], value=cell)
        return True
