"""A table with plain headers needs no mapping."""

from __future__ import annotations

import pytest
from exchange.importing import place, series

from tutela.exchange.actions import run_import
from tutela.exchange.mapping.compile import compile_mapping
from tutela.exchange.mapping.plain import plain_mapping
from tutela.people.rules import OPERATOR

COLUMNS = ("Title", "Lat", "Lon", "Condition", "Date")


def write(folder, name: str, text: str, encoding: str = "utf-8"):
    path = folder / name
    path.write_text(text, encoding)
    return path


@pytest.mark.django_db
def test_the_plain_words_of_the_contract(tmp_path):
    file = write(
        tmp_path,
        "list.csv",
        "id,name,latitude,longitude,type,handling,description\n"
        "1,Ur,30.9626,46.1031,archaeological site,open,A city\n2,Tell of Figs,36.2,39.1,tell,restricted,Looted\n",
    )
    report = run_import(OPERATOR, [file])
    assert (report.mapping, report.created, report.refused_rows, report.unused) == ("plain", 2, 0, [])
    assert place("2")["handling"] == {"mark": "restricted"}
    assert place("1")["types"][0]["code"] == "archaeological-site"
    assert place("1")["geometries"][0]["geojson"]["coordinates"] == [46.1031, 30.9626]
    assert run_import(OPERATOR, [file]).unchanged == 2


@pytest.mark.django_db
def test_without_an_id_the_same_file_twice_changes_nothing(tmp_path):
    file = write(
        tmp_path, "list.csv", "Title,Lat,Lon,Condition,Date\nUr,30.9626,46.1031,Poor,2020-05-01\nEridu,30.8158,45.9961,Good,2020-05-02\n"
    )
    assert run_import(OPERATOR, [file]).created == 2
    again = run_import(OPERATOR, [file])
    assert (again.created, again.unchanged) == (0, 2)
    number = compile_mapping(plain_mapping(COLUMNS, False), COLUMNS).read(["Eridu", "30.8158", "45.9961", "", ""], None).key
    assert place(number)["identifiers"] == [{"scheme": "content", "value": number, "source": "plain"}]
    assert series(number)[0]["condition"]["code"] == "good"


@pytest.mark.parametrize(("headers", "field"), [
    (("Place Name", "y", "x"), "geometries"), (("site name", "geometry"), "geometries"), (("Name", "coordinates"), "geometries"),
    (("NAME", "Province", "District"), "areas"), (("name", "protection"), "protections"), (("name", "wikidata"), "identifiers"),
    (("name", "period"), "dating"), (("name", "dating"), "dating"), (("name", "address"), "address"), (("name", "country"), "country"),
    (("name", "notes"), "descriptions"), (("name", "source"), "characteristics"),
])  # fmt: skip
def test_the_usual_synonyms(headers, field):
    assert field in plain_mapping(headers, False).data["place"]


@pytest.mark.parametrize(("headers", "field"), [
    (("name", "state"), "condition"), (("name", "damage"), "damages"), (("name", "percent damaged", "visit date"), "extent"),
])  # fmt: skip
def test_findings_make_an_assessment(headers, field):
    assert field in plain_mapping(headers, False).data["assessment"]


def test_names_in_several_languages():
    names = plain_mapping(("id", "name_ar", "Name (English)"), False).data["place"]["names"]
    assert [(n["text"], n["lang"]["constant"]) for n in names] == [("name_ar", "ar"), ("Name (English)", "en")]


@pytest.mark.parametrize("headers", [("a", "b"), ("name", "foo", "bar", "baz"), ("id", "foo"), ("latitude", "longitude"), ()])
def test_tables_that_are_not_plain_enough_are_not_guessed_at(headers):
    assert plain_mapping(headers, False) is None


def test_a_map_file_with_a_name_is_enough():
    assert plain_mapping(("name",), True).data["place"]["geometries"] == [{"from": "file"}]
