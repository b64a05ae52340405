"""Map files: everything comes out as longitude and latitude on WGS 84, and how it got there is stated."""

from __future__ import annotations

import json
import sqlite3
import zipfile
from pathlib import Path

import numpy
import pyogrio.raw
import pytest
import shapely

from tutela.errors import Unusable
from tutela.exchange.readers import open_source, repair

BOW_TIE = {"type": "Polygon", "coordinates": [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]}
POINT = {"type": "Point", "coordinates": [44.5, 40.2]}


def feature(geometry, **properties) -> dict:
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def collection(*features, **members) -> dict:
    return {"type": "FeatureCollection", "features": list(features), **members}


def geojson(folder: Path, value, name: str = "a.geojson") -> Path:
    path = folder / name
    path.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")
    return path


def vector(
    path: Path, points=((500_000, 4_400_000),), names=("Գյումրի",), crs: str | None = "EPSG:32638", **options
) -> Path:
    shapes = [shapely.Point(p) for p in points] if not isinstance(points, list) else points
    pyogrio.raw.write(
        str(path),
        numpy.array(shapely.to_wkb(shapes), dtype=object),
        [numpy.array(names, dtype=object)],
        ["name"],
        geometry_type=options.pop("geometry_type", "Point"),
        crs=crs,
        **options,
    )
    return path


def codes(source) -> list[str]:
    return [w.code for w in source.warnings]


def refusal(path: Path, **options) -> str:
    with pytest.raises(Unusable) as caught:
        list(open_source(path, **options).rows())
    return caught.value.code


# -- GeoJSON ------------------------------------------------------------


def test_features_become_rows_with_the_union_of_their_properties(tmp_path):
    path = geojson(tmp_path, collection(feature(POINT, name="a", names={"hy": "Ա"}), feature(None, name="b", n=2)))
    source = open_source(path)
    assert (source.format, source.columns, source.geometry) == ("geojson", ("name", "names", "n"), True)
    assert list(source.rows()) == [(1, ["a", '{"hy": "Ա"}', None], POINT), (2, ["b", None, 2], None)]
    assert source.stated["crs"] == "EPSG:4326" and source.stated["crs_from"] == "assumed"
    assert source.stated["transformed"] is False and source.warnings == []


def test_a_features_own_id_becomes_a_column(tmp_path):
    path = geojson(tmp_path, collection({**feature(POINT, name="a"), "id": "site-7"}, feature(POINT, name="b")))
    source = open_source(path)
    assert source.columns == ("id", "name")
    assert [v for _, v, _ in source.rows()] == [["site-7", "a"], [None, "b"]]


@pytest.mark.parametrize(
    "value",
    [
        feature(POINT, name="a"),
        POINT,
        [feature(POINT)],
        json.dumps(feature(POINT)) + "\n" + json.dumps(feature(POINT)) + "\n",
        "\x1e" + json.dumps(feature(POINT)) + "\n\x1e" + json.dumps(POINT) + "\n",
    ],
)
def test_single_features_geometries_and_sequences(tmp_path, value):
    source = open_source(geojson(tmp_path, value, "a.json"))
    rows = list(source.rows())
    assert rows and all(geometry == POINT for _, _, geometry in rows)


def test_a_broken_line_of_a_sequence_costs_only_itself(tmp_path):
    good = json.dumps(feature(POINT, n=1))
    source = open_source(geojson(tmp_path, f"{good}\n{good}\n{{broken\n{good}\n", "a.ndjson"))
    assert [n for n, _, _ in source.rows()] == [1, 2, 4]
    assert [(r.number, r.problem.code) for r in source.refused] == [(3, "feature-broken")]


@pytest.mark.parametrize("name", ["urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"])
def test_degrees_by_another_name_are_left_alone(tmp_path, name):
    crs = {"type": "name", "properties": {"name": name}}
    source = open_source(geojson(tmp_path, collection(feature(POINT), crs=crs)))
    assert next(source.rows())[2] == POINT and source.stated["crs_from"] == "file"


def test_a_named_projection_is_honoured_and_stated(tmp_path):
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32638"}}
    path = geojson(tmp_path, collection(feature({"type": "Point", "coordinates": [500000, 4400000]}), crs=crs))
    source = open_source(path)
    assert next(source.rows())[2]["coordinates"] == pytest.approx([45.0, 39.749907], abs=1e-6)
    assert source.stated["crs"].startswith("EPSG:32638") and source.stated["transformed"] is True


