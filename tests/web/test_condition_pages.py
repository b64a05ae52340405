"""The pages of condition: who sees and does what, two times, review, consensus, and lists whose numbers open their records."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from web.pictures import photograph
from web.rooms import HASHERS, signed_in

from tutela.assessment import actions_review, queries
from tutela.assessment.actions import record_assessment
from tutela.assessment.actions_consensus import record_consensus
from tutela.evidence import citations, copies, intake
from tutela.inventory.actions import record_place
from tutela.people.rules import OPERATOR, ROLES, Actor

pytestmark = pytest.mark.django_db(databases="__all__")
ANNA = Actor("a" * 32, "contributor", "Anna")
BORIS = Actor("b" * 32, "contributor", "Boris")
REVIEWER = Actor("e" * 32, "reviewer", "Rhea")
MARA = Actor("c" * 32, "manager", "Mara")
FOUND = {"observed": "2024-05-01", "recorded": "2024-05-02", "method": "field", "condition": {"code": "poor"}}
COLLAPSE = {"key": "d1", "cause": {"code": "water-wind"}, "effect": {"code": "collapse"}, "event": {"before": "2024-05-01"}}


@pytest.fixture(autouse=True)
def quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = HASHERS


def place(name: str = "Old Bridge", mark: str = "open", **more: Any) -> str:
    document: dict[str, Any] = {"names": [{"text": name, "lang": "en"}], "types": [{"code": "bridge"}], "country": "GE", **more}
    if mark != "open":
        document["handling"] = {"mark": mark, "precision": "0.1", "reason": "a test"}
    return record_place(OPERATOR, document)


def published(uuid: str, by: Actor = ANNA, **more: Any) -> str:
    """An assessment that is published: recorded by one, reviewed by another."""
    made = record_assessment(by, uuid, {**FOUND, **more})
    actions_review.review_(OPERATOR, made)
    actions_review.publish(OPERATOR, made)
    return made


@pytest.fixture(autouse=True)
def several_people(quick: None) -> None:
    """Nobody works alone."""
    from tutela.people.actions import add_user

    for name in ("one", "two"):
        add_user(OPERATOR, name, "correct horse battery", "contributor", name)


def text(answer: Any) -> str:
    return answer.content.decode()


# ---- who sees what --------------------------------------------------


@pytest.mark.parametrize("role", ROLES)
def test_every_page_opens_for_every_role_or_is_refused_by_its_right(role: str) -> None:
    uuid = place()
    one = published(uuid, damages=[COLLAPSE])
    client = Client() if role == "public" else signed_in(role)
    for address in (
        "/condition/",
        "/condition/disagreements/",
        "/condition/damaged/",
        "/condition/damaged/places/?block=type&code=bridge&measure=documented",
        "/condition/triage/",
        "/condition/triage/map.json",
        "/condition/triage/order.csv",
        "/condition/timeline/",
        f"/assessments/{one}/",
        "/condition/timeline/findings/?month=2024-05",
        f"/places/{uuid}/",
        f"/places/{uuid}/pictures/",
    ):
        assert client.get(address).status_code == 200, address
    records, reviews = role != "public", role in ("reviewer", "manager", "administrator")
    assert (client.get(f"/places/{uuid}/assess/").status_code == 200) is records
    assert (client.get(f"/assessments/{one}/edit/").status_code == 200) is records
    assert (client.get(f"/places/{uuid}/consensus/").status_code == 200) is reviews


def test_the_public_sees_neither_drafts_nor_how_many_there_are() -> None:
    uuid = place()
    published(uuid)
    hidden = [
        record_assessment(ANNA, uuid, {**FOUND, "condition": {"code": "destroyed"}, "note": "Nowhere to be read", "status": status})
        for status in ("draft", "submitted")
    ]
    public, anna = Client(), signed_in("contributor")
    for one in hidden:
        assert public.get(f"/assessments/{one}/").status_code == 404
        assert anna.get(f"/assessments/{one}/").status_code == 200
        assert public.post(f"/assessments/{one}/act/", {"act": "publish"}).status_code == 404
    pages = [
        text(public.get(a))
        for a in (f"/places/{uuid}/", "/condition/", "/condition/timeline/", "/condition/damaged/", "/condition/triage/")
    ]
    for page in pages:
        assert "Nowhere to be read" not in page and "not reviewed yet" not in page and not any(one in page for one in hidden)
    assert "Waiting for a review" not in pages[1] and "My drafts" not in pages[1]
    assert "2 not reviewed yet" in text(anna.get(f"/places/{uuid}/"))
    assert text(public.get("/condition/timeline/findings/?month=2024-05")).count("/assessments/") == 1


def test_hidden_places_are_never_listed_and_lead_nowhere() -> None:
    uuid = place("Secret Cave", "confidential")
    one = published(uuid, MARA, damages=[COLLAPSE], note="Under the waterfall")
    other = record_assessment(MARA, uuid, {**FOUND, "condition": {"code": "good"}})
    for client in (Client(), signed_in("contributor")):
        for address in (
            "/condition/",
            "/condition/disagreements/",
            "/condition/damaged/",
            "/condition/triage/",
            "/condition/triage/map.json",
            "/condition/triage/order.csv",
            "/condition/timeline/",
            "/condition/timeline/findings/?month=2024-05",
            "/condition/damaged/damaged-places.json",
            "/condition/damaged/places/?measure=documented",
        ):
            answer = client.get(address)
            assert answer.status_code == 200
            for leak in ("Secret Cave", "waterfall", uuid, one, other):
                assert leak not in text(answer), (address, leak)
        for address in (f"/assessments/{one}/", f"/places/{uuid}/pictures/", f"/assessments/{other}/"):
            assert client.get(address).status_code == 404
    assert "Secret Cave" in text(signed_in("manager").get("/condition/damaged/"))


def test_without_the_details_of_a_place_no_free_word_is_shown_and_parts_are_numbers() -> None:
    uuid = place("Old Bridge", "restricted")
    arch = {"key": "mill-arch", "kind": "vault", "label": "Arch by the mill", "condition": {"code": "poor"}}
    one = published(uuid, note="By the old mill", elements=[arch])
    answer = Client().get(f"/places/{uuid}/")
    page = text(answer) + text(Client().get(f"/assessments/{one}/"))
    assert "Poor" in page and "mill" not in page
    assert [part["name"] for part in answer.context["cond"]["elements"]] == ["Part 1"]
    assert [part["name"] for part in signed_in("manager").get(f"/places/{uuid}/").context["cond"]["elements"]] == ["Arch by the mill"]


# ---- the state at two times --------------------------------------------------


def test_the_place_shows_its_state_on_a_day_and_why() -> None:
    uuid = place()
    published(uuid, observed="2020-05-01", recorded="2020-05-02", condition={"code": "good"})
    last = published(uuid)
    client = Client()
    now = client.get(f"/places/{uuid}/").context["cond"]["state"]
    assert now["words"] == "Poor" and now["href"] == f"/assessments/{last}/" and now["reason"] == "Found poor, 2024-05-01."
    then = client.get(f"/places/{uuid}/?as_of=2021").context["cond"]
    assert then["state"]["words"] == "Good" and then["trend"]["code"] == "unknown"
    before = client.get(f"/places/{uuid}/?known_at=2001-01-01").context["cond"]
    assert before["state"]["none"] and before["lines"] == []
    since = client.get(f"/places/{uuid}/?since=2021").context["cond"]["between"]
    assert since["newly"]["code"] == "yes" and since["trend"]["code"] == "worse"


@pytest.mark.parametrize("asked", ["as_of=nonsense", "known_at=yesterday", "since=x"])
def test_a_day_that_cannot_be_read_is_told_and_the_page_still_opens(asked: str) -> None:
    uuid = place()
    published(uuid)
    answer = Client().get(f"/places/{uuid}/?{asked}")
    assert answer.status_code == 200 and answer.context["cond"]["problem"].code
    assert answer.context["cond"]["state"]["words"] == "Poor"


# ---- recording --------------------------------------------------


def test_the_method_decides_what_is_asked_and_the_original_value_is_kept() -> None:
    client, uuid = signed_in("contributor"), place()
    page = f"/places/{uuid}/assess/"
    assert 'name="condition"' in text(client.get(page)) and 'id="damages"' in text(client.get(page))
    unosat = text(client.post(page, {"use": "unosat", "form": "rapid", "outcome": "finding", "observed": "2024-05-01", "note": "kept"}))
    assert 'name="imagery"' in unosat and 'name="condition"' not in unosat and 'id="threats"' not in unosat
    assert "2024-05-01" in unosat and "kept" in unosat, "what was typed stays when the method is changed"
    typed = {
        "form": "unosat",
        "outcome": "finding",
        "observed": "2024-05-01",
        "method": "remote",
        "imagery": "2024-05-01, 2023-01-07",
        "degree": "unosat-2014|severely damaged",
    }
    assert client.post(page, typed).status_code == 302
    (made,) = queries.series(OPERATOR, uuid)
    assert made["degree"] == {"scale": "unosat-2014", "original": "severely damaged", "code": "severe"}
    assert made["condition"]["code"] == "very-bad" and made["imagery"] == ["2024-05-01", "2023-01-07"] and made["status"] == "submitted"
    shown = text(client.get(f"/assessments/{made['id']}/"))
    assert "severely damaged" in shown and "unosat-2014" in shown and "Very bad" in shown


def test_what_the_method_must_say_is_asked_for_at_its_field() -> None:
    client, uuid = signed_in("contributor"), place()
    answer = client.post(f"/places/{uuid}/assess/", {"form": "ems-98", "outcome": "finding", "observed": "2024-05-01", "method": "field"})
    assert answer.status_code == 400 and re.search(r'id="id_degree-error">.*form-lacks', text(answer), re.S)


def test_parts_misuse_and_threats_are_recorded_as_a_draft_and_corrected_without_loss() -> None:
    client, uuid = signed_in("contributor"), place()
    typed = {
        "form": "rapid",
        "status": "draft",
        "outcome": "finding",
        "observed": "2024-05-01",
        "method": "field",
        "condition": "eamena-condition|Poor",
        "elements-0-of": "",
        "elements-0-kind": "dome",
        "elements-0-condition": "destroyed",
        "elements-1-of": "",
        "elements-1-kind": "dome",
        "elements-1-label": "North dome",
        "elements-1-condition": "poor",
        "damages-0-of": "",
        "damages-0-effect": "collapse",
        "damages-0-cause": "water-wind",
        "damages-0-element": "dome",
        "damages-0-extent": "1-10",
        "misuses-0-of": "",
        "misuses-0-use": next(iter(__import__("tutela.vocabulary", fromlist=["load"]).load("misuses").terms)),
        "threats-0-of": "",
        "threats-0-cause": "water-wind",
        "threats-0-probability": "probable",
        "threats-0-severity": "total",
        "urgency": "urgent",
    }
    answer = client.post(f"/places/{uuid}/assess/", typed)
    assert answer.status_code == 302, text(answer)
    (made,) = queries.series(OPERATOR, uuid)
    assert made["status"] == "draft" and [e["key"] for e in made["elements"]] == ["dome", "north-dome"]
    assert made["condition"] == {"scale": "eamena-condition", "original": "Poor", "code": "poor"} and made["urgency"] == {"code": "urgent"}
    assert made["damages"][0]["extent"] == {"code": "1-10"} and made["misuses"][0]["key"] == "m1"
    page = text(client.get(f"/assessments/{made['id']}/"))
    assert "risk extreme" in page and "North dome" in page and "Submit for review" in page
    edit = f"/assessments/{made['id']}/edit/"
    from web.test_forms import fields

    sent = {key: value for key, value in fields(text(client.get(edit))).items() if key not in ("use", "add", "drop", "check")}
    assert client.post(edit, {**sent, "note": "And the roof."}).status_code == 302
    (after,) = queries.series(OPERATOR, uuid)
    assert after == {**made, "note": "And the roof."}, "nothing but the note has changed"


def test_the_risk_that_follows_is_told_without_script() -> None:
    client, uuid = signed_in("contributor"), place()
    sent = {
        "form": "rapid",
        "check": "1",
        "outcome": "finding",
        "threats-0-of": "",
        "threats-0-cause": "water-wind",
        "threats-0-probability": "possible",
        "threats-0-severity": "total",
    }
    assert "Risk that follows: High" in text(client.post(f"/places/{uuid}/assess/", sent))


# ---- review --------------------------------------------------


def test_from_draft_to_published_each_step_by_who_may() -> None:
    uuid = place()
    author, reviewer = signed_in("contributor", "anna"), signed_in("reviewer", "rhea")
    author.post(
        f"/places/{uuid}/assess/",
        {"form": "rapid", "status": "draft", "outcome": "finding", "observed": "2024-05-01", "method": "field", "condition": "poor"},
    )
    (one,) = queries.series(OPERATOR, uuid)
    page = f"/assessments/{one['id']}/"

    def offered(client: Client) -> list[str]:
        return [act["act"] for act in client.get(page).context["acts"]]

    assert (
        offered(author) == ["submit"] and "My drafts" in text(author.get("/condition/")) and "Old Bridge" in text(author.get("/condition/"))
    )
    assert author.post(page + "act/", {"act": "submit"}).status_code == 302
    assert offered(author) == [] and offered(reviewer) == ["review", "return"]
    assert author.post(page + "act/", {"act": "review"}).status_code in (403, 409)
    assert "Old Bridge" in text(reviewer.get("/condition/"))
    assert reviewer.post(page + "act/", {"act": "review"}).status_code == 302 and offered(reviewer) == ["publish", "return"]
    assert Client().get(page).status_code == 200
    reviewer.post(page + "act/", {"act": "publish"})
    assert queries.one(OPERATOR, one["id"])["status"] == "published"
    stale = reviewer.post(page + "act/", {"act": "return", "line": "1"})
    assert stale.status_code == 409, "somebody else changed it since this page was opened"


def test_a_reviewer_does_not_review_what_they_wrote_and_is_told_so() -> None:
    uuid, reviewer = place(), signed_in("reviewer")
    reviewer.post(f"/places/{uuid}/assess/", {"form": "", "outcome": "finding", "condition": "poor"})
    (one,) = queries.series(OPERATOR, uuid)
    answer = reviewer.get(f"/assessments/{one['id']}/")
    assert [a["act"] for a in answer.context["acts"]] == ["return"] and "another reviewer takes the next step" in text(answer)
    assert reviewer.post(f"/assessments/{one['id']}/act/", {"act": "review"}).status_code == 409


def test_comments_and_proposals_are_for_those_who_work_here() -> None:
    uuid = place()
    one = published(uuid)
    client, reviewer = signed_in("contributor", "cora"), signed_in("reviewer")
    page = f"/assessments/{one}/"
    assert client.post(page + "comment/", {"text": "Look at the roof again"}).status_code == 302
    assert Client().post(page + "comment/", {"text": "x"}).status_code in (403, 400)
    assert "roof again" in text(client.get(page)) and "roof again" not in text(Client().get(page))
    from web.test_forms import fields

    sent = fields(text(client.get(page + "edit/")))
    answer = client.post(page + "edit/", {**sent, "condition": "very-bad", "why": "The vault fell"})
    assert answer.status_code == 302 and queries.one(OPERATOR, one)["condition"]["code"] == "poor"
    shown = reviewer.get(page)
    (proposal,) = [c for c in shown.context["comments"] if c.get("open")]
    assert proposal["may_accept"] and "Very bad" in text(shown)
    assert reviewer.post(f"{page}proposals/{proposal['id']}/", {"act": "accept"}).status_code == 302
    assert queries.one(OPERATOR, one)["condition"]["code"] == "very-bad"


# ---- disagreement and consensus --------------------------------------------------


def two_that_differ(uuid: str) -> tuple[str, str]:
    first = published(uuid)
    second = record_assessment(
        BORIS, uuid, {**FOUND, "observed": "2024-05-02", "recorded": "2024-05-03", "condition": {"code": "very-bad"}}
    )
    actions_review.review_(REVIEWER, second)
    return first, second


def test_a_disagreement_is_shown_side_by_side_until_a_consensus_and_both_stay() -> None:
    uuid = place()
    first, second = two_that_differ(uuid)
    reviewer = signed_in("reviewer", "other")
    page = reviewer.get(f"/places/{uuid}/")
    assert [one["id"] for one in page.context["cond"]["disagreement"]] == [second, first]
    assert "Old Bridge" in text(Client().get("/condition/disagreements/"))
    form = f"/places/{uuid}/consensus/"
    assert reviewer.get(form).content.count(b" checked") >= 2, "those that differ are chosen already"
    refused = reviewer.post(form, {"of": [first, second], "rule": "majority", "act": "look"})
    assert refused.status_code == 400 and refused.context["problem"].code == "consensus-not-reached"
    sent = {"of": [first, second], "rule": "single-reviewer", "condition": "very-bad", "note": "The vault fell."}
    looked = reviewer.post(form, {**sent, "act": "look"})
    assert looked.context["result"]["words"] == "Very bad" and [d["id"] for d in looked.context["result"]["dissent"]] == [first]
    assert queries.consensuses(OPERATOR, uuid) == [], "looking keeps nothing"
    kept = reviewer.post(form, {**sent, "act": "keep"})
    made = kept.headers["Location"]
    assert "differs; it stays" in text(reviewer.get(made))
    assert Client().get(made).status_code == 404, "it counts, and is for everybody, when it is published"
    actions_review.publish(OPERATOR, made.split("/")[2])
    cond = Client().get(f"/places/{uuid}/").context["cond"]
    assert cond["state"]["words"] == "Very bad" and cond["state"]["certainty"] == "agreed" and not cond["disagreement"]
    assert {first, second} <= {line["id"] for line in cond["lines"]} and "Old Bridge" not in text(Client().get("/condition/disagreements/"))


def test_the_public_is_told_how_many_people_agreed_not_who() -> None:
    uuid = place()
    one = record_consensus(REVIEWER, uuid, two_that_differ(uuid), "single-reviewer", decided={"condition": {"code": "poor"}})
    actions_review.publish(OPERATOR, one)
    page = text(Client().get(f"/places/{uuid}/"))
    assert "3 people" in page and "bbbbbbbb" not in page


# ---- the damaged-places list --------------------------------------------------


def test_every_number_of_the_list_opens_as_many_places() -> None:
    for name, code in (("Old Bridge", "poor"), ("New Bridge", "good"), ("Third", "destroyed")):
        published(place(name), condition={"code": code})
    place("Never assessed")
    client = Client()
    page = client.get("/condition/damaged/")
    lines = [page.context["total"], *(line for table in page.context["tables"] for line in table["lines"])]
    assert page.context["total"]["places"]["n"] == 4 and page.context["total"]["documented"]["n"] == 2
    opened = 0
    for line in lines:
        for measure in ("places", "found", "documented", "verified"):
            n, href = line[measure]["n"], line[measure]["href"]
            assert bool(href) == bool(n) or n is None or "level" in str(line), line
            if href:
                opened += 1
                assert len(client.get(href).context["rows"]) == n, href
    assert opened > 8
    assert any(line["documented"]["n"] == 0 for line in lines), "zero lines are shown"


def test_the_list_of_a_day_and_what_is_new_since() -> None:
    uuid = place()
    published(uuid, observed="2020-05-01", recorded="2020-05-02", condition={"code": "good"})
    published(uuid)
    client = Client()
    assert client.get("/condition/damaged/?as_of=2021").context["total"]["documented"]["n"] == 0
    new = client.get("/condition/damaged/?since=2021").context
    assert new["total"]["newly"]["n"] == 1 and new["rows"][0]["newly"] == "Yes"
    assert len(client.get(new["total"]["newly"]["href"]).context["rows"]) == 1
    assert client.get("/condition/damaged/?as_of=nonsense").status_code == 400


@pytest.mark.parametrize(("kind", "begins"), [("csv", b"\xef\xbb\xbfPublic id"), ("json", b"{"), ("xlsx", b"PK"), ("pdf", b"%PDF")])
def test_the_list_is_downloaded_the_same_bytes_each_time(kind: str, begins: bytes) -> None:
    published(place(), damages=[COLLAPSE])
    address = f"/condition/damaged/damaged-places.{kind}?as_of=2025-01-01"
    answer = Client().get(address)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    assert answer.content.startswith(begins) and answer.content == Client().get(address).content
    if kind == "json":
        assert [one["public_id"] for one in json.loads(answer.content)["places"]]


# ---- triage, timeline, pictures --------------------------------------------------


def test_the_board_orders_by_the_weights_and_says_why() -> None:
    ruin, listed = place("Ruin"), place("Listed", protections=[{"instrument": "world-heritage"}])
    published(ruin, condition={"code": "destroyed"})
    published(listed, condition={"code": "good"})
    place("Nothing known")
    client = Client()
    by_damage = client.get("/condition/triage/?significance=0&damage=100&risk=0&access=0").context
    assert [row["name"] for row in by_damage["rows"]][:2] == ["Ruin", "Listed"]
    assert by_damage["rows"][0]["parts"][1]["reason"].startswith("condition destroyed")
    by_fame = client.get("/condition/triage/?significance=100&damage=0&risk=0&access=0").context
    assert by_fame["rows"][0]["name"] == "Listed" and "World Heritage" in by_fame["rows"][0]["parts"][0]["reason"]
    assert "Nothing known" in {row["name"] for row in by_fame["apart"]}, "unknown stands apart and is no zero"
    assert client.get("/condition/triage/?damage=much").status_code == 400
    rows = text(client.get("/condition/triage/order.csv")).splitlines()
    assert rows[0].lstrip("\ufeff").startswith("rank,id,name,score") and len(rows) == 4


def test_places_of_the_board_go_into_a_shortlist_of_who_may() -> None:
    uuid = place()
    published(uuid)
    assert signed_in("contributor").post("/condition/triage/choose/", {"place": uuid, "title": "First"}).status_code == 403
    answer = signed_in("reviewer").post("/condition/triage/choose/", {"place": uuid, "title": "First aid"})
    assert answer.status_code == 302 and re.fullmatch(r"/shortlists/[0-9a-f-]{36}/edit/", answer.headers["Location"])


def test_the_timeline_counts_by_year_and_month_and_its_figures_open_their_findings() -> None:
    for n, observed in enumerate(("2020-05-01", "2020-07-01", "2024-05-01")):
        published(place(f"P{n}"), observed=observed, recorded="2024-06-01", condition={"code": "poor" if n else "good"})
    client = Client()
    years = client.get("/condition/timeline/").context["rows"]
    assert [(row["label"], row["count"], row["damaged"]) for row in years] == [("2024", 1, 1), ("2020", 2, 1)]
    months = client.get("/condition/timeline/?by=month").context["rows"]
    assert [row["label"] for row in months] == ["2024-05", "2020-07", "2020-05"]
    for row in [*years, *months]:
        assert len(client.get(row["href"]).context["rows"]) == row["count"]
    assert client.get("/condition/timeline/?q=condition:poor&by=month").context["total"] == 2
    assert client.get("/condition/timeline/?q=nosuch:x").status_code == 400


def test_pictures_stand_in_time_and_two_are_laid_over_one_another(tmp_path: Any) -> None:
    uuid = place()
    one = published(uuid)
    ids = []
    for n, mark in enumerate(("open", "open", "confidential")):
        file = tmp_path / f"IMG_{n}.JPG"
        file.write_bytes(photograph(n + 1))
        taken = intake.take(OPERATOR, [file], intake.Given(handling={"mark": mark}, places=[uuid]))
        copies.make(OPERATOR, taken.items)
        citations.cite(OPERATOR, one, taken.items[0])
        ids.append(taken.items[0])
    context = Client().get(f"/places/{uuid}/pictures/?before={ids[0]}&after={ids[1]}").context
    assert context["total"] == 2 and [p["id"] for p in context["pair"]] == ids[:2]
    for picture in context["pair"]:
        answer = Client().get(picture["large"]["src"])
        assert answer.status_code == 200 and answer.headers["Content-Type"].startswith("image/")
    answer = Client().get(f"/places/{uuid}/pictures/?before={ids[0]}&after={ids[2]}")
    assert f"/evidence/{ids[2]}/" not in text(answer) and answer.context["pair"][1]["id"] == ids[1], "a confidential picture is not shown"
