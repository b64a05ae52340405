"""Workbooks: the sheet with the data is found and named, and what a spreadsheet hides is said aloud."""

from __future__ import annotations

import datetime
import struct
import zipfile
from pathlib import Path

import pytest
import xlsxwriter

from tutela.errors import Unusable
from tutela.exchange.readers import open_source, sheet_scan


def workbook(path: Path, sheets: dict[str, list[list]], merge: dict[str, list[tuple]] | None = None) -> Path:
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for i, row in enumerate(rows):
            for j, cell in enumerate(row):
                if isinstance(cell, tuple):
                    sheet.write_formula(i, j, cell[0], None, cell[1])
                elif cell is not None:
                    sheet.write(i, j, cell)
        for first_row, first, last_row, last, text in (merge or {}).get(name, []):
            sheet.merge_range(first_row, first, last_row, last, text)
    book.close()
    return path


def codes(source) -> list[str]:
    return [w.code for w in source.warnings]


def refusal(path: Path, **options) -> str:
    with pytest.raises(Unusable) as caught:
        list(open_source(path, **options).rows())
    return caught.value.code


def test_values_keep_their_kind_and_rows_their_sheet_number(tmp_path):
    rows = [
        ["id", "name", "seen", "area", "kept"],
        [1, "Mill", datetime.date(2020, 1, 2), 2.5, True],
        [],
        [2, "Fort", datetime.datetime(2020, 1, 2, 13, 30), 3.0, None],
    ]
    source = open_source(workbook(tmp_path / "a.xlsx", {"Sites": rows}))
    assert (source.format, source.columns) == ("xlsx", ("id", "name", "seen", "area", "kept"))
    assert list(source.rows()) == [
        (2, [1, "Mill", "2020-01-02", 2.5, True], None),
        (4, [2, "Fort", "2020-01-02T13:30:00", 3, None], None),
    ]
    assert source.warnings == [] and source.stated["sheet"] == "Sites"


def test_the_sheet_with_the_data_is_read_and_the_others_are_named(tmp_path):
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "Cover": [["Register"], ["2021"]],
            "Empty": [],
            "List": [["id", "name", "type"], *[[i, "x", "fort"] for i in range(5)]],
        },
    )
    source = open_source(path)
    assert source.stated["sheet"] == "List" and source.stated["sheets"] == ["Cover", "Empty", "List"]
    [warning] = source.warnings
    assert warning.code == "sheet-chosen" and "Cover, Empty" in warning.message
    assert open_source(path, sheet="Cover").columns == ("Register",)
    assert refusal(path, sheet="Lists") == "sheet-unknown"


def test_a_form_not_yet_filled_in_is_preferred_to_its_example_and_its_word_lists(tmp_path):
    wide = [f"field {n}" for n in range(40)]
    path = workbook(
        tmp_path / "a.xlsx",
        {
            "Form": [wide],
            "_example_": [wide, ["x"] * 40],
            "Words": [["term", "meaning", "note"], *[["a", "b", "c"]] * 50],
        },
    )
    source = open_source(path)
    assert source.stated["sheet"] == "Form" and "table-no-rows" in codes(source)
    assert len(list(open_source(path, sheet="_example_").rows())) == 1


def test_grouped_headers_give_the_names_of_the_last_row_and_tell_repeated_ones_apart(tmp_path):
    rows = [
        [None, None, None, None, None],
        [None] * 5,
        ["id", "name", "certainty", "cause", "certainty"],
        [1, "Mill", "high", "fire", "low"],
    ]
    merge = {"S": [(0, 1, 0, 2, "NAMES"), (0, 3, 0, 4, "DAMAGE")]}
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}, merge))
    assert source.columns == ("id", "name", "NAMES: certainty", "cause", "DAMAGE: certainty")
    assert source.stated["header_row"] == 3
    assert source.stated["groups"]["DAMAGE"] == ["cause", "DAMAGE: certainty"]
    assert [n for n, _, _ in source.rows()] == [4]


def test_a_second_header_row_under_merged_cells_is_joined_to_the_first(tmp_path):
    rows = [["id", "name", None, None], [None, None, "lat", "lon"], [1, "Mill", 40.5, 44.5]]
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}, {"S": [(0, 2, 0, 3, "Coordinates")]}))
    assert source.columns == ("id", "name", "Coordinates: lat", "Coordinates: lon")
    assert list(source.rows()) == [(3, [1, "Mill", 40.5, 44.5], None)]