def test_a_given_projection_overrides_and_unknown_ones_are_refused(tmp_path):
    path = geojson(tmp_path, collection(feature({"type": "Point", "coordinates": [500000, 4400000]})))
    for crs in ("EPSG:32638", "32638", "epsg:32638"):
        assert next(open_source(path, crs=crs).rows())[2]["coordinates"] == pytest.approx([45.0, 39.749907], abs=1e-6)
    for crs in ("EPSG:999999", "my own", "http://example.org/crs", "../../etc/passwd", "EPSG:4978"):
        assert refusal(path, crs=crs) == "crs-unknown"
    linked = {"type": "link", "properties": {"href": "http://example.org/crs"}}
    assert refusal(geojson(tmp_path, collection(feature(POINT), crs=linked))) == "crs-unknown"
    assert refusal(geojson(tmp_path, collection(feature(POINT), crs=None))) == "crs-missing"


@pytest.mark.parametrize(
    ("coordinates", "code"),
    [
        ([35.2, 120.5], "coordinates-swapped"),
        ([500000, 4400000], "coordinates-projected"),
        ([200.0, 95.0], "coordinates-out-of-range"),
        (["44", "40"], "geometry-broken"),
        ([44], "geometry-broken"),
        ([[44, 40]], "geometry-broken"),
        (None, "geometry-broken"),
        ([True, False], "geometry-broken"),
        ([1e400, 2], "geometry-broken"),
    ],
)
def test_impossible_coordinates_refuse_their_feature(tmp_path, coordinates, code):
    text = json.dumps(collection(feature({"type": "Point", "coordinates": coordinates}, n=1), feature(POINT, n=2)))
    source = open_source(geojson(tmp_path, text.replace("Infinity", "1e400")))
    assert [v for _, v, _ in source.rows()] == [[2]]
    assert [(r.number, r.problem.code) for r in source.refused] == [(1, code)]


def test_latitude_first_is_read_when_said_so(tmp_path):
    path = geojson(tmp_path, collection(feature({"type": "Point", "coordinates": [40.2, 144.5]})))
    source = open_source(path, coordinate_order="lat-lon")
    assert next(source.rows())[2]["coordinates"] == [144.5, 40.2]
    assert source.stated["coordinate_order"] == "lat-lon"
    assert refusal(path, coordinate_order="yx") == "order-unknown"


def test_an_invalid_polygon_is_repaired_and_reported(tmp_path):
    source = open_source(geojson(tmp_path, collection(feature(BOW_TIE, n=1))))
    [(_, _, geometry)] = source.rows()
    assert shapely.geometry.shape(geometry).is_valid
    [warning] = source.warnings
    assert (warning.code, warning.row) == ("geometry-invalid", 1) and "Self-intersection" in warning.message


