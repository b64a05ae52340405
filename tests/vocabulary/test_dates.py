"""Dates keep the precision they had: EDTF, the dates of real lists, and the two Hijri calendars."""

from __future__ import annotations

from datetime import date

import pytest
from edtf import parse_edtf
from hypothesis import given, settings
from hypothesis import strategies as st

from tutela.errors import TutelaError
from tutela.vocabulary import calendars
from tutela.vocabulary.date_words import phrases
from tutela.vocabulary.dates import day_number, from_source, parse, parse_fast, refuse_future

CODES = {
    "date-unreadable", "date-impossible", "date-reversed", "date-ambiguous", "date-format-unknown",
}  # fmt: skip


def code_of(read: object, *args: object, **named: object) -> str:
    with pytest.raises(TutelaError) as refused:
        read(*args, **named)  # type: ignore[operator]
    return refused.value.code


# --- EDTF -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("1943", 19430101, 19431231), ("1943-02", 19430201, 19430228), ("1943-02-28", 19430228, 19430228),
        ("2019-05-01T23:59:00Z", 20190501, 20190501), ("-0300", -300 * 10000 + 101, -300 * 10000 + 1231),
        ("0000", 101, 1231),
        ("Y17000", 170000101, 170001231), ("Y-17000", -170000000 + 101, -170000000 + 1231),
        ("201X", 20100101, 20191231),
        ("20XX", 20000101, 20991231), ("1XXX", 10000101, 19991231),
        ("-03XX", -399 * 10000 + 101, -300 * 10000 + 1231),
        ("1943-XX", 19430101, 19431231), ("1943-02-XX", 19430201, 19430228), ("2001-21", 20010301, 20010531),
        ("2001-24", 20010101, 20020228), ("1501/1722", 15010101, 17221231), ("../2020-10-01", None, 20201001),
        ("1985/..", 19850101, None), ("1985/", 19850101, None), ("/1985", None, 19851231), ("XXXX", None, None),
        ("2004-02-01/2004", 20040201, 20041231),
    ],
)  # fmt: skip
def test_edtf_says_the_first_and_the_last_day_it_can_mean(text: str, earliest: int | None, latest: int | None) -> None:
    value = parse(text)
    assert (value.text, value.earliest, value.latest) == (text, earliest, latest)


@pytest.mark.parametrize(
    ("text", "uncertain", "approximate"),
    [
        ("1943?", True, False),
        ("1943-02~", False, True),
        ("1943%", True, True),
        ("1984~/2004-06?", True, True),
        ("1943", False, False),
    ],
)
def test_edtf_says_what_is_uncertain_and_what_approximate(text: str, uncertain: bool, approximate: bool) -> None:
    assert (parse(text).uncertain, parse(text).approximate) == (uncertain, approximate)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date-unreadable"), ("soon", "date-unreadable"), ("43", "date-unreadable"),
        ("1943-2", "date-unreadable"),
        ("-0000", "date-unreadable"), ("Y999", "date-unreadable"), ("/", "date-unreadable"),
        ("../x", "date-unreadable"),
        ("1943/1944/1945", "date-unreadable"), ("201X-05", "date-unreadable"),
        ("1943-02-28T25:00", "date-unreadable"),
        ("1943-02-31", "date-impossible"), ("1900-02-29", "date-impossible"), ("1943-13", "date-impossible"),
        ("1943-00", "date-impossible"), ("1722/1501", "date-reversed"), ("Y" + "9" * 5000, "date-unreadable"),
        ("۱۹۴۳", "date-unreadable"),
    ],
)  # fmt: skip
def test_what_is_no_edtf_is_refused(text: str, code: str) -> None:
    assert code_of(parse, text) == code


def test_days_compare_as_they_follow_each_other_through_the_years_bc() -> None:
    texts = ["Y-17000", "-0301-12-31", "-0300-01-01", "-0300-12-31", "-0001", "0000", "0001", "2024-02-29", "Y17000"]
    firsts = [parse(text).earliest for text in texts]
    assert firsts == sorted(firsts)
    assert parse("-0300").years == (-300, -300)