def test_merged_cells_formulas_without_result_and_errors_are_reported_with_their_cell(tmp_path):
    rows = [["id", "name", "n"], [1, None, ("=1+1", 2)], [2, None, ("=NOW()", "")], [3, "c", ("=1/0", "#DIV/0!")]]
    path = workbook(tmp_path / "a.xlsx", {"S": rows}, {"S": [(1, 1, 2, 1, "shared")]})
    source = open_source(path)
    found = {w.code: w for w in source.warnings}
    assert found["merged-cells-filled"].value == "1" and source.stated["merged_ranges"] == 1
    assert (found["formula-without-value"].row, found["formula-without-value"].column) == (3, "n")
    assert (found["cell-error"].row, found["cell-error"].column, found["cell-error"].value) == (4, "n", "#DIV/0!")
    assert [v for _, v, _ in source.rows()] == [[1, "shared", 2], [2, "shared", None], [3, "c", None]]


def test_headings_and_titles_in_sheets(tmp_path):
    rows = [["State register"], ["id", "name", "type"], ["North"], [1, "a", "fort"], [2, "b", "mill"], [3, "c", "inn"]]
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert [v[0] for _, v, _ in source.rows()] == [1, 2, 3]
    assert source.sections == [(3, "North")]
    assert {"title-skipped", "section-skipped"} == set(codes(source))


def test_cells_beyond_the_header_refuse_their_row(tmp_path):
    rows = [["id", "name"], *[[i, "a"] for i in range(5)], [9, "b", None, "stray"]]
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert len(list(source.rows())) == 5
    assert [(r.number, r.problem.code) for r in source.refused] == [(7, "row-ragged")]


def test_a_header_of_values_and_a_workbook_without_a_table(tmp_path):
    assert refusal(workbook(tmp_path / "a.xlsx", {"S": [[1, "Mill", 40.5], [2, "Fort", 41.5]]})) == "header-missing"
    assert refusal(workbook(tmp_path / "b.xlsx", {"S": [], "T": []})) == "sheet-none"


def test_mojibake_in_a_cell_is_warned_about(tmp_path):
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": [["id", "name"], [1, "cafÃ©"]]}))
    assert next(source.rows())[1] == [1, "cafÃ©"]
    assert [(w.code, w.row, w.column) for w in source.warnings] == [("mojibake", 2, "name")]


# -- shown otherwise than stored ------------------------------------------------------------

REGISTER = [["id", "name", "region", "type", "note"], *[[i, f"Tell {i}", None, "tell", None] for i in range(1, 7)]]


def test_a_value_merged_downwards_holds_for_every_row_of_its_range_and_this_is_stated(tmp_path):
    merge = {"S": [(1, 2, 3, 2, "North"), (4, 2, 5, 2, "South")]}
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": REGISTER}, merge))
    assert [v[2] for _, v, _ in source.rows()] == ["North", "North", "North", "South", "South", None]
    [warning] = source.warnings
    assert (warning.code, warning.value) == ("merged-cells-filled", "2") and "region" in warning.message
    assert source.stated["merged_filled"] == {"region": 2}
    assert len(list(source.rows())) == 6, "a second reading gives the same"


def test_merged_cells_fill_no_blank_rows_and_merges_across_stay_a_warning(tmp_path):
    rows = [*REGISTER[:3], [None] * 5, REGISTER[3]]
    merge = {"S": [(1, 2, 6, 2, "North"), (4, 3, 4, 4, "across")]}
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}, merge))
    assert [(n, v[2:]) for n, v, _ in source.rows()] == [
        (2, ["North", "tell", None]),
        (3, ["North", "tell", None]),
        (5, ["North", "across", None]),
    ]
    assert {w.code: w.value for w in source.warnings} == {"merged-cells-filled": "1", "merged-cells": "1"}


def test_header_cells_merged_downwards_are_not_poured_into_the_data(tmp_path):
    rows = [[None, None, None, None], [None, None, "lat", "lon"], [1, None, 40.5, 44.5], [2, "Mill", 40.6, 44.6]]
    merge = {"S": [(0, 0, 1, 0, "id"), (0, 1, 1, 1, "name"), (0, 2, 0, 3, "Coordinates")]}
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}, merge))
    assert source.columns == ("id", "name", "Coordinates: lat", "Coordinates: lon")
    assert [v[1] for _, v, _ in source.rows()] == [None, "Mill"]
    assert codes(source) == ["merged-cells"]


