"""The EAMENA lists: 424 features are 221 places, and everything the lists carry lands in the register."""

from __future__ import annotations

import json

import pytest
from exchange.importing import load, place, series, shipped

import tutela.exchange.imports.run  # noqa: F401  (declares the codes of imports)
from tutela.exchange import demo
from tutela.exchange.mapping.cells import Refusal
from tutela.exchange.mapping.compile import compile_mapping
from tutela.exchange.mapping.model import choose
from tutela.exchange.readers import open_source
from tutela.inventory import queries
from tutela.people.rules import OPERATOR
from tutela.store import journal

IRAN, RELEASE = "iran_caravanserais.geojson", "caravanserais_2024_release.geojson"
SISTAN, SECOND = "sistan.geojson", "sistan_second_release.geojson"


def counts(report) -> tuple[int, ...]:
    return (report.rows, report.places, report.created, report.updated, report.unchanged, report.refused_rows)


@pytest.mark.django_db
def test_features_with_one_number_are_one_place_and_the_same_file_twice_changes_nothing():
    first = load("eamena", IRAN)
    assert counts(first) == (424, 221, 221, 0, 0, 0)
    assert first.mapping == "eamena-heritage-place"
    assert first.unused == []
    head = journal.head()
    again = load("eamena", IRAN)
    assert counts(again) == (424, 221, 0, 0, 221, 0)
    assert journal.head() == head


@pytest.mark.django_db
def test_a_newer_release_updates_adds_and_says_what_is_absent():
    load("eamena", SISTAN)
    newer = load("eamena", SECOND)
    assert newer.rows == 89 and newer.places == 87 and not newer.refused_rows
    assert newer.created == 54 and newer.created + newer.updated + newer.unchanged == 87
    assert newer.absent_count == 326 - 33
    assert queries.count(OPERATOR, "").total == 326 + 54


@pytest.mark.django_db
def test_a_day_to_come_refuses_its_row_and_no_other():
    report = load("eamena", RELEASE)
    assert counts(report)[:3] == (241, 240, 240)
    (found,) = report.refused
    assert (found.row, found.column, found.value, found.code) == (171, "GE Imagery Acquisition Date", "2033-02-18", "date-in-future")
    assert report.refused_file and report.refused_file.endswith(".geojson")


@pytest.mark.django_db
def test_an_arabic_designation_and_html_are_read():
    load("eamena", RELEASE)
    (protection,) = place("EAMENA-0262314")["protections"]
    assert protection["instrument"] == "iran-national-list"
    assert protection["original"] == "قائمة التراث الوطني - إيران"
    load("eamena", SISTAN)
    assert place("EAMENA-0192701")["descriptions"][0]["text"] == "Ruined and abondoned village"
    assert place("EAMENA-0192740")["protections"][0]["from"] == "1932-01-06"


@pytest.mark.django_db
def test_one_place_in_full():
    load("eamena", SECOND)
    document, (assessment,) = place("EAMENA-0182046"), series("EAMENA-0182046")
    assert {f["code"]: f.get("certainty") for f in document["functions"]} == {"unknown": None, "domestic": "high"}
    assert document["geometries"][0]["role"] == "extent"
    assert (document["geometries"][0]["certainty"], document["geometries"][0]["extent_certainty"]) == ("high", "medium")
    assert (document["country"], document["areas"][0]["name"], document["address"]) == ("IR", "Sistan and Baluchestan", "Zahak, Zabol")
    assert (assessment["observed"], assessment["recorded"], assessment["method"]) == ("2020-12-01", "2021-05-24", "desk")
    assert assessment["condition"] == {"code": "destroyed", "original": "Destroyed", "scale": "eamena-condition"}
    assert assessment["extent"]["code"] == "91-100"
    causes = [d["cause"] for d in assessment["damages"] if "cause" in d]
    assert [(c["code"], c["category"], c["certainty"]) for c in causes] == [
        ("water-wind", "natural", "high"), ("ploughing", "agricultural-pastoral", "high"),
    ]  # fmt: skip
    effects = [d for d in assessment["damages"] if "effect" in d]
    assert [e["effect"]["code"] for e in effects] == ["collapse"] and "cause" not in effects[0]
    assert [t["probability"] for t in assessment["threats"]] == ["probable"] * 4
    assert [r["priority"]["code"] for r in assessment["recommendations"]] == ["high", "high"]
    assert assessment["interventions"] == [
        {"activity": "prevention-mitigation", "original": "Preventative and Mitigation Activities/Strategies"}
    ]


@pytest.mark.django_db
def test_names_in_three_scripts_and_numbers_among_them():
    load("eamena", IRAN)
    names = [n for row in queries.search(OPERATOR, "کاروانسرا", limit=5).rows for n in queries.place(OPERATOR, row.id).document["names"]]
    assert {"Latn", "Arab"} <= {n["script"] for n in names}
    assert {n["kind"] for n in names if n["text"].startswith("CVNS-IR")} == {"reference"}


# Certainties, roles, categories and countries are kept as codes; "Address Type" is always the same; the rest stands in the source's words.
CODED = {"Google Earth Assessment", "Address Type", "Geometry Qualifier", "Location Certainty", "Geometry Extent Certainty",
         "General Description", "General Description Type", "Name Type", "Administrative Division Type", "Country Type", "Threat Category",
         "Disturbance Cause Category Type"}  # fmt: skip
SILENT = {"", "None", "Unknown", "Not Applicable", "true", "True"}


@pytest.mark.parametrize("file", [IRAN, RELEASE, SISTAN, SECOND])
def test_every_wording_of_every_column_lands(file):
    source = open_source(shipped("eamena")[file])
    read = compile_mapping(choose(source.columns), source.columns, has_geometry=True).read
    lost = set()
    for number, values, geometry in source.rows():
        try:
            part = read(values, geometry)
        except Refusal:
            continue
        if not part.assessments:
            continue  # nothing was found there: the day of a look without a finding is not kept
        held = json.dumps([part.key, part.place, part.assessments], ensure_ascii=False).casefold()
        for column, cell in zip(source.columns, values, strict=True):
            if column.strip() in CODED or "Certainty" in column or cell is None:
                continue
            for member in str(cell).replace("\u00a0", " ").split(","):
                if member.strip() not in SILENT and json.dumps(member.strip(), ensure_ascii=False)[1:-1].casefold() not in held:
                    lost.add((number, column, member.strip()))
    assert sorted(lost) == []


@pytest.mark.django_db
def test_the_demo_imports_all_lists_and_a_second_run_changes_nothing():
    first = demo.run(OPERATOR)
    assert [(row["rows"], row["places"]) for row in first["lists"]] == [(424, 221), (241, 240), (356, 326), (89, 87), (19957, 3482)]
    assert first["refused"] == 1
    assert queries.count(OPERATOR, "").total == first["created"]
    head = journal.head()
    second = demo.run(OPERATOR)
    assert (second["created"], second["updated"], second["unchanged"]) == (0, 0, first["places"])
    assert journal.head() == head
