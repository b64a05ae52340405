"""The forms as a browser without script sends them: what is typed becomes a record, what is wrong comes back to its field."""

from __future__ import annotations

import re
from typing import Any

import pytest
from support.acting import PASSWORD, account, signed_in

from tutela.assessment.queries import series
from tutela.inventory import queries
from tutela.inventory.actions import correct_field, record_place
from tutela.inventory.queries_editing import editable
from tutela.inventory.queries_shortlists import shortlists
from tutela.people.rules import OPERATOR, PUBLIC

pytestmark = pytest.mark.django_db(databases="__all__")
SQUARE = {"type": "Polygon", "coordinates": [[[44.1, 33.6], [44.2, 33.6], [44.2, 33.7], [44.1, 33.6]]]}
PLACE: dict[str, Any] = {
    "names": [
        {"text": "Ur", "lang": "en", "script": "Latn", "kind": "toponym", "source": "s1"},
        {"text": "أور", "lang": "ar", "script": "Arab"},
    ],
    "types": [{"code": "caravanserai", "original": "Caravanserai/Khan", "certainty": "high"}, {"original": "Something of theirs"}],
    "dating": [{"edtf": "1501/1722", "period": "Safavid", "original": "AH 907-1135", "code": "islamic-iran"}],
    "geometries": [
        {"geojson": {"type": "Point", "coordinates": [44.123456, 33.654321]}, "role": "centre", "extent_certainty": "high"},
        {"geojson": SQUARE, "role": "footprint", "source": "s1"},
    ],
    "country": "IQ",
    "characteristics": [{"kind": "material", "value": "Baked Brick"}],
    "functions": [{"code": "defensive"}],
    "identifiers": [{"scheme": "local", "value": "7"}],
    "protections": [{"instrument": "national-list", "from": "1990", "reference": "12"}],
    "descriptions": [{"kind": "general", "text": "First line.\nSecond line.", "lang": "en"}],
    "sources": [{"key": "s1", "title": "A survey", "rows": [3]}],
}


def fields(html: str) -> dict[str, Any]:
    """What a browser would send of the page's main form as it stands."""
    from html.parser import HTMLParser

    sent: dict[str, Any] = {}

    class Reader(HTMLParser):
        inside = template = 0
        select = area = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            a = dict(attrs)
            if tag == "form":
                self.inside += "t-form" in (a.get("class") or "")
            if tag == "template":
                self.template += 1
            if not self.inside or self.template:
                return
            name, kind = a.get("name", ""), a.get("type", "text")
            if tag == "input" and name and (kind not in ("checkbox", "radio", "submit") or "checked" in a):
                sent.setdefault(name, []).append(a.get("value") or ("on" if kind in ("checkbox", "radio") else ""))
            elif tag == "select":
                self.select = name
                sent.setdefault(name, [""])
            elif tag == "option" and self.select and "selected" in a:
                sent[self.select] = [a.get("value", "")]
            elif tag == "textarea":
                self.area = name
                sent[name] = [""]

        def handle_data(self, data: str) -> None:
            if self.area:
                sent[self.area][0] += data

        def handle_endtag(self, tag: str) -> None:
            if tag == "template":
                self.template -= 1
            elif tag == "form":
                self.inside = 0
            elif tag == "select":
                self.select = ""
            elif tag == "textarea" and self.area:
                sent[self.area][0] = sent[self.area][0].removeprefix("\n").replace("\n", "\r\n")
                self.area = ""

    Reader().feed(html)
    sent.pop("csrfmiddlewaretoken", None)
    return sent


def text(response: Any) -> str:
    return response.content.decode()


def made_id(response: Any) -> str:
    assert response.status_code == 302, re.findall(r'class="t-error".*?</p>', text(response), re.S)
    return response["Location"].rstrip("/").split("/")[-1]


def held(uuid: str) -> dict[str, Any]:
    return editable(OPERATOR, uuid).document


# ---- recording ----------------------------------------------------------------------------------------------------------------------


