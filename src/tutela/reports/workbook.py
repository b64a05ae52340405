"""The damaged-places list as an XLSX workbook: the list, the summary, the places behind every figure, and what it is.

Everything that came from people is written as a string, never as a formula or a link; numbers are numbers; dates are
EDTF text, because a spreadsheet date cannot say "2020-10" or "not later than".  No clock is read: equal lists give
equal bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time
from typing import Any

from tutela.errors import TutelaError, problem
from tutela.reports import problems  # noqa: F401  (declares the codes)
from tutela.reports.columns import Column, columns
from tutela.reports.damaged import Block, Count, DamagedList
from tutela.reports.tables import about
from tutela.reports.words import words
from tutela.vocabulary import disclaimer

MOST_ROWS = 1_048_574  # a worksheet's rows, less the headings and the HXL row
MOST_CHARACTERS = 32_767  # a cell's characters
MOST_LINKS = 60_000  # a worksheet holds 65,530 links
OPENED = "Places per figure"
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
            "created": datetime.combine(listed.dated, time()),
        }
    )
    styles = _styles(book)
    _list_sheet(book.add_worksheet("List"), listed, styles, hxl)
    summary, about_sheet = book.add_worksheet("Summary"), book.add_worksheet("About")
    links = _opened_sheet(book.add_worksheet(OPENED), listed, styles, 2 if hxl else 1) if listed.blocks else {}
    _summary_sheet(summary, listed, styles, links)
    _about_sheet(about_sheet, listed, styles)
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
        "link": book.add_format({**base, "num_format": "#,##0", "underline": 1, "font_color": "#1f4e79"}),
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


def _opened_sheet(sheet: Any, listed: DamagedList, styles: dict[str, Any], first: int) -> dict[tuple[str, str, str], int]:
    """The places behind every figure of the summary, each leading to its row of the list; answers where each figure's begin.

    {(table, code, measure): line}.  Raises ``report-too-many-rows`` where a worksheet does not hold them.
    """
    figures = [(block.name, count, measure, at) for block, count in _lines(listed)
               for measure, at in (("documented", count.rows), ("verified", _having(listed, count, "verified")),
                                   ("newly", _having(listed, count, "newly")))]
    number = sum(len(at) for *_, at in figures)
    if number > MOST_ROWS:
        raise TutelaError(problem("report-too-many-rows", count=f"{number:,}", most=f"{MOST_ROWS:,}"))
    heads = (("Table", 12), ("Line", 34), ("Figure", 14), ("Row of the list", 14), ("Public id", 38), ("Name", 40))
    for at, (head, width) in enumerate(heads):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, head, styles["head"])
    links, line, urls = {}, 0, 0
    for name, count, measure, rows in figures:
        if rows:
            links[name, count.code, measure] = line + 1
        for row in rows:
            line += 1
            urls += 1
            if urls < MOST_LINKS:
                sheet.write_url(line, 3, f"internal:List!A{first + row + 1}", styles["link"])
            cells = (name or "all", count.label, measure, None, listed.rows[row].public_id, listed.rows[row].name)
            for at, text in enumerate(cells):
                if text is not None:
                    sheet.write_string(line, at, _cell(text), styles["text"])
            sheet.write_number(line, 3, first + row + 1, styles["number" if urls >= MOST_LINKS else "link"])
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, line), 5)
    _on_paper(sheet, listed)
    return links


def _lines(listed: DamagedList) -> Iterator[tuple[Block, Count]]:
    """All lines of the summary, with the table they stand in; that of all places first, in a table without a name."""
    if listed.total:
        yield Block("", ""), listed.total
    for block in listed.tables():
        for count in block.counts:
            yield block, count


def _having(listed: DamagedList, count: Count, measure: str) -> list[int]:
    return [at for at in count.rows if (listed.rows[at].verified if measure == "verified" else listed.rows[at].newly == "yes")]


def _write(sheet: Any, line: int, at: int, column: Column, value: Any, styles: dict[str, Any]) -> None:
    if value is None or value == "":
        return
    if isinstance(value, (int, float)):
        sheet.write_number(line, at, value, styles["degree"])
    else:
        sheet.write_string(line, at, _cell(value), styles["rtl" if column.rtl else "text"])


def _summary_sheet(sheet: Any, listed: DamagedList, styles: dict[str, Any], links: dict[tuple[str, str, str], int]) -> None:
    w = words(listed.lang)
    for at, width in enumerate((44, 14, 14, 14, 12, 12, 44)):
        sheet.set_column(at, at, width)
    sheet.write_string(0, 0, _cell(listed.title), styles["title"])
    sheet.write_string(1, 0, f"{w['as_of']} {listed.as_of.isoformat()}", styles["grey"])
    sheet.write_string(2, 0, disclaimer.text("counts", listed.lang), styles["grey"])
    sheet.write_string(3, 0, w["lines_overlap"], styles["grey"])
    whole = listed.total or Count(w["places"], listed.documented, listed.verified, query=listed.query)
    line = _counts(sheet, 5, Block("", "", [replace(whole, label=w["places"])]), styles, w, links) + 1
    for block in listed.tables():
        title = block.title if listed.blocks else w[f"by_{block.name}"]
        line = _counts(sheet, line, replace(block, title=title), styles, w, links) + 1
    _on_paper(sheet, listed)


def _counts(sheet: Any, line: int, block: Block, styles: dict[str, Any], w: dict[str, str],
            links: dict[tuple[str, str, str], int]) -> int:
    """One block of the summary, zero lines included; answers the line after it.  A number leads to its places."""
    heads = (("", "head"), ("documented", "documented"), ("verified", "verified"), ("newly", "head"), ("places_in", "head"),
             ("found", "head"), ("query", "head"))
    for at, (key, style) in enumerate(heads):
        sheet.write_string(line, at, w[key] if key else block.title, styles[style])
    for count in block.counts:
        line += 1
        sheet.write_string(line, 0, _cell(count.label), styles["text"])
        for at, measure in enumerate(("documented", "verified", "newly", "places", "found"), 1):
            value = getattr(count, measure)
            if value is None:
                continue
            target = links.get((block.name, count.code, measure))
            if target is not None:
                sheet.write_url(line, at, f"internal:'{OPENED}'!A{target + 1}", styles["link"])
            sheet.write_number(line, at, value, styles["number" if target is None else "link"])
        sheet.write_string(line, 6, _cell(count.query), styles["grey"])
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
