"""The import wizard: files, mapping, dry run, import, undo; who may do what; and what is left behind."""

from __future__ import annotations

import csv
import io
import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, override_settings
from hypothesis import given
from hypothesis import strategies as st
from web.rooms import HASHERS, PLAIN, draft_of, fields, give, imported, signed_in, tried

from tutela.exchange import drafts, queries
from tutela.inventory import queries as places
from tutela.inventory.actions import correct_field, set_handling
from tutela.people.rules import OPERATOR
from tutela.store import jobs, journal

pytestmark = pytest.mark.django_db(databases="__all__")
RUSSIAN = (
    "№;Название;Широта;Долгота;Состояние\r\n1;Мост;41,5;44,8;хорошее\r\n2;Церковь;сорок;44,9;хорошее\r\n3;Крепость;41,7;45,0;разрушено\r\n"
)
MAPPING = """mapping: state-list
title: State list
source: {key: state}
key: {column: Nr, scheme: state}
place:
  names: [{text: Bezeichnung}]
  geometries: [{latitude: B, longitude: L}]
"""
GERMAN = b"Nr,Bezeichnung,B,L,Anmerkung\n7,Alte Muehle,47.1,11.2,x\n8,Tor,47.2,11.3,\n"


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Work is done in the test's own transaction, on an empty staging folder."""
    monkeypatch.setattr(jobs, "HERE", True)
    settings.PASSWORD_HASHERS = HASHERS
    shutil.rmtree(drafts.root(), ignore_errors=True)


@pytest.fixture
def reviewer() -> Client:
    return signed_in("reviewer")


def total() -> int:
    return places.count(OPERATOR, "").total


class TestWho:
    @pytest.mark.parametrize("address", ["/imports/", "/imports/new/", "/imports/1/", "/imports/1/undo/"])
    def test_a_public_visitor_is_asked_to_sign_in(self, address: str) -> None:
        answer = Client().get(address)
        assert answer.status_code == 302 and answer.headers["Location"].startswith("/sign-in/?next=")

    def test_a_contributor_may_try_but_not_import(self) -> None:
        client = signed_in("contributor")
        draft, page = tried(client, ("list.csv", PLAIN))
        assert "may try an import, not write it" in page.content.decode()
        answer = client.post(draft + "report/", {"act": "commit", "how": "all"})
        assert answer.status_code == 403 and b"not-allowed" in answer.content and total() == 0

    def test_a_draft_is_its_owner_s_alone(self, reviewer: Client) -> None:
        draft = draft_of(give(reviewer, ("list.csv", PLAIN)))
        other = signed_in("administrator")
        for page in ("", "mapping/", "report/", "refused/"):
            answer = other.get(draft + page)
            assert answer.status_code in (400, 404) and b"draft-unknown" in answer.content
        assert other.post(draft + "discard/").status_code in (400, 404) and reviewer.get(draft + "mapping/").status_code == 200

    def test_forms_need_their_token(self) -> None:
        client = Client(enforce_csrf_checks=True)
        client.cookies = signed_in("reviewer").cookies
        assert client.post("/imports/new/", {"files": SimpleUploadedFile("a.csv", PLAIN)}).status_code == 403

    def test_what_rows_say_is_shown_to_those_who_may_import(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN + b"A4,Tower,141.7,45.0,tower\r\n"), how="partial")
        number = queries.imports(OPERATOR)[0]["import"]
        assert "141.7" in reviewer.get(f"/imports/{number}/").content.decode()
        seen = signed_in("contributor")
        assert "141.7" not in seen.get(f"/imports/{number}/").content.decode()
        assert seen.get(f"/imports/{number}/refused/").status_code == 403


