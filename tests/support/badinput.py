"""Files that a register must survive: made on the spot, each with what the command line must say of it."""

# ruff: noqa: E501  (one line a case)

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HEAD = "id,name,latitude,longitude\n"
GOOD = "G-1,Good one,35.5,40.25\n"
Content = str | bytes | Callable[[Path], object]


@dataclass(frozen=True)
class Case:
    """``exit`` and ``codes`` (of refusals, warnings, or the error) that must be told; ``places`` that are created.
    ``at``: (row, column) of a refusal."""

    what: str
    name: str
    content: Content
    exit: int
    codes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    places: int = 0
    at: tuple[int, str | None] | None = None
    mapping: str | None = None

    def __str__(self) -> str:
        return self.what


def table(*rows: str, head: str = HEAD) -> str:
    return head + "".join(f"{row}\n" for row in rows)


def dated(text: str) -> str:
    return f"id,name,latitude,longitude,condition,observed\nD-1,Dated,35.5,40.25,Poor,{text}\n"


def workbook(rows: list[list[Any]], merge: tuple[int, int, int, int, str] | None = None) -> Callable[[Path], None]:
    """An XLSX file; a cell ``=…`` is a formula without a stored result."""

    def write(path: Path) -> None:
        import xlsxwriter

        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("Sites")
            for r, row in enumerate(rows):
                for c, value in enumerate(row):
                    if isinstance(value, str) and value.startswith("="):
                        sheet.write_formula(r, c, value, None, "")
                    else:
                        sheet.write(r, c, value)
            if merge:
                sheet.merge_range(*merge)

    return write


def geojson(*geometries: dict[str, Any]) -> str:
    features = [{"type": "Feature", "properties": {"id": f"J-{n}", "name": f"Feature {n}"}, "geometry": g} for n, g in enumerate(geometries)]
    return json.dumps({"type": "FeatureCollection", "features": features})