years = st.integers(-9999, 9999)
year_texts = years.map(lambda year: f"{year:05d}" if year < 0 else f"{year:04d}")
plain_dates = st.one_of(
    year_texts,
    st.builds("{}-{:02d}".format, year_texts, st.integers(1, 12)),
    st.dates().map(str),
    st.integers(0, 999).map("{:03d}X".format),
    st.integers(0, 99).map("{:02d}XX".format),
)
long_years = st.integers(10000, 99999).map("Y{}".format)  # the library knows these and seasons without marks only
seasons = st.builds("{}-{}".format, year_texts, st.integers(21, 23))  # its winter is December alone
marked_dates = st.builds("{}{}".format, plain_dates, st.sampled_from(["", "?", "~", "%"])) | long_years | seasons


def days_of(library_value: object) -> tuple[int, int]:
    first, last = library_value.lower_strict(), library_value.upper_strict()  # type: ignore[attr-defined]
    return day_number(*first[:3]), day_number(*last[:3])


@settings(max_examples=60, deadline=None)
@given(marked_dates)
def test_dates_agree_with_the_edtf_library(text: str) -> None:
    assert (parse(text).earliest, parse(text).latest) == days_of(parse_edtf(text))


@settings(max_examples=30, deadline=None)
@given(st.tuples(st.integers(1, 9999), st.integers(1, 9999)).map(sorted))
def test_intervals_agree_with_the_edtf_library(pair: list[int]) -> None:
    text = f"{pair[0]:04d}/{pair[1]:04d}"
    assert (parse(text).earliest, parse(text).latest) == days_of(parse_edtf(text))


@given(st.dates())
def test_the_fast_path_gives_what_the_parser_gives(day: date) -> None:
    assert parse_fast(day.isoformat()) == parse(day.isoformat()).earliest


@pytest.mark.parametrize(
    "text", ["2024-02-30", "2024-W01-1", "20240201xx", "2024-2-01x", "0000-01-01", "", "２０２４-01-01", "2024-01-01 "]
)
def test_the_fast_path_takes_nothing_but_a_plain_possible_day(text: str) -> None:
    assert parse_fast(text) is None


def test_a_future_date_is_refused_where_only_the_past_makes_sense() -> None:
    today = date(2024, 3, 13)
    assert code_of(refuse_future, parse("2024-03-14"), today) == "date-in-future"
    assert refuse_future(parse("2024"), today).text == "2024"
    assert refuse_future(parse("../2030"), today).text == "../2030"


# --- dates of real lists ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("2024-03-13", "2024-03-13"), ("2019-05-01T00:00:00", "2019-05-01"), ("2019-05-01 10:33", "2019-05-01"),
        ("13.03.2024", "2024-03-13"), ("03.04.2024", "2024-04-03"), ("13/03/2024", "2024-03-13"),
        ("03/13/2024", "2024-03-13"),
        ("4/4/2024", "2024-04-04"), ("2024/03/13", "2024-03-13"), ("٢٠٢٤/٠٣/١٣", "2024-03-13"),
        ("03/2024", "2024-03"),
        ("March 2024", "2024-03"), ("13 March 2024", "2024-03-13"), ("March 13, 2024", "2024-03-13"),
        ("13.III.1943", "1943-03-13"),
        ("13 марта 2024 г.", "2024-03-13"), ("15 مايو 2015", "2015-05-15"), ("تشرين الثاني 2015", "2015-11"),
        ("15 травня 2015 р.", "2015-05-15"), ("spring 1943", "1943-21"), ("осень 1943", "1943-23"),
        ("12–15 March 2024", "2024-03-12/2024-03-15"), ("March – April 2024", "2024-03/2024-04"),
        ("1501-1722", "1501/1722"), ("1914-18", "1914/1918"), ("1914/18", "1914/1918"),
        ("с 1900 по 1910 гг.", "1900/1910"),
        ("between 1900 and 1910", "1900/1910"), ("between 1501 and 1722", "1501/1722"), ("1900 – present", "1900/.."),
        ("1850s", "185X"), ("1850-е гг.", "185X"), ("1850-ci illər", "185X"), ("années 1850", "185X"),
        ("1850-ci il", "1850"),
        ("ca. 1600", "1600~"), ("c. 1600", "1600~"), ("ок. 1600 г.", "1600~"), ("1900?", "1900?"),
        ("probably ca. 1900", "1900%"),
        ("before 1900", "../1900"), ("до 1900 г.", "../1900"), ("1900'den önce", "../1900"),
        ("after 1900", "1900/.."),
        ("AD 79", "0079"), ("300 BC", "-0299"), ("1 BC", "0000"), ("300–200 BC", "-0299/-0199"),
        ("300 BC - AD 200", "-0299/0200"),
        ("12000 BC", "Y-11999"), ("2nd millennium BC", "-1999/-1000"), ("III тыс. до н.э.", "-2999/-2000"),
    ],
)  # fmt: skip
def test_a_list_s_own_way_of_writing_is_read_at_its_own_precision(written: str, edtf: str) -> None:
    assert from_source(written).text == edtf