class TestFiles:
    def test_nothing_given_is_told_in_place(self, reviewer: Client) -> None:
        answer = reviewer.post("/imports/new/", {"use": "auto"})
        assert answer.status_code == 400 and b"draft-empty" in answer.content and b'id="files"' in answer.content

    @override_settings(TUTELA_UPLOAD_BYTES=40)
    def test_too_much_is_told_and_not_kept(self, reviewer: Client) -> None:
        answer = give(reviewer, ("list.csv", PLAIN))
        assert answer.status_code == 413 and b"draft-too-large" in answer.content
        assert "Begun, not yet imported" not in reviewer.get("/imports/").content.decode() and not list(
            drafts.root().glob("*/files/list.csv")
        )

    @override_settings(TUTELA_UPLOAD_BYTES=40)
    def test_far_too_much_is_not_even_read(self, reviewer: Client) -> None:
        answer = give(reviewer, ("list.csv", b"x" * (2 * 1024 * 1024)))
        assert answer.status_code == 413 and b"draft-too-large" in answer.content

    def test_a_file_that_is_no_list_is_told_on_the_mapping_page(self, reviewer: Client) -> None:
        draft = draft_of(give(reviewer, ("photo.jpg", b"\xff\xd8\xff\xe0" + bytes(100))))
        page = reviewer.get(draft + "mapping/")
        assert page.status_code == 200 and b"format-unknown" in page.content

    def test_a_zip_bomb_is_told(self, reviewer: Client) -> None:
        import zipfile

        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("list.csv", bytes(300_000_000))
        page = reviewer.get(draft_of(give(reviewer, ("list.zip", held.getvalue()))) + "mapping/")
        assert b"zip-bomb" in page.content

    def test_parts_of_a_shapefile_are_one_file(self) -> None:
        draft = drafts.create(OPERATOR, [(name, io.BytesIO(b"x")) for name in ("a.shp", "a.shx", "a.dbf", "other.dbf")])
        assert [p.name for p in draft.paths] == ["a.shp", "other.dbf"]
        drafts.discard(draft)

    @given(st.text(max_size=120), st.lists(st.text(max_size=20), max_size=3))
    def test_names_are_harmless_on_every_system(self, name: str, taken: list[str]) -> None:
        found = drafts.harmless(name, taken)
        assert found and not set(found) & set('<>:"/\\|?*\0') and found.strip(" .") and len(found.encode()) <= 220
        assert found.casefold() not in {t.casefold() for t in taken} and found.split(".")[0].upper() not in ("CON", "NUL", "COM1")
        assert not found.startswith((" ", ".")) and Path(found).name == found

    def test_a_name_that_climbs_stays_in_its_folder(self) -> None:
        assert drafts.harmless("../../etc/passwd") == "passwd" and drafts.harmless("C:\\x\\list.CSV") == "list.CSV"
        assert drafts.harmless("памятники.csv") == "памятники.csv" and drafts.harmless("a.csv", ["A.csv"]) == "a-2.csv"

    def test_drafts_are_swept_after_a_day(self, reviewer: Client) -> None:
        draft = draft_of(give(reviewer, ("list.csv", PLAIN)))
        assert drafts.sweep(time.time() + 3600) == 0 or reviewer.get(draft + "mapping/").status_code == 200
        assert drafts.sweep(time.time() + drafts.LIVES + 60) >= 1
        assert b"draft-unknown" in reviewer.get(draft + "mapping/").content

    def test_thrown_away_is_gone(self, reviewer: Client) -> None:
        draft = draft_of(give(reviewer, ("list.csv", PLAIN)))
        assert "list.csv" in reviewer.get("/imports/").content.decode()
        assert reviewer.post(draft + "discard/").headers["Location"] == "/imports/"
        assert b"draft-unknown" in reviewer.get(draft).content


