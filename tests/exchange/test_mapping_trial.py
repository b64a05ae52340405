"""What somebody met who had never seen the program and mapped three registers: each is a promise now."""

from __future__ import annotations

import textwrap

import pytest

import tutela.exchange.imports.run  # noqa: F401  (declares the codes of imports)
from tutela.errors import Unusable, problem
from tutela.exchange.imports.report import Report
from tutela.exchange.mapping.cells import Refusal, Skipped
from tutela.exchange.mapping.compile import Part, compile_mapping
from tutela.exchange.mapping.findings import percentage
from tutela.exchange.mapping.model import read
from tutela.exchange.mapping.profile import header_calendar
from tutela.exchange.mapping.suggest import suggest_mapping


def part(text: str, row: dict, **options) -> Part:
    return compile_mapping(read(textwrap.dedent(text), "t.yaml"), tuple(row), **options).read(list(row.values()), None)


def refused(text: str, row: dict) -> str:
    with pytest.raises(Refusal) as caught:
        part(text, row)
    return caught.value.problem.code


def unusable(text: str) -> Unusable:
    with pytest.raises(Unusable) as caught:
        compile_mapping(read(textwrap.dedent(text), "t.yaml"), tuple("ABCEN"))
    return caught.value


# --- codes ---


@pytest.mark.parametrize(
    "text",
    [
        "assessment: {condition: {column: A, values: {x: godd}}}",
        "place: {protections: [{instrument: {constant: natl-list}}]}",
        "place: {types: [{code: {column: A, otherwise: chruch}}]}",
        "place: {country: {column: A, default: Atlantis}}",
        "assessment: {extent: {column: A, percent: true, values: {x: '140'}}}",
        "place: {names: [{text: A, kind: {constant: offical}}]}",
    ],
)
def test_a_code_that_is_not_in_its_list_is_one_error_of_the_mapping(text):
    assert unusable(text).code == "mapping-value"


def test_it_names_what_is_near():
    told = unusable("assessment: {condition: {column: A, values: {x: godd}}}").problem
    assert "condition.values" in told.message and "godd" in told.message
    assert "good" in told.todo and "tutela vocabulary condition" in told.todo


def test_labels_and_other_wordings_are_understood_as_codes():
    text = "place: {country: {constant: Syria}, types: [{code: {column: A, values: {x: Caravanserai/Khan}}}]}"
    got = part(text, {"A": "x"})
    assert got.place["country"] == "SY" and got.place["types"][0]["code"] == "caravanserai"


# --- options ---


@pytest.mark.parametrize(
    "text",
    [
        "assessment: {observed: {column: A, unknown: keep}, note: B}",
        "assessment: {condition: {column: A, date: {order: dmy}}}",
        "assessment: {condition: {column: A, percent: true}}",
        "place: {names: [{text: {column: A, unreadable: keep}}]}",
        "place: {geometries: [{latitude: {column: A, split: ','}, longitude: B}]}",
        "place: {names: [{text: {column: A, join: '; '}}]}",
        "place: {country: {constant: SY, values: {a: SY}}}",
        "place: {descriptions: [{text: A, kind: {column: B, order: lon-lat}}]}",
    ],
)
def test_an_option_that_would_do_nothing_is_refused(text):
    assert unusable(text).code == "mapping-option"


def test_a_way_of_writing_dates_that_is_none_is_one_error():
    assert unusable("assessment: {observed: {column: A, date: {formats: [dd.mm.yyyy]}}, note: B}").code == "mapping-date"
    assert unusable("assessment: {observed: {column: A, date: {order: dym}}, note: B}").code == "mapping-date"
    assert unusable("assessment: {observed: {column: A, date: {formats: ['%d.%m.%y']}}, note: B}").code == "mapping-date"
    assert unusable("place: {dating: [{edtf: {column: A, values: {old: sometime}}}]}").code == "mapping-date"