def test_a_place_is_recorded_with_what_was_typed_in_any_notation() -> None:
    client = signed_in("contributor")
    typed = {
        **fields(text(client.get("/places/new/"))),
        "names-0-text": "حَلَب",
        "names-0-lang": "ar",
        "types-0-code": "caravanserai",
        "country": "SY",
        "lat": "36°12'N 37°10'E",
        "precision_m": "30",
        "dating-0-of": "",
        "dating-0-when": "AH 907-1135",
        "names-0-source": "Survey 1",
        "significance-0-of": "",
        "significance-0-criterion": "historic",
        "significance-0-text": "Old.",
    }
    uuid = made_id(client.post("/places/new/", typed))
    d = held(uuid)
    assert d["names"] == [{"text": "حَلَب", "lang": "ar", "script": "Arab", "source": "s1"}]
    assert d["geometries"] == [{"role": "centre", "geojson": {"type": "Point", "coordinates": [37.1666667, 36.2]}, "precision_m": 30.0}]
    assert d["dating"] == [{"edtf": "1501/1723", "original": "AH 907-1135"}]
    assert d["sources"] == [{"key": "s1", "title": "Survey 1"}]
    assert (d["country"], d["types"], d["significance"]) == ("SY", [{"code": "caravanserai"}], [{"criterion": "historic", "text": "Old."}])


def test_what_cannot_be_read_comes_back_to_its_field_with_code_and_all_that_was_typed() -> None:
    client = signed_in("contributor")
    typed = {
        "names-0-of": "",
        "names-0-text": "Ur <b>",
        "lat": "95",
        "lon": "200",
        "dating-0-of": "",
        "dating-0-when": "31 February",
        "names-0-lang": "no tag",
    }
    answer = client.post("/places/new/", typed)
    html = text(answer)
    assert answer.status_code == 400
    for name, code in (("id_lat", "coordinate-out-of-range"), ("id_dating-0-when", "date-")):
        error = re.search(rf'id="{name}-error">(.*?)</p>', html, re.S)
        assert error and code in error[1]
        assert f'href="#{name}"' in html
    assert 'value="Ur &lt;b&gt;"' in html and "Ur <b>" not in html and 'value="31 February"' in html
    answer = client.post("/places/new/", {"names-0-of": "", "names-0-text": "Ur", "names-0-lang": "no tag"})
    assert "language-tag" in text(answer) and queries.count(OPERATOR, "").total == 0


def test_rows_are_added_and_taken_away_without_script_and_nothing_typed_is_lost() -> None:
    client = signed_in("contributor")
    typed = {"names-0-of": "", "names-0-text": "Ur", "names-1-of": "", "names-1-text": "Tell"}
    more = fields(text(client.post("/places/new/", {**typed, "add": "names"})))
    assert (more["names-0-text"], more["names-1-text"], more["names-2-text"]) == (["Ur"], ["Tell"], [""])
    less = fields(text(client.post("/places/new/", {**typed, "drop": "names-0"})))
    assert "names-0-text" not in less and less["names-1-text"] == ["Tell"]
    assert queries.count(OPERATOR, "").total == 0


def test_a_place_may_be_located_only_by_name() -> None:
    client = signed_in("contributor")
    both = client.post("/places/new/", {"names-0-of": "", "names-0-text": "Ur", "name_only": "on", "lat": "36", "lon": "37"})
    assert both.status_code == 400
    uuid = made_id(client.post("/places/new/", {"names-0-of": "", "names-0-text": "Ur", "name_only": "on"}))
    assert "geometries" not in held(uuid)


def test_part_of_is_found_by_name_and_asked_for_where_several_answer() -> None:
    client = signed_in("contributor")
    whole = record_place(OPERATOR, {"names": [{"text": "Great Mosque"}]})
    assert held(made_id(client.post("/places/new/", {"names-0-of": "", "names-0-text": "Minaret", "part_of": "great mosque"})))[
        "part_of"
    ] == whole.replace("-", "")
    other = record_place(OPERATOR, {"names": [{"text": "Great Mosque"}]})
    asked = client.post("/places/new/", {"names-0-of": "", "names-0-text": "Gate", "part_of": "Great Mosque"})
    assert asked.status_code == 400 and text(asked).count('name="part_of_choice"') == 2
    chosen = {"names-0-of": "", "names-0-text": "Gate", "part_of": "Great Mosque", "part_of_choice": other}
    assert held(made_id(client.post("/places/new/", chosen)))["part_of"] == other.replace("-", "")
    assert client.post("/places/new/", {"names-0-of": "", "names-0-text": "x", "part_of": "nowhere at all"}).status_code == 400