class TestMapping:
    def test_the_page_shows_columns_what_they_become_and_values(self, reviewer: Client) -> None:
        page = reviewer.get(draft_of(give(reviewer, ("list.csv", PLAIN))) + "mapping/")
        columns = {c["column"]: c for c in page.context["columns"]}
        assert columns["name"]["becomes"] == "name" and columns["name"]["values"] == ["Old Bridge", "Upper Church", "Fort"]
        assert columns["latitude"]["becomes"] == "position: latitude" and columns["type"]["filled"] == 3 and page.context["code"] == "plain"

    def test_a_ready_mapping_is_recognised(self, reviewer: Client) -> None:
        feature = {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [59.8, 35.7]},
            "properties": {
                "EAMENA ID": "EAMENA-1",
                "Resource Name": "Robat",
                "Site Feature Interpretation Type": "Caravanserai/Khan",
                "Overall Condition State Type": "Poor",
            },
        }
        file = json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()
        page = reviewer.get(draft_of(give(reviewer, ("list.geojson", file))) + "mapping/")
        assert page.context["code"] == "ready" and page.context["name"] == "eamena-heritage-place" and page.context["can"]

    def test_where_none_fits_one_is_suggested_and_can_be_edited(self, reviewer: Client) -> None:
        draft = draft_of(give(reviewer, ("памятники.csv", RUSSIAN.encode("cp1251"))))
        page = reviewer.get(draft + "mapping/")
        assert page.context["code"] == "suggested" and "cp1251" in str(page.context["files"]).lower()
        text = (
            page.context["text"].replace("place:", "place:\n  country: {constant: GE}", 1)
            if "country" not in page.context["text"]
            else page.context["text"]
        )
        reviewer.post(draft + "mapping/", {"act": "look", "use": "text", "text": text + "\n# mine\n", "shown": page.context["text"]})
        assert "# mine" in reviewer.get(draft + "mapping/").context["text"]

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("place: [", "mapping-unreadable"),
            ("plaice: {}", "mapping-field"),
            ("mapping: x\nkey: {column: Nr}\nplace: {names: [{text: Nome}]}", "mapping-column"),
        ],
    )
    def test_a_fault_in_the_text_is_told_with_its_code_and_the_text_kept(self, reviewer: Client, text: str, code: str) -> None:
        draft = draft_of(give(reviewer, ("list.csv", GERMAN), mapping_file=SimpleUploadedFile("mine.yaml", MAPPING.encode())))
        shown = reviewer.get(draft + "mapping/").context["text"]
        page = reviewer.post(draft + "mapping/", {"act": "try", "use": "text", "text": text, "shown": shown}, follow=True)
        assert code in page.content.decode() and page.context["text"].strip() == text and total() == 0

    def test_an_own_mapping_file_is_used(self, reviewer: Client) -> None:
        page = imported(reviewer, ("list.csv", GERMAN), use="own", mapping_file=SimpleUploadedFile("mine.yaml", MAPPING.encode()))
        assert page.context["report"]["mapping"] == "state-list" and page.context["state"] == "committed" and total() == 2

    def test_a_mapping_file_that_is_no_text_is_told(self, reviewer: Client) -> None:
        answer = give(reviewer, ("list.csv", GERMAN), mapping_file=SimpleUploadedFile("mine.yaml", b"\xff\xfe\x00"))
        assert answer.status_code == 400 and b"mapping-unreadable" in answer.content

    def test_options_say_how_the_file_is_read(self, reviewer: Client) -> None:
        wrong = "id,name\n1,Ш\n".encode("cp1251")
        draft = draft_of(give(reviewer, ("list.csv", wrong), encoding="cp1251"))
        page = reviewer.get(draft + "mapping/")
        assert "Ш" in page.content.decode()
        reviewer.post(draft + "mapping/", {**fields(page), "act": "look", "encoding": "iso8859-15"})
        assert "Ø" in reviewer.get(draft + "mapping/").content.decode()
        reviewer.post(draft + "mapping/", {**fields(page), "act": "look", "encoding": "klingon"})
        assert b"encoding-unknown" in reviewer.get(draft + "mapping/").content


