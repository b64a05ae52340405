"""The list as XLSX and CSV: real types, nothing that runs, the same bytes, the disclaimer never lost."""

from __future__ import annotations

import csv
import io
import zipfile
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from reports import sample

from tutela.errors import TutelaError
from tutela.reports import workbook
from tutela.reports.columns import columns
from tutela.reports.damaged import Name
from tutela.reports.tables import about_text, damaged_csv, guarded
from tutela.reports.workbook import damaged_xlsx
from tutela.vocabulary import disclaimer

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "=cmd|' /C calc'!A0",
    "\t=1",
    "  =1",
    "\uff1d1",
    "http://example.org",
    "{=A1}",
]


def read(book: bytes, sheet: str) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_name(sheet).to_python()


def read_csv(table: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(table.decode("utf-8-sig"), newline="")))


def test_the_same_list_gives_the_same_workbook_and_its_parts_carry_no_time() -> None:
    first, second = damaged_xlsx(sample.listed(6)), damaged_xlsx(sample.listed(6))
    assert first == second
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2026-03-13T00:00:00Z" in parts.read("docProps/core.xml")


def test_the_list_sheet_has_a_row_a_place_in_real_types() -> None:
    heads, *rows = read(damaged_xlsx(sample.listed(6)), "List")
    first = dict(zip(heads, rows[0], strict=True))
    assert len(rows) == 6
    assert first["Latitude"] == 35.715 and isinstance(first["Latitude"], float)
    assert first["Observed (EDTF)"] == "2020-10-01" and isinstance(first["Observed (EDTF)"], str)
    assert first["Name (fa)"] == "کاروانسرای نمونه"
    assert first["Condition"] == "Good" and first["Verified"] == "verified"


def test_a_withheld_position_is_empty_never_zero() -> None:
    heads, *rows = read(damaged_xlsx(sample.listed(6)), "List")
    withheld = dict(zip(heads, rows[3], strict=True))
    assert withheld["Latitude"] == "" and withheld["Position given to (degrees)"] == "withheld"


@pytest.mark.parametrize("text", FORMULAS)
def test_nothing_from_people_becomes_a_formula_or_a_link(text: str) -> None:
    row = replace(sample.row(1), names=(Name(text, "en", "Latn"),), source=text, damages=(text,), priority=text)
    book = damaged_xlsx(sample.listed(0, rows=[row], title=text, filter_text=text, notes=[text]))
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 3 and not any(b"<f>" in part or b"<hyperlink" in part for part in sheets)
    assert any(text.strip() in str(cell) for cell in read(book, "List")[1])


def test_headings_are_frozen_and_filtered_and_the_hxl_row_stays_out_of_the_filter() -> None:
    with zipfile.ZipFile(io.BytesIO(damaged_xlsx(sample.listed(3), hxl=True))) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    assert 'ySplit="2"' in xml and '<autoFilter ref="A2:' in xml
    assert read(damaged_xlsx(sample.listed(3), hxl=True), "List")[1][0] == "#loc+code"


def test_the_summary_keeps_zero_lines_and_never_adds_the_two_figures() -> None:
    rows = read(damaged_xlsx(sample.listed(8)), "Summary")
    lines = {row[0]: row[1:3] for row in rows}
    assert lines["Places in the list"] == [8, 2]
    assert lines["Archive"] == [0, 0] and lines["Special protection (1954)"] == [0, 0]
    assert any(disclaimer.text("counts") in str(row[0]) for row in rows)
    assert not any(10 in row for row in rows)


def test_the_about_sheet_says_what_the_table_is() -> None:
    about = dict(reversed([(row[0], row[1]) for row in read(damaged_xlsx(sample.listed(2)), "About")]))
    assert about["Disclaimer"] == disclaimer.text("boundaries")
    assert (about["As of"], about["Known at"], about["Audience"]) == ("2026-03-12", "2026-03-01", "public")
    assert about["Journal revision"] == sample.listed(0).revision and about["Licence"] == "CC BY 4.0"
    assert about["فارسی"] == disclaimer.text("boundaries", "fa")


def test_an_empty_list_is_still_a_workbook_and_a_table() -> None:
    assert len(read(damaged_xlsx(sample.empty()), "List")) == 1
    assert len(read_csv(damaged_csv(sample.empty(), hxl=False))) == 1


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    with pytest.raises(TutelaError) as caught:
        damaged_xlsx(sample.listed(3))
    assert caught.value.code == "report-too-many-rows"


def test_a_cell_longer_than_a_spreadsheet_allows_is_cut_and_says_so() -> None:
    row = replace(sample.row(1), damages=("x" * 40_000,))
    cell = next(c for c in read(damaged_xlsx(sample.listed(0, rows=[row])), "List")[1] if str(c).startswith("xxx"))
    assert len(cell) == 32_767 and cell.endswith("… (40,000 characters)")


def test_csv_has_an_hxl_row_and_reads_back() -> None:
    heads, tags, *rows = read_csv(damaged_csv(sample.listed(5)))
    assert tags[heads.index("Latitude")] == "#geo+lat" and tags[heads.index("Name (fa-Latn)")] == "#loc+name+i_fa_latn"
    assert all(tag.startswith("#") for tag in tags) and len(rows) == 5
    assert rows[0][heads.index("Longitude")] == "-59.855"
    assert rows[1][heads.index("Name (syr)")] == "ܕܝܪܐ ܕܬܘܕܝܬܐ ܐܘܿܪܗܵܝ"


@given(st.text(max_size=40))
def test_no_csv_text_starts_like_a_formula(text: str) -> None:
    assert str(guarded(text))[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20") - {""}


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_text_makes_a_table_of_the_same_shape(name: str, damage: str) -> None:
    row = replace(sample.row(1), names=(Name(name, "en", "Latn"),), damages=(damage,))
    listed = sample.listed(0, rows=[row], title=name)
    assert [len(line) for line in read_csv(damaged_csv(listed))] == [len(columns(listed))] * 3
    assert len(read(damaged_xlsx(listed), "List")) == 2


def test_rare_languages_share_a_column_and_lose_nothing() -> None:
    names = tuple(Name(f"name {number}", f"q{chr(97 + number)}", "Latn") for number in range(20))
    heads, _tags, row = read_csv(damaged_csv(sample.listed(0, rows=[replace(sample.row(1), names=names)])))
    assert sum(head.startswith("Name (") for head in heads) == 12
    assert "name 19 (qt)" in row[heads.index("Names, other languages")]


def test_the_text_beside_a_csv_carries_the_disclaimer() -> None:
    text = about_text(sample.listed(1, article_11_4=True))
    assert disclaimer.text("boundaries") in text and disclaimer.text("article-11-4") in text


def test_five_thousand_places_make_a_whole_workbook_and_table() -> None:
    listed = sample.listed(5_000)
    rows = read(damaged_xlsx(listed), "List")
    assert len(rows) == 5_001 and rows[-1][0] == listed.rows[-1].public_id
    assert len(read_csv(damaged_csv(listed))) == 5_002