def test_repair_says_what_it_did_and_leaves_valid_shapes_alone():
    mended, found = repair(BOW_TIE)
    assert shapely.geometry.shape(mended).is_valid and found is not None and found.code == "geometry-invalid"
    square = {"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}
    assert repair(square) == (square, None) and repair(POINT) == (POINT, None)


def test_heights_are_left_out_and_counted_and_empty_geometries_become_none(tmp_path):
    path = geojson(
        tmp_path,
        collection(
            feature({"type": "Point", "coordinates": [44.5, 40.2, 900.0]}),
            feature({"type": "Polygon", "coordinates": []}),
        ),
    )
    source = open_source(path)
    assert [geometry for _, _, geometry in source.rows()] == [POINT, None]
    assert sorted(codes(source)) == ["geometry-empty", "height-left-out"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"type": "FeatureCollection", "features": [', "json-broken"),
        ('{"type": "Topology"}', "geojson-no-features"),
        ("[1, 2]", "geojson-no-features"),
        ('{"type": "Point", "coordinates": [NaN, 1]}', "json-number"),
        ("[" * 200_000, "nesting-too-deep"),
        ('{"a":' * 200_000, "nesting-too-deep"),
        ("plain text", "file-broken"),
        ('{"type": "FeatureCollection", "features": 3}', "geojson-no-features"),
    ],
)
def test_json_that_is_no_map_is_refused(tmp_path, text, code):
    assert refusal(geojson(tmp_path, text)) == code


def test_deeply_nested_coordinates_are_refused_as_a_feature(tmp_path):
    deep = "[" * 300 + "1" + "]" * 300
    source = open_source(
        geojson(
            tmp_path, f'{{"type":"Feature","properties":{{}},"geometry":{{"type":"Polygon","coordinates":{deep}}}}}'
        )
    )
    assert list(source.rows()) == [] and source.refused[0].problem.code == "geometry-broken"


# -- GeoPackage and Shapefile ------------------------------------------------------------


def test_a_geopackage_is_transformed_and_its_layers_are_named(tmp_path):
    path = vector(tmp_path / "a.gpkg", layer="sites")
    vector(path, layer="finds", crs="EPSG:4326", points=((44.5, 40.2),))
    source = open_source(path)
    assert (source.format, source.columns, source.stated["layers"]) == ("gpkg", ("name",), ["sites", "finds"])
    [(number, values, geometry)] = source.rows()
    assert (number, values) == (1, ["Գյումրի"]) and geometry["coordinates"] == pytest.approx(
        [45.0, 39.749907], abs=1e-6
    )
    assert source.stated["crs"].startswith("EPSG:32638") and "layer-chosen" in codes(source)
    assert [g for _, _, g in open_source(path, layer="finds").rows()] == [POINT]
    assert refusal(path, layer="walls") == "layer-unknown"


def test_reading_a_geopackage_leaves_it_untouched(tmp_path):
    path = vector(tmp_path / "a.gpkg")
    before = path.read_bytes()
    list(open_source(path).rows())
    assert path.read_bytes() == before and [p.name for p in tmp_path.iterdir()] == ["a.gpkg"]


def test_more_features_than_one_batch_are_all_read(tmp_path, monkeypatch):
    from tutela.exchange.readers import vector as reader

    monkeypatch.setattr(reader, "BATCH", 3)
    path = vector(
        tmp_path / "a.gpkg", points=tuple((500_000 + i, 4_400_000) for i in range(9)), names=tuple("abcdefghi")
    )
    assert [(n, v[0]) for n, v, _ in open_source(path).rows()] == list(enumerate("abcdefghi", 1))


def test_a_database_that_is_no_geopackage_or_reaches_outside_is_refused(tmp_path):
    plain = tmp_path / "a.gpkg"
    with sqlite3.connect(plain) as connection:
        connection.execute("CREATE TABLE t (a)")
    connection.close()
    assert refusal(plain) == "format-unknown"
    trap = vector(tmp_path / "b.gpkg")
    with sqlite3.connect(trap) as connection:
        connection.execute("PRAGMA writable_schema=ON")
        connection.execute(
            "INSERT INTO sqlite_master VALUES ('table', 'v', 'v', 0, "
            "'CREATE VIRTUAL TABLE v USING VirtualOGR(''/vsicurl/http://example.org/x'')')"
        )
    connection.close()
    assert refusal(trap) == "source-unsafe"
    broken = tmp_path / "c.gpkg"
    broken.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert refusal(broken) == "file-broken"


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8"])
def test_a_shapefile_is_read_in_its_own_encoding(tmp_path, encoding):
    names = ("Мечеть", "Крепость", "Церковь Святого Иоанна")
    path = vector(
        tmp_path / "a.shp", points=tuple((500_000 + i, 4_400_000) for i in range(3)), names=names, encoding=encoding
    )
    for given in (None, "without"):
        if given:
            (tmp_path / "a.cpg").unlink()  # then the letters themselves must tell
        source = open_source(path)
        assert [v[0] for _, v, _ in source.rows()] == list(names)
        assert source.stated["encoding"] == encoding and source.format == "shapefile"


def test_a_shapefile_without_its_parts(tmp_path):
    path = vector(tmp_path / "a.shp")
    (tmp_path / "a.prj").unlink()
    assert refusal(path) == "crs-missing"
    assert next(open_source(path, crs="EPSG:32638").rows())[2]["coordinates"][0] == pytest.approx(45.0)
    (tmp_path / "a.prj").write_text("nonsense")
    assert refusal(path) in {"crs-unknown", "crs-missing"}
    (tmp_path / "a.dbf").unlink()
    assert refusal(path) == "part-missing"


def test_a_zipped_shapefile_in_a_folder_with_upper_case_endings(tmp_path):
    vector(tmp_path / "a.shp")
    archive_path = tmp_path / "list.zip"
    with zipfile.ZipFile(archive_path, "w") as archive:
        for ending in ("shp", "shx", "dbf", "prj", "cpg"):
            archive.write(tmp_path / f"a.{ending}", f"data/Sites.{ending.upper()}")
        archive.writestr("__MACOSX/data/._Sites.SHP", b"noise")
        archive.writestr("data/readme.txt", "see the shapefile")
    source = open_source(archive_path)
    assert source.format == "shapefile" and source.stated["entry"] == "data/Sites.SHP"
    assert len(list(source.rows())) == 1 and source.warnings == []


def test_invalid_polygons_in_a_geopackage_are_repaired_and_reported(tmp_path):
    shape = shapely.Polygon([(44, 40), (46, 42), (46, 40), (44, 42)])
    path = vector(tmp_path / "a.gpkg", points=[shape], names=("x",), crs="EPSG:4326", geometry_type="Polygon")
    source = open_source(path)
    [(_, _, geometry)] = source.rows()
    assert shapely.geometry.shape(geometry).is_valid and codes(source) == ["geometry-invalid"]


# -- KML ------------------------------------------------------------

KML = """<?xml version="1.0" encoding="UTF-8"?>
<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>list</name><Folder><name>Forts</name>
<Placemark id="p1"><name>Naryn-Kala</name><description><![CDATA[<b>old</b>]]></description>
<ExtendedData><Data name="state"><value>good</value></Data><SchemaData><SimpleData name="no">7</SimpleData></SchemaData>
</ExtendedData>
<Point><coordinates>48.27,42.05,310</coordinates></Point></Placemark>
<Placemark><name>Wall</name><Polygon><outerBoundaryIs><LinearRing><coordinates>48,42 48.1,42 48.1,42.1 48,42.1 48,42
</coordinates></LinearRing></outerBoundaryIs><innerBoundaryIs><LinearRing><coordinates>
48.02,42.02 48.04,42.02 48.04,42.04 48.02,42.02
</coordinates></LinearRing></innerBoundaryIs></Polygon></Placemark></Folder>
<Placemark><name>Two gates</name><MultiGeometry><Point><coordinates>48,42</coordinates></Point>
<Point><coordinates>48.1,42.1</coordinates>
</Point></MultiGeometry></Placemark><Placemark><name>Unlocated</name></Placemark></Document></kml>"""


def test_placemarks_become_rows(tmp_path):
    (tmp_path / "a.kml").write_text(KML, encoding="utf-8")
    source = open_source(tmp_path / "a.kml")
    rows = list(source.rows())
    first = dict(zip(source.columns, rows[0][1], strict=True))
    assert first == {
        "folder": "Forts",
        "id": "p1",
        "name": "Naryn-Kala",
        "description": "<b>old</b>",
        "state": "good",
        "no": "7",
    }
    assert rows[0][2] == {"type": "Point", "coordinates": [48.27, 42.05]}
    assert rows[1][2]["type"] == "Polygon" and len(rows[1][2]["coordinates"]) == 2
    assert rows[2][2] == {"type": "MultiPoint", "coordinates": [[48.0, 42.0], [48.1, 42.1]]}
    assert rows[3][2] is None and codes(source) == ["height-left-out"]
    assert source.stated["layers"] == ["Forts"]
    assert len(list(open_source(tmp_path / "a.kml", layer="Forts").rows())) == 2


def test_a_kmz_opens_its_document(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr("doc.kml", KML)
        archive.writestr("files/picture.png", b"\x89PNG")
    assert len(list(open_source(tmp_path / "a.kmz").rows())) == 4


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><kml><name>&b;</name></kml>',
            "xml-entities",
        ),
        ('<!DOCTYPE k SYSTEM "file:///etc/passwd"><kml/>', "xml-entities"),
        ("<kml><Placemark></kml>", "xml-broken"),
        ("<gpx></gpx>", "format-unknown"),
        ("<kml></kml>", "layer-none"),
        ("<kml>" + "<Folder>" * 5000, "nesting-too-deep"),
        ("<html><body><table></table></body></html>", "format-unknown"),
    ],
)
def test_hostile_and_foreign_xml_is_refused(tmp_path, text, code):
    (tmp_path / "a.kml").write_text(text, encoding="utf-8")
    assert refusal(tmp_path / "a.kml") == code


def test_network_links_are_not_followed_and_that_is_said(tmp_path):
    linked = KML.replace(
        "<Folder>", "<NetworkLink><Link><href>http://example.org/x.kml</href></Link></NetworkLink><Folder>"
    )
    (tmp_path / "a.kml").write_text(linked, encoding="utf-8")
    source = open_source(tmp_path / "a.kml")
    assert codes(source) == ["source-unsafe"] and len(list(source.rows())) == 4


def test_broken_coordinates_refuse_their_placemark(tmp_path):
    (tmp_path / "a.kml").write_text(KML.replace("48.27,42.05,310", "north of town"), encoding="utf-8")
    source = open_source(tmp_path / "a.kml")
    assert [n for n, _, _ in source.rows()] == [2, 3, 4]
    assert [(r.number, r.problem.code) for r in source.refused] == [(1, "geometry-broken")]
