"""Methods as data, the shape of an assessment, risk: what each must and may say; and that nothing can say who did it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.assessment.actions import checked
from tutela.assessment.rules import harms
from tutela.assessment.rules.audience import bare_finding, for_reader
from tutela.assessment.rules.methods import CORE, check_form, completed, forms
from tutela.assessment.rules.risk import BANDS, FAR, MATRIX, SEVERITIES, band, highest
from tutela.vocabulary import all_names, load, scale_names, to_core

Document = dict[str, Any]
RAPID: Document = {"form": "rapid", "observed": "2024-05-01", "method": "field", "condition": {"code": "poor"}}
GRADED: Document = {"form": "ems-98", "observed": "2024-05-01", "method": "field", "degree": {"original": "3"}}


def codes(document: Document) -> list[tuple[str | None, str]]:
    return [(p.column, p.code) for p in check_form(document)]


# ---- the methods as they are written -------------------------------------------------------------------------------------------


def test_there_are_the_methods_the_field_uses() -> None:
    assert set(forms()) >= {"rapid", "detailed", "unosat", "ems-98"}


@pytest.mark.parametrize("name", sorted(forms()))
class TestEveryMethod:
    def test_names_fields_kinds_of_visit_and_outcomes_that_exist(self, name: str) -> None:
        form = forms()[name]
        assert form.name == name and form.source and form.definition.endswith(".")
        assert set(form.visits) <= set(load("methods").terms) and set(form.outcomes) <= set(load("outcomes").terms)
        assert form.may <= harms.KEYS and set(form.each) <= set(harms.ITEMS)
        assert all(set(parts) <= harms.ITEMS[key] for key, parts in form.each.items())

    def test_has_labels(self, name: str) -> None:
        form = forms()[name]
        assert (
            form.labels.keys() >= {"en", "fr", "ar"} and form.label("ar-SY") == form.labels["ar"] and form.label("xx") == form.labels["en"]
        )
        assert all(labels.keys() >= {"en", "fr", "ar"} for values in form.values.values() for _, labels in values)

    def test_has_a_crosswalk_for_every_value_of_its_scales(self, name: str) -> None:
        form = forms()[name]
        assert {scale for scales in form.scales.values() for scale in scales} <= set(scale_names()) | CORE
        for scale, values in form.values.items():
            assert all(to_core(scale, value) in load("damage").terms for value, _ in values)


# ---- what they ask for ---------------------------------------------------------------------------------------------------------


def test_an_assessment_without_a_method_is_asked_for_nothing() -> None:
    assert codes({"condition": {"code": "poor"}}) == []


@pytest.mark.parametrize(
    ("document", "found"),
    [
        (RAPID, []),
        ({**RAPID, "form": "guess"}, [("form", "form-unknown")]),
        ({k: v for k, v in RAPID.items() if k != "condition"}, [("condition", "form-lacks")]),
        ({**RAPID, "outcome": "not-visited", "condition": None}, []),
        ({**RAPID, "method": "literature"}, [("method", "form-visit")]),
        ({**RAPID, "interventions": [{"activity": "x"}]}, [("interventions", "form-beyond")]),
        ({**RAPID, "form": "detailed"}, [("recorded", "form-lacks"), ("extent", "form-lacks")]),
        ({**RAPID, "form": "detailed", "recorded": "2024-05-02", "extent": {"code": "1-10"}, "damages": [{"cause": {"code": "fire"}}]},
         [("damages.0.effect", "form-item")]),
        ({"form": "unosat", "observed": "2014", "method": "field", "imagery": ["2014"], "degree": {"code": "severe"}},
         [("method", "form-visit")]),
        ({"form": "unosat", "observed": "2014", "method": "remote", "imagery": ["2014"], "outcome": "not-visited"},
         [("outcome", "form-outcome")]),
        ({"form": "unosat", "observed": "2014", "method": "remote", "imagery": ["2014"], "outcome": "no-damage"}, []),
    ],
)  # fmt: skip
def test_what_a_method_must_and_may_say(document: Document, found: list[Any]) -> None:
    assert codes(document) == found


# ---- scales --------------------------------------------------------------------------------------------------------------------


def test_the_value_on_another_scale_is_kept_and_the_core_one_follows_from_it() -> None:
    made = completed(GRADED)
    assert made["degree"] == {"scale": "ems-98", "original": "3", "code": "severe"}
    assert made["condition"] == {"code": "very-bad", "scale": "ems-98", "original": "3"}
    assert checked({**made, "place": "x"}) == [] and GRADED["degree"] == {"original": "3"}


def test_a_possible_damage_says_nothing_of_the_condition_and_a_stated_condition_stays() -> None:
    image = {"form": "unosat", "observed": "2014-09-01", "method": "remote", "imagery": ["2014-09-01"]}
    made = completed({**image, "degree": {"original": "Possibly damaged"}})
    assert (made["degree"]["code"], made["condition"]["code"]) == ("possible", "unknown")
    assert completed({**GRADED, "condition": {"code": "fair"}})["condition"] == {"code": "fair"}


def test_parts_are_graded_too() -> None:
    made = completed({**GRADED, "elements": [{"key": "dome", "degree": {"original": "5"}}]})
    assert made["elements"][0]["condition"]["code"] == "destroyed"


@pytest.mark.parametrize(
    ("degree", "found"),
    [
        ({"scale": "ems-98", "original": "6"}, "scale-value"),
        ({"scale": "unosat-2014", "original": "destroyed"}, "scale-unknown"),
        ({"scale": "ems-98", "original": "3", "code": "slight"}, "scale-disagrees"),
    ],
)
def test_a_scale_is_read_as_it_is(degree: Document, found: str) -> None:
    assert codes({**GRADED, "degree": degree}) == [("degree", found)]


# ---- risk ----------------------------------------------------------------------------------------------------------------------


def test_every_cell_of_the_matrix_is_a_band_and_rises_with_probability_and_severity() -> None:
    rows = [[BANDS.index(b) for b in MATRIX[p]] for p in ("possible", "probable", "planned")]
    assert all(row == sorted(row) for row in rows) and all(a <= b for one, two in zip(rows, rows[1:], strict=False)
                                                           for a, b in zip(one, two, strict=True))  # fmt: skip
    assert set(MATRIX) | {"not-applicable"} == set(load("threat-probability").terms)
    assert {*SEVERITIES, "unknown"} == set(load("threat-severity").terms) and set(FAR) < set(load("threat-horizon").terms)
    assert {*BANDS, "unknown"} == set(load("risk-bands").terms)


def test_the_band_of_a_threat() -> None:
    assert band({"probability": "probable", "severity": "major"}) == "high"
    assert band({"probability": "probable", "severity": "major", "horizon": "later"}) == "medium"
    assert band({"probability": "possible", "severity": "total", "horizon": "present"}) == "extreme"  # it is happening
    assert band({"probability": "possible", "severity": "minor", "horizon": "later"}) == "low"
    assert band({"probability": "probable"}) == band({"severity": "total"}) == band({}) == "unknown"
    assert highest([]) is None and highest([{}]) == "unknown" and highest([{}, {"probability": "possible", "severity": "minor"}]) == "low"


# ---- shape ---------------------------------------------------------------------------------------------------------------------


SQUARE = {"type": "Polygon", "coordinates": [[[44, 33], [44.1, 33], [44.1, 33.1], [44, 33]]]}


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ({"geometry": SQUARE}, None),
        ({"geometry": {"type": "Point", "coordinates": [33, 44, 210.5]}}, None),
        ({"geometry": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 1], [1, 0], [0, 0]]]}}, "geometry-shape"),
        ({"geometry": {"type": "Point", "coordinates": [400, 3]}}, "geometry-shape"),
        ({"geometry": {"type": "Point", "coordinates": [float("nan"), 3]}}, "geometry-shape"),
        ({"geometry": {"type": "Point", "coordinates": ["a", "b"]}}, "geometry-shape"),
        ({"geometry": {"type": "Point", "coordinates": [1, 2], "note": "x"}}, "geometry-shape"),
        ({"geometry": "POINT (1 2)"}, "geometry-shape"),
        ({"marked": {"item": "a" * 32, "region": {"x": 0.1, "y": 0.2, "w": 0.5, "h": 0.8}}}, None),
        ({"marked": {"item": "a" * 32, "region": {"x": 0.6, "y": 0.2, "w": 0.5, "h": 0.5}}}, "region-shape"),
        ({"marked": {"item": "a" * 32, "region": {"x": 0, "y": 0, "w": 0, "h": 1}}}, "region-shape"),
        ({"marked": {"region": {"x": 0, "y": 0, "w": 1, "h": 1}}}, "region-shape"),
        ({"marked": "the left half"}, "must-be"),
        ({"perpetrator": "x"}, "key-unknown"),
        ({"cause": {"code": "fire", "by": "x"}}, "key-unknown"),
        ({"cause": "fire"}, "must-be"),
    ],
)
def test_where_a_damage_is_and_what_it_may_hold(damage: Document, code: str | None) -> None:
    found = checked({"place": "x", "observed": "2024", "damages": [{"key": "d1", "cause": {"code": "fire"}, **damage}]})
    assert [p.code for p in found] == ([code] if code else [])


json = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.integers(-5, 5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(json)
def test_any_geometry_and_any_region_are_taken_or_refused_and_never_break(value: Any) -> None:
    harms.check_harms({"damages": [{"geometry": value, "marked": value}]})
    for kind in harms.GEOMETRIES:
        harms.check_harms({"damages": [{"geometry": {"type": kind, "coordinates": value}}]})


@given(st.dictionaries(st.sampled_from(sorted(harms.KEYS)), json, max_size=4))
def test_any_document_from_outside_is_taken_or_refused_and_never_breaks(document: Document) -> None:
    checked(completed(document))


@given(st.sampled_from(sorted(harms.ITEMS)), st.data())
def test_nor_does_any_item_of_its_lists(key: str, data: Any) -> None:
    item = data.draw(st.dictionaries(st.sampled_from(sorted(harms.ITEMS[key])), json | st.just("fire") | st.just({"code": "fire"})))
    checked({"observed": "2024", "condition": {"code": "poor"}, key: [item]})


# ---- no side is taken ----------------------------------------------------------------------------------------------------------

ACTORS = re.compile(
    r"perpetrat|culprit|suspect|respons|blame|attacker|actor|party|parties|author_of|by_whom|\bwho\b|committed|army|unit\b", re.I
)


def test_no_field_of_the_schema_can_say_who_did_it() -> None:
    keys = set(harms.KEYS).union(*harms.ITEMS.values(), *harms.PARTS.values())
    assert {key for key in keys if ACTORS.search(key)} == set()


@pytest.mark.parametrize("name", ["misuses", "element-kinds", "threat-severity", "threat-horizon", "risk-bands", "causes", "effects"])
def test_no_term_of_harm_or_risk_says_who_did_it(name: str) -> None:
    assert name in all_names()
    for term in load(name).terms.values():
        assert not ACTORS.search(" ".join([term.code, *term.labels.values()])), term.code


@pytest.mark.parametrize("key", ["perpetrator", "responsible", "attributed_to", "by", "actor"])
def test_a_field_that_would_say_it_is_refused_wherever_it_stands(key: str) -> None:
    whole = {"place": "x", "observed": "2024", "condition": {"code": "poor"}}
    for document in ({**whole, key: "x"}, {**whole, "damages": [{"key": "d1", "cause": {"code": "fire"}, key: "x"}]},
                     {**whole, "misuses": [{"use": {"code": "quarters"}, key: "x"}]}, {**whole, "threats": [{"cause": "fire", key: "x"}]},
                     {**whole, "damages": [{"key": "d1", "cause": {"code": "fire"}, "event": {"on": "2024", key: "x"}}]}):  # fmt: skip
        assert [p.code for p in checked(document)] == ["key-unknown"]


# ---- who may not see the details -----------------------------------------------------------------------------------------------


FULL: Document = {
    "place": "x", "observed": "2024", "note": "beside Yusuf's well", "source": {"key": "s1", "rows": [4]}, "people": ["p"],
    "condition": {"code": "poor", "original": "bad, by the well"},
    "elements": [{"key": "wall-by-the-well", "kind": "wall", "label": "wall by the well", "condition": {"code": "poor"}, "note": "well"}],
    "damages": [{"key": "d1", "element": "wall-by-the-well", "cause": {"code": "fire"}, "geometry": SQUARE,
                 "marked": {"item": "i", "region": {"x": 0, "y": 0, "w": 1, "h": 1}}}],
}  # fmt: skip


def test_without_the_details_nothing_is_left_that_could_name_or_draw_the_spot() -> None:
    seen = bare_finding(FULL)
    assert "well" not in str(seen) and "44" not in str(seen) and "marked" not in str(seen)
    assert seen["condition"] == {"code": "poor"} and seen["damages"] == [{"key": "d1", "element": "e1", "cause": {"code": "fire"}}]
    assert seen["elements"] == [{"key": "e1", "kind": "wall", "condition": {"code": "poor"}}]


def test_a_shape_on_the_map_is_shown_only_where_the_position_is_seen_as_held() -> None:
    assert for_reader(FULL, details=True, exact=True) is FULL
    coarse = for_reader(FULL, details=True, exact=False)
    assert "geometry" not in str(coarse) and coarse["note"] == FULL["note"]
