"""Headers of coordinate columns in the languages that registers are kept in."""

from __future__ import annotations

import pytest

from tutela.exchange.readers import GeometryGuess, geometry_columns
from tutela.exchange.readers.detect import fold


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        ("lat", "lon"),
        ("Latitude", "Longitude"),
        ("LATITUDE (WGS84)", "LONGITUDE (WGS84)"),
        ("siteLat", "siteLon"),
        ("GPS latitude", "GPS longitude"),
        ("Широта", "Долгота"),
        ("широта, °", "долгота, °"),
        ("Широта", "Довгота"),
        ("Coğrafi enlik", "Coğrafi uzunluq"),
        ("En dairəsi", "Uzunluq dairəsi"),
        ("Enlem", "Boylam"),
        ("ENLEM (°)", "BOYLAM (°)"),
        ("خط العرض", "خط الطول"),
        ("دائرة العرض", "خط الطول"),
        ("عرض جغرافیایی", "طول جغرافیایی"),
        ("Լայնություն", "Երկայնություն"),
        ("Latitude (degrés)", "Longitude (degrés)"),
        ("decimalLatitude", "decimalLongitude"),
    ],
)
def test_degrees(lat, lon):
    assert geometry_columns(["id", "name", lon, lat]) == GeometryGuess("degrees", lat=lat, lon=lon)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ("x", "y"),
        ("Easting", "Northing"),
        ("UTM E", "UTM N"),
        ("Coordonnée X", "Coordonnée Y"),
        ("Координата X", "Координата Y"),
        ("abscisse", "ordonnée"),
        ("Şərq", "Şimal"),
        ("Doğu", "Kuzey"),
        ("الإحداثي السيني", "الإحداثي الصادي"),
        ("شرقيات", "شماليات"),
        ("Схід", "Північ"),
        ("Արևելք", "Հյուսիս"),
        ("مختصات X", "مختصات Y"),
        ("Easting (m)", "Northing (m)"),
    ],
)
def test_metres(x, y):
    found = geometry_columns(["id", x, y, "UTM zone"])
    assert found == GeometryGuess("projected", x=x, y=y, zone="UTM zone")


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("WKT", "wkt"),
        ("wkt_geom", "wkt"),
        ("Geometric Place Expression", "wkt"),
        ("hp_geom", "wkt"),
        ("GeoJSON", "geojson"),
        ("Coordinates", "pair"),
        ("Координаты", "pair"),
        ("إحداثيات", "pair"),
        ("الإحداثيات", "pair"),
        ("مختصات", "pair"),
        ("Koordinatlar", "pair"),
        ("Lat/Long", "pair"),
        ("coordonnées GPS", "pair"),
        ("Կոորդինատներ", "pair"),
        ("Координати", "pair"),
    ],
)
def test_one_column_for_both(header, kind):
    found = geometry_columns(["id", header])
    assert (found.kind, found.column) == (kind, header)


@pytest.mark.parametrize(
    "columns",
    [
        ["id", "name", "type"],
        ["plate", "along", "latin name", "Long description"],
        ["North boundary", "East boundary"],
        ["lat"],
        ["xml", "year"],
        [],
        ["", "  "],
        ["وصف", "الاسم"],
        ["широкий", "долго"],
    ],
)
def test_other_columns_are_left_alone(columns):
    assert geometry_columns(columns).kind == "none"


def test_degrees_win_over_metres_and_exact_names_over_longer_ones():
    found = geometry_columns(["x", "y", "old latitude", "old longitude", "lat", "lon"])
    assert found == GeometryGuess("degrees", lat="lat", lon="lon")


def test_folding():
    assert fold("SiteLat") == "site lat" and fold("ENLEM (°)") == "enlem" and fold("İnzibati") == "inzibati"
    assert fold("عَرْض") == "عرض" and fold("Краткий") == "краткий"
