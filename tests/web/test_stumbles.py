"""What a stranger stumbled over: each with what the page does instead."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from inventory.register import keep
from support.acting import signed_in

pytestmark = pytest.mark.django_db(databases="__all__")


def text(answer: Any) -> str:
    return answer.content.decode()


class TestUnknownFilters:
    def test_a_misspelt_value_is_told_above_the_empty_list_with_links(self) -> None:
        keep("Old Church", types=("church",))
        answer = Client().get("/places/", {"q": "type:churhc country:none"})
        page = text(answer)
        assert answer.status_code == 200 and "“churhc” is not a value of this filter" in page and "query-value" in page
        assert 'href="/places/?q=country%3Anone+type%3Achurch"' in page or 'href="/places/?q=type%3Achurch+country%3Anone"' in page

    def test_a_code_of_the_list_is_a_true_zero(self) -> None:
        keep("Old Church", types=("church",))
        page = text(Client().get("/places/", {"q": "type:mosque"}))
        assert "query-value" not in page and "No place matches all filters" in page

    def test_a_misspelt_field_leads_to_the_one_meant(self) -> None:
        answer = Client().get("/places/", {"q": "conditon:poor"})
        assert answer.status_code == 400 and 'href="/places/?q=condition%3Apoor"' in text(answer)

    def test_none_recorded_stands_among_the_countries(self) -> None:
        keep("With", country="SY")
        keep("Without")
        page = text(Client().get("/places/"))
        assert 'href="/places/?q=country%3Anone"' in page
        assert "Without" in text(Client().get("/places/", {"q": "country:none"}))

    def test_an_export_of_a_misspelt_filter_is_refused(self) -> None:
        answer = signed_in("reviewer").get("/places/export/", {"q": "type:churhc"})
        assert answer.status_code == 400 and "query-value" in text(answer) and "church" in text(answer)


class TestRecordedTwice:
    FORM = {"names-0-of": "", "names-0-text": "Tell Brak", "types-0-of": "", "lat": "36.66", "lon": "41.05"}

    def recorded(self) -> int:
        from tutela.inventory import queries
        from tutela.people.rules import OPERATOR

        return queries.count(OPERATOR, "").total

    def test_the_first_press_asks_and_the_second_saves(self) -> None:
        held = keep("Tell Brak", at=(41.0501, 36.66))
        client = signed_in("contributor")
        asked = client.post("/places/new/", self.FORM)
        assert asked.status_code == 409 and f'href="/places/{held}/"' in text(asked) and "may be the same as" in text(asked)
        assert 'value="Tell Brak"' in text(asked) and self.recorded() == 1
        saved = client.post("/places/new/", {**self.FORM, "apart": asked.context["alike_ids"]})
        assert saved.status_code == 302 and self.recorded() == 2

    def test_what_was_told_of_one_place_says_nothing_of_another(self) -> None:
        keep("Tell Brak", at=(41.0501, 36.66))
        other = keep("Tell Leilan", at=(41.5, 36.95))
        client = signed_in("contributor")
        told = client.post("/places/new/", self.FORM).context["alike_ids"]
        again = client.post("/places/new/", {**self.FORM, "names-0-text": "Tell Leilan", "lat": "36.95", "lon": "41.5", "apart": told})
        assert again.status_code == 409 and other in text(again)

    def test_a_hidden_place_is_not_hinted_at(self) -> None:
        keep("Tell Brak", at=(41.05, 36.66), handling={"mark": "confidential", "reason": "at risk"})
        assert signed_in("contributor").post("/places/new/", self.FORM).status_code == 302


class TestColumnsNotRead:
    LIST = (
        b"id,name,latitude,longitude,type,Checked by us\n"
        b"A1,Old Bridge,41.5,44.8,bridge,2019-05-03\nA2,Fort,41.6,44.9,fortress,2019-06-13\n"
    )

    @pytest.fixture(autouse=True)
    def here(self, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        from web.rooms import HASHERS

        from tutela.store import jobs

        monkeypatch.setattr(jobs, "HERE", True)
        settings.PASSWORD_HASHERS = HASHERS

    def test_the_mapping_step_and_the_dry_run_say_so(self) -> None:
        from web.rooms import draft_of, give, tried

        client = signed_in("reviewer")
        draft = draft_of(give(client, ("list.csv", self.LIST)))
        assert "looks like: a date" in text(client.get(draft + "mapping/")).replace("</b>", "").replace("<b>", "")
        _, page = tried(client, ("list.csv", self.LIST))
        shown = text(page)
        assert "Not read, though they look like something" in shown and "Checked by us" in shown and "2019-05-03" in shown
        assert "column-unread" not in shown


class TestWhichHalf:
    @pytest.mark.parametrize(("lat", "lon", "wrong"), [
        ("36.66", "forty", "lon"), ("36.66", "200", "lon"), ("36.66", "41°70'E", "lon"), ("36.66", "", "lon"), ("36°N", "41°N", "lon"),
        ("north", "41.05", "lat"), ("95", "41.05", "lat"), ("", "41.05", "lat"), ("36.66 41.05 7", "", "lat"), ("41°E", "36°N", "lat"),
    ])
    def test_a_position_is_refused_at_the_field_that_is_wrong(self, lat: str, lon: str, wrong: str) -> None:
        from tutela.web.forms.place import PlaceForm

        form = PlaceForm("en", data={"names-0-of": "", "names-0-text": "X", "lat": lat, "lon": lon})
        assert not form.is_valid() and set(form.head.errors) == {wrong}

    @pytest.mark.parametrize(("lat", "lon"), [("36.66", "41.05"), ("36.66, 41.05", ""), ("36°40'N 41°03'E", ""), ("", "")])
    def test_both_in_one_field_or_in_two_are_read(self, lat: str, lon: str) -> None:
        from tutela.web.forms.place import PlaceForm

        assert PlaceForm("en", data={"names-0-of": "", "names-0-text": "X", "lat": lat, "lon": lon}).is_valid()


class TestHandlingReason:
    @pytest.mark.parametrize("mark", ["restricted", "confidential"])
    def test_a_mark_without_a_reason_is_asked_for_one_and_nothing_is_lost(self, mark: str) -> None:
        place = keep("Tell Brak")
        client = signed_in("reviewer")
        asked = client.post(f"/places/{place}/handling/", {"mark": mark, "precision": "0.1", "reason": "  "})
        assert asked.status_code == 400 and "handling-reason" in text(asked) and 'aria-invalid="true"' in text(asked)
        assert f'value="{mark}" checked' in text(asked) and '<option value="0.1" selected' in text(asked)
        assert client.post(f"/places/{place}/handling/", {"mark": mark, "precision": "0.1", "reason": "looting"}).status_code == 302

    def test_open_needs_none(self) -> None:
        place = keep("Tell Brak", handling={"mark": "restricted", "reason": "looting"})
        assert signed_in("reviewer").post(f"/places/{place}/handling/", {"mark": "open", "reason": ""}).status_code == 302


class TestKeepingASearch:
    def lists(self) -> list[Any]:
        from tutela.inventory.queries_shortlists import shortlists
        from tutela.people.rules import OPERATOR

        return shortlists(OPERATOR)

    def test_it_says_how_many_there_are_and_takes_nothing_unasked(self) -> None:
        keep("Khan One")
        keep("Khan Two")
        client = signed_in("reviewer")
        page = text(client.get("/shortlists/new/", {"q": "khan"}))
        assert "2 places answer this search" in page and 'name="take" value="all">' in page and 'value="all" checked' not in page
        refused = client.post("/shortlists/new/", {"title": "The best", "q": "khan"})
        assert refused.status_code == 400 and "choose what the list takes" in text(refused) and 'value="The best"' in text(refused)
        assert self.lists() == []

    @pytest.mark.parametrize(("take", "leads", "n"), [("all", "/edit/", 2), ("choose", "/add/?q=khan", 0), ("none", "/add/", 0)])
    def test_all_of_them_or_chosen_ones_or_none(self, take: str, leads: str, n: int) -> None:
        keep("Khan One")
        keep("Khan Two")
        client = signed_in("reviewer")
        answer = client.post("/shortlists/new/", {"title": "The best", "q": "khan", "take": take})
        assert answer.status_code == 302 and answer["Location"].endswith(leads)
        assert text(client.get(answer["Location"])).count('name="off-' if n else 'name="place"') == (n or (2 if take == "choose" else 0))

    def test_a_misspelt_search_is_told(self) -> None:
        answer = signed_in("reviewer").get("/shortlists/new/", {"q": "type:churhc"})
        assert answer.status_code == 400 and "query-value" in text(answer)


class TestBadFile:
    def test_the_page_says_what_is_wrong_and_takes_another(self) -> None:
        from web.rooms import draft_of, give

        from tutela.exchange import drafts

        client = signed_in("reviewer")
        draft = draft_of(give(client, ("list.xlsx", b"PK\x03\x04 not a workbook")))
        page = text(client.get(draft + "mapping/"))
        assert "This cannot be read as it is" in page and "list.xlsx" in page and "Take another file" in page and "t-notice--stop" in page
        assert "Try it: dry run" not in page
        answer = client.post(draft + "discard/", {"then": "new"})
        assert answer["Location"] == "/imports/new/" and client.get(draft + "mapping/").status_code in (400, 404)
        assert not any(path.name in draft for path in drafts.root().iterdir())

    def test_a_draft_can_be_thrown_away_from_the_list_of_imports(self) -> None:
        from web.rooms import draft_of, give

        client = signed_in("reviewer")
        draft = draft_of(give(client, ("list.xlsx", b"PK\x03\x04 not a workbook")))
        assert f'action="{draft}discard/"' in text(client.get("/imports/"))
        assert client.post(draft + "discard/")["Location"] == "/imports/" and draft not in text(client.get("/imports/"))


class TestOneNumber:
    LIST = TestColumnsNotRead.LIST

    @pytest.fixture(autouse=True)
    def here(self, monkeypatch: pytest.MonkeyPatch) -> None:
        from tutela.store import jobs

        monkeypatch.setattr(jobs, "HERE", True)

    def test_the_import_s_number_finds_its_places_and_both_numbers_stand_together(self) -> None:
        from web.rooms import imported

        from tutela.exchange.queries import imports
        from tutela.inventory import queries
        from tutela.people.rules import OPERATOR

        for n in range(9):
            keep(f"Another {n}")
        client = signed_in("reviewer")
        page = imported(client, ("list.csv", self.LIST))
        one = imports(OPERATOR)[0]
        number, change = one["import"], one["change"]
        assert number != change and f"Import {number}: written" in text(page) and f"change {change} in the journal" in text(page)
        assert queries.count(OPERATOR, f"import:{number}").total == 2 == queries.count(OPERATOR, f"change:{change}").total
        assert f"q=import%3A{number}" in text(page) and f"change {change}" in text(client.get("/imports/"))
        assert f"{number} (change {change})" in text(client.get("/places/", {"q": f"import:{number}"}))
        assert f"q=change%3A{change}" in text(client.get(f"/journal/{change}/"))

    def test_an_address_kept_from_before_gave_the_change_s_number_and_is_still_read_so(self) -> None:
        from tutela.exchange.models import Import
        from tutela.exchange.queries import change_of

        Import.objects.create(id=900_001, actor="x", mapping="m", mapping_text="", state="committed", change=900_777)
        Import.objects.create(id=900_777, actor="x", mapping="m", mapping_text="", state="dry")
        assert change_of(900_001) == 900_777 == change_of(900_777) and change_of(900_002) is None
        Import.objects.create(id=900_778, actor="x", mapping="m", mapping_text="", state="committed", change=900_001)
        assert change_of(900_001) == 900_777, "an import's own number comes first"

    def test_an_undo_says_its_own_change(self) -> None:
        from web.rooms import imported

        from tutela.exchange.actions import undo_import
        from tutela.exchange.queries import imports
        from tutela.people.rules import OPERATOR

        imported(signed_in("reviewer"), ("list.csv", self.LIST))
        told = undo_import(OPERATOR, imports(OPERATOR)[0]["import"])
        assert told.change and f"(change {told.change} in the journal)" in told.lines()[0] and told.as_dict()["change"] == told.change
