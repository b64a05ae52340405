"""Citations: which part of a record rests on which place in which file, for those who may see both."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor
from support.writing import assessment, create, keep, place

from tutela.errors import TutelaError
from tutela.evidence import citations
from tutela.evidence.rules import citations as rules
from tutela.store import journal
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.verify_derived import check_derived
from tutela.store.write import Row

PUBLIC, CONTRIBUTOR, REVIEWER, MANAGER = map(actor, ("public", "contributor", "reviewer", "manager"))


def item(mark: str = "open", form: str = "photograph", **more: Any) -> str:
    uuid = new_ids(1)[0]
    media = {"photograph": "image/jpeg", "document": "application/pdf", "video": "video/mp4", "sound": "audio/mpeg"}.get(form, "text/csv")
    keep(Row("item", uuid, {"digest": uuid * 2, "size": 3, "media_type": media, "form": form, "title": f"A {form}",
                            "handling": {"mark": mark}, **more}, new=True))
    return uuid


def a_place(mark: str = "open", **more: Any) -> str:
    return create(place("Tell Halaf", "TH-1", 40.0, handling={"mark": mark}, **more))[0]


def an_assessment(about: str, *effects: str, **more: Any) -> str:
    damages = [{"key": f"d{n}", "effect": {"code": effect}} for n, effect in enumerate(effects, 1)]
    return create({**assessment(about, "poor"), "damages": damages, **more})[0]


def code_of(work) -> str:
    with pytest.raises(TutelaError) as caught:
        work()
    return caught.value.code


class TestCiting:
    pytestmark = pytest.mark.django_db

    def test_a_damage_leads_to_its_picture_and_the_picture_to_the_damage(self) -> None:
        where = a_place()
        about, picture = an_assessment(where, "collapse", "fire"), item()
        region = {"region": {"x": 0.1, "y": 0.2, "w": 0.3, "h": 0.4}}
        made = citations.cite(CONTRIBUTOR, about, picture, "damages/d2", region, "the burnt beam")
        (found,) = citations.for_record(CONTRIBUTOR, about)
        assert found == {"id": made, "item": dashed(picture), "title": "A photograph", "form": "photograph", "media_type": "image/jpeg",
                         "destroyed": False, "part": "damages/d2", "state": "as-cited", "now": "damages/d2", "locator": region,
                         "note": "the burnt beam", "by": "test-contributor"}
        (rests,) = citations.of_item(CONTRIBUTOR, picture)
        assert (rests["record"], rests["kind"], rests["title"], rests["place"], rests["part"]) == (
            dashed(about), "assessment", "Tell Halaf", dashed(where), "damages/d2")
        assert citations.places_of(CONTRIBUTOR, where) == {dashed(about): [found]}
        assert list(journal.check()) == [] and list(check_derived()) == []

    def test_the_same_said_twice_is_one_citation(self) -> None:
        where, picture = a_place(), item()
        once = citations.cite(CONTRIBUTOR, where, picture, "names/0")
        assert citations.cite(REVIEWER, dashed(where).upper(), picture, "/names/0/") == once
        assert citations.cite(CONTRIBUTOR, where, picture, "names/0", note="another reading") != once
        keep(Row("place", where, place("Tell Brak")))
        assert citations.cite(CONTRIBUTOR, where, picture, "names/0") != once, "what it cited is no longer there"

    def test_a_part_that_is_not_there_or_is_no_finding_is_refused(self) -> None:
        where, picture = a_place(), item()
        for part in ("damages/d1", "names/7", "names/0/text/x", "names/-1", "names/x", "nothing"):
            assert code_of(lambda part=part: citations.cite(CONTRIBUTOR, where, picture, part)) == "citation-part"
        assert code_of(lambda: citations.cite(CONTRIBUTOR, where, picture, "handling/mark")) == "citation-part-private"
        assert code_of(lambda: citations.cite(CONTRIBUTOR, where, picture, note="x" * 5000)) == "citation-long"
        assert citations.for_record(CONTRIBUTOR, where) == []

    def test_nothing_new_rests_on_a_destroyed_file_or_on_itself_and_what_rested_says_so(self) -> None:
        where, picture = a_place(), item()
        citations.cite(CONTRIBUTOR, where, picture)
        document = {"digest": picture * 2, "size": 3, "media_type": "image/jpeg", "form": "photograph", "handling": {"mark": "open"}}
        keep(Row("item", picture, {**document, "state": "destroyed"}))
        assert code_of(lambda: citations.cite(CONTRIBUTOR, where, picture, "names/0")) == "citation-destroyed"
        assert [one["destroyed"] for one in citations.for_record(CONTRIBUTOR, where)] == [True]
        other = item()
        assert code_of(lambda: citations.cite(CONTRIBUTOR, other, other)) == "citation-self"

    def test_only_findings_rest_on_items(self) -> None:
        picture = item()
        (grading,) = new_ids(1)
        keep(Row("grading", grading, {"item": picture, "reliability": "B", "credibility": 2, "by": "x"}, new=True))
        assert code_of(lambda: citations.cite(MANAGER, grading, picture)) == "record-unknown"
        assert code_of(lambda: citations.cite(MANAGER, new_ids(1)[0], picture)) == "record-unknown"
        assert code_of(lambda: citations.cite(MANAGER, "no id at all", picture)) == "record-unknown"
        assert code_of(lambda: citations.cite(MANAGER, a_place(), grading)) == "record-unknown"
        assert code_of(lambda: citations.cite(PUBLIC, a_place(), picture)) == "not-allowed"

    def test_withdrawn_by_who_made_it_or_by_who_reviews(self) -> None:
        where, picture = a_place(), item()
        made = citations.cite(REVIEWER, where, picture)
        assert code_of(lambda: citations.withdraw_citation(CONTRIBUTOR, made)) == "citation-others"
        assert code_of(lambda: citations.withdraw_citation(PUBLIC, made)) == "not-allowed"
        citations.withdraw_citation(MANAGER, made, "another wall")
        assert citations.for_record(MANAGER, where) == [] and citations.of_item(MANAGER, picture) == []
        assert code_of(lambda: citations.withdraw_citation(MANAGER, made)) == "citation-unknown"
        again = citations.cite(CONTRIBUTOR, where, picture)
        assert again != made
        citations.withdraw_citation(CONTRIBUTOR, again)


class TestLater:
    """What becomes of a cited part when its record is corrected."""

    pytestmark = pytest.mark.django_db

    def test_a_keyed_part_is_followed_and_an_edit_is_seen(self) -> None:
        where, picture = a_place(), item()
        about = an_assessment(where, "collapse", "fire")
        citations.cite(CONTRIBUTOR, about, picture, "damages/1")
        before = assessment(where, "poor")
        one, two = ({"key": "d1", "effect": {"code": "collapse"}}, {"key": "d2", "effect": {"code": "fire"}})

        def now(*damages: dict[str, Any]) -> tuple[str, str]:
            keep(Row("assessment", about, {**before, "damages": list(damages)}))
            (found,) = citations.for_record(CONTRIBUTOR, about)
            return found["state"], found["now"]

        assert now(two, one) == ("as-cited", "damages/d2")
        assert now(one, {**two, "note": "in the north"}) == ("changed", "damages/d2")
        assert now(one) == ("gone", "damages/d2")
        assert now(one, two) == ("as-cited", "damages/d2")

    def test_a_part_without_a_key_is_found_at_its_new_place(self) -> None:
        names = [{"text": "Tell Halaf"}, {"text": "Guzana"}, {"text": "تل حلف"}]
        where, picture = create({"names": names})[0], item()
        citations.cite(CONTRIBUTOR, where, picture, "names/1")

        def now(*kept: dict[str, Any]) -> tuple[str, str]:
            keep(Row("place", where, {"names": list(kept)}))
            (found,) = citations.for_record(CONTRIBUTOR, where)
            return found["state"], found["now"]

        assert now(names[1], names[0]) == ("moved", "names/0")
        assert now(names[0], {"text": "Gozan"}) == ("changed", "names/1")
        assert now(names[0]) == ("gone", "names/1")
        assert now(*names) == ("as-cited", "names/1")

    def test_of_a_deleted_record_nothing_is_told(self) -> None:
        where, picture = a_place(), item()
        citations.cite(CONTRIBUTOR, where, picture)
        keep(Row("place", where, None))
        assert citations.of_item(MANAGER, picture) == [] and citations.for_record(MANAGER, where) == []


MARKS = ("open", "restricted", "confidential")
#: Who sees a place's details, and who sees an item of this mark, as people.rules has it.
DETAILS = {"open": 0, "restricted": 2, "confidential": 3}
FROM = {"open": 0, "restricted": 1, "confidential": 2}


class TestVisibility:
    pytestmark = pytest.mark.django_db

    @pytest.mark.parametrize("of_place", MARKS)
    @pytest.mark.parametrize("of_item", MARKS)
    def test_told_to_those_alone_who_see_both(self, of_place: str, of_item: str) -> None:
        where, picture = a_place(of_place), item(of_item)
        about = an_assessment(where, "collapse")
        citations.cite(MANAGER, where, picture, "names/0", note="the tell's own name")
        citations.cite(MANAGER, about, picture, "damages/d1")
        for reader in (PUBLIC, CONTRIBUTOR, REVIEWER, MANAGER):
            both = reader.audience >= max(DETAILS[of_place], FROM[of_item])
            told = json.dumps([citations.for_records(reader, [where, about]), citations.places_of(reader, where)])
            assert (dashed(picture) in told) is both
            if reader.audience < FROM[of_item]:
                assert code_of(lambda reader=reader: citations.of_item(reader, picture)) == "record-unknown"
            else:
                told = json.dumps(citations.of_item(reader, picture))
                assert (dashed(where) in told) is both and (dashed(about) in told) is both and ("Tell Halaf" in told) is both

    def test_an_item_about_a_hidden_place_is_not_told_by_an_open_one(self) -> None:
        hidden, opened = a_place("confidential"), a_place()
        picture = item(places=[hidden])
        citations.cite(MANAGER, opened, picture)
        assert citations.for_record(CONTRIBUTOR, opened) == []
        assert len(citations.for_record(MANAGER, opened)) == 1

    def test_whoever_sees_less_can_neither_cite_nor_learn_that_it_is_there(self) -> None:
        where, picture = a_place("restricted"), item("confidential")
        assert code_of(lambda: citations.cite(CONTRIBUTOR, where, item())) == "record-unknown"
        assert code_of(lambda: citations.cite(CONTRIBUTOR, a_place(), picture)) == "record-unknown"
        made = citations.cite(MANAGER, where, picture)
        assert code_of(lambda: citations.withdraw_citation(CONTRIBUTOR, made)) == "citation-unknown"

    def test_what_is_under_review_is_not_for_everybody(self) -> None:
        where, picture = a_place(), item()
        draft = an_assessment(where, "fire", status="submitted")
        citations.cite(CONTRIBUTOR, draft, picture, "damages/d1")
        assert citations.of_item(PUBLIC, picture) == [] and citations.for_record(PUBLIC, draft) == []
        assert len(citations.of_item(CONTRIBUTOR, picture)) == 1

    def test_the_public_is_not_told_who_cited_nor_their_note(self) -> None:
        where, picture = a_place(), item()
        citations.cite(CONTRIBUTOR, where, picture, note="seen by my cousin")
        told = citations.for_record(PUBLIC, where) + citations.of_item(PUBLIC, picture)
        assert [(one["by"], one["note"]) for one in told] == [(None, "")] * 2


@pytest.mark.django_db
def test_a_figure_leads_to_its_items_in_as_many_queries_for_a_hundred_as_for_one() -> None:
    places = create(*(place(f"Place {n}") for n in range(100)))
    pictures = [item(places=[where]) for where in places]
    for where, picture in zip(places, pictures, strict=True):
        citations.cite(MANAGER, where, picture)
    counts = []
    for asked in (places[:1], places):
        with CaptureQueriesContext(connection) as seen:
            found = citations.for_records(PUBLIC, asked)
        counts.append(len(seen))
        assert {bare(record): bare(one["item"]) for record, (one,) in found.items()} == dict(zip(asked, pictures, strict=False))
    assert counts[0] == counts[1] <= 6


class TestLocators:
    """Which places there are in a file of which form."""

    @pytest.mark.parametrize(("form", "locator"), [
        ("photograph", {}), ("photograph", {"region": {"x": 0, "y": 0, "w": 1, "h": 1}}), ("document", {"page": 3}),
        ("document", {"page": 3, "region": {"x": 0.5, "y": 0.5, "w": 0.5, "h": 0.5}}), ("video", {"from": "00:01:10", "to": "00:01:20"}),
        ("video", {"from": "100:00:00.5", "region": {"x": 0, "y": 0, "w": 0.1, "h": 0.1}}),
        ("sound", {"from": "00:00:00", "to": "00:00:00"}),
        ("dataset", {}), ("other", {"page": 1}),
    ])
    def test_good_ones(self, form: str, locator: dict[str, Any]) -> None:
        assert rules.check_locator(locator, {"form": form}) == []

    @pytest.mark.parametrize(("form", "locator"), [
        ("photograph", {"page": 1}), ("photograph", {"from": "00:00:01"}), ("sound", {"region": {"x": 0, "y": 0, "w": 1, "h": 1}}),
        ("dataset", {"page": 1}), ("video", {"page": 1}), ("document", {"from": "00:00:01"}),
    ])
    def test_what_a_form_does_not_have(self, form: str, locator: dict[str, Any]) -> None:
        assert [p.code for p in rules.check_locator(locator, {"form": form})] == ["citation-locator-form"]

    @pytest.mark.parametrize("locator", [
        {"page": 0}, {"page": "3"}, {"page": True}, {"page": 1.5}, {"to": "00:00:01"}, {"from": "1:10"}, {"from": "00:60:00"},
        {"from": 70}, {"from": "00:02:00", "to": "00:01:00"}, {"region": [0, 0, 1, 1]}, {"region": {"x": 0, "y": 0, "w": 1}},
        {"region": {"x": 0, "y": 0, "w": 0, "h": 1}}, {"region": {"x": 0.6, "y": 0, "w": 0.5, "h": 1}},
        {"region": {"x": -0.1, "y": 0, "w": 0.5, "h": 1}}, {"region": {"x": "0", "y": 0, "w": 0.5, "h": 1}},
        {"region": {"x": float("nan"), "y": 0, "w": 0.5, "h": 1}}, {"line": 4}, [], "page 3",
    ])
    def test_what_is_no_place_in_any_file(self, locator: Any) -> None:
        assert [p.code for p in rules.check_locator(locator, {"form": "other"})] == ["citation-locator"]

    def test_a_region_of_a_document_needs_its_page(self) -> None:
        region = {"region": {"x": 0, "y": 0, "w": 1, "h": 1}}
        assert rules.check_locator(region, {"form": "document"}) and rules.check_locator(region, {"media_type": "application/pdf"})


VALUES = st.recursive(st.none() | st.integers(0, 9) | st.text("ab/0", max_size=3),
                      lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab01", min_size=1, max_size=2) | st.just("key"),
                                                                                  inner, max_size=3), max_leaves=12)


DOCUMENTS = st.dictionaries(st.text("ab", min_size=1, max_size=2), VALUES, max_size=4)


@given(DOCUMENTS, st.lists(st.sampled_from(["a", "b", "0", "1", "key"]), max_size=4))
def test_an_address_is_stable_whatever_a_document_holds(document: dict[str, Any], names: list[str]) -> None:
    part = "/".join(names)
    found = rules.resolve(document, part)
    if found is None:
        return
    address, value = found
    assert rules.resolve(document, address) == (address, value)
    cited = {"part": address, "cited": {"salt": "00" * 8, "digest": rules.digest(value, "00" * 8)}}
    assert rules.standing(document, cited) == ("as-cited", address)


@given(st.text(max_size=30), DOCUMENTS)
def test_no_text_breaks_an_address(part: str, document: dict[str, Any]) -> None:
    rules.resolve(document, part)
    rules.check_part(document, part)
    rules.standing(document, {"part": part, "cited": {"salt": "00", "digest": "x"}})
