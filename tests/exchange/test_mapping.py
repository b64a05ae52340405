"""A mapping turns a row into a part of a place, or refuses it with a code: never anything else."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import tutela.exchange.imports.run  # noqa: F401  (declares the codes of imports)
from tutela.errors import Unusable
from tutela.exchange.mapping.cells import Refusal
from tutela.exchange.mapping.compile import Part, compile_mapping
from tutela.exchange.mapping.model import choose, find, read, ready_names


def mapping(text: str):
    return read(textwrap.dedent(text), "test.yaml")


def part(text: str, row: dict, geometry=None) -> Part:
    """One row read by one mapping."""
    compiled = compile_mapping(mapping(text), tuple(row), has_geometry=geometry is not None)
    return compiled.read(list(row.values()), geometry)


def refused(text: str, row: dict) -> str:
    with pytest.raises(Refusal) as caught:
        part(text, row)
    return caught.value.problem.code


def unusable(text: str) -> str:
    with pytest.raises(Unusable) as caught:
        mapping(text)
    return caught.value.code


# --- the language of mappings ---


def test_words_of_yaml_that_are_columns_stay_words():
    text = """
        key: No
        place: {names: [{text: On}], descriptions: [{text: 007}]}
        assessment: {damages: [{cause: Yes, on: Off}], note: y}
    """
    got = part(text, {"No": "5", "On": "Ur", "007": "a tell", "Yes": "Looting", "Off": "2015-05-01", "y": "n"})
    assert got.key == "5"
    assert got.place["names"][0]["text"] == "Ur"
    assert got.place["descriptions"][0]["text"] == "a tell"
    assert got.assessments[0]["damages"][0]["event"] == {"on": "2015-05-01"}


def test_faults_of_a_mapping_say_where():
    assert unusable("place: [") == "mapping-unreadable"
    assert unusable("place: {names: [{txt: A}]}") == "mapping-field"
    assert unusable("place: {names: {text: A}}") == "mapping-rule"
    assert unusable("place: {names: [{text: [A]}]}") == "mapping-rule"
    assert unusable("place: {names: [{text: {column: A, splt: ','}}]}") == "mapping-field"
    assert unusable("place: {address: A, address: B}") == "mapping-unreadable"
    assert unusable("place: {address: &a A, country: *a}") == "mapping-unreadable"
    assert unusable("key: {column: A, digest: [B]}\nplace: {address: A}") == "mapping-rule"
    assert unusable("files: {names: {columns: [a]}}\nplace: {address: A}") == "mapping-key"
    assert unusable("place: {names: [{file: nowhere, text: A}]}") == "mapping-field"


def test_a_column_that_is_not_there_stops_the_import_unless_it_is_optional():
    text = "place: {names: [{text: Name}], types: [{code: Type, certainty: Sure}], address: Street}"
    with pytest.raises(Unusable) as caught:
        compile_mapping(mapping(text), ("Name",))
    assert caught.value.code == "mapping-column"
    compiled = compile_mapping(mapping(text + "\noptional: true"), ("Name", "Sure"))
    assert compiled.absent == ["Street", "Type"]
    assert set(compiled.read(["Ur", "High"], None).place) == {"names"}
    some = compile_mapping(mapping(text + "\noptional: [Street]"), ("Name", "Type", "Sure"))
    assert some.absent == ["Street"]


def test_columns_are_found_without_regard_to_case_and_outer_spaces():
    assert part("place: {names: [{text: site name}]}", {" Site Name ": "Ur"}).place["names"][0]["text"] == "Ur"


def test_ready_mappings_can_all_be_read():
    assert {"benchmark-places", "eamena-heritage-place", "syriac-gazetteer"} <= set(ready_names())
    for name in ready_names():
        assert find(name).recognise
    assert choose(("a", "b")) is None


def test_the_benchmark_s_mapping_is_the_ready_one():
    bench = Path(__file__).parents[2] / "bench" / "benchmark_places.yaml"
    assert bench.read_text("utf-8") == find("benchmark-places").text


# --- keys ---


def test_a_row_without_its_number_is_refused():
    assert refused("key: No\nplace: {names: [{text: Name}]}", {"No": " ", "Name": "Ur"}) == "key-missing"


def test_a_digest_knows_a_row_again_and_no_other():
    text = "key: {digest: [Name, Lat]}\nplace: {names: [{text: Name}]}"
    first = part(text, {"Name": "Ur", "Lat": "30.9", "Note": "x"}).key
    assert first == part(text, {"Name": " Ur ", "Lat": "30.9", "Note": "y"}).key
    assert first != part(text, {"Name": "Ur", "Lat": "31", "Note": "x"}).key
    assert refused(text, {"Name": "", "Lat": "-", "Note": "x"}) == "place-nameless"


def test_a_digest_knows_the_geometry():
    text = "key: {digest: [Name]}\nplace: {names: [{text: Name}]}"
    points = [{"type": "Point", "coordinates": [x, 1.0]} for x in (1.0, 2.0)]
    one, two = (part(text, {"Name": "Tell"}, point).key for point in points)
    assert one != two


def test_a_refused_row_still_tells_its_key_and_leaves_nothing_behind():
    text = "key: No\nplace: {names: [{text: {column: N, split: ','}, kind: {column: K, split: ','}}], country: C}"
    compiled = compile_mapping(mapping(text), ("No", "N", "K", "C"))
    with pytest.raises(Refusal) as caught:
        compiled.read(["7", "a, b, c", "Toponym, Toponym", "Atlantis"], None)
    assert caught.value.key == "7"
    assert "characteristics" not in compiled.read(["8", "a", "Toponym", "Iraq"], None).place


# --- values ---


def test_a_wording_stays_beside_its_code():
    text = "place: {types: [{code: {column: T, values: {Ziggurat: temple}}}]}"
    assert part(text, {"T": "ziggurat"}).place["types"] == [{"source": "test", "code": "temple", "original": "ziggurat"}]
    odd = part(text, {"T": "Thing"})
    assert odd.place["types"] == [{"source": "test", "original": "Thing"}]
    assert [w.code for w in odd.warnings] == ["value-not-in-list"]


def test_otherwise_is_the_code_of_all_others():
    text = "place: {handling: {mark: {column: H, otherwise: restricted}}}"
    assert part(text, {"H": "whoever"}).place["handling"] == {"mark": "restricted"}
    assert "handling" not in part(text, {"H": "open"}).place


def test_a_value_that_must_be_of_its_list_is_refused():
    assert refused("place: {country: C}", {"C": "Atlantis"}) == "value-unknown"
    assert refused("assessment: {condition: C}\nplace: {}", {"C": "so-so"}) == "value-unknown"


def test_percentages_keep_their_number_and_get_a_band():
    text = "place: {}\nassessment: {extent: {column: E, percent: true}}"
    assert part(text, {"E": "12,5 %"}).assessments[0]["extent"] == {"code": "11-30", "original": "12,5 %", "value": 12.5}
    assert refused(text, {"E": "140"}) == "percent-range"
    assert refused(text, {"E": "half"}) == "number-unreadable"


def test_the_assessors_scale_is_named():
    text = "place: {}\nassessment: {condition: {column: S, scale: unosat-2014}}"
    assert part(text, {"S": "Severely damaged"}).assessments[0]["condition"] == {
        "code": "very-bad", "original": "Severely damaged", "scale": "unosat-2014",
    }  # fmt: skip


def test_texts_can_be_cut_out_and_freed_of_html():
    text = "place: {identifiers: [{value: {column: U, match: '(Q[0-9]+)'}, scheme: {constant: wikidata}}]}"
    assert part(text, {"U": "https://www.wikidata.org/wiki/Q5788"}).place["identifiers"][0]["value"] == "Q5788"
    text = "place: {descriptions: [{text: {column: D, strip: html}}]}"
    got = part(text, {"D": "<p>Ruined &amp; <b>abandoned</b><br/>1 < 2</p>"})
    assert got.place["descriptions"][0]["text"] == "Ruined & abandoned\n1 < 2"


def test_languages_are_stated_or_told_by_the_script_where_that_is_sure():
    names = part("place: {names: [{text: A}, {text: B, lang: {constant: ar}}]}", {"A": "ܐܘܪܗܝ", "B": "حلب"}).place["names"]
    assert [(n["lang"], n["script"]) for n in names] == [("syr", "Syrc"), ("ar", "Arab")]


# --- dates ---


def test_dates_by_order_calendar_and_several_in_a_cell():
    text = "place: {}\nassessment: {note: N, observed: {column: D, date: {order: dmy}}}"
    assert part(text, {"N": "x", "D": "03/04/2019"}).assessments[0]["observed"] == "2019-04-03"
    text = "place: {}\nassessment: {note: N, observed: {column: D, split: ',', take: last}, imagery: {column: D, split: ','}}"
    got = part(text, {"N": "x", "D": "2020-01-01, None, 2004-05-06, 2020-01-01"}).assessments[0]
    assert (got["observed"], got["imagery"]) == ("2020-01-01", ["2004-05-06", "2020-01-01"])
    text = "place: {dating: [{from: F, to: T}, {edtf: {column: B, date: {calendar: bp}}}]}"
    got = part(text, {"F": "907 AH", "T": "1135 AH", "B": "2000 BP"}).place["dating"]
    assert [d["edtf"] for d in got] == ["1501/1723", "-0050~"]


def test_a_day_to_come_and_an_impossible_day_refuse_the_row():
    text = "place: {}\nassessment: {note: N, observed: D}"
    assert refused(text, {"N": "x", "D": "2999-01-01"}) == "date-in-future"
    assert refused(text, {"N": "x", "D": "31.02.2020"}) == "date-impossible"
    assert refused(text, {"N": "x", "D": "03/04/2019"}) == "date-ambiguous"


def test_an_end_before_its_beginning_keeps_both_dates():
    got = part("place: {dating: [{from: F, to: T}]}", {"F": "0542", "T": "0442"})
    assert [d["edtf"] for d in got.place["dating"]] == ["0542", "0442"]
    assert [w.code for w in got.warnings] == ["dating-reversed"]


# --- parallel lists ---

DAMAGES = """
    place: {}
    assessment:
      damages:
        - cause: {column: Cause, split: vocabulary}
          category: {column: Category, split: vocabulary}
          certainty: {column: Sure, split: ","}
          from: {column: From, split: ","}
