"""What an export is: the places an audience may see, whole or absent, and what the file says of itself."""

from __future__ import annotations

import csv
import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from exchange.exporting import FORMATS, OPEN, all_bytes, fill

from tutela.errors import NotAllowed, TutelaError
from tutela.exchange.exports import export
from tutela.exchange.flat import FLAT_COLUMNS
from tutela.exchange.writers import about
from tutela.inventory import queries_export
from tutela.inventory.actions import record_place
from tutela.people.rules import OPERATOR, PUBLIC, Actor
from tutela.store import journal

pytestmark = pytest.mark.django_db


@pytest.fixture
def register(db):
    return fill()


@pytest.fixture(params=FORMATS)
def format(request):
    return request.param


def rows_of(path: Path, **options) -> list[dict]:
    from tutela.exchange.readers import open_source

    source = open_source(path, **options)
    return [dict(zip(source.columns, values, strict=True)) for _, values, _ in source.rows()]


def test_every_format_says_what_it_is(register, format, tmp_path):
    out = tmp_path / f"places.{format}"
    summary = export(PUBLIC, format, out, query="country:IR,SY,AZ", title="Places of three countries")
    text = all_bytes(tmp_path).decode("utf-8", "replace").replace("&amp;", "&")
    line, digest = journal.head()
    for wanted in (about.BOUNDARIES, about.NAMES, "Places of three countries", "country:IR,SY,AZ", "public", "State list 2023",
                   "CC BY 4.0", digest, str(line), summary["date"], "0.1"):
        assert wanted in text, wanted
    assert summary["places"] == 3  # the confidential place, and the one without a country, are not among them
    assert summary["journal"] == {"line": line, "digest": digest}
    assert summary["precision_counts"] == {"0.1": 1, "as-held": 2}
    assert summary["withheld"] == 1
    assert summary["bytes"] == out.stat().st_size


def test_the_wording_is_that_of_the_documents():
    from tutela.vocabulary import disclaimer

    assert about.BOUNDARIES == disclaimer.text("boundaries")
    assert about.NAMES == disclaimer.text("names")


def test_names_in_every_script_survive(register, format, tmp_path):
    export(PUBLIC, format, tmp_path / f"places.{format}")
    text = all_bytes(tmp_path).decode("utf-8", "replace")
    for name in ("کاروانسرای سنگبست", "ܐܘܿܪܗܵܝ", "Şuşa"):
        assert name in text


def test_the_row_of_a_place(register, tmp_path):
    export(PUBLIC, "csv", tmp_path / "places.csv", query="id:EAMENA-0192598")
    with open(tmp_path / "places.csv", encoding="utf-8-sig", newline="") as stream:
        header, row = csv.reader(stream)
    assert tuple(header) == FLAT_COLUMNS
    found = dict(zip(header, row, strict=True))
    assert found["id"] == register.open
    assert found["name"] == "Sangbast"
    assert found["names"] == "Sangbast [en-Latn]; کاروانسرای سنگبست [fa-Arab toponym]; ܐܘܿܪܗܵܝ [syr-Syrc]"
    assert found["type"] == "caravanserai; Customs post"
    assert (found["latitude"], found["longitude"]) == ("35.710456", "59.850123")
    assert (found["precision"], found["located"], found["handling"], found["audience"]) == ("as-held", "position", "open", "public")
    assert found["dating"] == "'-0300/0200; 1501/1722"  # a spreadsheet would take the minus for a formula
    assert found["description"].startswith("'=HYPERLINK")
    assert found["area"] == "Khorasan Razavi; Fariman"
    assert found["protections"] == "national-list (general) IR-12"
    assert found["identifiers"] == "eamena:EAMENA-0192598"
    assert (found["condition"], found["extent"], found["observed"]) == ("poor", "11-30", "2020-10-01")
    assert (found["damages"], found["threats"]) == ("water-wind → erosion", "water-wind (possible)")
    assert (found["sources"], found["licence"], found["assessments"]) == ("State list 2023", "CC BY 4.0", "3")


