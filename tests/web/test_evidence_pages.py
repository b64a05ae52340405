"""The pages of evidence: what each role may open and do, what never reaches the public, and what the forms say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from web.pictures import photograph, zipped
from web.rooms import HASHERS, signed_in

from tutela.assessment.actions import record_assessment
from tutela.errors import TutelaError, problem
from tutela.evidence import citations, copies, custody, intake, queries, witnesses
from tutela.inventory.actions import record_place
from tutela.people.rules import OPERATOR, PUBLIC, ROLES, Actor
from tutela.store import jobs, passphrases
from tutela.store.documents import bare, dashed

pytestmark = pytest.mark.django_db(databases="__all__")
MANAGER = Actor("m" * 32, "manager", "Mara")
REGION = {"x": 0.1, "y": 0.1, "w": 0.3, "h": 0.4}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[None]:
    monkeypatch.setattr(jobs, "HERE", True)
    settings.PASSWORD_HASHERS = HASHERS
    yield


def place(name: str = "Old Bridge", mark: str = "open") -> str:
    document: dict[str, Any] = {"names": [{"text": name, "lang": "en"}]}
    if mark != "open":
        document["handling"] = {"mark": mark, "precision": "0.1", "reason": "a test"}
    return dashed(bare(str(record_place(OPERATOR, document))))


def item(tmp_path: Any, mark: str = "open", seed: int = 1, name: str = "IMG_0042.JPG", content: bytes | None = None, **given: Any) -> str:
    file = tmp_path / name
    file.write_bytes(photograph(seed) if content is None else content)
    taken = intake.take(OPERATOR, [file], intake.Given(handling={"mark": mark}, **given))
    assert not taken.refused, taken.refused
    copies.make(OPERATOR, taken.items)
    return taken.items[0]


def files(*given: tuple[str, bytes]) -> dict[str, Any]:
    return {"files": [SimpleUploadedFile(name, content) for name, content in given]}


def images(page: Any) -> list[str]:
    return re.findall(r'src="(/evidence/files/[^"]+)"', page.content.decode())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


class TestWhoMay:
    """Each address, for each role: as the table of rights says."""

    PAGES = {
        "/evidence/": "read", "/evidence/add/": "add-evidence", "/evidence/bundles/": "export-evidence",
        "/evidence/witnesses/": "witness", "{item}": "read", "{item}describe/": "add-evidence", "{item}grade/": "grade",
        "{item}cite/": "cite", "{item}redact/": "redact", "{item}hand-over/": "hand-over", "{item}destroy/": "destroy-evidence",
        "{item}original/": "open-original", "{place}cite/": "cite", "/evidence/places.json?q=x": "add-evidence",
    }  # fmt: skip

    @pytest.mark.parametrize("role", ROLES)
    def test_pages(self, tmp_path: Any, role: str) -> None:
        known = {"place": f"/places/{place()}/", "item": f"/evidence/{item(tmp_path)}/"}
        client = Client() if role == "public" else signed_in(role)
        actor = Actor("x", role)
        for address, right in self.PAGES.items():
            answer = client.get(address.format(**known))
            allowed = answer.status_code == 200 or (
                address == "{item}cite/" and answer.status_code == 302 and answer.url.startswith("/places/")
            )
            assert allowed == actor.may(right), (address, answer.status_code)
            if not actor.may(right) and role == "public":
                assert answer.status_code == 302 and answer.url.startswith("/sign-in/")

    WRITES = {
        "/evidence/add/": "add-evidence", "/evidence/add/files/": "add-evidence", "/evidence/bundles/make/": "export-evidence",
        "/evidence/bundles/take-in/": "import-bundle", "/evidence/seals/new/": "seal", "/evidence/seals/stamp/": "seal",
        "/evidence/witnesses/": "witness", "/evidence/witnesses/show/": "witness", "/evidence/witnesses/act/": "witness",
        "{item}grade/": "grade", "{item}redact/": "redact", "{item}seal/": "seal", "{item}hand-over/": "hand-over",
        "{item}destroy/": "destroy-evidence", "{item}original/": "open-original", "{item}copies/": "add-evidence",
        "{item}describe/": "add-evidence", "{place}cite/": "cite",
    }  # fmt: skip

    @pytest.mark.parametrize("role", ROLES)
    def test_writes(self, tmp_path: Any, role: str) -> None:
        known = {"place": f"/places/{place()}/", "item": f"/evidence/{item(tmp_path)}/"}
        client = Client() if role == "public" else signed_in(role)
        actor = Actor("x", role)
        for address, right in self.WRITES.items():
            answer = client.post(address.format(**known), {"act": "none"})
            assert (answer.status_code == 403) != actor.may(right), (address, answer.status_code)

    def test_every_write_needs_the_token_of_its_page(self, tmp_path: Any) -> None:
        known = {"place": f"/places/{place()}/", "item": f"/evidence/{item(tmp_path)}/"}
        own = signed_in("administrator")
        client = Client(enforce_csrf_checks=True)
        client.cookies = own.cookies
        for address in self.WRITES:
            assert client.post(address.format(**known), {"act": "none"}).status_code == 403, address


class TestLeaks:
    """A reader without an account: open items alone, their working copies alone, and nothing that leads further."""

    def test_an_original_never_reaches_the_public(self, tmp_path: Any) -> None:
        one = item(tmp_path)
        original = (tmp_path / "IMG_0042.JPG").read_bytes()
        public = Client()
        for address in ("original/", "play/"):
            assert public.get(f"/evidence/{one}/{address}").status_code in (302, 404)
        assert public.post(f"/evidence/{one}/original/", {"purpose": "x"}).status_code == 403
        for source in images(public.get(f"/evidence/{one}/")):
            sent = body(public.get(source))
            assert sent != original and b"Model 7" not in sent, "no metadata goes with a working copy"

    @pytest.mark.parametrize("mark", ["restricted", "confidential"])
    def test_what_is_not_open_is_not_there(self, tmp_path: Any, mark: str) -> None:
        one = item(tmp_path, mark)
        public = Client()
        assert public.get(f"/evidence/{one}/").status_code == 404
        page = public.get("/evidence/")
        assert page.context["total"] == 0 and not page.context["facets"] and one not in page.content.decode()
        for copy in copies.of(OPERATOR, one):
            assert public.get(f"/evidence/files/{copy['id']}").status_code == 404

    def test_an_item_of_a_hidden_place_is_not_there_nor_counted(self, tmp_path: Any) -> None:
        hidden = place("Hidden Tomb", "confidential")
        one = item(tmp_path, places=[hidden])
        public = Client()
        page = public.get("/evidence/")
        assert page.context["total"] == 0 and b"Hidden Tomb" not in page.content
        assert public.get(f"/evidence/?place={hidden}").context["total"] == 0
        assert public.get(f"/evidence/{one}/").status_code == 404
        assert public.get(f"/evidence/files/{copies.of(OPERATOR, one)[0]['id']}").status_code == 404
        assert signed_in("manager").get("/evidence/").context["total"] == 1

    def test_a_hidden_place_that_rests_on_an_open_item_is_not_named(self, tmp_path: Any) -> None:
        hidden, one = place("Hidden Tomb", "confidential"), item(tmp_path)
        citations.cite(OPERATOR, hidden, one, "", {"region": REGION}, "the tomb's door")
        for client in (Client(), signed_in("contributor")):
            page = client.get(f"/evidence/{one}/").content.decode()
            assert "Hidden Tomb" not in page and hidden not in page and "door" not in page and "e-outline" not in page
        assert "Hidden Tomb" in signed_in("manager").get(f"/evidence/{one}/").content.decode()

    def test_the_picker_names_no_hidden_place(self) -> None:
        place("Hidden Tomb", "confidential")
        found = signed_in("contributor").get("/evidence/places.json?q=Hidden").json()
        assert found == {"places": []}
        page = signed_in("contributor", "cora").post("/evidence/add/", {"place_words": "Hidden Tomb", "mark": "restricted"})
        assert "No place of this register is called so" in page.content.decode()

    def test_after_a_redaction_nothing_below_a_reviewer_shows_what_lies_under_it(self, tmp_path: Any) -> None:
        from io import BytesIO

        from PIL import Image

        one = item(tmp_path)
        before = {copy["id"] for copy in copies.of(PUBLIC, one)}
        copies.redact(OPERATOR, one, [{**REGION, "why": "face"}])
        for client in (Client(), signed_in("contributor")):
            for copy in before:
                assert client.get(f"/evidence/files/{copy}").status_code == 404
            sources = images(client.get(f"/evidence/{one}/")) + images(client.get("/evidence/"))
            assert sources
            for source in sources:
                picture = Image.open(BytesIO(body(client.get(source)))).convert("RGB")
                assert max(picture.getpixel((picture.width // 4, picture.height // 4))) < 12, "the box is opaque"
        reviewer = signed_in("reviewer")
        assert all(reviewer.get(f"/evidence/files/{copy}").status_code == 200 for copy in before)

    def test_the_public_is_told_neither_who_collected_nor_who_opened_nor_what_the_file_states(self, tmp_path: Any) -> None:
        one = item(tmp_path, collector="Nadia Example", description="A bridge")
        with custody.open_original(MANAGER, one, "viewed", "secret purpose"):
            pass
        page = Client().get(f"/evidence/{one}/").content.decode()
        for secret in ("Nadia", "secret purpose", "Model 7", "IMG_0042.JPG</dd>", 'id="custody"', 'id="gradings"'):
            assert secret not in page
        assert "Nadia" in signed_in("contributor").get(f"/evidence/{one}/").content.decode()

    def test_a_place_page_shows_the_public_open_evidence_alone(self, tmp_path: Any) -> None:
        bridge = place()
        shown, hidden = item(tmp_path, places=[bridge]), item(tmp_path, "restricted", 2, "secret.jpg", places=[bridge])
        for one in (shown, hidden):
            citations.cite(OPERATOR, bridge, one)
        page = Client().get(f"/places/{bridge}/").content.decode()
        assert shown in page and hidden not in page and "secret.jpg" not in page

    def test_the_restricted_place_shows_no_evidence_to_those_who_do_not_see_its_details(self, tmp_path: Any) -> None:
        bridge, one = place(mark="restricted"), item(tmp_path)
        citations.cite(OPERATOR, bridge, one)
        for client in (Client(), signed_in("contributor")):
            page = client.get(f"/places/{bridge}/")
            assert page.status_code == 200 and one not in page.content.decode()
            assert signed_in("contributor", "other" + str(id(client))).get(f"/places/{bridge}/cite/").status_code == 404


class TestServing:
    def test_under_a_policy_that_runs_nothing(self, tmp_path: Any) -> None:
        one = item(tmp_path)
        for copy in copies.of(OPERATOR, one):
            answer = Client().get(f"/evidence/files/{copy['id']}")
            assert "sandbox" in answer["Content-Security-Policy"] and "default-src 'none'" in answer["Content-Security-Policy"]
            assert answer["X-Content-Type-Options"] == "nosniff" and "private" in answer["Cache-Control"]

    def test_a_page_that_came_in_is_shown_as_text_and_taken_out_as_an_attachment(self, tmp_path: Any) -> None:
        content = b"<!doctype html><html><body><script>alert(document.cookie)</script><p>The bridge fell.</p></body></html>"
        one = item(tmp_path, name="page.html", content=content)
        page = Client().get(f"/evidence/{one}/")
        assert "The bridge fell." in page.content.decode() and "alert(document" not in page.content.decode()
        taken = signed_in("reviewer").post(f"/evidence/{one}/original/", {"purpose": "look"})
        assert taken["Content-Type"] == "application/octet-stream" and taken["Content-Disposition"].startswith("attachment")
        assert "sandbox" in taken["Content-Security-Policy"] and body(taken) == content

    def test_ranges_and_not_modified(self, tmp_path: Any) -> None:
        copy = copies.best(copies.of(OPERATOR, item(tmp_path)), "web")
        client, address = Client(), f"/evidence/files/{copy['id']}"
        part = client.get(address, headers={"Range": "bytes=0-9"})
        assert part.status_code == 206 and len(body(part)) == 10 and part["Content-Range"].startswith("bytes 0-9/")
        assert client.get(address, headers={"Range": f"bytes={copy['size']}-"}).status_code == 416
        whole = client.get(address)
        assert client.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
        body(whole)

    def test_taking_an_original_out_asks_for_a_purpose_and_writes_custody_first(self, tmp_path: Any) -> None:
        one = item(tmp_path)
        client = signed_in("reviewer")
        assert client.post(f"/evidence/{one}/original/", {"purpose": " "}).status_code == 400
        before = len(custody.chain(one))
        answer = client.post(f"/evidence/{one}/original/", {"purpose": "for the court"})
        events = custody.chain(one)
        assert len(events) == before + 1 and events[-1].act == "exported" and events[-1].details == {"purpose": "for the court"}
        assert body(answer) == (tmp_path / "IMG_0042.JPG").read_bytes()

    def test_playing_is_written_down_and_refused_to_other_sites(self, tmp_path: Any) -> None:
        import struct
        import wave

        with wave.open(str(tmp_path / "sound.wav"), "wb") as out:
            out.setparams((1, 2, 8000, 0, "NONE", ""))
            out.writeframes(struct.pack("<h", 1000) * 8000)
        one = item(tmp_path, name="sound.wav", content=(tmp_path / "sound.wav").read_bytes())
        client = signed_in("contributor")
        assert f'src="/evidence/{one}/play/"' in client.get(f"/evidence/{one}/").content.decode()
        before = len(custody.chain(one))
        assert client.get(f"/evidence/{one}/play/", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
        assert len(custody.chain(one)) == before
        played = client.get(f"/evidence/{one}/play/", headers={"Range": "bytes=0-99"})
        assert played.status_code == 206 and len(body(played)) == 100 and "sandbox" in played["Content-Security-Policy"]
        assert [event.act for event in custody.chain(one)][before:] == ["viewed"]
        assert f"/evidence/{one}/play/" not in Client().get(f"/evidence/{one}/").content.decode()


class TestIntake:
    SAID = {"mark": "restricted", "collector": "Field team", "acquired": "2024-05", "consent": "yes"}

    def test_two_photographs(self) -> None:
        bridge = place()
        client = signed_in("contributor")
        page = client.post(
            "/evidence/add/", {**files(("a.jpg", photograph(1)), ("b.jpg", photograph(2))), **self.SAID, "place": bridge}, follow=True
        )
        assert page.redirect_chain[-1][0].startswith("/evidence/intake/") and page.context["taken_count"] == 2
        made = queries.items(OPERATOR, place=bridge)
        assert [one["title"] for one in made] == ["b.jpg", "a.jpg"] and all(copies.of(OPERATOR, one["id"]) for one in made)
        held = queries.item(OPERATOR, made[0]["id"])["acquisitions"][0]
        assert held["collector"] == "Field team" and held["acquired"] == "2024-05" and held["consent"] == {"given": "yes"}
        again = client.post("/evidence/add/", {**files(("c.jpg", photograph(1))), **self.SAID}, follow=True)
        assert again.context["same_count"] == 1 and again.context["taken_count"] == 0

    def test_a_zip_is_opened(self) -> None:
        packed = zipped(one__jpg=photograph(1), two__jpg=photograph(2), three__txt=b"The gate was whole on Monday.\n")
        page = signed_in("contributor").post("/evidence/add/", {**files(("all.zip", packed)), **self.SAID}, follow=True)
        assert page.context["taken_count"] == 3

    def test_one_bad_file_refuses_all_and_nothing_is_kept(self, settings: Any) -> None:
        page = signed_in("contributor").post(
            "/evidence/add/", {**files(("a.jpg", photograph(1)), ("empty.jpg", b"")), **self.SAID}, follow=True
        )
        assert page.context["refused_count"] == 1 and "empty.jpg" in page.content.decode()
        assert queries.items(OPERATOR) == [] and left_over(settings) == []

    def test_mistakes_stand_at_their_fields_and_the_files_stay(self, settings: Any) -> None:
        client = signed_in("contributor")
        wrong = {**self.SAID, "acquired": "soon", "source_uri": "no address", "lat": "95", "lon": "12"}
        page = client.post("/evidence/add/", {**files(("a.jpg", photograph(1))), **wrong})
        form = page.context["form"]
        assert page.status_code == 400 and {"acquired"} <= set(form.errors) and page.context["arrived_count"] == 1
        page = client.post(f"/evidence/add/?given={page.context['given']}", {**wrong, "acquired": "2024"})
        assert {"source_uri", "lat"} <= set(page.context["form"].errors)
        done = client.post(f"/evidence/add/?given={page.context['given']}", self.SAID, follow=True)
        assert done.context["taken_count"] == 1 and left_over(settings) == []

    def test_the_files_of_somebody_else_are_not_taken_in(self) -> None:
        page = signed_in("contributor").post("/evidence/add/", {**files(("a.jpg", photograph(1))), **self.SAID, "acquired": "soon"})
        other = signed_in("contributor", "other")
        answer = other.post(f"/evidence/add/?given={page.context['given']}", self.SAID)
        assert answer.status_code == 400 and answer.context["problem"].code == "upload-none"

    def test_many_files_are_sent_in_parts(self) -> None:
        client = signed_in("contributor")
        first = client.post("/evidence/add/files/", files(("a.jpg", photograph(1)), ("b.jpg", photograph(2)))).json()
        second = client.post(f"/evidence/add/files/?given={first['given']}", files(("a.jpg", photograph(3)))).json()
        assert second == {"given": first["given"], "files": 3}
        done = client.post(f"/evidence/add/?given={first['given']}", {**self.SAID, "given": first["given"]}, follow=True)
        assert done.context["taken_count"] == 3

    def test_sending_can_be_given_up(self, settings: Any) -> None:
        client = signed_in("contributor")
        first = client.post("/evidence/add/files/", files(("a.jpg", photograph(1)))).json()
        client.post(f"/evidence/add/files/?given={first['given']}", {"act": "drop"})
        assert left_over(settings) == []

    @pytest.mark.parametrize("address", ["/evidence/add/", "/evidence/add/files/"])
    def test_more_than_may_be_given_is_refused_and_not_kept(self, settings: Any, address: str) -> None:
        settings.TUTELA_EVIDENCE_BYTES = 1000
        answer = signed_in("contributor").post(address, {**files(("a.jpg", photograph(1))), **self.SAID})
        assert answer.status_code in (400, 413) and "upload-too-large" in answer.content.decode() and left_over(settings) == []

    def test_a_contributor_cannot_open_to_all(self) -> None:
        page = signed_in("contributor").post("/evidence/add/", {**files(("a.jpg", photograph(1))), **self.SAID, "mark": "open"})
        assert page.status_code == 400 and "mark" in page.context["form"].errors
        assert (
            signed_in("reviewer")
            .post("/evidence/add/", {**files(("a.jpg", photograph(1))), **self.SAID, "mark": "open"}, follow=True)
            .context["taken_count"]
            == 1
        )

    @pytest.mark.parametrize(
        "name", ["..\\..\\x.jpg", "a/../../x.jpg", "con.jpg", "x" * 300 + ".jpg", "  ", "a\x00b.jpg", "‮gpj.exe", "日本.jpg"]
    )
    def test_any_name_of_a_file(self, name: str, settings: Any) -> None:
        page = signed_in("contributor").post("/evidence/add/", {**files((name, photograph(1))), **self.SAID}, follow=True)
        assert page.status_code in (200, 400)
        assert len(queries.items(OPERATOR)) == (1 if page.status_code == 200 else 0) and (
            page.status_code == 400 or left_over(settings) == []
        )


def _unsealed(sealed: bytes, phrase: str) -> bytes:
    known, _, content = sealed.partition(b"|")
    if known != phrase.encode():
        raise TutelaError(problem("passphrase-wrong"))
    return content


def left_over(settings: Any) -> list[str]:
    from pathlib import Path

    root = Path(settings.WORKSPACE.staging)
    return [path.name for path in root.iterdir() if path.name.startswith(("given-", "intake-"))]


class TestItem:
    def test_what_rests_on_it_and_where(self, tmp_path: Any) -> None:
        bridge, one = place(), item(tmp_path)
        made = record_assessment(
            OPERATOR,
            bridge,
            {
                "observed": "2024-05-01",
                "method": "remote",
                "condition": {"code": "poor"},
                "damages": [{"key": "d1", "effect": {"code": "erosion"}}],
                "status": "published",
            },
        )
        citations.cite(OPERATOR, str(made), one, "damages/d1", {"region": REGION}, "the left pier")
        client = signed_in("contributor")
        page = client.get(f"/evidence/{one}/").content.decode()
        for words in ("Old Bridge", "Damage: Erosion", "the left pier", "left:10.00%"):
            assert words in page, words
        of_place = client.get(f"/places/{bridge}/").content.decode()
        assert of_place.count(f"/evidence/{one}/") >= 2 and "left:10.00%" in of_place

    def test_described_with_the_line_that_was_seen(self, tmp_path: Any) -> None:
        one, bridge = item(tmp_path), place()
        client = signed_in("reviewer")
        page = client.get(f"/evidence/{one}/describe/")
        form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}
        sent = {**form, "title": "The bridge from the south", "place_words": "Old Bridge", "line": page.context["line"]}
        assert client.post(f"/evidence/{one}/describe/", sent).status_code == 302
        held = queries.item(OPERATOR, one)
        assert held["title"] == "The bridge from the south" and held["places"] == [bare(bridge)] and held["handling"] == {"mark": "open"}
        assert client.post(f"/evidence/{one}/describe/", {**sent, "title": "Other", "place_words": ""}).status_code == 409

    def test_several_places_of_one_name_are_offered(self, tmp_path: Any) -> None:
        one, first, second = item(tmp_path), place("Twin Tower"), place("Twin Tower")
        client = signed_in("reviewer")
        page = client.post(f"/evidence/{one}/describe/", {"title": "x", "form": "photograph", "mark": "open", "place_words": "Twin Tower"})
        assert page.status_code == 400 and {each["id"] for each in page.context["picked"]} == {first, second}

    def test_graded(self, tmp_path: Any) -> None:
        one, client = item(tmp_path), signed_in("reviewer")
        assert client.post(f"/evidence/{one}/grade/", {"reliability": "B"}).status_code == 400
        client.post(f"/evidence/{one}/grade/", {"reliability": "B", "credibility": "2", "bias": "Towns more than villages"})
        page = client.get(f"/evidence/{one}/").content.decode()
        assert "B2" in page and "Towns more than villages" in page and "usually reliable" in page

    def test_handed_over_and_back(self, tmp_path: Any) -> None:
        one, client = item(tmp_path), signed_in("manager")
        assert client.post(f"/evidence/{one}/hand-over/", {"act": "lent"}).status_code == 400
        assert client.post(f"/evidence/{one}/hand-over/", {"act": "lent", "to": "The court"}).status_code == 302
        assert "The court" in client.get(f"/evidence/{one}/").content.decode() and custody.stands(one) == "lent"
        assert client.post(f"/evidence/{one}/original/", {"purpose": "x"}).status_code == 400
        assert client.post(f"/evidence/{one}/hand-over/", {"act": "returned"}).status_code == 302

    def test_destroyed_in_two_steps_by_a_named_rule(self, tmp_path: Any) -> None:
        one, client, address = item(tmp_path), signed_in("manager"), "/evidence/{}/destroy/"
        digest = queries.item(OPERATOR, one)["digest"]
        assert client.post(address.format(one), {"step": "1"}).status_code == 400
        assert client.post(address.format(one), {"step": "1", "rule": "Order 7"}).context["step"] == 2
        assert client.post(address.format(one), {"step": "2", "rule": "Order 7", "named": "nonsense"}).status_code == 400
        assert custody.stands(one) == "held"
        assert client.post(address.format(one), {"step": "2", "rule": "Order 7", "named": digest[:8]}).status_code == 302
        page = client.get(f"/evidence/{one}/").content.decode()
        assert custody.stands(one) == "destroyed" and "Order 7" in page and not images(client.get(f"/evidence/{one}/"))

    def test_sealed(self, tmp_path: Any) -> None:
        one, client = item(tmp_path), signed_in("reviewer")
        client.post(f"/evidence/{one}/seal/")
        page = client.get(f"/evidence/{one}/").content.decode()
        assert "Holds, time stamp pending" in page and "Sealed" in page

    def test_redacted_by_numbers_with_a_preview_that_writes_nothing(self, tmp_path: Any) -> None:
        one, client = item(tmp_path), signed_in("reviewer")
        boxes = {"box-0-x": "10", "box-0-y": "10,5", "box-0-w": "30", "box-0-h": "٤٠", "why-0": "face"}
        preview = client.post(f"/evidence/{one}/redact/", {**boxes, "act": "preview"})
        assert "e-solid" in preview.content.decode() and len(copies.of(OPERATOR, one)) == 2
        assert client.post(f"/evidence/{one}/redact/", {"act": "save"}).status_code == 400
        assert client.post(f"/evidence/{one}/redact/", {**boxes, "box-0-w": "x", "act": "save"}).status_code == 400
        assert client.post(f"/evidence/{one}/redact/", {**boxes, "act": "more"}).context["rows"][-1][1] == {"why": "face"}
        assert client.post(f"/evidence/{one}/redact/", {**boxes, "act": "save"}).status_code == 302
        made = copies.best(copies.of(OPERATOR, one), "redacted")
        assert made["derivation"]["boxes"] == [{"x": 0.1, "y": 0.105, "w": 0.3, "h": 0.4, "why": "face"}]


class TestCiting:
    def test_from_a_damage_with_a_region(self, tmp_path: Any) -> None:
        bridge, one = place(), item(tmp_path)
        made = dashed(
            bare(
                str(
                    record_assessment(
                        OPERATOR,
                        bridge,
                        {
                            "observed": "2024-05-01",
                            "method": "remote",
                            "condition": {"code": "poor"},
                            "damages": [{"key": "d1", "effect": {"code": "erosion"}}],
                            "status": "published",
                        },
                    )
                )
            )
        )
        client = signed_in("contributor")
        page = client.get(f"/places/{bridge}/").content.decode()
        assert f"/places/{bridge}/cite/?part={made}%7Cdamages%2Fd1" in page
        chosen = client.get(f"/places/{bridge}/cite/?part={made}|damages/d1&item={one}")
        assert [o["value"] for g in chosen.context["groups"] for o in g["options"] if o["on"]] == [f"{made}|damages/d1"]
        sent = {"item": one, "part": f"{made}|damages/d1", "x": "10", "y": "10", "w": "30", "h": "40", "note": "the pier"}
        assert client.post(f"/places/{bridge}/cite/", sent).status_code == 302
        assert citations.for_record(OPERATOR, made)[0]["locator"] == {"region": REGION}
        assert "nothing rests on it yet" not in client.get(f"/places/{bridge}/").content.decode()

    @pytest.mark.parametrize("wrong", [{"page": "3"}, {"x": "90", "y": "10", "w": "x", "h": "5"}, {"x": "10"}, {"part": "nonsense|x"}])
    def test_what_cannot_be_is_said_and_nothing_is_kept(self, tmp_path: Any, wrong: dict[str, str]) -> None:
        bridge, one = place(), item(tmp_path)
        answer = signed_in("contributor").post(f"/places/{bridge}/cite/", {"item": one, "part": f"{bridge}|", **wrong})
        assert answer.status_code == 400 and citations.for_record(OPERATOR, bridge) == []

    def test_withdrawn_by_who_made_it(self, tmp_path: Any) -> None:
        bridge, one = place(), item(tmp_path)
        mine, other = signed_in("contributor"), signed_in("contributor", "other")
        mine.post(f"/places/{bridge}/cite/", {"item": one, "part": f"{bridge}|"})
        number = citations.for_record(OPERATOR, bridge)[0]["id"]
        assert "Withdraw" not in other.get(f"/evidence/{one}/").content.decode()
        assert other.post(f"/evidence/citations/{number}/withdraw/").status_code == 400
        assert mine.post(f"/evidence/citations/{number}/withdraw/", {"next": "//evil.example/"}).url == "/evidence/"
        assert citations.for_record(OPERATOR, bridge) == []


class TestList:
    def test_facets_count_what_is_seen_and_chips_take_away(self, tmp_path: Any) -> None:
        bridge = place()
        item(tmp_path, places=[bridge])
        item(tmp_path, "restricted", 2, "b.jpg")
        item(tmp_path, name="note.txt", content=b"The gate was whole on Monday.\n")
        client = signed_in("contributor")
        page = client.get("/evidence/")
        counts = {facet["key"]: {o["label"]: o["count"] for o in facet["options"]} for facet in page.context["facets"]}
        assert counts["form"] == {"Photograph": 2, "Document": 1} and counts["place"] == {"Old Bridge": 1}
        assert client.get(f"/evidence/?place={bridge}&form=photograph").context["total"] == 1
        assert client.get("/evidence/?q=note").context["total"] == 1 and client.get("/evidence/?q=nowhere").context["total"] == 0
        assert Client().get("/evidence/").context["total"] == 2

    @pytest.mark.parametrize(
        "query", ["place=x", "form=<script>", "page=99999999999", "page=0", "q=%00", "handling=open&handling=open", "page=5"]
    )
    def test_any_question(self, tmp_path: Any, query: str) -> None:
        item(tmp_path)
        answer = Client().get(f"/evidence/?{query}")
        assert answer.status_code == 200 and b"<script>" not in answer.content.replace(b"</script>", b"").split(b"<main")[1]

    def test_empty(self) -> None:
        assert "Take in photographs" in signed_in("contributor").get("/evidence/").content.decode()
        assert "Nothing here is open to you" in Client().get("/evidence/").content.decode()


class TestBundles:
    def test_counted_then_made_then_fetched_by_who_made_it(self, tmp_path: Any) -> None:
        bridge = place()
        item(tmp_path, places=[bridge])
        item(tmp_path, "restricted", 2, "b.jpg", places=[bridge])
        client = signed_in("reviewer")
        assert client.post("/evidence/bundles/make/", {"place": bridge, "audience": "public"}).context["counted"]["items"] == 1
        asked = client.post("/evidence/bundles/make/", {"place": bridge, "audience": "whole", "purpose": "for the court"})
        assert asked.context["counted"]["items"] == 2
        made = client.post("/evidence/bundles/make/", {"place": bridge, "audience": "whole", "act": "make"}, follow=True)
        assert made.context["result"]["items"] == 2, made.context["problem"]
        fetched = client.get(made.context["href"])
        assert fetched["Content-Disposition"].startswith("attachment") and body(fetched)[:2] == b"PK"
        assert signed_in("reviewer", "other").get(made.context["href"]).status_code == 404

    def test_a_bundle_is_proven_and_taken_in_and_an_altered_one_is_not(self, tmp_path: Any, settings: Any) -> None:
        item(tmp_path)
        client = signed_in("manager")
        made = client.post("/evidence/bundles/make/", {"audience": "whole", "act": "make"}, follow=True)
        content, key = body(client.get(made.context["href"])), made.context["result"]["key"]
        again = client.post("/evidence/bundles/take-in/", {**files(("b.zip", content)), "key": key}, follow=True)
        assert again.context["state"] == "done", (again.context["problem"], again.context["refused"])
        at = content.index(b"Model 7")
        altered = content[:at] + b"Modem" + content[at + 5 :]
        other = client.post("/evidence/bundles/take-in/", {**files(("b.zip", altered)), "key": key}, follow=True)
        assert other.context["refused"] and str(settings.WORKSPACE.folder) not in other.content.decode() and left_over(settings) == []
        strange = client.post("/evidence/bundles/take-in/", {**files(("b.zip", content)), "key": "0" * 64}, follow=True)
        assert strange.context["refused"]

    def test_a_witness_who_has_not_agreed_is_told_beforehand(self, tmp_path: Any) -> None:
        one = item(tmp_path)
        pseudonym = witnesses.add(OPERATOR, "a long passphrase of many words", {"name": "Nadia Example"})
        witnesses.attach(OPERATOR, pseudonym, one)
        page = signed_in("reviewer").post("/evidence/bundles/make/", {"audience": "whole"})
        assert page.context["counted"]["refused_count"] == 1 and "Nadia" not in page.content.decode()
        client = signed_in("reviewer", "other")
        assert "has not agreed" in client.get(f"/evidence/{one}/original/").content.decode()
        body(client.post(f"/evidence/{one}/original/", {"purpose": "to read it"}))
        assert custody.chain(one)[-1].act == "viewed", "it is looked at, and does not count as handed on"

    def test_the_key_is_shown_with_its_fingerprint(self, tmp_path: Any) -> None:
        one, client = item(tmp_path), signed_in("reviewer")
        assert "made with the first seal" in client.get("/evidence/bundles/").content.decode()
        client.post(f"/evidence/{one}/seal/")
        page = client.get("/evidence/bundles/")
        assert page.context["key"]["key"] in page.content.decode() and page.context["waiting"] == 1
        assert client.get("/evidence/key.pem").content.startswith(b"-----BEGIN PUBLIC KEY-----")

    def test_a_bundle_without_a_key_is_not_looked_at(self, settings: Any) -> None:
        answer = signed_in("manager").post("/evidence/bundles/take-in/", {**files(("b.zip", b"PK")), "key": "short"})
        assert answer.status_code == 400 and "bundle-key" in answer.content.decode() and left_over(settings) == []

    def test_all_that_is_not_sealed_is_sealed(self, tmp_path: Any) -> None:
        item(tmp_path)
        client = signed_in("reviewer")
        client.post("/evidence/seals/new/")
        page = client.get("/evidence/bundles/")
        assert page.context["unsealed"] == 0 and page.context["seal_count"] == 1
        assert client.post("/evidence/seals/stamp/").status_code == 400, "no authority is chosen"


class TestWitnesses:
    PASS = "a long passphrase of many words"

    @pytest.fixture(autouse=True)
    def soon(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The real derivation takes seconds, by intent."""
        monkeypatch.setattr(passphrases, "seal", lambda content, phrase: phrase.encode() + b"|" + content)
        monkeypatch.setattr(passphrases, "unseal", _unsealed)

    def test_recorded_shown_and_erased(self, tmp_path: Any) -> None:
        client = signed_in("manager")
        made = client.post("/evidence/witnesses/", {"name": "Nadia Example", "contact": "by the baker", "passphrase": self.PASS})
        pseudonym = made.url.partition("#")[2]
        page = client.get("/evidence/witnesses/")
        assert pseudonym in page.content.decode() and "Nadia" not in page.content.decode() and "no-store" in page["Cache-Control"]
        wrong = client.post("/evidence/witnesses/show/", {"pseudonym": pseudonym, "passphrase": "another passphrase here"})
        assert wrong.status_code == 400 and "Nadia" not in wrong.content.decode() and "another passphrase" not in wrong.content.decode()
        shown = client.post("/evidence/witnesses/show/", {"pseudonym": pseudonym, "passphrase": self.PASS})
        assert (
            "Nadia Example" in shown.content.decode() and self.PASS not in shown.content.decode() and "no-store" in shown["Cache-Control"]
        )
        client.post("/evidence/witnesses/act/", {"act": "consent", "pseudonym": pseudonym, "scope": "hand-over"})
        client.post("/evidence/witnesses/act/", {"act": "withdraw", "pseudonym": pseudonym})
        assert "withdrawn" in client.get("/evidence/witnesses/").content.decode()
        assert client.post("/evidence/witnesses/act/", {"act": "erase", "pseudonym": pseudonym, "repeat": "x"}).status_code == 400
        client.post("/evidence/witnesses/act/", {"act": "erase", "pseudonym": pseudonym, "repeat": pseudonym, "reason": "asked"})
        assert client.post("/evidence/witnesses/show/", {"pseudonym": pseudonym, "passphrase": self.PASS}).status_code == 400

    def test_a_mistake_gives_back_neither_the_passphrase_nor_anything_in_the_address(self) -> None:
        client = signed_in("manager")
        answer = client.post("/evidence/witnesses/", {"name": "", "passphrase": self.PASS})
        assert answer.status_code == 400 and self.PASS not in answer.content.decode()
        assert client.get("/evidence/witnesses/show/").status_code == 405