def percents(path: Path, shown: str, values: list) -> Path:
    book = xlsxwriter.Workbook(str(path))
    sheet, style = book.add_worksheet("S"), book.add_format({"num_format": shown})
    sheet.write_row(0, 0, ["id", "damage", "plain"])
    for i, value in enumerate(values, 1):
        sheet.write(i, 0, i)
        sheet.write(i, 1, value, style)
        sheet.write(i, 2, 0.4)
    book.close()
    return path


@pytest.mark.parametrize("shown", ["0%", "0.00%", "0.0 %", '[Red]0%;-0%;"none"'])
def test_numbers_shown_as_per_cent_are_read_as_shown_and_this_is_stated(tmp_path, shown):
    source = open_source(percents(tmp_path / "a.xlsx", shown, [0.4, 1, 0, 0.075, "15%", "whole"]))
    assert [v[1] for _, v, _ in source.rows()] == ["40%", "100%", "0%", "7.5%", "15%", "whole"]
    assert {v[2] for _, v, _ in source.rows()} == {0.4}
    [warning] = source.warnings
    assert (warning.code, warning.column, warning.value) == ("percent-cells", "damage", "4")
    assert source.stated["percent_columns"] == {"damage": 4}


@pytest.mark.parametrize("shown", ["0.00", '0.0"%"', "0\\%", "General"])
def test_a_percent_sign_that_is_only_text_changes_no_number(tmp_path, shown):
    source = open_source(percents(tmp_path / "a.xlsx", shown, [0.4, 40]))
    assert [v[1] for _, v, _ in source.rows()] == [0.4, 40] and source.warnings == []


def test_a_percent_cell_merged_downwards_is_repeated_as_shown(tmp_path):
    path = percents(tmp_path / "a.xlsx", "0%", [0.4, ""])
    replaced(path, SHEET, lambda xml: xml.replace(b"</sheetData>", b'</sheetData><mergeCells count="1">'
                                                  b'<mergeCell ref="B2:B3"/></mergeCells>'))
    assert [v[1] for _, v, _ in open_source(path).rows()] == ["40%", "40%"]


def test_a_total_below_the_data_is_no_record(tmp_path):
    rows = [*REGISTER, ["المجموع", None, None, 6, None]]
    source = open_source(workbook(tmp_path / "a.xlsx", {"S": rows}))
    assert [v[0] for _, v, _ in source.rows()] == [1, 2, 3, 4, 5, 6]
    [warning] = source.warnings
    assert (warning.code, warning.row, warning.value) == ("total-row-skipped", 8, "المجموع | 6")


# -- hostile workbooks ------------------------------------------------------------