def test_located_by_name_and_position_withheld_are_two_things(register, tmp_path):
    export(PUBLIC, "xlsx", tmp_path / "places.xlsx")
    found = {row["id"]: row for row in rows_of(tmp_path / "places.xlsx")}
    assert found[register.by_name]["located"] == "name-only"
    assert found[register.withheld]["located"] == "withheld"
    assert found[register.withheld]["latitude"] is None


def test_a_restricted_place_is_given_at_the_centre_of_its_cell(register, tmp_path):
    export(PUBLIC, "geojson", tmp_path / "places.geojson")
    features = {f["id"]: f for f in json.loads((tmp_path / "places.geojson").read_bytes())["features"]}
    assert features[register.restricted]["geometry"] == {"type": "Point", "coordinates": [39.15, 36.25]}
    assert features[register.restricted]["properties"]["precision"] == "0.1"
    assert features[register.by_name]["geometry"] is None
    shapes = features[register.open]["geometry"]
    assert shapes["geometries"] == [g["geojson"] for g in OPEN["geometries"]]


def test_a_geopackage_keeps_the_standard_and_gdal_reads_it(register, tmp_path):
    import pyogrio

    out = tmp_path / "places.gpkg"
    export(OPERATOR, "gpkg", out, audience="manager")
    with sqlite3.connect(out) as db:
        assert db.execute("PRAGMA application_id").fetchone()[0] == int.from_bytes(b"GPKG", "big")
        assert db.execute("PRAGMA user_version").fetchone()[0] == 10300
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        for when in [*db.execute("SELECT last_change FROM gpkg_contents"), *db.execute("SELECT timestamp FROM gpkg_metadata_reference")]:
            datetime.strptime(when[0], "%Y-%m-%dT%H:%M:%S.%fZ")
        told = json.loads(db.execute("SELECT metadata FROM gpkg_metadata WHERE mime_type = 'application/json'").fetchone()[0])
    db.close()
    assert told["audience"] == "manager"
    assert pyogrio.list_layers(out).tolist() == [["places", "Point"], ["outlines", "Unknown"]]
    info = pyogrio.read_info(out, layer="places", force_total_bounds=True)
    assert (info["features"], info["crs"]) == (5, "EPSG:4326")
    assert list(info["total_bounds"]) == pytest.approx([39.123457, 33.444666, 59.850123, 36.234561])
    outlines = pyogrio.raw.read(out, layer="outlines")
    from shapely import from_wkb

    shapes = from_wkb(outlines[2])
    assert sorted(shape.geom_type for shape in shapes) == ["Point", "Point", "Polygon", "Polygon"]
    assert all(shape.is_valid for shape in shapes)


def test_a_csv_stays_a_clean_table_and_its_description_lies_beside(register, tmp_path):
    summary = export(PUBLIC, "csv", tmp_path / "places.csv")
    assert (tmp_path / "places.csv").read_bytes().startswith(b"\xef\xbb\xbfid,name,names")
    assert summary["meta"] == str(tmp_path / "places.csv.meta.json")
    told = json.loads((tmp_path / "places.csv.meta.json").read_bytes())
    assert told["digest"] == summary["digest"]
    assert told["disclaimer"] == about.BOUNDARIES


def test_who_exports_sees_at_least_what_the_audience_sees(register, tmp_path):
    reviewer = Actor("r", "reviewer", "Rana")
    export(reviewer, "csv", tmp_path / "places.csv", audience="reviewer")
    with pytest.raises(NotAllowed) as refusal:
        export(reviewer, "csv", tmp_path / "more.csv", audience="manager")
    assert refusal.value.code == "export-above"
    with pytest.raises(NotAllowed):
        export(PUBLIC, "csv", tmp_path / "more.csv", audience="contributor")
    assert not (tmp_path / "more.csv").exists()


@pytest.mark.parametrize(("given", "code"), [({"format": "dbf"}, "export-format"), ({"audience": "everyone"}, "export-audience"),
                                             ({"query": "bbox:1,2"}, "query-box")])
