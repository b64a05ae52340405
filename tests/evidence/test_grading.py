"""Grades beside one another, and how many sources there really are: a reprint is not a second one."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.acting import actor
from support.warm import Warm
from support.writing import create, keep, place

from tutela.errors import TutelaError
from tutela.evidence import citations, gradings
from tutela.evidence.rules import grading as rules
from tutela.store.documents import bare, dashed, new_ids
from tutela.store.write import Row
from tutela.vocabulary import load

PUBLIC, CONTRIBUTOR, REVIEWER, MANAGER = map(actor, ("public", "contributor", "reviewer", "manager"))


def item(origin: dict[str, Any] | None = None, mark: str = "open", uri: str = "", outlet: str = "") -> str:
    uuid, acquisition = new_ids(2)
    document = {"digest": uuid * 2, "size": 3, "media_type": "image/jpeg", "form": "photograph", "handling": {"mark": mark}, "title": uuid}
    source = {key: value for key, value in (("uri", uri), ("outlet", outlet)) if value}
    came = {"item": uuid, "way": "file", "name": "x.jpg", **({"source": source} if source else {})}
    document |= {"origin": origin} if origin else {}
    keep(Row("item", uuid, document, new=True), Row("acquisition", acquisition, came, new=True))
    return uuid


def cited(*items: str) -> str:
    (where,) = create(place("Tell Halaf"))
    for one in items:
        citations.cite(MANAGER, where, one)
    return where


def code_of(work) -> str:
    with pytest.raises(TutelaError) as caught:
        work()
    return caught.value.code


@pytest.mark.django_db
class TestGrading:
    def test_grades_stay_side_by_side_and_the_newest_of_each_person_counts(self) -> None:
        one = item()
        gradings.grade(REVIEWER, one, "B", 2, bias="towns on the coast only")
        gradings.grade(MANAGER, one, "D", 4, note="the caption is of another year")
        gradings.grade(REVIEWER, one, "c", "3")
        found = gradings.of(dashed(one))
        assert [(g["reliability"], g["credibility"], g["by"], g["counts"]) for g in found] == [
            ("B", 2, "test-reviewer", False), ("D", 4, "test-manager", True), ("C", 3, "test-reviewer", True)]
        assert found[0]["bias"] == "towns on the coast only" and found[1]["note"] == "the caption is of another year"
        assert all(len(g["at"]) == 19 for g in found)

    def test_what_is_no_grade_or_by_whoever_may_not_is_refused(self) -> None:
        one = item()
        for letter, number in (("G", 1), ("", 1), ("A", 0), ("A", 7), ("A", ""), ("AA", 1)):
            assert code_of(lambda letter=letter, number=number: gradings.grade(REVIEWER, one, letter, number)) == "grade-unknown"
        assert code_of(lambda: gradings.grade(REVIEWER, one, "A", 1, note="x" * 5000)) == "grade-long"
        assert code_of(lambda: gradings.grade(CONTRIBUTOR, one, "A", 1)) == "not-allowed"
        assert code_of(lambda: gradings.grade(REVIEWER, new_ids(1)[0], "A", 1)) == "record-unknown"
        (hidden,) = create(place("Hidden", handling={"mark": "confidential"}))
        about = new_ids(1)[0]
        document = {"digest": about * 2, "size": 1, "media_type": "image/jpeg", "form": "photograph", "places": [hidden]}
        keep(Row("item", about, document, new=True))
        assert code_of(lambda: gradings.grade(REVIEWER, about, "A", 1)) == "record-unknown"
        assert gradings.of(one) == []


def test_every_grade_has_a_term_in_the_lists() -> None:
    assert [term.notation for term in load("source-reliability").terms.values()] == list(rules.RELIABILITY)
    assert [term.notation for term in load("information-credibility").terms.values()] == list(rules.CREDIBILITY)


@pytest.mark.parametrize("text", ["B2", "b2", "B-2", " b 2 ", "2B", "B/2"])
def test_a_grade_is_read_as_people_write_it(text: str) -> None:
    assert rules.read_grade(text) == ("B", "2")


def test_what_cannot_be_judged_is_no_low_grade_and_no_high_one() -> None:
    def grading(text: str) -> dict[str, Any]:
        return {"item": "i", "by": text, "reliability": text[0], "credibility": int(text[1])}

    ordered = sorted(map(grading, ("F6", "A6", "E5", "A1", "B2", "C1", "F1")), key=rules.order)
    assert [one["by"] for one in ordered] == ["A1", "B2", "C1", "E5", "A6", "F1", "F6"]
    assert rules.best([]) is None


@pytest.mark.django_db
class TestCorroboration:
    def test_a_reprint_is_no_second_source(self) -> None:
        first = item({"kind": "original"})
        reprint = item({"kind": "reprint", "of": first})
        excerpt = item({"kind": "excerpt", "of": reprint})
        other = item()
        found = gradings.corroboration(MANAGER, cited(excerpt, other, first, reprint))
        assert (found["independent"], found["stated"], found["items"]) == (2, 1, 4)
        one, two = found["origins"]
        assert one["root"] == dashed(first) and {each["item"] for each in one["items"]} == {dashed(first), dashed(reprint), dashed(excerpt)}
        why = sorted((reason["code"], reason["of"]) for reason in one["reasons"])
        assert why == [("excerpt", dashed(reprint)), ("reprint", dashed(first))]
        assert [each["item"] for each in two["items"]] == [dashed(other)] and two["reasons"] == []

    def test_two_reprints_of_what_is_not_cited_itself_are_one(self) -> None:
        root = item()
        middle = item({"kind": "derived", "of": root})
        found = gradings.corroboration(MANAGER, cited(item({"kind": "reprint", "of": middle}), item({"kind": "excerpt", "of": root})))
        assert found["independent"] == 1 and found["origins"][0]["root"] == dashed(root)

    def test_the_same_address_is_one_origin_the_same_outlet_is_not(self) -> None:
        where = cited(item(uri="https://www.example.org/a/", outlet="Gazette"), item(uri="http://example.org/a#top", outlet="Gazette"),
                      item(uri="https://example.org/b", outlet="Gazette"), item(outlet="Gazette"))
        found = gradings.corroboration(MANAGER, where)
        assert [len(origin["items"]) for origin in found["origins"]] == [2, 1, 1]
        assert [(reason["code"], reason["value"]) for reason in found["origins"][0]["reasons"]] == [("same-address", "example.org/a")]

    def test_a_loop_ends_and_is_one_origin(self) -> None:
        one = item()
        other = item({"kind": "reprint", "of": one})
        document = {"digest": one * 2, "size": 3, "media_type": "image/jpeg", "form": "photograph", "handling": {"mark": "open"}}
        keep(Row("item", one, {**document, "origin": {"kind": "reprint", "of": other}}))
        found = gradings.corroboration(MANAGER, cited(one, other))
        assert found["independent"] == 1 and found["origins"][0]["root"] == dashed(min(one, other))

    def test_the_best_grade_of_each_origin_with_who_gave_it_and_why(self) -> None:
        one, other = item(), item()
        gradings.grade(REVIEWER, one, "C", 3, note="the shadow fits")
        gradings.grade(MANAGER, one, "F", 6)
        gradings.grade(REVIEWER, other, "A", 1)
        gradings.grade(REVIEWER, other, "E", 5, note="it was staged")
        found = gradings.corroboration(MANAGER, cited(one, other))
        assert [(origin["best"]["grade"], origin["best"]["by"], origin["best"]["note"]) for origin in found["origins"]] == [
            ("C3", "test-reviewer", "the shadow fits"), ("E5", "test-reviewer", "it was staged")]
        for_all = gradings.corroboration(PUBLIC, cited(one))
        assert for_all["origins"][0]["best"]["by"] is None

    def test_what_a_reader_does_not_see_is_neither_counted_nor_named(self) -> None:
        root = item(mark="confidential")
        one, other = item({"kind": "reprint", "of": root}), item({"kind": "reprint", "of": root})
        where = cited(root, one, other)
        assert gradings.corroboration(MANAGER, where)["items"] == 3
        found = gradings.corroboration(PUBLIC, where)
        assert (found["independent"], found["items"], found["origins"][0]["root"]) == (1, 2, None)
        assert dashed(root) not in json.dumps(found)
        assert gradings.corroboration(PUBLIC, root) == {"independent": 0, "stated": 0, "items": 0, "changed": 0, "origins": []}

    def test_what_was_changed_since_it_was_cited_no_longer_corroborates(self) -> None:
        (where,) = create(place("Tell Halaf"))
        citations.cite(MANAGER, where, item(), "names/0")
        citations.cite(MANAGER, where, item(), "")
        assert gradings.corroboration(MANAGER, where)["independent"] == 2
        assert gradings.corroboration(MANAGER, where, "names/0/text")["independent"] == 2
        assert gradings.corroboration(MANAGER, where, "identifiers")["independent"] == 1
        keep(Row("place", where, place("Tell Brak")))
        found = gradings.corroboration(MANAGER, where)
        assert (found["independent"], found["changed"]) == (1, 1)


KINDS = st.sampled_from(["reprint", "excerpt", "derived", "unknown", "original"])
NODES = st.tuples(KINDS, st.sampled_from("abcdefg"), st.sampled_from(["", "u1", "u2"]))
GRAPHS = st.dictionaries(st.sampled_from("abcdef"), NODES, min_size=1)


@given(GRAPHS)
def test_origins_part_the_items_and_join_all_that_depend(graph: dict[str, tuple[str, str, str]]) -> None:
    """Whatever points at whatever: every item is in one origin, and origins are just the connected parts."""
    items = {name: {"digest": name, "origin": {"kind": kind, "of": of}} for name, (kind, of, _) in graph.items()}
    sources = {name: [{"uri": f"https://x/{uri}"}] for name, (_, _, uri) in graph.items() if uri}
    found = rules.origins(items, {}, sources)
    assert sorted(name for origin in found for name in origin.items) == sorted(items)
    joined = {name: {name} for name in "abcdefg"}

    def join(one: str, other: str) -> None:
        together = joined[one] | joined[other]
        for name in together:
            joined[name] = together

    for name, (kind, of, uri) in graph.items():
        if kind != "original":
            join(name, of)
        for other, (_, _, same) in graph.items():
            if uri and uri == same:
                join(name, other)
    assert {frozenset(origin.items) for origin in found} == {frozenset(joined[name] & items.keys()) for name in items}
    assert all(reason["item"] in origin.items for origin in found for reason in origin.reasons)


def test_at_the_command_line(tutela, tmp_path: Path) -> None:
    from PIL import Image

    assert tutela("init").returncode == 0
    line = Warm(tutela)
    try:
        (tmp_path / "list.csv").write_text("name,lat,lon\nTell A,36,40\n", encoding="utf-8")
        assert line("import", tmp_path / "list.csv").returncode == 0
        (found,) = line.data("search")["places"]
        Image.new("RGB", (40, 30), (200, 10, 10)).save(tmp_path / "wall.png")
        (made,) = line.data("evidence", "add", tmp_path / "wall.png", "--place", found["id"], "--no-copies")["items"]
        one = made if isinstance(made, str) else made["id"]
        cite = ("evidence", "cite", found["id"], one)
        answer = line.data(*cite, "--part", "names/0", "--region", "0.1,0.1,0.5,0.5", "--note", "the wall")
        assert line.data(*cite, "--page", "3", exit_code=1)["error"]["code"] == "citation-locator-form"
        assert line.data(*cite, "--region", "all of it", exit_code=2)["error"]["code"] == "citation-locator"
        assert line.data("evidence", "grade", one, "B2", "--bias", "towns only")["reliability"] == "B"
        told = line.data("evidence", "rests", found["id"])
        assert told["corroboration"]["origins"][0]["best"]["grade"] == "B2"
        assert [bare(each["record"]) for each in line.data("evidence", "rests", one)["citations"]] == [bare(found["id"])]
        said: subprocess.CompletedProcess[str] = line("evidence", "rests", found["id"])
        assert "Independent origins: 1; items: 1." in said.stdout and "region 0.1,0.1,0.5,0.5" in said.stdout
        assert line("evidence", "uncite", answer["citation"]).returncode == 0
        assert line.data("evidence", "rests", found["id"])["citations"] == []
    finally:
        line.close()
