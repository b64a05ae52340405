"""Writing places by hand: who may, what the rules refuse and where, two people at once, handling, taking back."""

from __future__ import annotations

from typing import Any

import pytest
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.inventory import queries
from tutela.inventory.actions import Refused, correct_field, correct_place, delete_place, record_place, set_handling, take_back
from tutela.inventory.queries_editing import editable, last_change
from tutela.people.rules import OPERATOR, PUBLIC
from tutela.store.documents import bare

pytestmark = pytest.mark.django_db(databases="__all__")
CONTRIBUTOR, REVIEWER, MANAGER = actor("contributor"), actor("reviewer"), actor("manager")
POINT = {"geojson": {"type": "Point", "coordinates": [44.123456, 33.654321]}, "role": "centre"}
UR: dict[str, Any] = {"names": [{"text": "Ur", "lang": "en"}], "geometries": [POINT], "address": "Near the canal"}


def refused_codes(document: dict[str, Any]) -> dict[str, str]:
    """{path: code} of what is refused."""
    with pytest.raises(Refused) as refused:
        record_place(CONTRIBUTOR, document)
    return {p.column or "": p.code for p in refused.value.problems}


# ---- who may -------------------------------------------------------------------------------------------------------------


def test_the_public_may_not_write() -> None:
    with pytest.raises(NotAllowed):
        record_place(PUBLIC, UR)
    uuid = record_place(CONTRIBUTOR, UR)
    for act in (lambda: correct_field(PUBLIC, uuid, "address", "x"), lambda: delete_place(PUBLIC, uuid, "x")):
        with pytest.raises(NotAllowed):
            act()


def test_a_contributor_records_and_corrects_but_sets_no_handling_and_deletes_nothing() -> None:
    uuid = record_place(CONTRIBUTOR, UR)
    correct_field(CONTRIBUTOR, uuid, "address", "By the river", "seen on the map")
    assert queries.place(PUBLIC, uuid).document["address"] == "By the river"
    for act in (
        lambda: set_handling(CONTRIBUTOR, uuid, "restricted", reason="at risk"),
        lambda: delete_place(CONTRIBUTOR, uuid, "no"),
        lambda: correct_place(CONTRIBUTOR, uuid, {**UR, "handling": {"mark": "restricted"}}),
        lambda: record_place(CONTRIBUTOR, {**UR, "handling": {"mark": "confidential"}}),
    ):
        with pytest.raises(NotAllowed):
            act()
    record_place(CONTRIBUTOR, {**UR, "handling": {"mark": "open"}})  # which is what there is without a mark


def test_whoever_sees_less_than_all_of_a_place_cannot_overwrite_it() -> None:
    uuid = record_place(OPERATOR, UR)
    set_handling(REVIEWER, uuid, "restricted", "0.1", "looting")
    with pytest.raises(NotAllowed) as refused:
        correct_field(CONTRIBUTOR, uuid, "address", "x")
    assert refused.value.code == "place-not-whole"
    set_handling(REVIEWER, uuid, "confidential", reason="at risk")
    with pytest.raises(NotAllowed) as refused:
        set_handling(REVIEWER, uuid, "open")  # a reviewer sees no confidential place as held
    assert refused.value.code == "place-not-whole"
    set_handling(MANAGER, uuid, "open")


def test_of_a_hidden_place_one_learns_nothing_by_trying_to_write() -> None:
    uuid = record_place(OPERATOR, UR)
    set_handling(OPERATOR, uuid, "confidential", reason="at risk")
    with pytest.raises(TutelaError) as hidden:
        correct_place(CONTRIBUTOR, uuid, UR)
    with pytest.raises(TutelaError) as missing:
        correct_place(CONTRIBUTOR, "0" * 32, UR)
    assert hidden.value.code == missing.value.code == "record-unknown"


# ---- what the rules refuse ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "path", "code"),
    [
        ({"names": [], "geometries": []}, "names", "place-nameless"),
        ({"names": [{"text": "a", "lang": "no tag"}]}, "names.0.lang", "language-tag"),
        ({"names": [{"text": "a", "kind": "nickname"}]}, "names.0.kind", "value-unknown"),
        ({"types": [{"code": "castle-of-sand"}]}, "types.0.code", "value-unknown"),
        ({"country": "XX"}, "country", "value-unknown"),
        ({"category": "immovable"}, "category", "value-unknown"),
        ({"dating": [{"edtf": "1501/1722"}, {"edtf": "31 February"}]}, "dating.1.edtf", "date-unreadable"),
        ({"protections": [{"instrument": "national-list", "from": "1990", "to": "1980"}]}, "protections.0.to", "protection-reversed"),
        ({"significance": [{"criterion": "national-glory"}]}, "significance.0.criterion", "value-unknown"),
        ({"identifiers": [{"scheme": "wikidata", "value": " "}]}, "identifiers.0.value", "identifier-empty"),
        ({"geometries": [{**POINT, "precision_m": -5}]}, "geometries.0.precision_m", "precision-number"),
        ({"geometries": [{"geojson": {"type": "Point", "coordinates": [44, 133]}}]}, "geometry", "geometry-range"),
    ],
)
def test_what_is_refused_says_where(change: dict[str, Any], path: str, code: str) -> None:
    assert refused_codes({**UR, **change}) == {path: code}


def test_a_code_that_a_list_brought_may_stay_and_a_new_one_may_not_come() -> None:
    from tutela.store import journal
    from tutela.store.documents import dashed, new_ids
    from tutela.store.write import Row, write

    uuid = new_ids(1)[0]
    brought = {**UR, "identifiers": [{"scheme": "their-own", "value": "7"}]}
    with journal.change("operator", "test") as change:
        write(change, [Row("place", uuid, brought, new=True)])
    correct_place(
        CONTRIBUTOR, dashed(uuid), {**brought, "address": "x", "identifiers": [*brought["identifiers"], {"scheme": "local", "value": "8"}]}
    )
    with pytest.raises(Refused):
        correct_place(CONTRIBUTOR, dashed(uuid), {**brought, "identifiers": [{"scheme": "another", "value": "7"}]})


