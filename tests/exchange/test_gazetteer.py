"""The Syriac Gazetteer: four related tables are 3,482 places with their names, identifiers and events."""

from __future__ import annotations

import pytest
from exchange.importing import load, place

from tutela.inventory import queries
from tutela.people.rules import OPERATOR

TABLES = ("events.csv", "names.csv", "places.csv", "idnos.csv")  # in any order


@pytest.mark.django_db
def test_the_gazetteer_from_four_tables():
    report = load("syriaca", *TABLES)
    assert report.mapping == "syriac-gazetteer"
    assert {f["name"]: (f["role"], f["rows"]) for f in report.files} == {
        "places.csv": ("main", 3482), "names.csv": ("names", 9945), "idnos.csv": ("idnos", 5984), "events.csv": ("events", 546),
    }  # fmt: skip
    assert (report.places, report.created, report.refused_rows, report.unused) == (3482, 3482, 0, [])
    assert dict(report.warned) == {"dating-reversed": 93}
    assert load("syriaca", *TABLES).unchanged == 3482
    antioch = place("658381")
    texts = {(n["lang"], n["text"]) for n in antioch["names"]}
    assert {("en", "Antioch"), ("syr", "ܐܢܛܝܘܟܝܐ"), ("ar", "انطاكية")} <= texts
    numbers = {(i["scheme"], i["value"]) for i in antioch["identifiers"]}
    assert {("syriaca", "10"), ("pleiades", "658381"), ("wikipedia", "https://en.wikipedia.org/wiki/Antioch")} <= numbers
    assert [d["edtf"] for d in antioch["dating"]] == ["-0300/2013"]
    attested = [d for d in antioch["descriptions"] if d["kind"] == "attestation"]
    assert attested[0]["date"] == "1224/1228" and "Yāqūt" in attested[0]["text"]
    assert {c["kind"]: c["value"] for c in antioch["characteristics"]}["licence"].endswith("/by/4.0/")
    assert queries.search(OPERATOR, "ܐܢܛܝܘܟܝܐ").total >= 1


@pytest.mark.django_db
def test_places_alone_are_places_without_names_but_with_numbers():
    report = load("syriaca", "places.csv")
    assert (report.places, report.refused_rows) == (3482, 0)


@pytest.mark.django_db
def test_rows_of_no_place_are_told(tmp_path):
    from tutela.exchange.actions import run_import

    (tmp_path / "places.csv").write_text("place_id,type,headword_en,headword_syr,lat,lon,state_from,state_to\n1,church,A,,,,,\n", "utf-8")
    (tmp_path / "names.csv").write_text("place_id,lang,name,resp_or_source\n1,en,Church,\n2,en,Orphan,\n", "utf-8")
    report = run_import(OPERATOR, [tmp_path / "places.csv", tmp_path / "names.csv"], mapping="syriac-gazetteer", dry_run=True)
    (found,) = report.refused
    assert (found.code, found.file, found.row, found.value) == ("join-orphan", "names.csv", 3, "2")