def test_what_is_asked_wrongly_is_named(register, tmp_path, given, code):
    with pytest.raises(TutelaError) as error:
        export(OPERATOR, **{"format": "csv", "out": tmp_path / "x.csv", **given})
    assert error.value.code == code
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_to_is_named(register, tmp_path, settings):
    (tmp_path / "folder").mkdir()
    for out, code in ((tmp_path / "folder", "export-is-folder"), (tmp_path / "none" / "x.csv", "export-unwritable"),
                      (settings.WORKSPACE.database, "export-over-workspace"),
                      (settings.WORKSPACE.blobs / "x.csv", "export-over-workspace")):
        with pytest.raises(TutelaError) as error:
            export(PUBLIC, "csv", out)
        assert error.value.code == code
    assert [p.name for p in tmp_path.rglob("*")] == ["folder"]


def test_an_export_that_breaks_off_leaves_the_former_file_and_nothing_else(register, format, tmp_path):
    out = tmp_path / f"places.{format}"
    out.write_text("the former export")

    def stop(done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        export(PUBLIC, format, out, progress=stop)
    assert out.read_text() == "the former export"
    assert list(tmp_path.iterdir()) == [out]


def test_a_full_disk_is_a_coded_error(register, format, tmp_path, monkeypatch):
    import errno

    def full(*given):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tutela.exchange.outfile.os.fsync", full)
    with pytest.raises(TutelaError) as error:
        export(PUBLIC, format, tmp_path / "x")
    assert error.value.code == "disk-full"
    assert list(tmp_path.iterdir()) == []


def test_an_empty_selection_is_an_empty_file_of_its_format(register, format, tmp_path):
    out = tmp_path / f"none.{format}"
    assert export(PUBLIC, format, out, query="country:FR")["places"] == 0
    if format == "geojson":
        assert json.loads(out.read_bytes())["features"] == []
    elif format == "gpkg":
        import pyogrio

        assert pyogrio.read_info(out, layer="places")["features"] == 0
    else:
        assert about.BOUNDARIES in all_bytes(tmp_path).decode("utf-8", "replace")


@pytest.mark.django_db(transaction=True)
def test_an_export_shows_one_moment_though_others_go_on_writing(tmp_path, monkeypatch):
    fill()
    monkeypatch.setattr(queries_export, "SLICE", 1)
    head = journal.head()

    def write_meanwhile(done, total):
        record_place(OPERATOR, {"names": [{"text": f"Written after {done}"}]})

    summary = export(PUBLIC, "geojson", tmp_path / "places.geojson", progress=write_meanwhile)
    assert summary["journal"] == {"line": head[0], "digest": head[1]}
    assert summary["places"] == 4
    assert b"Written after" not in (tmp_path / "places.geojson").read_bytes()
    assert export(PUBLIC, "csv", tmp_path / "later.csv")["places"] == 8


def test_kml_is_well_formed_and_carries_rows_and_shapes(register, tmp_path):
    out = tmp_path / "places.kml"
    export(OPERATOR, "kml", out, audience="manager")
    from defusedxml.ElementTree import parse

    from tutela.exchange.readers import open_source

    root = parse(out).getroot()
    space = "{http://www.opengis.net/kml/2.2}"
    marks = {mark.findtext(f".//{space}Data[@name='id']/{space}value"): mark for mark in root.iter(f"{space}Placemark")}
    assert len(marks) == 5
    assert marks[register.restricted].find(f".//{space}Polygon/{space}outerBoundaryIs//{space}coordinates").text.startswith(
        "39.123111,36.234222 ")
    assert marks[register.by_name].find(f"{space}Point") is None
    source = open_source(out)
    rows = [dict(zip(source.columns, values, strict=True)) for _, values, _ in source.rows()]
    assert {row["id"] for row in rows} == set(marks)
    assert {row["audience"] for row in rows} == {"manager"}