def test_values_drop_default_and_otherwise_work_on_any_text():
    text = """
        place:
          names: [{text: {columns: [A, B], join: "; ", default: nameless}}]
          dating: [{edtf: {column: C, values: {early: 0500/1000, never: null}, otherwise: 1900}}]
          geometries: [{latitude: {column: E, values: {"12x": "12.5"}}, longitude: {column: N, drop: ["?"]}}]
        assessment: {observed: {column: D, drop: [TBD]}, note: F}
    """
    row = {"A": "", "B": "", "C": "Early", "D": "tbd", "E": "12x", "N": "44", "F": "n"}
    got = part(text, row)
    assert got.place["names"][0]["text"] == "nameless" and got.place["dating"][0]["edtf"] == "0500/1000"
    assert got.place["geometries"][0]["geojson"]["coordinates"] == [44, 12.5] and "observed" not in got.assessments[0]
    assert part(text, {**row, "C": "who knows"}).place["dating"][0]["edtf"] == "1900"
    assert "dating" not in part(text, {**row, "C": "never"}).place
    assert refused(text, {**row, "N": "?"}) == "coordinate-missing-half"


def test_a_merged_cell_holds_for_the_rows_below():
    read_row = compile_mapping(read("place: {areas: [{name: {column: A, fill: down}}]}"), ("A",)).read
    assert [read_row([v], None).place["areas"][0]["name"] for v in ("North", None, "", "South", None)] == ["North"] * 3 + ["South"] * 2


# --- dates ---


def test_years_of_two_digits_need_a_word_from_the_mapping():
    with pytest.raises(Refusal) as caught:
        part("assessment: {observed: A, note: B}", {"A": "3.10.21", "B": "n"})
    assert caught.value.problem.code == "date-ambiguous" and "pivot" in caught.value.problem.todo
    for options, cell, day in (
        ("{pivot: 2000}", "3.10.21", "2021-10-03"),
        ("{pivot: 1950, order: dmy}", "٣/١٠/٤٩", None),
        ("{pivot: 1950, order: dmy}", "3/10/51", "1951-10-03"),
        ("{pivot: 2000, order: mdy}", "3/10/21", "2021-03-10"),
        ("{pivot: 2000, formats: ['%y%m%d']}", "210310", "2021-03-10"),
        ("{pivot: 2000}", "3.10.2021", "2021-10-03"),
    ):
        text = f"assessment: {{observed: {{column: A, date: {options}}}, note: B}}"
        if day is None:
            assert refused(text, {"A": cell, "B": "n"}) == "date-in-future"  # 2049
        else:
            assert part(text, {"A": cell, "B": "n"}).assessments[0]["observed"] == day


@pytest.mark.parametrize(
    ("wording", "edtf"),
    [("1-а пол. XIX ст.", "1801/1850"), ("2-а чверть XVIII ст.", "1726/1750"), ("2. H. 17. Jh.", "1651/1700"),
     ("Anf. 16. Jh.", "1501/1525~"), ("Herbst 2018", "2018-23"), ("2 H", "0623/0624")],
)  # fmt: skip
def test_short_ways_of_dating(wording, edtf):
    assert part("place: {dating: [{edtf: A}]}", {"A": wording}).place["dating"][0]["edtf"] == edtf


def test_a_dating_that_cannot_be_read_is_kept_in_its_words():
    got = part("place: {dating: [{edtf: {column: A, unreadable: keep}}]}", {"A": "frühes MA"})
    assert got.place["dating"] == [{"source": "t", "original": "frühes MA"}]
    assert [w.code for w in got.warnings] == ["date-unreadable"]
    got = part("assessment: {observed: {column: A, unreadable: keep}, condition: B}", {"A": "in the rain", "B": "poor"})
    assert got.assessments[0]["note"] == "A: in the rain" and "observed" not in got.assessments[0]
    assert "note" not in part("assessment: {observed: {column: A, unreadable: drop}, condition: B}", {"A": "x", "B": "poor"}).assessments[0]


