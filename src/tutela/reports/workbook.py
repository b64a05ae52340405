"""The damaged-places list as an XLSX workbook: the list, the summary, and what it is.

Everything that came from people is written as a string, never as a formula or a link; numbers are numbers; dates are
EDTF text, because a spreadsheet date cannot say "2020-10" or "not later than".  No clock is read: equal lists give
equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.reports import problems  # noqa: F401  (declares the codes)
from tutela.reports.columns import Column, columns
from tutela.reports.damaged import Count, DamagedList
from tutela.reports.tables import about
from tutela.reports.words import words
from tutela.vocabulary import disclaimer

MOST_ROWS = 1_048_574  # a worksheet's rows, less the headings and the HXL row
MOST_CHARACTERS = 32_767  # a cell's characters
_INK, _GREY, _RULE, _HEAD = "#17191b", "#5c6166", "#dadad3", "#eaeae4"


def damaged_xlsx(listed: DamagedList, *, hxl: bool = False) -> bytes:
    """The workbook.  With ``hxl`` the row under the headings holds HXL hashtags.  Raises ``report-too-many-rows``."""
    if len(listed.rows) > MOST_ROWS:
        raise TutelaError(problem("report-too-many-rows", count=f"{len(listed.rows):,}", most=f"{MOST_ROWS:,}"))
    import xlsxwriter

    out = io.BytesIO()
    book = xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties(
        {
            "title": _cell(listed.title)[:255],
            "author": _cell(listed.issuer)[:255],
            "comments": f"Revision {_cell(listed.revision)[:128]}",
            "created": datetime.combine(listed.made_on, time()),
        }
    )
    styles = _styles(book)
    _list_sheet(book.add_worksheet("List"), listed, styles, hxl)
    _summary_sheet(book.add_worksheet("Summary"), listed, styles)
    _about_sheet(book.add_worksheet("About"), listed, styles)
    book.close()
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    base = {"font_name": "Arial", "font_size": 10, "font_color": _INK, "valign": "top"}
    return {
        "text": book.add_format(base),
        "rtl": book.add_format({**base, "reading_order": 2}),
        "wrap": book.add_format({**base, "text_wrap": True}),
        "number": book.add_format({**base, "num_format": "#,##0"}),
        "degree": book.add_format({**base, "num_format": "General"}),
        "head": book.add_format({**base, "bold": True, "text_wrap": True, "bg_color": _HEAD, "bottom": 2}),
        "documented": book.add_format(
            {**base, "bold": True, "bg_color": _HEAD, "bottom": 2, "align": "right", "underline": 1}
        ),
        "verified": book.add_format(
            {**base, "bold": True, "bg_color": _HEAD, "bottom": 2, "align": "right", "underline": 2}
        ),
        "tag": book.add_format({**base, "font_color": _GREY, "font_size": 9}),
        "title": book.add_format({**base, "bold": True, "font_size": 14}),
        "grey": book.add_format({**base, "font_color": _GREY}),
    }


def _list_sheet(sheet: Any, listed: DamagedList, styles: dict[str, Any], hxl: bool) -> None:
    layout = columns(listed)
    first = 2 if hxl else 1
    for at, column in enumerate(layout):
        sheet.set_column(at, at, column.width)
        sheet.write_string(0, at, _cell(column.heading), styles["head"])
        if hxl:
            sheet.write_string(1, at, column.tag, styles["tag"])
    for line, row in enumerate(listed.rows, first):
        for at, column in enumerate(layout):
            _write(sheet, line, at, column, column.value(row), styles)
    sheet.freeze_panes(first, 2)
    sheet.autofilter(first - 1, 0, max(first, first + len(listed.rows) - 1), len(layout) - 1)
    _on_paper(sheet, listed)
    sheet.repeat_rows(0)


def _write(sheet: Any, line: int, at: int, column: Column, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float)):
        sheet.write_number(line, at, value, styles["degree"])
    else:
        sheet.write_string(line, at, _cell(value), styles["rtl" if column.rtl else "text"])


def _summary_sheet(sheet: Any, listed: DamagedList, styles: dict[str, Any]) -> None:
    w = words(listed.lang)
    for at, width in enumerate((44, 14, 14, 44)):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, _cell(listed.title), styles["title"])
    sheet.write_string(1, 0, f"{w['as_of']} {listed.as_of.isoformat()}", styles["grey"])
    sheet.write_string(2, 0, disclaimer.text("counts", listed.lang), styles["grey"])
    sheet.write_string(3, 0, w["lines_overlap"], styles["grey"])
    whole = Count(w["places"], listed.documented, listed.verified, query=listed.query)
    line = 5
    for heading, counts in (
        ("", [whole]),
        (w["by_category"], listed.by_category),
        (w["by_protection"], listed.by_protection),
        (w["by_region"], listed.by_region),
    ):
        line = _counts(sheet, line, heading, counts, styles, w) + 1
    _on_paper(sheet, listed)


def _counts(
    sheet: Any, line: int, heading: str, counts: Sequence[Count], styles: dict[str, Any], w: dict[str, str]
) -> int:
    """One block of the summary, zero lines included; answers the line after it."""
    sheet.write_string(line, 0, heading, styles["head"])
    sheet.write_string(line, 1, w["documented"], styles["documented"])
    sheet.write_string(line, 2, w["verified"], styles["verified"])
    sheet.write_string(line, 3, w["query"], styles["head"])
    for count in counts:
        line += 1
        sheet.write_string(line, 0, _cell(count.label), styles["text"])
        sheet.write_number(line, 1, count.documented, styles["number"])
        sheet.write_number(line, 2, count.verified, styles["number"])
        sheet.write_string(line, 3, _cell(count.query), styles["grey"])
    return line + 1


def _about_sheet(sheet: Any, listed: DamagedList, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 110)
    for line, (heading, text) in enumerate(about(listed)):
        rtl = disclaimer.direction(_language(heading)) == "rtl"
        sheet.write_string(line, 0, _cell(heading), styles["grey"])
        sheet.write_string(line, 1, _cell(text), styles["rtl" if rtl else "wrap"])
    _on_paper(sheet, listed)


def _language(name: str) -> str:
    return next((lang for lang, own in disclaimer.LANGUAGE_NAMES.items() if own == name), "")


def _on_paper(sheet: Any, listed: DamagedList) -> None:
    """Landscape A4, one page wide, the disclaimer and page number at the foot."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer(f"&L&8{disclaimer.text('boundaries-short', listed.lang)}&R&8&P / &N")


def _cell(text: str) -> str:
    """Text a cell can hold: no lone surrogates, no longer than a cell may be (the cut is marked)."""
    whole = text.encode("utf-8", "replace").decode("utf-8")
    if len(whole) <= MOST_CHARACTERS:
        return whole
    mark = f"… ({len(whole):,} characters)"
    return whole[: MOST_CHARACTERS - len(mark)] + mark
