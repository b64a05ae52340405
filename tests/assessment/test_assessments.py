"""Assessments: a series in time that only grows, and what the state of a place follows from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor

from tutela.assessment.actions import record_assessment
from tutela.assessment.queries import series
from tutela.assessment.rules.codes import check_codes
from tutela.assessment.rules.series import last_finding, order
from tutela.assessment.rules.validation import check_assessment
from tutela.errors import NotAllowed, TutelaError
from tutela.inventory import queries
from tutela.inventory.actions import Refused, record_place, set_handling
from tutela.people.rules import OPERATOR, PUBLIC

CONTRIBUTOR = actor("contributor")
POOR: dict[str, Any] = {"observed": "2019-06-01", "recorded": "2021-05-21", "condition": {"code": "poor"}, "method": "remote"}


def finding(observed: str | None, code: str = "poor", recorded: str | None = None) -> dict[str, Any]:
    made = {"condition": {"code": code}, "observed": observed, "recorded": recorded}
    return {k: v for k, v in made.items() if v is not None}


# ---- the series -----------------------------------------------------------------------------------------------------------------


def test_the_last_finding_is_the_one_observed_last_not_the_one_written_down_last() -> None:
    old_but_late = finding("2012-01-01", "good", recorded="2024-01-01")
    new = finding("2020-01-01", "very-bad", recorded="2020-02-01")
    assert last_finding([new, old_but_late]) is new


def test_of_two_observed_on_one_day_the_one_written_down_later_stands() -> None:
    first, second = finding("2020-01-01", "good", "2020-01-02"), finding("2020-01-01", "poor", "2021-01-02")
    assert last_finding([second, first]) is second


def test_where_the_day_of_observation_is_unknown_the_day_written_down_orders() -> None:
    assert last_finding([finding("2018", "good"), finding(None, "poor", "2019-05-01")])["condition"]["code"] == "poor"  # type: ignore[index]


def test_a_visit_that_found_nothing_out_hides_no_earlier_finding() -> None:
    earlier = finding("2018", "poor")
    for outcome in ("not-visible", "not-visited", "not-assessable"):
        assert last_finding([earlier, {"observed": "2024", "outcome": outcome}]) is earlier
    assert last_finding([{"observed": "2024", "outcome": "not-visited"}]) is None


days = st.one_of(st.none(), st.dates(date(1900, 1, 1), date(2100, 1, 1)).map(str), st.integers(1900, 2100).map(str))


@given(st.lists(st.builds(finding, days, st.sampled_from(["good", "poor"]), days), min_size=1, max_size=6), st.randoms())
def test_the_last_finding_does_not_depend_on_the_order_of_entry(found: list[dict[str, Any]], random: Any) -> None:
    shuffled = found[:]
    random.shuffle(shuffled)
    assert order(last_finding(found)) == order(last_finding(shuffled)) == max(map(order, found))  # type: ignore[arg-type]


# ---- what is refused ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "column", "code"),
    [
        ({}, "condition", "assessment-empty"),
        ({**POOR, "outcome": "seen"}, "outcome", "value-unknown"),
        ({**POOR, "observed": "2020-13"}, "observed", "date-impossible"),
        ({**POOR, "observed": "2022-01-01"}, "recorded", "observed-after-recorded"),
    ],
)
def test_rules(document: dict[str, Any], column: str, code: str) -> None:
    assert [(p.column, p.code) for p in check_assessment(document)] == [(column, code)]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"condition": {"code": "so-so"}}, "condition", "value-unknown"),
        ({"extent": {"code": "half"}}, "extent", "value-unknown"),
        ({"extent": {"code": "unknown", "value": 130}}, "extent", "extent-percent"),
        ({"method": "guess"}, "method", "value-unknown"),
        ({"degree": {"code": "lots"}}, "degree", "value-unknown"),
        ({"urgency": {"code": "now"}}, "urgency", "value-unknown"),
        ({"outcome": "no-damage", "damages": [{"cause": {"code": "fire"}}]}, "damages", "no-damage-but-harm"),
        ({"outcome": "no-damage", "extent": {"code": "1-10"}}, "extent", "no-damage-but-harm"),
        ({"outcome": "no-damage", "degree": {"code": "severe"}}, "degree", "no-damage-but-harm"),
        ({"elements": [{"key": "Stele 3"}]}, "elements.0.key", "element-key"),
        ({"elements": [{"key": "dome"}, {"key": "dome"}]}, "elements.1.key", "element-key"),
        ({"elements": [{"key": "dome", "kind": "hat"}]}, "elements.0.kind", "value-unknown"),
        ({"elements": [{"key": "dome", "condition": {"code": "so-so"}}]}, "elements.0.condition", "value-unknown"),
        ({"elements": [{"key": "dome", "outcome": "no-damage", "degree": {"code": "slight"}}]}, "elements.0.degree", "no-damage-but-harm"),
        ({"damages": [{"cause": {"code": "fire"}, "element": "dome"}]}, "damages.0.element", "element-unknown"),
        ({"misuses": [{"key": "m1"}]}, "misuses.0.use", "misuse-empty"),
        ({"misuses": [{"use": {"code": "picnic"}}]}, "misuses.0.use", "value-unknown"),
        ({"misuses": [{"use": {"code": "storage"}, "event": {"on": "2031"}}]}, "misuses.0.on", "date-in-future"),
        ({"threats": [{"cause": "fire", "severity": "dire"}]}, "threats.0.severity", "value-unknown"),
        ({"threats": [{"cause": "fire", "horizon": "soon"}]}, "threats.0.horizon", "value-unknown"),
        ({"outcome": "not-visited"}, "condition", "condition-without-finding"),
        ({"recorded": "2031-01-01"}, "recorded", "date-in-future"),
        ({"damages": [{"key": "d1"}]}, "damages.0.cause", "damage-empty"),
        ({"damages": [{"cause": {"code": "water-wind"}}, {"effect": {"code": "sadness"}}]}, "damages.1.effect", "value-unknown"),
        ({"damages": [{"cause": {"code": "water-wind"}, "event": {"on": "yesterday"}}]}, "damages.0.on", "date-unreadable"),
        (
            {"damages": [{"cause": {"code": "water-wind"}, "event": {"from": "2020", "before": "2018"}}]},
            "damages.0.before",
            "event-reversed",
        ),
        ({"threats": [{"cause": "fate"}]}, "threats.0.cause", "value-unknown"),
        ({"recommendations": [{"action": "pray"}]}, "recommendations.0.action", "value-unknown"),
        ({"recommendations": [{"action": "maintenance", "priority": {"code": "soon"}}]}, "recommendations.0.priority", "value-unknown"),
    ],
)
def test_codes(change: dict[str, Any], column: str, code: str) -> None:
    assert [(p.column, p.code) for p in check_codes({**POOR, **change}, date(2026, 3, 12))] == [(column, code)]


# ---- writing --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def place() -> str:
    return record_place(OPERATOR, {"names": [{"text": "Ur"}], "geometries": [{"geojson": {"type": "Point", "coordinates": [44.1, 33.6]}}]})


@pytest.mark.django_db(databases="__all__")
class TestWriting:
    def test_an_assessment_joins_the_series_and_overwrites_nothing(self, place: str) -> None:
        first = record_assessment(CONTRIBUTOR, place, POOR)
        record_assessment(CONTRIBUTOR, place, {**POOR, "observed": "2020-01-01", "condition": {"code": "good"}})
        record_assessment(CONTRIBUTOR, place, {"observed": "2021-05-01", "outcome": "not-visited"})
        found = series(CONTRIBUTOR, place)
        assert [a["observed"] for a in found] == ["2019-06-01", "2020-01-01", "2021-05-01"]
        assert found[0]["id"] == first and {k: found[0][k] for k in POOR} == POOR and found[0]["status"] == "submitted"
        assert series(PUBLIC, place) == []  # nobody has reviewed them yet

    def test_the_register_finds_the_place_by_its_last_finding(self, place: str) -> None:
        record_assessment(OPERATOR, place, {**POOR, "condition": {"code": "good"}})
        record_assessment(OPERATOR, place, {**POOR, "observed": "2020-01-01", "condition": {"code": "very-bad"}})
        record_assessment(OPERATOR, place, {"observed": "2021-05-01", "outcome": "not-visible"})
        assert queries.count(PUBLIC, "condition:very-bad").total == 1
        assert queries.count(PUBLIC, "condition:good").total == queries.count(PUBLIC, "condition:not-visible").total == 0

    def test_a_note_alone_is_an_assessment_and_is_shown(self, place: str) -> None:
        record_assessment(CONTRIBUTOR, place, {"outcome": "finding", "note": "The roof is open."})
        assert [a["note"] for a in series(OPERATOR, place)] == ["The roof is open."]

    def test_who_may(self, place: str) -> None:
        with pytest.raises(NotAllowed):
            record_assessment(PUBLIC, place, POOR)
        set_handling(OPERATOR, place, "confidential", reason="at risk")
        with pytest.raises(TutelaError) as refused:
            record_assessment(CONTRIBUTOR, place, POOR)
        assert refused.value.code == "record-unknown"

    def test_what_is_refused_leaves_no_trace(self, place: str) -> None:
        with pytest.raises(Refused) as refused:
            record_assessment(CONTRIBUTOR, place, {**POOR, "condition": {"code": "so-so"}})
        assert [p.column for p in refused.value.problems] == ["condition"]
        assert series(OPERATOR, place) == []

    def test_of_a_restricted_place_the_public_reads_no_notes(self, place: str) -> None:
        record_assessment(OPERATOR, place, {**POOR, "note": "beside the well"})
        set_handling(OPERATOR, place, "restricted", reason="at risk")
        assert "note" not in series(PUBLIC, place)[0] and series(actor("reviewer"), place)[0]["note"] == "beside the well"
