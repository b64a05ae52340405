"""GeoPackage 1.3 (OGC 12-128r18), written with the SQLite of Python: one file, no other library.

``places``: a row and a point (or none) for each place.  ``outlines``: where places have lines, areas or several positions, a row
for each of these, pointing at its place by ``id``.  What the file is stands in ``gpkg_metadata`` and in the layers' descriptions.
"""

from __future__ import annotations

import json
import sqlite3
from operator import itemgetter
from pathlib import Path
from typing import Any

from tutela.exchange.flat import COUNTS, FLAT_COLUMNS, NUMBERS
from tutela.exchange.writers import Item
from tutela.exchange.writers.about import text_of
from tutela.exchange.writers.wkb import SRS, blob, point_blob
from tutela.inventory.rules.geometry import bounds

_WGS84 = ('GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
          'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],UNIT["degree",0.0174532925199433,'
          'AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]')
_TABLES = """
CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
CREATE TABLE gpkg_contents (table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '', last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name), CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE gpkg_metadata (id INTEGER CONSTRAINT m_pk PRIMARY KEY ASC NOT NULL, md_scope TEXT NOT NULL DEFAULT 'dataset',
  md_standard_uri TEXT NOT NULL, mime_type TEXT NOT NULL DEFAULT 'text/xml', metadata TEXT NOT NULL DEFAULT '');
CREATE TABLE gpkg_metadata_reference (reference_scope TEXT NOT NULL, table_name TEXT, column_name TEXT, row_id_value INTEGER,
  timestamp DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')), md_file_id INTEGER NOT NULL,
  md_parent_id INTEGER, CONSTRAINT crmr_mfi_fk FOREIGN KEY (md_file_id) REFERENCES gpkg_metadata(id),
  CONSTRAINT crmr_mpi_fk FOREIGN KEY (md_parent_id) REFERENCES gpkg_metadata(id));
"""
_OUTLINE_COLUMNS = ("id", "name", "role", "certainty", "method", "precision_m", "precision", "audience")


class Writer:
    def __init__(self, path: Path, about: dict[str, Any]) -> None:
        self._about = about
        self._box: list[float] = []
        self._outlined = False
        self._outline_box: list[float] = []
        self._db = sqlite3.connect(path, isolation_level=None)
        # The file is a temporary one until it is complete: no journal, no waiting for the disk before the end.
        self._db.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; "
                               "PRAGMA application_id=0x47504B47; PRAGMA user_version=10300; BEGIN;" + _TABLES)
        self._db.executemany("INSERT INTO gpkg_spatial_ref_sys VALUES (?, ?, ?, ?, ?, ?)", [
            ("WGS 84 geodetic", SRS, "EPSG", 4326, _WGS84, "longitude, latitude in degrees"),
            ("Undefined Cartesian", -1, "NONE", -1, "undefined", None),
            ("Undefined geographic", 0, "NONE", 0, "undefined", None)])
        columns = ", ".join(f'"{c}" {"DOUBLE" if c in NUMBERS else "INTEGER" if c in COUNTS else "TEXT"}' for c in FLAT_COLUMNS)
        self._db.execute(f"CREATE TABLE places (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom POINT, {columns})")

    def write(self, items: list[Item]) -> None:
        """Columns in which no row says anything are left out, and points are bytearrays: Python's driver is slow at binding
        None and bytes (half a microsecond each)."""
        rows = [(None if flat["longitude"] is None else bytearray(point_blob(flat["longitude"], flat["latitude"])), *flat.values())
                for flat, _ in items]
        said = [at for at, column in enumerate(zip(*rows, strict=True)) if column.count(None) < len(rows)]
        names = ("geom", *FLAT_COLUMNS)
        listed = ", ".join(f'"{names[at]}"' for at in said)
        self._db.executemany(f"INSERT INTO places ({listed}) VALUES ({', '.join('?' * len(said))})", map(itemgetter(*said), rows))
        xs = [flat["longitude"] for flat, _ in items if flat["longitude"] is not None]
        ys = [flat["latitude"] for flat, _ in items if flat["latitude"] is not None]
        if xs:
            self._box = _grown(self._box, [min(xs), min(ys), max(xs), max(ys)])
        outlined = [item for item in items
                    if len(item[1]) > 1 or (len(item[1]) == 1 and item[1][0]["geojson"]["type"] != "Point")]
        if outlined:
            self._outlines(outlined)

    def _outlines(self, items: list[Item]) -> None:
        if not self._outlined:
            self._db.execute("CREATE TABLE outlines (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom GEOMETRY, id TEXT, "
                             "name TEXT, role TEXT, certainty TEXT, method TEXT, precision_m DOUBLE, precision TEXT, audience TEXT)")
            self._outlined = True
        rows = []
        for flat, geometries in items:
            for given in geometries:
                both = {**given, **{c: flat[c] for c in ("id", "name", "precision", "audience")}}
                if given.get("precision"):
                    both["precision"] = given["precision"]
                shape = blob(given["geojson"])
                rows.append((shape, *(both.get(c) for c in _OUTLINE_COLUMNS)))
                self._outline_box = _grown(self._outline_box, list(bounds([given])))
        self._db.executemany(f"INSERT INTO outlines (geom, {', '.join(_OUTLINE_COLUMNS)}) VALUES (?{', ?' * len(_OUTLINE_COLUMNS)})",
                             rows)

    def finish(self, about: dict[str, Any]) -> None:
        told = text_of(about)
        self._layer("places", "POINT", about["title"], told, self._box, about["date"])
        if self._outlined:
            self._layer("outlines", "GEOMETRY", f"{about['title']}: outlines", told, self._outline_box, about["date"])
        at = _moment(about["date"])
        for number, (uri, mime, text) in enumerate((("https://www.rfc-editor.org/rfc/rfc8259", "application/json",
                                                     json.dumps(about, ensure_ascii=False, indent=1)),
                                                    ("https://www.rfc-editor.org/rfc/rfc2046", "text/plain", told)), 1):
            self._db.execute("INSERT INTO gpkg_metadata VALUES (?, 'dataset', ?, ?, ?)", (number, uri, mime, text))
            self._db.execute("INSERT INTO gpkg_metadata_reference VALUES ('geopackage', NULL, NULL, NULL, ?, ?, NULL)", (at, number))
        for table in ("gpkg_metadata", "gpkg_metadata_reference"):
            self._db.execute("INSERT INTO gpkg_extensions VALUES (?, NULL, 'gpkg_metadata', "
                             "'http://www.geopackage.org/spec120/#extension_metadata', 'read-write')", (table,))
        self._db.execute("COMMIT")
        self._db.close()

    def _layer(self, table: str, kind: str, title: str, told: str, box: list[float], at: str) -> None:
        self._db.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, ?)",
                         (table, title, told, _moment(at), *(box or [None] * 4), SRS))
        self._db.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, ?, 0, 0)", (table, kind, SRS))

    def abandon(self) -> None:
        self._db.close()


def _moment(at: str) -> str:
    """``2026-01-31T12:00:00Z`` as GeoPackage writes it, with milliseconds."""
    return at.replace("Z", ".000Z")


def _grown(box: list[float], other: list[float]) -> list[float]:
    if not box:
        return other
    return [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]