def replaced(path: Path, part: str, change) -> Path:
    """The same workbook with one part changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = change(parts[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


SHEET = "xl/worksheets/sheet1.xml"
TABLE = {"S": [["id", "name"], [1, "a"]]}


@pytest.mark.parametrize(
    "cell",
    [
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        b"<row r = '1048576' ><c r = 'XFD1048576' ><v>1</v></c></row>",
    ],
)
def test_two_far_cells_do_not_ask_for_billions(tmp_path, cell):
    path = workbook(tmp_path / "a.xlsx", TABLE)
    replaced(path, SHEET, lambda xml: xml.replace(b"</sheetData>", cell + b"</sheetData>"))
    assert refusal(path) == "sheet-too-sparse"


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/sharedStrings.xml", "docProps/app.xml"])
@pytest.mark.parametrize(
    "trap", [b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>', b'<!DOCTYPE x SYSTEM "file:///etc/passwd">']
)
def test_entities_and_document_types_are_refused(tmp_path, part, trap):
    path = workbook(tmp_path / "a.xlsx", TABLE)
    replaced(path, part, lambda xml: xml.replace(b"?>", b"?>" + trap, 1))
    assert refusal(path) == "xml-entities"


def test_a_part_that_unpacks_a_thousandfold_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", TABLE)
    replaced(path, SHEET, lambda xml: xml.replace(b"</sheetData>", b" " * 100_000_000 + b"</sheetData>"))
    assert refusal(path) == "zip-bomb"


def test_damaged_workbooks_are_coded(tmp_path):
    path = workbook(tmp_path / "a.xlsx", TABLE)
    whole = path.read_bytes()
    for cut in (10, 300, len(whole) // 2, len(whole) - 30):
        path.write_bytes(whole[:cut])
        assert refusal(path) == "file-broken"
    replaced(workbook(path, TABLE), "xl/workbook.xml", lambda xml: xml[:200])
    assert refusal(path) in {"file-broken", "xml-broken", "sheet-none"}
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2000)
    assert refusal(path) == "file-broken"


def test_places_of_cells():
    assert sheet_scan.split_place("C7") == (7, 3) and sheet_scan.split_place("AA10") == (10, 27)


# -- the other two kinds ------------------------------------------------------------


def ods(path: Path, body: str) -> Path:
    names = " ".join(f'xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:spreadsheet>'
        f'<table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<?xml version="1.0"?><manifest:manifest xmlns:manifest='
            '"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def ods_row(*cells: str, repeat: int = 1) -> str:
    inner = "".join(
        f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in cells
    )
    return f'<table:table-row table:number-rows-repeated="{repeat}">{inner}</table:table-row>'


def test_an_opendocument_sheet_is_read(tmp_path):
    source = open_source(ods(tmp_path / "a.ods", ods_row("id", "name") + ods_row("x1", "Вежа")))
    assert source.format == "ods"
    assert list(source.rows()) == [(2, ["x1", "Вежа"], None)]


@pytest.mark.parametrize(
    "body",
    [
        ods_row("a", "b", repeat=1_000_000_00),
        ods_row("a", repeat=99_999_999),
        '<table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell office:value-type="float" office:value="1" '
        'table:number-columns-repeated="16000"/></table:table-row>',
    ],
)
def test_repeated_opendocument_cells_that_unfold_too_far_are_refused(tmp_path, body):
    assert refusal(ods(tmp_path / "a.ods", body)) in {"sheet-too-sparse", "file-broken"}


def xls(path: Path, rows: list[list[str]]) -> Path:
    """A smallest BIFF8 workbook in an OLE container, written by hand after [MS-XLS] and [MS-CFB]."""

    def record(kind: int, data: bytes) -> bytes:
        return struct.pack("<HH", kind, len(data)) + data

    bof = struct.pack("<HHHHII", 0x0600, 0, 0x0DBB, 0x07CC, 0, 0x0600)
    name = b"\x05\x00" + b"Sites"
    head = record(0x0809, bof[:2] + b"\x05\x00" + bof[4:])
    bound = len(head) + 4 + 6 + len(name) + 4
    book = head + record(0x0085, struct.pack("<IBB", bound, 0, 0) + name) + record(0x000A, b"")
    book += record(0x0809, bof[:2] + b"\x10\x00" + bof[4:])
    book += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, len(rows[0]), 0))
    for i, row in enumerate(rows):
        for j, cell in enumerate(row):
            book += record(0x0204, struct.pack("<HHHHB", i, j, 0, len(cell), 1) + cell.encode("utf-16-le"))
    book += record(0x000A, b"")
    book = book.ljust(4096, b"\0")  # shorter streams live elsewhere
    sectors = len(book) // 512
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + sectors), 0xFFFFFFFE]
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109I", 0, *[0xFFFFFFFF] * 108)

    def entry(title: str, kind: int, child: int, start: int, size: int) -> bytes:
        text = (title + "\0").encode("utf-16-le") if title else b""
        return (
            text.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(text), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
            + b"\0" * 36
            + struct.pack("<IQ", start, size)
        )

    folder = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry("Workbook", 2, 0xFFFFFFFF, 2, len(book))
    folder += entry("", 0, 0xFFFFFFFF, 0, 0) * 2
    table = struct.pack(f"<{len(fat)}I", *fat).ljust(512, b"\xff")
    path.write_bytes(header + table + folder + book)
    return path


def test_an_old_xls_is_read(tmp_path):
    source = open_source(xls(tmp_path / "a.xls", [["id", "name"], ["x1", "Вежа"]]))
    assert source.format == "xls" and source.stated["sheet"] == "Sites"
    assert list(source.rows()) == [(2, ["x1", "Вежа"], None)]
