"""The triage board: each part with its reason, weights that count, unknown apart, ties that say nothing of who or where."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor
from support.writing import create

from tutela.errors import TutelaError
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.reports import queries_triage
from tutela.reports.queries_triage import triage
from tutela.reports.rules.triage import CONDITIONS, INSTRUMENTS, PARTS, Facts, Weights, bound, order, stand, weights
from tutela.store.documents import dashed
from tutela.vocabulary import load

EVEN = Weights(0.25, 0.25, 0.25, 0.25)
BAD = Facts(instruments=(("world-heritage", ""),), condition="very-bad", risk="extreme", looks=(("finding", "remote"),))


def test_each_part_has_a_value_and_its_reason() -> None:
    found = stand(BAD, EVEN)
    assert {name: part.value for name, part in found.parts.items()} == {"significance": 0.9, "damage": 0.75, "risk": 1.0, "access": 0.6}
    assert found.parts["significance"].reason == "protected: world-heritage" and found.parts["risk"].reason == "risk extreme"
    assert found.score == pytest.approx((0.9 + 0.75 + 1.0 + 0.6) / 4) and found.known == 1 and found.low == found.high


def test_unknown_is_never_zero_and_widens_the_range() -> None:
    found = stand(replace(BAD, risk=None), EVEN)
    assert found.parts["risk"].value is None and found.parts["risk"].reason
    assert found.score == pytest.approx((0.9 + 0.75 + 0.6) / 3) and found.known == 0.75
    assert found.high - found.low == pytest.approx(0.25)
    nothing = stand(Facts(), EVEN)
    assert nothing.score is None and (nothing.low, nothing.high, nothing.known) == (0, 1, 0)


def test_weights_change_the_order_and_only_their_proportions_matter() -> None:
    ruined, listed = replace(BAD, instruments=(("local-list", ""),), condition="destroyed"), replace(BAD, condition="fair")
    heavy = weights({"damage": 1, "significance": 0.1})
    assert stand(ruined, heavy).score > stand(listed, heavy).score  # type: ignore[operator]
    light = weights({"damage": 0.1, "significance": 1})
    assert stand(ruined, light).score < stand(listed, light).score  # type: ignore[operator]
    assert stand(BAD, Weights(0.3, 0.3, 0.3, 0.1)).score == pytest.approx(stand(BAD, Weights(0.9, 0.9, 0.9, 0.3)).score)


@pytest.mark.parametrize("given_", [{"damage": 2}, {"damage": "much"}, {"origin": 1}, dict.fromkeys(PARTS, 0), {"risk": float("nan")}])
def test_weights_that_cannot_be_used_are_refused(given_: dict[str, Any]) -> None:
    with pytest.raises(TutelaError) as caught:
        weights(given_)
    assert caught.value.code == "triage-weights"


def test_every_instrument_has_a_value_and_lists_of_states_weigh_the_same() -> None:
    assert set(INSTRUMENTS) == set(load("protection-instruments").terms)
    assert INSTRUMENTS["national-list"] == INSTRUMENTS["iran-national-list"] == INSTRUMENTS["saudi-heritage"]
    assert len({INSTRUMENTS[code] for code in ("tunisia-national-map", "mega-jordan", "jadis", "padis")}) == 1


def test_protection_that_ended_weighs_less() -> None:
    kept, ended = (stand(Facts(instruments=(("hague-1999-enhanced", level),)), EVEN) for level in ("enhanced", "enhanced-cancelled"))
    assert (kept.score, ended.score) == (1.0, 0.5)


def test_who_could_not_be_visited_needs_a_look_more_than_who_was() -> None:
    values = [stand(Facts(looks=(("finding", method), (outcome, method))), EVEN).parts["access"].value
              for outcome, method in (("not-visited", ""), ("not-visible", "remote"), ("finding", "remote"), ("finding", "field"))]
    assert values == [1.0, 0.8, 0.6, 0.2]


facts = st.builds(
    Facts, st.just(()), st.lists(st.tuples(st.sampled_from(sorted(INSTRUMENTS)), st.just("")), max_size=2).map(tuple),
    st.lists(st.sampled_from(["historic", "rarity", "social", "artistic"]), max_size=4, unique=True).map(tuple),
    st.sampled_from([*CONDITIONS, "unknown", "not-visible"]), st.sampled_from([None, "11-30", "91-100"]), st.sampled_from([None, "severe"]),
    st.booleans(), st.sampled_from([None, "low", "extreme", "unknown"]), st.sampled_from([None, "emergency"]),
    st.lists(st.tuples(st.sampled_from(["finding", "not-visited"]), st.sampled_from(["field", "desk"])), min_size=1, max_size=2).map(tuple))


@given(facts, st.tuples(*[st.floats(0, 1)] * 4).filter(lambda w: sum(w) > 0.01))
def test_no_place_scores_above_the_bound_of_its_facets(one: Facts, by: tuple[float, ...]) -> None:
    protection = tuple(code for code, _ in one.instruments) or ("none",)
    facets: dict[str, tuple[str, ...]] = {"protection": protection, "condition": (one.condition,)}
    if one.extent:
        facets["extent"] = (one.extent,)
    score = stand(one, Weights(*by)).score
    assert score is None or score <= bound(facets, Weights(*by)) + 1e-9


@given(st.lists(st.tuples(st.uuids().map(str), facts), max_size=8, unique_by=lambda pair: pair[0]), st.randoms())
def test_the_order_is_the_same_whatever_the_order_of_entry(places: list[Any], chance: Any) -> None:
    made = [(public_id, stand(one, EVEN)) for public_id, one in places]
    first = sorted(made, key=lambda pair: order(*pair))
    chance.shuffle(made)
    assert [p for p, _ in sorted(made, key=lambda pair: order(*pair))] == [p for p, _ in first]


# ---- from a register --------------------------------------------------------------------------------------------------------


def place(name: str, **more: Any) -> dict[str, Any]:
    return {"names": [{"text": name}], **more}


def finding(about: str, code: str, **more: Any) -> dict[str, Any]:
    return {"place": about, "observed": "2024-01-01", "condition": {"code": code}, "method": "field", "status": "published", **more}


@pytest.mark.django_db
def test_the_board_ranks_and_keeps_apart_what_nothing_is_known_of() -> None:
    good, bad, unknown, hidden = create(place("A"), place("B", protections=[{"instrument": "world-heritage"}]), place("C"),
                                        place("D", handling={"mark": "confidential"}))
    create(finding(good, "good"), finding(bad, "very-bad", threats=[{"probability": "planned", "severity": "total"}]),
           finding(hidden, "destroyed"))
    board = triage(PUBLIC)
    assert [row.id for row in board.rows] == [dashed(bad), dashed(good)] and board.whole and board.total == 3
    assert [row.id for row in board.apart] == [dashed(unknown)]
    assert dashed(hidden) in [row.id for row in triage(actor("manager")).rows]
    assert board.rows[0].standing.parts["risk"].value == 1.0
    assert board.rows[0].as_dict()["parts"]["damage"]["reason"] == "condition very-bad"
    assert [row.id for row in triage(PUBLIC, "a").rows] == [dashed(good)]


@pytest.mark.django_db
def test_reading_stops_early_and_gives_the_same_first_places(monkeypatch: pytest.MonkeyPatch) -> None:
    codes = ("good", "fair", "poor", "very-bad", "destroyed")
    places = create(*(place(f"P{n}", protections=[{"instrument": "national-list"}]) for n in range(25)))
    create(*(finding(uuid, codes[n % 5], threats=[{"probability": "planned", "severity": "total"}]) for n, uuid in enumerate(places)))
    by = {"damage": 1, "significance": 0.1, "risk": 0.1, "access": 0.0}
    everything = triage(OPERATOR, "", by, limit=25)
    first = triage(OPERATOR, "", by, limit=4)
    assert first.whole and first.read < 25 == everything.read
    assert [row.id for row in first.rows] == [row.id for row in everything.rows[:4]]
    monkeypatch.setattr(queries_triage, "MOST_READ", 3)
    cut = triage(OPERATOR, "", by, limit=4)
    assert not cut.whole and cut.read == 3 and cut.beyond > 0