# ---- correcting -----------------------------------------------------------------------------------------------------------------------


def test_saving_a_form_in_which_nothing_was_touched_changes_nothing() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    line = editable(OPERATOR, uuid).line
    page = f"/places/{uuid}/correct/"
    assert client.post(page, fields(text(client.get(page)))).status_code == 302
    assert held(uuid) == PLACE and editable(OPERATOR, uuid).line == line


def test_a_correction_changes_what_was_touched_and_keeps_the_rest() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/correct/"
    typed = {**fields(text(client.get(page))), "names-0-text": "Ur of the Chaldees", "lat": "33.7", "why": "seen on the map"}
    del typed["protections-0-of"]
    assert client.post(page, typed).status_code == 302
    d = held(uuid)
    assert d["names"][0] == {**PLACE["names"][0], "text": "Ur of the Chaldees"} and d["names"][1] == PLACE["names"][1]
    assert d["geometries"] == [
        {**PLACE["geometries"][0], "geojson": {"type": "Point", "coordinates": [44.123456, 33.7]}},
        PLACE["geometries"][1],
    ]
    assert "protections" not in d
    assert {k: v for k, v in d.items() if k not in ("names", "geometries")} == {
        k: v for k, v in PLACE.items() if k not in ("names", "geometries", "protections")
    }


def test_a_shape_is_kept_unless_its_tick_is_taken_away() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/correct/"
    typed = fields(text(client.get(page)))
    assert typed["keep"] == ["1"]
    client.post(page, {**typed, "keep": []})
    assert held(uuid)["geometries"] == PLACE["geometries"][:1]


def test_what_somebody_changed_meanwhile_is_shown_beside_what_was_typed_and_neither_is_lost() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/correct/"
    typed = {**fields(text(client.get(page))), "address": "what I typed"}
    correct_field(OPERATOR, uuid, "address", "what they wrote")
    correct_field(OPERATOR, uuid, "category", "immovable-monument")
    answer = client.post(page, typed)
    html = text(answer)
    assert answer.status_code == 409 and "changed-meanwhile" in html and "what they wrote" in html
    again = fields(html)
    assert again["address"] == ["what I typed"]
    assert held(uuid)["address"] == "what they wrote"
    assert client.post(page, again).status_code == 302
    assert (held(uuid)["address"], held(uuid)["category"]) == ("what I typed", "immovable-monument")


def test_a_third_change_in_between_is_told_again() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/correct/"
    typed = {**fields(text(client.get(page))), "address": "mine"}
    correct_field(OPERATOR, uuid, "address", "theirs")
    again = fields(text(client.post(page, typed)))
    correct_field(OPERATOR, uuid, "address", "theirs again")
    assert client.post(page, again).status_code == 409 and held(uuid)["address"] == "theirs again"


def test_after_a_correction_the_page_offers_to_take_it_back() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/correct/"
    shown = text(client.post(page, {**fields(text(client.get(page))), "address": "wrong"}, follow=True))
    back = re.search(r'action="(/changes/\d+/take-back/)"', shown)
    assert back and held(uuid)["address"] == "wrong"
    after = client.post(back[1], {"next": f"/places/{uuid}/"})
    assert after["Location"] == f"/places/{uuid}/" and "address" not in held(uuid)
    assert client.post(back[1], {"next": "https://elsewhere.example/"}).status_code == 400  # taken back already


@pytest.mark.parametrize("page", ["correct", "handling", "assess", "delete"])
def test_the_public_is_asked_to_sign_in(page: str) -> None:
    from django.test import Client

    uuid = record_place(OPERATOR, PLACE)
    assert Client().get(f"/places/{uuid}/{page}/")["Location"].startswith("/sign-in/?next=")
    assert Client().post(f"/places/{uuid}/{page}/", {"why": "x", "outcome": "finding", "mark": "open"}).status_code == 403
    assert held(uuid) == PLACE