class TestDryRunAndImport:
    def test_a_dry_run_says_what_would_be_and_writes_nothing(self, reviewer: Client) -> None:
        head = journal.head()
        _, page = tried(reviewer, ("list.csv", PLAIN))
        values = {c["label"]: c["value"] for c in page.context["counts"]}
        assert values == {"Would be created": 3, "Would be updated": 0, "Unchanged": 0, "Refused": 0}
        assert page.context["state"] == "dry" and total() == 0 and journal.head() == head

    def test_all_rows_or_none_refuses_and_the_accepted_rows_can_be_imported(self, reviewer: Client) -> None:
        file = PLAIN + b"A4,Tower,141.7,45.0,tower\r\n"
        draft, page = tried(reviewer, ("list.csv", file))
        (row,) = page.context["refused"]
        assert (row["row"], row["record"], row["id"]) == (5, "Tower", "A4") and row["code"] in page.content.decode()
        page = reviewer.post(draft + "report/", {"act": "commit", "how": "all"}, follow=True)
        assert "import-rows-refused" in page.content.decode() and total() == 0
        page = reviewer.post(draft + "report/", {"act": "commit", "how": "partial"}, follow=True)
        assert page.redirect_chain[-1][0].startswith("/imports/") and page.context["state"] == "committed" and total() == 3
        assert page.context["refused"][0]["record"] == "Tower"

    def test_refused_rows_can_be_taken_away_mended_and_given_again(self, reviewer: Client) -> None:
        draft, page = tried(reviewer, ("list.csv", PLAIN + b"A4,Tower,141.7,45.0,tower\r\n"))
        file = b"".join(reviewer.get(page.context["refused_href"]).streaming_content).decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(file))
        assert row["name"] == "Tower" and row["tutela_row"] == "5" and row["tutela_code"] == page.context["refused"][0]["code"]
        page = reviewer.post(draft + "report/", {"act": "commit", "how": "partial"}, follow=True)
        assert b"".join(reviewer.get(page.context["refused_href"]).streaming_content).decode("utf-8-sig") == file
        mended = imported(reviewer, ("mended.csv", file.replace("141.7", "41.7").encode()))
        assert mended.context["report"]["created"] == 1 and total() == 4

    def test_the_same_file_again_would_change_nothing(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        _, page = tried(reviewer, ("list.csv", PLAIN))
        assert page.context["nothing"] and page.context["report"]["unchanged"] == 3

    def test_updates_are_shown_with_what_was_and_what_would_be(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        _, page = tried(reviewer, ("list.csv", PLAIN.replace(b"Old Bridge", b"Stone Bridge")))
        (change,) = page.context["changes"]
        assert (
            change["field"] == "Names"
            and change["count"] == 1
            and "Old Bridge" in change["gone"][0]
            and "Stone Bridge" in change["come"][0]
        )

    def test_what_was_is_hidden_from_those_who_do_not_see_the_place_as_held(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        bridge = places.search(OPERATOR, "Old Bridge").rows[0].id
        set_handling(OPERATOR, bridge, "confidential", None, "looting")
        _, page = tried(reviewer, ("list.csv", PLAIN.replace(b"41.5", b"41.9")))
        text = page.content.decode()
        assert not page.context["changes"] and "place-withheld" in text and "41.5" not in text
        _, page = tried(signed_in("manager"), ("list.csv", PLAIN.replace(b"41.5", b"41.9")))
        assert "41.5" in page.context["changes"][0]["gone"][0]

    def test_an_import_is_listed_with_its_figures_as_links(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        page = reviewer.get("/imports/")
        (row,) = page.context["written"]
        assert row["created"] == 3 and len(page.context["tried"]) == 1 and not page.context["drafts"]
        found = reviewer.get(row["places_href"])
        assert found.context["total"] == 3

    def test_an_empty_list_says_what_to_do(self, reviewer: Client) -> None:
        page = reviewer.get("/imports/").content.decode()
        assert "Nothing has been imported yet" in page and 'href="/imports/new/"' in page


class TestUndo:
    def test_it_shows_what_would_happen_and_does_it(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        number = queries.imports(OPERATOR)[0]["import"]
        page = reviewer.get(f"/imports/{number}/undo/")
        assert page.context["preview"].places_added == 3 and page.context["preview"].conflict_count == 0 and total() == 3
        page = reviewer.post(f"/imports/{number}/undo/", follow=True)
        assert page.context["state"] == "undone" and page.context["done"]["removed"] == 3 and total() == 0
        assert b"import-undone" in reviewer.get(f"/imports/{number}/undo/").content

    def test_edited_places_are_listed_first_and_kept_if_wanted(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        number = queries.imports(OPERATOR)[0]["import"]
        bridge = places.search(OPERATOR, "Old Bridge").rows[0].id
        correct_field(OPERATOR, bridge, "address", "By the river", "seen")
        page = reviewer.get(f"/imports/{number}/undo/")
        (one,) = page.context["conflicts"]
        assert one["seen"].name == "Old Bridge" and f"/places/{bridge}/" in page.content.decode()
        page = reviewer.post(f"/imports/{number}/undo/", {"keep_edited": "0"}, follow=True)
        assert page.status_code == 409 and b"undo-edited" in page.content and total() == 3
        page = reviewer.post(f"/imports/{number}/undo/", {"keep_edited": "1"}, follow=True)
        assert page.context["done"]["kept"] == 1 and total() == 1

    def test_a_contributor_may_not(self, reviewer: Client) -> None:
        imported(reviewer, ("list.csv", PLAIN))
        number = queries.imports(OPERATOR)[0]["import"]
        client = signed_in("contributor")
        assert client.get(f"/imports/{number}/undo/").status_code == 403 and client.post(f"/imports/{number}/undo/").status_code == 403
        assert total() == 3

    def test_a_dry_run_has_nothing_to_undo(self, reviewer: Client) -> None:
        tried(reviewer, ("list.csv", PLAIN))
        number = queries.imports(OPERATOR)[0]["import"]
        assert b"import-wrote-nothing" in reviewer.get(f"/imports/{number}/undo/").content

    def test_what_is_not_there_is_not_found(self, reviewer: Client) -> None:
        assert reviewer.get("/imports/999/").status_code == 404 and reviewer.get("/imports/999/undo/").status_code == 404
