"""The journal's pages: what was done, by whom for those who may know, and what changed for those who may see it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from web.rooms import HASHERS, PLAIN, imported, signed_in

from tutela.inventory import queries as places
from tutela.inventory.actions import correct_field, delete_place, record_place, set_handling
from tutela.inventory.touched import compared
from tutela.people.actions import find
from tutela.people.rules import OPERATOR, Actor
from tutela.store import history, jobs

pytestmark = pytest.mark.django_db(databases="__all__")
SECRET = {
    "names": [{"text": "Hidden Tomb", "lang": "en"}],
    "address": "Behind the mill",
    "geometries": [{"geojson": {"type": "Point", "coordinates": [44.123456, 35.654321]}, "role": "centre"}],
}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    monkeypatch.setattr(jobs, "HERE", True)
    settings.PASSWORD_HASHERS = HASHERS


def last() -> int:
    return history.changes(None, 1)[0].id


def open_place() -> str:
    return str(record_place(OPERATOR, {"names": [{"text": "Old Bridge", "lang": "en"}], "address": "By the river"}))


class TestList:
    def test_newest_first_with_digest_and_figures(self) -> None:
        place = open_place()
        correct_field(OPERATOR, place, "address", "By the lake", "seen on site")
        page = Client().get("/journal/")
        rows = page.context["rows"]
        assert [r["id"] for r in rows] == sorted((r["id"] for r in rows), reverse=True)
        assert rows[0]["words"] == "Corrected" and rows[0]["lines"] == 1 and rows[0]["digest"][:12] in page.content.decode()

    def test_an_empty_journal_says_what_begins_it(self) -> None:
        assert "Nothing has been written yet" in Client().get("/journal/").content.decode()

    def test_it_is_paged(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tutela.web.views import journal as view

        monkeypatch.setattr(view, "PAGE", 2)
        for _ in range(3):
            open_place()
        first = Client().get("/journal/").context
        second = Client().get(first["earlier"]).context
        assert len(first["rows"]) == 2 and first["rows"][-1]["id"] == second["rows"][0]["id"] + 1 and second["later"] == "/journal/"
        assert Client().get("/journal/?before=no-number").status_code == 200

    def test_names_of_people_are_for_managers(self) -> None:
        client = signed_in("contributor", "rana")
        record_place(Actor(find("rana").public_id, "contributor"), {"names": [{"text": "Fort"}]})
        assert client.get("/journal/").context["rows"][0]["who"] == "you"
        assert Client().get("/journal/").context["rows"][0]["who"] == "somebody with an account"
        assert signed_in("reviewer").get("/journal/").context["rows"][1]["who"] == "somebody with an account"
        manager = signed_in("manager").get("/journal/").context["rows"]
        assert "Rana Example" in [r["who"] for r in manager]

    def test_imports_lead_to_their_report_and_their_undo(self) -> None:
        reviewer = signed_in("reviewer")
        imported(reviewer, ("list.csv", PLAIN))
        row = reviewer.get("/journal/").context["rows"][0]
        assert row["import_href"].startswith("/imports/") and row["undo_href"].endswith("/undo/")
        row = Client().get("/journal/").context["rows"][0]
        assert not row["import_href"] and not row["undo_href"]


class TestChange:
    def test_a_reviewer_sees_what_changed(self) -> None:
        place = open_place()
        correct_field(OPERATOR, place, "address", "By the lake", "seen on site")
        page = signed_in("reviewer").get(f"/journal/{last() - 1}/")
        (record,) = page.context["records"]
        (difference,) = record["differences"]
        assert (
            difference == {"field": "Address", "gone": ["By the river"], "come": ["By the lake"]} and record["href"] == f"/places/{place}/"
        )

    def test_others_see_which_record_but_not_what_changed(self) -> None:
        correct_field(OPERATOR, open_place(), "address", "By the lake", "seen on site")
        for client in (Client(), signed_in("contributor")):
            page = client.get("/journal/2/")
            assert page.context["records"][0]["name"] == "Old Bridge" and page.context["records"][0]["differences"] is None
            assert "By the lake" not in page.content.decode()

    @pytest.mark.parametrize("role", ["public", "contributor", "reviewer"])
    def test_a_confidential_place_leaves_no_trace_but_a_number(self, role: str) -> None:
        place = str(record_place(OPERATOR, SECRET))
        set_handling(OPERATOR, place, "confidential", None, "looted twice")
        correct_field(OPERATOR, place, "address", "Under the mill", "told by the guard")
        end = last()
        client = Client() if role == "public" else signed_in(role)
        for number in range(1, end + 1):
            text = client.get(f"/journal/{number}/").content.decode()
            for secret in ("the mill", "35.65", "44.12", "guard", "looted"):
                assert secret not in text, (number, secret)
            if role != "reviewer":
                assert "Hidden Tomb" not in text and place not in text and "1 records are not for this account" in text

    def test_a_manager_sees_it_all(self) -> None:
        place = str(record_place(OPERATOR, SECRET))
        set_handling(OPERATOR, place, "confidential", None, "looted twice")
        text = signed_in("manager").get(f"/journal/{last() - 1}/").content.decode()
        assert "confidential" in text and "looted twice" in text

    def test_history_from_when_a_place_was_open_is_closed_with_it(self) -> None:
        place = str(record_place(OPERATOR, SECRET))
        recorded = last()
        reviewer = signed_in("reviewer")
        assert "Behind the mill" in reviewer.get(f"/journal/{recorded}/").content.decode()
        set_handling(OPERATOR, place, "confidential", None, "looted twice")
        assert "Behind the mill" not in reviewer.get(f"/journal/{recorded}/").content.decode()

    def test_what_was_deleted_is_counted(self) -> None:
        place = open_place()
        delete_place(OPERATOR, place, "entered twice")
        page = signed_in("reviewer").get(f"/journal/{last() - 1}/")
        assert page.context["records"] == [] and page.context["hidden"] == 1

    def test_there_is_no_such_change(self) -> None:
        for number in (0, 99, 10**30):
            assert Client().get(f"/journal/{number}/").status_code == 404

    def test_an_import_leads_to_its_places(self) -> None:
        reviewer = signed_in("reviewer")
        imported(reviewer, ("list.csv", PLAIN))
        page = reviewer.get(f"/journal/{last()}/")
        assert reviewer.get(page.context["places_href"]).context["total"] == places.count(OPERATOR, "").total == 3


def test_only_the_items_of_a_list_that_differ_are_told() -> None:
    one, two, new = {"text": "Ur", "lang": "en"}, {"text": "أور", "lang": "ar"}, {"text": "Urim", "lang": "sux"}
    (found,) = compared({"names": [one, two]}, {"names": [two, new]})
    assert found.field == "names" and found.gone == ["Ur, lang en"] and found.come == ["Urim, lang sux"]
    assert compared({"names": [one, two]}, {"names": [two, one]}) == []