@pytest.mark.parametrize(("page", "role"), [("handling", "contributor"), ("delete", "reviewer")])
def test_who_may_not_gets_no_form(page: str, role: str) -> None:
    uuid = record_place(OPERATOR, PLACE)
    client = signed_in(role)
    assert client.get(f"/places/{uuid}/{page}/").status_code == 403
    assert f"/places/{uuid}/{page}/" not in text(client.get(f"/places/{uuid}/correct/"))


# ---- handling, deleting ------------------------------------------------------------------------------------------------------------------


def test_the_handling_page_says_before_saving_what_each_audience_will_see() -> None:
    client, uuid = signed_in("reviewer"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/handling/"
    preview = text(client.post(page, {"mark": "confidential", "precision": "", "check": "1"}))
    assert preview.count("nothing: no name, no count") == 2 and "you yourself will no longer see" in preview
    assert held(uuid) == PLACE
    cell = text(client.post(page, {"mark": "restricted", "precision": "0.1", "check": "1"}))
    assert cell.count("the centre of a cell of 0.1°: 33.65, 44.15") == 2
    assert client.post(page, {"mark": "restricted", "precision": "0.1", "reason": "looting"}).status_code == 302
    assert held(uuid)["handling"] == {"mark": "restricted", "precision": "0.1", "reason": "looting"}
    assert client.post(page, {"mark": "secret"}).status_code == 400


def test_deleting_needs_a_reason_and_can_be_taken_back() -> None:
    client, uuid = signed_in("manager"), record_place(OPERATOR, PLACE)
    assert client.post(f"/places/{uuid}/delete/", {"why": " "}).status_code == 400 and held(uuid)
    shown = text(client.post(f"/places/{uuid}/delete/", {"why": "entered twice"}, follow=True))
    assert queries.count(OPERATOR, "").total == 0
    back = re.search(r'action="(/changes/\d+/take-back/)"', shown)
    assert back
    client.post(back[1])
    assert held(uuid) == PLACE


# ---- assessing --------------------------------------------------


def test_an_assessment_is_recorded_with_damages_threats_and_advice() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/assess/"
    typed = {
        **fields(text(client.get(page))),
        "observed": "October 2024",
        "recorded": "2024-11-02",
        "method": "field",
        "condition": "poor",
        "percent": "45",
        "damages-0-of": "",
        "damages-0-cause": "water-wind",
        "damages-0-cause_certainty": "high",
        "damages-0-effect": "erosion",
        "damages-0-event_before": "2024-10-01",
        "threats-0-of": "",
        "threats-0-cause": "water-wind",
        "threats-0-probability": "possible",
        "recommendations-0-of": "",
        "recommendations-0-action": "maintenance",
        "recommendations-0-priority": "urgent",
        "note": "Roof open.",
    }
    assert client.post(page, typed).status_code == 302
    (found,) = series(OPERATOR, uuid)
    assert found["observed"] == "2024-10" and found["extent"] == {"code": "31-60", "value": 45.0}
    assert found["damages"] == [
        {
            "key": "d1",
            "cause": {"code": "water-wind", "certainty": "high", "category": "natural"},
            "effect": {"code": "erosion"},
            "event": {"before": "2024-10-01"},
        }
    ]
    assert found["threats"] == [{"cause": "water-wind", "probability": "possible", "category": "natural"}]
    assert found["recommendations"] == [{"action": "maintenance", "priority": {"code": "urgent"}}]


def test_not_visited_with_a_condition_is_refused_at_the_field() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    page = f"/places/{uuid}/assess/"
    answer = client.post(
        page, {"outcome": "not-visited", "condition": "poor", "observed": "2024", "damages-0-of": "", "damages-0-note": "only a note"}
    )
    assert answer.status_code == 400
    assert "condition-without-finding" in (re.search(r'id="id_condition-error">(.*?)</p>', text(answer), re.S) or [""])[0]
    assert "damage-empty" in (re.search(r'id="id_damages-0-cause-error">(.*?)</p>', text(answer), re.S) or [""])[0]
    assert client.post(page, {"outcome": "not-visited", "observed": "2024"}).status_code == 302
    assert [a["outcome"] for a in series(OPERATOR, uuid)] == ["not-visited"]


def test_percent_and_band_must_agree() -> None:
    client, uuid = signed_in("contributor"), record_place(OPERATOR, PLACE)
    assert "id_percent-error" in text(
        client.post(f"/places/{uuid}/assess/", {"outcome": "finding", "condition": "poor", "extent": "1-10", "percent": "45"})
    )


# ---- shortlists --------------------------------------------------


def test_from_a_search_to_a_signed_list_that_the_public_can_download() -> None:
    from django.test import Client

    for name in ("Khan one", "Khan two", "Bridge"):
        record_place(OPERATOR, {"names": [{"text": name}]})
    reviewer = signed_in("reviewer")
    assert "2 places" in text(reviewer.get("/shortlists/new/?q=khan"))
    edit = reviewer.post("/shortlists/new/", {"title": "=The best", "q": "khan", "take": "all"})["Location"]
    at = edit.removesuffix("edit/")
    missing = reviewer.post(f"{at}freeze/")
    assert missing.status_code == 400 and "shortlist-unreasoned" in text(missing)
    typed = fields(text(reviewer.get(edit)))
    typed |= {name: "the oldest" for name in typed if name.startswith("reason-")}
    typed |= {"purpose": "Moved first", "criteria": "age\r\nrarity", "chosen_by": "The council", "dated": "12 March 2026"}
    assert reviewer.post(edit, typed).status_code == 302
    assert reviewer.post(f"{at}freeze/").status_code == 302
    assert Client().get(at).status_code == 404 and Client().get("/shortlists/").status_code == 200
    account("manager", password=True)
    manager = signed_in("manager")
    account("manager", password=True)
    manager.login(username="manager", password=PASSWORD)
    digest = fields(text(manager.get(f"{at}sign/")))["digest"][0]
    assert manager.post(f"{at}sign/", {"office": "Director", "password": "wrong", "digest": digest}).status_code == 400
    assert manager.post(f"{at}sign/", {"office": "Director", "password": PASSWORD, "digest": digest}).status_code == 302
    public = text(Client().get(at))
    assert "Khan one" in public and "A manager" in public and digest in public
    rows = Client().get(f"{at}download.csv").content.decode("utf-8-sig").splitlines()
    assert rows[0].startswith("place,name,names") and len([r for r in rows if "the oldest" in r]) == 2
    assert Client().get(f"{at}download.json").json()["shortlist"]["frozen"]["digest"] == digest
    assert Client().get(f"{at}map.json").json()["without"] == 2
    second = reviewer.post(f"{at}version/")["Location"]
    typed = fields(text(reviewer.get(second)))
    typed |= {name.replace("reason", "off"): "on" for name in typed if name.startswith("reason-") and "one" in public}
    reviewer.post(second, typed)
    compare = text(reviewer.get(second.replace("edit/", "compare/")))
    assert "Khan one" in compare and "Khan two" in compare
    assert [(r.version, r.state) for r in shortlists(OPERATOR)] == [(2, "draft"), (1, "signed")] and len(shortlists(PUBLIC)) == 1


def test_places_are_added_from_a_search() -> None:
    a, b = (record_place(OPERATOR, {"names": [{"text": name}]}) for name in ("Khan one", "Khan two"))
    client = signed_in("reviewer")
    at = client.post("/shortlists/new/", {"title": "x"})["Location"]
    assert text(client.get(f"{at}?q=khan")).count('name="place"') == 2
    client.post(at, {"q": "khan", "place": [a]})
    client.post(at, {"q": "khan", "all": "1"})
    assert shortlists(OPERATOR)[0].places == 2 and b


def test_how_a_date_or_position_is_read_is_told_while_typing() -> None:
    client = signed_in("contributor")
    assert client.get("/places/reads.json", {"kind": "date", "text": "12th century"}).json() == {"read": "Read as 1101/1200"}
    assert client.get("/places/reads.json", {"kind": "position", "text": "35.5", "more": "44"}).json() == {
        "read": "Read as 35.500000, 44.000000"
    }
    wrong = client.get("/places/reads.json", {"kind": "date", "text": "<script>"}).json()["wrong"]
    assert "cannot be read" in wrong