# --- positions ---

METRES = "place: {{country: C, geometries: [{{easting: E, northing: N, zone: {zone}}}]}}"


def latitude(zone: str, said: str, country: str = "") -> float:
    row = {"E": "500000", "N": "3650000", "Z": said, "C": country}
    return part(METRES.format(zone=zone), row).place["geometries"][0]["geojson"]["coordinates"][1]


def test_a_letter_that_can_be_a_band_or_a_half_is_asked_about():
    assert refused(METRES.format(zone="Z"), {"E": "500000", "N": "3650000", "Z": "38S", "C": ""}) == "utm-zone-ambiguous"
    assert latitude("Z", "38S", "IQ") == pytest.approx(32.99, abs=0.01)
    assert latitude("{column: Z, letters: band}", "38S") == pytest.approx(32.99, abs=0.01)
    assert latitude("{column: Z, letters: hemisphere}", "38S") < 0
    assert latitude("{column: Z, hemisphere: S}", "38S") < 0
    assert latitude("Z", "38T") > 0


def test_a_zone_without_a_letter_needs_the_half():
    assert refused(METRES.format(zone="Z"), {"E": "500000", "N": "3650000", "Z": "38", "C": ""}) == "utm-without-zone"
    assert latitude("{column: Z, hemisphere: N}", "38") > 0
    assert latitude("{constant: 38, hemisphere: N}", "") > 0
    assert latitude("{column: Z, default: 38N}", "") > 0


def test_metres_are_in_the_system_said_at_the_command_line():
    text = "place: {geometries: [{easting: E, northing: N}]}"
    assert unusable(text).code == "mapping-geometry"
    got = part(text, {"E": "500000", "N": "3650000"}, crs="EPSG:32638")
    assert got.place["geometries"][0]["geojson"]["coordinates"][0] == pytest.approx(45)


def test_a_pair_parted_by_a_mark():
    text = "place: {geometries: [{pair: {column: A, split: ' - '}}]}"
    for cell in ("36.45 - 37.82", "36.45, 37.82"):
        assert part(text, {"A": cell}).place["geometries"][0]["geojson"]["coordinates"] == [37.82, 36.45]


# --- extents ---


@pytest.mark.parametrize(
    ("wording", "code", "value"),
    [("35", "31-60", 35), ("ca. 40", "31-60", None), ("10-20", "11-30", None), ("<5", "1-10", None), ("١٠-٢٠٪", "11-30", None),
     (">90", "91-100", None), ("20-50 %", "unknown", None), ("total", "91-100", 100), ("k.A.", None, None), ("teils", "11-30", None)],
)  # fmt: skip
def test_extents_in_ranges_and_words(wording, code, value):
    text = "assessment: {extent: {column: A, percent: true, values: {total: '100', k.A.: null, teils: 11-30}}, note: B}"
    got = part(text, {"A": wording, "B": "n"})
    extent = got.assessments[0].get("extent")
    figure = {} if value is None else {"value": value}
    assert extent == (None if code is None else {"code": code, "original": wording, **figure})
    assert [w.code for w in got.warnings] == (["extent-unclear"] if code == "unknown" else [])


def test_parts_of_one_are_percentages_where_the_mapping_says_so():
    assert percentage("0.4", fractions=True) == (40, 40, True) and percentage("0.4") == (0.4, 0.4, True)
    assert percentage("0.4 %", fractions=True) == (0.4, 0.4, True) and percentage("much") is None


# --- suggestions ---


def suggested(folder, text: str, name: str = "list.csv") -> str:
    path = folder / name
    path.write_text(textwrap.dedent(text).lstrip(), encoding="utf-8")
    return suggest_mapping([path])