@pytest.mark.parametrize(
    "written",
    [
        "12th century", "12th-century", "12th c.", "C12th", "XII c.", "twelfth century", "XIIe siècle",
        "XIIe s.",
        "douzième siècle", "XII в.",
        "12-й век", "ХІІ ст.", "XII əsr", "12-ci əsr", "12. yüzyıl", "XII. yüzyıl", "12-րդ դար", "XII դար",
        "القرن الثاني عشر",
        "القرن ١٢ الميلادي", "قرن دوازدهم میلادی", "سده ۱۲ میلادی",
    ],
)  # fmt: skip
def test_the_twelfth_century_in_nine_languages(written: str) -> None:
    assert from_source(written).text == "1101/1200"


@pytest.mark.parametrize(
    "written",
    ["IV-III c. BC", "IV–III вв. до н.э.", "4th-3rd century BC", "IV-III ст. до н. е.", "e.ə. IV-III əsrlər",
    "MÖ 4.-3. yüzyıl",
     "IVe-IIIe siècle av. J.-C.", "մ.թ.ա. IV-III դդ.", "القرن الرابع - الثالث ق.م",
     "القرن الرابع - القرن الثالث ق.م"],
)  # fmt: skip
def test_a_range_of_centuries_bc(written: str) -> None:
    assert from_source(written).text == "-0399/-0200"


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("first half of the 4th century BC", "-0399/-0350"), ("2nd half IV century BC", "-0349/-0300"),
        ("первая половина XII в.", "1101/1150"), ("перша половина XII ст.", "1101/1150"),
        ("XII əsrin birinci yarısı", "1101/1150"),
        ("12. yüzyılın ilk yarısı", "1101/1150"), ("première moitié du XIIe siècle", "1101/1150"),
        ("النصف الأول من القرن الثاني عشر", "1101/1150"), ("نیمه اول قرن ۱۲ میلادی", "1101/1150"),
        ("third quarter of the 18th century", "1751/1775"), ("last quarter of the 18th century", "1776/1800"),
        ("first third of the 19th century", "1801/1833"), ("early 12th century", "1101/1150~"),
        ("late 12th century", "1151~/1200"),
        ("mid-12th century", "1126~/1175~"), ("нач. XX в.", "1901/1925~"),
        ("конец XIX – начало XX вв.", "1876~/1925~"),
    ],
)  # fmt: skip
def test_parts_of_a_century(written: str, edtf: str) -> None:
    assert from_source(written).text == edtf


