"""Shortlists: frozen they never change, signed everybody reads them, and nobody learns of hidden places."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
from support.acting import actor

from tutela.errors import NotAllowed, TutelaError
from tutela.inventory import actions_shortlists as lists
from tutela.inventory.actions import Refused, correct_field, delete_place, record_place, set_handling
from tutela.inventory.queries_shortlists import comparison, shortlist, shortlist_rows, shortlists
from tutela.inventory.rules import shortlists as rules
from tutela.people.rules import OPERATOR, PUBLIC, Actor
from tutela.store import journal
from tutela.store.documents import bare, dumps

REVIEWER, MANAGER = actor("reviewer"), actor("manager", "Mara Manager")
STATES = {"a" * 32: rules.PlaceState(3, "11" * 32), "b" * 32: rules.PlaceState(9, "22" * 32)}
FULL: dict[str, Any] = {
    "title": "The most significant assets of the valley",
    "purpose": "To be moved first.",
    "criteria": ["rarity"],
    "chosen_by": ["The council"],
    "dated": "2026-03-12",
    "places": [{"place": "a" * 32, "reason": "the oldest"}, {"place": "b" * 32, "reason": "the only one"}],
}


# ---- rules ------------------------------------------------------------------------------------------------------------


def test_a_draft_needs_a_title_and_a_readable_date_only() -> None:
    assert rules.check_shortlist({"title": "x"}) == []
    assert [p.code for p in rules.check_shortlist({"title": " ", "dated": "soon"})] == ["shortlist-untitled", "date-unreadable"]


@pytest.mark.parametrize(
    ("without", "code"),
    [
        ("purpose", "shortlist-purpose"),
        ("criteria", "shortlist-criteria"),
        ("chosen_by", "shortlist-choosers"),
        ("dated", "shortlist-undated"),
        ("places", "shortlist-empty"),
    ],
)
def test_to_be_frozen_it_must_say_all_of_it(without: str, code: str) -> None:
    assert rules.check_complete(FULL) == []
    assert [p.code for p in rules.check_complete({k: v for k, v in FULL.items() if k != without})] == [code]


def test_to_be_frozen_every_place_needs_a_reason_and_stands_once() -> None:
    twice = {**FULL, "places": [{"place": "a" * 32, "reason": "old"}, {"place": "a" * 32, "reason": " "}]}
    assert {p.code for p in rules.check_complete(twice)} == {"shortlist-twice", "shortlist-unreasoned"}


def test_the_digest_is_sha256_over_the_list_and_the_state_of_its_places() -> None:
    frozen = rules.freeze(FULL, STATES, "2026-03-12T10:00:00+00:00")
    by_hand = dumps({"list": FULL, "version": 1, "places": [["a" * 32, "11" * 32], ["b" * 32, "22" * 32]]})
    assert frozen["frozen"]["digest"] == sha256(by_hand.encode()).hexdigest()
    assert rules.holds(frozen)


@pytest.mark.parametrize("change", [{"title": "Another"}, {"criteria": ["age"]}, {"places": FULL["places"][:1]}])
def test_a_frozen_list_that_was_altered_no_longer_holds(change: dict[str, Any]) -> None:
    assert not rules.holds(rules.freeze(FULL, STATES, "2026-03-12T10:00:00+00:00") | change)


def test_another_state_of_a_place_gives_another_digest() -> None:
    moved = {**STATES, "a" * 32: rules.PlaceState(12, "33" * 32)}
    assert rules.freeze(FULL, STATES, "t")["frozen"]["digest"] != rules.freeze(FULL, moved, "t")["frozen"]["digest"]


def test_comparison_tells_added_removed_reasons_and_criteria_and_minds_no_order() -> None:
    now = {
        **FULL,
        "criteria": ["rarity", "age"],
        "places": [{"place": "b" * 32, "reason": "the only one left"}, {"place": "c" * 32, "reason": "new"}],
    }
    found = rules.compare(FULL, now)
    assert [i["place"] for i in found.added] == ["c" * 32] and [i["place"] for i in found.removed] == ["a" * 32]
    assert found.reasons == {"b" * 32: ("the only one", "the only one left")}
    assert found.criteria == ([], ["age"]) and found.kept == 1
    assert rules.compare(FULL, {**FULL, "places": FULL["places"][::-1]}).same


# ---- writing -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def places() -> list[str]:
    """An open, a restricted and a confidential place."""
    made = [
        record_place(
            OPERATOR, {"names": [{"text": name}], "geometries": [{"geojson": {"type": "Point", "coordinates": [44.123456, 33.654321]}}]}
        )
        for name in ("Open Mound", "Restricted Mound", "Confidential Mound")
    ]
    set_handling(OPERATOR, made[1], "restricted", "0.1", "at risk")
    set_handling(OPERATOR, made[2], "confidential", reason="at risk")
    return made


def made(places: list[str]) -> str:
    return lists.record_shortlist(REVIEWER, {**FULL, "places": [{"place": p, "reason": f"reason {n}"} for n, p in enumerate(places)]})


@pytest.mark.django_db(databases="__all__")
class TestSteps:
    def test_only_those_who_may_make_them_and_only_managers_sign(self, places: list[str]) -> None:
        for role in ("public", "contributor"):
            with pytest.raises(NotAllowed):
                lists.record_shortlist(actor(role), {"title": "x"})
        uuid = made(places)
        lists.freeze_shortlist(REVIEWER, uuid)
        with pytest.raises(NotAllowed):
            lists.sign_shortlist(REVIEWER, uuid, "Head of register")

    def test_draft_frozen_signed(self, places: list[str]) -> None:
        uuid = made(places)
        digest = lists.freeze_shortlist(REVIEWER, uuid)
        head = journal.head()
        lists.sign_shortlist(MANAGER, uuid, "Director of antiquities", "We stand by it.", digest)
        view = shortlist(PUBLIC, uuid)
        signature = view.document["signature"]
        assert (view.state, view.version) == ("signed", 1)
        assert (signature["name"], signature["office"], signature["digest"]) == ("Mara Manager", "Director of antiquities", digest)
        assert (signature["journal"]["line"], signature["journal"]["chain"]) == head
        assert rules.holds(view.document)

    def test_a_frozen_list_cannot_be_changed_frozen_again_or_discarded(self, places: list[str]) -> None:
        uuid = made(places)
        lists.freeze_shortlist(REVIEWER, uuid)
        for act in (
            lambda: lists.change_shortlist(REVIEWER, uuid, FULL),
            lambda: lists.add_places(REVIEWER, uuid, places),
            lambda: lists.freeze_shortlist(REVIEWER, uuid),
            lambda: lists.discard_shortlist(REVIEWER, uuid),
        ):
            with pytest.raises(TutelaError) as refused:
                act()
            assert refused.value.code == "shortlist-frozen"

    def test_it_cannot_be_signed_as_a_draft_nor_twice_nor_by_nobody_in_particular(self, places: list[str]) -> None:
        uuid = made(places)
        for person, office, code in ((MANAGER, "Director", "shortlist-not-frozen"),):
            with pytest.raises(TutelaError) as refused:
                lists.sign_shortlist(person, uuid, office)
            assert refused.value.code == code
        lists.freeze_shortlist(REVIEWER, uuid)
        for person in (OPERATOR, Actor("somebody", "manager", "")):
            with pytest.raises(TutelaError) as refused:
                lists.sign_shortlist(person, uuid, "Director")
            assert refused.value.code == "shortlist-sign-person"
        with pytest.raises(Refused):
            lists.sign_shortlist(MANAGER, uuid, " ")
        with pytest.raises(TutelaError) as refused:
            lists.sign_shortlist(MANAGER, uuid, "Director", digest="0" * 64)
        assert refused.value.code == "changed-meanwhile"
        lists.sign_shortlist(MANAGER, uuid, "Director")
        with pytest.raises(TutelaError) as refused:
            lists.sign_shortlist(MANAGER, uuid, "Director")
        assert refused.value.code == "shortlist-signed"

    def test_freezing_names_all_that_is_missing(self, places: list[str]) -> None:
        uuid = lists.record_shortlist(REVIEWER, {"title": "x", "places": [{"place": places[0]}]})
        with pytest.raises(Refused) as refused:
            lists.freeze_shortlist(REVIEWER, uuid)
        assert {p.code for p in refused.value.problems} == {
            "shortlist-purpose",
            "shortlist-criteria",
            "shortlist-choosers",
            "shortlist-undated",
            "shortlist-unreasoned",
        }

    def test_a_deleted_place_must_be_taken_off_before_freezing(self, places: list[str]) -> None:
        uuid = made(places)
        delete_place(OPERATOR, places[0], "entered twice")
        with pytest.raises(Refused) as refused:
            lists.freeze_shortlist(REVIEWER, uuid)
        assert [p.code for p in refused.value.problems] == ["shortlist-place-gone"]
        assert shortlist(REVIEWER, uuid).gone == 1

    def test_a_new_version_supersedes_the_former_and_the_comparison_says_what_changed(self, places: list[str]) -> None:
        first = made(places[:2])
        lists.freeze_shortlist(REVIEWER, first)
        second = lists.new_version(REVIEWER, first)
        lists.add_places(REVIEWER, second, [places[2]])
        draft = shortlist(REVIEWER, second)
        assert (draft.state, draft.version, draft.former) == ("draft", 2, first)
        assert shortlist(REVIEWER, first).newer == second
        _, _, found = comparison(REVIEWER, second)
        assert [i["place"] for i in found.added] == [bare(places[2])] and not found.removed
        with pytest.raises(TutelaError) as refused:
            lists.new_version(REVIEWER, first)
        assert refused.value.code == "shortlist-followed"

    def test_two_people_at_once_the_second_is_told(self, places: list[str]) -> None:
        uuid = made(places)
        line = shortlist(REVIEWER, uuid).line
        lists.change_shortlist(REVIEWER, uuid, {**FULL, "places": []}, line)
        with pytest.raises(TutelaError) as refused:
            lists.change_shortlist(MANAGER, uuid, {"title": "y"}, line)
        assert refused.value.code == "changed-meanwhile"

    def test_a_place_changed_since_is_marked(self, places: list[str]) -> None:
        uuid = made(places)
        lists.freeze_shortlist(REVIEWER, uuid)
        correct_field(OPERATOR, places[0], "address", "By the river")
        assert {c.place.name["text"]: c.changed for c in shortlist(MANAGER, uuid).places} == {
            "Open Mound": True,
            "Restricted Mound": False,
            "Confidential Mound": False,
        }

    def test_only_places_can_be_chosen(self, places: list[str]) -> None:
        other = lists.record_shortlist(REVIEWER, {"title": "x"})
        for wrong in (other, "f" * 32):
            with pytest.raises(TutelaError) as refused:
                lists.record_shortlist(REVIEWER, {"title": "y", "places": [{"place": wrong}]})
            assert refused.value.code == "record-unknown"


# ---- who sees what ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(databases="__all__")
class TestAudiences:
    def test_an_unsigned_list_is_for_reviewers(self, places: list[str]) -> None:
        uuid = made(places)
        for frozen in (False, True):
            if frozen:
                lists.freeze_shortlist(REVIEWER, uuid)
            for role in ("public", "contributor"):
                assert shortlists(actor(role)) == []
                with pytest.raises(TutelaError) as refused:
                    shortlist(actor(role), uuid)
                assert refused.value.code == "shortlist-unknown"
            assert [r.id for r in shortlists(REVIEWER)] == [uuid]

    def test_of_a_signed_list_the_public_sees_its_own_places_and_no_trace_of_others(self, places: list[str]) -> None:
        uuid = made(places)
        lists.freeze_shortlist(REVIEWER, uuid)
        lists.sign_shortlist(MANAGER, uuid, "Director")
        view = shortlist(PUBLIC, uuid)
        assert [c.place.name["text"] for c in view.places] == ["Open Mound", "Restricted Mound"]
        assert view.gone == 0 and shortlists(PUBLIC)[0].places == 2
        assert [c.reason for c in view.places] == ["reason 0", ""], "a reason may say where a restricted place lies"
        restricted = shortlist_rows(PUBLIC, uuid)[1]
        assert (restricted["longitude"], restricted["latitude"], restricted["precision"]) == (44.15, 33.65, "0.1")
        assert "Confidential" not in str(shortlist_rows(PUBLIC, uuid))
        assert [c.place.name["text"] for c in shortlist(MANAGER, uuid).places] == ["Confidential Mound", "Open Mound", "Restricted Mound"]

    def test_the_comparison_hides_them_too(self, places: list[str]) -> None:
        first = made(places)
        lists.freeze_shortlist(REVIEWER, first)
        lists.sign_shortlist(MANAGER, first, "Director")
        second = lists.new_version(REVIEWER, first)
        lists.change_shortlist(REVIEWER, second, {**FULL, "places": [{"place": places[0], "reason": "alone"}]})
        lists.freeze_shortlist(REVIEWER, second)
        lists.sign_shortlist(MANAGER, second, "Director")
        _, _, seen = comparison(PUBLIC, second)
        assert [i["place"] for i in seen.removed] == [bare(places[1])] and seen.kept == 1

    def test_an_id_of_another_kind_of_record_is_no_shortlist(self, places: list[str]) -> None:
        with pytest.raises(TutelaError) as refused:
            shortlist(MANAGER, places[0])
        assert refused.value.code == "shortlist-unknown"
