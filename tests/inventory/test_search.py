"""Finding places: any name in any script, forgiving of the hand that types, and counted as a reader expects."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from inventory.register import PUBLIC, keep

from tutela.assessment.actions import record_assessment
from tutela.errors import TutelaError
from tutela.inventory import queries
from tutela.people.rules import OPERATOR, Actor

pytestmark = pytest.mark.django_db


def names(query: str, **more: int) -> list[str]:
    """What a search gives, in its order."""
    return [row.name["text"] for row in queries.search(PUBLIC, query, **more).rows]


@pytest.fixture
def ancient(db: None) -> None:
    for given_names in (["Ur", "Tell el-Muqayyar", "أور"], ["Uruk", "Warka"], ["Urfa", "ܐܘܿܪܗܵܝ", "Şanlıurfa"], ["حَلَب", "Aleppo"], ["Łódź"],
                        ["Şuşa", "Շուշի"], ["Palmyra", "تدمر"], ["al-Raqqa"], ["Qal'at Sim'an"], ["Deir ez-Zor"], ["北京城"]):
        keep(*given_names)


@pytest.mark.parametrize(("typed", "found"), [
    ("حَلَب", "Aleppo"), ("حلب", "Aleppo"), ("ALEPPO", "Aleppo"), ("ܐܘܿܪܗܵܝ", "Urfa"), ("ܐܘܪܗܝ", "Urfa"), ("Łódź", "Łódź"), ("lodz", "Łódź"),
    ("LODZ", "Łódź"), ("Şuşa", "Şuşa"), ("susa", "Şuşa"), ("ŞUŞA", "Şuşa"), ("Շուշի", "Şuşa"), ("sanliurfa", "Urfa"), ("ŞANLIURFA", "Urfa"),
    ("تدمر", "Palmyra"), ("al raqqa", "al-Raqqa"), ("raqqa al", "al-Raqqa"), ("al‐Raqqa", "al-Raqqa"), ("qalat siman", "Qal'at Sim'an"),
    ("Qal’at Sim‘an", "Qal'at Sim'an"), ("Qalʿat", "Qal'at Sim'an"), ("zor deir", "Deir ez-Zor"), ("name:warka", "Uruk"),
])
def test_a_name_is_found_however_it_is_written(ancient: None, typed: str, found: str) -> None:
    assert names(typed) == [found]


def test_two_letters_are_a_name_and_not_the_beginning_of_all_names(ancient: None) -> None:
    found = queries.search(PUBLIC, "Ur").rows
    assert [[n["text"] for n in row.names] for row in found] == [["Tell el-Muqayyar", "Ur", "أور"]]
    assert names("أور") == names("ur")
    assert sorted(names("wa")) == ["Uruk"]  # nobody's whole word: then a beginning


@pytest.mark.parametrize(("typed", "found"), [
    ("palm", "Palmyra"),
    ("Plamyra", "Palmyra"), ("palmira", "Palmyra"), ("pamyra", "Palmyra"), ("palmyrra", "Palmyra"), ("almyra", "Palmyra"),
    ("paalmira", "Palmyra"), ("lmyr", "Palmyra"), ("حلبب", "Aleppo"),
    ("muqqayar", "Tell el-Muqayyar"), ("raqqah", "al-Raqqa"), ("京城", "北京城"),
])
def test_beginnings_slips_of_the_hand_and_parts_of_words_find_too(ancient: None, typed: str, found: str) -> None:
    results = queries.search(PUBLIC, typed)
    assert [found] == [row.name["text"] for row in results.rows]
    assert (typed == "palm") == (not results.read_as)


def test_counts_facets_and_map_read_a_mistyped_word_as_the_list_does(db: None) -> None:
    keep("Palmyra", at=(38.27, 34.55), condition="poor")
    assert queries.count(PUBLIC, "plamyra", ("condition",)).facets["condition"]["poor"] == 1
    assert queries.map_features(PUBLIC, "plamyra", (38, 34, 39, 35), 8)["total"] == 1
    assert queries.search(PUBLIC, "plamyra bbox:0,0,1,1").total == 0


def test_a_phrase_wants_its_words_side_by_side(db: None) -> None:
    keep("Tell Halaf")
    keep("Halaf Tell")
    keep("Tell Beydar of Halaf")
    assert sorted(names("tell halaf")) == ["Halaf Tell", "Tell Beydar of Halaf", "Tell Halaf"]
    assert names('"tell halaf"') == ["Tell Halaf"]


def test_titles_that_are_or_begin_as_typed_come_first(db: None) -> None:
    for name in ("Bridge of Halaf", "Halaf Tower", "Halaf", "Halaf Bridge"):
        keep(name)
    assert names("halaf") == ["Halaf", "Halaf Bridge", "Halaf Tower", "Bridge of Halaf"]


@pytest.mark.parametrize("typed", ["*", "%", "_", "'", "halaf*", 'halaf" OR "', "NOT halaf", "halaf AND", "^halaf", "{names} : halaf",
                                   "halaf & !x", "halaf:*", "(halaf", "\\", "halaf\x00", "';--", "name:*", "area:%", "area:_"])
def test_signs_of_query_languages_do_nothing(db: None, typed: str) -> None:
    keep("Halaf", areas=[{"kind": "province", "name": "X"}])
    try:
        found = names(typed)
    except TutelaError as error:
        assert error.problem.code == "query-field"
        return
    assert found in ([], ["Halaf"])
    other_words = {"not", "or", "and", "names", "x"} & set(typed.lower().replace("{", " ").replace("}", " ").split())
    assert ("halaf" in typed and not other_words) == bool(found)


PIECES = ['"', "*", "halaf", "حلب",
          "-name:", "in:", "text:", "id:", "area:", "type:", ",", " ", "\ud800", "\x00", "'", "NEAR(", "|", "&", "!"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_any_text_gives_results_or_a_coded_error(db: None, text: str) -> None:
    try:
        results = queries.search(PUBLIC, text)
        assert results.total == queries.count(PUBLIC, text).total
        queries.suggest(PUBLIC, text)
        queries.map_features(PUBLIC, text, (-180, -90, 180, 90), 3)
    except TutelaError as error:
        assert error.problem.code.startswith("query-")


def test_a_filter_takes_in_narrower_types_and_the_counts_agree_with_it(db: None) -> None:
    keep("A", types=("caravanserai",))
    keep("B", types=("mosque",))
    for code, n in queries.count(PUBLIC, "", ("type",)).facets["type"].items():
        assert queries.search(PUBLIC, f"type:{code}").total == n, code
    wider = [code for code, n in queries.count(PUBLIC, "", ("type",)).facets["type"].items() if code not in ("caravanserai", "mosque")]
    assert wider, "the list of types has wider terms"
    assert names('type:"Caravanserai"') == ["A"]


def test_facets_count_what_another_choice_would_give_and_keep_the_zeros(db: None) -> None:
    keep("Old bridge", condition="poor", country="SY")
    keep("New bridge", condition="good", country="SY")
    keep("Old tower", condition="good", country="IQ")
    counts = queries.count(PUBLIC, "bridge condition:poor", ("condition", "country"))
    assert counts.total == 1
    assert counts.facets["condition"] == {"poor": 1, "good": 1}
    assert counts.facets["country"] == {"SY": 1, "IQ": 0}
    assert names("-condition:poor bridge") == ["New bridge"]
    assert names("country:iraq") == ["Old tower"]
    assert names("condition:poor,good country:sy", limit=9) == ["New bridge", "Old bridge"]


def test_ranges_of_years(db: None) -> None:
    keep("Early", dating=[{"edtf": "-0500/-0301"}], observed="2019-06-01", condition="good", value=15.0)
    keep("Late", dating=[{"edtf": "0400/0600"}], observed="2021-02", condition="poor", value=25.0)
    keep("Undated")
    assert names("dating:-300..500") == ["Late"]
    assert names("dating:-400..-301") == names("dating:..-1") == ["Early"]
    assert names("dating:-301..400") == ["Early", "Late"]
    assert names("observed:2019") == ["Early"]
    assert names("observed:2019-07..") == ["Late"]
    assert names("extent:20..30") == ["Late"]
    assert queries.years(PUBLIC, "observed:2019") == {2019: 1, 2021: 1}
    assert names("order:observed") == ["Late", "Early", "Undated"]
    assert names("order:extent") == ["Late", "Early", "Undated"]


def test_boxes_hold_their_edges_and_may_cross_the_antimeridian(db: None) -> None:
    keep("Fiji", at=(178.1, -17.9))
    keep("Samoa", at=(-172.1, -13.6))
    keep("Palmyra", at=(38.266, 34.551))
    assert names("bbox:170,-20,-170,-10") == ["Fiji", "Samoa"]
    assert names("bbox:-170,-20,170,40") == ["Palmyra"]
    assert names("bbox:38.266,34.551,38.266,34.551") == ["Palmyra"]
    assert names("bbox:38.2660001,34,39,35") == names("bbox:38,34,38.2659999,35") == []
    assert queries.count(PUBLIC, "bbox:170,-20,-170,-10").total == 2


def test_a_footprint_is_found_by_a_window_it_crosses(db: None) -> None:
    wall = {"type": "LineString", "coordinates": [[36.0, 35.0], [38.0, 35.0]]}
    keep("Wall", geometries=[{"geojson": wall, "role": "line"}])
    assert names("bbox:37.4,34.9,37.6,35.1") == ["Wall"]


def test_areas_fields_and_identifiers(db: None) -> None:
    keep("A", country="SY", areas=[{"kind": "province", "name": "Idlib"}], address="Kafr Nabl",
         identifiers=[{"scheme": "eamena", "value": "EAMENA-0001"}],
         descriptions=[{"kind": "general", "text": "A roof of cedar", "lang": "en"}])
    keep("B", country="IQ", areas=[{"kind": "province", "name": "North Idlib"}])
    keep("C")
    assert names("area:idlib") == names("area:İDLİB") == names('area:"SY Idlib"') == ["A"]
    assert names('-area:"North Idlib"') == ["A", "C"]
    assert names("in:idlib") == ["A", "B"]
    assert names("text:cedar") == names("id:eamena-0001") == names("EAMENA-0001") == names("in:nabl") == ["A"]
    assert names("-text:cedar") == ["B", "C"]
    assert names("name:a,c") == ["A", "C"]
    assert names("cedar") == []
    assert queries.areas(PUBLIC, "area:idlib") == [("IQ north idlib", "North Idlib", 1), ("SY idlib", "Idlib", 1)]


def test_what_a_change_wrote_is_found_by_its_number(db: None) -> None:
    from tutela.store.models import Change

    first = keep("A")
    keep("B")
    change = Change.objects.order_by("id").first()
    assert change is not None
    assert names(f"change:{change.id}") == ["A"]
    record_assessment(OPERATOR, first, {"condition": {"code": "good", "scale": "eamena-condition", "original": "Good"}})
    newest = Change.objects.order_by("-id").first()
    assert newest is not None
    assert names(f"change:{newest.id}") == ["A"]
    assert names("change:999") == [] == names("import:999")


def test_pages_follow_one_another_without_gap_or_repetition(db: None) -> None:
    for n in range(23):
        keep("Tell" if n % 2 else f"Tell {n:02}")
    for query in ("", "tell", "order:observed"):
        whole = [row.id for row in queries.search(PUBLIC, query, 50).rows]
        parts = [row.id for at in range(0, 23, 5) for row in queries.search(PUBLIC, query, 5, at).rows]
        assert parts == whole
        assert queries.search(PUBLIC, query, 5, 20).total == 23
        assert queries.search(PUBLIC, query, 5, 100).rows == []


def test_suggestions_begin_as_typed_and_name_no_place_twice(db: None) -> None:
    for name in ("Halaf", "Tell Halaf", "Halabiya", "Palmyra"):
        keep(name)
    assert [one["name"] for one in queries.suggest(PUBLIC, "hala")] == ["Halabiya", "Halaf", "Tell Halaf"]
    assert queries.suggest(PUBLIC, " * ") == []


def test_names_are_shown_in_the_readers_language(db: None) -> None:
    keep("x", names=[{"text": "Aleppo", "lang": "en", "script": "Latn"}, {"text": "حلب", "lang": "ar", "script": "Arab"}], at=(37.1, 36.2))
    arabic = Actor("public", "public", language="ar")
    assert queries.search(arabic, "aleppo").rows[0].name["text"] == "حلب"
    assert queries.map_features(arabic, "", (37, 36, 38, 37), 9)["features"][0]["n"] == "حلب"


def test_a_map_shows_single_places_while_they_are_few(db: None) -> None:
    place = keep("Palmyra", at=(38.266, 34.551), condition="poor")
    keep("Ur", at=(46.1, 30.96))
    keep("Somewhere")
    shown = queries.map_features(PUBLIC, "", (38, 34, 39, 35), 8)
    assert shown == {"features": [{"id": place, "x": 38.266, "y": 34.551, "c": "poor", "n": "Palmyra", "p": "as-held"}], "groups": [],
                     "total": 1, "outside": 1, "without": 1}
    assert queries.map_features(PUBLIC, "located:name-only", (38, 34, 39, 35), 8) | {"features": []} == {
        "features": [], "groups": [], "total": 0, "outside": 0, "without": 1}


def test_a_map_groups_many_places_and_counts_each_once(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from tutela.inventory import mapping

    monkeypatch.setattr(mapping, "SINGLES", 5)
    for n in range(8):
        keep(f"Near {n}", at=(38.0 + n / 1000, 34.0), condition="poor" if n % 2 else "good")
    keep("Far", at=(60.0, 34.0))
    shown = queries.map_features(PUBLIC, "", (0, 0, 90, 60), 4)
    assert [one["n"] for one in shown["features"]] == ["Far"]
    assert [(group["count"], group["by"]) for group in shown["groups"]] == [(8, {"good": 4, "poor": 4})]
    group = shown["groups"][0]
    west, south, east, north = group["bbox"]
    assert west <= group["x"] <= east and south <= group["y"] <= north
    assert group["x"] == pytest.approx(38.0035)
    assert shown["total"] == 9
    narrower = queries.map_features(PUBLIC, "condition:poor bbox:37,33,39,35", (0, 0, 90, 60), 4)
    assert (narrower["total"], narrower["outside"]) == (4, 0)


def test_a_mistyped_word_that_begins_another_is_asked_about_not_read_otherwise(db: None) -> None:
    for name in ("Citadella", "Citadel Hill", "Citadela"):
        keep(name)
    found = queries.search(PUBLIC, "citade")
    assert found.total == 3 and not found.perhaps  # a beginning of all of them
    keep("Chapel Saint Marina")
    keep("Marinage")
    found = queries.search(PUBLIC, "marinag")
    assert [row.name["text"] for row in found.rows] == ["Marinage"] and not found.read_as
    assert found.perhaps == {"marinag": ["marina"]}
    assert queries.search(PUBLIC, "marina").perhaps == {}