@pytest.mark.parametrize(
    ("written", "code", "says"),
    [
        ("03/04/2024", "date-ambiguous", "dmy"), ("13.03.24", "date-ambiguous", "four digits"),
        ("1800s", "date-ambiguous", "18XX"),
        ("1921-22", "date-ambiguous", "season"), ("1901/02", "date-ambiguous", "1901-02"),
        ("300 BC - 200", "date-ambiguous", "both"),
        ("907/1501", "date-ambiguous", "AH 907"), ("31.02.2024", "date-impossible", "29 days"),
        ("31 February 2023", "date-impossible", "28"),
        ("2024-13-01", "date-impossible", "month 13"), ("0 BC", "date-impossible", "year 0"),
        ("1722-1501", "date-reversed", "Exchange"),
        ("half IV century BC", "date-unreadable", "first half"),
        ("third half of the 4th century", "date-unreadable", "first half"),
        ("185?", "date-ambiguous", "185X"), ("45123", "date-unreadable", "excel"),
        ("2000 BP", "date-unreadable", "1501/1722"),
        ("Middle Ages", "date-unreadable", ""), ("XII", "date-unreadable", ""),
        ("1501 (AH 950)", "date-unreadable", "two calendars"), ("unknown", "date-unreadable", ""),
        ("", "date-unreadable", ""),
        ("x" * 1_000_000, "date-unreadable", ""), ("99/99/2024", "date-impossible", "month 99"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_with_certainty_is_refused_with_what_to_do(written: str, code: str, says: str) -> None:
    with pytest.raises(TutelaError) as refused:
        from_source(written)
    assert refused.value.code == code
    assert says in str(refused.value)
    assert (refused.value.problem.value or "")[:200] == written[:200]


def test_the_mapping_settles_order_and_formats() -> None:
    assert from_source("03/04/2024", order="dmy").text == "2024-04-03"
    assert from_source("03/04/2024", order="mdy").text == "2024-03-04"
    assert code_of(from_source, "03/25/2024", order="dmy") == "date-impossible"
    assert from_source("03|04|2024", ("%m|%d|%Y",)).text == "2024-03-04"
    assert from_source("13 Mar 2024", ("%d.%m.%Y", "%d %b %Y")).text == "2024-03-13"
    assert from_source("12th century", ("%d.%m.%Y",)).text == "1101/1200"
    assert code_of(from_source, "13.03.24", ("%d.%m.%y",)) == "date-format-unknown"


@pytest.mark.parametrize(
    ("serial", "day"), [("45123", "2023-07-16"), ("61", "1900-03-01"), ("59", "1900-02-28"), ("1", "1900-01-01")]
)
def test_spreadsheet_serials_are_read_when_the_mapping_says_so(serial: str, day: str) -> None:
    assert from_source(serial, ("excel",)).text == day


def test_the_spreadsheet_s_29_february_1900_never_was() -> None:
    assert code_of(from_source, "60", ("excel",)) == "date-impossible"
    assert from_source("0", ("excel-1904",)).text == "1904-01-01"


# --- AH and SH --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "edtf"),
    [
        ("AH 907", "1501/1502"), ("907 AH", "1501/1502"), ("907 هـ", "1501/1502"), ("٩٠٧ هـ", "1501/1502"),
        ("907 H", "1501/1502"),
        ("AH 907-1135", "1501/1723"), ("القرن السابع الهجري", "1204/1301"), ("قرن هفتم هجری", "1204/1301"),
        ("907 AH / 1501 CE", "1501"), ("1501 (AH 907)", "1501"), ("رمضان 1445", "2024-03/2024-04"),
        ("1445/09/01 هـ", "2024-03-09/2024-03-13"),
        ("1380 SH", "2001/2002"), ("۱۳۸۰ ش", "2001/2002"), ("22 Bahman 1357", "1979-02-11"),
        ("۲۲ بهمن ۱۳۵۷", "1979-02-11"),
        ("Farvardin 1400", "2021-03/2021-04"),
    ],
)  # fmt: skip
def test_hijri_dates_become_the_gregorian_interval_they_touch(written: str, edtf: str) -> None:
    assert from_source(written).text == edtf


def test_a_column_can_be_in_another_calendar_throughout() -> None:
    assert from_source("1380", calendar="persian").text == "2001/2002"
    assert from_source("1380-05-12", calendar="persian").text == "2001-08-03"
    assert from_source("01/09/1445", calendar="hijri").text == "2024-03-09/2024-03-13"
    assert from_source("AD 1501", calendar="hijri").text == "1501"
    assert code_of(from_source, "2015", calendar="persian") == "date-impossible"


@pytest.mark.parametrize(
    ("sh", "gregorian"),
    [((1304, 1, 1), (1925, 3, 21)), ((1357, 11, 22), (1979, 2, 11)), ((1399, 12, 30), (2021, 3, 20)),
    ((1400, 1, 1), (2021, 3, 21)),
     ((1403, 1, 1), (2024, 3, 20)), ((1403, 12, 30), (2025, 3, 20)), ((1404, 1, 1), (2025, 3, 21))],
)  # fmt: skip
def test_known_days_of_the_solar_calendar(sh: tuple[int, int, int], gregorian: tuple[int, int, int]) -> None:
    assert calendars.sh_to_gregorian(*sh) == gregorian
    assert calendars.gregorian_to_sh(*gregorian) == sh


@pytest.mark.parametrize(
    ("ah", "gregorian"),
    [
        ((1, 1, 1), (622, 7, 19)),
        ((907, 1, 1), (1501, 7, 27)),
        ((1400, 1, 1), (1979, 11, 21)),
        ((1445, 1, 1), (2023, 7, 19)),
    ],
)
def test_known_days_of_the_tabular_lunar_calendar(ah: tuple[int, int, int], gregorian: tuple[int, int, int]) -> None:
    assert calendars.ah_to_gregorian(*ah) == gregorian
    assert calendars.gregorian_to_ah(*gregorian) == ah


@given(st.dates(min_value=date(622, 7, 19), max_value=date(3000, 1, 1)))
def test_every_day_goes_to_both_calendars_and_back(day: date) -> None:
    given_day = (day.year, day.month, day.day)
    assert calendars.ah_to_gregorian(*calendars.gregorian_to_ah(*given_day)) == given_day
    assert calendars.sh_to_gregorian(*calendars.gregorian_to_sh(*given_day)) == given_day


def test_the_leap_years_are_those_of_the_stated_rules() -> None:
    lunar = [year for year in range(1, 31) if calendars.ah_month_length(year, 12) == 30]
    assert lunar == [2, 5, 7, 10, 13, 16, 18, 21, 24, 26, 29]
    solar = {year for year in range(1370, 1421) if calendars.sh_month_length(year, 12) == 30}
    assert solar == {1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412, 1416, 1420}


# --- hostile input ----------------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    "12th XII century c. BC AD AH SH - / ~ ? ( ) .. half first quarter early mid late before after between and to "
    "1501 907 12 3 1850s March 2024 2024-02-31 ca. вв. до н.э. əsr القرن الثاني عشر هـ ش ۱۳۸۰ spring III Y17000 201X "
    "00 0 99999 T10:00".split()
)
known_words = st.sampled_from(sorted(phrases()[1]))  # every word the reader knows, in any order
hostile = (
    st.lists(pieces | known_words, max_size=7).map(" ".join) | st.lists(pieces, max_size=5).map("".join) | st.text()
)


@settings(max_examples=400)
@given(hostile, st.sampled_from(["gregorian", "hijri", "persian"]), st.sampled_from([None, "dmy", "mdy", "ymd"]))
def test_any_text_is_a_date_or_a_coded_error(text: str, calendar: str, order: str | None) -> None:
    try:
        value = from_source(text, None, calendar, order)  # type: ignore[arg-type]
    except TutelaError as error:
        assert error.code in CODES
    else:
        assert parse(value.text) == value


@given(hostile | st.text(alphabet="0123456789-/.XYT?~%:Z", max_size=25))
def test_any_text_is_edtf_or_a_coded_error(text: str) -> None:
    try:
        value = parse(text)
    except TutelaError as error:
        assert error.code in CODES
    else:
        assert value.earliest is None or value.latest is None or value.earliest <= value.latest


@given(st.text(), st.text(max_size=12))
def test_any_format_is_followed_or_a_coded_error(text: str, form: str) -> None:
    try:
        from_source(text, (form, "excel"))
    except TutelaError as error:
        assert error.code in CODES
