"""The lists of terms: what each must hold, and that every wording met in real lists is understood."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.vocabulary import all_names, boxes, build, load, sources, split_list, terms

DATA = Path(__file__).parent / "data"
EAMENA = json.loads((DATA / "eamena_wordings.json").read_text(encoding="utf-8"))
AAT = json.loads((DATA / "aat_verified.json").read_text(encoding="utf-8"))
VERIFIED_AAT = {row["id"]: row["label"] for row in AAT["rows"]}

WANTED = set(
    """
    place-types hague-categories protection-instruments protection-levels condition outcomes extent damage
    disturbance-categories causes effects certainty threat-probability priority recommendations interventions
    methods handling-marks precision-levels name-kinds description-kinds geometry-roles location-certainty
    countries identifier-schemes significance hxl periods functions
    """.split()
)
LIST_KEYS = {"name", "title", "source", "note", "definition", "broader_in", "codes", "terms"}
TERM_KEYS = {"code", "label", "notation", "also", "definition", "broader", "matches"}
KEBAB = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
ISO_ALPHA_2 = re.compile(r"[A-Z]{2}")


def yaml_of(name: str) -> dict:
    return sources.parse((sources.LISTS / f"{name}.yaml").read_bytes())


def test_the_lists_the_register_needs_are_there():
    assert set(all_names()) >= WANTED


@pytest.mark.parametrize("name", all_names())
class TestEveryList:
    def test_says_what_it_is_and_where_it_was_read(self, name):
        data = yaml_of(name)
        assert data.keys() <= LIST_KEYS
        assert data["name"] == name
        assert data["title"] and data["source"] and data["terms"]

    def test_has_well_formed_terms(self, name):
        data = yaml_of(name)
        for term in data["terms"]:
            assert term.keys() <= TERM_KEYS, term["code"]
            assert term["label"].keys() <= {"en", "fr", "ar", "ru"} and term["label"]["en"], term["code"]
            texts = [*term["label"].values(), *term.get("also", ()), term.get("definition", data.get("definition"))]
            assert all(isinstance(text, str) and text.strip() == text and text for text in texts), term["code"]

    def test_has_unique_kebab_case_codes(self, name):
        codes = [term["code"] for term in yaml_of(name)["terms"]]
        pattern = ISO_ALPHA_2 if name == "countries" else KEBAB
        assert all(isinstance(code, str) and pattern.fullmatch(code) for code in codes)
        assert len(set(codes)) == len(codes)

    def test_has_definitions_of_one_sentence(self, name):
        for term in load(name).terms.values():
            assert term.definition.endswith(".") and len(term.definition) < 160, term.code

    def test_names_broader_terms_that_exist_and_lead_to_a_top(self, name):
        vocabulary = load(name)
        above = load(vocabulary.broader_in).terms
        for term in vocabulary.terms.values():
            seen = {term.code} if above is vocabulary.terms else set()
            broader = term.broader
            while broader is not None:
                assert broader in above and broader not in seen, (term.code, broader)
                seen.add(broader)
                broader = above[broader].broader

    def test_finds_a_term_by_each_of_its_names(self, name):
        vocabulary = load(name)
        for term in vocabulary.terms.values():
            for wording in term.names():
                assert vocabulary.find(wording) is term, wording
                assert vocabulary.find(f"  {wording.upper()} ") is term, wording

    def test_is_the_same_read_from_its_compiled_form_and_from_yaml(self, name):
        compiled = (sources.COMPILED / f"{name}.json").read_text(encoding="utf-8")
        assert compiled == sources.compiled(sources.LISTS / f"{name}.yaml", terms.prepare), (
            "run: python -m tutela.vocabulary.build"
        )

    def test_matches_only_what_was_read_and_verified(self, name):
        for term in load(name).terms.values():
            for match in term.matches:
                assert match.scheme == "aat" and match.relation in ("exact", "close", "broad")
                assert VERIFIED_AAT[match.id] == match.label, term.code


def test_every_compiled_form_belongs_to_a_source_and_is_up_to_date():
    expected = {path.stem: sources.compiled(path, prepare) for path, prepare in build.all_sources()}
    held = {path.stem: path.read_text(encoding="utf-8") for path in sources.COMPILED.glob("*.json")}
    assert held == expected


@pytest.mark.parametrize("column", EAMENA["columns"])
def test_every_wording_of_the_eamena_lists_resolves(column):
    held = EAMENA["columns"][column]
    vocabulary = load(held["list"])
    members = {member for text in held["texts"] for member in split_list(text, vocabulary)} - {None}
    assert members and {member for member in members if vocabulary.find(member) is None} == set()


def test_every_place_type_of_the_syriac_gazetteer_and_of_the_benchmark_resolves():
    syriac = """
        settlement church monastery diocese region river building province mountain state open-water fortification
        unknown island quarter mosque natural-feature parish designated-space synagogue temple
    """.split()
    benchmark = """
        Structural Heritage;Archaeological Site;Urban Heritage;Landscape/Seascape;Archaeological Feature/Component
    """.split(";")
    types = load("place-types")
    assert [text for text in (*syriac, *benchmark) if types.find(text) is None] == []
    assert len(types.terms) >= 120


def test_a_wording_is_found_whatever_its_case_signs_and_script():
    types = load("place-types")
    assert types.find("CARAVANSERAI / KHAN").code == "caravanserai"
    assert types.find("كاروانسرای") is None
    assert types.find("کاروانسرا").code == types.find("караван-сарай").code == "caravanserai"
    assert types.find("مسجد").code == types.find("Məscid").code == types.find("мечеть").code == "mosque"
    assert load("countries").find("Iran (Islamic Republic of)").code == "IR"
    assert load("countries").find("UKR").code == load("countries").find("Україна").code == "UA"


@given(st.text(max_size=200))
def test_a_text_nobody_foresaw_is_a_known_term_or_nothing(text):
    found = load("condition").find(text)
    assert found is None or found.code in load("condition").terms


def test_nothing_is_found_for_nothing():
    assert load("condition").find(None) is load("condition").find("") is load("condition").find("?!") is None


def test_a_label_falls_back_to_english_and_then_to_the_code():
    condition = load("condition")
    assert condition.label("very-bad", "fr") == condition.label("very-bad", "fr-CA") == "très mauvais"
    assert condition.label("very-bad", "ka") == condition.label("very-bad") == "very bad"
    assert condition.label("a-code-of-another-edition") == "a-code-of-another-edition"


def test_narrower_terms_are_found_below_a_term():
    types = load("place-types")
    assert "minaret" in {term.code for term in types.children("mosque")}
    assert {"mosque", "minaret", "mosque-or-saint-tomb"} <= types.within("religious-place")
    assert types.within("minaret") == {"minaret"}
    assert "ploughing" in {term.code for term in load("causes").children("agricultural-pastoral")}


def test_an_unknown_list_is_refused():
    with pytest.raises(KeyError, match="no list 'colours'"):
        load("colours")


def test_an_edited_list_holds_at_once_without_being_compiled(tmp_path):
    before = sources.LISTS / "outcomes.yaml"
    edited = tmp_path / "outcomes.yaml"
    edited.write_bytes(before.read_bytes().replace(b"en: finding", b"en: observation"))
    data = sources.read(edited, terms.prepare)
    assert data["terms"][0][1]["en"] == "observation"


def test_line_ends_do_not_matter(tmp_path):
    content = (sources.LISTS / "outcomes.yaml").read_bytes()
    assert b"\r" not in content
    assert sources.digest(content.replace(b"\n", b"\r\n")) == sources.digest(content)


@pytest.mark.parametrize(
    ("term", "says"),
    [
        ({"code": "b", "label": {"en": "First"}}, "means both a and b"),
        ({"code": "a", "label": {"en": "second"}}, "a code stands twice"),
        ({"code": "b", "label": {"fr": "second"}}, "no label in English"),
        ({"code": "b", "label": {"en": "second"}, "broader": "c"}, "unknown broader code c"),
    ],
)
def test_a_faulty_list_is_refused_with_its_fault(term, says):
    data = {"name": "n", "title": "t", "source": "s", "terms": [{"code": "a", "label": {"en": "first"}}, term]}
    with pytest.raises(ValueError, match=says):
        terms.prepare(data)


class TestCountryBoxes:
    def test_hold_a_city_and_not_the_other_side_of_the_world(self):
        assert not boxes.outside("UA", 30.52, 50.45)
        assert boxes.outside("UA", 50.45, 30.52)  # swapped
        assert not boxes.outside("IR", 51.39, 35.69)
        assert boxes.outside("IR", 35.69, 51.39)

    def test_hold_both_sides_of_the_antimeridian(self):
        assert not boxes.outside("FJ", 178.4, -18.1) and not boxes.outside("FJ", -179.3, -16.8)
        assert boxes.outside("FJ", 0, -18)

    def test_hold_a_disputed_area_for_everyone_who_names_it(self):
        for country in ("UA", "RU"):
            assert not boxes.outside(country, 34.1, 44.95)
        for country in ("SY", "IL"):
            assert not boxes.outside(country, 35.78, 33.0)
        for country in ("RS", "XK"):
            assert not boxes.outside(country, 21.17, 42.67)
        for country in ("MA", "EH"):
            assert not boxes.outside(country, -13.2, 27.15)

    def test_say_nothing_of_a_country_without_a_box(self):
        assert boxes.country_boxes("GI") == [] and not boxes.outside("GI", 0, 0)

    def test_are_boxes_of_listed_countries(self):
        held = sources.parse(boxes.BOXES.read_bytes())["boxes"]
        assert held.keys() <= load("countries").terms.keys() and len(held) > 200
        for country, several in held.items():
            for w, s, e, n in several:
                assert -180 <= w < e <= 180 and -90 <= s < n <= 90, country