def test_one_wrong_row_does_not_exchange_two_columns(tmp_path):
    rows = "".join(f"{i};Курган {i};48,{i:03d}123;31,{i:03d}456\n" for i in range(1, 40))
    text = suggested(tmp_path, "№;Назва;Широта;Довгота\n" + rows + "40;Курган;141,2;36,1\n")
    assert read(text).data["place"]["geometries"] == [{"latitude": "Широта", "longitude": "Довгота"}]
    turned = "".join(f"{i};Курган {i};{130 + i / 10:.4f};48,{i:03d}456\n" for i in range(1, 40))
    text = suggested(tmp_path, "№;Назва;Широта;Довгота\n" + turned)
    assert read(text).data["place"]["geometries"] == [{"latitude": "Довгота", "longitude": "Широта"}]


def test_a_pair_goes_by_the_header_and_by_most_rows(tmp_path):
    rows = "".join(f'{i},Tell {i},"36.{i:03d}, 37.{i:03d}"\n' for i in range(1, 30))
    said = read(suggested(tmp_path, "No,Name,Longitude/Latitude\n" + rows)).data["place"]["geometries"]
    assert said == [{"pair": {"column": "Longitude/Latitude", "order": "lon-lat"}}]
    said = read(suggested(tmp_path, "No,Name,Coordinates\n" + rows + '30,Tell,"137.1, 36.2"\n')).data["place"]["geometries"]
    assert said == [{"pair": "Coordinates"}]


@pytest.mark.parametrize(
    ("header", "calendar"),
    [("سنة البناء (هـ)", "hijri"), ("Built (AH)", "hijri"), ("تاریخ ساخت (ش)", "persian"), ("Built (SH)", "persian"), ("Built", None)],
)
def test_a_header_says_the_calendar(header, calendar):
    assert header_calendar(header) == calendar


def test_metres_whose_zone_stands_in_the_name_of_the_file(tmp_path):
    rows = "".join(f"{i};Kirche {i};40{i:04d},5;531{i:04d},5;{i % 90}\n" for i in range(1, 30))
    text = suggested(tmp_path, "Nr;Obj;E;N;Schad %\n" + rows, "liste_UTM33.csv")
    data = read(text).data
    assert data["place"]["geometries"] == [{"easting": "E", "northing": "N", "zone": {"constant": "33", "hemisphere": "N"}}]
    assert data["assessments"][0]["extent"] == {"column": "Schad %", "percent": True}
    compile_mapping(read(text), ("Nr", "Obj", "E", "N", "Schad %"))


def test_totals_are_proposed_to_be_left_out(tmp_path):
    rows = "".join(f"{i};Курган {i};A\n" for i in range(1, 30))
    text = suggested(tmp_path, "№ п/п;Название;Вид\n" + rows + "Итого;29;x\n30;Курган;B\n")
    assert read(text).data["skip"] == {"№ п/п": ["Итого"]}


# --- rows that are no places; what is said of an import ---


def test_totals_are_left_out():
    text = "skip: {A: [Total, 'Sum .*', 'Tota(l']}\nplace: {names: [{text: B}]}"
    for cell in ("total", "Sum of all", "Tota(l"):
        with pytest.raises(Skipped):
            part(text, {"A": cell, "B": "12"})
    assert part(text, {"A": "Total ruin", "B": "12"}).place["names"]


def test_a_report_groups_what_is_alike():
    report = Report(state="refused")
    for row in range(2, 12):
        report.refuse(problem("percent-range", file="f.csv", row=row, column="Damage", value="140"))
    report.refuse(problem("key-missing", file="f.csv", row=99))
    for _ in range(3):
        report.warn(problem("extent-unclear", column="Damage", value="20-50"))
    said = report.lines()
    assert sum("[percent-range]" in line for line in said) == 1 and any("10 rows" in line and "2, 3, 4, 5, 6 …" in line for line in said)
    assert any("Damage: “20-50” (3)" in line for line in said) and not any("None" in line for line in said)