def polygon(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": [list(map(list, points))]}


def shapefile(path: Path) -> None:
    """A zipped shapefile without its .prj."""
    import numpy
    import pyogrio
    import shapely

    inside = path.with_name("sites.shp")
    pyogrio.raw.write(str(inside), geometry=numpy.array([shapely.to_wkb(shapely.Point(40, 35))]), field_data=[numpy.array(["A"], dtype=object)],
                      fields=["name"], geometry_type="Point", crs=None, driver="ESRI Shapefile")
    with zipfile.ZipFile(path, "w") as archive:
        for part in path.parent.glob("sites.*"):
            if part.suffix != ".prj":
                archive.write(part, part.name)
                part.unlink()


def bomb(path: Path) -> None:
    """A gigabyte of zeros in a megabyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("sites.csv", "w", force_zip64=True) as out:
        out.write(HEAD.encode())
        zeros = bytes(1 << 20)
        for _ in range(1024):
            out.write(zeros)


def outside(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../escaped.csv", table(GOOD.strip()))


def encrypted(path: Path) -> None:
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(2000))


KML = """<?xml version="1.0"?>
<!DOCTYPE kml [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&c;</name><Point><coordinates>40,35</coordinates></Point></Placemark></kml>"""
KML_FILE = """<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<kml xmlns="http://www.opengis.net/kml/2.2"><Placemark><name>&x;</name><Point><coordinates>40,35</coordinates></Point></Placemark></kml>"""

MAPPING = """mapping: mine
title: Mine
source: {key: mine, title: Mine}
key: {column: %s, scheme: mine}
place:
  names: [{text: name}]
  geometries: [{latitude: latitude, longitude: longitude}]
%s"""


def mapped(key: str = "id", more: str = "") -> str:
    return MAPPING % (key, more)


YAML_BOMB = "\n".join([f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x, x, x'}]" for n in range(10)] + ["mapping: *a9"])

ENCODINGS = (
    Case("Latin letters in cp1252, stated as UTF-8", "a.csv", table("E-1,Palmyra é,35,40").encode("cp1252"), 3, ("text-undecodable",),
         ("--encoding", "utf-8"), at=(2, "name")),
    Case("an encoding that does not exist", "a.csv", table(GOOD.strip()), 4, ("encoding-unknown",), ("--encoding", "klingon-8")),
    Case("Arabic in cp1256, nothing stated", "a.csv", table(*[f"E-{n},موقع أثري قديم في مدينة حلب رقم {n},35,40" for n in range(9)]).encode("cp1256"), 0, places=9),
    Case("Russian in cp1251, nothing stated", "a.csv",
         table(*[f"E-{n},Старый монастырь у реки Сырдарья {n},35,40" for n in range(9)]).encode("cp1251"), 0, places=9),
    Case("UTF-16 with a mark", "a.csv", table(GOOD.strip()).encode("utf-16"), 0, places=1),
    Case("UTF-8 with a mark", "a.csv", table(GOOD.strip()).encode("utf-8-sig"), 0, places=1),
    Case("mojibake", "a.csv", table(*[f"M-{n},{'كنيسة القديس سمعان'.encode().decode('cp1252', 'replace').replace(chr(0xfffd), '')} {n},35,40" for n in range(5)],
                                  *[f"N-{n},{'Şuşa qalası Łódź'.encode().decode('cp1252', 'ignore')} {n},35,40" for n in range(5)]), 0, ("mojibake",), places=10),
    Case("a lost letter", "a.csv", table("L-1,Al-Sh\ufffdba,35,40"), 0, ("character-lost",), places=1),
    Case("NUL bytes", "a.csv", table("N-1,Tell\0 A,35,40"), 0, ("nul-bytes",), places=1),
    Case("a lone surrogate, as CESU bytes", "a.csv", table("U-1,Tell ").encode()[:-1] + b"\xed\xa0\x80,35,40\n", 0, ("encoding-uncertain",), places=1),
    Case("a lone surrogate escaped in JSON", "a.geojson",
         geojson({"type": "Point", "coordinates": [40, 35]}).replace("Feature 0", "Tell \\ud800"), 0, ("character-lost",), places=1),
)

NAMES = (
    Case("right-to-left marks and bidi controls in names", "a.csv", table("B-1,\u202e\u2066حَلَب\u2069\u200f,35,40"), 0, places=1),
    Case("emoji and letters beyond 16 bits", "a.csv", table("B-2,🏛 𐎠𐎼𐎡𐎹,35,40"), 0, places=1),
    Case("a name of 500 letters", "a.csv", table(f"B-3,{'Tell ' * 100},35,40"), 0, places=1),
    Case("a number of 64 bits", "a.csv", table("9223372036854775807,Big,35,40", "9223372036854775808,Bigger,35,40"), 0, places=2),
    Case("a number of 300 letters", "a.csv", table(f"{'9' * 300},Long,35,40"), 0, places=1),
    Case("a name of invisible marks only", "a.csv", table("B-4,\u200b\u200f,35,40"), 0, places=1),
    Case("a name that looks like a formula", "a.csv", table('B-5,"=HYPERLINK(""http://x"")",35,40'), 0, places=1),
    Case("a name that looks like markup", "a.csv", table("B-6,<script>alert(1)</script>,35,40"), 0, places=1),
)

POSITIONS = (
    Case("latitude and longitude swapped", "a.csv",
         table(*[f"P-{n},Swapped {n},{135.5 + n},{-33.5}" for n in range(5)]), 3, ("coordinate-out-of-range",),
         at=(2, "latitude, longitude")),
    Case("a latitude of 95", "a.csv", table(GOOD.strip(), "P-1,North of north,95,40"), 3, ("coordinate-out-of-range",), at=(3, "latitude, longitude")),
    Case("a longitude of 190", "a.csv", table("P-2,East of east,35,190"), 3, ("coordinate-out-of-range",)),
    Case("metres where degrees should be", "a.csv", table("P-3,In metres,3928000,456000"), 3),
    Case("UTM without a zone", "a.csv", "id,name,easting,northing\nP-4,No zone,456000,3928000\n", 3, ("utm-without-zone",)),
    Case("not a number", "a.csv", table("P-5,NaN,NaN,40"), 3),
    Case("infinite", "a.csv", table("P-6,Infinite,35,inf"), 3),
    Case("infinite in JSON", "a.geojson", geojson({"type": "Point", "coordinates": [40, 35]}).replace("40", "Infinity"), 4, ("json-number",)),
    Case("1e400 in JSON", "a.geojson", geojson({"type": "Point", "coordinates": [40, 35]}).replace("40", "1e400"), 3),
    Case("words for a latitude", "a.csv", table("P-7,Words,by the river,40"), 3, at=(2, "latitude, longitude")),
    Case("negative zero", "a.csv", table("P-8,Null island,-0.0,-0.0"), 0, places=1),
    Case("the poles and the antimeridian", "a.csv", table("P-9,North pole,90,0", "P-10,South pole,-90,0", "P-11,Antimeridian,0,180",
                                                          "P-12,Antimeridian west,0,-180"), 0, places=4),
    Case("only a latitude", "a.csv", table("P-13,Half,35,"), 3),
    Case("no position", "a.csv", table("P-14,By name only,,"), 0, places=1),
    Case("a bow-tie polygon", "a.geojson", geojson(polygon((40, 35), (41, 36), (41, 35), (40, 36), (40, 35))), 0, ("geometry-invalid",), places=1),
    Case("a polygon of two points", "a.geojson", geojson(polygon((40, 35), (41, 36))), 3),
    Case("an open ring", "a.geojson", geojson(polygon((40, 35), (41, 36), (41, 35))), 0, ("geometry-invalid",), places=1),
    Case("an empty geometry", "a.geojson", geojson({"type": "Point", "coordinates": []}), 0, ("geometry-empty",), places=1),
    Case("a geometry of no known type", "a.geojson", geojson({"type": "Sphere", "coordinates": [1, 2]}), 3),
    Case("a shapefile without its coordinate system", "a.zip", shapefile, 4, ("crs-missing",)),
    Case("an unknown coordinate system", "a.geojson", geojson({"type": "Point", "coordinates": [40, 35]}), 4, ("crs-unknown",),
         ("--crs", "EPSG:999999")),
)

DATES = tuple(Case(f"the date “{text}”", "a.csv", dated(text), code) for text, code in (
    ("31 February 2020", 3), ("2020-02-31", 3), ("2020-13-01", 3), ("half IV century BC", 3), ("tomorrow", 3), ("99/99/9999", 3)))

KEYS = (
    Case("rows that are parts of one place", "a.csv",
         table("K-0,Tell A,35,40,north", "K-0,Tell A,35,40,south", head="id,name,latitude,longitude,description\n"), 0, places=1),
    Case("the same row twice", "a.csv", table("K-1,Tell A,35,40", "K-1,Tell A,35,40"), 0, ("key-repeated",), places=1),
    Case("one number for two places", "a.csv", table("K-2,Tell A,35,40", "K-2,Qasr B,12,-70"), 0, ("key-repeated",), places=1),
    Case("no number in one row", "a.csv", table("K-3,Tell A,35,40", ",Tell B,35,41"), 3, ("key-missing",), at=(3, "id")),
)

TABLES = (
    Case("an empty file", "a.csv", b"", 4, ("file-empty",)),
    Case("only a header", "a.csv", HEAD, 0, ("table-no-rows",)),
    Case("only blank lines", "a.csv", "\n\n\n", 4, ("file-empty",)),
    Case("only refused rows, with --partial", "a.csv", table("R-1,A,95,40", "R-2,B,96,40"), 3, ("coordinate-out-of-range",), ("--partial",)),
    Case("lines that end in CR LF", "a.csv", table(GOOD.strip()).replace("\n", "\r\n"), 0, places=1),
    Case("lines that end in CR", "a.csv", table(GOOD.strip()).replace("\n", "\r"), 0, places=1),
    Case("no header", "a.csv", "1,Tell A,35.5,40.5\n2,Tell B,35.5,40.6\n", 4, ("header-missing",)),
    Case("one column", "a.csv", "name\nTell A\nTell B\n", 4, ("mapping-none",)),
    Case("five thousand columns", "a.csv", HEAD.strip() + "," + ",".join(f"c{n}" for n in range(5000)) + "\n" + GOOD.strip() + ",x" * 5000 + "\n", 4,
         ("mapping-none",)),
    Case("headers nobody knows", "a.csv", "foo,bar\n1,2\n", 4, ("mapping-none",)),
    Case("the same header twice", "a.csv", "id,name,name,latitude,longitude\nH-1,A,B,35,40\n", 0, ("header-duplicate",), places=1),
    Case("a row with a cell too many", "a.csv", table(GOOD.strip(), "T-1,Tell A,35,40,more"), 3, ("row-ragged",), at=(3, None)),
    Case("a quotation mark that is never closed", "a.csv", table(GOOD.strip(), 'T-2,"Tell A,35,40'), 3, ("quote-unclosed",), at=(3, None)),
    Case("a heading amid the data", "a.csv", table(GOOD.strip(), "Province of Raqqa,,,", "T-3,Tell A,35,40"), 0, ("section-skipped",), places=2),
    Case("a cell of ten million letters", "a.csv", table(GOOD.strip(), f"T-4,{'x' * 10_000_000},35,40"), 3, ("cell-too-large",), at=(3, None)),
    Case("a workbook's formula without a result", "a.xlsx", workbook([["id", "name", "latitude", "longitude"], ["X-1", "=A1", 35, 40]]), 0,
         ("formula-without-value",), places=1),
    Case("a workbook with merged cells", "a.xlsx",
         workbook([["id", "name", "latitude", "longitude", "region"], *[[f"X-{n}", f"Tell {n}", 35, 40, ""] for n in range(4)]],
                  merge=(1, 4, 3, 4, "Raqqa")), 0, ("merged-cells-filled",), places=4),
    Case("a workbook without a table", "a.xlsx", workbook([]), 4, ("sheet-none",)),
    Case("a sheet that is not there", "a.xlsx", workbook([["id", "name"], ["X-1", "A"]]), 4, ("sheet-unknown",), ("--sheet", "Sheet9")),
    Case("a protected workbook", "a.xlsx", encrypted, 4),
)

FILES = (
    Case("a zip bomb", "a.zip", bomb, 4, ("zip-bomb",)),
    Case("a zip that points outside itself", "a.zip", outside, 4, ("zip-unsafe-path",)),
    Case("KML that multiplies entities", "a.kml", KML, 4, ("xml-entities",)),
    Case("KML that reads another file", "a.kml", KML_FILE, 4, ("xml-entities",)),
    Case("KML cut off", "a.kml", KML_FILE.split("?>")[0] + "?><kml><Placemark>", 4, ("xml-broken",)),
    Case("JSON cut off", "a.geojson", '{"type": "FeatureCollection", "features": [', 4, ("json-broken",)),
    Case("JSON a million brackets deep", "a.geojson", "[" * 1_000_000, 4),
    Case("JSON that is no map", "a.geojson", '{"a": 1}', 4, ("geojson-no-features",)),
    Case("a picture", "a.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, 4),
    Case("a PDF", "a.pdf", b"%PDF-1.7\n" + bytes(2000), 4, ("format-unknown",)),
    Case("noise called a workbook", "a.xlsx", bytes(range(256)) * 40, 4),
    Case("noise called a GeoPackage", "a.gpkg", b"SQLite format 3\0" + bytes(range(256)) * 40, 4),
    Case("noise called a shapefile", "a.shp", b"\x00\x00\x27\x0a" + bytes(500), 4),
    Case("a folder", "folder.csv", lambda path: path.mkdir(), 4),
    Case("a file that is not there", "gone.csv", lambda path: None, 4, ("file-missing",)),
    Case("a name with blanks and letters of four scripts", "قائمة – Łódź список 表 .csv", table(GOOD.strip()), 0, places=1),
)

MAPPINGS = (
    Case("a mapping that is no YAML", "a.csv", table(GOOD.strip()), 4, ("mapping-unreadable",), mapping="mapping: [unclosed"),
    Case("a mapping that is a list", "a.csv", table(GOOD.strip()), 4, mapping="- a\n- b\n"),
    Case("an empty mapping", "a.csv", table(GOOD.strip()), 4, mapping=""),
    Case("a mapping that names a missing column", "a.csv", table(GOOD.strip()), 4, ("mapping-column",), mapping=mapped(more="  address: Where\n")),
    Case("a mapping whose key is missing", "a.csv", table(GOOD.strip()), 4, ("mapping-column",), mapping=mapped(key="No")),
    Case("a mapping with an unknown field", "a.csv", table(GOOD.strip()), 4, ("mapping-field",), mapping=mapped(more="  perpetrator: name\n")),
    Case("a mapping that makes objects", "a.csv", table(GOOD.strip()), 4, ("mapping-unreadable",), mapping="mapping: !!python/object/apply:os.system ['true']"),
    Case("a mapping that multiplies aliases", "a.csv", table(GOOD.strip()), 4, mapping=YAML_BOMB),
    Case("a mapping nested a thousand deep", "a.csv", table(GOOD.strip()), 4, mapping="mapping: " + "[" * 5000),
    Case("a mapping with a broken pattern", "a.csv", table(GOOD.strip()), 4, mapping=mapped().replace("{text: name}", "{text: {column: name, match: '(('}}")),
    Case("a mapping that is not there", "a.csv", table(GOOD.strip()), 4, ("mapping-unknown",), ("--mapping", "nowhere.yaml")),
    Case("a mapping of bytes", "a.csv", table(GOOD.strip()), 4, mapping="\x00\x01\x02"),
)

GROUPS = {"encodings": ENCODINGS, "names": NAMES, "positions": POSITIONS, "dates": DATES, "keys": KEYS, "tables": TABLES, "files": FILES,
          "mappings": MAPPINGS}


def put(case: Case, folder: Path) -> list[str]:
    """Write the case's files; the arguments of ``tutela import``."""
    path = folder / case.name
    if callable(case.content):
        case.content(path)
    else:
        path.write_bytes(case.content.encode("utf-8", "surrogatepass") if isinstance(case.content, str) else case.content)
    arguments = [str(path), *case.options]
    if case.mapping is not None:
        named = folder / "mine.yaml"
        named.write_text(case.mapping, encoding="utf-8")
        arguments += ["--mapping", str(named)]
    return arguments


