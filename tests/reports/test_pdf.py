"""Documents as PDF: the same data, the same bytes; nobody's text steers the page; every script is set."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from reports import sample

from tutela.errors import TutelaError
from tutela.reports import damaged_pdf as sheet
from tutela.reports.damaged import Count, Name
from tutela.reports.fonts import covered
from tutela.reports.pdf import render_pdf
from tutela.reports.plain import plain
from tutela.vocabulary import disclaimer

HOSTILE = [
    '#eval("1+1")',
    "$x^2$",
    "*b*",
    "_i_",
    "@ref",
    "<label>",
    "\\u{41} \\ # end",
    '#import "/etc/passwd"',
    "= H",
    "`raw`",
    "// gone",
    "/* gone */",
    "#{panic()}",
    "[a](b)",
    "~",
    '"quoted"',
]


def texts(pdf: bytes) -> str:
    """All text of a PDF, break opportunities taken out."""
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]
    return "\n".join(pages).replace("\u200b", "")


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_same_list_gives_the_same_bytes() -> None:
    assert sheet.damaged_pdf(sample.listed(7)) == sheet.damaged_pdf(sample.listed(7))


def test_a_change_of_one_date_changes_the_bytes() -> None:
    assert sheet.damaged_pdf(sample.listed(2)) != sheet.damaged_pdf(sample.listed(2, made_on=date(2026, 3, 14)))


def test_it_is_pdf_a_2b_dated_on_the_day_it_was_made() -> None:
    reader = PdfReader(io.BytesIO(sheet.damaged_pdf(sample.listed(2))))
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in xmp and "<pdfaid:conformance>B</pdfaid:conformance>" in xmp
    assert reader.metadata.title == "Damaged places of the example provinces"
    assert reader.metadata.creation_date == datetime(2026, 3, 13, tzinfo=UTC)


def test_only_our_own_fonts_are_used_and_embedded() -> None:
    reader = PdfReader(io.BytesIO(sheet.damaged_pdf(sample.listed(5))))
    names = {
        font["/BaseFont"].split("+")[-1]
        for page in reader.pages
        for font in (f.get_object() for f in page["/Resources"].get("/Font", {}).values())
    }
    assert names and all(name.startswith("Noto") for name in names)
    assert {"NotoNaskhArabic", "NotoSansSyriac", "NotoSansArmenian", "NotoSansGeorgian"} <= {
        n.split("-")[0] for n in names
    }


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_read_as_markup(text: str) -> None:
    row = replace(sample.row(1), names=(Name(text, "en", "Latn"),), damages=(text,), source=text, method=text)
    listed = sample.listed(
        0,
        rows=[row],
        title=text,
        filter_text=text,
        sources=[text],
        notes=[text],
        issuer=text,
        by_region=[Count(text, 1, 0, query=text)],
    )
    shown = squeezed(texts(sheet.damaged_pdf(listed)))
    assert shown.count(squeezed(text)) >= 10


def test_the_cover_says_what_the_list_is() -> None:
    cover = PdfReader(io.BytesIO(sheet.damaged_pdf(sample.listed(9)))).pages[0].extract_text().replace("\u200b", "")
    said = squeezed(cover)
    for expected in (
        "2026-03-12",
        "2026-03-01",
        "2026-03-13",
        "public",
        "gridcellofatmost0.001°",
        "condition:poor",
        sample.listed(0).revision,
        squeezed(disclaimer.text("boundaries")),
    ):
        assert expected in said
    assert "neveradded" in said


def test_the_running_disclaimer_stands_on_every_page_after_the_cover() -> None:
    pages = PdfReader(io.BytesIO(sheet.damaged_pdf(sample.listed(30)))).pages
    line = squeezed(disclaimer.text("boundaries-short"))
    assert len(pages) > 4
    assert all(line in squeezed(page.extract_text()) for page in list(pages)[1:])


def test_the_note_of_article_11_4_stands_only_where_relevant() -> None:
    note = squeezed(disclaimer.text("article-11-4"))
    assert note not in squeezed(texts(sheet.damaged_pdf(sample.listed(1))))
    assert note in squeezed(texts(sheet.damaged_pdf(sample.listed(1, article_11_4=True))))


def test_an_empty_list_says_so_and_keeps_its_zero_lines() -> None:
    shown = texts(sheet.damaged_pdf(sample.empty()))
    assert "No place in the register meets the filter" in shown
    assert "Library" in shown and "World Heritage" in shown


def test_every_place_is_on_the_list_once() -> None:
    listed = sample.listed(60)
    shown = squeezed(texts(sheet.damaged_pdf(listed)))
    assert [shown.count(row.public_id) for row in listed.rows] == [1] * 60


def test_a_row_higher_than_a_page_is_carried_over_not_cut() -> None:
    many = tuple(Name(f"Name number {number}", "en", "Latn") for number in range(200))
    shown = squeezed(texts(sheet.damaged_pdf(sample.listed(0, rows=[replace(sample.row(1), names=many)]))))
    assert all(f"Namenumber{number}" in shown for number in (0, 60, 120, 199))


@pytest.mark.parametrize("lines", [6, 13, 20, 28])
def test_no_row_runs_off_the_foot_of_a_page(lines: int) -> None:
    wide = "W" * 25
    row = replace(
        sample.row(1), damages=[wide] * lines, names=[Name(wide, "en", "Latn")] * (lines // 2), protection=[wide]
    )
    heights: list[float] = []

    def note(text: str, page: list[float], at: list[float], _font: object, _size: float) -> None:
        if "WWW" in text.replace("\u200b", ""):
            heights.append(page[3] * at[5] + page[5])

    for page in PdfReader(io.BytesIO(sheet.damaged_pdf(sample.listed(0, rows=[row, row])))).pages:
        page.extract_text(visitor_text=note)
    assert len(heights) >= 2 * lines and min(heights) > 45  # points; the page's body ends 48 above its foot


def test_long_summaries_run_over_pages() -> None:
    regions = [Count(f"Region {number:03}", number, 0, query=f"area:{number}") for number in range(300)]
    shown = texts(sheet.damaged_pdf(sample.listed(3, by_region=regions)))
    assert all(f"Region {number:03}" in shown for number in range(300))


def test_a_character_without_a_glyph_is_written_as_its_code_point() -> None:
    row = replace(sample.row(1), names=(Name("漢字 😀", "zh", "Hani"),))
    assert "[U+6F22][U+5B57][U+1F600]" in squeezed(texts(sheet.damaged_pdf(sample.listed(0, rows=[row]))))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.text(alphabet=sorted(map(chr, covered())), max_size=60))
def test_any_text_at_all_can_be_typeset(anything: str, showable: str) -> None:
    row = replace(
        sample.row(1), names=(Name(anything, "ar", "Arab"), Name(showable, "en", "Latn")), damages=(anything, showable)
    )
    listed = sample.listed(0, rows=[row], title=anything + "x", notes=[showable])
    assert sheet.damaged_pdf(listed).startswith(b"%PDF")


@given(st.text(max_size=200))
def test_plain_text_is_one_line_without_steering_characters(text: str) -> None:
    cleaned = plain(text)
    assert not set("\n\r\t\u202a\u202b\u202d\u202e\u2066\u2067\u2068\ufeff\0") & set(cleaned)


def test_very_long_text_is_cut_and_says_so() -> None:
    assert plain("word " * 1000).endswith("… (5,000 characters)")


@pytest.mark.parametrize(
    ("lang", "script", "rtl"),
    [
        ("fa", "Arab", True),
        ("fa", "Latn", False),
        ("fa-Latn", "", False),
        ("syr", "", True),
        ("az-Arab", "", True),
        ("", "Syrc", True),
        ("hy", "Armn", False),
        ("", "", False),
    ],
)
def test_the_direction_of_a_name_is_its_script_s(lang: str, script: str, rtl: bool) -> None:
    assert sheet.is_rtl(lang, script) is rtl


@pytest.mark.parametrize(
    ("precision", "shown"),
    [("0.01", "35.715° N, 59.855° W"), ("1", "35.7° N, 59.9° W"), ("as held", "35.71500° N, 59.85500° W")],
)
def test_a_position_has_no_more_decimals_than_its_precision(precision: str, shown: str) -> None:
    row = replace(sample.row(1), lat=35.715, lon=-59.855, precision=precision)
    assert sheet.position(row, sheet.words("en")) == shown


def test_withheld_and_located_only_by_name_are_two_things() -> None:
    row = replace(sample.row(1), lat=None, lon=None)
    w = sheet.words("en")
    assert sheet.position(replace(row, precision="withheld"), w) == "withheld"
    assert sheet.position(replace(row, precision="by name"), w) == "located only by name"


def test_a_template_that_is_not_there_is_named_and_never_a_path() -> None:
    for name in ("nothing", "../pdf", "_house"):
        with pytest.raises(TutelaError) as caught:
            render_pdf(name, {}, created=datetime(2026, 1, 1))
        assert caught.value.code == "report-template-missing" and "damaged_list" in caught.value.problem.todo


def test_a_list_too_long_for_paper_is_refused_before_work_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet, "MOST_ROWS", 3)
    with pytest.raises(TutelaError) as caught:
        sheet.damaged_pdf(sample.listed(4))
    assert caught.value.code == "report-too-long-for-pdf"


@pytest.mark.long
def test_five_thousand_places_are_typeset_to_the_last() -> None:
    listed = sample.listed(5_000)
    pages = PdfReader(io.BytesIO(sheet.damaged_pdf(listed))).pages
    assert len(pages) > 500
    tail = "".join(page.extract_text() for page in list(pages)[-6:])
    assert listed.rows[-1].public_id in squeezed(tail)