def test_a_place_is_no_part_of_itself_nor_of_its_parts() -> None:
    whole = record_place(OPERATOR, UR)
    part = record_place(OPERATOR, {**UR, "part_of": bare(whole)})
    detail = record_place(OPERATOR, {**UR, "part_of": bare(part)})
    for wrong in (whole, part, detail):
        with pytest.raises(Refused) as refused:
            correct_field(OPERATOR, whole, "part_of", bare(wrong))
        assert [p.code for p in refused.value.problems] == ["part-of-itself"]
    with pytest.raises(Refused):
        record_place(OPERATOR, {**UR, "part_of": "0" * 32})


# ---- two people at once ---------------------------------------------------------------------------------------------------------


def test_the_second_of_two_is_told_and_nothing_is_overwritten() -> None:
    uuid = record_place(CONTRIBUTOR, UR)
    line = editable(CONTRIBUTOR, uuid).line
    correct_place(REVIEWER, uuid, {**UR, "address": "first"}, line)
    with pytest.raises(TutelaError) as refused:
        correct_place(CONTRIBUTOR, uuid, {**UR, "address": "second"}, line)
    assert refused.value.code == "changed-meanwhile"
    assert queries.place(OPERATOR, uuid).document["address"] == "first"


# ---- handling --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "precision", "seen"),
    [
        ("open", None, ["held", "held", "held", "held"]),
        ("open", "0.01", ["cell", "held", "held", "held"]),
        ("restricted", "0.1", ["cell", "cell", "held", "held"]),
        ("restricted", "withheld", ["none", "none", "held", "held"]),
        ("confidential", None, ["hidden", "hidden", "none", "held"]),
    ],
)
def test_each_audience_sees_what_the_mark_says(mark: str, precision: str | None, seen: list[str]) -> None:
    uuid = record_place(OPERATOR, UR)
    set_handling(OPERATOR, uuid, mark, precision, "because")

    def as_seen(role: str) -> str:
        try:
            view = queries.place(actor(role), uuid)
        except TutelaError:
            return "hidden"
        return "none" if view.x is None else "held" if (view.x, view.y) == (44.123456, 33.654321) else "cell"

    assert [as_seen(role) for role in ("public", "contributor", "reviewer", "manager")] == seen


def test_a_mark_or_precision_of_no_list_is_refused() -> None:
    uuid = record_place(OPERATOR, UR)
    for mark, precision in (("secret", None), ("open", "0.5")):
        with pytest.raises(Refused):
            set_handling(OPERATOR, uuid, mark, precision, "at risk")


# ---- taking back ---------------------------------------------------------------------------------------------------------------------


def test_ones_own_last_change_can_be_taken_back() -> None:
    uuid = record_place(CONTRIBUTOR, UR)
    correct_field(CONTRIBUTOR, uuid, "address", "wrong")
    change = last_change(CONTRIBUTOR, uuid)
    assert change is not None
    take_back(CONTRIBUTOR, change)
    assert queries.place(OPERATOR, uuid).document["address"] == "Near the canal"
    with pytest.raises(TutelaError) as refused:
        take_back(REVIEWER, change)
    assert refused.value.code == "taken-back-already"


def test_anothers_change_or_an_earlier_one_needs_a_reviewer() -> None:
    uuid = record_place(CONTRIBUTOR, UR)
    first = last_change(CONTRIBUTOR, uuid)
    other = record_place(actor("manager"), UR)
    theirs = last_change(MANAGER, other)
    record_place(CONTRIBUTOR, UR)
    for change in (first, theirs):
        with pytest.raises(NotAllowed):
            take_back(CONTRIBUTOR, change or 0)
        take_back(REVIEWER, change or 0)
    for gone in (uuid, other):
        with pytest.raises(TutelaError):
            queries.place(OPERATOR, gone)


def test_a_change_that_was_overtaken_stays() -> None:
    uuid = record_place(CONTRIBUTOR, UR)
    correct_field(CONTRIBUTOR, uuid, "address", "one")
    change = last_change(CONTRIBUTOR, uuid)
    correct_field(REVIEWER, uuid, "address", "two")
    with pytest.raises(TutelaError) as refused:
        take_back(CONTRIBUTOR, change or 0)
    assert refused.value.code == "take-back-overtaken"
    assert queries.place(OPERATOR, uuid).document["address"] == "two"


def test_a_deletion_is_taken_back_by_those_who_may_delete_with_its_assessments() -> None:
    from tutela.assessment.actions import record_assessment
    from tutela.assessment.queries import series

    uuid = record_place(OPERATOR, UR)
    record_assessment(OPERATOR, uuid, {"observed": "2020", "condition": {"code": "poor"}})
    delete_place(MANAGER, uuid, "entered twice")
    change = last_change(MANAGER, uuid)
    with pytest.raises(NotAllowed):
        take_back(REVIEWER, change or 0)
    take_back(MANAGER, change or 0)
    assert len(series(PUBLIC, uuid)) == 1


def test_what_is_no_single_change_is_not_taken_back_here() -> None:
    from tutela.store import journal

    number = journal.note("operator", "exchange.import", "a list")
    for change, code in ((number, "take-back-import"), (999_999, "take-back-unknown")):
        with pytest.raises(TutelaError) as refused:
            take_back(OPERATOR, change)
        assert refused.value.code == code
