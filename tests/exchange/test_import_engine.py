"""One import, from file to register: all rows or none, the same twice changes nothing, what is staged where makes no difference."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from support.writing import ask, derived, documents, indexes

from tutela.assessment import queries as assessed
from tutela.exchange.actions import run_import, undo_import
from tutela.exchange.imports import staging
from tutela.exchange.imports.report import KEPT, Report
from tutela.inventory import queries
from tutela.people.rules import OPERATOR
from tutela.store import journal, rebuild, write
from tutela.store.documents import loads

pytestmark = pytest.mark.django_db
MAPPING = """
mapping: five-parts
title: Five parts
source: {key: list, title: A list, licence: CC0}
key: {column: No, scheme: list}
place:
  names: [{text: Name, kind: Kind}]
  types: [{code: Type}]
  geometries: [{wkt: Where}]
  areas: [{name: Area, kind: {constant: district}}]
  country: Country
assessment:
  observed: Seen
  condition: State
  extent: {column: Part, percent: true}
  note: Note
"""
HEAD = "No,Name,Kind,Type,Where,Area,Country,State,Seen,Note,Part\n"


def row(number: int, name: str = "", state: str = "Good", seen: str = "2024-03-13") -> str:
    return (f"N-{number},{name or f'Site {number}'},Designation,Archaeological Site,POINT ({30 + number / 100} 48.5),Raion {number % 4},"
            f"Ukraine,{state},{seen},Record {number},{number % 101}\n")


def load(tmp_path: Path, rows: list[str], **options: Any) -> Report:
    file = tmp_path / "list.csv"
    file.write_text(HEAD + "".join(rows), encoding="utf-8")
    return run_import(OPERATOR, [file], mapping_text=MAPPING, **options)


def told() -> list[Any]:
    """What the register holds, whatever the public ids."""
    numbers = dict(ask("SELECT uuid, id FROM store_record"))
    held = []
    for uuid, kind, text in documents():
        document = loads(text)
        held.append((numbers[uuid], kind, {**document, "place": numbers[document["place"]]} if "place" in document else document))
    return [sorted(held, key=lambda each: each[0]), derived()]


def test_all_five_parts_of_a_row_arrive(tmp_path: Path) -> None:
    report = load(tmp_path, [row(1), row(2, state="Poor")])
    assert (report.rows, report.places, report.created, report.assessments, report.exit_code) == (2, 2, 2, 2, 0)
    place = queries.place(OPERATOR, "N-2")
    assert place.name["text"] == "Site 2" and (place.x, place.y) == (30.02, 48.5) and place.document["country"] == "UA"
    (finding,) = assessed.series(OPERATOR, place.id)
    assert (finding["condition"]["code"], finding["observed"], finding["extent"]["value"]) == ("poor", "2024-03-13", 2)
    assert list(journal.check()) == [] and indexes() == []


def test_what_is_derived_at_an_import_is_what_would_be_derived_anew(tmp_path: Path) -> None:
    load(tmp_path, [row(i) for i in range(30)])
    before = derived()
    rebuild.everything()
    assert derived() == before


def test_the_same_file_twice_changes_nothing(tmp_path: Path) -> None:
    rows = [row(i) for i in range(5)]
    load(tmp_path, rows)
    before = (told(), journal.head())
    report = load(tmp_path, rows)
    assert (report.created, report.updated, report.unchanged, report.change) == (0, 0, 5, None)
    assert (told(), journal.head()) == before


def test_a_newer_release_updates_what_it_changes_and_only_that(tmp_path: Path) -> None:
    load(tmp_path, [row(i) for i in range(5)])
    before = told()
    report = load(tmp_path, [row(0), row(1, name="Renamed"), row(2, state="Poor", seen="2025-01-01"), row(3), row(7)])
    assert (report.created, report.updated, report.unchanged, report.absent) == (1, 2, 2, ["N-4"])
    assert queries.place(OPERATOR, "N-1").name["text"] == "Renamed"
    assert [a["condition"]["code"] for a in assessed.series(OPERATOR, queries.place(OPERATOR, "N-2").id)] == ["good", "poor"]
    assert undo_import(OPERATOR, report.id).done
    assert told() == before and indexes() == []


def test_one_refused_row_keeps_all_others_out_unless_a_part_will_do(tmp_path: Path) -> None:
    rows = [row(1), row(2, seen="2024-02-31"), row(3)]
    refused = load(tmp_path, rows)
    assert (refused.state, refused.exit_code, refused.refused_rows, documents()) == ("refused", 3, 1, [])
    partial = load(tmp_path, rows, partial=True)
    assert (partial.state, partial.exit_code, partial.created) == ("committed", 3, 2)


def test_a_dry_run_counts_and_writes_nothing(tmp_path: Path) -> None:
    report = load(tmp_path, [row(1), row(2)], dry_run=True)
    assert (report.state, report.created, documents(), journal.head()[0]) == ("dry", 2, [], 0)


@pytest.mark.parametrize("memory", [1, 7, 1000])
def test_long_lists_staged_in_a_file_and_short_ones_in_memory_give_the_same(
    tmp_path: Path, memory: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [row(i) for i in range(20)] + [row(3, name="Third by another name")]
    undone = undo_import(OPERATOR, load(tmp_path, rows).id)
    assert undone.done and undone.places_removed == 20 and documents() == []
    monkeypatch.setattr(staging, "MEMORY", memory)
    monkeypatch.setattr(staging, "BATCH", 3)
    monkeypatch.setattr(write, "BATCH", 5)
    report = load(tmp_path, rows)
    assert (report.places, report.created) == (20, 20)
    names = {n["text"] for n in queries.place(OPERATOR, "N-3").document["names"]}
    assert names == {"Site 3", "Third by another name"}
    before = derived()
    rebuild.everything()
    assert derived() == before and list(journal.check()) == []


def test_oddities_beyond_those_kept_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tutela.exchange.imports.report.KEPT", 2)
    assert KEPT > 2
    outside = [row(i).replace("48.5)", "12.5)") for i in range(5)]
    report = load(tmp_path, outside)
    assert report.warned["point-outside-country"] == 5 and len(report.warnings) == 2
    first = report.warnings[0].as_dict()
    assert (first["file"], first["row"], first["code"]) == ("list.csv", 2, "point-outside-country")
    assert queries.place(OPERATOR, "N-1").document["questions"][0]["code"] == "point-outside-country"


def test_an_import_that_fails_while_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*given: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(write.views, "renew", full)
    with pytest.raises(OSError):
        load(tmp_path, [row(1)])
    assert documents() == [] and journal.head()[0] == 0
