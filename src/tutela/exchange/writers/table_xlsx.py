"""XLSX: the sheet ``places`` with a row a place, and the sheet ``About``.

Text is written as text, never as a formula or a link; dates are EDTF text, because a spreadsheet's date cannot say "2020-10".
Rows go to the disk as they come (memory stays flat).
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from tutela.exchange.flat import FLAT_COLUMNS
from tutela.exchange.writers import Item
from tutela.exchange.writers.about import lines_of

MOST_CHARACTERS = 32_767  # of a cell, as UTF-16 code units
CUT = "… [cut]"
_WIDTHS = {"id": 38, "name": 32, "names": 48, "description": 48, "type": 22, "address": 24, "sources": 32}


class Writer:
    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        import xlsxwriter

        self._book = xlsxwriter.Workbook(str(path), {
            "constant_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False,
            "tmpdir": str(path.parent)})
        self._book.set_properties({"title": fitting(about["title"])[:255], "comments": about["disclaimer"][:255]})
        self._bold = self._book.add_format({"bold": True})
        self._wrap = self._book.add_format({"text_wrap": True, "valign": "top"})
        self._sheet = self._book.add_worksheet("places")
        for at, name in enumerate(FLAT_COLUMNS):
            self._sheet.set_column(at, at, _WIDTHS.get(name, 14))
        self._sheet.freeze_panes(1, 2)
        for at, name in enumerate(FLAT_COLUMNS):
            self._sheet.write_string(0, at, name, self._bold)
        self._line = 1

    def write(self, items: list[Item]) -> None:
        text, number = self._sheet.write_string, self._sheet.write_number
        line = self._line
        for flat, _ in items:
            for at, value in enumerate(flat.values()):
                if value is None or value == "":
                    continue
                if value.__class__ is str:
                    text(line, at, value if len(value) < 16_000 else fitting(value))
                else:
                    number(line, at, value)
            line += 1
        self._line = line

    def finish(self, about: dict[str, Any]) -> None:
        self._sheet.autofilter(0, 0, max(1, self._line - 1), len(FLAT_COLUMNS) - 1)
        sheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 18)
        sheet.set_column(1, 1, 100)
        for line, (head, text) in enumerate(lines_of(about)):
            sheet.write_string(line, 0, head, self._bold)
            sheet.write_string(line, 1, fitting(text), self._wrap)
        self._book.close()

    def abandon(self) -> None:
        """Remove the rows the library keeps in files of its own until the end."""
        for sheet in self._book.worksheets():
            with suppress(OSError):
                if sheet.row_data_fh:
                    sheet.row_data_fh.close()
                if sheet.row_data_filename:
                    Path(sheet.row_data_filename).unlink(missing_ok=True)


def fitting(text: str) -> str:
    """Text that fits a cell; what is cut says so."""
    if len(text.encode("utf-16-le", "replace")) // 2 <= MOST_CHARACTERS:
        return text
    short = text.encode("utf-16-le", "replace")[: 2 * (MOST_CHARACTERS - len(CUT))].decode("utf-16-le", "ignore")
    return short + CUT