"""


def damages(cause, category, sure, begun):
    got = part(DAMAGES, {"Cause": cause, "Category": category, "Sure": sure, "From": begun})
    return got, got.assessments[0]["damages"] if got.assessments else []


def test_parallel_lists_are_read_in_step_empty_members_counting():
    got, found = damages("Ploughing, Wind Action", "Agricultural/Pastoral, Natural", "High, ", "None, 2004-05-01")
    assert not got.warnings
    assert [(d["cause"]["code"], d["cause"].get("certainty"), d.get("event")) for d in found] == [
        ("ploughing", "high", None), ("wind-action", None, {"from": "2004-05-01"}),
    ]  # fmt: skip
    assert [d["key"] for d in found] == ["d1", "d2"]


def test_lists_of_unequal_length_are_not_paired_but_kept():
    got, found = damages("Ploughing, Wind Action, Flooding", "Natural, Natural", None, None)
    assert [w.code for w in got.warnings] == ["lists-unpaired"]
    assert [d["cause"]["category"] for d in found] == ["agricultural-pastoral", "natural", "natural"]  # by the causes themselves
    assert "Category (not paired): Natural, Natural" in got.assessments[0]["note"]
    text = "place: {names: [{text: {column: N, split: ','}, kind: {column: K, split: ','}}]}"
    place = part(text, {"N": "a, b, c", "K": "Toponym, Toponym"}).place
    assert [n["text"] for n in place["names"]] == ["a", "b", "c"]
    assert place["characteristics"] == [{"kind": "unpaired", "value": "Toponym, Toponym", "original": "K", "source": "test"}]


def test_a_list_with_every_value_said_twice_is_read_once():
    got, found = damages(
        "Ploughing, Ploughing, Wind Action, Wind Action", "Agricultural/Pastoral, Natural", "High, High, Low, Low", "None, 2004"
    )
    assert [w.code for w in got.warnings] == ["lists-repeated"]
    assert [(d["cause"]["code"], d["cause"]["certainty"], d.get("event")) for d in found] == [
        ("ploughing", "high", None), ("wind-action", "low", {"from": "2004"}),
    ]  # fmt: skip


def test_a_category_without_a_cause_is_a_damage_too():
    _, found = damages(None, "Natural, Looting/Illegal Activities", None, None)
    assert [d["cause"]["category"] for d in found] == ["natural", "looting-illicit"]
    assert [d["cause"]["original"] for d in found] == ["Natural", "Looting/Illegal Activities"]


def test_values_that_hold_commas_stay_whole():
    text = "place: {}\nassessment: {interventions: [{activity: {column: A, split: vocabulary}}]}"
    got = part(text, {"A": "Conservation, Restoration, and Maintenance Activities, Emergency Actions"})
    assert [i["activity"] for i in got.assessments[0]["interventions"]] == ["conservation-maintenance", "emergency"]


def test_a_day_without_a_finding_is_no_assessment():
    text = "place: {}\nassessment: {observed: D, condition: C, method: {constant: field}}"
    assert part(text, {"D": "2020-01-01", "C": ""}).assessments == []
    assert part(text, {"D": "2020-01-01", "C": "poor"}).assessments[0]["method"] == "field"


def test_two_conditions_in_a_cell_keep_the_wording_and_warn():
    text = "place: {}\nassessment: {condition: {column: C, split: vocabulary}}"
    got = part(text, {"C": "Good, Poor"})
    assert got.assessments[0]["condition"] == {"code": "poor", "original": "Good, Poor"}
    assert [w.code for w in got.warnings] == ["values-several"]


# --- positions ---


def geometry(rule: str, row: dict):
    return part(f"place: {{geometries: [{rule}]}}", row).place["geometries"][0]


def test_positions_in_degrees_pairs_text_and_metres():
    assert geometry("{latitude: A, longitude: B}", {"A": "35°42'51\"N", "B": "٥٩٫٨٥"})["geojson"]["coordinates"] == [
        59.85,
        pytest.approx(35.714167),
    ]
    assert geometry("{pair: P}", {"P": "35.7, 59.8"})["geojson"]["coordinates"] == [59.8, 35.7]
    assert geometry("{pair: {column: P, order: lon-lat}}", {"P": "59.8 35.7"})["geojson"]["coordinates"] == [59.8, 35.7]
    assert geometry("{wkt: W}", {"W": "POLYGON ((0 0, 1 0, 1 1, 0 0))"})["role"] == "footprint"
    assert geometry("{geojson: G}", {"G": '{"type": "Point", "coordinates": [1, 2]}'})["geojson"]["type"] == "Point"
    for zone in ("38N", "38 S", "EPSG:32638"):
        x, y = geometry(f"{{easting: E, northing: N, zone: {{constant: '{zone}', letters: hemisphere}}}}", {"E": "500000", "N": "3650000"})[
            "geojson"
        ]["coordinates"]
        assert x == pytest.approx(45.0) and (y == pytest.approx(32.99, abs=0.01)) == (zone != "38 S")


def test_positions_that_cannot_be_are_refused():
    degrees = "place: {geometries: [{latitude: A, longitude: B}]}"
    assert refused(degrees, {"A": "645210", "B": "3823410"}) == "utm-without-zone"
    assert refused(degrees, {"A": "35.7", "B": ""}) == "coordinate-missing-half"
    assert refused(degrees, {"A": "135.7", "B": "10"}) == "coordinate-out-of-range"
    metres = "place: {geometries: [{easting: E, northing: N, zone: Z}]}"
    assert refused(metres, {"E": "500000", "N": "3650000", "Z": ""}) == "utm-without-zone"
    assert refused(metres, {"E": "3650000", "N": "500000", "Z": "38N"}) == "utm-range"
    assert refused("place: {geometries: [{wkt: W}]}", {"W": "POINT (59.8"}) == "geometry-unreadable"


ROLES = "{from: file, role: {column: Q, split: ','}, certainty: {column: C, split: ','}}"


@pytest.mark.parametrize(("kind", "coordinates", "role", "sure"), [
    ("Point", [1.0, 2.0], "centre", "high"), ("Polygon", [[[0, 0], [1, 0], [1, 1], [0, 0]]], "extent", "low"),
])  # fmt: skip
def test_each_of_several_geometries_takes_its_own_role(kind, coordinates, role, sure):
    row = {"Q": "Center Point, Perimeter Polygon", "C": "High, Low"}
    got = part(f"place: {{geometries: [{ROLES}]}}", row, {"type": kind, "coordinates": coordinates}).place["geometries"][0]
    assert (got["role"], got["certainty"]) == (role, sure)


# --- several files ---


def test_items_and_assessments_are_read_from_their_own_file():
    text = """
        recognise: [id, title]
        key: {column: id, scheme: mine, uri: "https://example.org/{}"}
        files: {visits: {columns: [site, day, state], key: site}}
        place: {names: [{text: title}]}
        assessments: [{file: visits, observed: day, condition: state}]
    """
    main = compile_mapping(mapping(text), ("id", "title")).read(["7", "Ur"], None)
    visit = compile_mapping(mapping(text), ("site", "day", "state"), "visits").read(["7", "2020-01-01", "poor"], None)
    assert main.place["identifiers"] == [{"scheme": "mine", "value": "7", "uri": "https://example.org/7", "source": "test"}]
    assert not main.assessments and visit.key == "7" and not visit.place
    assert visit.assessments[0]["condition"]["code"] == "poor"


# --- whatever comes ---

CELL = st.one_of(
    st.none(), st.text(max_size=40), st.integers(), st.floats(), st.booleans(), st.dates(), st.datetimes(),
    st.sampled_from(["35.7", "59.8", "POINT (1 2)", "2020-01-01",
                     "31.02.2020", "Good, Poor", "Natural, , Natural", "999999", "38N", ",", "\x00", "İ"]),
)  # fmt: skip
GEOMETRY = st.sampled_from(
    [None, {"type": "Point", "coordinates": [1.0, 2.0]}, {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}]
)
EVERYTHING = read(
    textwrap.dedent("""
    key: A
    place:
      names: [{text: {column: A, split: ","}, kind: {column: B, split: ","}}, {text: C, lang: D}]
      types: [{code: {column: B, split: vocabulary}, certainty: C}]
      dating: [{from: C, to: D}, {period: {column: B, list: periods, split: vocabulary}}, {edtf: {column: E, date: {calendar: hijri}}}]
      geometries:
        - {from: file, role: {column: B, split: ","}}
        - {latitude: D, longitude: E}
        - {wkt: F}
        - {pair: E}
        - {easting: D, northing: E, zone: F}
      descriptions: [{text: {column: E, strip: html}}]
      country: F
      handling: {mark: {column: D, otherwise: restricted}}
    assessment:
      observed: {column: E, split: ",", take: last}
      condition: {column: D, split: vocabulary, scale: eamena-condition}
      extent: {column: E, percent: true}
      damages: [{cause: {column: A, split: vocabulary}, category: {column: B, split: vocabulary}, before: {column: C, split: ","}}]
      threats: [{cause: {column: F, split: vocabulary}}]
    """),
    "everything.yaml",
)
SOME = [
    read(f"key: A\nplace: {{{part}}}", "some.yaml")
    for part in ("names: [{text: B}], dating: [{edtf: C}]", "geometries: [{latitude: D, longitude: E}]", "geometries: [{wkt: F}]",
                 "geometries: [{pair: E}]", "geometries: [{easting: D, northing: E, zone: F}]", "dating: [{from: C, to: D}]",
                 "descriptions: [{text: {column: E, strip: html}}]", "characteristics: [{value: {column: E, match: '([a-z]+)'}}]")
]  # fmt: skip
READERS = [compile_mapping(m, tuple("ABCDEF"), has_geometry=True).read for m in (EVERYTHING, *SOME)]


@settings(max_examples=150, deadline=None)
@given(row=st.lists(CELL, min_size=6, max_size=6), own=GEOMETRY)
def test_any_row_is_a_part_or_refused(row, own):
    for reader in READERS:
        try:
            assert isinstance(reader(row, own), Part)
        except Refusal as refusal:
            assert refusal.problem.code


@settings(max_examples=150, deadline=None)
@given(
    text=st.one_of(
        st.text(max_size=200), st.from_regex(r"(key|place|assessment|files|none|optional): [\[\]{}&*:,a-z0-9 ]{0,40}", fullmatch=True)
    )
)
def test_any_text_is_a_mapping_or_unusable(text):
    try:
        compile_mapping(read(text, "any.yaml"), ("a", "b"))
    except Unusable as error:
        assert error.code
